"""JSON, read for its values or for how it was written: one text, and the same values whoever reads it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.model.json_text import (
    Node,
    Number,
    Object,
    Repeated,
    indented,
    parse,
    read_json,
    read_once,
    repeated_keys,
)

keys = st.sampled_from(["a", "b", "c", "", 'q"', "é", "\\", "\n"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(['"', '"":'])


class Pairs(list[tuple[str, Any]]):
    """An object as it is written, with every key that stands in it."""


every_reader = pytest.mark.parametrize(
    "reader", [lambda text: read_json(text.encode()), parse, read_once], ids=["values", "as written", "once"]
)
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


def as_read(node: Node) -> Any:
    """Give what was read as it was written the way the generator has it."""
    if isinstance(node, Object):
        return Pairs((key, as_read(value)) for key, value in node.members)
    if isinstance(node, list):
        return [as_read(each) for each in node]
    return json.loads(node) if isinstance(node, Number) else node


@given(values, st.booleans())
def test_whoever_reads_json_reads_the_same_values(value: Any, ascii_only: bool) -> None:
    text = written(value, ascii_only=ascii_only)
    node = parse(text)
    assert repr(as_read(node)) == repr(value)
    assert expected(as_read(node)) == told(read_json(text.encode()))


@given(values, st.booleans())
def test_json_that_repeats_a_key_is_not_read_once(value: Any, ascii_only: bool) -> None:
    text = written(value, ascii_only=ascii_only)
    if repeats(value):
        with pytest.raises(ValueError, match="repeats a key"):
            read_once(text)
    else:
        assert told(read_once(text)) == told(read_json(text.encode()))


def repeats(value: Any) -> bool:
    if isinstance(value, Pairs):
        return len({key for key, _ in value}) < len(value) or any(repeats(each) for _, each in value)
    return isinstance(value, list) and any(map(repeats, value))


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


@pytest.mark.parametrize("text", ["", "{", "[1,]", '{"a":1}x', "{'a': 1}", '"\t"', "\ufeff1", "01"])
@pytest.mark.parametrize(
    "reader", [lambda text: read_json(text.encode()), parse, read_once], ids=["values", "node", "once"]
)
def test_what_is_no_json_is_refused_in_the_words_of_json(text: str, reader: Callable[[str], object]) -> None:
    with pytest.raises(json.JSONDecodeError) as refused:
        reader(text)
    with pytest.raises(json.JSONDecodeError) as as_usual:
        json.JSONDecoder().decode(text)
    assert str(refused.value) == str(as_usual.value)


@pytest.mark.parametrize(
    "reader", [lambda text: read_json(text.encode()), parse, read_once], ids=["values", "node", "once"]
)
def test_what_is_nested_too_deeply_is_refused_as_json_does(reader: Callable[[str], object]) -> None:
    with pytest.raises(RecursionError):
        reader("[" * 100_000 + "]" * 100_000)


def test_only_where_it_is_not_strict_a_text_may_hold_control_characters() -> None:
    assert parse('{"a": "\n"}', strict=False) == Object([("a", "\n")])
    with pytest.raises(ValueError, match="control character"):
        parse('{"a": "\n"}')


def test_numbers_keep_their_digits_where_they_are_read_as_written() -> None:
    assert parse('{"n": 1.50e3}') == Object([("n", Number("1.50e3"))])
    assert parse("9" * 5000) == Number("9" * 5000)


def test_an_object_without_repetitions_is_a_plain_one() -> None:
    assert not isinstance(read_json(b'{"a": {"a": 1}, "b": [{"a": 1}]}'), Repeated)


@pytest.mark.parametrize(
    "reader", [lambda text: read_json(text.encode()), parse, read_once], ids=["values", "node", "once"]
)
def test_only_what_is_nested_by_brackets_outside_of_texts_is_too_deep(reader: Callable[[str], object]) -> None:
    with pytest.raises(RecursionError):
        reader("[" * 101 + "]" * 101)
    with pytest.raises(RecursionError):
        reader('["]",' * 101 + "1" + ',"["]' * 101)
    reader("[" * 100 + "]" * 100)
    reader('["' + "[{" * 200 + '"]')
    reader('["\\"' + "[{" * 200 + '"]')


@given(values)
@example({"half a letter": "\ud800", "no number of JSON": float("inf")})
def test_json_is_indented_as_python_would(value: object) -> None:
    assert indented(value, 2) == json.dumps(value, indent=2)
