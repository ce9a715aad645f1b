"""The tree of an organization, read once from the root down, in the form of `organization.json`."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.collect.evidence.organization_file import (
    ORGANIZATION_SCHEMA,
    AttachedDocument,
    OrganizationFile,
    Target,
)
from diagnose.collect.organization import Administrator
from diagnose.model.evidence import Gap, Unread
from diagnose.model.policy import raw_document


class OrganizationDump(Struct, frozen=True):
    """The tree, the accounts in it that are active, and what was not read."""

    file: OrganizationFile
    accounts: tuple[str, ...]
    gaps: tuple[Unread, ...]


def read_tree(administrator: Administrator, progress: Callable[[str], None]) -> OrganizationDump | Unread:
    """Read the organization of an administrator; the gap where not even its root can be read.

    What is below an OU that cannot be listed is left out: of an account that is in no tree nothing is known. Where a
    type of policy is not enabled, AWS's policy that allows everything is written in its place: it is what that means.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
    """
    organization = administrator.organization
    if isinstance(organization, Unread):
        return organization
    if organization.value is None:
        return Unread(Gap.NOT_SUPPLIED, "organization", detail=f"{administrator.label}, there is no organization")
    roots = administrator.list_all("organizations:ListRoots", "root of the organization", "Roots")
    if isinstance(roots, Unread):
        return roots
    if len(roots.value) != 1:
        return Unread(Gap.UNREACHABLE, "root of the organization", detail="AWS does not name exactly one root")
    walk = _Walk(administrator, progress, roots.value[0])
    targets = tuple(walk.targets())
    described = organization.value
    file = OrganizationFile(
        ORGANIZATION_SCHEMA, described.id, described.management_account, targets, dict(walk.policies)
    )
    return OrganizationDump(file, tuple(walk.accounts), tuple(walk.gaps))


_TYPES = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}
_NOT_ENABLED = "not-enabled"
_EVERYTHING = {
    "scps": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    "rcps": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
}


class _Walk:
    """One walk. `accounts`, `policies` and `gaps` are complete once all targets were taken."""

    def __init__(self, administrator: Administrator, progress: Callable[[str], None], root: Mapping[str, Any]) -> None:
        self.accounts: list[str] = []
        self.policies: dict[str, AttachedDocument] = {}
        self.gaps: list[Unread] = []
        self._administrator, self._progress, self._root = administrator, progress, root
        self._status = {kind["Type"]: kind["Status"] for kind in root.get("PolicyTypes", ())}

    def targets(self) -> Iterator[Target]:
        waiting = [Target(self._root["Id"], self._root.get("Name", ""))]
        while waiting:
            parent = waiting.pop(0)
            self._progress(f"reading the organization: {parent.name or parent.id}")
            yield self._with_policies(parent)
            units = self._listed("organizations:ListOrganizationalUnitsForParent", "OrganizationalUnits", parent)
            waiting += [Target(unit["Id"], unit.get("Name", ""), parent.id) for unit in units]
            for account in self._listed("organizations:ListAccountsForParent", "Accounts", parent):
                if account["Status"] == "ACTIVE":
                    self.accounts.append(account["Id"])
                yield self._with_policies(Target(account["Id"], account.get("Name", ""), parent.id))

    def _listed(self, action: str, key: str, parent: Target) -> tuple[Any, ...]:
        listed = self._administrator.list_all(action, f"what is below {parent.id}", key, ParentId=parent.id)
        if isinstance(listed, Unread):
            self.gaps.append(listed)
            return ()
        return listed.value

    def _with_policies(self, target: Target) -> Target:
        return replace(target, scps=self._attached(target, "scps"), rcps=self._attached(target, "rcps"))

    def _attached(self, target: Target, kind: str) -> tuple[str, ...] | None:
        """Give the ids of what is attached; None where not all of it was read."""
        status = self._status.get(_TYPES[kind])
        if status is None:
            id_ = f"{_NOT_ENABLED}-{kind}"
            self.policies[id_] = AttachedDocument(
                f"{kind.upper()} are not enabled", raw_document(json.loads(_EVERYTHING[kind]))
            )
            return (id_,)
        if status != "ENABLED":
            self._note(Unread(Gap.UNREACHABLE, f"{kind} of {target.id}", detail=f"AWS is changing them: {status}"))
            return None
        listed = self._administrator.list_all(
            "organizations:ListPoliciesForTarget",
            f"{kind} of {target.id}",
            "Policies",
            TargetId=target.id,
            Filter=_TYPES[kind],
        )
        if isinstance(listed, Unread):
            self._note(listed)
            return None
        for summary in listed.value:
            if summary["Id"] not in self.policies:
                described = self._administrator.call(
                    "organizations:DescribePolicy", summary["Arn"], PolicyId=summary["Id"]
                )
                if isinstance(described, Unread):
                    self._note(described)
                    return None
                content = raw_document(json.loads(described.value["Policy"]["Content"]))
                self.policies[summary["Id"]] = AttachedDocument(summary["Name"], content, summary["Arn"])
        return tuple(summary["Id"] for summary in listed.value)

    def _note(self, gap: Unread) -> None:
        if gap not in self.gaps:
            self.gaps.append(gap)
