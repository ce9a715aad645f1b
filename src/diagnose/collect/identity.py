"""The source's side in IAM: the user or role, its policies, its groups, its boundary."""

from collections.abc import Callable

from diagnose.aws.calls import Answer, find, listed
from diagnose.aws.session import Side
from diagnose.collect.description import created_at, tags_of
from diagnose.collect.policies import Carrier, managed_policy, merged, policies_of
from diagnose.collect.readers import Reader, about
from diagnose.model.arn import Caller, CallerKind
from diagnose.model.case import Principal, SourceSide
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicySet


def read_source(caller: Caller, reader: Reader | Unread, progress: Callable[[str], None]) -> SourceSide:
    """Read what IAM holds on the caller. Callers that IAM holds nothing on come back as they are.

    The principal is looked up by its name, which is unique in an account whatever its path, and comes with the ARN that
    it really has.
    """
    match caller.kind:
        case CallerKind.USER:
            carrier = Carrier.USER
        case CallerKind.ROLE | CallerKind.SESSION:
            carrier = Carrier.ROLE
        case CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE:
            return SourceSide(caller.arn)
    if isinstance(reader, Unread):
        gap = about(reader, caller.arn, f"iam:Get{carrier}")
        policies = about(reader, f"policies of {caller.arn}", f"iam:List{carrier}Policies")
        return SourceSide(caller.arn, principal=gap, identity_policies=PolicySet(unread=(policies,)), boundary=gap)
    return _read(caller, carrier, reader.side, progress)


def _read(caller: Caller, carrier: Carrier, side: Side, progress: Callable[[str], None]) -> SourceSide:
    """Read on after a denial, which is about one permission; whatever else fails would fail again."""
    who, get = f"{carrier.lower()} {caller.name}", f"iam:Get{carrier}"
    progress(f"reading {who}")
    found = find(side, get, caller.arn, **{f"{carrier}Name": caller.name})
    principal: Evidence[Principal | None]
    boundary: Evidence[Policy | None]
    if isinstance(found, Unread):
        if found.gap is not Gap.ACCESS_DENIED:
            return SourceSide(caller.arn, principal=found, identity_policies=PolicySet(unread=(found,)), boundary=found)
        principal = boundary = found
    elif found.value is None:
        gap = Unread(Gap.NOT_SUPPLIED, caller.arn, detail=f"account {caller.account} has no {who}")
        return SourceSide(
            caller.arn, principal=Known(None, get), identity_policies=PolicySet(unread=(gap,)), boundary=gap
        )
    else:
        principal = Known(_principal(found.value[carrier]), get)
        boundary = _boundary(side, found.value[carrier], progress)
    progress(f"reading the policies of {who}")
    sets = [policies_of(side, carrier, caller.name, caller.arn)]
    if carrier is Carrier.USER:
        sets.append(_of_groups(side, caller, progress))
    return SourceSide(caller.arn, principal=principal, identity_policies=merged(sets), boundary=boundary)


def _principal(described: Answer) -> Principal:
    unique_id = described.get("UserId") or described.get("RoleId", "")
    return Principal(described["Arn"], unique_id, Known(tags_of(described)), created_at(described))


def _boundary(side: Side, described: Answer, progress: Callable[[str], None]) -> Evidence[Policy | None]:
    """Read the permissions boundary, of which a user or role tells only the ARN."""
    boundary = described.get("PermissionsBoundary")
    if boundary is None:
        return Known(None)
    progress("reading the permissions boundary")
    return managed_policy(side, boundary["PermissionsBoundaryArn"])


def _of_groups(side: Side, caller: Caller, progress: Callable[[str], None]) -> PolicySet:
    progress(f"reading the groups of user {caller.name}")
    groups = listed(side, "iam:ListGroupsForUser", f"groups of {caller.arn}", "Groups", UserName=caller.name)
    if isinstance(groups, Unread):
        return PolicySet(unread=(groups,))
    return merged(
        policies_of(side, Carrier.GROUP, name, group["Arn"], attached_to=str(Attachment(AttachmentKind.GROUP, name)))
        for group in groups.value
        for name in (group["GroupName"],)
    )
