"""What AWS answered, as facts: the error that is about the call, and what else came with it."""

from collections.abc import Iterator

from diagnose.causes.facts import AnswerFact, AsideFact, AttemptFact, LayerVerdict, Speaker
from diagnose.evaluate.reported_error import (
    errors_besides,
    is_about_other_call,
    is_about_other_role,
    is_by_other_service,
    probe_error,
    reported_error,
    signer_of,
)
from diagnose.model.aws_error import AwsError, ErrorKind, NamedLayer
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.masked_arn import may_be_same_identity
from diagnose.model.operation import Operation


def aws_answers(case: Case, computed: LayerVerdict | None = None) -> Iterator[AnswerFact]:
    """Read the message that came with the case and the answer to the live attempt, where they report a refusal.

    `computed` is what the evidence alone comes to; None where it settles nothing.
    """
    error = reported_error(case)
    if error is not None:
        outcome = ProbeOutcome.ACCESS_DENIED if error.denied else ProbeOutcome.OTHER_ERROR
        yield _answer(case, computed, Speaker.MESSAGE, error, outcome)
    probe = case.probe
    if probe is not None and probe.outcome in (ProbeOutcome.ACCESS_DENIED, ProbeOutcome.OTHER_ERROR):
        error = probe_error(case) or AwsError("", ErrorKind.OTHER)
        yield _answer(case, computed, Speaker.PROBE, error, probe.outcome, probe.caller)


def asides(case: Case) -> Iterator[AsideFact]:
    """Give the other errors that came with the case."""
    for error in errors_besides(case):
        if error.kind is not ErrorKind.OTHER:
            yield AsideFact(
                kind=error.kind,
                federated=is_federated(error, case),
                other_action=is_about_other_call(error, case),
                named_action=error.action,
                caller=signer_of(error),
                role=_role(error),
            )


def attempts_by_others(case: Case) -> Iterator[AttemptFact]:
    """Say that the credentials at hand are somebody else's, where nothing tells who made the call that failed.

    Whether it was made with them, or they only read, is not known, so that this is unsettled.
    """
    probe, error = case.probe, reported_error(case)
    if probe is None or probe.outcome is not ProbeOutcome.NOT_MADE or not probe.caller:
        return
    if error is None or not signer_of(error):
        yield AttemptFact(caller=probe.caller, settled=False)


def is_about_other_question(case: Case) -> bool:
    """Say whether AWS answered a call to which the policies for the case's operation are beside the point.

    It was made with a token instead of credentials, a service made it, which is not the source, or it handed the role
    to a service, which is not what the case asks.
    """
    error = reported_error(case)
    if error is None:
        return False
    passes = error.action.lower() == "iam:passrole" and case.request.operation is not Operation.PASS_ROLE
    return is_federated(error, case) or is_by_other_service(error, case) or passes


def is_federated(error: AwsError, case: Case) -> bool:
    """Say whether an error is about an operation that sends a token or an assertion, and not that of the case."""
    operation = error.operation or error.action.removeprefix("sts:")
    return operation in _FEDERATED and operation != case.request.operation


_FEDERATED = frozenset((Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML))


def _answer(
    case: Case,
    computed: LayerVerdict | None,
    by: Speaker,
    error: AwsError,
    outcome: ProbeOutcome,
    caller: str = "",
) -> AnswerFact:
    caller = caller or signer_of(error)
    other_caller = caller != "" and not may_be_same_identity(case.source_arn, caller)
    other_action = error.action != "" and is_about_other_call(error, case)
    other_role = not other_action and error.kind is not ErrorKind.STACK_SET_ROLE and is_about_other_role(error, case)
    # The layer that AWS names is one of the call that it names: of another call it says nothing here.
    elsewhere = other_caller or other_role or is_about_other_call(error, case)
    return AnswerFact(
        by=by,
        outcome=outcome,
        kind=error.kind,
        code=error.code,
        operation=error.operation,
        federated=is_federated(error, case),
        named_action=error.action,
        named_layer=NamedLayer.NONE if error.layer is None or elsewhere else NamedLayer(error.layer),
        named_policy="" if elsewhere else error.policy_arn,
        explicit=error.says_explicit,
        other_action=other_action,
        caller=caller,
        other_caller=other_caller,
        role=_role(error),
        other_role=other_role,
        service=error.service,
        other_service=is_by_other_service(error, case),
        computed=computed,
    )


def _role(error: AwsError) -> str:
    """Give the role that an error names, or whatever else it names where a role belongs."""
    return error.resource if error.resource.startswith("arn:") or ":role/" in error.resource else ""
