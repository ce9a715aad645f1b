"""What is unknown, and what it would change."""

from collections.abc import Iterator

from diagnose.evaluate.candidate import Candidate
from diagnose.evaluate.explore import Explored
from diagnose.evaluate.keys.table import written
from diagnose.model.key_state import Alternative, ConditionKey
from diagnose.model.trace import (
    LIKELIEST_LAYERS,
    ActionDecision,
    BrokenStatement,
    Comparison,
    Doubt,
    Element,
    ElementTrace,
    GateTrace,
    Match,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


def doubts(
    verdict: Tri,
    closed: tuple[GateTrace, ...],
    actions: tuple[ActionDecision, ...],
    explored: Explored,
    *,
    service: bool,
) -> tuple[Doubt, ...]:
    """Name every unknown that the decision met, with what hangs on it. `service`: an AWS service calls."""
    distinct: dict[object, Doubt] = {}
    for doubt in (
        *_of_keys(verdict, explored),
        *_of_layers(verdict, actions),
        *_of_comparisons(verdict, actions, {*explored.candidates, *explored.untried}),
        *_of_gates(verdict, closed, actions, service=service),
    ):
        distinct.setdefault(doubt.about, doubt)
    return tuple(distinct.values())


def _of_keys(verdict: Tri, explored: Explored) -> Iterator[Doubt]:
    for place, (key, tried) in enumerate(explored.candidates.items()):
        possible = {places[place] for places, outcome in explored.outcomes.items() if outcome.verdict is not NO}
        allows = _alternatives([one for index, one in enumerate(tried) if index in possible])
        denies = _alternatives([one for index, one in enumerate(tried) if index not in possible])
        matters = tri(verdict is UNKNOWN and _matters(place, explored))
        yield Doubt(ConditionKey(written(key)), matters, allows, denies)
    for key in explored.untried:
        yield Doubt(ConditionKey(written(key)), UNKNOWN if verdict is UNKNOWN else NO)


def _alternatives(tried: list[Candidate]) -> tuple[Alternative, ...]:
    """Give what the states have in particular; sets of values only where no value does by itself."""
    simple = [one.alternative for one in tried if len(one.values) <= 1]
    return tuple(dict.fromkeys(simple or [one.alternative for one in tried]))


def _matters(place: int, explored: Explored) -> bool:
    """Say whether two choices that differ in this key alone come out differently."""
    by_rest: dict[tuple[int, ...], Tri] = {}
    for places, outcome in explored.outcomes.items():
        rest = (*places[:place], -1, *places[place + 1 :])
        if by_rest.setdefault(rest, outcome.verdict) is not outcome.verdict:
            return True
    return False


def _of_layers(verdict: Tri, actions: tuple[ActionDecision, ...]) -> Iterator[Doubt]:
    """A part that was not read may hold a Deny, so it matters as long as nothing else has settled the answer."""
    for decided in actions:
        for trace in sorted(decided.layers, key=lambda trace: LIKELIEST_LAYERS.index(trace.layer)):
            if gaps := tuple(gap for level in trace.levels for gap in level.unread):
                yield Doubt(trace.layer, tri(verdict is UNKNOWN), gaps=gaps)


def _of_comparisons(verdict: Tri, actions: tuple[ActionDecision, ...], unknown_keys: set[str]) -> Iterator[Doubt]:
    """What else of a statement could not be told, where the statement may apply."""
    for decided in actions:
        for statement in (one for trace in decided.layers for level in trace.levels for one in level.statements):
            if statement.verdict is not UNKNOWN:
                continue
            unknown = [one for one in statement.elements if one.verdict is UNKNOWN]
            for one in unknown:
                if not _mentions(one, unknown_keys):
                    yield Doubt(_comparison(one), tri(verdict is UNKNOWN))
            if not unknown:
                yield Doubt(BrokenStatement(statement.policy.name, statement.index), tri(verdict is UNKNOWN))


def _mentions(comparison: ElementTrace, unknown_keys: set[str]) -> bool:
    """Say whether a comparison hangs on a key that is unknown, which is a doubt of its own."""
    operands = [operand.lower() for operand in comparison.wanted]
    return comparison.key.lower() in unknown_keys or any(
        f"${{{key}" in operand for key in unknown_keys for operand in operands
    )


def _comparison(trace: ElementTrace) -> Comparison:
    """Take the comparison apart from its place. All of it is known: AWS's documentation does not tell the outcome."""
    if trace.element is Element.CONDITION:
        return Comparison(trace.element, trace.wanted, trace.got, trace.key, trace.operator, trace.negated)
    return Comparison(trace.element, trace.wanted, negated=trace.negated)


def _of_gates(
    verdict: Tri, closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...], *, service: bool
) -> Iterator[Doubt]:
    for gate in closed:
        if gate.verdict is UNKNOWN:
            yield Doubt(gate.gate, tri(verdict is UNKNOWN))
    for decided in actions:
        if service and decided.match is Match.ANY and decided.verdict is UNKNOWN:
            yield Doubt(Comparison(Element.PRINCIPAL, ("*",)), tri(verdict is UNKNOWN))
        if decided.needed is UNKNOWN and decided.verdict is not YES:
            yield Doubt(decided.action, tri(verdict is UNKNOWN))
