"""Trying every value that an unknown key may have: what is settled whatever it is, and what depends on it.

Kleene's logic calls `Allow if x` beside `Deny if x` unknown while x is unknown. Deciding the request for each
value that can make a difference shows that it is denied whatever x is.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.call import call_of
from diagnose.evaluate.choices import AnyTest, Choices, IsValue, OpenStatement, StatementGroup
from diagnose.evaluate.condition import Test
from diagnose.evaluate.document import Statement
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.layers import LayerTraits
from diagnose.evaluate.level import StatementsFor, TrustMatches, applies, depends_on_context, passes
from diagnose.evaluate.possible_values import PossibleValue, possible_values
from diagnose.evaluate.request import ActionRequest, asked_of
from diagnose.model.key_state import State, UnknownState
from diagnose.model.trace import Action, Effect, Layer, Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri

_MOST_STEPS = 20_000
_STEPS_FOR_A_KEY = 250
"""What it takes to ask for a key's values and to put them into its statements, however few there are."""
_MOST_STEPS_IN_TEXTS = 200_000
"""What finding the values of all keys may take: a step reads one letter."""


class Exploration:
    """What the choices of values that were tried come to.

    `tried` are the keys that were tried, each with its possible values; `untried` the unknown keys that could not be,
    because they would come to too many things, or a policy variable refers to them. Nothing else is to be asked of one
    in which no key was tried.
    """

    __slots__ = ("_chosen", "tried", "untried")

    def __init__(
        self, tried: dict[str, list[PossibleValue]], untried: list[str], chosen: "_Chosen | None" = None
    ) -> None:
        """`chosen` are the choices of the values of `tried` and what they mean; None where there are none."""
        self.tried, self.untried, self._chosen = tried, untried, chosen

    @property
    def verdict(self) -> Tri:
        """The answer, if it is the same whatever the values are; else UNKNOWN."""
        return _common(self._verdict(result) for result in self._choices.results)

    def passes(self, action: Action, layer: Layer) -> Tri:
        """Whether a layer lets an action pass, if that is the same whatever the values are; else UNKNOWN."""
        return _common(self._outcome(result).passes[action, layer] for result in self._choices.results)

    def needed(self, action: Action, layer: Layer) -> Tri:
        """Whether a layer's Allow of an action is needed, if that is the same whatever the values are; else UNKNOWN."""
        return _common(self._outcome(result).needed(action, layer) for result in self._choices.results)

    def of_key(self, key: str) -> tuple[Tri, list[bool] | None]:
        """Say whether a key that was tried makes a difference, and of each value whether it need not end in a denial.

        UNKNOWN and None where there are too many choices of the other keys.
        """
        choices = self._choices
        if not choices.has(key):
            # It was in an open statement, but in none that counts.
            return NO, [self.verdict is not NO for _ in self.tried[key]]
        rows = choices.by_value(key)
        if rows is None:
            return UNKNOWN, None
        verdicts = [[self._verdict(result) for result in row] for row in rows]
        possible = [any(verdict is not NO for verdict in column) for column in zip(*verdicts, strict=True)]
        return tri(any(len(set(row)) > 1 for row in verdicts)), possible

    def _verdict(self, result: int) -> Tri:
        return self._outcome(result).verdict

    def _outcome(self, result: int) -> "_Outcome":
        assert self._chosen is not None, "no key was tried"
        outcomes, choices = self._chosen
        return outcomes.of(choices, result)

    @property
    def _choices(self) -> Choices:
        assert self._chosen is not None, "no key was tried"
        return self._chosen[1]


def explore(authorization: Authorization, effort: Effort | None = None) -> Exploration:
    """Decide for every choice of values of the keys that are unknown and may matter.

    `effort` is what may be spent besides the limit that there is for every exploration.
    """
    steps = _MOST_STEPS if effort is None else max(0, min(_MOST_STEPS, effort.left))
    own = Effort(steps)
    exploration = _explored(authorization, own)
    if effort is not None:
        keys = len(exploration.tried) + len(exploration.untried)
        effort.spend(steps - own.left + _STEPS_FOR_A_KEY * keys)
    return exploration


