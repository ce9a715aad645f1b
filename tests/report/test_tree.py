import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.report.snippet import page_of

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 10**20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(_values)
def test_a_document_is_printed_like_json_with_an_indent_of_two(value: object) -> None:
    printed = "\n".join(page_of(json.dumps(value)).lines)
    assert json.loads(printed) == value
    plainly = json.dumps(value, indent=2, ensure_ascii=False)
    if plainly.isascii() and plainly.replace("\n", "").isprintable():
        assert printed == plainly


@given(_values)
def test_every_value_stands_where_its_span_says(value: object) -> None:
    shown = page_of(json.dumps(value))
    for pointer, span in shown.spans.items():
        there = shown.lines[span.line - 1][span.column - 1 :][: span.width]
        held = _resolved(value, pointer)
        if isinstance(held, dict | list) and held:
            token = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            assert there in ("{", "[") or json.loads(there) == token
        elif not isinstance(held, dict | list):
            assert json.loads(there) == held


def test_keys_keep_their_order_and_a_duplicate_key_is_shown_twice() -> None:
    assert page_of('{"b": 1, "a": 2, "b": 3}').lines == ("{", '  "b": 1,', '  "a": 2,', '  "b": 3', "}")


def test_numbers_keep_their_digits() -> None:
    assert page_of('{"n": 1.50e3}').lines == ("{", '  "n": 1.50e3', "}")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param('{"a": 1,\n "b" 2}', 2, 6, id="a colon is missing"),
        pytest.param("", 1, 1, id="nothing at all"),
        pytest.param("\ufeff{}", 1, 1, id="a byte order mark"),
        pytest.param('{"\u202e": x}', 1, 12, id="after a character that is shown as its escape"),
        pytest.param("[" * 100_000, 1, 1, id="nested too deep"),
    ],
)
def test_text_that_is_no_json_points_at_where_reading_failed(text: str, line: int, column: int) -> None:
    shown = page_of(text)
    assert shown.broken
    assert (shown.spans[""].line, shown.spans[""].column) == (line, column)


def test_an_empty_object_is_printed_in_one_line() -> None:
    assert page_of('{"a": {}, "b": []}').lines == ("{", '  "a": {},', '  "b": []', "}")


def _resolved(value: object, pointer: str) -> object:
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[name]
        elif isinstance(value, list):
            value = value[int(name)]
    return value
