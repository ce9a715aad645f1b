"""One value in, one out: a case and the rules to a diagnosis. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from diagnose.causes.findings import Cause, explain
from diagnose.causes.rule import Rule
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Diagnosis, Finding, Remedy, Verdict
from diagnose.model.trace import Decision, Gate
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.remedy import propose, propose_plan


def diagnose(case: Case, rules: Sequence[Rule]) -> Diagnosis:
    """Decide a case, name the causes, and prove what would mend them.

    Raises XdiagError when the source or the role of the case is no ARN of one.
    """
    decision = decide(case)
    causes = explain(rules, case, decision)
    findings = tuple(_mended(cause, case, decision) for cause in causes)
    agreement = agreement_of(decision, case.probe)
    verdict = _verdict(decision.verdict, case.probe, agreement)
    return Diagnosis(case, decision, verdict, agreement, findings, _plan(causes, findings, case, decision))


def agreement_of(decision: Decision, probe: ProbeResult | None) -> Agreement:
    """Hold AWS's answer to the live attempt against what was computed."""
    if probe is None or probe.outcome is ProbeOutcome.NOT_MADE:
        return Agreement.NOT_MADE
    answered = _answered(decision, probe)
    if answered is UNKNOWN:
        return Agreement.INCONCLUSIVE
    if decision.verdict is UNKNOWN:
        return Agreement.SETTLES
    return Agreement.AGREES if decision.verdict is answered else Agreement.CONTRADICTS


def _mended(cause: Cause, case: Case, decision: Decision) -> Finding:
    remedies, refused = propose(cause.remedies, cause.subject, case, decision)
    return replace(cause.finding, remedies=remedies, refused=refused)


def _plan(causes: Sequence[Cause], findings: Sequence[Finding], case: Case, decision: Decision) -> tuple[Remedy, ...]:
    steps = ((kind, cause.subject) for cause in causes for kind in cause.remedies)
    remedies = (remedy for finding in findings for remedy in finding.remedies)
    return propose_plan(steps, remedies, case, decision)


def _answered(decision: Decision, probe: ProbeResult) -> Tri:
    """Say what AWS answered. An error that is no denial answers only what a gate has foreseen.

    A duration above the limit is refused after the policies were passed, with a ValidationError.
    """
    match probe.outcome:
        case ProbeOutcome.ASSUMED:
            return YES
        case ProbeOutcome.ACCESS_DENIED:
            return NO
        case ProbeOutcome.OTHER_ERROR | ProbeOutcome.NOT_MADE:
            pass
    of_request = (Gate.DURATION, Gate.PARAMETERS)
    foreseen = any(trace.gate in of_request and trace.verdict is not YES for trace in decision.gates)
    return NO if probe.code == "ValidationError" and foreseen else UNKNOWN


def _verdict(computed: Tri, probe: ProbeResult | None, agreement: Agreement) -> Verdict:
    """Take AWS's word where it was asked and answered."""
    if probe is not None and agreement in (Agreement.SETTLES, Agreement.CONTRADICTS):
        return Verdict.ALLOWED if probe.outcome is ProbeOutcome.ASSUMED else Verdict.DENIED
    return (Verdict.DENIED, Verdict.UNDETERMINED, Verdict.ALLOWED)[computed]