def _explored(authorization: Authorization, effort: Effort) -> Exploration:
    requests = authorization.requests()
    opened = list(_open_statements(authorization, requests))
    questions = _questions(authorization, requests, opened)
    in_variables = _unknown_in_variables(authorization, opened)
    texts = Effort(_MOST_STEPS_IN_TEXTS)
    tried: dict[str, list[PossibleValue]] = {}
    untried: list[str] = []
    for key in dict.fromkeys((*questions, *in_variables)):
        state = state_of(key, authorization.call)
        assert isinstance(state, UnknownState)
        # What a variable is compared with is not known, unless the variable's value is one of a few.
        few = key not in in_variables or state.options is not None
        asked = list(questions.get(key, {}).values())
        values = possible_values(key, asked, state, requests, texts) if few else None
        if values is None:
            untried.append(key)
        else:
            tried[key] = values
    if not tried:
        return Exploration(tried, untried)
    settled = _Settled(authorization, requests)
    outcomes, choices = _chosen(settled, tried, effort)
    room = len(choices.order)
    while choices.too_many_from is not None:
        # Without the keys behind it the others may stand in another order, and be too many once more.
        room = min(choices.too_many_from, room)
        dropped = set(choices.order[room:])
        untried += [key for key in tried if key in dropped]
        tried = {key: values for key, values in tried.items() if key not in dropped}
        outcomes, choices = _chosen(settled, tried, Effort(_MOST_STEPS))
        room //= 2
    return Exploration(tried, untried, (outcomes, choices))


_Tried: TypeAlias = Mapping[str, Sequence[PossibleValue]]

_Levels: TypeAlias = dict[tuple[Action, Layer], list[tuple[Tri, Tri]]]
"""Of every level whether some Allow applies, and whether some Deny does."""


class _Outcome:
    """What one result of choices means: the verdict, and whether each layer lets each action pass, and has to."""

    __slots__ = ("_authorization", "_matches", "passes", "verdict")

    def __init__(
        self,
        verdict: Tri,
        passing: Mapping[tuple[Action, Layer], Tri],
        authorization: Authorization,
        matches: Mapping[Action, TrustMatches],
    ) -> None:
        self.verdict, self.passes = verdict, passing
        self._authorization, self._matches = authorization, matches

    def needed(self, action: Action, layer: Layer) -> Tri:
        """Say whether a layer's Allow of an action is needed."""
        return self._authorization.needed(self._matches[action], layer)


class _Settled:
    """What is settled of every level whatever the unknown keys are, and the statements that may depend on them."""

    __slots__ = ("authorization", "levels", "matches", "unsettled")

    def __init__(self, authorization: Authorization, requests: Sequence[ActionRequest]) -> None:
        self.authorization = authorization
        self.levels: _Levels = {}
        self.matches: dict[Action, TrustMatches] = {}
        self.unsettled: list[_Unsettled] = []
        for request in requests:
            self.matches[request.action] = {}
            for layer, compiled_layer in authorization.layers.items():
                self.levels[request.action, layer] = []
                for level in compiled_layer.levels_that_may_deny(request.action):
                    self._add_level(level, compiled_layer.traits, request)

    def _add_level(self, level: StatementsFor, traits: LayerTraits, request: ActionRequest) -> None:
        levels, is_trust = self.levels[request.action, traits.layer], traits.layer is Layer.TRUST
        if level.unread and is_trust:
            self.matches[request.action].update(dict.fromkeys(Match, UNKNOWN))
        number = len(levels)
        levels.append((level.allow, level.deny))
        for allows, statements in ((True, level.allows), (False, level.denies)):
            for statement in statements:
                answer, every_match = applies(statement, traits, request, self.authorization.has_boundary)
                if answer is NO:
                    continue
                matches = tuple(every_match) if allows and is_trust else ()
                group = StatementGroup(request.action, traits.layer, number, allows, matches)
                if answer is UNKNOWN and statement.looks_up:
                    self.unsettled.append(_Unsettled(group, request, statement, traits, self.authorization))
                else:
                    _count(self.levels, self.matches, group, answer)


