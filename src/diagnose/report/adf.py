"""A report in the Atlassian Document Format: the body of a comment or a description for the API of Jira Cloud.

Text is a node of its own there and never read as markup, so that nothing has to be escaped.

Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import json
from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

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
from diagnose.report.fitting import fitted, left_out_words, start_of
from diagnose.report.jira import JIRA_LIMIT
from diagnose.report.layout import toneless
from diagnose.report.once import each_once
from diagnose.report.outline import outline
from diagnose.report.safe_text import plain_address, text_parts, visible
from diagnose.report.snippet import draw

SUFFIX = "adf.json"

_REST, _HEADLINE, _WIDTH = 9000, 500, 100
"""Characters kept for headline, footer and what is named only; at most of the headline; columns of what is drawn."""

AdfNode: TypeAlias = dict[str, object]
"""A node of a document."""


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write a document whose JSON, and so whose text, keeps within the limit of a field of Jira."""
    content = outline(diagnosis)
    blocks = each_once((*content.first, *content.blocks))
    chosen = fitted(blocks, _written, JIRA_LIMIT - _REST)
    rest = left_out_words(chosen.left_out, _HEADLINE)
    nodes = [
        _heading(1, start_of(content.headline, _HEADLINE)),
        *(node for block in chosen.blocks for node in _nodes(block, 2)),
        *([_paragraph(rest)] if rest else []),
        {"type": "rule"},
        *map(_paragraph, content.footer),
    ]
    return _dumped({"version": 1, "type": "doc", "content": nodes}) + "\n"


def _written(block: Block) -> str:
    nodes = list(_nodes(block, 2))
    return _dumped(nodes) if nodes else ""


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("\x7f", r"\u007f")


def _nodes(block: Block, level: int) -> Iterator[AdfNode]:
    """Write one block; `level` is the heading level of a section."""
    match block:
        case Paragraph():
            yield _paragraph(block.text)
        case NamedValues():
            yield _list([[_strong(f"{name.strip()}: "), *_texts(value)] for name, value in block.rows])
        case Bullets():
            yield _list([_texts(item) for item in block.items])
        case Quote():
            yield _code(block.text.strip())
        case Checklist():
            names = max(len(check.name) for check in block.checks)
            yield _code("\n".join(f"{one.sign} {one.name:{names}}  {one.answer}" for one in block.checks))
        case Snippet():
            yield _code(toneless(draw(block.page, block.marks, _WIDTH)).rstrip("\n"))
        case Changes():
            yield _code("\n".join(block.lines), "diff")
        case Listing():
            yield _paragraph(f"{block.title}:")
            yield _code(block.text.strip("\n"), block.language)
        case Folded():
            for one in block.listings:
                title = visible(one.title.replace("`", ""))
                copied = _code(one.text.strip("\n"), one.language)
                yield {"type": "expand", "attrs": {"title": title}, "content": [copied]}
        case Links():
            yield _list([[_link(url)] for url in block.urls])
        case Section():
            yield _heading(min(level, 6), f"{f'{block.number}. ' if block.number else ''}{block.title}")
            for inner in block.blocks:
                yield from _nodes(inner, level + 1)
        case _:
            assert_never(block)


def _paragraph(text: str) -> AdfNode:
    return {"type": "paragraph", "content": _texts(text)}


def _heading(level: int, text: str) -> AdfNode:
    return {"type": "heading", "attrs": {"level": level}, "content": _texts(text)}


def _list(items: Iterable[list[AdfNode]]) -> AdfNode:
    content = [{"type": "listItem", "content": [{"type": "paragraph", "content": item}]} for item in items]
    return {"type": "bulletList", "content": content}


def _code(text: str, language: str = "") -> AdfNode:
    lines = "\n".join(map(visible, text.split("\n")))
    block: AdfNode = {"type": "codeBlock", "content": [{"type": "text", "text": lines}] if lines else []}
    return {**block, "attrs": {"language": language}} if language else block


def _texts(text: str) -> list[AdfNode]:
    """Write a sentence; what stood between backticks is marked as code."""
    return [
        {"type": "text", "text": part.text, **({"marks": [{"type": "code"}]} if part.code else {})}
        for part in text_parts(text)
    ]


def _strong(text: str) -> AdfNode:
    return {"type": "text", "text": visible(text), "marks": [{"type": "strong"}]}


def _link(url: str) -> AdfNode:
    node: AdfNode = {"type": "text", "text": visible(url)}
    return {**node, "marks": [{"type": "link", "attrs": {"href": url}}]} if plain_address(url) else node
