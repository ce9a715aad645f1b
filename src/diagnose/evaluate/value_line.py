"""Values that are compared by their order: numbers, moments and addresses, with an example between all limits."""

import operator
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from enum import Enum
from ipaddress import ip_network
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
    points = _addresses(texts) if compared is ValueLine.ADDRESSES else _around(compared, texts)
    if len(points) * len(questions) > _MOST_ANSWERS:
        return None
    places = [place for place, _ in points]
    answers = zip(*(_answers(tests, compared, places) for tests in questions), strict=True)
    examples: dict[tuple[bool, ...], str] = {}
    for answer, (_, text) in zip(answers, points, strict=True):
        examples.setdefault(answer, text)
        if len(examples) > _MOST_EXAMPLES:
            return None
    return list(examples.values())


_MOST_ANSWERS = 200_000
_MOST_EXAMPLES = 256

_Place: TypeAlias = Any
"""Where on the line: a number, seconds since 1970, or an address as its version and number."""


def _answers(tests: LineTests, compared: ValueLine, places: Sequence[_Place]) -> list[bool]:
    """Say of every place whether some of the tests is true there."""
    changes = [0] * (len(places) + 1)
    for negated, operands in tests:
        fitting = Counter[int]()
        for compare, text in operands:
            first, end = _fitting(compare, text, compared, places)
            fitting[first] += 1
            fitting[end] -= 1
        fits, held = 0, False
        for place in sorted({0, *fitting}):
            fits += fitting[place]
            holds = (fits > 0) is not negated
            changes[place] += holds - held
            held = holds
    return [holding > 0 for holding in accumulate(changes[: len(places)])]


def _fitting(
    compare: Callable[[Any, Any], bool], text: str, compared: ValueLine, places: Sequence[_Place]
) -> tuple[int, int]:
    """Give the places that fit an operand: the first, and that behind the last."""
    low, high = _limits(compared, text)
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


def _limits(compared: ValueLine, text: str) -> tuple[_Place, _Place]:
    match compared:
        case ValueLine.NUMBERS:
            return number(text), number(text)
        case ValueLine.MOMENTS:
            return moment(text), moment(text)
        case ValueLine.ADDRESSES:
            network = ip_network(text, strict=False)
            first, last = network.network_address, network.broadcast_address
            return (first.version, int(first)), (last.version, int(last))
        case _:
            assert_never(compared)


def _around(compared: ValueLine, texts: set[str]) -> list[tuple[_Place, str]]:
    """Give the values, what lies halfway between neighbours, and one beyond each end, with a decimal point.

    Without one, seconds of four digits would be a year.
    """
    known = sorted({_limits(compared, text)[0] for text in texts})
    exactly = Context(prec=2 * max(len(f"{value:f}") for value in known) + 2)
    between = [exactly.multiply(exactly.add(low, high), Decimal("0.5")) for low, high in pairwise(known)]
    beyond = [exactly.subtract(known[0], Decimal(1)), exactly.add(known[-1], Decimal(1))]
    written = [(value, f"{value:f}") for value in sorted((*known, *between, *beyond))]
    return [(value, text if "." in text else f"{text}.0") for value, text in written]


def _addresses(texts: set[str]) -> list[tuple[_Place, str]]:
    """Give both ends of every network, and their neighbours outside."""
    found = {(address.version, int(address)): str(address) for address in _ANYWHERE}
    for text in texts:
        network = ip_network(text, strict=False)
        first, last = int(network.network_address), int(network.broadcast_address)
        kind = type(network.network_address)
        for value in (first, last, first - 1, last + 1):
            if 0 <= value < 2**network.max_prefixlen:
                found.setdefault((network.version, value), str(kind(value)))
    return sorted(found.items())


_ANYWHERE = (ip_network("192.0.2.1").network_address, ip_network("2001:db8::1").network_address)
