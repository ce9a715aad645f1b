"""What AWS's own words prove of a request, and which of its errors are about it.

AWS names one layer even where several deny, and not always the one that matters, so that nothing is made of it here. An
action, though, is named only where it was requested.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from diagnose.evaluate.caller import Caller
from diagnose.model.arn import CallerKind
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.masked_arn import may_be_same, may_be_same_identity
from diagnose.model.trace import Action
from diagnose.model.tri import UNKNOWN, Tri, tri


def refused_actions(case: Case, caller: Caller) -> frozenset[Action]:
    """Name the actions that AWS refused, says the message or the live attempt. What speaks of another call is left out.

    An error need not tell whom it refused, nor on which role.
    """
    return frozenset(
        _ACTIONS[error.action.lower()]
        for error in _errors(case)
        if error.action.lower() in _ACTIONS
        and _may_be_of(signer_of(error), caller)
        and not is_about_other_role(error, case)
    )


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
    if error.kind in (ErrorKind.OTHER, ErrorKind.ANSWER_HIDDEN):
        return UNKNOWN
    return tri(error.denied or error.kind in _SAID_BY_OTHERS)


def errors_besides(case: Case) -> tuple[AwsError, ...]:
    """Give the other errors that came with the case: of other calls, or of the same call at another time."""
    chosen = reported_error(case)
    return tuple(error for error in _parsed(case.message) if error is not chosen) if case.message else ()


def is_about_other_role(error: AwsError, case: Case) -> bool:
    """Say whether an error names a role, and one that cannot be that of the case, however it was masked."""
    return error.resource.startswith("arn:") and not may_be_same(error.resource, case.request.role_arn)


def is_about_other_call(error: AwsError) -> bool:
    """Say whether an error tells of a call that is not AssumeRole, by the action that it names or by the operation."""
    if error.action:
        return error.action.lower() not in _ACTIONS
    return error.operation not in ("", "AssumeRole")


def is_by_other_service(error: AwsError, case: Case) -> bool:
    """Say whether a service was refused that is not the source."""
    if error.kind is not ErrorKind.SERVICE_NOT_TRUSTED:
        return False
    source = case.snapshot.source.arn
    return source.startswith("arn:") if not error.service else source != error.service


def signer_of(error: AwsError) -> str:
    """Give the ARN of the caller that AWS saw; empty where the error tells of none."""
    return error.caller if error.caller.startswith("arn:") else ""


_ACTIONS = {action.lower(): action for action in Action}
_SAID_BY_OTHERS = (
    ErrorKind.SERVICE_NOT_TRUSTED,
    ErrorKind.CONSOLE_REFUSED,
    ErrorKind.VENDOR_REFUSED,
    ErrorKind.STACK_SET_ROLE,
)
"""What the console, a service or a vendor says after it called STS: the operation that it names, if any, is its own."""
_ASKED_WITH_THE_SAME = ("AssumeRole", "GetCallerIdentity", "")
"""Operations whose credentials are the caller's own: what is wrong with them is wrong for the request."""


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
    """Say whether an error is about an AssumeRole call of the source. What a service says is about the service's."""
    if error.kind is ErrorKind.SERVICE_NOT_TRUSTED:
        return error.service == case.snapshot.source.arn
    if error.action:
        return error.action.lower() in _ACTIONS
    return error.operation == "AssumeRole" or (not error.operation and error.kind is not ErrorKind.OTHER)


def _of_this_request(error: AwsError, case: Case) -> bool:
    """Say whether an error is about this call, role and caller, as far as it names them."""
    if error.kind is ErrorKind.KUBERNETES_REFUSED or is_by_other_service(error, case):
        return False
    if error.action and error.action.lower() not in _ACTIONS:
        return False
    if error.operation not in _ASKED_WITH_THE_SAME and error.kind not in _SAID_BY_OTHERS:
        return False
    if is_about_other_role(error, case):
        return False
    return not signer_of(error) or may_be_same_identity(signer_of(error), case.source_arn)


def _may_be_of(signer: str, caller: Caller) -> bool:
    """Say whether AWS speaks of the source; of a role without a session any session of it will do."""
    if not signer:
        return True
    if caller.kind is CallerKind.ROLE:
        return ":assumed-role/" in signer and may_be_same_identity(signer, caller.arn)
    return may_be_same(signer, caller.arn)
