"""The texts that patterns accept, and one text for every way in which they can accept together."""

from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

from diagnose.evaluate.pattern import Piece

_MOST_STEPS = 20_000
_MOST_PLACES = 2_000
_FILLERS = "xyzqvw0123456789"

Vector: TypeAlias = tuple[bool, ...]
"""Which of several languages a text belongs to."""


class Language:
    """The texts that one pattern accepts, as an automaton whose states are the places in the pattern.

    A set of states is a bit mask. `stays` and `goes` hold, for every place, the letters (None: any) on which the
    automaton stays there or goes on; where `colon` is false, a wildcard takes anything but a colon.
    """

    __slots__ = ("final", "fold", "places", "start")

    def __init__(self, pieces: Sequence[Piece], *, arn: bool = False, fold: bool = False) -> None:
        """Build the automaton of a text whose parts may hold wildcards; in an ARN they mind the first five colons."""
        self.fold = fold
        self.places: list[tuple[str, str, bool]] = []
        colons = 0
        for text, wild in pieces:
            for letter in text:
                kind = letter if wild and letter in "*?" else "="
                self.places.append((kind, letter.casefold() if fold else letter, not arn or colons >= 5))
                colons += letter == ":"
        self.final = 1 << len(self.places)
        self.start = self._closed(1)

    @property
    def letters(self) -> set[str]:
        """The letters that the pattern tells apart, in both cases where it does not mind case."""
        letters = {letter for kind, letter, _ in self.places if kind == "="}
        return letters | {letter.swapcase() for letter in letters} if self.fold else letters

    def step(self, states: int, letter: str) -> int:
        """Read one letter."""
        letter = letter.casefold() if self.fold else letter
        reached, place = 0, 0
        while states:
            if states & 1 and place < len(self.places):
                kind, wanted, colon = self.places[place]
                if kind == "=":
                    reached |= (letter == wanted) << (place + 1)
                elif colon or letter != ":":
                    reached |= 1 << (place if kind == "*" else place + 1)
            states, place = states >> 1, place + 1
        return self._closed(reached)

    def _closed(self, states: int) -> int:
        """Add the places that are reached without reading: behind a `*`, which may stand for nothing."""
        for place, (kind, _, _) in enumerate(self.places):
            if kind == "*" and states >> place & 1:
                states |= 1 << (place + 1)
        return states


def witnesses(languages: Sequence[Language], within: Sequence[Language]) -> dict[Vector, str] | None:
    """Find a shortest text for every combination of languages that some text `within` all others belongs to.

    None where there are too many combinations to find them all.
    """
    every = (*languages, *within)
    if sum(len(language.places) for language in every) > _MOST_PLACES:
        return None
    start = tuple(language.start for language in every)
    alphabet = _alphabet(every)
    found: dict[Vector, str] = {}
    seen = {start}
    queue = deque([(start, "")])
    steps = 0
    while queue:
        states, text = queue.popleft()
        accepted = tuple(bool(state & language.final) for state, language in zip(states, every, strict=True))
        if all(accepted[len(languages) :]):
            found.setdefault(accepted[: len(languages)], text)
        for letter in alphabet:
            steps += 1
            if steps > _MOST_STEPS:
                return None
            following = tuple(language.step(state, letter) for language, state in zip(every, states, strict=True))
            if following not in seen and all(following[len(languages) :]):
                seen.add(following)
                queue.append((following, text + letter))
    return found


def _alphabet(languages: Sequence[Language]) -> tuple[str, ...]:
    """Give the letters that make a difference, a colon, and one that stands for all the others."""
    letters = {":"}.union(*(language.letters for language in languages))
    other = next((letter for letter in _FILLERS if letter not in letters), "\N{BULLET}")
    return (other, *sorted(letters))
