"""How many of a kind a report names: nobody reads the hundredth, and each cause would name them all again."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from diagnose.report.blocks import Block, Bullets, Paragraph

MOST_IN_FULL = 20
"""Causes that are told in full; whoever has removed so many runs xdiag again."""

MOST_LISTED = 60
"""Things of one kind that a list holds."""

_MOST = 8
_Listed = TypeVar("_Listed")


def first_listed(items: Sequence[_Listed], words: Callable[[_Listed], str]) -> tuple[Block, ...]:
    """List the first of many, and count the others."""
    bullets = Bullets(tuple(map(words, items[:MOST_LISTED])))
    return (bullets, *and_more(len(items)))


def and_more(many: int, things: str = "") -> tuple[Block, ...]:
    """Count what is left out of a list of so many."""
    more = many - MOST_LISTED
    if more <= 0:
        return ()
    return (Paragraph(f"And {more:,} more{f' {things}' + 's' * (more > 1) if things else ''} like these."),)


def first_of_many(words: Iterable[str], most: int = _MOST) -> tuple[str, ...]:
    """Name the first of many, and count the others."""
    every = tuple(words)
    return every if len(every) <= most + 1 else (*every[:most], f"{len(every) - most:,} more")
