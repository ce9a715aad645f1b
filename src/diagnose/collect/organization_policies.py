"""SCPs or RCPs at every level from the root of an organization down to an account."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace

from diagnose.collect.administrator import Administrator
from diagnose.collect.hierarchy import Place
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer
from diagnose.model.words import LAYER_WORDS

Kind: TypeAlias = Literal[PolicyKind.SCP, PolicyKind.RCP]

LIST = "organizations:ListPoliciesForTarget"
_TYPES: Mapping[Kind, str] = {
    PolicyKind.SCP: "SERVICE_CONTROL_POLICY",
    PolicyKind.RCP: "RESOURCE_CONTROL_POLICY",
}


def words_of(kind: Kind) -> str:
    """Name all policies of a kind. Each of the two kinds is a layer by itself, of the same name."""
    return LAYER_WORDS[Layer(kind)].policies


def read_levels(administrator: Administrator, place: Place, kind: Kind, subject: str) -> Evidence[tuple[Level, ...]]:
    """Read every level. A type of policy that is not enabled in the root is attached nowhere, and limits nothing.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
    """
    root = _root(administrator, place)
    if isinstance(root, Known):
        enabled = {each["Type"]: each["Status"] for each in root.value.get("PolicyTypes", ())}
        status = enabled.get(_TYPES[kind])
        if status is None:
            return Known((), root.source)
        if status != "ENABLED":
            return Unread(Gap.UNREACHABLE, subject, detail=f"AWS is about to enable or disable them: {status}")
    levels = (
        Level(place.root, root.value.get("Name", "") if isinstance(root, Known) else ""),
        *(Level(unit, _name(administrator, unit)) for unit in place.units),
        Level(place.account),
    )
    read = tuple(replace(level, policies=_at(administrator, level.target, kind)) for level in levels)
    if isinstance(root, Unread) and all(level.policies == PolicySet() for level in read):
        # Where the type is enabled, a policy of AWS's own is attached everywhere; whether it is, the root alone tells.
        return replace(root, subject=subject)
    return Known(read, LIST)


def _root(administrator: Administrator, place: Place) -> Evidence[Mapping[str, Any]]:
    """Read the root, which tells what types of policies are enabled.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html
    """
    roots = administrator.listed("organizations:ListRoots", f"root {place.root}", "Roots")
    if isinstance(roots, Unread):
        return roots
    for root in roots.value:
        if root["Id"] == place.root:
            return Known(root, roots.source)
    return Unread(Gap.UNREACHABLE, f"root {place.root}", detail="AWS does not list it")


def _name(administrator: Administrator, unit: str) -> str:
    """Read the name of an OU. Not being able to is no gap: it decides nothing."""
    described = administrator.read("organizations:DescribeOrganizationalUnit", unit, OrganizationalUnitId=unit)
    if isinstance(described, Unread):
        return ""
    name: str = described.value["OrganizationalUnit"].get("Name", "")
    return name


def _at(administrator: Administrator, target: str, kind: Kind) -> PolicySet:
    """Read what is attached to a root, an OU or an account itself."""
    attached = administrator.listed(
        LIST, f"{words_of(kind)} attached to {target}", "Policies", TargetId=target, Filter=_TYPES[kind]
    )
    if isinstance(attached, Unread):
        return PolicySet(unread=(attached,))
    read = [_policy(administrator, summary, kind) for summary in attached.value]
    return PolicySet(
        tuple(each.value for each in read if isinstance(each, Known)),
        tuple(each for each in read if isinstance(each, Unread)),
    )


def _policy(administrator: Administrator, summary: Mapping[str, str], kind: Kind) -> Evidence[Policy]:
    described = administrator.read("organizations:DescribePolicy", summary["Arn"], PolicyId=summary["Id"])
    if isinstance(described, Unread):
        return described
    content = described.value["Policy"]["Content"]
    return Known(Policy(summary["Name"], raw_document(content), kind, summary["Arn"]), described.source)
