"""The texts that patterns accept, as automata, and an example of each kind that several of them tell apart."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from diagnose.evaluate.effort import Effort
from diagnose.evaluate.pattern import Fragment


class Language:
    """The texts that one pattern accepts, as an automaton whose states are the places in the pattern.

    A set of states is a bit mask, and so is a set of places: those where a letter is wanted, any one letter, or any
    letters. In an ARN some wildcards do not accept a colon.
    """

    __slots__ = ("any", "final", "fold", "many", "no_colon", "places", "size", "start")

    def __init__(self, fragments: Sequence[Fragment], *, arn: bool = False, fold: bool = False) -> None:
        """`arn`: before the fifth colon no wildcard accepts one. `fold`: without regard to case."""
        self.fold = fold
        self.places: dict[str, int] = {}
        self.any = self.many = self.no_colon = 0
        self.size = colons = 0
        for text, wild in fragments:
            for letter in text:
                place = 1 << self.size
                if wild and letter in "*?":
                    if letter == "*":
                        self.many |= place
                    else:
                        self.any |= place
                    if arn and colons < 5:
                        self.no_colon |= place
                else:
                    wanted = letter.casefold() if fold else letter
                    self.places[wanted] = self.places.get(wanted, 0) | place
                self.size += 1
                colons += letter == ":"
        self.final = 1 << self.size
        self.start = _closed(1, self.many)

    @property
    def letters(self) -> set[str]:
        """The letters that the pattern tells apart, in both cases where it does not mind case."""
        letters = set(self.places)
        return letters | {letter.swapcase() for letter in letters} if self.fold else letters

    def wanting(self, letter: str) -> int:
        """Give the places where a letter is wanted."""
        return self.places.get(letter.casefold() if self.fold else letter, 0)

    def step(self, states: int, letter: str) -> int:
        """Read one letter."""
        wild = states & ~self.no_colon if letter == ":" else states
        return _closed((states & self.wanting(letter) | wild & self.any) << 1 | wild & self.many, self.many)


LanguageTest: TypeAlias = tuple[bool, Sequence[Language]]
"""A test that is true of the texts in some of the languages, or if it is negated of those in none."""

Membership: TypeAlias = tuple[bool, ...]
"""The answers to several questions about a text: each whether some of its tests is true."""


MOST_STATES = 40_000
"""States of all languages together, up to which examples are looked for."""


def example_texts(
    questions: Sequence[Sequence[LanguageTest]], within: Sequence[Language], effort: Effort
) -> dict[Membership, str] | None:
    """Find a shortest text for all answers to the questions that some text `within` all others has.

    None where there are too many to find them all, or the `effort` does not suffice: a step reads a letter.
    """
    languages = [*within, *(language for tests in questions for _, some in tests for language in some)]
    if sum(language.size + 1 for language in languages) > MOST_STATES:
        return None
    together = _Together(languages)
    finals = iter(together.finals)
    must = [next(finals) for _ in within]
    asked = [[(negated, sum(next(finals) for _ in some)) for negated, some in tests] for tests in questions]
    alive = together.spans[: len(within)]
    every_answer = 2 ** len(questions)
    every_final = sum(together.finals)
    accepted: set[int] = set()
    examples: dict[Membership, str] = {}
    seen = {together.start}
    queue = deque([(together.start, "")])
    while queue:
        states, text = queue.popleft()
        final_states = states & every_final
        if final_states not in accepted and all(final_states & final for final in must):
            accepted.add(final_states)
            answers = tuple(any(bool(states & final) is not negated for negated, final in tests) for tests in asked)
            if answers not in examples:
                examples[answers] = text
                if len(examples) == every_answer:
                    break
                if len(examples) > _MOST_EXAMPLES:
                    return None
        if not _spend_on_each(len(together.alphabet), together.effort, effort):
            return None
        for letter, following in together.steps(states):
            if following in seen:
                continue
            for span in alive:
                if not following & span:
                    break
            else:
                seen.add(following)
                queue.append((following, text + letter))
    return examples


_MOST_EXAMPLES = 256
_PLACES_IN_ONE_EFFORT = 500
_FILLERS = "xyzqvw0123456789"


def _spend_on_each(many: int, steps: int, effort: Effort) -> bool:
    """Take so many steps for each of many, up to the first for which they do not suffice."""
    affordable = max(0, effort.left // steps)
    return effort.spend(steps * min(many, affordable + 1))


class _Together:
    """Several automata side by side in one bit mask, so that a letter is read by them all at once.

    `finals` and `spans` have the final state and all states of each.
    """

    def __init__(self, languages: Sequence[Language]) -> None:
        self.finals: list[int] = []
        self.spans: list[int] = []
        self.start = self._any = self._many = self._no_colon = self.size = 0
        self.alphabet = _alphabet(languages)
        self._wanting = dict.fromkeys(self.alphabet, 0)
        for language in languages:
            shift = self.size
            self.finals.append(language.final << shift)
            self.spans.append(((language.final << 1) - 1) << shift)
            self.start |= language.start << shift
            self._any |= language.any << shift
            self._many |= language.many << shift
            self._no_colon |= language.no_colon << shift
            for letter in self.alphabet if language.fold else language.letters:
                self._wanting[letter] |= language.wanting(letter) << shift
            self.size += language.size + 1
        self.effort = 1 + self.size // _PLACES_IN_ONE_EFFORT

    def steps(self, states: int) -> Iterator[tuple[str, int]]:
        """Read each letter of the alphabet, but for those that come to the same as one before them."""
        many, wild = self._many, states & self._any
        other, *letters = self.alphabet
        any_letter = _closed(wild << 1 | states & many, many)
        yield other, any_letter
        wanting = self._wanting
        for letter in letters:
            wanted = states & wanting[letter]
            if letter == ":":
                free = ~self._no_colon
                yield letter, _closed((wanted | wild & free) << 1 | states & free & many, many)
            elif wanted:
                ahead = wanted << 1
                yield letter, any_letter | (_closed(ahead, many) if ahead & many else ahead)


def _closed(states: int, many: int) -> int:
    """Add the places that are reached without reading: behind a `*`, which may stand for nothing."""
    while (closed := states | (states & many) << 1) != states:
        states = closed
    return states


def _alphabet(languages: Sequence[Language]) -> tuple[str, ...]:
    """Give the letters that make a difference, a colon, and one that stands for all the others."""
    letters = {":"}.union(*(language.letters for language in languages))
    other = next((letter for letter in _FILLERS if letter not in letters), "\N{BULLET}")
    return (other, *sorted(letters))
