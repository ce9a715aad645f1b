"""Trying every value that an unknown key may have: what is settled whatever it is, and what hangs on it.

Kleene's logic calls `Allow if x` beside `Deny if x` unknown while x is unknown. Deciding the request once for each
value that can make a difference tells that it is denied whatever x is.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from diagnose.evaluate.authorization import Asked
from diagnose.evaluate.condition import Test
from diagnose.evaluate.document import Statement
from diagnose.evaluate.level import Reach, Sheet, could_apply, passes, tally
from diagnose.evaluate.possible_values import Candidate, candidates
from diagnose.model.key_state import Maybe
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import UNKNOWN, Tri

_MOST_COMBINATIONS = 2048


class Outcome:
    """What one choice of values comes to: the verdict, and whether each layer lets each action pass."""

    __slots__ = ("passes", "verdict")

    def __init__(self, verdict: Tri, passes: Mapping[tuple[Action, Layer], Tri]) -> None:
        """Both are as they are with these values, whatever else is unknown."""
        self.verdict, self.passes = verdict, passes


class Explored:
    """All choices of values that were tried.

    `candidates` holds the states of every key that was tried; `untried` the unknown keys that could not be, because
    there are too many values, or a policy variable holds them. `outcomes` goes by the places in `candidates`.
    """

    __slots__ = ("candidates", "outcomes", "untried")

    def __init__(self) -> None:
        """Start with nothing tried."""
        self.candidates: dict[str, list[Candidate]] = {}
        self.untried: list[str] = []
        self.outcomes: dict[tuple[int, ...], Outcome] = {}

    @property
    def verdict(self) -> Tri:
        """The answer, if it is the same whatever the values are; else UNKNOWN."""
        return _common(outcome.verdict for outcome in self.outcomes.values())

    def passes(self, action: Action, layer: Layer) -> Tri:
        """Whether a layer lets an action pass, if that is the same whatever the values are; else UNKNOWN."""
        return _common(outcome.passes.get((action, layer), UNKNOWN) for outcome in self.outcomes.values())


def explore(asked: Asked) -> Explored:
    """Decide again for every choice of values of the keys that are unknown and may matter."""
    explored = Explored()
    tests = _unknown_tests(asked)
    in_variables = _unknown_in_variables(asked)
    questions = asked.questions()
    for key, found in tests.items():
        state = asked.context[key]
        assert isinstance(state, Maybe)
        tried, complete = candidates(key, found, state, questions)
        room = _MOST_COMBINATIONS // max(1, prod(len(known) for known in explored.candidates.values()))
        if complete and key not in in_variables and len(tried) <= room:
            explored.candidates[key] = tried
        else:
            explored.untried.append(key)
    explored.untried += [key for key in in_variables if key not in tests]
    if explored.candidates:
        explored.outcomes = dict(_outcomes(asked, explored.candidates))
    return explored


def _outcomes(asked: Asked, tried: Mapping[str, list[Candidate]]) -> Iterator[tuple[tuple[int, ...], Outcome]]:
    before = {key: asked.context[key] for key in tried}
    sheets = asked.sheets
    try:
        for places in product(*(range(len(options)) for options in tried.values())):
            for (key, options), place in zip(tried.items(), places, strict=True):
                asked.context[key] = options[place].values
            yield places, _outcome(asked, sheets)
    finally:
        asked.context.update(before)


def _outcome(asked: Asked, sheets: Mapping[Layer, Sheet]) -> Outcome:
    """Decide with the values that are now in the context."""
    passing: dict[tuple[Action, Layer], Tri] = {}
    allowed: dict[Action, Tri] = {}
    for action, _ in asked.actions():
        reach: Reach = {}
        question = asked.question(action)
        answers = [
            (layer, *tally(sheet, question, asked.has_boundary, reach if layer is Layer.TRUST else {}))
            for layer, sheet in sheets.items()
        ]
        passing |= {(action, layer): passes(grants, denies) for layer, grants, denies in answers}
        allowed[action] = asked.allowed(reach, answers)
    return Outcome(asked.together(allowed.__getitem__), passing)


def _unknown_tests(asked: Asked) -> dict[str, list[Test]]:
    """Collect the tests of unknown keys, in statements that may still apply."""
    found: dict[str, list[Test]] = {}
    needed = frozenset(action for action, _ in asked.actions())
    for statement in _open_statements(asked):
        for test in statement.tests:
            if isinstance(asked.context[test.lower], Maybe) and not needed <= test.hidden:
                found.setdefault(test.lower, []).append(test)
    return found


def _unknown_in_variables(asked: Asked) -> list[str]:
    """Collect the unknown keys that policy variables hold."""
    found: dict[str, None] = {}
    for statement in _open_statements(asked):
        texts = [operand.text for test in statement.tests for operand in test.operands]
        texts += [text for text, _ in statement.resources.listed] if statement.resources else []
        for variable in (variable for text in texts for variable in text.variables()):
            if isinstance(asked.context[variable.lower], Maybe):
                found[variable.lower] = None
    return list(found)


def _open_statements(asked: Asked) -> Iterator[Statement]:
    questions = asked.questions()
    for sheet in asked.sheets.values():
        for _, document in (compiled for page in sheet.pages for compiled in page.compiled):
            for statement in document.statements:
                if could_apply(statement, sheet.row, questions, asked.has_boundary):
                    yield statement


def _common(answers: Iterator[Tri]) -> Tri:
    distinct = set(answers)
    return distinct.pop() if len(distinct) == 1 else UNKNOWN
