"""What is kept of what was worked out, so that it need not be worked out again.

A batch may bring the same side or document a million times, or a million of them once each. What comes for the first
time is therefore only marked; it is kept when it comes again. Memory stays bounded either way.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_MOST_KEPT = 10_000
_MOST_MARKED = 100_000
V = TypeVar("V")


class Kept(Generic[V]):
    """Values by keys.

    A key may be the identity of what a value was made of, `id(it)`, if that is large or not hashable. It must then be
    kept `alive` with the value, so that its identity cannot pass to another object.
    """

    __slots__ = ("_marked", "_values")

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[Hashable, tuple[object, V]] = {}
        self._marked: set[int] = set()

    def find(self, key: Hashable) -> V | None:
        """Give a value that was kept."""
        kept = self._values.get(key)
        return None if kept is None else kept[1]

    def make(self, key: Hashable, make: Callable[[], V], *, alive: object = None) -> V:
        """Make a value, and keep it if one was made for this key before."""
        value, mark = make(), hash(key)
        if mark in self._marked:
            if len(self._values) >= _MOST_KEPT:
                self._values.clear()
            self._values[key] = (alive, value)
        else:
            if len(self._marked) >= _MOST_MARKED:
                self._marked.clear()
            self._marked.add(mark)
        return value
