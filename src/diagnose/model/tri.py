"""Three-valued answers (Kleene's strong logic of indeterminacy)."""

from collections.abc import Iterable
from enum import IntEnum


class Tri(IntEnum):
    """An answer that may be unknown, ordered `NO < UNKNOWN < YES`."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __invert__(self) -> "Tri":
        """Mirror the answer; what is unknown stays unknown."""
        return _MIRROR[self]

    @property
    def word(self) -> str:
        """The answer as facts, rules and JSON write it."""
        return self.name.lower()


NO, UNKNOWN, YES = Tri.NO, Tri.UNKNOWN, Tri.YES
_MIRROR = (YES, UNKNOWN, NO)


def all_of(answers: Iterable[Tri]) -> Tri:
    """Kleene's AND: the least answer, YES when there is none to give."""
    least = YES
    for answer in answers:
        if answer is NO:
            return NO
        if answer is UNKNOWN:
            least = UNKNOWN
    return least


def any_of(answers: Iterable[Tri]) -> Tri:
    """Kleene's OR: the greatest answer, NO when there is none to give."""
    greatest = NO
    for answer in answers:
        if answer is YES:
            return YES
        if answer is UNKNOWN:
            greatest = UNKNOWN
    return greatest


def tri(answer: bool) -> Tri:
    """Lift an answer that is certain."""
    return YES if answer else NO
