"""The automata that example texts are found with, against the matchers that decide."""

from itertools import product

import pytest

from diagnose.evaluate.effort import Effort
from diagnose.evaluate.language import Language, example_texts
from diagnose.evaluate.pattern import Fragment, arn_glob, fragments_glob

TEXTS = ["".join(letters) for size in range(5) for letters in product("ab:*", repeat=size)]


def accepts(language: Language, text: str) -> bool:
    states = language.start
    for letter in text:
        states = language.step(states, letter)
    return bool(states & language.final)


@pytest.mark.parametrize(
    "pattern", ["", "a", "*", "?", "a*", "*a", "a*b", "a?", "?*", "**", "*a*b*", "a**?b", "a:*", "**a"]
)
@pytest.mark.parametrize("wild", [True, False])
def test_an_automaton_accepts_what_the_matcher_of_its_pattern_matches(pattern: str, wild: bool) -> None:
    fragments: tuple[Fragment, ...] = ((pattern, wild),)
    matches = fragments_glob(fragments, arn=False)
    assert matches is not None
    language = Language(fragments)
    assert [text for text in TEXTS if accepts(language, text) is not matches(text)] == []


@pytest.mark.parametrize("pattern", ["a:*:b:*:*:*", "*:*:*:*:*:?", "a:?:*b::c:d*", "a*:b:c:d:e:f:*", "a:b:c:d:e:?*:g"])
def test_in_an_arn_wildcards_accept_a_colon_only_behind_the_fifth(pattern: str) -> None:
    matches = arn_glob(pattern)
    assert matches is not None
    language = Language(((pattern, True),), arn=True)
    parts = ["", "a", "b", "ab"]
    texts = [":".join((*some, *rest)) for some in product(parts, repeat=3) for rest in product(("b", "c:d"), repeat=3)]
    texts += [
        "a:b:c:d:e:f:g",
        "a:b:c:d:e:f",
        "a:b:b:d:e:f",
        "a:b:c:d:e:x:f:g",
        "ax:b:c:d:e:f:",
        "a:x:b:y:z:v",
        "a:x:xb::c:d",
    ]
    assert [text for text in texts if accepts(language, text) is not matches(text)] == []


def test_an_automaton_without_regard_to_case_accepts_either() -> None:
    language = Language((("Ab", True),), fold=True)
    assert [text for text in ("ab", "AB", "aB", "a", "abb") if accepts(language, text)] == ["ab", "AB", "aB"]
    assert language.letters == {"a", "A", "b", "B"}


def test_there_is_a_shortest_text_for_every_combination_that_has_one() -> None:
    starts, ends = Language((("a*", True),)), Language((("*b", True),))
    not_empty = Language((("?*", True),))
    assert example_texts([[(False, [starts])], [(False, [ends])]], [not_empty], Effort(20_000)) == {
        (True, True): "ab",
        (True, False): "a",
        (False, True): "b",
        (False, False): "x",
    }


def test_too_long_a_pattern_is_not_looked_through() -> None:
    assert example_texts([[(False, [Language((("a" * 3000, True),))])]], [], Effort(20_000)) is None
