"""What was made of the latest texts: many findings point into the same few documents.

It stands apart from what deciding remembers, which `report` does not see; and it forgets sooner.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_MOST_LETTERS = 400_000
"""Of all the texts together. The lines and places of a text take 40 to 130 times as much memory."""

Made = TypeVar("Made")


def of_latest_texts(function: Callable[[str], Made]) -> Callable[[str], Made]:
    """Let a function remember what it gave for the latest texts; of one that is longer than all may be, only that."""
    return _OfLatestTexts(function)


class _OfLatestTexts(Generic[Made]):
    """What a function gave, by the text, that which was asked for last at the end."""

    __slots__ = ("_function", "_letters", "_made")

    def __init__(self, function: Callable[[str], Made]) -> None:
        self._function = function
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._letters = 0

    def __call__(self, text: str) -> Made:
        if text in self._made:
            self._made.move_to_end(text)
            return self._made[text]
        made = self._made[text] = self._function(text)
        self._letters += len(text)
        while self._letters > _MOST_LETTERS and len(self._made) > 1:
            forgotten, _ = self._made.popitem(last=False)
            self._letters -= len(forgotten)
        return made
