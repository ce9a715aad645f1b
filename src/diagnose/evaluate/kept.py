"""What is kept of what was worked out, so that it need not be worked out again.

A batch may bring the same side or document a million times, or a million of them once each. What comes for the first
time is therefore only marked; it is kept when it comes again. Memory stays bounded either way.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

_MOST_KEPT = 10_000
_MOST_MARKED = 100_000
_MOST_BESIDE = 100
V = TypeVar("V")


class Kept(Generic[V]):
    """Values by the content that they were made of."""

    __slots__ = ("_marked", "_values")

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[Hashable, V] = {}
        self._marked: set[int] = set()

    def find(self, content: Hashable) -> V | None:
        """Give a value that was kept."""
        return self._values.get(content)

    def offer(self, content: Hashable, value: V) -> V:
        """Take a value that was made, and keep it if one of this content was offered before."""
        mark = hash(content)
        if mark in self._marked:
            if len(self._values) >= _MOST_KEPT:
                self._values.clear()
            self._values[content] = value
        else:
            if len(self._marked) >= _MOST_MARKED:
                self._marked.clear()
            self._marked.add(mark)
        return value


def keep_beside(beside: dict[str, V | None], key: str, value: V) -> V:
    """Keep a value in the `__dict__` of the object that it was made of, if one was made of it before.

    It goes when its object does, so it must not hold the object itself, which would keep it from going. Some objects
    are everybody's, such as what stands for a side of which nothing is known, so this is bounded as well.
    """
    came_before = key in beside
    if len(beside) >= _MOST_BESIDE:
        beside.clear()
    beside[key] = value if came_before else None
    return value
