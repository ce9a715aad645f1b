"""The condition keys that tell of the credentials the caller signs with.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from diagnose.evaluate.call import Scene
from diagnose.model.arn import CallerKind
from diagnose.model.case import Origin
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, ANYTHING, FALSE_OR_ABSENT, SOME_VALUE, Maybe, State


def token_issue_time(scene: Scene) -> State:
    """Temporary credentials alone have it."""
    if scene.origin_is(Origin.LONG_TERM):
        return ABSENT
    if issued := scene.case.snapshot.source.session.issued_at:
        return (issued,)
    return SOME_VALUE if scene.asker.has_role or scene.asker.origin in _TEMPORARY else ANYTHING


_TEMPORARY = (Origin.GET_SESSION_TOKEN, Origin.CONSOLE)


def _sends_mfa(scene: Scene) -> bool:
    parameters = scene.case.request.parameters
    return bool(parameters.mfa_serial and parameters.mfa_code_sent) and not scene.by_console


def mfa_present(scene: Scene) -> State:
    """`aws:MultiFactorAuthPresent`, which accompanies temporary credentials and never survives a hop.

    AWS's pages disagree on whether the sessions of roles carry it as `false` or not at all.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    asker, mfa = scene.asker, scene.case.snapshot.source.session.mfa
    match asker.kind:
        case CallerKind.SERVICE:
            return ABSENT
        case CallerKind.ROLE | CallerKind.SESSION:
            return ("false",) if asker.origin in (Origin.EC2, Origin.SERVICE) else FALSE_OR_ABSENT
        case CallerKind.ROOT | CallerKind.FEDERATED_USER:
            return ANYTHING
        case CallerKind.USER:
            pass
    if _sends_mfa(scene):
        return ("true",)
    if asker.origin is Origin.LONG_TERM:
        return ABSENT
    if isinstance(mfa, Known):
        if mfa.value:
            return ("true",)
        return ("false",) if asker.origin in _TEMPORARY else FALSE_OR_ABSENT
    return Maybe((("true",), ("false",))) if asker.origin in _TEMPORARY else Maybe((("true",), ("false",), ABSENT))


def mfa_age(scene: Scene) -> State:
    """Seconds; absent wherever MFA is."""
    present = mfa_present(scene)
    if present == ("true",):
        if _sends_mfa(scene):
            return ("0",)
        age = scene.case.snapshot.source.session.mfa_age
        return SOME_VALUE if age is None else (str(age),)
    return ANYTHING if isinstance(present, Maybe) and present is not FALSE_OR_ABSENT else ABSENT


def callers_source_identity(scene: Scene) -> State:
    """`aws:SourceIdentity`: what the caller's session carries, not what the call passes."""
    return scene.inherited_source_identity


def federated_provider(scene: Scene) -> State:
    """The ARN or the name of the provider that a session began with."""
    if scene.asker.kind is CallerKind.USER or scene.origin_is(Origin.ASSUME_ROLE, Origin.EC2, Origin.SERVICE):
        return ABSENT
    return SOME_VALUE if scene.origin_is(Origin.WEB_IDENTITY) else ANYTHING


def instance(scene: Scene) -> State:
    """What only the credentials of an instance profile carry, for one hop."""
    if not scene.asker.has_role:
        return ABSENT
    is_instance = scene.origin_is(Origin.EC2)
    if is_instance is None:
        return ANYTHING
    return SOME_VALUE if is_instance else ABSENT


def assumed_root(scene: Scene) -> State:
    """Sessions of AssumeRoot alone have it."""
    return ("true",) if scene.origin_is(Origin.ASSUME_ROOT) else ABSENT


def product(scene: Scene) -> State:
    """Keys that only particular products set: chat, `aws login`, IAM Identity Center."""
    if scene.asker.kind is CallerKind.SERVICE or scene.origin_is(Origin.LONG_TERM, Origin.EC2):
        return ABSENT
    return ANYTHING


def claim(scene: Scene) -> State:
    """Keys of the SAML assertion or the OIDC token that the caller's session was made from."""
    if not scene.asker.has_role or scene.origin_is(Origin.ASSUME_ROLE, Origin.EC2):
        return ABSENT
    return ANYTHING
