"""A report as a message of Slack: JSON for an incoming webhook or, with a channel added, for chat.postMessage.

Text is mrkdwn that Slack is told not to search for names and addresses; words that mean something there are code.
"""

from collections.abc import Mapping, Sequence

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Block
from diagnose.report.fitting import fitted, left_out_words, start_of, units
from diagnose.report.markup import Markup
from diagnose.report.outline import outline
from diagnose.report.safe_text import ascii_json, plain_address, slack_fence, slack_prose, visible

SUFFIX = "slack.json"

SLACK_LIMIT = 3000
"""Characters of the text of a section, and here of all of them: what is longer nobody reads in a chat.

Source: https://docs.slack.dev/reference/block-kit/blocks/section-block
"""

HEADER_LIMIT = 150
"""Characters of a header. Source: https://docs.slack.dev/reference/block-kit/blocks/header-block"""

MOST_BLOCKS = 50
"""Blocks of a message. Source: https://docs.slack.dev/reference/block-kit/blocks"""

_REST = 400
"""Characters kept for what is named only."""


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write the message: the headline, a section a block, and what had no room."""
    content = outline(diagnosis, screen=screen)
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
    return "\n".join(_SLACK.pieces(block))


class _Slack(Markup[str]):
    width = 72

    def paragraph(self, text: str) -> str:
        return slack_prose(text)

    def named(self, rows: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"*{name}*: {slack_prose(value)}" for name, value in rows)

    def items(self, items: Sequence[str]) -> str:
        return "\n".join(f"• {slack_prose(item)}" for item in items)

    def code(self, text: str, language: str = "") -> str:  # noqa: ARG002  # a block of Slack is in no language
        return slack_fence(text)

    def links(self, urls: Sequence[str]) -> str:
        return "\n".join(f"<{url}>" if plain_address(url) else slack_prose(url) for url in urls)

    def heading(self, level: int, number: str, title: str) -> str:  # noqa: ARG002  # Slack has no headings, only bold lines
        return f"*{number}{slack_prose(title)}*"


_SLACK = _Slack()
