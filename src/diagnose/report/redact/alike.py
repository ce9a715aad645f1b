"""Which names are alike, so that pseudonyms must be alike in the same way.

A policy compares names with each other as a whole, but also by their beginnings, without regard to case, or by
a part that a variable fills in; and who mistyped one is told so. Names between which such a comparison can make a
difference form one group.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct


def groups(names: Iterable[str], pieces: Iterable[str], related: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Give to each name, or piece of a name, the members of its group. All that are `related` are in one."""
    every = list(dict.fromkeys((*names, *pieces)))
    joined = _Groups(every)
    first: dict[str, str] = {}
    for name in every:
        for likeness in _likenesses(name):
            joined.join(name, first.setdefault(likeness, name))
    known = sorted(set(related) & set(every))
    for name in known:
        joined.join(name, known[0])
    index = Containing(every)
    for piece in pieces:
        for name in index.names(piece):
            joined.join(piece, name)
    return joined.members()


class Stay(Struct, frozen=True):
    """Which pieces of names stay, for they are pieces of AWS's names alone; and which names of AWS's cannot stay.

    The pieces that are `shared` are of AWS's names and of others.
    """

    pieces: frozenset[str]
    given_up: frozenset[str]
    shared: frozenset[str] = frozenset()


def what_stays(
    known: Iterable[str], names: Iterable[str], pieces: Iterable[str], related: Iterable[str] | None
) -> Stay:
    """Tell the pieces of names of AWS, which are `known`, from those of others.

    If not None, those of AWS's names are given up that are `related`, or are like others: if one piece is in both, or
    if they differ in a slip.
    """
    stay, others, every = set(known), dict.fromkeys(names), list(dict.fromkeys(pieces))
    given_up: set[str] = set()
    while stay:
        of_aws, of_others = Containing(stay), Containing(others)
        mine = {piece for piece in every if any(of_aws.names(piece))}
        shared = {piece for piece in mine if any(of_others.names(piece))}
        lost = set()
        if related is not None:
            lost = (
                {name for piece in shared for name in of_aws.names(piece)}
                | _alike(stay, others)
                | (stay & set(related))
            )
        if not lost:
            return Stay(frozenset(mine - shared), frozenset(given_up), frozenset(shared))
        stay -= lost
        given_up |= lost
        others |= dict.fromkeys(sorted(lost))
    return Stay(frozenset(), frozenset(given_up))


def _alike(some: Iterable[str], others: Iterable[str]) -> set[str]:
    likenesses = {likeness for name in others for likeness in _likenesses(name)}
    return {name for name in some if not likenesses.isdisjoint(_likenesses(name))}


class Containing:
    """Finds the names that contain a text, whatever the case of its letters."""

    def __init__(self, names: Iterable[str]) -> None:
        """Index names by three characters in a row."""
        self._names = {name: name.casefold() for name in names}
        self._by_three: dict[str, list[str]] = defaultdict(list)
        for name, folded in self._names.items():
            for three in {folded[place : place + 3] for place in range(len(folded) - 2)}:
                self._by_three[three].append(name)

    def names(self, text: str) -> Iterator[str]:
        """Give them in order."""
        folded = text.casefold()
        candidates = list(self._names)
        if len(folded) >= 3:
            threes = (folded[place : place + 3] for place in range(len(folded) - 2))
            candidates = min([self._by_three.get(three, []) for three in threes], key=len)
        return (name for name in candidates if folded in self._names[name])


_DIGITS = re.compile(r"[0-9 -]{10,18}")


def _likenesses(name: str) -> Iterator[str]:
    """Give what names have in common that somebody may take for the same."""
    folded = name.casefold()
    yield folded
    yield "".join(folded.split())
    if _DIGITS.fullmatch(name):
        digits = re.sub(r"\D", "", name)
        yield digits
        # Of account ids with one digit mistyped, missing or swapped, what is left without it is the same.
        yield from (f"{digits[:place]}_{digits[place + 1 :]}" for place in range(len(digits)))
        yield from (f"{digits[:place]}{digits[place + 1 :]}" for place in range(len(digits)))


class _Groups:
    """Names that are joined, directly or through others."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parents = {name: name for name in names}

    def join(self, one: str, other: str) -> None:
        self._parents[self._first(one)] = self._first(other)

    def members(self) -> Mapping[str, Sequence[str]]:
        by_first: dict[str, list[str]] = defaultdict(list)
        for name in self._parents:
            by_first[self._first(name)].append(name)
        return {name: members for members in by_first.values() for name in members}

    def _first(self, name: str) -> str:
        while (parent := self._parents[name]) != name:
            self._parents[name] = self._parents[parent]
            name = parent
        return name
