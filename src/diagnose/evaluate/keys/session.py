"""The condition keys that tell of the credentials the caller signs with.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from diagnose.evaluate.call import Call
from diagnose.model.arn import CallerKind
from diagnose.model.case import Origin
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, FALSE_OR_ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState


def token_issue_time(call: Call) -> State:
    """Temporary credentials alone have it."""
    if call.origin_is(Origin.LONG_TERM):
        return ABSENT
    if issued := call.case.snapshot.source.session.issued_at:
        return (issued,)
    return PRESENT if call.caller.has_role or call.caller.origin in _TEMPORARY else UNKNOWN_STATE


_TEMPORARY = (Origin.GET_SESSION_TOKEN, Origin.CONSOLE)


def _sends_mfa(call: Call) -> bool:
    parameters = call.case.request.parameters
    return bool(parameters.mfa_serial and parameters.mfa_code_sent) and not call.by_console


def mfa_present(call: Call) -> State:
    """`aws:MultiFactorAuthPresent`, which accompanies temporary credentials and never survives a hop.

    AWS's pages disagree on whether the sessions of roles carry it as `false` or not at all.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    caller, mfa = call.caller, call.case.snapshot.source.session.mfa
    match caller.kind:
        case CallerKind.SERVICE:
            return ABSENT
        case CallerKind.ROLE | CallerKind.SESSION:
            return ("false",) if caller.origin in (Origin.EC2, Origin.SERVICE) else FALSE_OR_ABSENT
        case CallerKind.ROOT | CallerKind.FEDERATED_USER:
            return UNKNOWN_STATE
        case CallerKind.USER:
            pass
    if _sends_mfa(call):
        return ("true",)
    if caller.origin is Origin.LONG_TERM:
        return ABSENT
    if isinstance(mfa, Known):
        if mfa.value:
            return ("true",)
        return ("false",) if caller.origin in _TEMPORARY else FALSE_OR_ABSENT
    return (
        UnknownState((("true",), ("false",)))
        if caller.origin in _TEMPORARY
        else UnknownState((("true",), ("false",), ABSENT))
    )


def mfa_age(call: Call) -> State:
    """Seconds; absent wherever MFA is."""
    present = mfa_present(call)
    if present == ("true",):
        if _sends_mfa(call):
            return ("0",)
        age = call.case.snapshot.source.session.mfa_age
        return PRESENT if age is None else (str(age),)
    return UNKNOWN_STATE if isinstance(present, UnknownState) and present is not FALSE_OR_ABSENT else ABSENT


def callers_source_identity(call: Call) -> State:
    """`aws:SourceIdentity`: what the caller's session carries, not what the call passes."""
    return call.inherited_source_identity


def federated_provider(call: Call) -> State:
    """The ARN or the name of the provider that a session began with."""
    if call.caller.kind is CallerKind.USER or call.origin_is(Origin.ASSUME_ROLE, Origin.EC2, Origin.SERVICE):
        return ABSENT
    return PRESENT if call.origin_is(Origin.WEB_IDENTITY) else UNKNOWN_STATE


def instance(call: Call) -> State:
    """What only the credentials of an instance profile carry, for one hop."""
    if not call.caller.has_role:
        return ABSENT
    is_instance = call.origin_is(Origin.EC2)
    if is_instance is None:
        return UNKNOWN_STATE
    return PRESENT if is_instance else ABSENT


def assumed_root(call: Call) -> State:
    """Sessions of AssumeRoot alone have it."""
    return ("true",) if call.origin_is(Origin.ASSUME_ROOT) else ABSENT


def product(call: Call) -> State:
    """Keys that only particular products set: chat, `aws login`, IAM Identity Center."""
    if call.caller.kind is CallerKind.SERVICE or call.origin_is(Origin.LONG_TERM, Origin.EC2):
        return ABSENT
    return UNKNOWN_STATE


def claim(call: Call) -> State:
    """Keys of the SAML assertion or the OIDC token that the caller's session was made from."""
    if not call.caller.has_role or call.origin_is(Origin.ASSUME_ROLE, Origin.EC2):
        return ABSENT
    return UNKNOWN_STATE
