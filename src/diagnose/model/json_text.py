"""JSON read for its values, or for how it was written: in which order, in which digits, with which keys repeated.

INVARIANT: all that is read here are the same values. What is decided of a policy, edited in it and shown of it must not
depend on who reads it.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct


class Number(str):
    """A number in the digits it was written with."""

    __slots__ = ()


class Object(Struct):
    """A JSON object as it was written: its members in order, a repeated key as often as it stands there."""

    members: list[tuple[str, "Node"]]


Node: TypeAlias = "Object | list[Node] | str | bool | None"
"""A JSON value as it was written. A `Number` is a string of its own kind."""


class Repeated(dict[str, object]):
    """The values of an object in which a key stands more than once, the last of each; `keys_repeated` names them."""

    keys_repeated: tuple[str, ...] = ()


UNSURE = object()
"""What JSON holds in which a key may be repeated."""


def parse(text: str, *, strict: bool = True) -> Node:
    """Read JSON as it was written. Raises ValueError as `json` does, and RecursionError from a depth on.

    Unless it is `strict`, texts may hold control characters.
    """
    _refuse_depth(text)
    node: Node = (_AS_WRITTEN if strict else _AS_WRITTEN_LENIENT).decode(text)
    return node


def read_json(content: bytes) -> object:
    """Read JSON; an object that repeats keys remembers which. Raises ValueError and RecursionError as `parse`."""
    read = _once_in_each(content, _decode_shallow)
    if read is not UNSURE:
        return read
    _refuse_depth(content)
    read = read_at_once(content)
    return _WITH_REPETITION.decode(content.decode("utf-8", "replace")) if read is UNSURE else read


def read_once(text: str) -> object:
    """Read JSON in which no object repeats a key. Raises ValueError where one does, and else as `read_json`."""
    _refuse_depth(text)
    read = read_at_once(text.encode("utf-8", "surrogatepass"))
    return _WITHOUT_REPETITION.decode(text) if read is UNSURE else read


def read_at_once(content: bytes) -> object:
    """Read JSON in which certainly no object repeats a key; UNSURE for everything else."""
    return _once_in_each(content, _decode)


def _once_in_each(content: bytes, decode: Callable[[bytes], object]) -> object:
    """Read JSON in which every key certainly stands once in each object; UNSURE for everything else.

    msgspec reads much sooner than `json`, but drops what a later key of the same name replaces. Nothing was dropped if
    the same is left when all is written again, but for blanks between the texts. Nor was it if as many quotation marks
    are left, two of every key; only escapes could make up for some that are missing.
    """
    try:
        read = decode(content)
    except (ValueError, RecursionError):
        return UNSURE
    again = encode_json(read)
    if again == content or again == content.translate(None, _BLANKS):
        return read
    # `in` costs ten times as much: it first tries to read what is looked for as a number.
    return read if content.find(b"\\") < 0 and again.count(b'"') == content.count(b'"') else UNSURE


_BLANKS = b" \t\r\n"


_DEEPEST = 100
"""Lists and objects one within the other. A policy has some six; whoever walks through what was read goes as deep."""


def indented(value: object, indent: int) -> str:
    """Write JSON in ASCII with an indent of so many blanks."""
    try:
        return msgspec.json.format(json.dumps(value), indent=indent)  # `json` indents in Python: ten times as long
    except msgspec.DecodeError:  # half a letter, or a number that only Python takes for JSON
        return json.dumps(value, indent=indent)


def _refuse_depth(written: str | bytes) -> None:
    """Raise RecursionError where JSON is nested more deeply than anybody means it to be.

    Every round takes off what is innermost. What is not closed is for the reader to refuse.
    """
    content = written.encode("utf-8", "surrogatepass") if isinstance(written, str) else written
    if content.count(b"{") + content.count(b"[") <= _DEEPEST:
        return
    brackets = _without_texts(content).translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(brackets):
            return
        brackets = shorter
    if brackets:
        raise RecursionError("it is nested too deeply")


def _without_texts(content: bytes) -> bytes:
    """Leave out what stands between quotation marks."""
    pieces = content.split(b'"')
    # Where none is escaped, and each is closed, every other piece is a text: to split takes a tenth of searching.
    return b"".join(pieces[::2]) if len(pieces) % 2 and b"\\" not in content else _TEXT.sub(b"", content)


_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def repeated_keys(value: object) -> tuple[str, ...]:
    """Name the keys that stand more than once in an object itself."""
    return value.keys_repeated if type(value) is Repeated else ()


def _remembering(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of its members; where a key is repeated, remember which."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = Repeated(made)
    counts = Counter(key for key, _ in pairs)
    repeated.keys_repeated = tuple(sorted(key for key, count in counts.items() if count > 1))
    return repeated


def _refusing(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("an object repeats a key")
    return made


def _as_written(*, strict: bool) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=Object, parse_float=Number, parse_int=Number, parse_constant=Number, strict=strict
    )


_decode = msgspec.json.Decoder().decode


def _nested(levels: int) -> Any:
    """Give the type of texts in no more levels of lists and objects."""
    kind: Any = str
    for _ in range(levels):
        kind = str | list[kind] | dict[str, kind]
    return kind


_decode_shallow = msgspec.json.Decoder(_nested(6)).decode
"""Decodes what most policies are: nobody needs to look whether it is nested too deeply."""
encode_json = msgspec.json.Encoder().encode
_AS_WRITTEN, _AS_WRITTEN_LENIENT = _as_written(strict=True), _as_written(strict=False)
_WITH_REPETITION = json.JSONDecoder(object_pairs_hook=_remembering)
_WITHOUT_REPETITION = json.JSONDecoder(object_pairs_hook=_refusing)
