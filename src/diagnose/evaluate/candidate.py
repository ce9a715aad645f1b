"""The values that an unknown key may have, one for every way in which the tests of it can come out."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from ipaddress import ip_network
from itertools import combinations, pairwise

from diagnose.evaluate.condition import Operand, Test
from diagnose.evaluate.keys.table import MULTIVALUED, traits_of
from diagnose.evaluate.language import Language, witnesses
from diagnose.evaluate.operator import Comparison, Family, Operator, moment, number
from diagnose.evaluate.pattern import Piece
from diagnose.evaluate.question import Question
from diagnose.evaluate.state import ABSENT, Maybe
from diagnose.model.condition_keys import ValueKind

_MOST_IN_A_SET = 5
_ARN = Language((("*:*:*:*:*:*", True),))
_SOMETHING = Language((("?*", True),))
_EXACT = (Family.STRING, Family.STRING_IGNORING_CASE, Family.BINARY, Family.BOOL)
_IN_WORDS = {
    "numericlessthan": "less than",
    "numericlessthanequals": "at most",
    "numericgreaterthan": "more than",
    "numericgreaterthanequals": "at least",
    "datelessthan": "before",
    "datelessthanequals": "at or before",
    "dategreaterthan": "after",
    "dategreaterthanequals": "at or after",
    "ipaddress": "in",
    "notipaddress": "in",
    "stringlike": "like",
    "stringnotlike": "like",
    "arnlike": "like",
    "arnnotlike": "like",
}


class Candidate:
    """One state that a key may have, and in words what is particular about it; no values: the key is absent."""

    __slots__ = ("values", "words")

    def __init__(self, values: tuple[str, ...], words: str) -> None:
        """`words` go after "allowed if the key is"."""
        self.values, self.words = values, words

    def beside(self, among: tuple[str, ...]) -> "Candidate":
        """Give the set that holds these values, too."""
        return Candidate((*self.values, *among), self.words) if among else self


class _Told:
    """One operand made ready: what it accepts, and how that is said."""

    __slots__ = ("compare", "family", "pieces", "words")

    def __init__(self, test: Test, pieces: tuple[Piece, ...], compare: Comparison) -> None:
        assert test.operator is not None
        self.family, self.pieces, self.compare = test.operator.family, pieces, compare
        text = "".join(text for text, _ in pieces)
        said = text if text in ("true", "false") else f"`{text}`"
        self.words = f"{_IN_WORDS.get(test.operator.name.lower(), '')} {said}".strip()


def candidates(
    key: str, tests: Sequence[Test], state: Maybe, questions: Sequence[Question]
) -> tuple[list[Candidate], bool]:
    """Give the states to try, and whether they are all that can make a difference to any of the questions."""
    if state.options is not None:
        return [Candidate(option, ", ".join(option) or "absent") for option in state.options], True
    told, complete = _told(tests, questions)
    singles, all_found = _singles(told, state)
    found = [Candidate((value,), words) for value, words in singles]
    complete = complete and all_found
    if key in MULTIVALUED:
        found = [one.beside(state.among) for one in _sets(singles)]
        complete = complete and len(singles) <= _MOST_IN_A_SET
    elif (traits := traits_of(key)) and traits.value is ValueKind.TAG_VALUE:
        found.append(Candidate(("",), "empty"))
    if not state.present:
        found.append(Candidate(ABSENT, "absent"))
    return found, complete


def _told(tests: Sequence[Test], questions: Sequence[Question]) -> tuple[list[_Told], bool]:
    """Make every operand ready; it is not complete where a variable in one is itself unknown."""
    told: dict[tuple[Family, tuple[Piece, ...], object], _Told] = {}
    complete = True
    for test in tests:
        operator = test.operator
        if operator is None or operator.family is Family.NULL:
            continue
        for operand in test.operands:
            for pieces in _resolved(operand, operator, questions):
                if isinstance(pieces, Maybe):
                    complete = False
                    continue
                compare = operator.comparison(pieces) if pieces is not None else None
                if pieces is not None and compare is not None:
                    told.setdefault((operator.family, pieces, operator.compare), _Told(test, pieces, compare))
    return list(told.values()), complete


def _resolved(
    operand: Operand, operator: Operator, questions: Sequence[Question]
) -> set[tuple[Piece, ...] | Maybe | None]:
    """Put in the values of variables, which may differ by action: some keys are not in the context of them all."""
    if operand.text.plain is not None or not operator.takes_variables:
        return {((operand.text.written, True),)}
    return {operand.text.resolve(question) for question in questions}


def _singles(told: Sequence[_Told], state: Maybe) -> tuple[list[tuple[str, str]], bool]:
    """Give a value for every combination of operands that can accept it, with the words for it."""
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
    distinct: dict[tuple[bool | None, ...], tuple[str, str]] = {}
    for value in values:
        accepted = tuple(one.compare(value) for one in told)
        words = " and ".join(dict.fromkeys(one.words for one, fits in zip(told, accepted, strict=True) if fits))
        distinct.setdefault(accepted, (value, words or (value if families == {Family.BOOL} else "anything else")))
    return list(distinct.values()), complete and kinds == 1


def _sets(singles: Sequence[tuple[str, str]]) -> Iterator[Candidate]:
    """Give the sets of values that a key with several can have."""
    yield Candidate(("",), "an empty value")
    sizes = range(1, len(singles) + 1) if len(singles) <= _MOST_IN_A_SET else (1, 2)
    for size in sizes:
        for chosen in combinations(singles, size):
            yield Candidate(tuple(value for value, _ in chosen), " with ".join(words for _, words in chosen))


def _text(told: _Told) -> str:
    return "".join(text for text, _ in told.pieces)


def _language(told: _Told) -> Language:
    pieces = [(text, wild and told.family not in _EXACT) for text, wild in told.pieces]
    fold = told.family in (Family.STRING_IGNORING_CASE, Family.BOOL)
    return Language(pieces, arn=told.family is Family.ARN, fold=fold)


def _within(texts: Sequence[_Told], state: Maybe) -> list[Language]:
    """Say what every value must be like: not empty, and an ARN where it is compared as one."""
    within = [_SOMETHING, *([Language(((state.shape, True),))] if state.shape else [])]
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
