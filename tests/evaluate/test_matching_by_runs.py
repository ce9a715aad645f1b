"""Patterns are compared run by run: as a regular expression would, whatever their number of wildcards."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.evaluate.pattern import glob


@given(st.text("ab*?", max_size=9), st.text("ab", max_size=9))
def test_a_pattern_takes_what_its_expression_takes(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(letter, letter) for letter in pattern)
    assert glob(pattern)(text) is (re.fullmatch(expression, text, re.DOTALL) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        ("?b" * 50_000, "ab" * 50_000, True),
        ("?b" * 50_000, "ab" * 49_999 + "aa", False),
        ("a*" * 50_000, "a" * 50_000, True),
        ("a*" * 50_000 + "b", "a" * 60_000, False),
    ],
    ids=["letters that may be any", "one letter that may not", "as many runs as letters", "no end"],
)
def test_a_pattern_as_long_as_a_document_is_compared(pattern: str, text: str, *, taken: bool) -> None:
    assert glob(pattern)(text) is taken
