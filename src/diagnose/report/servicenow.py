"""A report for a field of ServiceNow: plain text within 4,000 characters, and what had no room for.

Such fields are set in a proportional font and lose spaces, so nothing is drawn there: a place is named in words.
"""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Checklist,
    Folded,
    Links,
    Listing,
    NamedValues,
    Paragraph,
    Quote,
    Section,
    Snippet,
)
from diagnose.report.fitting import fitted, left_out_words, shown, start_of, units
from diagnose.report.outline import outline
from diagnose.report.safe_text import servicenow_text
from diagnose.report.snippet import span_at

SUFFIX = "servicenow.txt"

SERVICENOW_LIMIT = 4000
"""Characters of a field. Source: ServiceNow, "Journal field type" (multi-line text has 4,000 by default)."""

_REST, _HEADLINE = 400, 1000
"""Characters kept for what is named only, and for the first line."""


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write a report as lines without any markup."""
    content = outline(diagnosis)
    headline = start_of(servicenow_text(content.headline), _HEADLINE)
    footer = servicenow_text(content.footer[0])
    chosen = fitted(
        (*content.first, *content.blocks), _write, SERVICENOW_LIMIT - units(headline) - units(footer) - _REST
    )
    rest = servicenow_text(left_out_words(chosen.left_out, _REST // 2))
    return "\n\n".join(filter(None, (headline, *map(_write, chosen.blocks), rest, footer))) + "\n"


def _write(block: Block) -> str:
    return "\n".join(_lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield servicenow_text(block.text)
        case NamedValues():
            yield from (f"{name.strip()}: {servicenow_text(value)}" for name, value in block.rows)
        case Bullets():
            yield from (f"- {servicenow_text(item)}" for item in block.items)
        case Quote():
            yield from (f"> {servicenow_text(line)}" for line in block.text.strip().split("\n"))
        case Checklist():
            yield from (f"{one.sign} {one.name}: {servicenow_text(one.answer)}" for one in block.checks)
        case Snippet():
            yield from _places(block)
        case Changes():
            yield from map(servicenow_text, block.lines)
        case Listing():
            yield f"{servicenow_text(block.title)}:"
            yield from map(servicenow_text, block.text.strip("\n").split("\n"))
        case Folded():
            return
        case Links():
            yield from map(servicenow_text, block.urls)
        case Section():
            yield f"== {f'{block.number}. ' if block.number else ''}{servicenow_text(block.title)} =="
            yield from (_write(inner) for inner in shown(block))
        case _:
            assert_never(block)


def _places(snippet: Snippet) -> Iterator[str]:
    """Name each marked line, and say what is said of it."""
    for mark in snippet.marks:
        number = span_at(snippet.page, mark.pointer).line
        line = servicenow_text(snippet.page.lines[number - 1].strip())
        yield f"line {number}: {line}{f' <- {servicenow_text(mark.label)}' if mark.label else ''}"
