"""Values that are compared by their order: numbers, moments and addresses, with an example between all limits."""

import operator
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Context, Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import accumulate, pairwise
from typing import Any, TypeAlias, assert_never

from diagnose.evaluate.operator import moment, number


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
    answers = zip(*(_answers(tests, limits, places) for tests in questions), strict=True)
    examples: dict[tuple[bool, ...], _Place] = {}
    for answer, place in zip(answers, places, strict=True):
        examples.setdefault(answer, place)
        if len(examples) > _MOST_EXAMPLES:
            return None
    return [_written(compared, place) for place in examples.values()]


_MOST_ANSWERS = 200_000
_MOST_EXAMPLES = 256

_Place: TypeAlias = Any
"""Where on the line: a number, seconds since 1970, or an address as its version and number."""
_Limits: TypeAlias = tuple[_Place, _Place]
"""The first and the last place that an operand names."""


def _answers(tests: LineTests, limits: Mapping[str, _Limits], places: Sequence[_Place]) -> list[bool]:
    """Say of every place whether some of the tests is true there."""
    changes = [0] * (len(places) + 1)
    for negated, operands in tests:
        fitting = Counter[int]()
        for compare, text in operands:
            first, end = _fitting(compare, limits[text], places)
            fitting[first] += 1
            fitting[end] -= 1
        fits, held = 0, False
        for place in sorted({0, *fitting}):
            fits += fitting[place]
            holds = (fits > 0) is not negated
            changes[place] += holds - held
            held = holds
    return [holding > 0 for holding in accumulate(changes[: len(places)])]


def _fitting(compare: Callable[[Any, Any], bool], limits: _Limits, places: Sequence[_Place]) -> tuple[int, int]:
    """Give the places that fit an operand: the first, and that behind the last."""
    low, high = limits
    below, beyond = bisect_left(places, low), bisect_right(places, high)
    if compare is operator.lt:
        return 0, below
    if compare is operator.le:
        return 0, beyond
    if compare is operator.gt:
        return beyond, len(places)
    if compare is operator.ge:
        return below, len(places)
    return below, beyond


def _limits(compared: ValueLine, text: str) -> _Limits:
    match compared:
        case ValueLine.NUMBERS:
            return number(text), number(text)
        case ValueLine.MOMENTS:
            return moment(text), moment(text)
        case ValueLine.ADDRESSES:
            network = ip_network(text, strict=False)
            first = int(network.network_address)
            return (network.version, first), (
                network.version,
                first | (1 << network.max_prefixlen - network.prefixlen) - 1,
            )
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
    places = {(address.version, int(address)) for address in _ANYWHERE}
    for (version, first), (_, last) in limits:
        places.update((version, value) for value in (first, last, first - 1, last + 1) if 0 <= value <= _LAST[version])
    return sorted(places)


def _written(compared: ValueLine, place: _Place) -> str:
    """Write a place as the value of a key: with a decimal point, for without one seconds of four digits are a year."""
    if compared is ValueLine.ADDRESSES:
        version, value = place
        return str(_KINDS[version](value))
    text = f"{place:f}"
    return text if "." in text else f"{text}.0"


_KINDS: Mapping[int, type[IPv4Address | IPv6Address]] = {4: IPv4Address, 6: IPv6Address}
_LAST = {4: 2**32 - 1, 6: 2**128 - 1}
_ANYWHERE = (ip_network("192.0.2.1").network_address, ip_network("2001:db8::1").network_address)
