"""A report for a field of ServiceNow: plain text within 4,000 characters, and what had no room for.

Such fields are set in a proportional font and lose spaces, so nothing is drawn there: a place is named in words.
"""

from collections.abc import Sequence

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Block, Check, Snippet
from diagnose.report.fitting import fitted, left_out_words, start_of, units
from diagnose.report.markup import Markup
from diagnose.report.outline import outline
from diagnose.report.safe_text import servicenow_text
from diagnose.report.snippet import span_at

SUFFIX = "servicenow.txt"

SERVICENOW_LIMIT = 4000
"""Characters of a field. Source: ServiceNow, "Journal field type" (multi-line text has 4,000 by default)."""

_REST, _HEADLINE = 400, 1000
"""Characters kept for what is named only, and for the first line."""


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a report as lines without any markup."""
    content = outline(diagnosis, screen=screen)
    headline = start_of(servicenow_text(content.headline), _HEADLINE)
    footer = servicenow_text(content.footer[0])
    chosen = fitted(
        (*content.first, *content.blocks), _write, SERVICENOW_LIMIT - units(headline) - units(footer) - _REST
    )
    rest = servicenow_text(left_out_words(chosen.left_out, _REST // 2))
    return "\n\n".join(filter(None, (headline, *map(_write, chosen.blocks), rest, footer))) + "\n"


def _write(block: Block) -> str:
    return "\n".join(_SERVICENOW.pieces(block))


class _ServiceNow(Markup[str]):
    def paragraph(self, text: str) -> str:
        return servicenow_text(text)

    def named(self, rows: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"{name}: {servicenow_text(value)}" for name, value in rows)

    def items(self, items: Sequence[str]) -> str:
        return "\n".join(f"- {servicenow_text(item)}" for item in items)

    def code(self, text: str, language: str = "") -> str:  # noqa: ARG002  # plain text is in no language
        return "\n".join(map(servicenow_text, text.split("\n")))

    def quote(self, text: str) -> str:
        return "\n".join(f"> {servicenow_text(line)}" for line in text.split("\n"))

    def checklist(self, checks: Sequence[Check]) -> str:
        return "\n".join(f"{one.sign} {one.name}: {servicenow_text(one.answer)}" for one in checks)

    def snippet(self, block: Snippet) -> str:
        """Name each marked line, and say what is said of it."""
        lines = []
        for mark in block.marks:
            number = span_at(block.page, mark.pointer).line
            line = servicenow_text(block.page.lines[number - 1].strip())
            lines.append(f"line {number}: {line}{f' <- {servicenow_text(mark.label)}' if mark.label else ''}")
        return "\n".join(lines)

    def links(self, urls: Sequence[str]) -> str:
        return "\n".join(map(servicenow_text, urls))

    def heading(self, level: int, number: str, title: str) -> str:  # noqa: ARG002  # plain text has headings of one kind
        return f"== {number}{servicenow_text(title)} =="


_SERVICENOW = _ServiceNow()
