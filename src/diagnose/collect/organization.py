"""The organization of an account, and what its administrators may read of it."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from msgspec import Struct

from diagnose.aws.calls import Answer, Refusal, call, call_or_absent, gap_left_by, list_all, list_all_or_absent
from diagnose.aws.identity import Identity
from diagnose.aws.patience import Later
from diagnose.collect.iam import IdentifiedCredentials, Reader, gap_about
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Gap, Known, Unread


def read_organization(
    account: str, reader: Reader | Unread, progress: Callable[[str], None]
) -> Evidence[Organization | None]:
    """Read which organization an account is in; None where it is in none. Its place there is not read.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
    """
    subject = f"organization of account {account}"
    if isinstance(reader, Unread):
        return gap_about(reader, subject, _ACTION)
    progress(f"reading the {subject}")
    answer = call_or_absent(reader.credentials, _ACTION, subject, absent="AWSOrganizationsNotInUseException")
    if isinstance(answer, Unread):
        return answer
    if answer.value is None:
        return Known(None, answer.source)
    described = answer.value["Organization"]
    return Known(Organization(described["Id"], management_account=described["MasterAccountId"]), answer.source)


class Administrator:
    """Credentials that may read an organization. No call is made twice: AWS lets few of them through at a time.

    `named` says that the credentials were given for this very purpose.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """

    def __init__(self, signed_in: IdentifiedCredentials, progress: Callable[[str], None], *, named: bool) -> None:
        """Keep the credentials; nothing is called yet."""
        self.named = named
        self.progress = progress
        self._signed_in = signed_in
        self._answers: dict[tuple[str, frozenset[tuple[str, str]]], Later[Any]] = {}
        self._lock = Lock()

    @property
    def account(self) -> str:
        """The account that the credentials belong to; empty where AWS did not say."""
        return self._signed_in.identity.account if isinstance(self._signed_in.identity, Identity) else ""

    @property
    def label(self) -> str:
        """Whose credentials these are, for people."""
        return f"with {self._signed_in.credentials.label}" + (f", in account {self.account}" if self.account else "")

    @property
    def organization(self) -> Evidence[Organization | None]:
        """The organization that the account of the credentials is in; None where it is in none."""
        identity = self._signed_in.identity
        if isinstance(identity, Refusal):
            return gap_left_by(identity, "organization", "")
        reader = Reader(self._signed_in.credentials, identity)
        read: Evidence[Organization | None] = self._once(
            _ACTION, {}, lambda: read_organization(identity.account, reader, self.progress)
        )
        return read

    def call(self, action: str, subject: str, **parameters: str) -> Evidence[Answer]:
        """Make one call, as `calls.call` does."""
        answer: Evidence[Answer] = self._once(
            action, parameters, lambda: call(self._signed_in.credentials, action, subject, **parameters)
        )
        return answer

    def list_all(self, action: str, subject: str, key: str, **parameters: str) -> Evidence[tuple[Any, ...]]:
        """Make one listing call, as `calls.list_all` does."""
        answer: Evidence[tuple[Any, ...]] = self._once(
            action, parameters, lambda: list_all(self._signed_in.credentials, action, subject, key, **parameters)
        )
        return answer

    def parents(self, child: str) -> Evidence[tuple[Any, ...] | None]:
        """List the parents of an account or OU; None where the organization has no such child.

        Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
        """
        action = "organizations:ListParents"
        answer: Evidence[tuple[Any, ...] | None] = self._once(
            action,
            {"ChildId": child},
            lambda: list_all_or_absent(
                self._signed_in.credentials,
                action,
                f"parent of {child}",
                "Parents",
                absent="ChildNotFoundException",
                ChildId=child,
            ),
        )
        return answer

    def _once(self, action: str, parameters: Mapping[str, str], ask: Callable[[], Any]) -> Any:
        key = (action, frozenset(parameters.items()))
        with self._lock:
            if key not in self._answers:
                self._answers[key] = Later(ask)
        return self._answers[key].get()


class AccountPlace(Struct, frozen=True):
    """Where an account is in its organization: below which root, and which OUs from the top down."""

    root: str
    units: tuple[str, ...]
    account: str

    def path(self, organization: str) -> str:
        """Write the place as `aws:PrincipalOrgPaths` does.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        return "".join(f"{step}/" for step in (organization, self.root, *self.units))


def find_account(administrator: Administrator, account: str) -> AccountPlace | Unread | None:
    """Walk from an account up to the root; None where it is not in the administrator's organization.

    A walk that breaks off is unread as a whole: what is above is not known.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
    """
    units: list[str] = []
    child = account
    while True:
        parents = administrator.parents(child)
        if isinstance(parents, Unread):
            return parents
        if parents.value is None and child == account:
            return None
        if parents.value is None or len(parents.value) != 1 or parents.value[0]["Id"] in units:
            return Unread(Gap.UNREACHABLE, f"parent of {child}", detail="AWS does not name exactly one parent")
        [parent] = parents.value
        if parent["Type"] == "ROOT":
            return AccountPlace(parent["Id"], tuple(reversed(units)), account)
        child = parent["Id"]
        units.append(child)


_ACTION = "organizations:DescribeOrganization"
