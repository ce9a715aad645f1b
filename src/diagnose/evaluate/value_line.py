"""Values that are compared by their order: numbers, moments and addresses, with an example between all limits."""

import operator
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Context, Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from itertools import accumulate, pairwise
from typing import Any, TypeAlias, assert_never

from diagnose.evaluate.operator import address_range, moment, number


class ValueLine(Enum):
    """What the operands are."""

    NUMBERS = "numbers"
    MOMENTS = "moments"
    ADDRESSES = "addresses"


LineTests: TypeAlias = tuple[tuple[bool, tuple[tuple[Callable[[Any, Any], bool], str], ...]], ...]
"""Tests, each with whether it is negated, and its operands: how each is compared, and the text of it."""


def example_points(compared: ValueLine, questions: Sequence[LineTests]) -> list[str] | None:
    """Find a value for all answers to the questions that there are: each whether some of its tests is true.

    None where there are too many to find them all.
    """
    texts = {text for tests in questions for _, operands in tests for _, text in operands}
    limits = {text: _limits(compared, text) for text in texts}
    places = _addresses(limits.values()) if compared is ValueLine.ADDRESSES else _around(limits.values())
    if len(places) * len(questions) > _MOST_ANSWERS:
        return None
    numbers = {place: number for number, place in enumerate(places)}
    among = {text: (numbers[low], numbers[high] + 1) for text, (low, high) in limits.items()}
    answers = zip(*(_answers(tests, among, len(places)) for tests in questions), strict=True)
    examples: dict[tuple[bool, ...], _Place] = {}
    for answer, place in zip(answers, places, strict=True):
        examples.setdefault(answer, place)
        if len(examples) > _MOST_EXAMPLES:
            return None
    return [_written(compared, place) for place in examples.values()]


_MOST_ANSWERS = 200_000
_MOST_EXAMPLES = 256

_Place: TypeAlias = Any
"""Where on the line: a number, seconds since 1970, or an address as a number, those of IPv6 from `_IPV6` on."""
_Limits: TypeAlias = tuple[_Place, _Place]
"""The first and the last place that an operand names."""


def _answers(tests: LineTests, among: Mapping[str, tuple[int, int]], places: int) -> list[bool]:
    """Say of so many places whether some of the tests is true there.

    `among` has the number of the first place that an operand names, and of that behind the last.
    """
    changes = [0] * (places + 1)
    for negated, operands in tests:
        fitting = Counter[int]()
        for compare, text in operands:
            first, end = _fitting(compare, *among[text], places)
            fitting[first] += 1
            fitting[end] -= 1
        fits, held = 0, False
        for place in sorted({0, *fitting}):
            fits += fitting[place]
            holds = (fits > 0) is not negated
            changes[place] += holds - held
            held = holds
    return [holding > 0 for holding in accumulate(changes[:places])]


def _fitting(compare: Callable[[Any, Any], bool], below: int, beyond: int, places: int) -> tuple[int, int]:
    """Give the places that fit an operand: the first, and that behind the last."""
    if compare is operator.lt:
        return 0, below
    if compare is operator.le:
        return 0, beyond
    if compare is operator.gt:
        return beyond, places
    if compare is operator.ge:
        return below, places
    return below, beyond


def _limits(compared: ValueLine, text: str) -> _Limits:
    match compared:
        case ValueLine.NUMBERS:
            return number(text), number(text)
        case ValueLine.MOMENTS:
            return moment(text), moment(text)
        case ValueLine.ADDRESSES:
            addresses = address_range(text)
            assert addresses is not None, "an operand that cannot be read is compared with nothing"
            version, first, last = addresses
            start = _IPV6 if version == 6 else 0
            return start + first, start + last
        case _:
            assert_never(compared)


def _around(limits: Collection[_Limits]) -> list[_Place]:
    """Give the values, what lies halfway between neighbours, and one beyond each end."""
    known = sorted({value for value, _ in limits})
    exactly = Context(prec=2 * max(len(f"{value:f}") for value in known) + 2)
    between = [exactly.multiply(exactly.add(low, high), Decimal("0.5")) for low, high in pairwise(known)]
    beyond = [exactly.subtract(known[0], Decimal(1)), exactly.add(known[-1], Decimal(1))]
    return sorted((*known, *between, *beyond))


def _addresses(limits: Collection[_Limits]) -> list[_Place]:
    """Give both ends of every network, and their neighbours outside."""
    places = set(_ANYWHERE)
    for first, last in limits:
        places.update((first, last))
        if first not in _FIRST:
            places.add(first - 1)
        if last not in _LAST:
            places.add(last + 1)
    return sorted(places)


def _written(compared: ValueLine, place: _Place) -> str:
    """Write a place as the value of a key: with a decimal point, for without one seconds of four digits are a year."""
    if compared is ValueLine.ADDRESSES:
        return str(IPv4Address(place) if place < _IPV6 else IPv6Address(place - _IPV6))
    text = f"{place:f}"
    return text if "." in text else f"{text}.0"


_IPV6 = 2**33
"""Behind all addresses of IPv4, and not next to them."""
_FIRST = (0, _IPV6)
_LAST = (2**32 - 1, _IPV6 + 2**128 - 1)
_ANYWHERE = (int(IPv4Address("192.0.2.1")), _IPV6 + int(IPv6Address("2001:db8::1")))
