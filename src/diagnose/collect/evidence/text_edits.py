"""How the text of a file becomes one that holds another policy: the smallest parts of it that change, and nothing else.

What stands in a file and is not JSON, such as a comment or a function of a template, stays as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

import yaml
from msgspec import Struct

from diagnose.collect.evidence.positions import Spot
from diagnose.model.json_text import Node, Number, Object


class TextEdit(Struct, frozen=True):
    """What stands from `start` up to `end`, in characters of the file, becomes `text`."""

    start: int
    end: int
    text: str


def text_edits(text: str, spot: Spot, before: Node, after: Node) -> tuple[TextEdit, ...]:
    """Give the edits that make `after` of a value of a file; empty where that cannot be done without harm.

    It cannot where a part that changes holds a function of a template, or where YAML repeats a part by an alias.
    """
    is_json = text.lstrip()[:1] in ("{", "[")
    if not is_json and _has_aliases(text):
        return ()
    try:
        return tuple(_changes(spot, before, after, text, is_json=is_json))
    except _OpaqueError:
        return ()


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """Make the edits."""
    for edit in sorted(edits, key=lambda one: -one.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class _OpaqueError(Exception):
    """A part that would change is not told by the file."""


def _changes(spot: Spot, before: Node, after: Node, text: str, *, is_json: bool) -> Iterator[TextEdit]:
    if before == after:
        return
    content = spot.content
    if isinstance(before, Object) and isinstance(after, Object) and isinstance(content, Mapping):
        keys, new = [key for key, _ in before.members], [key for key, _ in after.members]
        if new[: len(keys)] == keys and _room_for(len(keys), len(new), is_json=is_json):
            for (key, old), (_, value) in zip(before.members, after.members, strict=False):
                yield from _changes(content[key], old, value, text, is_json=is_json)
            more = [f"{_written(key)}: {_written(value)}" for key, value in after.members[len(keys) :]]
            yield from _appended(list(content.values())[-1:], more, text)
            return
    if isinstance(before, list) and isinstance(after, list) and isinstance(content, list):
        keep = _room_for(len(before), len(after), is_json=is_json)
        pairs = zip(content, before, after, strict=False) if keep else ()
        for held, old, value in pairs:
            yield from _changes(held, old, value, text, is_json=is_json)
        if keep:
            yield from _appended(content[-1:], [_written(value) for value in after[len(before) :]], text)
            return
    if _is_open(spot):
        raise _OpaqueError
    yield TextEdit(spot.start, _end(spot, text), _written(after))


def _room_for(before: int, after: int, *, is_json: bool) -> bool:
    """Say whether the values that are there can stay, with new ones behind them: in JSON a comma parts them."""
    return before == after or (is_json and 0 < before < after)


def _appended(last: Sequence[Spot], values: Sequence[str], text: str) -> Iterator[TextEdit]:
    """Put values behind the last one, each on a line of its own where that one is."""
    if not values:
        return
    [spot] = last
    line = text[text.rfind("\n", 0, spot.start) + 1 : spot.start]
    indent = line[: len(line) - len(line.lstrip())]
    between = f",\n{indent}" if "\n" in text[: spot.start] and _begins_line(line) else ", "
    yield TextEdit(spot.end, spot.end, "".join(f"{between}{value}" for value in values))


def _begins_line(before: str) -> bool:
    """Say whether nothing stands before a value on its line, but for its key."""
    return not before.strip() or (before.lstrip()[:1] == '"' and before.rstrip()[-1:] == ":" and before.count(":") == 1)


def _written(value: Node) -> str:
    """Write a value on one line, as JSON has it and YAML reads it."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Node) -> object:
    match value:
        case Object(members=members):
            return {key: _plain(member) for key, member in members}
        case list():
            return [_plain(item) for item in value]
        case Number():
            return json.loads(value)
    return value


def _is_open(spot: Spot) -> bool:
    content = spot.content
    if isinstance(content, Mapping):
        return spot.open or any(map(_is_open, content.values()))
    return spot.open or (not isinstance(content, str) and any(map(_is_open, content)))


def _end(spot: Spot, text: str) -> int:
    """Find where a value ends. YAML ends a block where the next one begins: what stands between is not the value's."""
    content = spot.content
    held = list(content.values()) if isinstance(content, Mapping) else content
    if not isinstance(held, str) and held and text[spot.start : spot.start + 1] not in ("{", "["):
        return _end(held[-1], text)
    end = spot.end
    while end > spot.start + 1 and text[end - 1].isspace():
        end -= 1
    return end


def _has_aliases(text: str) -> bool:
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
