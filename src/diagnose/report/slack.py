"""A report as a message of Slack: JSON for an incoming webhook or, with a channel added, for chat.postMessage.

Text is mrkdwn that Slack is told not to search for names and addresses; words that mean something there are code.
"""

from collections.abc import Iterator, Mapping
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
from diagnose.report.safe_text import ascii_json, plain_address, slack_fence, slack_prose, visible
from diagnose.report.snippet import draw

SUFFIX = "slack.json"

SLACK_LIMIT = 3000
"""Characters of the text of a section, and here of all of them: what is longer nobody reads in a chat.

Source: https://docs.slack.dev/reference/block-kit/blocks/section-block
"""

HEADER_LIMIT = 150
"""Characters of a header. Source: https://docs.slack.dev/reference/block-kit/blocks/header-block"""

MOST_BLOCKS = 50
"""Blocks of a message. Source: https://docs.slack.dev/reference/block-kit/blocks"""

_REST, _WIDTH = 400, 72
"""Characters kept for what is named only; columns of what is drawn."""


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write the message: the headline, a section a block, and what had no room."""
    content = outline(diagnosis)
    headline = visible(content.headline)
    whole = units(headline) <= HEADER_LIMIT
    header = headline if whole else f"{start_of(headline, HEADER_LIMIT - 1)}…"
    chosen = fitted((*content.first, *content.blocks), _write, SLACK_LIMIT - HEADER_LIMIT - _REST)
    sections = [_section(text) for text in map(_write, chosen.blocks[: MOST_BLOCKS - 2])]
    rest = slack_prose(left_out_words(chosen.left_out, _REST // 2))
    message = {
        "text": start_of(slack_prose(content.headline), SLACK_LIMIT),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": header, "emoji": False}},
            *sections,
            *([{"type": "context", "elements": [_mrkdwn(rest)]}] if rest else []),
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return ascii_json(message, indent=2) + "\n"


def _section(text: str) -> Mapping[str, object]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Mapping[str, object]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _write(block: Block) -> str:
    return "\n".join(_lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield slack_prose(block.text)
        case NamedValues():
            yield from (f"*{name.strip()}*: {slack_prose(value)}" for name, value in block.rows)
        case Bullets():
            yield from (f"• {slack_prose(item)}" for item in block.items)
        case Quote():
            yield slack_fence(block.text.strip())
        case Checklist():
            names = max(len(check.name) for check in block.checks)
            yield slack_fence("\n".join(f"{one.sign} {one.name:{names}}  {one.answer}" for one in block.checks))
        case Snippet():
            yield slack_fence(toneless(draw(block.page, block.marks, _WIDTH)).rstrip("\n"))
        case Changes():
            yield slack_fence("\n".join(block.lines))
        case Listing():
            yield f"{slack_prose(block.title)}:"
            yield slack_fence(block.text.strip("\n"))
        case Folded():
            return
        case Links():
            yield from (f"<{url}>" if plain_address(url) else slack_prose(url) for url in block.urls)
        case Section():
            yield f"*{f'{block.number}. ' if block.number else ''}{slack_prose(block.title)}*"
            yield from (_write(inner) for inner in shown(block))
        case _:
            assert_never(block)
