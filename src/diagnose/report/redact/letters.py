"""Letters and digits that change places, so that texts keep their shape: length, case, signs, what they share.

Lower and upper case of a letter stay a pair, digits stay digits (a zero a zero, so that a number stays one),
hexadecimal digits stay such where it matters. No other letter or digit stays itself, unless it is kept, or all others
of its sort are.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from string import ascii_letters, digits

_HEXADECIMAL = ("abcdef", "ghijklmnopqrstuvwxyz", "123456789")
_ANY = ("abcdefghijklmnopqrstuvwxyz", "123456789")
_FURTHER = {
    "cased": (*map(chr, range(0x430, 0x450)), *map(chr, range(0x3B1, 0x3C2)), *map(chr, range(0x561, 0x587))),
    "uncased": tuple(map(chr, range(0x4E00, 0x4F00))),
    "symbol": tuple(map(chr, range(0x25A0, 0x2600))),
}
"""What stands for characters beyond ASCII, by what they are."""


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
    free = {kind: _free(characters, seen) for kind, characters in _FURTHER.items()}
    turned: dict[str, str] = {}
    for one in seen:
        if one in turned:
            continue
        match unicodedata.category(one):
            case "Ll" | "Lu" | "Lt" if len(one.casefold()) == len(one.lower()) == len(one.upper()) == 1:
                other = next(free["cased"], one.lower())
                turned |= {one.lower(): other, one.upper(): other.upper()}
            case "Lo":
                turned[one] = next(free["uncased"], one)
            case "Nd":
                zero = ord(one) - unicodedata.decimal(one)
                turned[one] = chr(zero + (unicodedata.decimal(one) + 1) % len(digits))
            case "So" | "Sm" | "Sc" | "Sk":
                turned[one] = next(free["symbol"], one)
    return turned


def _free(characters: Iterable[str], seen: list[str]) -> Iterator[str]:
    lowered = {one.lower() for one in seen}
    return (one for one in characters if one not in lowered)
