"""Letters and digits that change places, so that texts keep their shape: length, case, signs, what they share.

Lower and upper case of a letter stay a pair, digits stay digits (a zero a zero, so that a number stays one),
hexadecimal digits stay such where it matters. No other letter or digit stays itself, unless it is kept, or all others
of its sort are.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from string import ascii_letters, digits

_HEXADECIMAL = ("abcdef", "ghijklmnopqrstuvwxyz", "123456789")
_ANY = ("abcdefghijklmnopqrstuvwxyz", "123456789")
_CASED = "cased"
_FURTHER = {
    _CASED: (range(0x430, 0x460), range(0x3B1, 0x3C2), range(0x561, 0x587), range(0x10428, 0x10450)),
    "L": (range(0x4E00, 0x9F00),),
    "M": (range(0x300, 0x345),),
    "N": (range(0x2460, 0x249C), range(0x2776, 0x2794)),
    "S": (range(0x25A0, 0x2768),),
}
"""What stands for characters beyond ASCII: for letters with two cases, for others by what they are in Unicode."""


class Letters:
    """One exchange of letters and digits, under a key."""

    def __init__(self, key: bytes, beyond: Mapping[str, str], *, hexadecimal: bool, kept: Collection[str] = ()) -> None:
        """`beyond` exchanges characters that are not ASCII; `hexadecimal` keeps hexadecimal digits such.

        The letters that are `kept`, in lower case, stay themselves.
        """
        turned = dict(beyond)
        for characters in _HEXADECIMAL if hexadecimal else _ANY:
            ring = sorted(set(characters).difference(kept), key=lambda one: blake2b(one.encode(), key=key).digest())
            turned |= dict(zip(ring, (*ring[1:], *ring[:1]), strict=True))
        turned |= {one.upper(): other.upper() for one, other in turned.items() if one in ascii_letters}
        self._table = str.maketrans(turned)

    def turned(self, text: str) -> str:
        """Exchange all letters and digits of a text."""
        return text.translate(self._table)


def beyond_ascii(texts: Iterable[str]) -> dict[str, str]:
    """Say what each letter, digit and symbol of these texts becomes that is not ASCII."""
    seen = sorted({one for text in texts if not text.isascii() for one in text if not one.isascii()})
    free = {kind: _free(chain(*ranges), seen) for kind, ranges in _FURTHER.items()}
    turned: dict[str, str] = {}
    for one in seen:
        if one in turned:
            continue
        lower, upper, kind = one.lower(), one.upper(), unicodedata.category(one)
        if lower != upper and len(one.casefold()) == len(lower) == len(upper) == 1:
            other = next(free[_CASED], lower)
            turned |= {one: other.upper(), upper: other.upper(), lower: other}
        elif kind == "Nd":
            zero = ord(one) - unicodedata.decimal(one)
            turned[one] = chr(zero + (unicodedata.decimal(one) + 1) % len(digits))
        elif kind[0] in free:
            turned[one] = next(free[kind[0]], one)
    return turned


def _free(points: Iterable[int], seen: list[str]) -> Iterator[str]:
    lowered = {one.lower() for one in seen}
    return (one for one in map(chr, points) if one not in lowered)
