"""What AWS's own words prove of a request, and which of its errors are about it.

AWS names one layer even where several deny, and not always the one that matters, so that nothing is made of it here. An
action, though, is named only where it was requested.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterator, Mapping, Sequence

from diagnose.evaluate.caller import Caller
from diagnose.evaluate.memo import Memo
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.arn import CallerKind
from diagnose.model.authorization_record import informed
from diagnose.model.aws_error import OF_OTHER_CALLS, AwsError, ErrorKind
from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.masked_arn import may_be_same, may_be_same_identity
from diagnose.model.operation import Operation
from diagnose.model.reason import Reason
from diagnose.model.trace import Action, Gate, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


def refused_actions(case: Case, caller: Caller) -> frozenset[Action]:
    """Name the actions that AWS refused, says the message or the live attempt. What speaks of another call is left out.

    An error need not tell whom it refused, nor on which role.
    """
    if not case.message and case.probe is None:
        return _NO_ACTIONS
    actions = _ACTIONS[case.request.operation]
    return frozenset(
        actions[error.action.lower()]
        for error in _errors(case)
        if error.action.lower() in actions and _may_be_of_call(error, case, caller)
    )


def counts(layer: Layer, case: Case, caller: Caller) -> bool:
    """Say whether AWS names a layer as what refused the call, or an action of it, so that the layer has part in it."""
    return any(
        error.layer is layer and not is_about_other_call(error, case) and _may_be_of_call(error, case, caller)
        for error in _errors(case)
    )


def checked_before_policies(case: Case) -> Mapping[Gate, Tri]:
    """Say what AWS's answer shows of the checks that come before any policy of a call that is not signed.

    AccessDenied, and what comes after it, show that all of them were passed; an error about the token says nothing of
    the trust policy. What it names was not passed.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    error = refusal(case) if case.request.operation in _PRESENTED else None
    return _SHOWS.get(error.kind, {}) if error is not None else {}


def reason_shown(case: Case, gate: Gate) -> Reason | None:
    """Say why a gate was not passed, where AWS's answer tells more than that it was not."""
    error = refusal(case)
    return _REASONS.get((error.kind, gate)) if error is not None else None


def reported_error(case: Case) -> AwsError | None:
    """Give the error that came with the case: of several, the one that is about its call."""
    return _about_the_call(_reported(case), case) if case.message else None


def probe_error(case: Case) -> AwsError | None:
    """Give AWS's answer to the live attempt, where it was an error."""
    probe = case.probe
    return _about_the_call(_answered(probe, case), case) if probe is not None else None


def aws_answer(case: Case) -> AwsError | None:
    """Give the error that was reported, or else the text that answered the live attempt."""
    return reported_error(case) or (probe_error(case) if case.probe and case.probe.message else None)


def refusal(case: Case) -> AwsError | None:
    """Give the error by which AWS refused this very request; None where it did not, or where nobody knows.

    An attempt is newer than a message. An error about another call, role or caller refuses something else.
    """
    probe = case.probe
    match probe.outcome if probe is not None else ProbeOutcome.NOT_MADE:
        case ProbeOutcome.ASSUMED:
            return None
        case ProbeOutcome.ACCESS_DENIED | ProbeOutcome.OTHER_ERROR:
            return probe_error(case) or AwsError("", ErrorKind.OTHER)
        case ProbeOutcome.NOT_MADE:
            error = reported_error(case)
            return error if error is not None and _of_this_request(error, case) else None


def names_gate(kind: ErrorKind, gate: Gate) -> bool:
    """Say whether an error of a kind shows that a gate before any policy was not passed."""
    return _SHOWS.get(kind, {}).get(gate) is NO


def by_policy(error: AwsError) -> Tri:
    """Say whether AWS refused a call because of what policies say; UNKNOWN of an error that is not understood."""
    if error.kind in (ErrorKind.OTHER, ErrorKind.ANSWER_HIDDEN):
        return UNKNOWN
    return tri(error.denied or error.kind in _SAID_BY_OTHERS)


