"""The compiled policies of one layer, ready to be asked many times."""

from collections.abc import Iterable
from functools import lru_cache

from diagnose.evaluate import near_miss
from diagnose.evaluate.document import Document, Statement, compile_document
from diagnose.evaluate.layers import Attached, Row
from diagnose.evaluate.memo import ObjectMemo
from diagnose.evaluate.request import Question
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import (
    Action,
    Effect,
    ElementTrace,
    Layer,
    LevelTrace,
    Match,
    Problem,
    StatementTrace,
)
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


Reach = dict[Match, Tri]
"""How Allow statements reach the caller, by kind of match; a kind that is not there does not reach it."""


def passes(some_allow: Tri, some_deny: Tri) -> Tri:
    """Put Allow and Deny together: a request passes where some Allow applies and no Deny does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    return min(some_allow, ~some_deny)


class Weighed:
    """A layer's answer to one question.

    `passes` is its verdict; `denies` whether some Deny applies; `grants` whether at every level some Allow
    does. `reach` means something for the trust policy alone. `levels` hold the traces.
    """

    __slots__ = ("applies", "denies", "grants", "levels", "reach", "row", "why")

    def __init__(self, sheet: Sheet) -> None:
        """Start as a layer that has nothing to say."""
        self.row, self.why, self.applies = sheet.row, sheet.why, not sheet.why
        self.grants, self.denies = YES, NO
        self.reach: Reach = {}
        self.levels: list[LevelTrace] = []

    @property
    def passes(self) -> Tri:
        """Whether the layer lets the request pass: every level grants it, and none denies it."""
        return passes(self.grants, self.denies)


def weigh(sheet: Sheet, question: Question, has_boundary: Tri) -> Weighed:
    """Ask a layer, with traces. `has_boundary` says whether the caller has a permissions boundary."""
    answer = Weighed(sheet)
    for page in sheet.pages:
        brief = page.brief(question.action)
        if brief.unread:
            answer.reach.update(dict.fromkeys(Match, UNKNOWN))
        traces = [
            _trace(statement, policy, page, question, has_boundary)
            for policy, document in page.compiled
            for statement in document.statements
        ]
        allow, deny = _tally(brief, sheet.row, question, has_boundary, answer.reach)
        answer.grants, answer.denies = min(answer.grants, allow), max(answer.denies, deny)
        answer.levels.append(LevelTrace(page.name, allow, deny, tuple(traces), page.unread))
    return answer


def tally(sheet: Sheet, question: Question, has_boundary: Tri, reach: Reach) -> tuple[Tri, Tri]:
    """Ask a layer, without traces: whether it grants, and whether it denies. `reach` is added to."""
    grants, denies = YES, NO
    for brief in sheet.levels_that_may_deny(question.action):
        if brief.unread and sheet.row.principal:
            reach.update(dict.fromkeys(Match, UNKNOWN))
        allow, deny = _tally(brief, sheet.row, question, has_boundary, reach)
        if allow < grants:
            grants = allow
        if deny > denies:
            denies = deny
    return grants, denies


def could_apply(statement: Statement, row: Row, questions: Iterable[Question], has_boundary: Tri) -> bool:
    """Say whether a statement applies, or may, to any of the questions."""
    return any(_applies(statement, row, question, has_boundary)[0] is not NO for question in questions)


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


def _tally(brief: Brief, row: Row, question: Question, has_boundary: Tri, reach: Reach) -> tuple[Tri, Tri]:
    """Add up the statements of one level."""
    allow, deny = brief.allow, brief.deny
    for statement in brief.allows:
        answer, met = _applies(statement, row, question, has_boundary)
        if answer is not NO:
            allow = max(allow, answer)
            for match, reached in met:
                certain = min(answer, reached)
                if certain > reach.get(match, NO):
                    reach[match] = certain
    for statement in brief.denies:
        answer, _ = _applies(statement, row, question, has_boundary)
        if answer is not NO:
            deny = max(deny, answer)
    return allow, deny


def _trace(statement: Statement, policy: Policy, page: Page, question: Question, has_boundary: Tri) -> StatementTrace:
    """Compare every element of one statement, and say how."""
    statement.finish()
    answer, met = _applies(statement, page.row, question, has_boundary)
    reached = [match for match, certain in met if certain is YES]
    return StatementTrace(
        page.row.layer,
        page.name,
        policy,
        statement.index,
        statement.sid,
        statement.effect or Effect.DENY,
        answer,
        _elements(statement, page.row, question, has_boundary),
        next((match for match in Match if match in reached), None),
        statement.alone,
    )


def _applies(
    statement: Statement, row: Row, question: Question, has_boundary: Tri
) -> tuple[Tri, list[tuple[Match, Tri]]]:
    """Say whether a statement applies: all its elements hold. What cannot be told is never certain."""
    met: list[tuple[Match, Tri]] = []
    if question.action not in statement.covers:
        return NO, met
    if not statement.finished:
        statement.finish()
    answer = UNKNOWN if statement.broken else YES
    if row.principal:
        if statement.principals is None:
            answer, met = UNKNOWN, [(match, UNKNOWN) for match in Match]
        else:
            met = statement.principals.reach(question.asker, has_boundary=has_boundary)
            reached = NO
            for _, certain in met:
                reached = max(reached, certain)
            answer = min(answer, reached)
    elif statement.principals is not None:
        answer = UNKNOWN
    if answer is not NO and row.resource:
        answer = min(answer, statement.resources.holds(question) if statement.resources is not None else UNKNOWN)
    if answer is not NO:
        for test in statement.tests:
            answer = min(answer, test.holds(question))
            if answer is NO:
                break
    return answer, met


def _elements(statement: Statement, row: Row, question: Question, has_boundary: Tri) -> tuple[ElementTrace, ...]:
    """Compare every element, and say how."""
    traces: list[ElementTrace] = []
    if statement.actions is not None:
        traces.append(statement.actions.trace(question))
    if row.principal and statement.principals is not None:
        traces.append(statement.principals.trace(question, has_boundary=has_boundary))
    if row.resource and statement.resources is not None:
        traces.append(statement.resources.trace(question))
    traces += [near_miss.trace(test, question) for test in statement.tests]
    return tuple(traces)
