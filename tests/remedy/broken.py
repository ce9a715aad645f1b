"""Worlds with something broken in them, what the finding would be about, and the remedy."""

import json
from typing import Any

from tests.cases import APP, BUILDER, DEPLOY, allow, deny, document, identity, on, trust
from tests.cases import case as broken

from diagnose import remedy
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Remedy
from diagnose.model.trace import Action, Decision, Effect, Element, Gate, Layer, StatementTrace, Subject
from diagnose.model.tri import YES

Json = Any

__all__ = ["APP", "BUILDER", "DEPLOY", "allow", "broken", "deny", "document", "identity", "on", "trust"]


def about(
    case: Case,
    layer: Layer,
    element: Element | None = None,
    *,
    key: str = "",
    action: Action = Action.ASSUME_ROLE,
    effect: Effect = Effect.ALLOW,
    level: str = "",
    index: int | None = None,
) -> Subject:
    """Give what a finding on a layer would be about: the layer, or a statement of it, or a comparison in that."""
    found = [one for one in _statements(decide(case), layer, action) if one.effect is effect]
    if index is not None:
        found = [one for one in found if one.index == index]
    if level:
        found = [one for one in found if one.level == level]
    if element is None and effect is Effect.ALLOW:
        return Subject(action, layer, level)
    if element is None:
        return Subject(
            action, layer, found[0].level, next(one for one in found if one.verdict is not YES or effect is Effect.DENY)
        )
    for statement in found:
        for trace in statement.elements:
            if trace.element is element and (not key or trace.key.lower() == key.lower()) and trace.verdict is not YES:
                return Subject(action, layer, statement.level, statement, trace)
    raise AssertionError(f"nothing is wrong with the {element} in {layer}")


def gate(case: Case, wanted: Gate) -> Subject:
    """Give what a finding on a gate would be about."""
    return Subject(gate=next(one for one in decide(case).gates if one.gate is wanted))


def propose(kind: str, subject: Subject, case: Case) -> tuple[Remedy, ...]:
    """Propose remedies of one kind for a case as it is."""
    return remedy.propose([kind], subject, case, decide(case))[0]


def refusal(kind: str, subject: Subject, case: Case) -> NotProved:
    """Say why no remedy of a kind is proposed."""
    remedies, (refused,) = remedy.propose([kind], subject, case, decide(case))
    assert remedies == ()
    assert refused.kind == kind
    return refused.reason


def the_remedy(kind: str, subject: Subject, case: Case) -> Remedy:
    """Give the one remedy that is proposed."""
    (found,) = propose(kind, subject, case)
    return found


def edited(found: Remedy) -> Json:
    """Give the whole edited document."""
    return json.loads(found.document)


def _statements(decision: Decision, layer: Layer, action: Action) -> list[StatementTrace]:
    return [
        statement
        for decided in decision.actions
        if decided.action is action
        for trace in decided.layers
        if trace.layer is layer
        for level in trace.levels
        for statement in level.statements
    ]
