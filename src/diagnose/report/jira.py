"""A report in Jira's wiki markup, for its text fields and the API of version 2.

Every character that means something to Jira is written as a reference, and everything drawn or to be copied stands
in a block in which nothing is markup.
"""

from collections.abc import Sequence

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Block
from diagnose.report.fitting import fitted, left_out_words, start_of, units
from diagnose.report.markup import Markup
from diagnose.report.outline import outline
from diagnose.report.safe_text import jira_fence, jira_text, plain_address

SUFFIX = "jira"

JIRA_LIMIT = 32767
"""Characters of a text field. Source: Atlassian, "Configuring advanced settings" (jira.text.field.character.limit)."""

_REST, _HEADLINE = 1000, 8000
"""Characters kept for what is named only, and at most for the heading."""


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a report as wiki markup."""
    content = outline(diagnosis, screen=screen)
    headline = f"h1. {jira_text(start_of(content.headline, _HEADLINE // 6))}"
    footer = f"----\n{jira_text(content.footer[0])}"
    chosen = fitted((*content.first, *content.blocks), _write, JIRA_LIMIT - units(headline) - units(footer) - _REST)
    rest = jira_text(left_out_words(chosen.left_out, _REST // 6))
    return "\n\n".join(filter(None, (headline, *map(_write, chosen.blocks), rest, footer))) + "\n"


def _write(block: Block) -> str:
    return "\n\n".join(_JIRA.pieces(block))


class _Jira(Markup[str]):
    def paragraph(self, text: str) -> str:
        return jira_text(text)

    def named(self, rows: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"* *{jira_text(name)}*: {jira_text(value)}" for name, value in rows)

    def items(self, items: Sequence[str]) -> str:
        return "\n".join(f"* {jira_text(item)}" for item in items)

    def code(self, text: str, language: str = "") -> str:  # noqa: ARG002  # a block of Jira is in no language
        return jira_fence(text)

    def links(self, urls: Sequence[str]) -> str:
        return "\n".join(f"* {f'[{url}]' if plain_address(url) else jira_text(url)}" for url in urls)

    def heading(self, level: int, number: str, title: str) -> str:
        return f"h{min(level, 6)}. {number}{jira_text(title)}"


_JIRA = _Jira()
