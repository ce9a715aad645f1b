"""Slips: what is so nearly a word of AWS's that it was meant for it, and gives nobody away."""

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches


def within_a_slip(text: str, word: str) -> bool:
    """Say whether a text is a word, but for one letter changed, missing or too many, or two neighbours swapped."""
    if abs(len(text) - len(word)) > 1:
        return False
    start = next((place for place, letter in enumerate(word) if text[place : place + 1] != letter), len(word))
    rest, right = text[start:], word[start:]
    if len(text) != len(word):
        return rest[1:] == right if len(text) > len(word) else rest == right[1:]
    return rest[1:] == right[1:] or (rest[:2] == right[1::-1] and rest[2:] == right[2:])


def nearest_word(text: str, words: Iterable[str]) -> str:
    """Give the word, in lower case, that a text is nearly, whatever its capitalization; empty if there is none."""
    return next(iter(get_close_matches(text.lower(), [word.lower() for word in words], n=1, cutoff=_NEARLY)), "")


_NEARLY = 0.8
"""As near as what fixes a misspelt word looks for the right one."""


def without_more(text: str, word: str, hidden: Callable[[str], str]) -> str:
    """Rewrite what a text has besides a word, in lower case, that it is nearly. A single letter is nobody's name."""
    lower = text.lower()
    if len(lower) != len(text):
        return hidden(text)
    rewritten = ""
    for kind, start, end, *_ in SequenceMatcher(None, lower, word, autojunk=False).get_opcodes():
        mine = text[start:end]
        rewritten += mine if kind == "equal" or sum(map(str.isalnum, mine)) < _LEAST_OF_A_NAME else hidden(mine)
    return rewritten


_LEAST_OF_A_NAME = 2
