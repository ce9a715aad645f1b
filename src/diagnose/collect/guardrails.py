"""The policies of an organization that apply to an account, read with whichever credentials may.

Only the management account and delegated administrators may read an organization's policies.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.patience import Later, at_once
from diagnose.collect.organization import AccountPlace, Administrator, find_account
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer
from diagnose.model.words import LAYER_WORDS


class Guardrails(Struct, frozen=True):
    """The organization of an account, with the account's place in it, and its policies of one kind by level."""

    organization: Evidence[Organization | None]
    levels: Evidence[tuple[Level, ...]]


GuardrailKind: TypeAlias = Literal[PolicyKind.SCP, PolicyKind.RCP]


def read_guardrails(
    account: str,
    organization: Evidence[Organization | None],
    kind: GuardrailKind,
    administrators: Sequence[Administrator],
) -> Guardrails:
    """Read what applies to an account with the first credentials that may. `organization` is as the account has it.

    Neither SCPs nor RCPs apply to the management account, so none are read there.

    Sources:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    if isinstance(organization, Known) and organization.value is None:
        return Guardrails(organization, Known((), organization.source))
    subject = f"{_words(kind)} of account {account}"
    refusals: list[Unread] = []
    for administrator in administrators:
        membership = _membership(administrator, account, organization)
        if isinstance(membership, Unread):
            # What is refused to those outside of the organization says nothing of it.
            if (
                administrator.named
                or administrator.account == account
                or _same(administrator.organization, organization)
            ):
                refusals.append(replace(membership, subject=subject))
            continue
        theirs, place = membership
        placed = Known(replace(theirs, path=place.path(theirs.id)), "organizations:ListParents")
        if theirs.management_account == account:
            return Guardrails(placed, Known((), placed.source))
        administrator.progress(f"reading the {subject}")
        return Guardrails(placed, read_levels(administrator, place, kind, subject))
    if isinstance(organization, Known) and _management_account(organization) == account:
        return Guardrails(organization, Known((), organization.source))
    untried = Unread(Gap.NOT_SUPPLIED, subject, _LIST, f"{_who(_management_account(organization))}; {_WHOSE}")
    return Guardrails(organization, refusals[0] if refusals else untried)


def read_levels(
    administrator: Administrator, place: AccountPlace, kind: GuardrailKind, subject: str
) -> Evidence[tuple[Level, ...]]:
    """Read every level. A type of policy that is not enabled in the root is attached nowhere, and limits nothing.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
    """
    root = _root(administrator, place)
    if isinstance(root, Known):
        enabled = {policy_type["Type"]: policy_type["Status"] for policy_type in root.value.get("PolicyTypes", ())}
        status = enabled.get(_TYPES[kind])
        if status is None:
            return Known((), root.source)
        if status != "ENABLED":
            return Unread(Gap.UNREACHABLE, subject, detail=f"AWS is about to enable or disable them: {status}")
    units = Later(lambda: at_once(partial(_name, administrator, unit) for unit in place.units))
    targets = (place.root, *place.units, place.account)
    attached = Later(lambda: at_once(partial(_at, administrator, target, kind) for target in targets))
    levels = (
        Level(place.root, root.value.get("Name", "") if isinstance(root, Known) else ""),
        *(Level(unit, name) for unit, name in zip(place.units, units.get(), strict=True)),
        Level(place.account),
    )
    read = tuple(replace(level, policies=at) for level, at in zip(levels, attached.get(), strict=True))
    if isinstance(root, Unread) and all(level.policies == PolicySet() for level in read):
        # Where the type is enabled, a policy of AWS's own is attached everywhere. Only the root says whether it is.
        return replace(root, subject=subject)
    return Known(read, _LIST)


_LIST = "organizations:ListPoliciesForTarget"
_WHOSE = "give its profile with --org-profile"


def _management_account(organization: Evidence[Organization | None]) -> str:
    """Give the number of an organization's management account; "" where it is not known."""
    if isinstance(organization, Known) and organization.value is not None:
        return organization.value.management_account
    return ""


def _who(management_account: str) -> str:
    """Say who may read an organization's policies; the number of its management account is "" where it is not known."""
    manager = f"the management account {management_account}".rstrip()
    return f"only {manager} or a delegated administrator of the organization may read them"


def _same(one: Evidence[Organization | None], other: Evidence[Organization | None]) -> bool:
    """Say whether two accounts are known to be in one organization."""
    return (
        isinstance(one, Known)
        and isinstance(other, Known)
        and one.value is not None
        and other.value is not None
        and one.value.id == other.value.id
    )


