"""A report in the Atlassian Document Format: the body of a comment or a description for the API of Jira Cloud.

Text is a node of its own there and never read as markup, so that nothing has to be escaped.

Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Block, Listing
from diagnose.report.fitting import fitted, left_out_words, start_of
from diagnose.report.jira import JIRA_LIMIT
from diagnose.report.markup import Markup
from diagnose.report.once import each_once
from diagnose.report.outline import outline
from diagnose.report.safe_text import plain_address, text_parts, visible

SUFFIX = "adf.json"

_REST, _HEADLINE = 9000, 500
"""Characters kept for headline, footer and what is named only; at most of the headline."""

AdfNode: TypeAlias = dict[str, object]
"""A node of a document."""


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a document whose JSON, and so whose text, keeps within the limit of a field of Jira."""
    content = outline(diagnosis, screen=screen)
    blocks = each_once((*content.first, *content.blocks))
    chosen = fitted(blocks, _written, JIRA_LIMIT - _REST)
    rest = left_out_words(chosen.left_out, _HEADLINE)
    nodes = [
        _heading(1, start_of(content.headline, _HEADLINE)),
        *(node for block in chosen.blocks for node in _ADF.pieces(block)),
        *([_paragraph(rest)] if rest else []),
        {"type": "rule"},
        _paragraph(content.footer[0]),
    ]
    return _dumped({"version": 1, "type": "doc", "content": nodes}) + "\n"


def _written(block: Block) -> str:
    nodes = list(_ADF.pieces(block))
    return _dumped(nodes) if nodes else ""


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("\x7f", r"\u007f")


class _Adf(Markup[AdfNode]):
    def paragraph(self, text: str) -> AdfNode:
        return _paragraph(text)

    def named(self, rows: Sequence[tuple[str, str]]) -> AdfNode:
        return _list([[_strong(f"{name}: "), *_texts(value)] for name, value in rows])

    def items(self, items: Sequence[str]) -> AdfNode:
        return _list([_texts(item) for item in items])

    def code(self, text: str, language: str = "") -> AdfNode:
        return _code(text, language)

    def folded(self, listing: Listing) -> Iterator[AdfNode]:
        title = visible(listing.title.replace("`", ""))
        copied = _code(listing.text.strip("\n"), listing.language)
        yield {"type": "expand", "attrs": {"title": title}, "content": [copied]}

    def links(self, urls: Sequence[str]) -> AdfNode:
        return _list([[_link(url)] for url in urls])

    def heading(self, level: int, number: str, title: str) -> AdfNode:
        return _heading(min(level, 6), f"{number}{title}")


_ADF = _Adf()


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