def errors_besides(case: Case) -> tuple[AwsError, ...]:
    """Give the other errors that came with the case: of other calls, or of the same call at another time."""
    chosen = reported_error(case)
    return tuple(error for error in _reported(case) if error != chosen) if case.message else ()


def is_about_other_role(error: AwsError, case: Case) -> bool:
    """Say whether an error names a role, and one that cannot be that of the case, however it was masked."""
    return error.resource.startswith("arn:") and not may_be_same(error.resource, case.request.role_arn)


def is_about_other_call(error: AwsError, case: Case) -> bool:
    """Say whether an error tells of another operation than the case: by its words, or the name or action in it."""
    operation = case.request.operation
    if error.kind in OF_OTHER_CALLS:
        return True
    if error.action:
        return error.action.lower() not in _ACTIONS[operation]
    return error.operation not in ("", operation)


def is_by_other_service(error: AwsError, case: Case) -> bool:
    """Say whether a service was refused that is not the source."""
    if error.kind is not ErrorKind.SERVICE_NOT_TRUSTED:
        return False
    source = case.snapshot.source.arn
    return source.startswith("arn:") if not error.service else source != error.service


def signer_of(error: AwsError) -> str:
    """Give the ARN of the caller that AWS saw; empty where the error tells of none."""
    return error.caller if error.caller.startswith("arn:") else ""


_NO_ACTIONS: frozenset[Action] = frozenset()
_ACTIONS: Mapping[Operation, Mapping[str, Action]] = {
    operation: {action.lower(): action for action in traits.actions} for operation, traits in OPERATIONS.items()
}
_PRESENTED = (Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML)
_BEFORE = (Gate.TOKEN, Gate.PROVIDER, Gate.AUDIENCE, Gate.ROLE_CLAIM)
_ALL_PASSED: Mapping[Gate, Tri] = dict.fromkeys(_BEFORE, YES)
_SHOWS: Mapping[ErrorKind, Mapping[Gate, Tri]] = {
    ErrorKind.NOT_AUTHORIZED: _ALL_PASSED,
    ErrorKind.OVER_ROLE_MAXIMUM: _ALL_PASSED,
    ErrorKind.PACKED_SIZE: _ALL_PASSED,
    ErrorKind.IDENTITY_REFUSED: {Gate.TOKEN: NO},
    ErrorKind.IDENTITY_TOKEN_MALFORMED: {Gate.TOKEN: NO},
    ErrorKind.IDENTITY_CLAIM_MISSING: {Gate.TOKEN: NO},
    ErrorKind.ASSERTION_REFUSED: {Gate.TOKEN: NO},
    ErrorKind.ASSERTION_SESSION_NAME: {Gate.TOKEN: NO},
    ErrorKind.ASSERTION_ISSUER: {Gate.PROVIDER: NO},
    ErrorKind.ASSERTION_SIGNATURE: {Gate.TOKEN: NO},
    ErrorKind.IDENTITY_TOKEN_EXPIRED: {Gate.TOKEN: NO},
    ErrorKind.ISSUER_KEYS_MISSING: {Gate.TOKEN: NO, Gate.PROVIDER: YES},
    ErrorKind.THUMBPRINT_DIFFERS: {Gate.TOKEN: NO, Gate.PROVIDER: YES},
    ErrorKind.PROVIDER_MISSING: {Gate.PROVIDER: NO},
    ErrorKind.AUDIENCE_REFUSED: {Gate.PROVIDER: YES, Gate.AUDIENCE: NO},
    ErrorKind.ROLE_NOT_CLAIMED: {**_ALL_PASSED, Gate.ROLE_CLAIM: NO},
}
"""What an error shows of the gates that come before any policy. It says nothing of those that are not named."""
_REASONS: Mapping[tuple[ErrorKind, Gate], Reason] = {
    (ErrorKind.ASSERTION_ISSUER, Gate.PROVIDER): Reason.OTHER_ISSUER,
}
"""The provider that has another issuer is there."""
_SAID_BY_OTHERS = (
    ErrorKind.SERVICE_NOT_TRUSTED,
    ErrorKind.CONSOLE_REFUSED,
    ErrorKind.VENDOR_REFUSED,
    ErrorKind.STACK_SET_ROLE,
)
"""What the console, a service or a vendor says after it called STS: the operation that it names, if any, is its own."""
_ASKED_WITH_THE_SAME = ("GetCallerIdentity", "")
"""Operations besides its own whose credentials are the caller's: what is wrong with them is wrong for the request."""


