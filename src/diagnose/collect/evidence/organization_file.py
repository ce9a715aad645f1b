"""The tree of an organization in a file: which SCPs and RCPs are attached where.

AWS prints it in no single answer. The form is our own, `xdiag.organization/1`.
"""

import codecs
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from diagnose.collect.evidence.case_errors import reworded
from diagnose.collect.input import input_name, read_bytes
from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet

ORGANIZATION_SCHEMA = "xdiag.organization/1"


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """The root, an OU or an account, with the ids of the policies attached to it; None where they were not read.

    `parent` is the id of the root or OU above it; the root has none.
    """

    id: str
    name: str = ""
    parent: str = ""
    scps: tuple[str, ...] | None = None
    rcps: tuple[str, ...] | None = None


class AttachedDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """An SCP or RCP."""

    name: str
    document: Raw
    arn: str = ""


class OrganizationFile(Struct, frozen=True, forbid_unknown_fields=True):
    """What such a file holds. `policies` are by id."""

    schema: str
    id: str
    management_account: str
    targets: tuple[Target, ...]
    policies: Mapping[str, AttachedDocument] = {}


class AccountLimits(Struct, frozen=True):
    """What of an organization reaches one account."""

    organization: Evidence[Organization | None]
    scps: Evidence[tuple[Level, ...]]
    rcps: Evidence[tuple[Level, ...]]


class OrganizationTree:
    """An organization, as one file describes it."""

    def __init__(self, described: OrganizationFile, place: str) -> None:
        """Raises XdiagError for a target whose parent, or one of whose policies, is not in the file."""
        self._described, self._place = described, place
        self._targets = {target.id: target for target in described.targets}
        self._sets: dict[tuple[str, PolicyKind], PolicySet] = {}
        if repeated := [target for target in described.targets if self._targets[target.id] is not target]:
            raise XdiagError(
                f"`{quotable(place)}`: `{quotable(repeated[0].id)}` is in it twice", hint="expected each target once"
            )
        for target in described.targets:
            if target.parent and target.parent not in self._targets:
                raise self._missing(target, f"parent `{quotable(target.parent)}`")
            for policy in (*(target.scps or ()), *(target.rcps or ())):
                if policy not in described.policies:
                    raise self._missing(target, f"policy `{quotable(policy)}`")
            self._branch(target)

    @property
    def id(self) -> str:
        """The id of the organization."""
        return self._described.id

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts in it."""
        return frozenset(target for target in self._targets if target.isdecimal())

    def __contains__(self, account: str) -> bool:
        """Say whether an account is in it."""
        return account in self._targets

    def limits_of(self, account: str) -> AccountLimits:
        """Give what reaches an account. One that is not in the file may be in another organization."""
        target = self._targets.get(account)
        if target is None:
            gap = Unread(subject=f"organization of account {account}", detail=f"it is not in {quotable(self._place)}")
            return AccountLimits(gap, gap, gap)
        branch = self._branch(target)
        above = "".join(f"{each.id}/" for each in branch[:-1])
        described = self._described
        return AccountLimits(
            Known(Organization(described.id, f"{described.id}/{above}", described.management_account), self._place),
            Known(tuple(self._levels(branch, PolicyKind.SCP)), self._place),
            Known(tuple(self._levels(branch, PolicyKind.RCP)), self._place),
        )

    def _branch(self, target: Target) -> list[Target]:
        """Name the targets from the root down to this one."""
        branch = [target]
        while branch[0].parent:
            above = self._targets[branch[0].parent]
            if above in branch:
                raise XdiagError(
                    f"`{quotable(self._place)}`: `{quotable(above.id)}` is above itself", hint="expected a tree"
                )
            branch.insert(0, above)
        return branch

    def _levels(self, branch: list[Target], kind: PolicyKind) -> Iterator[Level]:
        """Give a level for each target. RCPFullAWSAccess is attached everywhere, and may be left out."""
        for target in branch:
            yield Level(target.id, target.name, self._attached(target, kind))

    def _attached(self, target: Target, kind: PolicyKind) -> PolicySet:
        """Give the same object for the same target, so that it is worked out once for all accounts below it."""
        policies = self._sets.get((target.id, kind))
        if policies is None:
            ids = target.scps if kind is PolicyKind.SCP else target.rcps
            if ids is None:
                policies = PolicySet(unread=(Unread(subject=f"{kind.upper()}s of {target.id}"),))
            else:
                documents = (self._described.policies[each] for each in ids)
                policies = PolicySet(tuple(Policy(each.name, each.document, kind, each.arn) for each in documents))
            self._sets[target.id, kind] = policies
        return policies

    def _missing(self, target: Target, what: str) -> XdiagError:
        return XdiagError(
            f"`{quotable(self._place)}`: the {what} of `{quotable(target.id)}` is not in it",
            hint="expected every parent among `targets`, and every policy among `policies`",
        )


def read_organization_file(path: Path) -> OrganizationTree:
    """Read the tree of an organization. Raises XdiagError for anything else."""
    place = input_name(path)
    data = read_bytes(path).removeprefix(codecs.BOM_UTF8)
    try:
        data.decode()
        described = msgspec.json.decode(data, type=OrganizationFile)
    except msgspec.ValidationError as error:
        sentence, _ = reworded(error, data, OrganizationFile)
        raise XdiagError(f"`{quotable(place)}` does not describe an organization: {sentence}", hint=_EXPECTED) from None
    except (ValueError, RecursionError) as error:
        raise not_json(data, error, place) from None
    if described.schema != ORGANIZATION_SCHEMA:
        raise XdiagError(f"`{quotable(place)}` has the schema `{quotable(described.schema)}`", hint=_EXPECTED)
    return OrganizationTree(described, place)


def organization_schema() -> dict[str, object]:
    """Give the JSON Schema of the file."""
    return msgspec.json.schema(OrganizationFile)


_EXPECTED = f"expected `schema` {ORGANIZATION_SCHEMA}, `id`, `management_account`, `targets` and `policies`"
