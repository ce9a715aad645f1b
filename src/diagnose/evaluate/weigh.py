"""What the statements of one layer come to."""

from collections.abc import Iterable

from diagnose.evaluate import mismatch
from diagnose.evaluate.layers import Row
from diagnose.evaluate.question import Question
from diagnose.evaluate.sheet import Brief, Page, Sheet
from diagnose.evaluate.statement import Statement
from diagnose.model.policy import Policy
from diagnose.model.trace import (
    Effect,
    ElementTrace,
    LevelTrace,
    Match,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

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
    traces += [mismatch.trace(test, question) for test in statement.tests]
    return tuple(traces)
