"""Several remedies in a row, proved as a whole: where more than one thing stands in the way."""

from collections.abc import Iterable

from msgspec.structs import replace

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Remedy
from diagnose.model.trace import Action, Decision, StatementTrace, Subject
from diagnose.model.tri import YES
from diagnose.remedy.kinds import Kind
from diagnose.remedy.places import same
from diagnose.remedy.proposal import as_remedy, first_proven


def in_a_row(steps: Iterable[tuple[str, Subject]], case: Case, decision: Decision) -> tuple[Remedy, ...]:
    """Carry out remedies one after the other until nothing that is known stands in the way.

    Each is proved on the case that those before it leave behind, and one whose cause is gone by then is left out.
    Nothing comes back where the steps do not lead there.
    """
    found: list[Remedy] = []
    current, decided = case, decision
    for kind, subject in steps:
        if decided.verdict is YES or (found and found[-1].enough):
            break
        now = _relocated(subject, decided)
        first = first_proven(Kind(kind), now, current, decided) if now is not None else NotProved.NO_EDIT
        if isinstance(first, NotProved):
            continue
        draft, proof = first
        if draft.case is None or proof.decision is None:
            continue
        found.append(as_remedy(draft, proof, current))
        current, decided = draft.case, decide(draft.case)
    return tuple(found) if found and found[-1].enough else ()


def _relocated(subject: Subject, decision: Decision) -> Subject | None:
    """Find what a subject is about in a later decision; None where it no longer stands in the way."""
    if subject.statement is None:
        return subject
    statement = _again(subject.action, subject.statement, decision)
    if statement is None:
        return None
    if subject.element is None:
        return replace(subject, statement=statement)
    held = subject.element
    element = next(
        (
            one
            for one in statement.elements
            if (one.element, one.key, one.operator) == (held.element, held.key, held.operator)
        ),
        None,
    )
    return replace(subject, statement=statement, element=element) if element is not None else None


def _again(action: Action, held: StatementTrace, decision: Decision) -> StatementTrace | None:
    return next(
        (
            statement
            for decided in decision.actions
            if decided.action is action
            for layer in decided.layers
            if layer.layer is held.layer
            for level in layer.levels
            for statement in level.statements
            if statement.index == held.index and same(statement.policy, held.policy)
        ),
        None,
    )
