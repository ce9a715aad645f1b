"""How many of a kind a report names: nobody reads the hundredth, and each cause would name them all again."""

from collections.abc import Iterable

MOST_IN_FULL = 20
"""Causes that are told in full; whoever has removed so many runs xdiag again."""

_MOST = 8


def first_of_many(words: Iterable[str]) -> tuple[str, ...]:
    """Name the first of many, and count the others."""
    every = tuple(words)
    return every if len(every) <= _MOST + 1 else (*every[:_MOST], f"{len(every) - _MOST:,} more")
