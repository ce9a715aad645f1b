"""What AWS's own words prove of a request, and which of its errors are about it.

AWS names one layer even where several deny, and not always the one that matters, so that nothing is made of it here. An
action, though, is named only where it was requested.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from diagnose.evaluate.caller import Caller
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.arn import Arn, CallerKind, same_entity, split_arn, split_path
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Gate
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


def refused_actions(case: Case, caller: Caller) -> frozenset[Action]:
    """Name the actions that AWS refused, says the message or the live attempt. What speaks of another call is left out.

    An error need not tell whom it refused, nor on which role.
    """
    actions = _ACTIONS[case.request.operation]
    return frozenset(
        actions[error.action.lower()]
        for error in _errors(case)
        if error.action.lower() in actions
        and _may_be_of(_signer(error), caller)
        and (error.resource == case.request.role_arn or not error.resource.startswith("arn:"))
    )


def checked_before_policies(case: Case) -> Mapping[Gate, Tri]:
    """Say what AWS's answer shows of the checks that come before any policy of a call that is not signed.

    AccessDenied, and what comes after it, show that all of them were passed; an error about the token says nothing of
    the trust policy. What it names was not passed.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    error = refusal(case) if case.request.operation is not Operation.ASSUME_ROLE else None
    return _SHOWS.get(error.kind, {}) if error is not None else {}


def reported_error(case: Case) -> AwsError | None:
    """Give the error that came with the case: of several, the one that is about its call."""
    return _about_the_call(_parsed(case.message), case) if case.message else None


def probe_error(case: Case) -> AwsError | None:
    """Give AWS's answer to the live attempt, where it was an error."""
    probe = case.probe
    return _about_the_call(_parsed(probe.message, probe.code), case) if probe is not None else None


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


def by_policy(error: AwsError) -> Tri:
    """Say whether AWS refused a call because of what policies say; UNKNOWN of an error that is not understood."""
    if error.kind is ErrorKind.OTHER:
        return UNKNOWN
    return tri(error.denied or error.kind in _SAID_BY_OTHERS)


def same_identity(one: str, another: str) -> bool:
    """Say whether two ARNs may be of one identity, whatever its path. A session is its role's.

    An account that is not twelve digits was masked before it was pasted, so it may be any.
    """
    return one == another or _alike(_stem(one), _stem(another))


_ACTIONS = {
    operation: {action.lower(): action for action in traits.actions} for operation, traits in OPERATIONS.items()
}
_BEFORE = (Gate.TOKEN, Gate.PROVIDER, Gate.AUDIENCE, Gate.ROLE_CLAIM)
_ALL_PASSED: Mapping[Gate, Tri] = dict.fromkeys(_BEFORE, YES)
_SHOWS: Mapping[ErrorKind, Mapping[Gate, Tri]] = {
    ErrorKind.NOT_AUTHORIZED: _ALL_PASSED,
    ErrorKind.OVER_ROLE_MAXIMUM: _ALL_PASSED,
    ErrorKind.PACKED_SIZE: _ALL_PASSED,
    ErrorKind.IDENTITY_REFUSED: {Gate.TOKEN: NO},
    ErrorKind.IDENTITY_EXPIRED: {Gate.TOKEN: NO},
    ErrorKind.ISSUER_UNREACHABLE: {Gate.TOKEN: NO, Gate.PROVIDER: YES},
    ErrorKind.PROVIDER_MISSING: {Gate.PROVIDER: NO},
    ErrorKind.AUDIENCE_REFUSED: {Gate.PROVIDER: YES, Gate.AUDIENCE: NO},
    ErrorKind.ROLE_NOT_CLAIMED: {**_ALL_PASSED, Gate.ROLE_CLAIM: NO},
}
_SAID_BY_OTHERS = (ErrorKind.SERVICE_NOT_TRUSTED, ErrorKind.CONSOLE_REFUSED)
"""What the console or a service says after it called STS: the operation that it names, if any, is its own."""
_ASKED_WITH_THE_SAME = ("GetCallerIdentity", "")
"""Operations besides its own whose credentials are the caller's: what is wrong with them is wrong for the request."""


