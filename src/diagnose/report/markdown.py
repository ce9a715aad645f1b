"""A report as GitHub-flavoured Markdown, for issues and tickets.

Free text is written as plain words and code spans only, everything drawn or to be copied in fences; so nothing that
a policy author wrote is ever Markdown, HTML, a link, a mention or a reference.
"""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Check,
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
from diagnose.report.layout import toneless
from diagnose.report.once import each_once
from diagnose.report.outline import outline
from diagnose.report.safe_text import code_span, fence, html_text, plain_address, prose
from diagnose.report.snippet import draw

SUFFIX = "md"
_WIDTH = 100
"""Columns of what is drawn: a code block of GitHub's scrolls, but does not wrap."""


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write a report as Markdown. Paragraphs are single lines."""
    content = outline(diagnosis)
    parts = [f"# {prose(content.headline)}"]
    for block in each_once((*content.first, *content.blocks)):
        parts += _set(block, 2)
    parts += ["---", "\n".join(f"{prose(sentence)}  " for sentence in content.footer).rstrip()]
    return "\n\n".join(parts) + "\n"


def _set(block: Block, level: int) -> Iterator[str]:
    """Write one block; `level` is the heading level of a section."""
    match block:
        case Paragraph():
            yield prose(block.text)
        case NamedValues():
            yield "\n".join(f"- **{name.strip()}**: {prose(value)}" for name, value in block.rows)
        case Bullets():
            yield "\n".join(f"- {prose(item)}" for item in block.items)
        case Quote():
            yield fence(block.text.strip())
        case Checklist():
            names = max(len(check.name) for check in block.checks)
            rows = (f"{one.sign} {one.name:{names}}  {one.answer}{_about(one)}" for one in block.checks)
            yield fence("\n".join(rows))
        case Snippet():
            yield fence(toneless(draw(block.page, block.marks, _WIDTH)).rstrip("\n"))
        case Changes():
            yield fence("\n".join(block.lines), "diff")
        case Listing():
            yield f"{prose(block.title)}:"
            yield fence(block.text.strip("\n"), block.language)
        case Folded():
            yield from (_folded(listing) for listing in block.listings)
        case Links():
            yield "\n".join(f"- {_link(url)}" for url in block.urls)
        case Section():
            number = f"{block.number}. " if block.number else ""
            yield f"{'#' * level} {number}{prose(block.title)}"
            for inner in block.blocks:
                yield from _set(inner, level + 1)
        case _:
            assert_never(block)


def _about(check: Check) -> str:
    return f" ({check.about})" if check.about else ""


def _folded(listing: Listing) -> str:
    """Hide a listing behind its title, which stands in HTML and is no Markdown."""
    title = html_text(listing.title.replace("`", ""))
    copied = fence(listing.text.strip("\n"), listing.language)
    return f"<details><summary>{title}</summary>\n\n{copied}\n\n</details>"


def _link(url: str) -> str:
    """Write a rule's source as a link where it is a plain address, else as code."""
    return f"<{url}>" if plain_address(url) else code_span(url)
