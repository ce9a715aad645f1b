"""Credentials that may be those of an organization's administrator, and what they were answered."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from diagnose.aws.calls import Answer, Refusal, find_listed, listed, read, unread
from diagnose.aws.identity import Identity
from diagnose.collect.organization import read_organization
from diagnose.collect.readers import Held, Reader
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence


class Administrator:
    """Reads an organization. What was asked once is not asked again: AWS lets few such calls through at a time.

    `named` says that the credentials were given for this very purpose.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """

    def __init__(self, held: Held, progress: Callable[[str], None], *, named: bool) -> None:
        """Keep the credentials; nothing is called yet."""
        self.named = named
        self.progress = progress
        self._held = held
        self._answers: dict[tuple[str, frozenset[tuple[str, str]]], Any] = {}

    @property
    def account(self) -> str:
        """The account that the credentials belong to; empty where AWS did not say."""
        return self._held.identity.account if isinstance(self._held.identity, Identity) else ""

    @property
    def label(self) -> str:
        """Whose credentials these are, for people."""
        return f"with {self._held.side.label}" + (f", in account {self.account}" if self.account else "")

    @cached_property
    def organization(self) -> Evidence[Organization | None]:
        """The organization that the account of the credentials is in; None where it is in none."""
        identity = self._held.identity
        if isinstance(identity, Refusal):
            return unread(identity, "organization", "")
        return read_organization(identity.account, Reader(self._held.side, identity), self.progress)

    def read(self, action: str, subject: str, **parameters: str) -> Evidence[Answer]:
        """Make one call, as `calls.read` does."""
        answer: Evidence[Answer] = self._once(
            action, parameters, lambda: read(self._held.side, action, subject, **parameters)
        )
        return answer

    def listed(self, action: str, subject: str, key: str, **parameters: str) -> Evidence[tuple[Any, ...]]:
        """Make one listing call, as `calls.listed` does."""
        answer: Evidence[tuple[Any, ...]] = self._once(
            action, parameters, lambda: listed(self._held.side, action, subject, key, **parameters)
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
            lambda: find_listed(
                self._held.side, action, f"parent of {child}", "Parents", absent="ChildNotFoundException", ChildId=child
            ),
        )
        return answer

    def _once(self, action: str, parameters: Mapping[str, str], ask: Callable[[], Any]) -> Any:
        key = (action, frozenset(parameters.items()))
        if key not in self._answers:
            self._answers[key] = ask()
        return self._answers[key]
