"""JSON pointers: what is joined is split again, whatever the keys are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.model.pointer import below, escaped, parent, split

# RFC 6901, section 5, but for the pointer to the whole document.
RFC = {
    "/foo": ["foo"],
    "/foo/0": ["foo", "0"],
    "/": [""],
    "/a~1b": ["a/b"],
    "/c%d": ["c%d"],
    "/e^f": ["e^f"],
    "/ ": [" "],
    "/m~0n": ["m~n"],
    "/~01": ["~1"],
}


@pytest.mark.parametrize(("pointer", "tokens"), RFC.items())
def test_a_pointer_is_split_as_the_standard_says(pointer: str, tokens: list[str]) -> None:
    assert split(pointer) == tokens
    assert below("", *tokens) == pointer


def test_the_empty_pointer_leads_to_the_whole_document() -> None:
    assert split("") == []
    assert below("") == ""


@given(st.lists(st.text("~/01ab-", max_size=4), max_size=4), st.text("~/01ab-", max_size=4))
def test_splitting_undoes_joining(tokens: list[str], last: str) -> None:
    pointer = below("", *tokens)
    assert split(pointer) == tokens
    assert parent(below(pointer, last)) == (pointer, last)
    assert f"{pointer}/{escaped(last)}" == below(pointer, last)