class _Unsettled:
    """A statement that may apply, as one action meets it. `tests` has each of its tests and whether it holds."""

    __slots__ = ("_authorization", "_certain_else", "_statement", "_traits", "group", "request", "tests")

    def __init__(
        self,
        group: StatementGroup,
        request: ActionRequest,
        statement: Statement,
        traits: LayerTraits,
        authorization: Authorization,
    ) -> None:
        self.group, self.request = group, request
        self._statement, self._traits, self._authorization = statement, traits, authorization
        self.tests = [(test, test.holds(request)) for test in statement.tests]
        self._certain_else: bool | None = None

    def opened(self, tried: _Tried) -> list[OpenStatement] | None:
        """Give the statement as it depends on the keys that are tried; None where it does not."""
        tests: list[AnyTest] = [
            test for test, _ in self.tests if test.lower in tried and self.request.action not in test.hidden
        ]
        variables = [key for key in self._statement.variables if key in tried]
        if not variables:
            return [OpenStatement(self.group, self.request, tests, certain=self._certain(tried))] if tests else None
        opened = []
        # With each value of what a variable refers to it is another statement, which tests that this is the value.
        for chosen in product(*([(key, value.values) for value in tried[key]] for key in variables)):
            of_choice = _with_states(self.request, dict(chosen))
            rest = self._rest(of_choice, tried)
            if rest is not NO:
                is_chosen: list[AnyTest] = [IsValue(key, values) for key, values in chosen]
                opened.append(OpenStatement(self.group, of_choice, is_chosen + tests, certain=rest is YES))
        return opened

    def _certain(self, tried: _Tried) -> bool:
        """Say whether all but its tests of the keys that are tried certainly holds."""
        if any(holds is not YES for test, holds in self.tests if test.lower not in tried):
            return False
        if self._certain_else is None:
            self._certain_else = self._rest(self.request, {test.lower for test, _ in self.tests}) is YES
        return self._certain_else

    def _rest(self, request: ActionRequest, leaving_out: Container[str]) -> Tri:
        has_boundary = self._authorization.has_boundary
        return applies(self._statement, self._traits, request, has_boundary, leaving_out=leaving_out)[0]


class _Outcomes:
    """What is settled of every level whatever the keys that are tried are, and the statements that depend on them."""

    __slots__ = ("_authorization", "_levels", "_matches", "_of_result", "statements")

    def __init__(self, settled: _Settled, tried: _Tried) -> None:
        self._authorization = settled.authorization
        self._of_result: dict[int, _Outcome] = {}
        self._levels = {place: list(each) for place, each in settled.levels.items()}
        self._matches = {action: dict(each) for action, each in settled.matches.items()}
        self.statements: list[OpenStatement] = []
        for unsettled in settled.unsettled:
            opened = unsettled.opened(tried)
            if opened is None:
                _count(self._levels, self._matches, unsettled.group, UNKNOWN)
            else:
                self.statements += opened

    def of(self, choices: Choices, result: int) -> _Outcome:
        """Say what a result means."""
        outcome = self._of_result.get(result)
        if outcome is None:
            outcome = self._of_result[result] = self._meaning(choices, result)
        return outcome

    def _meaning(self, choices: Choices, result: int) -> _Outcome:
        levels = {place: list(each) for place, each in self._levels.items()}
        matches = {action: dict(each) for action, each in self._matches.items()}
        for group, answer in choices.of_groups(result):
            _count(levels, matches, group, answer)
        answers: dict[Action, list[tuple[Layer, Tri, Tri]]] = {}
        for (action, layer), of_levels in levels.items():
            grants = all_of(allow for allow, _ in of_levels)
            denies = any_of(deny for _, deny in of_levels)
            if self._authorization.layers[layer].perhaps:
                grants, denies = max(grants, UNKNOWN), min(denies, UNKNOWN)
            answers.setdefault(action, []).append((layer, grants, denies))
        verdict = self._authorization.combined(
            lambda action: self._authorization.allowed(matches[action], answers[action])
        )
        return _Outcome(
            verdict,
            {
                (action, layer): passes(grants, denies)
                for action, of_action in answers.items()
                for layer, grants, denies in of_action
            },
            self._authorization,
            matches,
        )


