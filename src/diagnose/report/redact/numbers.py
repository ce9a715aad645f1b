"""Numbers and dates that a policy compares as such: all move, and stay in order."""

import re
from collections.abc import Set
from decimal import Decimal, localcontext
from hashlib import blake2b

_NUMBER = re.compile(r"(?:[+-]?(?P<zeros>0*))(?P<digits>[0-9]+)(?:\.[0-9]+)?")
_YEAR = re.compile(r"([12][0-9]{3})(-[0-9]{2}(?:-(?:[0-9]{2}(?:[Tt ][0-9:.]{0,16}(?:[Zz]|[+-][0-9:]{0,5})?)?)?)?)")
"""A date, with or without a time, or the beginning of one: what else follows is somebody's."""
_TWO_DIGITS = 10
_LEAST, _MOST = 3, 15
"""Digits of the shift, at least and at most: with more, what is compared as a float is no longer told apart."""


class Numbers:
    """The numbers of a case, under a key."""

    def __init__(self, known: Set[str], key: bytes) -> None:
        """`known` are all that are compared."""
        self._known = known
        self._any_digit = any(len(number) == 1 for number in known)
        digits = max((len(match["digits"]) for number in known if (match := _NUMBER.fullmatch(number))), default=0)
        least: int = 10 ** min(max(digits, _LEAST), _MOST)
        self._shift = least + int.from_bytes(blake2b(b"numbers", key=key, digest_size=8).digest()) % (8 * least)

    def moved(self, text: str) -> str:
        """Give a number that is larger by as much as all others, a date that is later; empty for what is neither.

        The shift is larger than the largest of them, of which nothing is seen then.
        """
        if match := _YEAR.fullmatch(text):
            return f"{int(match[1]) + 28:04d}{match[2]}"
        if text not in self._known or not (match := _NUMBER.fullmatch(text)):
            return ""
        with localcontext(prec=len(text) + _MOST + 2):
            number = Decimal(text)
            shifted = f"{number + self._shift_of(number):f}"
        return ("+" if text[0] == "+" else "") + match["zeros"] + shifted

    def _shift_of(self, number: Decimal) -> int:
        """Say by how much a number moves. A single digit may be too short a name to be sent: then all of one stay."""
        if not self._any_digit:
            return self._shift
        return 0 if abs(number) < _TWO_DIGITS else self._shift if number > 0 else -self._shift
