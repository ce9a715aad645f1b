"""Trying every value that an unknown key may have: what is settled whatever it is, and what depends on it.

Kleene's logic calls `Allow if x` beside `Deny if x` unknown while x is unknown. Deciding the request once for each
value that can make a difference shows that it is denied whatever x is.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.call import Call
from diagnose.evaluate.condition import Test
from diagnose.evaluate.document import Statement
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.level import CompiledLayer, TrustMatches, answer_layer, depends_on_context, passes
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
    statements = list(_open_statements(authorization))
    if not statements:
        return exploration
    tests = _unknown_tests(authorization, statements)
    in_variables = _unknown_in_variables(authorization.call, statements)
    requests = authorization.requests()
    for key, tests_of_key in tests.items():
        state = state_of(key, authorization.call)
        assert isinstance(state, UnknownState)
        values, complete = possible_values(key, tests_of_key, state, requests)
        room = _MOST_COMBINATIONS // max(1, prod(len(others) for others in exploration.tried.values()))
        if complete and key not in in_variables and len(values) <= room:
            exploration.tried[key] = values
        else:
            exploration.untried.append(key)
    exploration.untried += [key for key in in_variables if key not in tests]
    if exploration.tried:
        exploration.outcomes = dict(_outcomes(authorization, exploration.tried))
    return exploration


def _outcomes(
    authorization: Authorization, tried: Mapping[str, list[PossibleValue]]
) -> Iterator[tuple[tuple[int, ...], Outcome]]:
    states = authorization.call.states
    before = {key: states[key] for key in tried}
    layers = authorization.layers
    try:
        for places in product(*(range(len(values)) for values in tried.values())):
            for (key, values), place in zip(tried.items(), places, strict=True):
                states[key] = values[place].values
            yield places, _outcome(authorization, layers)
    finally:
        states.update(before)


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


def _open_statements(authorization: Authorization) -> Iterator[Statement]:
    """Give the statements that look up the context, and may still apply."""
    requests = authorization.requests()
    for compiled_layer in authorization.layers.values():
        for _, document in (compiled for level in compiled_layer.levels for compiled in level.compiled):
            for text in document.statements:
                if depends_on_context(text, compiled_layer.traits, requests, authorization.has_boundary):
                    yield text.compiled


def _unknown_tests(authorization: Authorization, statements: Iterable[Statement]) -> dict[str, list[Test]]:
    """Collect the tests of unknown keys."""
    tests: dict[str, list[Test]] = {}
    needed = frozenset(action for action, _ in authorization.actions())
    for statement in statements:
        for test in statement.tests:
            if isinstance(state_of(test.lower, authorization.call), UnknownState) and not needed <= test.hidden:
                tests.setdefault(test.lower, []).append(test)
    return tests


def _unknown_in_variables(call: Call, statements: Iterable[Statement]) -> list[str]:
    """Collect the unknown keys that policy variables refer to."""
    keys: dict[str, None] = {}
    for statement in statements:
        texts = [operand.text for test in statement.tests for operand in test.operands]
        if statement.resources is not None and statement.resources.static is None:
            texts += [text for text, _ in statement.resources.values]
        for variable in (variable for text in texts for variable in text.variables()):
            if isinstance(state_of(variable.lower, call), UnknownState):
                keys[variable.lower] = None
    return list(keys)


def _common(answers: Iterator[Tri]) -> Tri:
    distinct = set(answers)
    return distinct.pop() if len(distinct) == 1 else UNKNOWN
