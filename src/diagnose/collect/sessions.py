"""What can be told of the credentials a caller signs with, which is little: no API describes them."""

from msgspec.structs import replace

from diagnose.aws.identity import Identity
from diagnose.model.arn import RESERVED_NAME, Caller, CallerKind
from diagnose.model.case import Origin, Session, Via
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.policy import PolicySet

_ORIGINS = {
    "assume-role": Origin.ASSUME_ROLE,
    "assume-role-with-web-identity": Origin.WEB_IDENTITY,
    "iam-role": Origin.EC2,
    "sso": Origin.IDENTITY_CENTER,
}


def session_of(caller: Caller, identity: Identity | None, via: Via) -> Session:
    """Say what is certain of a caller's session. `identity` is that of the credentials at hand, if there are any.

    A user has no session policy, session tags or source identity: `sts:GetSessionToken` takes none of them.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    own = identity if identity is not None and identity.arn == caller.arn else None
    match caller.kind:
        case CallerKind.USER:
            origin = NOT_SUPPLIED if via is Via.CONSOLE or own is None else _of_user(own)
            long_term = isinstance(origin, Known) and origin.value is Origin.LONG_TERM
            return Session(
                origin=origin,
                policies=PolicySet(),
                tags=Known({}),
                transitive_tag_keys=Known(()),
                source_identity=Known(None),
                mfa=Known(False) if long_term else NOT_SUPPLIED,
            )
        case CallerKind.ROLE | CallerKind.SESSION:
            return Session(
                origin=_of_role(caller, own),
                policies=PolicySet(unread=(_untold("session policy"),)),
                tags=_untold("session tags"),
                transitive_tag_keys=_untold("transitive session tags"),
                source_identity=_untold("source identity"),
                mfa=_untold("multi-factor authentication"),
            )
        case CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE:
            return Session()


def _of_user(own: Identity) -> Evidence[Origin]:
    """Tell a user's origin from the user's own credentials; `aws login` hands out those of a console sign-in."""
    if own.provider == "login":
        return Known(Origin.CONSOLE, "the credentials at hand")
    if own.temporary is None:
        return NOT_SUPPLIED
    return Known(Origin.GET_SESSION_TOKEN if own.temporary else Origin.LONG_TERM, "the credentials at hand")


def _of_role(caller: Caller, own: Identity | None) -> Evidence[Origin]:
    if caller.name.startswith(RESERVED_NAME):
        return Known(Origin.IDENTITY_CENTER, "the role's name")
    if own is not None and own.provider in _ORIGINS:
        return Known(_ORIGINS[own.provider], "the credentials at hand")
    return _untold("origin of the credentials")


def _untold(subject: str) -> Unread:
    return replace(_UNTOLD, subject=subject)


_UNTOLD = Unread(Gap.NO_API, detail="AWS tells it of no session after it was issued")
