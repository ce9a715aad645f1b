"""The values that an unknown key may have, one for every way in which the tests of it can come out."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from ipaddress import ip_network
from itertools import combinations, pairwise
from typing import TypeAlias

from diagnose.evaluate.condition import Operand, Test
from diagnose.evaluate.keys.table import MULTIVALUED, traits_of
from diagnose.evaluate.operator import Family, Operator, ValueMatcher, moment, number
from diagnose.evaluate.pattern import Fragment, whole_text
from diagnose.evaluate.request import ActionRequest
from diagnose.model.condition_keys import ValueKind
from diagnose.model.key_state import ABSENT, Alternative, Fit, UnknownState


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
    key: str, tests: Sequence[Test], state: UnknownState, requests: Sequence[ActionRequest]
) -> tuple[list[PossibleValue], bool]:
    """Give the states to try, and whether they are all that can make a difference to any of the requests."""
    if state.options is not None:
        return [PossibleValue(option, Alternative(option)) for option in state.options], True
    operands, all_resolved = _resolved_operands(tests, requests)
    singles, all_singles = _single_values(operands, state)
    values = [PossibleValue((value,), Alternative((description,))) for value, description in singles]
    complete = all_resolved and all_singles
    if key in MULTIVALUED:
        values = [value.beside(state.includes) for value in _sets(singles)]
        complete = complete and len(singles) <= _MOST_IN_A_SET
    elif (traits := traits_of(key)) and traits.value is ValueKind.TAG_VALUE:
        values.append(PossibleValue(("",), Alternative(("",))))
    if not state.present:
        values.append(PossibleValue(ABSENT, Alternative(ABSENT)))
    return values, complete


Membership: TypeAlias = tuple[bool, ...]
"""Which of several languages a text belongs to."""


class Language:
    """The texts that one pattern accepts, as an automaton whose states are the places in the pattern.

    A set of states is a bit mask, and so is a set of places: those where a letter is wanted, any one letter, or any
    letters. In an ARN some wildcards do not accept a colon.
    """

    __slots__ = ("_any", "_fold", "_letters", "_many", "_no_colon", "final", "size", "start")

    def __init__(self, fragments: Sequence[Fragment], *, arn: bool = False, fold: bool = False) -> None:
        """`arn`: before the fifth colon no wildcard accepts one. `fold`: without regard to case."""
        self._fold = fold
        self._letters: dict[str, int] = {}
        self._any = self._many = self._no_colon = 0
        self.size = colons = 0
        for text, wild in fragments:
            for letter in text:
                place = 1 << self.size
                if wild and letter in "*?":
                    if letter == "*":
                        self._many |= place
                    else:
                        self._any |= place
                    if arn and colons < 5:
                        self._no_colon |= place
                else:
                    wanted = letter.casefold() if fold else letter
                    self._letters[wanted] = self._letters.get(wanted, 0) | place
                self.size += 1
                colons += letter == ":"
        self.final = 1 << self.size
        self.start = self._closed(1)

    @property
    def letters(self) -> set[str]:
        """The letters that the pattern tells apart, in both cases where it does not mind case."""
        letters = set(self._letters)
        return letters | {letter.swapcase() for letter in letters} if self._fold else letters

    def step(self, states: int, letter: str) -> int:
        """Read one letter."""
        wild = states & ~self._no_colon if letter == ":" else states
        wanted = self._letters.get(letter.casefold() if self._fold else letter, 0)
        return self._closed((states & wanted | wild & self._any) << 1 | wild & self._many)

    def _closed(self, states: int) -> int:
        """Add the places that are reached without reading: behind a `*`, which may stand for nothing."""
        while (closed := states | (states & self._many) << 1) != states:
            states = closed
        return states


def example_texts(languages: Sequence[Language], within: Sequence[Language]) -> dict[Membership, str] | None:
    """Find a shortest text for every combination of languages that some text `within` all others belongs to.

    None where there are too many combinations to find them all.
    """
    every = (*languages, *within)
    if sum(language.size for language in every) > _MOST_PLACES:
        return None
    start = tuple(language.start for language in every)
    alphabet = _alphabet(every)
    examples: dict[Membership, str] = {}
    seen = {start}
    queue = deque([(start, "")])
    steps = 0
    while queue:
        states, text = queue.popleft()
        accepted = tuple(bool(state & language.final) for state, language in zip(states, every, strict=True))
        if all(accepted[len(languages) :]):
            examples.setdefault(accepted[: len(languages)], text)
        for letter in alphabet:
            steps += 1
            if steps > _MOST_STEPS:
                return None
            following = tuple(language.step(state, letter) for language, state in zip(every, states, strict=True))
            if following not in seen and all(following[len(languages) :]):
                seen.add(following)
                queue.append((following, text + letter))
    return examples


_MOST_IN_A_SET = 5
_MOST_STEPS = 20_000
_MOST_PLACES = 2_000
_FILLERS = "xyzqvw0123456789"
_ARN = Language((("*:*:*:*:*:*", True),))
_NOT_EMPTY = Language((("?*", True),))
_EXACT = (Family.STRING, Family.STRING_IGNORING_CASE, Family.BINARY, Family.BOOL)

_Description: TypeAlias = str | tuple[Fit, ...]
"""What is particular about a value: the value itself, or all operands that it fits."""


class _ResolvedOperand:
    """An operand with the values of its variables put in."""

    __slots__ = ("family", "fit", "fragments", "matches", "text")

    def __init__(self, operator: Operator, fragments: tuple[Fragment, ...], matches: ValueMatcher) -> None:
        self.family, self.fragments, self.matches = operator.family, fragments, matches
        self.text = whole_text(fragments)
        self.fit = Fit(operator.name, self.text)


def _resolved_operands(tests: Sequence[Test], requests: Sequence[ActionRequest]) -> tuple[list[_ResolvedOperand], bool]:
    """Give every operand once, and whether they are all: not where a variable in one is itself unknown."""
    operands: dict[tuple[Family, tuple[Fragment, ...], object], _ResolvedOperand] = {}
    complete = True
    for test in tests:
        operator = test.operator
        if operator is None or operator.family is Family.NULL:
            continue
        for operand in test.operands:
            for fragments in _resolved(operand, operator, requests):
                if isinstance(fragments, UnknownState):
                    complete = False
                    continue
                matches = operator.matcher(fragments) if fragments is not None else None
                if fragments is not None and matches is not None:
                    key = (operator.family, fragments, operator.compare)
                    operands.setdefault(key, _ResolvedOperand(operator, fragments, matches))
    return list(operands.values()), complete


def _resolved(
    operand: Operand, operator: Operator, requests: Sequence[ActionRequest]
) -> set[tuple[Fragment, ...] | UnknownState | None]:
    """Put in the values of variables, which may differ by action: some keys are not in the context of them all."""
    if operand.text.static is not None or not operator.takes_variables:
        return {((operand.text.raw, True),)}
    return {operand.text.resolve(request) for request in requests}


def _single_values(
    operands: Sequence[_ResolvedOperand], state: UnknownState
) -> tuple[list[tuple[str, _Description]], bool]:
    """Give a value for every combination of operands that can match it, and whether they are all."""
    values: list[str] = []
    families = {operand.family for operand in operands}
    complete = True
    kinds = 0
    for kind, near in ((Family.NUMBER, _numbers), (Family.DATE, _moments), (Family.ADDRESS, _addresses)):
        if kind in families:
            kinds += 1
            values += near([operand.text for operand in operands if operand.family is kind])
    textual = [operand for operand in operands if operand.family not in (Family.NUMBER, Family.DATE, Family.ADDRESS)]
    if families == {Family.BOOL}:
        values, kinds = ["true", "false"], 1
    elif textual or not kinds:
        kinds += 1
        examples = example_texts([_language(operand) for operand in textual], _within(textual, state))
        complete = examples is not None
        values += (examples or {}).values()
    distinct: dict[tuple[bool | None, ...], tuple[str, _Description]] = {}
    for value in values:
        matching = tuple(operand.matches(value) for operand in operands)
        fits = tuple(operand.fit for operand, matches in zip(operands, matching, strict=True) if matches)
        distinct.setdefault(matching, (value, value if not fits and families == {Family.BOOL} else fits))
    return list(distinct.values()), complete and kinds == 1


def _sets(singles: Sequence[tuple[str, _Description]]) -> Iterator[PossibleValue]:
    """Give the sets of values that a key with several can have."""
    yield PossibleValue(("",), Alternative(("",), several=True))
    sizes = range(1, len(singles) + 1) if len(singles) <= _MOST_IN_A_SET else (1, 2)
    for size in sizes:
        for members in combinations(singles, size):
            values, descriptions = zip(*members, strict=True)
            yield PossibleValue(values, Alternative(descriptions, several=True))


def _numbers(texts: Iterable[str]) -> list[str]:
    """Give every number that is compared with, and one on each side of it."""
    return _around(number(text) for text in texts)


def _moments(texts: Iterable[str]) -> list[str]:
    """Give every moment that is compared with, and one on each side of it, in seconds since 1970."""
    return _around(moment(text) for text in texts)


def _around(values: Iterable[Decimal | None]) -> list[str]:
    """Give the values, what lies halfway between neighbours, and one beyond each end, with a decimal point.

    Without one, seconds of four digits would be a year.
    """
    known = sorted({value for value in values if value is not None})
    if not known:
        return []
    exactly = Context(prec=2 * max(len(f"{value:f}") for value in known) + 2)
    between = [exactly.multiply(exactly.add(low, high), Decimal("0.5")) for low, high in pairwise(known)]
    beyond = [exactly.subtract(known[0], Decimal(1)), exactly.add(known[-1], Decimal(1))]
    texts = (f"{value:f}" for value in (*known, *between, *beyond))
    return [text if "." in text else f"{text}.0" for text in texts]


def _addresses(texts: Iterable[str]) -> list[str]:
    """Give both ends of every network, and their neighbours outside."""
    addresses = ["192.0.2.1", "2001:db8::1"]
    for text in texts:
        network = ip_network(text, strict=False)
        first, last = int(network.network_address), int(network.broadcast_address)
        kind = type(network.network_address)
        around = (first, last, first - 1, last + 1)
        addresses += [str(kind(value)) for value in around if 0 <= value < 2**network.max_prefixlen]
    return addresses


def _language(operand: _ResolvedOperand) -> Language:
    fragments = [(text, wild and operand.family not in _EXACT) for text, wild in operand.fragments]
    fold = operand.family in (Family.STRING_IGNORING_CASE, Family.BOOL)
    return Language(fragments, arn=operand.family is Family.ARN, fold=fold)


def _within(operands: Sequence[_ResolvedOperand], state: UnknownState) -> list[Language]:
    """Say what every value must be like: not empty, and an ARN where it is compared as one."""
    within = [_NOT_EMPTY, *([Language(((state.like, True),))] if state.like else [])]
    if any(operand.family is Family.ARN for operand in operands):
        within.append(_ARN)
    return within


def _alphabet(languages: Sequence[Language]) -> tuple[str, ...]:
    """Give the letters that make a difference, a colon, and one that stands for all the others."""
    letters = {":"}.union(*(language.letters for language in languages))
    other = next((letter for letter in _FILLERS if letter not in letters), "\N{BULLET}")
    return (other, *sorted(letters))