def _count(levels: _Levels, matches: dict[Action, TrustMatches], group: StatementGroup, answer: Tri) -> None:
    """Add that a statement of a group applies, or may, and how it reaches the caller."""
    of_layer = levels[group.action, group.layer]
    allow, deny = of_layer[group.level]
    if not group.allows:
        of_layer[group.level] = allow, max(deny, answer)
        return
    of_layer[group.level] = max(allow, answer), deny
    reached = matches[group.action]
    for match, reaches in group.matches:
        certain = min(answer, reaches)
        if certain > reached.get(match, NO):
            reached[match] = certain


_Chosen: TypeAlias = tuple[_Outcomes, Choices]


def _chosen(settled: _Settled, tried: Mapping[str, list[PossibleValue]], effort: Effort) -> _Chosen:
    outcomes = _Outcomes(settled, tried)
    values = {key: [value.values for value in each] for key, each in tried.items()}
    return outcomes, Choices(outcomes.statements, values, effort)


def _questions(
    authorization: Authorization, requests: Sequence[ActionRequest], opened: Sequence[tuple[Statement, "_Place"]]
) -> dict[str, dict[object, list[Test]]]:
    """Collect the tests of unknown keys in statements that may still apply, by key and question.

    A test that is its statement's only one of an unknown key asks the same as that of another statement which counts
    for the same in all else: whether one of them applies.
    """
    questions: dict[str, dict[object, list[Test]]] = {}
    needed = frozenset(request.action for request in requests)
    keys = {test.lower for statement, _ in opened for test in statement.tests}
    unknown_keys = {key for key in keys if isinstance(state_of(key, authorization.call), UnknownState)}
    for statement, place in opened:
        unknown = [test for test in statement.tests if test.lower in unknown_keys and not needed <= test.hidden]
        for test in unknown:
            question: object = test
            if len(unknown) == 1 and not test.multivalued:
                rest = (
                    applies(statement, place.traits, request, authorization.has_boundary, leaving_out=(test.lower,))
                    for request in requests
                )
                question = (*place, *((answer, tuple(matches)) for answer, matches in rest))
            questions.setdefault(test.lower, {}).setdefault(question, []).append(test)
    return questions


class _Place(NamedTuple):
    """Where a statement counts."""

    traits: LayerTraits
    level: int
    effect: Effect | None
    covers: frozenset[Action]


def _unknown_in_variables(authorization: Authorization, opened: Sequence[tuple[Statement, "_Place"]]) -> list[str]:
    """Collect the unknown keys that policy variables refer to."""
    keys = (key for statement, _ in opened for key in statement.variables)
    return [key for key in dict.fromkeys(keys) if isinstance(state_of(key, authorization.call), UnknownState)]


def _with_states(request: ActionRequest, states: Mapping[str, State]) -> ActionRequest:
    call = call_of(request.call.case, request.call.caller, request.call.role)
    call.states.update(request.call.states, **states)
    return asked_of(request.action, call)


def _open_statements(
    authorization: Authorization, requests: Sequence[ActionRequest]
) -> Iterator[tuple[Statement, _Place]]:
    for compiled_layer in authorization.layers.values():
        traits = compiled_layer.traits
        for number, level in enumerate(compiled_layer.levels):
            for text in (text for _, document in level.compiled for text in document.statements):
                if depends_on_context(text, traits, requests, authorization.has_boundary):
                    yield text.compiled, _Place(traits, number, text.effect, text.covers)


def _common(answers: Iterable[Tri]) -> Tri:
    distinct = set(answers)
    return distinct.pop() if len(distinct) == 1 else UNKNOWN
