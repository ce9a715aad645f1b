"""Values of a document: read as `json` reads them, with the keys that are repeated and the place of every text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.evaluate.values import Repeated, Texts, read_json, repeated_keys

keys = st.sampled_from(["a", "b", "c", "", 'q"', "é", "\\", "\n"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(['"', '"":'])


class Pairs(list[tuple[str, Any]]):
    """An object as it is written, with every key that stands in it."""


values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=4).map(Pairs),
    max_leaves=12,
)


def written(value: Any, *, ascii_only: bool) -> str:
    if isinstance(value, Pairs):
        inner = (f"{json.dumps(k, ensure_ascii=ascii_only)} : {written(v, ascii_only=ascii_only)}" for k, v in value)
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each, ascii_only=ascii_only) for each in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def told(value: Any) -> Any:
    """Give a value with the repeated keys of each of its objects."""
    if isinstance(value, dict):
        return repeated_keys(value), {key: told(each) for key, each in value.items()}
    return [told(each) for each in value] if isinstance(value, list) else repr(value)


def expected(value: Any) -> Any:
    if isinstance(value, Pairs):
        names = [key for key, _ in value]
        repeated = tuple(sorted({name for name in names if names.count(name) > 1}))
        return repeated, {key: expected(each) for key, each in value}
    return [expected(each) for each in value] if isinstance(value, list) else repr(value)


@given(values, st.booleans())
def test_json_is_read_with_every_key_that_is_repeated(value: Any, ascii_only: bool) -> None:
    assert told(read_json(written(value, ascii_only=ascii_only).encode())) == expected(value)


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        pytest.param('{"a":1,"a":1}', ("a",), id="the same value twice"),
        pytest.param('{"a":1,"a":"\\u0022"}', ("a",), id="an escaped quotation mark where a key was lost"),
        pytest.param('{"a":1,"a":1,"b":"\\u0022\\u0022"}', ("a",), id="as many as the lost key had"),
        pytest.param('{"a":1,"\\u0061":2}', ("a",), id="a key that is escaped once"),
        pytest.param('{"a":"\\"","b":1}', (), id="an escaped quotation mark and no key lost"),
    ],
)
def test_escapes_hide_no_key(text: str, repeated: tuple[str, ...]) -> None:
    assert repeated_keys(read_json(text.encode())) == repeated


@pytest.mark.parametrize("text", ["NaN", "1e400", '"\\ud800"', "[1.0, -0.0, 123456789012345678901234567890]", " 1 "])
def test_what_only_json_takes_is_read_all_the_same(text: str) -> None:
    assert repr(read_json(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", "[1,]", '{"a":1}x', "{'a': 1}", '"\t"'])
def test_what_is_no_json_is_refused_in_the_words_of_json(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as refused:
        read_json(text.encode())
    with pytest.raises(json.JSONDecodeError) as as_usual:
        json.loads(text)
    assert str(refused.value) == str(as_usual.value)


def test_an_object_without_repetitions_is_a_plain_one() -> None:
    assert not isinstance(read_json(b'{"a": {"a": 1}, "b": [{"a": 1}]}'), Repeated)


def test_each_text_has_its_place() -> None:
    assert list(Texts(("a",), "/here", alone=True)) == [("a", "/here")]
    assert list(Texts(("a", "b"), "/here", alone=False)) == [("a", "/here/0"), ("b", "/here/1")]
    assert list(Texts((), "/here", alone=False)) == []
