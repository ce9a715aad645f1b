"""A place in a policy, drawn: the line, its number, carets under the value and the comparison beside them."""

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.pointer import below
from diagnose.model.policy import LARGEST_DOCUMENT, Policy, document_text
from diagnose.report.latest_texts import of_latest_texts
from diagnose.report.layout import Tone, TonedLine, wrap
from diagnose.report.safe_text import ascii_text, cells, visible


class Mark(Struct, frozen=True):
    """What to point at, and what to say beside it. A place that only helps to understand is not primary."""

    pointer: str
    label: str = ""
    primary: bool = True


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


class ShownLine(Struct, frozen=True):
    """A line of a page, cut where it is too long, and what is marked on it: each mark, where it starts, its width."""

    number: int
    text: str
    marks: tuple[tuple[Mark, int, int], ...] = ()


def span_at(page: Page, pointer: str) -> Span:
    """Find the value at a JSON pointer, or the innermost value around it where it is absent.

    `/Statement/0/Action/0` finds the lone action of a lone statement, which may be written without their lists.
    """
    deepest = ""
    for token in pointer.split("/")[1:]:
        if f"{deepest}/{token}" in page.spans:
            deepest = f"{deepest}/{token}"
        elif token != "0":
            break
    return page.spans[deepest]


def draw(page: Page, marks: Sequence[Mark], width: int) -> list[TonedLine]:
    """Draw the marked lines of one document, in their order, and what one needs to see around them.

    The marked value is never cut, unless it is longer than any ARN; the line around it is.
    """
    lines = marked_lines(page, marks, width - len(_FRONT))
    gutter = len(str(max((line.number for line in lines), default=1)))
    rows: list[TonedLine] = []
    last = 0
    for line in lines:
        if last and line.number > last + 1:
            rows.append(((Tone.DIM, "..."),))
        rows += _line(line, gutter, width)
        last = line.number
    return rows


def marked_lines(page: Page, marks: Sequence[Mark], room: int) -> list[ShownLine]:
    """Choose the lines that `draw` draws; `room` is what a line and its number may take."""
    placed = sorted({mark: span_at(page, mark.pointer) for mark in marks}.items(), key=lambda item: _order(*item))
    numbers = _numbers(page, placed)
    gutter = len(str(max(numbers))) if numbers else 1
    return [
        _shown(page.lines[number - 1], number, [one for one in placed if one[1].line == number], room - gutter)
        for number in numbers
    ]


def page_of_policy(policy: Policy) -> Page:
    """Print a policy's document; of one that IAM could not hold, which nothing of a report points into, the beginning.

    INVARIANT: a document is no shorter than its text, so that deciding reads none of which this leaves something out.
    """
    text = document_text(policy.document)
    if len(text) <= LARGEST_DOCUMENT:
        return page_of(text)
    beginning = f"{text[:_LONGEST]}..."
    return Page(tuple(visible(line) for line in beginning.split("\n")), {"": Span(1, 1, 1, 1, 1)})


@of_latest_texts
def page_of(text: str) -> Page:
    """Print a document, whatever is in it. Many causes point into the same one."""
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


def ascii_page(page: Page) -> Page:
    """Write a page in ASCII, with every value where its escapes put it."""
    lines = tuple(map(ascii_text, page.lines))
    if lines == page.lines:
        return page
    return replace(page, lines=lines, spans={pointer: _shifted(span, page) for pointer, span in page.spans.items()})


def _shifted(span: Span, page: Page) -> Span:
    line, start = page.lines[span.line - 1], span.column - 1
    value = line[start : start + span.width]
    return replace(span, column=len(ascii_text(line[:start])) + 1, width=len(ascii_text(value)))


_FRONT = " | "
"""What stands between the number of a line and the line."""


_LONGEST = 700
"""Characters of a value that are shown: a role ARN has at most some 620."""


_LEAD = 12
"""Characters that are kept in front of a value for which the start of its line was cut off."""


