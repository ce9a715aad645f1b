"""The two causes that are not rules: nothing explains the denial, and AWS contradicts what was computed.

They are said by every format, so the first cause of a diagnosis is chosen here.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Finding, Verdict
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import Tri


class BuiltinCause(StrEnum):
    """A built-in's id stands where a rule's id would."""

    CONTRADICTED = "aws-answered-otherwise"
    UNEXPLAINED = "no-rule-explains-it"


BUILTIN_TITLES = {
    BuiltinCause.CONTRADICTED: "AWS's answer differs from xdiag's",
    BuiltinCause.UNEXPLAINED: "Denied, and no rule explains it",
}


class FirstCause(Struct, frozen=True):
    """The first thing that is said about a diagnosis, empty where nothing stands in the way.

    What was not read is no cause: `gap` and `gap_title` are of the first such finding. Where there is no cause,
    `layer`, `action` and `owner` are the gap's. `depends_on` names what an open answer depends on, in the order of the
    decision's doubts: keys, then the ids of layers, then comparisons, then the ids of gates and actions.
    """

    cause: str = ""
    title: str = ""
    certainty: str = ""
    layer: str = ""
    action: str = ""
    gate: str = ""
    owner: str = ""
    gap: str = ""
    gap_title: str = ""
    depends_on: str = ""


DEPENDS_ON = "What an open answer depends on: condition keys, layers, gates, actions; between two of them, `; `."
"""The description of the field in rows of every kind."""

BETWEEN = "; "
"""What stands between two things that an open answer depends on, and in none: a comma may stand in one."""


def builtin_cause(diagnosis: Diagnosis) -> BuiltinCause | None:
    """Say which built-in applies, if any. A contradiction comes before everything else."""
    if diagnosis.agreement is Agreement.CONTRADICTS:
        return BuiltinCause.CONTRADICTED
    if diagnosis.verdict is Verdict.DENIED and not diagnosis.findings:
        return BuiltinCause.UNEXPLAINED
    return None


def first_cause(diagnosis: Diagnosis) -> FirstCause:
    """Choose the first cause. Findings come in the order in which they are told."""
    gap = next((one for one in diagnosis.findings if one.is_gap), None)
    gap_rule, gap_title = (gap.rule, gap.title) if gap is not None else ("", "")
    builtin = builtin_cause(diagnosis)
    if builtin is not None:
        blocker = next(iter(diagnosis.decision.blockers), None) if builtin is BuiltinCause.UNEXPLAINED else None
        return FirstCause(
            builtin.value,
            BUILTIN_TITLES[builtin],
            Certainty.CERTAIN.value,
            layer=(blocker.layer or "") if blocker is not None else "",
            action=(blocker.action or "") if blocker is not None else "",
            gate=(blocker.gate or "") if blocker is not None else "",
            gap=gap_rule,
            gap_title=gap_title,
        )
    cause = next(leads(diagnosis), None)
    about = cause or gap
    open_on = depends_on(diagnosis)
    if about is None:
        return FirstCause(depends_on=open_on)
    return FirstCause(
        cause.rule if cause is not None else "",
        cause.title if cause is not None else "",
        cause.certainty.value if cause is not None else "",
        layer=about.layer or "",
        action=about.action or next((one.action for one in diagnosis.decision.actions), ""),
        gate=about.gate or "",
        owner=about.owner.value,
        gap=gap_rule,
        gap_title=gap_title,
        depends_on=open_on,
    )


def causes_in_order(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Give the causes in the order in which they are told: the first cause, where a rule names it, comes first."""
    causes = [one for one in diagnosis.findings if not one.is_gap]
    first = next(leads(diagnosis), None) if builtin_cause(diagnosis) is None else None
    return tuple(sorted(causes, key=lambda one: one is not first))


def depends_on(diagnosis: Diagnosis) -> str:
    """Name what an undetermined answer depends on; empty for one that is settled."""
    if diagnosis.verdict is not Verdict.UNDETERMINED:
        return ""
    doubts = (doubt for doubt in diagnosis.decision.doubts if doubt.matters is not Tri.NO)
    names = list(dict.fromkeys(subject_words(doubt).replace(BETWEEN, ", ") for doubt in doubts))
    others = len(names) - _MOST_NAMED
    return BETWEEN.join([*names[:_MOST_NAMED], f"and {others:,} more"] if others > 1 else names)


_MOST_NAMED = 12


def leads(diagnosis: Diagnosis) -> Iterator[Finding]:
    """Give the causes that may be told first.

    Where a side that the call certainly needs was not read, none of these is a lead: that the call may also need an
    action that is not allowed, what is told beside and points at nothing, a guess at AWS's answer.
    """
    perhaps = {each.action for each in diagnosis.decision.actions if each.needed is not Tri.YES}
    after_gap = False
    for finding in diagnosis.findings:
        after_gap = after_gap or finding.is_gap
        points = finding.layer is not None or finding.gate is not None or finding.excerpts
        needed = finding.certainty is Certainty.CERTAIN or finding.action not in perhaps
        if not finding.is_gap and (not after_gap or (points and needed)):
            yield finding


def chosen(diagnosis: Diagnosis) -> Finding | None:
    """Choose the cause that the first screen tells; None where nothing that was read shows one.

    What was not read is no cause, nor is what is only possible and points at nothing: at no policy, and at nothing of
    the request that could be made otherwise.
    """
    return next((one for one in leads(diagnosis) if _points(one) or (one.gate and one.remedies)), None)


def _points(finding: Finding) -> bool:
    return finding.certainty is Certainty.CERTAIN or finding.layer is not None or bool(finding.excerpts)


def computed_verdict(diagnosis: Diagnosis) -> Verdict:
    """Give the verdict that the evidence alone came to."""
    return Verdict.of(diagnosis.decision.verdict)
