"""A report in Jira's wiki markup, for its text fields and the API of version 2.

Every character that means something to Jira is written as a reference, and everything drawn or to be copied stands
in a block in which nothing is markup.
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
from diagnose.report.layout import toneless
from diagnose.report.outline import outline
from diagnose.report.safe_text import jira_fence, jira_text, plain_address
from diagnose.report.snippet import draw

SUFFIX = "jira"

JIRA_LIMIT = 32767
"""Characters of a text field. Source: Atlassian, "Configuring advanced settings" (jira.text.field.character.limit)."""

_REST, _HEADLINE, _WIDTH = 1000, 8000, 100
"""Characters kept for what is named only, and at most for the heading; columns of what is drawn."""


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write a report as wiki markup."""
    content = outline(diagnosis)
    headline = f"h1. {jira_text(start_of(content.headline, _HEADLINE // 6))}"
    footer = "----\n" + "\n".join(jira_text(sentence) for sentence in content.footer)
    chosen = fitted((*content.first, *content.blocks), _write, JIRA_LIMIT - units(headline) - units(footer) - _REST)
    rest = jira_text(left_out_words(chosen.left_out, _REST // 6))
    return "\n\n".join(filter(None, (headline, *map(_write, chosen.blocks), rest, footer))) + "\n"


def _write(block: Block, level: int = 2) -> str:
    return "\n\n".join(_set(block, level))


def _set(block: Block, level: int) -> Iterator[str]:
    """Write one block; `level` is the heading level of a section."""
    match block:
        case Paragraph():
            yield jira_text(block.text)
        case NamedValues():
            yield "\n".join(f"* *{jira_text(name.strip())}*: {jira_text(value)}" for name, value in block.rows)
        case Bullets():
            yield "\n".join(f"* {jira_text(item)}" for item in block.items)
        case Quote():
            yield jira_fence(block.text.strip())
        case Checklist():
            names = max(len(check.name) for check in block.checks)
            yield jira_fence("\n".join(f"{one.sign} {one.name:{names}}  {one.answer}" for one in block.checks))
        case Snippet():
            yield jira_fence(toneless(draw(block.page, block.marks, _WIDTH)).rstrip("\n"))
        case Changes():
            yield jira_fence("\n".join(block.lines))
        case Listing():
            yield f"{jira_text(block.title)}:"
            yield jira_fence(block.text.strip("\n"))
        case Folded():
            return
        case Links():
            yield "\n".join(f"* {f'[{url}]' if plain_address(url) else jira_text(url)}" for url in block.urls)
        case Section():
            number = f"{block.number}. " if block.number else ""
            yield f"h{min(level, 6)}. {number}{jira_text(block.title)}"
            for inner in shown(block):
                yield from _set(inner, level + 1)
        case _:
            assert_never(block)
