"""Both sides out of what `aws iam get-account-authorization-details` prints, of any number of accounts.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import assert_never

from msgspec import Raw, Struct

from diagnose.collect.json_errors import quotable
from diagnose.model.arn import CallerArn, CallerKind, parse_caller, parse_role
from diagnose.model.case import DestinationSide, Principal, Role, Session, SourceSide
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import (
    Attachment,
    AttachmentKind,
    Policy,
    PolicyKind,
    PolicySet,
    PolicyVersion,
    merge_policy_sets,
)


class AttachedPolicy(Struct, rename="pascal"):
    """A managed policy that is attached."""

    policy_arn: str


class InlinePolicy(Struct, rename="pascal"):
    """An inline policy. Its document is an object, or a percent-encoded string."""

    policy_name: str
    policy_document: Raw


class GroupDetail(Struct, rename="pascal"):
    """A group and its policies."""

    group_name: str
    arn: str
    group_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()


class Tag(Struct, rename="pascal"):
    """A tag of a user or a role."""

    key: str
    value: str


class Boundary(Struct, rename="pascal"):
    """A permissions boundary, by its ARN alone."""

    permissions_boundary_arn: str


class User(Struct, rename="pascal"):
    """A user, its own policies, and the names of its groups. `tags` is None where the file leaves them out."""

    user_name: str
    user_id: str
    arn: str
    create_date: str | float = ""
    user_policy_list: tuple[InlinePolicy, ...] = ()
    group_list: tuple[str, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] | None = None


class RoleDetail(Struct, rename="pascal"):
    """A role and its policies. `tags` is None where the file leaves them out."""

    role_name: str
    role_id: str
    arn: str
    assume_role_policy_document: Raw
    create_date: str | float = ""
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] | None = None


class Version(Struct, rename="pascal"):
    """A version of a managed policy."""

    version_id: str
    document: Raw
    is_default_version: bool = False


class ManagedPolicy(Struct, rename="pascal"):
    """A managed policy with all its versions."""

    policy_name: str
    arn: str
    policy_version_list: tuple[Version, ...] = ()


class PrintedDetails(Struct, rename="pascal"):
    """The whole answer, or a page of it."""

    user_detail_list: tuple[User, ...] = ()
    group_detail_list: tuple[GroupDetail, ...] = ()
    role_detail_list: tuple[RoleDetail, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    is_truncated: bool = False
    next_token: str | None = None


class AccountDetails(Struct, frozen=True):
    """What files hold of one account: users, groups and roles by name, managed policies by ARN.

    `whole` is false for a page of the answer, in which what is missing may be on another one.
    """

    place: str
    account: str
    users: Mapping[str, User]
    groups: Mapping[str, GroupDetail]
    roles: Mapping[str, RoleDetail]
    policies: Mapping[str, ManagedPolicy]
    whole: bool = True


def source_side(details: AccountDetails, source_arn: str) -> SourceSide:
    """Give what the details hold of a caller. Raises XdiagError for text that is not an ARN of one.

    As where it is read live, the principal is looked up by its name, and comes with the ARN that it really has. Callers
    that IAM holds nothing on come back as they are. The organization, its SCPs and the session are not in the details.
    """
    caller = parse_caller(source_arn)
    match caller.kind:
        case CallerKind.USER:
            detail: User | RoleDetail | None = details.users.get(caller.name)
            gap = _absence(details, caller.account, f"user {caller.name}", "iam:GetUser", details.users)
        case CallerKind.ROLE | CallerKind.SESSION:
            detail = details.roles.get(caller.name)
            gap = _absence(details, caller.account, f"role {caller.name}", "iam:GetRole", details.roles)
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return SourceSide(source_arn)
        case _:
            assert_never(caller.kind)
    if detail is None or caller.account != details.account:
        unread = gap or Unread(subject=source_arn, detail=f"account {details.account} has no such principal")
        principal = gap or Known(None, details.place)
        return SourceSide(source_arn, principal, PolicySet(unread=(unread,)), boundary=unread, session=_session(caller))
    return SourceSide(
        source_arn,
        principal=Known(_principal(detail), details.place),
        identity_policies=merge_policy_sets([_policies(details, detail), *_policies_of_groups(details, detail)]),
        boundary=_boundary(details, detail.permissions_boundary),
        session=_session(caller),
    )


def destination_side(details: AccountDetails, role_arn: str) -> DestinationSide:
    """Give what the details hold of a role under the very ARN that is asked for.

    They leave out the role's maximum session duration. The organization and its RCPs are not in them either.

    Raises XdiagError for text that is not the ARN of a role.
    """
    role = parse_role(role_arn)
    detail = details.roles.get(role.name)
    gap = _absence(details, role.account, f"role {role.name}", "iam:GetRole", details.roles)
    if role.account == details.account and detail is not None and detail.arn == role_arn:
        trust = Policy(detail.role_name, detail.assume_role_policy_document, PolicyKind.TRUST)
        return DestinationSide(Known(_role(detail), details.place), Known(trust, details.place))
    if gap is not None:
        return DestinationSide(gap, gap, other_roles=gap)
    arns = {name.lower(): other.arn for name, other in details.roles.items()}
    near = get_close_matches(role.name.lower(), arns, n=_NEAR_MISSES)
    return DestinationSide(
        role=Known(None, details.place),
        trust_policy=Unread(subject=role_arn, detail=f"account {details.account} has no role with this ARN"),
        other_roles=Known(tuple(arns[name] for name in near), details.place),
    )


_NEAR_MISSES = 20


def _absence(
    details: AccountDetails, account: str, name: str, permission: str, others: Mapping[str, object]
) -> Unread | None:
    """Say why a user or role that is not in the details may exist all the same; None where it cannot.

    A list without a single entry is as likely to have been left out with `--filter` as to be empty.
    """
    if account != details.account:
        detail = f"{quotable(details.place)} is about account {details.account}"
    elif not details.whole:
        detail = f"{quotable(details.place)} is one page of several"
    elif not others:
        detail = f"{quotable(details.place)} lists none; they may have been filtered out"
    else:
        return None
    return Unread(subject=f"{name} of account {account}", permission=permission, detail=detail)


def _principal(detail: User | RoleDetail) -> Principal:
    unique_id = detail.user_id if isinstance(detail, User) else detail.role_id
    return Principal(detail.arn, unique_id, _tags(detail.arn, detail.tags), _utc(detail.create_date))


def _role(detail: RoleDetail) -> Role:
    longest = Unread(
        subject=f"maximum session duration of {detail.arn}",
        permission="iam:GetRole",
        detail="account authorization details do not contain it",
    )
    return Role(detail.arn, detail.role_id, _tags(detail.arn, detail.tags), longest, _utc(detail.create_date))


def _tags(arn: str, tags: tuple[Tag, ...] | None) -> Evidence[Mapping[str, str]]:
    if tags is None:
        return Unread(
            subject=f"tags of {arn}", permission="iam:ListRoleTags" if ":role/" in arn else "iam:ListUserTags"
        )
    return Known({tag.key: tag.value for tag in tags})


def _utc(date: str | float) -> str:
    """Write a date as cases have it; "" for one in a form of its own, or outside the years that there are."""
    try:
        moment = datetime.fromisoformat(date) if isinstance(date, str) else datetime.fromtimestamp(date, UTC)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _session(caller: CallerArn) -> Session:
    """A user has no session policy, session tags or source identity: `sts:GetSessionToken` takes none of them.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    if caller.kind is not CallerKind.USER:
        return Session()
    return Session(policies=PolicySet(), tags=Known({}), transitive_tag_keys=Known(()), source_identity=Known(None))


