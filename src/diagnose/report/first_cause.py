"""The two causes that are not rules: nothing explains the denial, and AWS contradicts what was computed.

They are said by every format, so the first cause of a diagnosis is chosen here.
"""

from enum import StrEnum

from msgspec import Struct

from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Verdict


class BuiltinCause(StrEnum):
    """A built-in's id stands where a rule's id would."""

    CONTRADICTED = "aws-answered-otherwise"
    UNEXPLAINED = "no-rule-explains-it"


BUILTIN_TITLES = {
    BuiltinCause.CONTRADICTED: "AWS's answer differs from xdiag's",
    BuiltinCause.UNEXPLAINED: "Denied, and no rule explains it",
}


class FirstCause(Struct, frozen=True):
    """The first thing that is said about a diagnosis, empty where nothing stands in the way."""

    cause: str = ""
    title: str = ""
    certainty: str = ""
    layer: str = ""
    action: str = ""


def builtin_cause(diagnosis: Diagnosis) -> BuiltinCause | None:
    """Say which built-in applies, if any. A contradiction comes before everything else."""
    if diagnosis.agreement is Agreement.CONTRADICTS:
        return BuiltinCause.CONTRADICTED
    if diagnosis.verdict is Verdict.DENIED and not diagnosis.findings:
        return BuiltinCause.UNEXPLAINED
    return None


def first_cause(diagnosis: Diagnosis) -> FirstCause:
    """Choose the first cause. Findings come in the order in which they are told."""
    builtin = builtin_cause(diagnosis)
    if builtin is not None:
        blocker = next(iter(diagnosis.decision.blockers), None) if builtin is BuiltinCause.UNEXPLAINED else None
        layer, action = (blocker.layer or "", blocker.action or "") if blocker else ("", "")
        return FirstCause(builtin, BUILTIN_TITLES[builtin], Certainty.CERTAIN, layer, action)
    for finding in diagnosis.findings:
        action = finding.action or next((one.action for one in diagnosis.decision.actions), "")
        return FirstCause(finding.rule, finding.title, finding.certainty, finding.layer or "", action)
    return FirstCause()


def computed_verdict(diagnosis: Diagnosis) -> Verdict:
    """Give the verdict that the evidence alone came to."""
    return Verdict.of(diagnosis.decision.verdict)