@lru_cache(maxsize=16)
def _parsed(text: str, code: str = "") -> tuple[AwsError, ...]:
    """Take a text apart: one case is decided many times over, and its error stays the same."""
    from diagnose.model.error_text.parser import parse_errors

    return parse_errors(text, code=code)


def _errors(case: Case) -> Iterator[AwsError]:
    if case.message:
        yield from _parsed(case.message)
    if case.probe is not None and case.probe.outcome is ProbeOutcome.ACCESS_DENIED:
        yield from _parsed(case.probe.message, case.probe.code)


def _about_the_call(errors: Sequence[AwsError], case: Case) -> AwsError | None:
    """Choose the error that is about the call of a case.

    It is one of an AssumeRole call rather than of another; about this role, and this caller; one that names a layer;
    and else the last: the earlier ones say how things stood before, or on the way here.
    """
    ranked = [
        (
            _of_operation(error, case.request.operation),
            not error.resource.startswith("arn:") or _same_arn(error.resource, case.request.role_arn),
            not _signer(error) or same_identity(_signer(error), case.source_arn),
            error.layer is not None,
            place,
        )
        for place, error in enumerate(errors)
    ]
    return errors[max(ranked)[-1]] if ranked else None


def _of_operation(error: AwsError, operation: Operation) -> bool:
    if error.action:
        return error.action.lower() in _ACTIONS[operation]
    return error.operation == operation or (not error.operation and error.kind is not ErrorKind.OTHER)


def _of_this_request(error: AwsError, case: Case) -> bool:
    """Say whether an error is about this call, role and caller, as far as it names them."""
    operation = case.request.operation
    if error.action and error.action.lower() not in _ACTIONS[operation]:
        return False
    if error.operation not in (operation, *_ASKED_WITH_THE_SAME) and error.kind not in _SAID_BY_OTHERS:
        return False
    if error.resource.startswith("arn:") and not _same_arn(error.resource, case.request.role_arn):
        return False
    return not _signer(error) or same_identity(_signer(error), case.source_arn)


def _signer(error: AwsError) -> str:
    return error.caller if error.caller.startswith("arn:") else ""


def _may_be_of(signer: str, caller: Caller) -> bool:
    """Say whether AWS speaks of the source; of a role without a session any session of it will do."""
    if caller.kind is CallerKind.ROLE:
        session = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/"
        return not signer or signer.startswith(session)
    return signer in ("", caller.arn) or same_entity(signer, caller.arn)


def _same_arn(one: str, another: str) -> bool:
    """Say whether two ARNs may be the same: but for an account that was masked, they are equal."""
    arns = [split_arn(text) for text in (one, another)]
    parts = [(arn.partition, _account(arn), arn.resource) for arn in arns if arn is not None]
    return one == another or (len(parts) == 2 and _alike(*parts))


def _alike(one: tuple[str | None, ...], another: tuple[str | None, ...]) -> bool:
    return len(one) == len(another) and all(a is None or b is None or a == b for a, b in zip(one, another, strict=True))


def _account(arn: Arn) -> str | None:
    return arn.account if len(arn.account) == 12 and arn.account.isdecimal() else None


def _stem(text: str) -> tuple[str | None, ...]:
    """Reduce an ARN to what a session and its role have in common: partition, account, name. None stands for any."""
    arn = split_arn(text)
    if arn is None:
        return (text,)
    account = _account(arn)
    kind, _, name = split_path(arn.resource)
    match kind:
        case "assumed-role" if "/" in arn.resource:
            return arn.partition, account, "role", arn.resource.split("/", 2)[1]
        case "role" | "user":
            return arn.partition, account, kind, name
    return arn.partition, account, arn.resource
