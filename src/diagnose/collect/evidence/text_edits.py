"""How the text of a file becomes one that holds another policy: the smallest parts of it that change, and nothing else.

What stands in a file and is not JSON, such as a comment or a function of a template, stays as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import yaml
from msgspec import Struct

from diagnose.collect.evidence.spot import Spot
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
        return tuple(_together(_changes(spot, before, after, text)))
    except _OpaqueError:
        return ()


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """Make the edits."""
    for edit in sorted(edits, key=lambda one: -one.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _together(edits: Iterable[TextEdit]) -> Iterator[TextEdit]:
    """Make one of edits that put something at the same place: which comes first is no question then."""
    for (start, end), same in groupby(edits, key=lambda one: (one.start, one.end)):
        yield TextEdit(start, end, "".join(edit.text for edit in same))


class _OpaqueError(Exception):
    """A part that would change is not told by the file."""


def _changes(spot: Spot, before: Node, after: Node, text: str) -> Iterator[TextEdit]:
    if before == after:
        return
    if spot.open:
        raise _OpaqueError
    content = spot.content
    if isinstance(before, Object) and isinstance(after, Object) and isinstance(content, Mapping):
        keys, new = [key for key, _ in before.members], [key for key, _ in after.members]
        if new[: len(keys)] == keys and _room_for(len(keys), len(new)):
            for (key, old), (_, value) in zip(before.members, after.members, strict=False):
                yield from _changes(content[key], old, value, text)
            more = [f"{_written(key)}: {_written(value)}" for key, value in after.members[len(keys) :]]
            yield from _appended(spot, list(content.values())[-1:], more, text)
            return
    if isinstance(before, list) and isinstance(after, list) and isinstance(content, list):
        keep = _room_for(len(before), len(after))
        pairs = zip(content, before, after, strict=False) if keep else ()
        for held, old, value in pairs:
            yield from _changes(held, old, value, text)
        if keep:
            yield from _appended(spot, content[-1:], [_written(value) for value in after[len(before) :]], text)
            return
    if _is_open(spot):
        raise _OpaqueError
    yield TextEdit(spot.start, _end(spot, text), _written(after))


def _room_for(before: int, after: int) -> bool:
    """Say whether the values that are there can stay, with new ones behind them."""
    return before == after or 0 < before < after


def _appended(holder: Spot, held: Sequence[Spot], values: Sequence[str], text: str) -> Iterator[TextEdit]:
    """Put values behind the last one, each on a line of its own where that one is."""
    if not values:
        return
    [last] = held
    newline = "\r\n" if "\r\n" in text else "\n"
    line = text[text.rfind("\n", 0, last.start) + 1 : last.start]
    if text[holder.start] in ("{", "["):
        indent = line[: len(line) - len(line.lstrip())]
        between = f",{newline}{indent}" if "\n" in text[: last.start] and _begins_line(line) else ", "
        at = last.end
    else:
        between = f"{newline}{' ' * _column(holder, text)}{_dash(holder, text)}"
        at = _line_end(_end(last, text), text)
    yield TextEdit(at, at, "".join(f"{between}{value}" for value in values))


def _column(spot: Spot, text: str) -> int:
    return spot.start - text.rfind("\n", 0, spot.start) - 1


def _dash(block: Spot, text: str) -> str:
    """Begin an item of a block of YAML. One that has a tag or an anchor does not begin where its items do."""
    if isinstance(block.content, Mapping):
        expected, dash = text[block.start] not in "&!?", ""
    else:
        expected, dash = text[block.start] == "-", "- "
    if not expected:
        raise _OpaqueError
    return dash


def _line_end(at: int, text: str) -> int:
    """Find the end of a line, behind the comment that may stand there."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[at:end].endswith("\r") else end


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
