"""The source's side in IAM: the user or role, its policies, its groups, its boundary."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from diagnose.aws.calls import Answer, call_or_absent, list_all
from diagnose.aws.identity import Identity
from diagnose.aws.patience import Later, at_once
from diagnose.aws.session import Credentials
from diagnose.collect.iam import EntityKind, Reader, created_at, gap_about, managed_policy, policies_of, tags_of
from diagnose.model.arn import RESERVED_NAME, CallerArn, CallerKind, same_entity
from diagnose.model.case import Origin, Principal, Session, SourceSide, Via
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicySet, merge_policy_sets


def read_source(caller: CallerArn, reader: Reader | Unread, progress: Callable[[str], None]) -> SourceSide:
    """Read what IAM knows of the caller. A caller that IAM does not know comes back as it is.

    The principal is looked up by its name, which is unique in an account whatever its path, and comes with the ARN that
    it really has.
    """
    match caller.kind:
        case CallerKind.USER:
            holder = EntityKind.USER
        case CallerKind.ROLE | CallerKind.SESSION:
            holder = EntityKind.ROLE
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return SourceSide(caller.arn)
    if isinstance(reader, Unread):
        gap = gap_about(reader, caller.arn, f"iam:Get{holder}")
        policies = gap_about(reader, f"policies of {caller.arn}", f"iam:List{holder}Policies")
        return SourceSide(caller.arn, principal=gap, identity_policies=PolicySet(unread=(policies,)), boundary=gap)
    return _read(caller, holder, reader.credentials, progress)


def session_evidence(caller: CallerArn, identity: Identity | None, via: Via) -> Session:
    """Give what is certain of a caller's session. `identity` is that of the credentials at hand, if there are any.

    A user has no session policy, session tags or source identity: `sts:GetSessionToken` takes none of them.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    own = identity if identity is not None and _is(caller, identity.arn) else None
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
                policies=PolicySet(unread=(_no_api("session policy"),)),
                tags=_no_api("session tags"),
                transitive_tag_keys=_no_api("transitive session tags"),
                source_identity=_no_api("source identity"),
                mfa=_no_api("multi-factor authentication"),
            )
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return Session()


def _is(caller: CallerArn, arn: str) -> bool:
    """Say whether an ARN that AWS gives is the caller's. That of a user may have been given without its path."""
    return arn == caller.arn or same_entity(arn, caller.arn)


def _read(
    caller: CallerArn, holder: EntityKind, credentials: Credentials, progress: Callable[[str], None]
) -> SourceSide:
    """Read on after a denial, which is about one permission; whatever else fails would fail again."""
    who, get = f"{holder.lower()} {caller.name}", f"iam:Get{holder}"
    progress(f"reading {who} and its policies")
    # Asked for at once: for a principal that is not there they are refused, and that is not looked at.
    own = Later(lambda: policies_of(credentials, holder, caller.name, caller.arn))
    of_groups = Later(
        lambda: _policies_of_groups(credentials, caller, progress) if holder is EntityKind.USER else PolicySet()
    )
    answer = call_or_absent(credentials, get, caller.arn, **{f"{holder}Name": caller.name})
    principal: Evidence[Principal | None]
    boundary: Evidence[Policy | None]
    if isinstance(answer, Unread):
        if answer.gap is not Gap.ACCESS_DENIED:
            unread = PolicySet(unread=(answer,))
            return SourceSide(caller.arn, principal=answer, identity_policies=unread, boundary=answer)
        principal = boundary = answer
    elif answer.value is None:
        gap = Unread(Gap.NOT_SUPPLIED, caller.arn, detail=f"account {caller.account} has no {who}")
        return SourceSide(
            caller.arn, principal=Known(None, get), identity_policies=PolicySet(unread=(gap,)), boundary=gap
        )
    else:
        principal = Known(_principal(answer.value[holder]), get)
        boundary = _boundary(credentials, answer.value[holder], progress)
    policies = merge_policy_sets([own.get(), of_groups.get()])
    return SourceSide(caller.arn, principal=principal, identity_policies=policies, boundary=boundary)


def _principal(described: Answer) -> Principal:
    unique_id = described.get("UserId") or described.get("RoleId", "")
    return Principal(described["Arn"], unique_id, Known(tags_of(described)), created_at(described))


def _boundary(credentials: Credentials, described: Answer, progress: Callable[[str], None]) -> Evidence[Policy | None]:
    """Read the permissions boundary, of which IAM gives only the ARN with the user or role."""
    boundary = described.get("PermissionsBoundary")
    if boundary is None:
        return Known(None)
    progress("reading the permissions boundary")
    return managed_policy(credentials, boundary["PermissionsBoundaryArn"])


def _policies_of_groups(credentials: Credentials, caller: CallerArn, progress: Callable[[str], None]) -> PolicySet:
    progress(f"reading the groups of user {caller.name}")
    groups = list_all(credentials, "iam:ListGroupsForUser", f"groups of {caller.arn}", "Groups", UserName=caller.name)
    if isinstance(groups, Unread):
        return PolicySet(unread=(groups,))
    return merge_policy_sets(
        at_once(
            partial(
                policies_of,
                credentials,
                EntityKind.GROUP,
                group["GroupName"],
                group["Arn"],
                attached_to=str(Attachment(AttachmentKind.GROUP, group["GroupName"])),
            )
            for group in groups.value
        )
    )


_ORIGINS = {
    "assume-role": Origin.ASSUME_ROLE,
    "assume-role-with-web-identity": Origin.WEB_IDENTITY,
    "iam-role": Origin.EC2,
    "sso": Origin.IDENTITY_CENTER,
}


def _of_user(own: Identity) -> Evidence[Origin]:
    """Derive the origin from the user's own credentials; `aws login` gives out those of a console sign-in."""
    if own.provider == "login":
        return Known(Origin.CONSOLE, "the credentials at hand")
    if own.temporary is None:
        return NOT_SUPPLIED
    return Known(Origin.GET_SESSION_TOKEN if own.temporary else Origin.LONG_TERM, "the credentials at hand")


def _of_role(caller: CallerArn, own: Identity | None) -> Evidence[Origin]:
    if caller.name.startswith(RESERVED_NAME):
        return Known(Origin.IDENTITY_CENTER, "the role's name")
    if own is not None and own.provider in _ORIGINS:
        return Known(_ORIGINS[own.provider], "the credentials at hand")
    return _no_api("origin of the credentials")


def _no_api(subject: str) -> Unread:
    return replace(_NO_API, subject=subject)


_NO_API = Unread(Gap.NO_API, detail="AWS has no API that shows it for a session")