_BELOW = 3
"""Lines that are shown of an object or a list that is marked as a whole."""


_LABEL = 32
"""Columns that a label in several lines needs beside the carets to be readable there."""


def _order(mark: Mark, span: Span) -> tuple[int, int, bool]:
    return span.line, span.column, not mark.primary


def _numbers(page: Page, placed: Sequence[tuple[Mark, Span]]) -> list[int]:
    """Choose the lines: the marked ones, the key that leads to each, the head of what is marked as a whole."""
    numbers: set[int] = set()
    for mark, span in placed:
        # The label of a list holds its values.
        below = 0 if mark.label and page.lines[span.line - 1].endswith("[") else _BELOW
        numbers.update(range(span.line, min(span.line + below, span.last) + 1))
        if len(page.lines[span.parent - 1].strip()) > 1:
            numbers.add(span.parent)
    return sorted(numbers | {number + 1 for number in numbers if number + 2 in numbers})


def _shown(line: str, number: int, marked: Sequence[tuple[Mark, Span]], room: int) -> ShownLine:
    text, lost = _cut(line, [span for _, span in marked], room)
    places = [(mark, max(span.column - 1 - lost, 0), span.width) for mark, span in marked]
    return ShownLine(number, text, tuple((mark, start, len(text[start:][:width])) for mark, start, width in places))


def _line(line: ShownLine, gutter: int, width: int) -> list[TonedLine]:
    """Draw one line of the document and, under it, its carets."""
    front = f"{'':{gutter}}{_FRONT}"
    rows: list[TonedLine] = [((Tone.DIM, f"{line.number:>{gutter}}{_FRONT}"), (Tone.PLAIN, line.text))]
    for mark, start, length in line.marks:
        under = cells(line.text[start : start + length])
        rows += _carets(mark, front, cells(line.text[:start]), max(under, 1), width)
    return rows


def _cut(line: str, spans: Sequence[Span], room: int) -> tuple[str, int]:
    """Cut a line to the room there is, never through a word; say how many characters are missing in front."""
    indent = len(line) - len(line.lstrip(" "))
    start = min((span.column - 1 for span in spans), default=indent)
    end = max((span.column - 1 + span.width for span in spans), default=indent)
    end = min(end, start + _LONGEST)
    begin = 0 if len(line) <= room or start <= room // 2 else start - _LEAD
    stop = max(end, begin + room)
    while stop < len(line) and line[stop] != " " and stop - begin < _LONGEST:
        stop += 1
    head, tail = "…" if begin else "", "…" if stop < len(line) else ""
    return f"{head}{line[begin:stop]}{tail}", begin - len(head)


def _carets(mark: Mark, front: str, start: int, under: int, width: int) -> list[TonedLine]:
    """Draw the carets of one mark, with its label beside them or, where there is no room, below."""
    tone = Tone.BAD if mark.primary else Tone.NAME
    line: TonedLine = ((Tone.DIM, front), (tone, " " * start + ("^" if mark.primary else "-") * under))
    if not mark.label:
        return [line]
    used = start + under + 1
    room = width - len(front)
    start = min(start, max(room - max(_LABEL, cells(visible(mark.label))), 0)) if room - start < _LABEL else start
    below = wrap(mark.label, room - start, tone=tone)
    beside = wrap(mark.label, room - used, tone=tone) if room - used >= _LABEL else below
    if cells(visible(mark.label)) <= room - used or (len(beside) <= len(below) and beside is not below):
        first, *rest = wrap(mark.label, room - used, tone=tone)
        return [(*line, (tone, " "), *first), *(_below(front, used, row, tone) for row in rest)]
    return [line, *(_below(front, start, row, tone) for row in below)]


def _below(front: str, start: int, line: TonedLine, tone: Tone) -> TonedLine:
    return ((Tone.DIM, front), (tone, " " * start), *line)


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
                value, below(pointer, name), f"{indent}  {lead}", "," * (place < len(children)), number, lines, spans
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
