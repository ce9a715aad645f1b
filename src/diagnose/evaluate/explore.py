"""Trying every value that an unknown key may have: what is settled whatever it is, and what depends on it.

Kleene's logic calls `Allow if x` beside `Deny if x` unknown while x is unknown. Deciding the request once for each
value that can make a difference shows that it is denied whatever x is.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.condition import Test
from diagnose.evaluate.document import Statement
from diagnose.evaluate.level import CompiledLayer, TrustMatches, answer_layer, could_apply, passes
from diagnose.evaluate.possible_values import PossibleValue, possible_values
from diagnose.model.key_state import UnknownState
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import UNKNOWN, Tri

_MOST_COMBINATIONS = 2048


class Outcome:
    """What one choice of values comes to: the verdict, and whether each layer lets each action pass."""

    __slots__ = ("passes", "verdict")

    def __init__(self, verdict: Tri, passes: Mapping[tuple[Action, Layer], Tri]) -> None:
        """Both are as they are with these values, whatever else is unknown."""
        self.verdict, self.passes = verdict, passes


class Exploration:
    """All choices of values that were tried.

    `tried` are the keys that were tried, each with its possible values; `untried` the unknown keys that could not be,
    because there are too many values, or a policy variable refers to them. `outcomes` is keyed by choice: for every key
    of `tried`, the place of the value in its list.
    """

    __slots__ = ("outcomes", "tried", "untried")

    def __init__(self) -> None:
        """Start with nothing tried."""
        self.tried: dict[str, list[PossibleValue]] = {}
        self.untried: list[str] = []
        self.outcomes: dict[tuple[int, ...], Outcome] = {}

    @property
    def verdict(self) -> Tri:
        """The answer, if it is the same whatever the values are; else UNKNOWN."""
        return _common(outcome.verdict for outcome in self.outcomes.values())

    def passes(self, action: Action, layer: Layer) -> Tri:
        """Whether a layer lets an action pass, if that is the same whatever the values are; else UNKNOWN."""
        return _common(outcome.passes.get((action, layer), UNKNOWN) for outcome in self.outcomes.values())


def explore(authorization: Authorization) -> Exploration:
    """Decide again for every choice of values of the keys that are unknown and may matter."""
    exploration = Exploration()
    tests = _unknown_tests(authorization)
    in_variables = _unknown_in_variables(authorization)
    requests = authorization.requests()
    for key in (*tests, *(key for key in in_variables if key not in tests)):
        state = authorization.context[key]
        assert isinstance(state, UnknownState)
        # The values that a variable compares with are unknown, unless they are among a few that are known.
        if key in in_variables and state.options is None:
            exploration.untried.append(key)
            continue
        values, complete = possible_values(key, tests.get(key, ()), state, requests)
        room = _MOST_COMBINATIONS // max(1, prod(len(others) for others in exploration.tried.values()))
        if complete and len(values) <= room:
            exploration.tried[key] = values
        else:
            exploration.untried.append(key)
    if exploration.tried:
        exploration.outcomes = dict(_outcomes(authorization, exploration.tried))
    return exploration


def _outcomes(
    authorization: Authorization, tried: Mapping[str, list[PossibleValue]]
) -> Iterator[tuple[tuple[int, ...], Outcome]]:
    before = {key: authorization.context[key] for key in tried}
    layers = authorization.layers
    try:
        for places in product(*(range(len(values)) for values in tried.values())):
            for (key, values), place in zip(tried.items(), places, strict=True):
                authorization.context[key] = values[place].values
            yield places, _outcome(authorization, layers)
    finally:
        authorization.context.update(before)


def _outcome(authorization: Authorization, layers: Mapping[Layer, CompiledLayer]) -> Outcome:
    """Decide with the values that are now in the context."""
    passing: dict[tuple[Action, Layer], Tri] = {}
    allowed: dict[Action, Tri] = {}
    for action, _ in authorization.actions():
        matches: TrustMatches = {}
        request = authorization.request(action)
        answers = [
            (
                layer,
                *answer_layer(
                    compiled_layer, request, authorization.has_boundary, matches if layer is Layer.TRUST else {}
                ),
            )
            for layer, compiled_layer in layers.items()
        ]
        passing |= {(action, layer): passes(grants, denies) for layer, grants, denies in answers}
        allowed[action] = authorization.allowed(matches, answers)
    return Outcome(authorization.combined(allowed.__getitem__), passing)


def _unknown_tests(authorization: Authorization) -> dict[str, list[Test]]:
    """Collect the tests of unknown keys, in statements that may still apply."""
    tests: dict[str, list[Test]] = {}
    needed = frozenset(action for action, _ in authorization.actions())
    for statement in _open_statements(authorization):
        for test in statement.tests:
            if isinstance(authorization.context[test.lower], UnknownState) and not needed <= test.hidden:
                tests.setdefault(test.lower, []).append(test)
    return tests


def _unknown_in_variables(authorization: Authorization) -> list[str]:
    """Collect the unknown keys that policy variables refer to."""
    keys: dict[str, None] = {}
    for statement in _open_statements(authorization):
        texts = [operand.text for test in statement.tests for operand in test.operands]
        texts += [text for text, _ in statement.resources.values] if statement.resources else []
        for variable in (variable for text in texts for variable in text.variables()):
            if isinstance(authorization.context[variable.lower], UnknownState):
                keys[variable.lower] = None
    return list(keys)


def _open_statements(authorization: Authorization) -> Iterator[Statement]:
    requests = authorization.requests()
    for compiled_layer in authorization.layers.values():
        for _, document in (compiled for level in compiled_layer.levels for compiled in level.compiled):
            for text in document.statements:
                if could_apply(text, compiled_layer.traits, requests, authorization.has_boundary):
                    yield text.compiled


def _common(answers: Iterator[Tri]) -> Tri:
    distinct = set(answers)
    return distinct.pop() if len(distinct) == 1 else UNKNOWN
