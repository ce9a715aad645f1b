"""Slips: what is so nearly a word of AWS's that it was meant for it, and gives nobody away."""

from collections.abc import Callable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache


def within_a_slip(text: str, word: str) -> bool:
    """Say whether a text is a word, but for one letter changed, missing or too many, or two neighbours swapped."""
    if abs(len(text) - len(word)) > 1:
        return False
    start = next((place for place, letter in enumerate(word) if text[place : place + 1] != letter), len(word))
    rest, right = text[start:], word[start:]
    if len(text) != len(word):
        return rest[1:] == right if len(text) > len(word) else rest == right[1:]
    return rest[1:] == right[1:] or (rest[:2] == right[1::-1] and rest[2:] == right[2:])


def nearest_word(text: str, words: tuple[str, ...] | frozenset[str]) -> str:
    """Give the one of some words in lower case that a text, in any case, is nearly; empty if there is none."""
    return _nearest(text.lower(), words) if len(text) <= _LONGEST else ""


@lru_cache(maxsize=1024)
def _nearest(lower: str, words: tuple[str, ...] | frozenset[str]) -> str:
    return next(iter(get_close_matches(lower, words, n=1, cutoff=_NEARLY)), "")


_LONGEST = 64
"""Letters: nothing that is near to a word of AWS's has more."""
_NEARLY = 0.8
"""As near as what fixes a misspelt word looks for the right one."""


def without_more(text: str, word: str, hidden: Callable[[str], str]) -> str:
    """Rewrite what a text has besides a word, in lower case, that it is nearly. A single letter is nobody's name."""
    lower = text.lower()
    if within_a_slip(lower, word):
        return text
    if len(lower) != len(text):
        return hidden(text)
    rewritten = more = ""
    foreign = False
    for kind, start, end, *_ in SequenceMatcher(None, lower, word, autojunk=False).get_opcodes():
        if kind == "equal" and end - start >= _LEAST_SHARED:
            rewritten += _without_name(more, hidden, foreign=foreign) + text[start:end]
            more, foreign = "", False
        else:
            more += text[start:end]
            foreign |= kind != "equal" and end > start
    return rewritten + _without_name(more, hidden, foreign=foreign)


_LEAST_SHARED = 3
"""Letters: fewer between those that differ are shared by chance."""


def _without_name(more: str, hidden: Callable[[str], str], *, foreign: bool) -> str:
    return hidden(more) if foreign and sum(map(str.isalnum, more)) > 1 else more
