"""What is unknown, and what it would change."""

from collections.abc import Iterator

from diagnose.evaluate import keys
from diagnose.model.trace import ActionDecision, Doubt, DoubtKind, Element, GateTrace
from diagnose.model.tri import UNKNOWN


def doubts(closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> tuple[Doubt, ...]:
    """Name every unknown that a comparison met."""
    found: dict[tuple[DoubtKind, str], Doubt] = {}
    for doubt in _met(closed, actions):
        found.setdefault((doubt.kind, doubt.subject.lower()), doubt)
    return tuple(found.values())


def _met(closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> Iterator[Doubt]:
    for gate in closed:
        if gate.verdict is UNKNOWN:
            yield Doubt(DoubtKind.GATE, gate.gate)
    for decided in actions:
        for layer in decided.layers:
            gaps = tuple(gap for level in layer.levels for gap in level.unread)
            if gaps:
                yield Doubt(DoubtKind.LAYER, layer.layer, gaps=gaps)
            for level in layer.levels:
                for statement in level.statements:
                    if statement.verdict is not UNKNOWN:
                        continue
                    for element in statement.elements:
                        if element.element is Element.CONDITION and element.verdict is UNKNOWN:
                            yield Doubt(DoubtKind.KEY, keys.written(element.key))