def _policies(details: AccountDetails, holder: User | GroupDetail | RoleDetail) -> PolicySet:
    match holder:
        case User():
            inline, attached_to = holder.user_policy_list, ""
        case RoleDetail():
            inline, attached_to = holder.role_policy_list, ""
        case GroupDetail():
            inline, attached_to = holder.group_policy_list, str(Attachment(AttachmentKind.GROUP, holder.group_name))
    managed = [_managed(details, attached.policy_arn, attached_to) for attached in holder.attached_managed_policies]
    return PolicySet(
        (
            *(Policy(policy.policy_name, policy.policy_document, attached_to=attached_to) for policy in inline),
            *(policy for policy in managed if isinstance(policy, Policy)),
        ),
        tuple(gap for gap in managed if isinstance(gap, Unread)),
    )


def _policies_of_groups(details: AccountDetails, holder: User | RoleDetail) -> Iterator[PolicySet]:
    for name in holder.group_list if isinstance(holder, User) else ():
        if name in details.groups:
            yield _policies(details, details.groups[name])
        else:
            subject = f"policies of group {name} of account {details.account}"
            yield PolicySet(
                unread=(Unread(subject=subject, permission="iam:ListGroupPolicies", detail=_left_out(details)),)
            )


def _boundary(details: AccountDetails, boundary: Boundary | None) -> Evidence[Policy | None]:
    if boundary is None:
        return Known(None, details.place)
    policy = _managed(details, boundary.permissions_boundary_arn, "")
    return policy if isinstance(policy, Unread) else Known(policy, details.place)


def _managed(details: AccountDetails, arn: str, attached_to: str) -> Policy | Unread:
    """Find the default version of a managed policy, whose document the details may have left out."""
    policy = details.policies.get(arn)
    versions = policy.policy_version_list if policy else ()
    default = next((version for version in versions if version.is_default_version), None)
    if policy is None or default is None:
        return Unread(subject=arn, permission="iam:GetPolicyVersion", detail=_left_out(details))
    return Policy(
        policy.policy_name,
        default.document,
        PolicyKind.MANAGED,
        arn,
        attached_to,
        default.version_id,
        () if ":iam::aws:policy/" in arn else tuple(_others(versions, default)),
    )


def _others(versions: Iterable[Version], default: Version) -> Iterator[PolicyVersion]:
    yield from (PolicyVersion(version.version_id, version.document) for version in versions if version is not default)


def _left_out(details: AccountDetails) -> str:
    return f"it is not in {quotable(details.place)}"