def _parsed(text: str, code: str = "") -> tuple[AwsError, ...]:
    """Take a text apart: one case is decided many times over, and its error stays the same."""
    known = _errors_in.find((text, code))
    if known is not None:
        return known
    from diagnose.model.error_text.parser import parse_errors

    return _errors_in.offer((text, code), parse_errors(text, code=code), len(text))


_errors_in: Memo[tuple[AwsError, ...]] = Memo(at_once=True)


def _reported(case: Case) -> tuple[AwsError, ...]:
    return _with_records(_parsed(case.message), case)


def _answered(probe: ProbeResult, case: Case) -> tuple[AwsError, ...]:
    return _with_records(_parsed(probe.message, probe.code), case)


def _with_records(errors: tuple[AwsError, ...], case: Case) -> tuple[AwsError, ...]:
    """Add what AWS recorded of the same requests."""
    return tuple(informed(error, case.authorizations) for error in errors) if case.authorizations else errors


def _errors(case: Case) -> Iterator[AwsError]:
    if case.message:
        yield from _reported(case)
    if case.probe is not None and case.probe.outcome is ProbeOutcome.ACCESS_DENIED:
        yield from _answered(case.probe, case)


def _about_the_call(errors: Sequence[AwsError], case: Case) -> AwsError | None:
    """Choose the error that is about the call of a case.

    It is one of the operation of the case rather than of another; about this role, and this caller; one that names a
    layer; and else the last: the earlier ones say how things stood before, or on the way here.
    """
    ranked = [
        (
            _is_of_call(error, case),
            not is_about_other_role(error, case),
            not signer_of(error) or may_be_same_identity(signer_of(error), case.source_arn),
            error.layer is not None,
            place,
        )
        for place, error in enumerate(errors)
    ]
    return errors[max(ranked)[-1]] if ranked else None


def _is_of_call(error: AwsError, case: Case) -> bool:
    """Say whether an error is about the operation of a case. What a service says is about the service's own call."""
    if error.kind is ErrorKind.SERVICE_NOT_TRUSTED:
        return error.service == case.snapshot.source.arn
    if error.action:
        return error.action.lower() in _ACTIONS[case.request.operation]
    return error.operation == case.request.operation or (not error.operation and error.kind is not ErrorKind.OTHER)


def _of_this_request(error: AwsError, case: Case) -> bool:
    """Say whether an error is about this call, role and caller, as far as it names them."""
    operation = case.request.operation
    if error.kind in (ErrorKind.KUBERNETES_REFUSED, *OF_OTHER_CALLS) or is_by_other_service(error, case):
        return False
    if error.action and error.action.lower() not in _ACTIONS[operation]:
        return False
    # IAM checks iam:PassRole within whatever call hands the role over.
    passes = operation is Operation.PASS_ROLE and bool(error.action)
    if not passes and error.operation not in (operation, *_ASKED_WITH_THE_SAME) and error.kind not in _SAID_BY_OTHERS:
        return False
    if is_about_other_role(error, case):
        return False
    return not signer_of(error) or may_be_same_identity(signer_of(error), case.source_arn)


def _may_be_of_call(error: AwsError, case: Case, caller: Caller) -> bool:
    return _may_be_of(signer_of(error), caller) and not is_about_other_role(error, case)


def _may_be_of(signer: str, caller: Caller) -> bool:
    """Say whether AWS speaks of the source; of a role without a session any session of it will do."""
    if not signer:
        return True
    if caller.kind is CallerKind.ROLE:
        return ":assumed-role/" in signer and may_be_same_identity(signer, caller.arn)
    return may_be_same(signer, caller.arn)
