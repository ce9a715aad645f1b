"""The compiled policies of one layer, ready to be asked many times."""

from functools import lru_cache

from diagnose.evaluate.document import Document, compile_document
from diagnose.evaluate.kept import ObjectMemo
from diagnose.evaluate.layers import Attached, Row
from diagnose.evaluate.statement import Statement
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import Action, Effect, Layer, Problem
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class Page:
    """One level of a layer."""

    __slots__ = ("_briefs", "_compiled", "_policies", "name", "row", "unread_policies")

    def __init__(self, row: Row, name: str, policies: PolicySet) -> None:
        """Documents are compiled when they are first looked at."""
        self.row, self.name, self._policies, self.unread_policies = row, name, policies.policies, policies.unread
        self._compiled: list[tuple[Policy, Document]] | None = None
        self._briefs: dict[Action, Brief] = {}

    @property
    def compiled(self) -> list[tuple[Policy, Document]]:
        """The policies with their documents."""
        if self._compiled is None:
            self._compiled = [(policy, compile_document(policy.document)) for policy in self._policies]
        return self._compiled

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The parts that tell nothing: what was not read, and what was read and is no policy."""
        unusable = [
            Unread(subject=f"policy {policy.name}", detail=document.flaws[0].message)
            for policy, document in self.compiled
            if not document.usable
        ]
        return (*self.unread_policies, *unusable)

    def brief(self, action: Action) -> "Brief":
        """Give what counts for one action."""
        brief = self._briefs.get(action)
        if brief is None:
            brief = self._briefs[action] = Brief(self, action)
        return brief


class Brief:
    """What of one level counts for one action.

    `allow` and `deny` are settled from the start: what was not read may hold an Allow or a Deny, and counts as one
    UNKNOWN of each; an Allow without any condition settles the matter. Only the statements listed can change them;
    `always_allows` says that none can.

    INVARIANT: a level comes to what all its statements come to one by one. A law compares the two.
    """

    __slots__ = ("allow", "allows", "always_allows", "denies", "deny", "unread")

    def __init__(self, page: Page, action: Action) -> None:
        """Sort the statements that cover the action by their effects."""
        allows: list[Statement] = []
        denies: list[Statement] = []
        unread = bool(page.unread_policies)
        for _, document in page.compiled:
            unread = unread or not document.usable
            for statement in document.statements:
                if action in statement.covers:
                    if statement.effect is not Effect.DENY:
                        allows.append(statement)
                    if statement.effect is not Effect.ALLOW:
                        denies.append(statement)
        self.allows, self.denies = allows, denies
        self.unread = unread
        self.allow: Tri = UNKNOWN if unread else NO
        self.deny: Tri = UNKNOWN if unread else NO
        self.always_allows = False
        if not page.row.grants or (not page.row.principal and any(map(_unconditional, allows))):
            self.allow, self.allows = YES, []
            self.always_allows = not (unread or denies)


class Sheet:
    """A layer's levels; none, and `why`, where the layer does not apply."""

    __slots__ = ("_may_deny", "pages", "row", "why")

    def __init__(self, row: Row, pages: list[Page], why: str = "") -> None:
        """Take the levels; nothing is compiled yet."""
        self.row, self.pages, self.why = row, pages, why
        self._may_deny: dict[Action, list[Brief]] = {}

    def levels_that_may_deny(self, action: Action) -> list[Brief]:
        """Give what can keep the layer from letting an action pass: all levels but those that always do."""
        briefs = self._may_deny.get(action)
        if briefs is None:
            all_briefs = [page.brief(action) for page in self.pages]
            briefs = self._may_deny[action] = [brief for brief in all_briefs if not brief.always_allows]
        return briefs

    def problems(self) -> tuple[Problem, ...]:
        """Name what AWS would not accept in the documents."""
        found: list[Problem] = []
        for policy, document in (compiled for page in self.pages for compiled in page.compiled):
            found += [Problem(self.row.layer, policy, flaw.pointer, flaw.message) for flaw in document.flaws]
            found += [
                Problem(self.row.layer, policy, statement.pointer, message)
                for statement in document.statements
                for message in _misplaced(statement, self.row)
            ]
        return tuple(found)


def sheet_of(row: Row, attached: Attached) -> Sheet:
    """Give the sheet of what is attached."""
    if isinstance(attached, str):
        return _idle_sheet(row, attached)
    make = _page_of_level if row.levels else Page
    return Sheet(row, [make(row, name, policies) for name, policies in attached])


@lru_cache
def _idle_sheet(row: Row, why: str) -> Sheet:
    """Give the sheet of a layer that does not apply, which is the same for everybody."""
    return Sheet(row, [], why or "it is empty")


_pages: ObjectMemo[Page] = ObjectMemo()


def _page_of_level(row: Row, name: str, policies: PolicySet) -> Page:
    """Give the page of an organization's level, which is the same for many accounts."""
    key = f"{row.layer} {name}"
    return _pages.find(policies, key) or _pages.offer(policies, key, Page(row, name, policies))


def _unconditional(statement: Statement) -> bool:
    statement.finish()
    resources = statement.resources
    everything = resources is not None and resources.everything and not resources.negated
    return everything and not (statement.broken or statement.tests or statement.principals)


def _misplaced(statement: Statement, row: Row) -> list[str]:
    """Name the elements that a statement of this layer must have or cannot have."""
    found = []
    if row.principal and statement.principals is None:
        found.append("the statement has no `Principal` that can be told")
    if row.layer is Layer.TRUST and statement.principals is not None and statement.principals.negated:
        found.append("a trust policy has no `NotPrincipal`: use `*` with a condition on `aws:PrincipalArn`")
    if not row.principal and statement.principals is not None:
        found.append("a policy of this kind has no `Principal`: it is about whoever it is attached to")
    if row.resource and statement.resources is None:
        found.append("the statement has neither a `Resource` nor a `NotResource` that can be told")
    if not row.resource and statement.resources is not None:
        found.append("a trust policy has no `Resource`: it is about the role that carries it")
    return found
