"""What is unknown, and what it would change."""

from collections.abc import Iterator

from diagnose.evaluate.candidate import Candidate
from diagnose.evaluate.explore import Explored
from diagnose.evaluate.keys.table import written
from diagnose.model.trace import ActionDecision, Doubt, DoubtKind, Element, ElementTrace, GateTrace, Layer, Match
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
    found: dict[tuple[DoubtKind, str], Doubt] = {}
    for doubt in (
        *_of_keys(verdict, explored),
        *_of_layers(verdict, actions),
        *_of_comparisons(verdict, actions, {*explored.candidates, *explored.untried}),
        *_of_gates(verdict, closed, actions, service=service),
    ):
        found.setdefault((doubt.kind, doubt.subject), doubt)
    return tuple(found.values())


def _of_keys(verdict: Tri, explored: Explored) -> Iterator[Doubt]:
    for place, (key, tried) in enumerate(explored.candidates.items()):
        possible = {places[place] for places, outcome in explored.outcomes.items() if outcome.verdict is not NO}
        allows = _words([one for index, one in enumerate(tried) if index in possible])
        denies = _words([one for index, one in enumerate(tried) if index not in possible])
        matters = tri(verdict is UNKNOWN and _matters(place, explored))
        yield Doubt(DoubtKind.KEY, written(key), matters, allows, denies)
    for key in explored.untried:
        yield Doubt(DoubtKind.KEY, written(key), UNKNOWN if verdict is UNKNOWN else NO)


def _words(tried: list[Candidate]) -> tuple[str, ...]:
    """Say what the states have in particular; sets of values only where no value does by itself."""
    simple = [one.words for one in tried if len(one.values) <= 1]
    return tuple(dict.fromkeys(simple or [one.words for one in tried]))


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
        for trace in sorted(decided.layers, key=lambda trace: _LIKELIEST.index(trace.layer)):
            if gaps := tuple(gap for level in trace.levels for gap in level.unread):
                yield Doubt(DoubtKind.LAYER, trace.layer, tri(verdict is UNKNOWN), gaps=gaps)


def _of_comparisons(verdict: Tri, actions: tuple[ActionDecision, ...], unknown_keys: set[str]) -> Iterator[Doubt]:
    """What else of a statement could not be told, where the statement may apply."""
    for decided in actions:
        for statement in (one for trace in decided.layers for level in trace.levels for one in level.statements):
            if statement.verdict is not UNKNOWN:
                continue
            unknown = [one for one in statement.elements if one.verdict is UNKNOWN]
            for one in unknown:
                if not _mentions(one, unknown_keys):
                    yield Doubt(DoubtKind.COMPARISON, _whether(one), tri(verdict is UNKNOWN))
            if not unknown:
                place = f"statement {statement.index + 1} of policy `{statement.policy.name}`"
                yield Doubt(DoubtKind.COMPARISON, f"{place}, which is not well-formed", tri(verdict is UNKNOWN))


def _mentions(comparison: ElementTrace, unknown_keys: set[str]) -> bool:
    """Say whether a comparison hangs on a key that is unknown, which is a doubt of its own."""
    in_variables = comparison.wanted.lower()
    return comparison.key.lower() in unknown_keys or any(f"${{{key}" in in_variables for key in unknown_keys)


def _whether(comparison: ElementTrace) -> str:
    """Say what was compared, though all of it is known: AWS's documentation does not tell what comes of it."""
    wanted, got = f"`{comparison.wanted}`", f"`{comparison.got}`" if comparison.got else "an empty value"
    match comparison.element:
        case Element.PRINCIPAL if comparison.negated:
            return f"whether NotPrincipal spares the caller, with {wanted}"
        case Element.PRINCIPAL:
            return f"whether {wanted} is the caller"
        case Element.RESOURCE:
            return f"whether {wanted} takes in the role"
    return f"whether {comparison.operator} {wanted} is true of {got}, the value of {comparison.key}"


def _of_gates(
    verdict: Tri, closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...], *, service: bool
) -> Iterator[Doubt]:
    for gate in closed:
        if gate.verdict is UNKNOWN:
            yield Doubt(DoubtKind.GATE, gate.gate, tri(verdict is UNKNOWN))
    for decided in actions:
        if service and decided.match is Match.ANY and decided.verdict is UNKNOWN:
            yield Doubt(DoubtKind.COMPARISON, "whether `*` takes in AWS services", tri(verdict is UNKNOWN))
        if decided.needed is UNKNOWN and decided.verdict is not YES:
            yield Doubt(DoubtKind.ACTION, decided.action, tri(verdict is UNKNOWN))


# In this order the layers are worth asking for: what most denials come from, first.
_LIKELIEST = (
    Layer.TRUST,
    Layer.IDENTITY,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.SCP,
    Layer.RCP,
    Layer.ENDPOINT,
)
