"""A policy document printed as it was written, and where each value stands.

Printed with an indent of two, every value knows its line and column. AWS hands most documents out in one line, or
percent-encoded, so positions count the printed text, and a report says so.
"""

import json
from collections.abc import Mapping

from msgspec import Struct

from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.pointer import joined
from diagnose.report.plain import visible


class Span(Struct, frozen=True):
    """Where a value stands in a page. Lines and columns count from 1, `width` characters.

    Of an object or a list it is the key that leads to it, else its opening bracket; `last` is the line that it ends
    on, `parent` the line on which the value around it opens.
    """

    line: int
    column: int
    width: int
    last: int
    parent: int


class Page(Struct, frozen=True):
    """A document as it is shown, and where its values stand: JSON pointer to span.

    Text that is no JSON is shown as it came; its one span, of the pointer "", is where reading it failed.
    """

    lines: tuple[str, ...]
    spans: Mapping[str, Span]
    broken: bool = False


def page(text: str) -> Page:
    """Print a document, whatever is in it."""
    try:
        return printed(parse(text))
    except (ValueError, RecursionError) as error:
        return _as_it_came(text, error)


def printed(node: Node) -> Page:
    """Print a JSON value with an indent of two, like `json.dumps`, with invisible characters as escapes."""
    lines: list[str] = []
    spans: dict[str, Span] = {}
    _print(node, "", "", "", 0, lines, spans)
    return Page(tuple(lines), spans)


def _print(
    node: Node, pointer: str, key: str, comma: str, parent: int, lines: list[str], spans: dict[str, Span]
) -> None:
    """Append the lines of one value. `key` is its indent and, in an object, its key with the colon."""
    number, indent = len(lines) + 1, " " * (len(key) - len(key.lstrip(" ")))
    named = key.strip()
    match node:
        case Object(members=members):
            opening, closing = "{", "}"
            children = [(name, f"{visible(json.dumps(name, ensure_ascii=False))}: ", value) for name, value in members]
        case list():
            opening, closing = "[", "]"
            children = [(str(index), "", value) for index, value in enumerate(node)]
        case _:
            text = _scalar(node)
            lines.append(f"{key}{text}{comma}")
            spans[pointer] = Span(number, len(key) + 1, len(text), number, parent)
            return
    if children:
        lines.append(f"{key}{opening}")
        for place, (name, lead, value) in enumerate(children, 1):
            _print(
                value, joined(pointer, name), f"{indent}  {lead}", "," * (place < len(children)), number, lines, spans
            )
        lines.append(f"{indent}{closing}{comma}")
    else:
        lines.append(f"{key}{opening}{closing}{comma}")
    width = len(named) - 1 if named else 1
    spans[pointer] = Span(number, len(indent) + 1, width, len(lines), parent)


def _scalar(node: str | bool | None) -> str:
    match node:
        case None:
            return "null"
        case bool():
            return "true" if node else "false"
        case Number():
            return str(node)
    return visible(json.dumps(node, ensure_ascii=False))


def _as_it_came(text: str, error: ValueError | RecursionError) -> Page:
    """Show text that is no JSON, pointing at the character where reading it failed."""
    source = text.split("\n")
    line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
    before = source[line - 1][: column - 1]
    span = Span(line, len(visible(before)) + 1, 1, line, line)
    return Page(tuple(visible(one) for one in source), {"": span}, broken=True)
