"""The whole idea: a case and the rules go in, a diagnosis comes out. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from diagnose.causes.findings import Cause, explanation
from diagnose.causes.rule import Rule
from diagnose.evaluate.decision import decide
from diagnose.evaluate.memo import coming_again
from diagnose.evaluate.passing import call_of_service, without_words_of_service
from diagnose.evaluate.reported_error import (
    aws_answer,
    by_policy,
    is_about_other_call,
    is_about_other_role,
    refusal,
)
from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, AwsAnswer, Diagnosis, Finding, Remedy, Verdict
from diagnose.model.masked_arn import hides_account
from diagnose.model.trace import Decision, Gate
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.passing import both
from diagnose.remedy import Bounds, propose, propose_plan


def diagnose(case: Case, rules: Sequence[Rule]) -> Diagnosis:
    """Decide a case, name the causes, and prove what fixes them.

    Where a role is passed to a service, the service must be able to assume it: both are one answer.
    Raises XdiagError when the ARN of the source or of the role is not one.
    """
    of_service = call_of_service(case)
    if of_service is None:
        return _diagnosed(case, rules)
    passing = _diagnosed(without_words_of_service(case), rules)
    return replace(both(passing, _diagnosed(of_service, rules)), case=case)


@coming_again()
def _diagnosed(case: Case, rules: Sequence[Rule]) -> Diagnosis:
    decision = decide(case)
    explained = explanation(rules, case, decision)
    causes = explained.causes
    bounds = Bounds(case) if causes else None
    findings = tuple(_finding(cause, case, decision, bounds) for cause in causes)
    agreement = agreement_of(decision, case.probe)
    verdict = _verdict(decision.verdict, case, agreement)
    plan = _whole_plan(causes, findings, case, decision, bounds)
    return Diagnosis(case, decision, verdict, agreement, findings, plan, _answer(case), explained.left_out)


def verdict_without_attempt(computed: Tri, case: Case) -> Verdict:
    """Give the verdict where AWS was not asked. What it refused, says the message, is never allowed.

    Where the policies settle nothing, a refusal because of policies does; expired credentials say nothing of them.
    """
    error = refusal(case)
    if error is not None and (computed is YES or by_policy(error) is YES):
        return Verdict.DENIED
    return Verdict.of(computed)


def agreement_of(decision: Decision, probe: ProbeResult | None) -> Agreement:
    """Compare AWS's answer to the live attempt with what was computed."""
    if probe is None or probe.outcome is ProbeOutcome.NOT_MADE:
        return Agreement.NOT_MADE
    answer = _answer_of_aws(decision, probe)
    if answer is UNKNOWN:
        return Agreement.INCONCLUSIVE
    if decision.verdict is UNKNOWN:
        return Agreement.SETTLES
    return Agreement.AGREES if decision.verdict is answer else Agreement.CONTRADICTS


def _finding(cause: Cause, case: Case, decision: Decision, bounds: Bounds | None) -> Finding:
    remedies, refused = propose(cause.remedies, cause.subject, case, decision, bounds)
    return replace(cause.finding, remedies=remedies, refused=refused)


def _whole_plan(
    causes: Sequence[Cause], findings: Sequence[Finding], case: Case, decision: Decision, bounds: Bounds | None
) -> tuple[Remedy, ...]:
    steps = ((kind, cause.subject) for cause in causes for kind in cause.remedies)
    remedies = (remedy for finding in findings for remedy in finding.remedies)
    return propose_plan(steps, remedies, case, decision, bounds)


def _answer_of_aws(decision: Decision, probe: ProbeResult) -> Tri:
    """Say what AWS answered. An error other than a denial answers only what a gate has foreseen.

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


def _verdict(computed: Tri, case: Case, agreement: Agreement) -> Verdict:
    """Take AWS's word where it was asked and answered."""
    probe = case.probe
    if probe is not None and agreement in (Agreement.SETTLES, Agreement.CONTRADICTS):
        return Verdict.ALLOWED if probe.outcome is ProbeOutcome.ASSUMED else Verdict.DENIED
    return verdict_without_attempt(computed, case)


def _answer(case: Case) -> AwsAnswer | None:
    """Take over what of AWS's error is fit for a report's fields."""
    refused = refusal(case)
    error = refused or aws_answer(case)
    if error is None:
        return None
    masked = hides_account(error.caller) or hides_account(error.resource)
    other_call = is_about_other_call(error, case)
    return AwsAnswer(
        error.kind,
        error.code,
        refuses=refused is not None,
        by_policy=by_policy(error),
        masked=masked,
        other_role=error.resource if not other_call and is_about_other_role(error, case) else "",
        other_call=(error.action or error.operation) if other_call else "",
    )
