"""The compiled policies of one layer, ready to be asked many times."""

from diagnose.evaluate.document import Document, compile_document
from diagnose.evaluate.kept import Kept
from diagnose.evaluate.layers import Attached, Row
from diagnose.evaluate.statement import Statement
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import Action, Effect, Layer, Problem
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class Page:
    """One level of a layer. `unread` names the parts of it that tell nothing."""

    __slots__ = ("_briefs", "_compiled", "_policies", "name", "row")

    def __init__(self, row: Row, name: str, policies: PolicySet) -> None:
        """Documents are compiled when they are first looked at."""
        self.row, self.name, self._policies = row, name, policies
        self._compiled: tuple[tuple[Policy, Document], ...] | None = None
        self._briefs: dict[Action, Brief] = {}

    @property
    def compiled(self) -> tuple[tuple[Policy, Document], ...]:
        """The policies with their documents."""
        if self._compiled is None:
            self._compiled = tuple((policy, compile_document(policy.document)) for policy in self._policies.policies)
        return self._compiled

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What was not read, and what was read and is no policy."""
        unusable = tuple(
            Unread(subject=f"policy {policy.name}", detail=document.flaws[0].message)
            for policy, document in self.compiled
            if not document.usable
        )
        return self._policies.unread + unusable

    def brief(self, action: Action) -> "Brief":
        """Give what counts for one action."""
        brief = self._briefs.get(action)
        if brief is None:
            brief = self._briefs[action] = Brief(self, action)
        return brief


class Brief:
    """What of one level counts for one action.

    `allow` and `deny` are settled from the start: what was not read may hold an Allow or a Deny, and counts as one
    UNKNOWN of each; an Allow without any condition settles the matter. Only the statements listed can change them.
    `passes` says that none can.
    """

    __slots__ = ("allow", "allows", "denies", "deny", "passes", "unread")

    def __init__(self, page: Page, action: Action) -> None:
        """Sort the statements that cover the action by their effects."""
        statements = [
            statement
            for _, document in page.compiled
            for statement in document.statements
            if statement.actions is None or action in statement.actions.covers
        ]
        self.unread = bool(page.unread)
        self.allow: Tri = UNKNOWN if self.unread else NO
        self.deny: Tri = UNKNOWN if self.unread else NO
        self.allows = tuple(one for one in statements if one.effect is not Effect.DENY)
        self.denies = tuple(one for one in statements if one.effect is not Effect.ALLOW)
        self.passes = False
        if not page.row.grants or (not page.row.principal and any(map(_unconditional, self.allows))):
            self.allow, self.allows = YES, ()
            self.passes = not self.unread and not self.denies


class Sheet:
    """A layer's levels; none, and `why`, where the layer does not apply."""

    __slots__ = ("_open", "pages", "row", "why")

    def __init__(self, row: Row, attached: Attached) -> None:
        """Take what is attached; nothing is compiled yet."""
        self.row = row
        self.why = (attached or "it is empty") if isinstance(attached, str) else ""
        self.pages = () if isinstance(attached, str) else tuple(_page(row, name, found) for name, found in attached)
        self._open: dict[Action, tuple[Brief, ...]] = {}

    def open_briefs(self, action: Action) -> tuple[Brief, ...]:
        """Give what can keep the layer from letting an action pass: all levels but those that always do."""
        found = self._open.get(action)
        if found is None:
            briefs = (page.brief(action) for page in self.pages)
            found = self._open[action] = tuple(brief for brief in briefs if not brief.passes)
        return found

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


_pages: Kept[Page] = Kept()


def _page(row: Row, name: str, policies: PolicySet) -> Page:
    """Give the page of a level: an SCP's level is the same for many callers."""
    key = (id(policies), row.layer, name)
    return _pages.find(key) or _pages.make(key, lambda: Page(row, name, policies), alive=policies)


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
