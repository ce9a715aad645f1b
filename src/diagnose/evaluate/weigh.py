"""What the statements of one layer come to."""

from collections.abc import Iterable

from diagnose.evaluate import mismatch
from diagnose.evaluate.document import Document, compile_document
from diagnose.evaluate.layers import Attached, Row
from diagnose.evaluate.question import Question
from diagnose.evaluate.statement import Statement
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import (
    Effect,
    ElementTrace,
    LevelTrace,
    Match,
    Problem,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of

Reach = dict[Match, Tri]
"""How Allow statements reach the caller, by kind of match; a kind that is not there does not reach it."""


class Weighed:
    """A layer's answer to one question.

    `passes` is its verdict; `denies` whether some Deny applies; `grants` whether at every level some Allow
    does. `reach` is filled for the trust policy alone. `levels` hold traces only where they were asked for.
    """

    __slots__ = ("applies", "denies", "grants", "levels", "reach", "row", "why")

    def __init__(self, row: Row, *, why: str = "") -> None:
        """Start as a layer that has nothing to say."""
        self.row, self.why, self.applies = row, why, not why
        self.grants, self.denies = YES, NO
        self.reach: Reach = {}
        self.levels: list[LevelTrace] = []

    @property
    def passes(self) -> Tri:
        """Whether the layer lets the request pass: every level grants it, and none denies it."""
        return all_of((self.grants, ~self.denies))


class _Level:
    """What one level comes to, while its statements are gone through."""

    __slots__ = ("allow", "deny", "traces")

    def __init__(self, *, complete: bool) -> None:
        # What was not read may hold an Allow or a Deny, so it counts as one UNKNOWN of each.
        self.allow = self.deny = NO if complete else UNKNOWN
        self.traces: list[StatementTrace] = []


def weigh(row: Row, attached: Attached, question: Question, bounded: Tri, *, traced: bool) -> Weighed:
    """Ask a layer. `bounded` says whether the caller has a permissions boundary."""
    if isinstance(attached, str):
        return Weighed(row, why=attached or "it is empty")
    answer = Weighed(row)
    for name, policies in attached:
        compiled = [(policy, compile_document(policy.document)) for policy in policies.policies]
        unread = _unread(policies, compiled)
        level = _Level(complete=not unread)
        if unread and row.principal:
            answer.reach = dict.fromkeys(Match, UNKNOWN)
        for policy, document in compiled:
            for statement in document.statements:
                _count(statement, policy, row, question, bounded, level, answer.reach, name, traced=traced)
        if not row.grants:
            level.allow = YES
        answer.grants = min(answer.grants, level.allow)
        answer.denies = max(answer.denies, level.deny)
        if traced:
            answer.levels.append(LevelTrace(name, level.allow, level.deny, tuple(level.traces), unread))
    return answer


def problems(row: Row, attached: Attached) -> tuple[Problem, ...]:
    """Name what AWS would not accept in a layer's documents."""
    found: list[Problem] = []
    for _, policies in () if isinstance(attached, str) else attached:
        for policy in policies.policies:
            document = compile_document(policy.document)
            found += [Problem(row.layer, policy, flaw.pointer, flaw.message) for flaw in document.flaws]
            found += [
                Problem(row.layer, policy, statement.pointer, message)
                for statement in document.statements
                for message in _misplaced(statement, row)
            ]
    return tuple(found)


def could_apply(statement: Statement, row: Row, questions: Iterable[Question], bounded: Tri) -> bool:
    """Say whether a statement applies, or may, to any of the questions."""
    return any(_applies(statement, row, question, bounded)[0] is not NO for question in questions)


def _unread(policies: PolicySet, compiled: list[tuple[Policy, Document]]) -> tuple[Unread, ...]:
    """Name the parts of a level that tell nothing: those not read, and those that are no policies."""
    unusable = tuple(
        Unread(subject=f"policy {policy.name}", detail=document.flaws[0].message)
        for policy, document in compiled
        if not document.usable
    )
    return policies.unread + unusable


def _misplaced(statement: Statement, row: Row) -> list[str]:
    """Name the elements that a statement of this layer must have or cannot have."""
    found = []
    if row.principal and statement.principals is None:
        found.append("the statement has no `Principal`")
    if not row.principal and statement.principals is not None:
        found.append("a policy of this kind has no `Principal`: it is about whoever it is attached to")
    if row.resource and statement.resources is None:
        found.append("the statement has neither `Resource` nor `NotResource`")
    if not row.resource and statement.resources is not None:
        found.append("a trust policy has no `Resource`: it is about the role that carries it")
    return found


def _count(
    statement: Statement,
    policy: Policy,
    row: Row,
    question: Question,
    bounded: Tri,
    level: _Level,
    reach: Reach,
    name: str,
    *,
    traced: bool,
) -> None:
    """Let one statement count towards its level, and towards the reach of a trust policy."""
    answer, met = _applies(statement, row, question, bounded)
    if answer is not NO:
        if statement.effect is not Effect.DENY:
            level.allow = max(level.allow, answer)
            for match, reached in met:
                reach[match] = max(reach.get(match, NO), min(answer, reached))
        if statement.effect is not Effect.ALLOW:
            level.deny = max(level.deny, answer)
    if traced:
        strongest = next((match for match in Match for one, reached in met if one is match and reached is YES), None)
        level.traces.append(
            StatementTrace(
                row.layer,
                name,
                policy,
                statement.index,
                statement.sid,
                statement.effect or Effect.DENY,
                answer,
                _elements(statement, row, question, bounded),
                strongest,
                statement.alone,
            )
        )


def _applies(statement: Statement, row: Row, question: Question, bounded: Tri) -> tuple[Tri, list[tuple[Match, Tri]]]:
    """Say whether a statement applies: all its elements hold. What cannot be told is never certain."""
    met: list[tuple[Match, Tri]] = []
    answer = UNKNOWN if statement.broken else YES
    if statement.actions is not None and question.action not in statement.actions.covers:
        return NO, met
    if row.principal:
        if statement.principals is None:
            answer, met = UNKNOWN, [(match, UNKNOWN) for match in Match]
        else:
            met = statement.principals.reach(question.asker, bounded=bounded)
            answer = min(answer, max((reached for _, reached in met), default=NO))
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


def _elements(statement: Statement, row: Row, question: Question, bounded: Tri) -> tuple[ElementTrace, ...]:
    """Compare every element, and say how."""
    traces: list[ElementTrace] = []
    if statement.actions is not None:
        traces.append(statement.actions.trace(question))
    if row.principal and statement.principals is not None:
        traces.append(statement.principals.trace(question, bounded=bounded))
    if row.resource and statement.resources is not None:
        traces.append(statement.resources.trace(question))
    traces += [mismatch.trace(test, question) for test in statement.tests]
    return tuple(traces)
