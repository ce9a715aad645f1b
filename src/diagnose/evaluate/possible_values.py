"""The values that an unknown key may have, one for every way in which the tests of it can come out."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

from diagnose.evaluate.condition import Operand, Test
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.keys.table import multivalued, traits_of
from diagnose.evaluate.language import MOST_STATES, Language, LanguageTest, example_texts
from diagnose.evaluate.memo import Memo
from diagnose.evaluate.operator import Family, Operator, ValueMatcher
from diagnose.evaluate.pattern import Fragment, whole_text
from diagnose.evaluate.request import ActionRequest
from diagnose.evaluate.value_line import LineTests, ValueLine, example_points
from diagnose.model.condition_keys import ValueKind
from diagnose.model.key_state import ABSENT, Alternative, Fit, UnknownState

Question: TypeAlias = Sequence[Test]
"""Tests of one key of which nothing counts but whether any of them is true."""


class PossibleValue:
    """One state that a key may have, with values to try, and what is particular about it.

    No values: the key is absent.
    """

    __slots__ = ("alternative", "values")

    def __init__(self, values: tuple[str, ...], alternative: Alternative) -> None:
        """`alternative` is what the values stand for."""
        self.values, self.alternative = values, alternative

    def beside(self, others: tuple[str, ...]) -> "PossibleValue":
        """Give the set that has these values, too."""
        return PossibleValue((*self.values, *others), self.alternative) if others else self


def possible_values(
    key: str,
    questions: Sequence[Question],
    state: UnknownState,
    requests: Sequence[ActionRequest],
    effort: Effort | None = None,
) -> list[PossibleValue] | None:
    """Give the states that can make a difference to any of the requests; None where not all can be found.

    `effort` is what may be spent on texts besides the limit that there is for every key.

    Every operand that a value can fit is told apart where they are few. Of many, each question is answered in every
    way that it can be, and a few operands are fitted besides, to have something to tell.
    """
    if state.options is not None:
        return [PossibleValue(option, Alternative(option)) for option in state.options]
    singles = _remembered_values(questions, state, requests, effort or Effort(_MOST_EFFORT))
    if singles is None:
        return None
    values = [PossibleValue((value,), Alternative((description,))) for value, description in singles]
    if multivalued(key):
        if len(singles) > _MOST_IN_A_SET:
            return None
        values = [value.beside(state.includes) for value in _sets(singles)]
    elif (traits := traits_of(key)) and traits.value is ValueKind.TAG_VALUE:
        values.append(PossibleValue(("",), Alternative(("",))))
    if not state.present:
        values.append(PossibleValue(ABSENT, Alternative(ABSENT)))
    return values


_MOST_EFFORT = 20_000
_MOST_IN_A_SET = 5
_FEW_OPERANDS = 8
_MOST_TOLD = 16
_ARN = Language((("*:*:*:*:*:*", True),))
_NOT_EMPTY = Language((("?*", True),))
_EXACT = (Family.STRING, Family.STRING_IGNORING_CASE, Family.BINARY, Family.BOOL)
_ON_A_LINE = {
    Family.NUMBER: ValueLine.NUMBERS,
    Family.DATE: ValueLine.MOMENTS,
    Family.ADDRESS: ValueLine.ADDRESSES,
}

_FOUND_AT_ONCE = (Family.BOOL, *_ON_A_LINE)

_Description: TypeAlias = str | tuple[Fit, ...]
"""What is particular about a value: the value itself, or all operands that it fits."""


class _ResolvedOperand:
    """An operand with the values of its variables put in."""

    __slots__ = ("fit", "fragments", "matches", "operator", "text")

    def __init__(self, operator: Operator, fragments: tuple[Fragment, ...], matches: ValueMatcher) -> None:
        self.operator, self.fragments, self.matches = operator, fragments, matches
        self.text = whole_text(fragments)
        self.fit = Fit(operator.name, self.text)

    @property
    def language(self) -> Language:
        """The texts that it accepts."""
        family = self.operator.family
        fragments = [(text, wild and family not in _EXACT) for text, wild in self.fragments]
        fold = family in (Family.STRING_IGNORING_CASE, Family.BOOL)
        return Language(fragments, arn=family is Family.ARN, fold=fold)


_ResolvedTest: TypeAlias = tuple[bool, list[_ResolvedOperand]]
"""Whether the test is negated, and its operands."""


class _Asked:
    """What is asked of a key: the questions, every distinct operand once, and whether all could be resolved.

    They cannot where a variable in an operand is itself unknown.
    """

    __slots__ = ("_of_kind", "complete", "operands", "questions")

    def __init__(self, questions: Sequence[Question], requests: Sequence[ActionRequest]) -> None:
        self.complete = True
        self.operands: list[_ResolvedOperand] = []
        self._of_kind: dict[tuple[Family, object], dict[tuple[Fragment, ...], _ResolvedOperand]] = {}
        self.questions = [
            [
                (test.operator.negated, resolved)
                for test in question
                if test.operator is not None and test.operator.family is not Family.NULL
                for resolved in self._resolved(test.operands, test.operator, requests)
            ]
            for question in questions
        ]

    @property
    def of_each_operand(self) -> list[list[_ResolvedTest]]:
        """The question of every operand whether a value fits it."""
        return [[(False, [operand])] for operand in self.operands]

    def _resolved(
        self, wanted: Sequence[Operand], operator: Operator, requests: Sequence[ActionRequest]
    ) -> list[list[_ResolvedOperand]]:
        """Put in the values of variables, which may differ by action: some keys are not in the context of them all."""
        varies = operator.takes_variables and any(operand.text.static is None for operand in wanted)
        of_kind = self._of_kind.setdefault((operator.family, operator.compare), {})
        resolved: dict[tuple[_ResolvedOperand, ...], None] = {}
        for request in requests if varies else requests[:1]:
            of_request: list[_ResolvedOperand] = []
            for operand in wanted:
                fragments = (
                    operand.text.resolve(request)
                    if varies and operand.text.static is None
                    else ((operand.text.raw, True),)
                )
                if isinstance(fragments, UnknownState):
                    self.complete = False
                    continue
                if fragments is None:
                    continue
                one = of_kind.get(fragments)
                if one is None:
                    matches = operand.matches or operator.matcher(fragments)
                    if matches is None:
                        continue
                    one = of_kind[fragments] = _ResolvedOperand(operator, fragments, matches)
                    self.operands.append(one)
                of_request.append(one)
            resolved[tuple(of_request)] = None
        return [list(one) for one in resolved]


class _Singles(NamedTuple):
    """Single values with their descriptions, None where not all can be found; and what it took to find them."""

    values: list[tuple[str, _Description]] | None
    steps: int


_found_singles: Memo[_Singles] = Memo(at_once=True)


def _remembered_values(
    questions: Sequence[Question], state: UnknownState, requests: Sequence[ActionRequest], effort: Effort
) -> list[tuple[str, _Description]] | None:
    """Find single values, or remember those of the very same tests: a proof asks them again for everybody.

    What is remembered is counted as if it were found again. Where that would use up the effort, it is found again.
    """
    if effort.spent and not _without_effort(questions):
        return None
    content = tuple(map(tuple, questions)), state.like
    found = _found_singles.find(content)
    if found is not None and found.steps < effort.left:
        effort.spend(found.steps)
        return found.values
    before = effort.left
    asked = _Asked(questions, requests)
    values = _single_values(asked, state, effort) if asked.complete else None
    operands = [operand for question in questions for test in question for operand in test.operands]
    if not effort.spent and all(operand.text.static is not None for operand in operands):
        letters = sum(len(operand.text.raw) for operand in operands)
        _found_singles.offer(content, _Singles(values, before - effort.left), letters)
    return values


def _without_effort(questions: Sequence[Question]) -> bool:
    """Say whether some of the tests may be of values that are found without looking for texts."""
    operators = (test.operator for question in questions for test in question)
    return any(operator is not None and operator.family in _FOUND_AT_ONCE for operator in operators)


def _single_values(asked: _Asked, state: UnknownState, effort: Effort) -> list[tuple[str, _Description]] | None:
    """Give a value for every way in which the questions can be answered; None where not all can be found."""
    few = len(asked.operands) <= _FEW_OPERANDS
    questions = asked.of_each_operand if few else asked.questions
    families = {operand.operator.family for operand in asked.operands}
    if len(families) > 1 and families & _ON_A_LINE.keys():
        return None
    if families == {Family.BOOL}:
        found: Sequence[str] | None = ("true", "false")
    elif families and (compared := _ON_A_LINE.get(next(iter(families)))):
        found = _points(compared, tuple(_line_tests(tests) for tests in questions))
    else:
        arns = Family.ARN in families
        found = _texts(questions, state, effort, arns=arns)
        if found is None and few:
            found = _texts(asked.questions, state, effort, arns=arns)
    if found is None:
        return None
    values = [*found, *(() if few else _told(asked.operands, state))]
    distinct: dict[tuple[Fit, ...], tuple[str, _Description]] = {}
    for value in values:
        fits = tuple(operand.fit for operand in asked.operands if operand.matches(value))
        distinct.setdefault(fits, (value, value if not fits and families == {Family.BOOL} else fits))
    return list(distinct.values())


def _points(compared: ValueLine, questions: tuple[LineTests, ...]) -> Sequence[str] | None:
    """Find points between all limits, or remember them."""
    content = compared, questions
    found = _found_points.find(content)
    if found is None:
        found = _Texts(example_points(compared, questions))
        _found_points.offer(
            content, found, sum(len(text) for tests in questions for _, some in tests for _, text in some)
        )
    return found.values


class _Texts(NamedTuple):
    """Texts that answer questions in every way, None where there are too many; and what it took to find them."""

    values: Sequence[str] | None
    steps: int = 0


def _texts(
    questions: Sequence[Sequence[_ResolvedTest]], state: UnknownState, effort: Effort, *, arns: bool
) -> Sequence[str] | None:
    """Find texts, or remember them: a proof asks the same of one policy for everybody who might gain.

    What is remembered is counted as if it were found again, so that the answer is the same.
    """
    asked = tuple(
        tuple((negated, tuple((one.operator.family, one.fragments) for one in operands)) for negated, operands in tests)
        for tests in questions
    )
    content = asked, state.like, arns
    found = _found_texts.find(content)
    if effort.spent:
        return None
    if found is None:
        own = Effort(_MOST_EFFORT)
        letters = sum(len(one.text) for tests in questions for _, operands in tests for one in operands)
        examples = (
            example_texts([_language_tests(tests) for tests in questions], _within(state, arns=arns), own)
            if letters < MOST_STATES  # each is a state, and making thousands of languages in vain takes long
            else None
        )
        found = _Texts(None if examples is None else tuple(examples.values()), _MOST_EFFORT - own.left)
        answers = 0 if examples is None else sum(len(answers) + len(text) for answers, text in examples.items())
        _found_texts.offer(content, found, letters + answers)
    return found.values if effort.spend(found.steps) else None


_found_texts: Memo[_Texts] = Memo(at_once=True)
_found_points: Memo[_Texts] = Memo(at_once=True)


def _language_tests(tests: Sequence[_ResolvedTest]) -> list[LanguageTest]:
    return [(negated, [operand.language for operand in operands]) for negated, operands in tests]


def _line_tests(tests: Sequence[_ResolvedTest]) -> LineTests:
    return tuple((negated, tuple((one.operator.compare, one.text) for one in operands)) for negated, operands in tests)


def _within(state: UnknownState, *, arns: bool) -> list[Language]:
    """Say what every value must be like: not empty, and an ARN where it is compared as one."""
    within = [_NOT_EMPTY]
    if state.like:
        within.append(Language(((state.like, True),), arn=state.like.startswith("arn:")))
    if arns:
        within.append(_ARN)
    return within


def _told(operands: Sequence[_ResolvedOperand], state: UnknownState) -> Iterator[str]:
    """Give values that fit the first of many operands: each is told of, though a question may count them as one."""
    for operand in operands[:_MOST_TOLD]:
        if operand.operator.family not in _ON_A_LINE and not state.like:
            value = "".join(
                text.replace("*", "").replace("?", "x") if wild else text for text, wild in operand.fragments
            )
            if value and operand.matches(value):
                yield value


def _sets(singles: Sequence[tuple[str, _Description]]) -> Iterator[PossibleValue]:
    """Give the sets of values that a key with several can have."""
    yield PossibleValue(("",), Alternative(("",), several=True))
    for size in range(1, len(singles) + 1):
        for members in combinations(singles, size):
            values, descriptions = zip(*members, strict=True)
            yield PossibleValue(values, Alternative(descriptions, several=True))
