"""The values that an unknown key may have, one for every way in which the tests of it can come out."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from ipaddress import ip_network
from itertools import combinations, pairwise
from typing import TypeAlias

from diagnose.evaluate.condition import Operand, Test
from diagnose.evaluate.keys.table import MULTIVALUED, traits_of
from diagnose.evaluate.operator import Comparator, Family, Operator, moment, number
from diagnose.evaluate.pattern import Piece
from diagnose.evaluate.request import ActionRequest
from diagnose.model.condition_keys import ValueKind
from diagnose.model.key_state import ABSENT, Alternative, Fit, UnknownState


class PossibleValue:
    """One state that a key may have, with values to try, and what is particular about it.

    No values: the key is absent.
    """

    __slots__ = ("alternative", "values")

    def __init__(self, values: tuple[str, ...], alternative: Alternative) -> None:
        """Keep what is tried beside what it stands for."""
        self.values, self.alternative = values, alternative

    def beside(self, among: tuple[str, ...]) -> "PossibleValue":
        """Give the set that holds these values, too."""
        return PossibleValue((*self.values, *among), self.alternative) if among else self


def candidates(
    key: str, tests: Sequence[Test], state: UnknownState, requests: Sequence[ActionRequest]
) -> tuple[list[PossibleValue], bool]:
    """Give the states to try, and whether they are all that can make a difference to any of the questions."""
    if state.options is not None:
        return [PossibleValue(option, Alternative(option)) for option in state.options], True
    told, complete = _told(tests, requests)
    singles, all_found = _singles(told, state)
    found = [PossibleValue((value,), Alternative((particular,))) for value, particular in singles]
    complete = complete and all_found
    if key in MULTIVALUED:
        found = [one.beside(state.includes) for one in _sets(singles)]
        complete = complete and len(singles) <= _MOST_IN_A_SET
    elif (traits := traits_of(key)) and traits.value is ValueKind.TAG_VALUE:
        found.append(PossibleValue(("",), Alternative(("",))))
    if not state.present:
        found.append(PossibleValue(ABSENT, Alternative(ABSENT)))
    return found, complete


Vector: TypeAlias = tuple[bool, ...]
"""Which of several languages a text belongs to."""


class Language:
    """The texts that one pattern accepts, as an automaton whose states are the places in the pattern.

    A set of states is a bit mask. `stays` and `goes` hold, for every place, the letters (None: any) on which the
    automaton stays there or goes on; where `colon` is false, a wildcard takes anything but a colon.
    """

    __slots__ = ("final", "fold", "places", "start")

    def __init__(self, pieces: Sequence[Piece], *, arn: bool = False, fold: bool = False) -> None:
        """Build the automaton of a text whose parts may hold wildcards; in an ARN they mind the first five colons."""
        self.fold = fold
        self.places: list[tuple[str, str, bool]] = []
        colons = 0
        for text, wild in pieces:
            for letter in text:
                kind = letter if wild and letter in "*?" else "="
                self.places.append((kind, letter.casefold() if fold else letter, not arn or colons >= 5))
                colons += letter == ":"
        self.final = 1 << len(self.places)
        self.start = self._closed(1)

    @property
    def letters(self) -> set[str]:
        """The letters that the pattern tells apart, in both cases where it does not mind case."""
        letters = {letter for kind, letter, _ in self.places if kind == "="}
        return letters | {letter.swapcase() for letter in letters} if self.fold else letters

    def step(self, states: int, letter: str) -> int:
        """Read one letter."""
        letter = letter.casefold() if self.fold else letter
        reached, place = 0, 0
        while states:
            if states & 1 and place < len(self.places):
                kind, wanted, colon = self.places[place]
                if kind == "=":
                    reached |= (letter == wanted) << (place + 1)
                elif colon or letter != ":":
                    reached |= 1 << (place if kind == "*" else place + 1)
            states, place = states >> 1, place + 1
        return self._closed(reached)

    def _closed(self, states: int) -> int:
        """Add the places that are reached without reading: behind a `*`, which may stand for nothing."""
        for place, (kind, _, _) in enumerate(self.places):
            if kind == "*" and states >> place & 1:
                states |= 1 << (place + 1)
        return states


def witnesses(languages: Sequence[Language], within: Sequence[Language]) -> dict[Vector, str] | None:
    """Find a shortest text for every combination of languages that some text `within` all others belongs to.

    None where there are too many combinations to find them all.
    """
    every = (*languages, *within)
    if sum(len(language.places) for language in every) > _MOST_PLACES:
        return None
    start = tuple(language.start for language in every)
    alphabet = _alphabet(every)
    found: dict[Vector, str] = {}
    seen = {start}
    queue = deque([(start, "")])
    steps = 0
    while queue:
        states, text = queue.popleft()
        accepted = tuple(bool(state & language.final) for state, language in zip(states, every, strict=True))
        if all(accepted[len(languages) :]):
            found.setdefault(accepted[: len(languages)], text)
        for letter in alphabet:
            steps += 1
            if steps > _MOST_STEPS:
                return None
            following = tuple(language.step(state, letter) for language, state in zip(every, states, strict=True))
            if following not in seen and all(following[len(languages) :]):
                seen.add(following)
                queue.append((following, text + letter))
    return found


_Particular: TypeAlias = str | tuple[Fit, ...]
"""The value itself, or all operands that it fits."""


_MOST_IN_A_SET = 5


_ARN = Language((("*:*:*:*:*:*", True),))


_SOMETHING = Language((("?*", True),))


_EXACT = (Family.STRING, Family.STRING_IGNORING_CASE, Family.BINARY, Family.BOOL)


class _Told:
    """One operand made ready: what it accepts, and what it is."""

    __slots__ = ("compare", "family", "fit", "pieces")

    def __init__(self, test: Test, pieces: tuple[Piece, ...], compare: Comparator) -> None:
        assert test.operator is not None
        self.family, self.pieces, self.compare = test.operator.family, pieces, compare
        self.fit = Fit(test.operator.name, "".join(text for text, _ in pieces))


def _told(tests: Sequence[Test], requests: Sequence[ActionRequest]) -> tuple[list[_Told], bool]:
    """Make every operand ready; it is not complete where a variable in one is itself unknown."""
    told: dict[tuple[Family, tuple[Piece, ...], object], _Told] = {}
    complete = True
    for test in tests:
        operator = test.operator
        if operator is None or operator.family is Family.NULL:
            continue
        for operand in test.operands:
            for pieces in _resolved(operand, operator, requests):
                if isinstance(pieces, UnknownState):
                    complete = False
                    continue
                compare = operator.comparison(pieces) if pieces is not None else None
                if pieces is not None and compare is not None:
                    told.setdefault((operator.family, pieces, operator.compare), _Told(test, pieces, compare))
    return list(told.values()), complete


def _resolved(
    operand: Operand, operator: Operator, requests: Sequence[ActionRequest]
) -> set[tuple[Piece, ...] | UnknownState | None]:
    """Put in the values of variables, which may differ by action: some keys are not in the context of them all."""
    if operand.text.plain is not None or not operator.takes_variables:
        return {((operand.text.written, True),)}
    return {operand.text.resolve(request) for request in requests}


def _singles(told: Sequence[_Told], state: UnknownState) -> tuple[list[tuple[str, _Particular]], bool]:
    """Give a value for every combination of operands that can accept it, with what is particular about it."""
    values: list[str] = []
    families = {one.family for one in told}
    complete = True
    kinds = 0
    for kind, near in ((Family.NUMBER, _numbers), (Family.DATE, _moments), (Family.ADDRESS, _addresses)):
        if kind in families:
            kinds += 1
            values += near([_text(one) for one in told if one.family is kind])
    texts = [one for one in told if one.family not in (Family.NUMBER, Family.DATE, Family.ADDRESS)]
    if families == {Family.BOOL}:
        values, kinds = ["true", "false"], 1
    elif texts or not kinds:
        kinds += 1
        found = witnesses([_language(one) for one in texts], _within(texts, state))
        complete = found is not None
        values += (found or {}).values()
    distinct: dict[tuple[bool | None, ...], tuple[str, _Particular]] = {}
    for value in values:
        accepted = tuple(one.compare(value) for one in told)
        fits = tuple(one.fit for one, accepts in zip(told, accepted, strict=True) if accepts)
        distinct.setdefault(accepted, (value, value if not fits and families == {Family.BOOL} else fits))
    return list(distinct.values()), complete and kinds == 1


def _sets(singles: Sequence[tuple[str, _Particular]]) -> Iterator[PossibleValue]:
    """Give the sets of values that a key with several can have."""
    yield PossibleValue(("",), Alternative(("",), several=True))
    sizes = range(1, len(singles) + 1) if len(singles) <= _MOST_IN_A_SET else (1, 2)
    for size in sizes:
        for chosen in combinations(singles, size):
            values, particulars = zip(*chosen, strict=True)
            yield PossibleValue(values, Alternative(particulars, several=True))


def _text(told: _Told) -> str:
    return "".join(text for text, _ in told.pieces)


def _language(told: _Told) -> Language:
    pieces = [(text, wild and told.family not in _EXACT) for text, wild in told.pieces]
    fold = told.family in (Family.STRING_IGNORING_CASE, Family.BOOL)
    return Language(pieces, arn=told.family is Family.ARN, fold=fold)


def _within(texts: Sequence[_Told], state: UnknownState) -> list[Language]:
    """Say what every value must be like: not empty, and an ARN where it is compared as one."""
    within = [_SOMETHING, *([Language(((state.like, True),))] if state.like else [])]
    if any(one.family is Family.ARN for one in texts):
        within.append(_ARN)
    return within


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
    found: list[str] = ["192.0.2.1", "2001:db8::1"]
    for text in texts:
        network = ip_network(text, strict=False)
        first, last = int(network.network_address), int(network.broadcast_address)
        kind = type(network.network_address)
        around = (first, last, first - 1, last + 1)
        found += [str(kind(value)) for value in around if 0 <= value < 2**network.max_prefixlen]
    return found


_MOST_STEPS = 20_000


_MOST_PLACES = 2_000


_FILLERS = "xyzqvw0123456789"


def _alphabet(languages: Sequence[Language]) -> tuple[str, ...]:
    """Give the letters that make a difference, a colon, and one that stands for all the others."""
    letters = {":"}.union(*(language.letters for language in languages))
    other = next((letter for letter in _FILLERS if letter not in letters), "\N{BULLET}")
    return (other, *sorted(letters))