def _membership(
    administrator: Administrator, account: str, organization: Evidence[Organization | None]
) -> tuple[Organization, AccountPlace] | Unread:
    """Find an account in the administrator's organization.

    An account that is found there is in that organization, whatever could be read with its own credentials.
    """
    administrator.progress(f"looking for account {account} in the organization {administrator.label}")
    theirs = administrator.organization
    if isinstance(theirs, Unread):
        return _refused(administrator, theirs, _management_account(organization))
    if theirs.value is None:
        return Unread(Gap.NOT_SUPPLIED, permission=_LIST, detail=f"{administrator.label}, there is no organization")
    if isinstance(organization, Known) and not _same(theirs, organization):
        return _elsewhere(administrator, account, theirs.value, organization.value)
    place = find_account(administrator, account)
    if isinstance(place, Unread):
        return _refused(administrator, place, theirs.value.management_account)
    return (theirs.value, place) if place is not None else _elsewhere(administrator, account, theirs.value, None)


def _refused(administrator: Administrator, gap: Unread, management_account: str) -> Unread:
    """Say who refused what to whom, and who may read it.

    A permission helps neither accounts without a part in the organization nor credentials that do not work.
    """
    who = ""
    if gap.gap is Gap.ACCESS_DENIED and administrator.account != management_account:
        who = f"; {_who(management_account)}" + ("" if administrator.named else f"; {_WHOSE}")
    permission = "" if gap.gap is Gap.NO_CREDENTIALS else gap.permission
    return replace(gap, permission=permission, detail=f"{administrator.label}: {gap.detail}{who}")


def _elsewhere(administrator: Administrator, account: str, theirs: Organization, own: Organization | None) -> Unread:
    """Say that the account is in its `own` organization, if that is known, and not in theirs."""
    where = "is not"
    if own is not None:
        where = f"is in the organization {own.id}, whose management account is {own.management_account}, and not"
    detail = f"account {account} {where} in the organization {theirs.id}, which is read {administrator.label}"
    return Unread(Gap.NOT_SUPPLIED, permission=_LIST, detail=detail)


_TYPES: Mapping[GuardrailKind, str] = {
    PolicyKind.SCP: "SERVICE_CONTROL_POLICY",
    PolicyKind.RCP: "RESOURCE_CONTROL_POLICY",
}


def _words(kind: GuardrailKind) -> str:
    """Name all policies of a kind. Each of the two kinds is a layer by itself, of the same name."""
    return LAYER_WORDS[Layer(kind)].policies


def _root(administrator: Administrator, place: AccountPlace) -> Evidence[Mapping[str, Any]]:
    """Read the root, which names the types of policies that are enabled.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html
    """
    roots = administrator.list_all("organizations:ListRoots", f"root {place.root}", "Roots")
    if isinstance(roots, Unread):
        return roots
    for root in roots.value:
        if root["Id"] == place.root:
            return Known(root, roots.source)
    return Unread(Gap.UNREACHABLE, f"root {place.root}", detail="AWS does not list it")


def _name(administrator: Administrator, unit: str) -> str:
    """Read the name of an OU. It decides nothing, so that not being able to is not a gap."""
    described = administrator.call("organizations:DescribeOrganizationalUnit", unit, OrganizationalUnitId=unit)
    if isinstance(described, Unread):
        return ""
    name: str = described.value["OrganizationalUnit"].get("Name", "")
    return name


def _at(administrator: Administrator, target: str, kind: GuardrailKind) -> PolicySet:
    """Read what is attached to a root, an OU or an account itself."""
    attached = administrator.list_all(
        _LIST, f"{_words(kind)} attached to {target}", "Policies", TargetId=target, Filter=_TYPES[kind]
    )
    if isinstance(attached, Unread):
        return PolicySet(unread=(attached,))
    policies = at_once(partial(_policy, administrator, summary, kind) for summary in attached.value)
    return PolicySet(
        tuple(policy.value for policy in policies if isinstance(policy, Known)),
        tuple(policy for policy in policies if isinstance(policy, Unread)),
    )


def _policy(administrator: Administrator, summary: Mapping[str, str], kind: GuardrailKind) -> Evidence[Policy]:
    described = administrator.call("organizations:DescribePolicy", summary["Arn"], PolicyId=summary["Id"])
    if isinstance(described, Unread):
        return described
    content = described.value["Policy"]["Content"]
    return Known(Policy(summary["Name"], raw_document(content), kind, summary["Arn"]), described.source)
