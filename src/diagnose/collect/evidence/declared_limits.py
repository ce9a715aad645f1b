"""Policies of organizations and of VPC endpoints as infrastructure files declare them, and what they are attached to.

Such a file seldom holds the whole organization: what may reach an account without being known to is a gap, and so is
every policy that may be attached beside those of the file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from diagnose.collect.evidence.declared_limit import DeclaredLimit, DeclaredLimits
from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.collect.evidence.pasted import attached_to_account
from diagnose.collect.json_errors import quotable
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Endpoint, Snapshot
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document

Lookup: TypeAlias = Callable[[str], object]
"""Gives the argument of a resource by its name: None where there is none, `UnknownValue` where it is not known."""


LIMIT_KINDS = (
    "aws_organizations_policy",
    "aws_organizations_policy_attachment",
    "aws_organizations_account",
    "aws_organizations_organizational_unit",
    "aws_vpc_endpoint",
    "AWS::Organizations::Policy",
    "AWS::EC2::VPCEndpoint",
)


def limits_in(resources: Iterable[tuple[str, Lookup]], place: str) -> DeclaredLimits:
    """Give what a file declares: of each resource its type, and what looks up an argument.

    Sources:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/organizations_policy
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html
    """
    of_kind: dict[str, list[Lookup]] = {kind: [] for kind in LIMIT_KINDS}
    for kind, get in resources:
        of_kind[kind].append(get)
    attached = [(get("policy_id"), get("target_id")) for get in of_kind["aws_organizations_policy_attachment"]]
    policies = [
        *(_of_terraform(get, attached, place) for get in of_kind["aws_organizations_policy"]),
        *(_of_cloudformation(get, place) for get in of_kind["AWS::Organizations::Policy"]),
    ]
    places = [*of_kind["aws_organizations_account"], *of_kind["aws_organizations_organizational_unit"]]
    parents = ((_text(get("id")), _text(get("parent_id"))) for get in places)
    endpoints = (
        *(_endpoint(get, _OF_TERRAFORM, place) for get in of_kind["aws_vpc_endpoint"]),
        *(_endpoint(get, _OF_CLOUDFORMATION, place) for get in of_kind["AWS::EC2::VPCEndpoint"]),
    )
    return DeclaredLimits(
        quotable(place),
        tuple(each for each in policies if each is not None),
        {one: parent for one, parent in parents if one and parent},
        tuple(each for each in endpoints if each is not None),
    )


def with_limits(snapshot: Snapshot, role_arn: str, declared: DeclaredLimits, endpoint_id: str) -> Snapshot:
    """Put what a file declares in place of what is not known; what was read from AWS is today's, and stays.

    `endpoint_id` is the VPC endpoint that the request goes through, "" where that is not known.
    """
    source, destination, endpoint = snapshot.source, snapshot.destination, snapshot.endpoint
    callers, roles = parse_caller(source.arn).account, parse_role(role_arn).account
    if callers:
        source = replace(source, scps=_levels(declared, PolicyKind.SCP, callers, source.scps))
    destination = replace(destination, rcps=_levels(declared, PolicyKind.RCP, roles, destination.rcps))
    known = endpoint.value if isinstance(endpoint, Known) else None
    if not isinstance(endpoint, Known) or (known is not None and isinstance(known.policy, Unread)):
        found = _endpoint_called(known.id if known is not None else endpoint_id, declared)
        endpoint = endpoint if found is None else Known(found, declared.place)
    return replace(snapshot, source=source, destination=destination, endpoint=endpoint)


_TYPES = {"SERVICE_CONTROL_POLICY": PolicyKind.SCP, "RESOURCE_CONTROL_POLICY": PolicyKind.RCP}


def _of_terraform(get: Lookup, attached: Sequence[tuple[object, object]], place: str) -> DeclaredLimit | None:
    """Give a policy with its attachments. One whose policy or target is not known yet may be of this one."""
    own = get("id")
    kind = _TYPES.get(_text(get("type")) or "SERVICE_CONTROL_POLICY")
    if kind is None:
        return None
    perhaps = [target for policy, target in attached if policy == own or not (_text(policy) and _text(own))]
    targets = tuple(_text(target) for policy, target in attached if policy == own and _text(own) and _text(target))
    name = _text(get("name"))
    return DeclaredLimit(name, kind, _policy(name, get("content"), kind, place), targets, len(perhaps) > len(targets))


def _of_cloudformation(get: Lookup, place: str) -> DeclaredLimit | None:
    kind = _TYPES.get(_text(get("Type")))
    if kind is None:
        return None
    name, listed = _text(get("Name")), get("TargetIds")
    several = listed if isinstance(listed, list) else [] if listed is None else [listed]
    targets = tuple(filter(None, map(_text, several)))
    return DeclaredLimit(name, kind, _policy(name, get("Content"), kind, place), targets, len(targets) < len(several))


class _EndpointKeys(Struct, frozen=True):
    """What the arguments of a VPC endpoint are called; CloudFormation knows no id before it is made."""

    id: str
    service: str
    policy: str


_OF_TERRAFORM = _EndpointKeys("id", "service_name", "policy")
_OF_CLOUDFORMATION = _EndpointKeys("", "ServiceName", "PolicyDocument")


def _endpoint(get: Lookup, keys: _EndpointKeys, place: str) -> Endpoint | None:
    """Give an endpoint for STS; None of any other.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    """
    service = get(keys.service)
    own = _text(get(keys.id)) if keys.id else ""
    if isinstance(service, UnknownValue):
        own = ""
    elif not _text(service).endswith((".sts", ".sts-fips")):
        return None
    policy = _policy(own, get(keys.policy), PolicyKind.ENDPOINT, place)
    return Endpoint(own, policy=Known(policy, place) if isinstance(policy, Policy) else policy)


def _endpoint_called(own: str, declared: DeclaredLimits) -> Endpoint | None:
    """Give the endpoint with this id; one that may be it leaves its policy unread, and says so."""
    if not own:
        return None
    exact = next((each for each in declared.endpoints if each.id == own), None)
    if exact is None and any(not each.id for each in declared.endpoints):
        detail = f"an endpoint in {declared.place} may be this one: if it is, give its policy with `--endpoint-policy`"
        return Endpoint(own, policy=Unread(subject=own, detail=detail))
    return exact


def _policy(name: str, document: object, kind: PolicyKind, place: str) -> Policy | Unread:
    match document:
        case UnknownValue(why=why):
            return Unread(subject=name, detail=why)
        case str() | dict() if document:
            return Policy(name, raw_document(document), kind)
    return Unread(subject=name, detail=f"its document is not in {quotable(place)}")


def _levels(
    declared: DeclaredLimits, kind: PolicyKind, account: str, levels: Evidence[tuple[Level, ...]]
) -> Evidence[tuple[Level, ...]]:
    """Give the levels that reach an account, from the uppermost that is known; what there is stays where it was read.

    Each has the policies of the file that are attached there. Where nobody stated that there are no others, each may
    have more: so no level allows for sure, and one that denies is final all the same.
    """
    policies = [each for each in declared.policies if each.kind is kind]
    if not policies or (isinstance(levels, Known) and levels.value):
        return levels
    branch = _branch(account, declared.parents)
    below: list[Level] = []
    for target in branch:
        parts = [each.policy for each in policies if target in each.targets]
        here = PolicySet(
            tuple(part for part in parts if isinstance(part, Policy)),
            tuple(part for part in parts if isinstance(part, Unread)),
        )
        if target == account:
            here = replace(here, unread=(*here.unread, *_perhaps(policies, branch, account, declared.place)))
        if here == PolicySet():
            continue
        if here.policies or isinstance(levels, Unread):
            # AWS's own policy, which allows everything, is attached beside others as well.
            [level] = attached_to_account(here, levels)
            here = level.policies
        own, name = ("account", "the account") if target == account else (target, target)
        below.insert(0, Level(own, name, here))
    return Known(tuple(below), declared.place) if below else levels


def _branch(account: str, parents: Mapping[str, str]) -> list[str]:
    """Name the account and what it is in, upwards, as far as the file says."""
    branch = [account]
    while (above := parents.get(branch[-1], "")) and above not in branch:
        branch.append(above)
    return branch


def _perhaps(policies: Sequence[DeclaredLimit], branch: Sequence[str], account: str, place: str) -> Iterator[Unread]:
    """Name the policies that may reach the account, since the file does not say where it is."""
    whole = branch[-1].startswith("r-")
    for each in policies:
        elsewhere = [target for target in each.targets if target not in branch]
        above = [target for target in elsewhere if not target.isdigit() and not whole]
        if set(each.targets) & set(branch):
            continue
        if above:
            listed = ", ".join(f"`{quotable(target)}`" for target in above)
            yield Unread(
                subject=each.name,
                detail=f"it is attached to {listed}; whether account {account} is below is not in {place}",
            )
        elif each.open:
            yield Unread(subject=each.name, detail=f"what it is attached to is not known in {place}")


def _text(value: object) -> str:
    """Give a text; "" for all that is none, or not known."""
    return value if isinstance(value, str) else ""
