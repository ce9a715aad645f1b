"""A report as GitHub-flavoured Markdown, for issues and tickets.

Free text is written as plain words and code spans only, everything drawn or to be copied in fences; so nothing that
a policy author wrote is ever Markdown, HTML, a link, a mention or a reference.
"""

from collections.abc import Iterator, Sequence

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Check, Listing
from diagnose.report.markup import Markup
from diagnose.report.once import each_once
from diagnose.report.outline import outline
from diagnose.report.safe_text import code_span, fence, html_text, plain_address, prose

SUFFIX = "md"


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a report as Markdown. Paragraphs are single lines."""
    content = outline(diagnosis, screen=screen)
    parts = [f"# {prose(content.headline)}"]
    for block in each_once((*content.first, *content.blocks)):
        parts += _MARKDOWN.pieces(block)
    parts += ["---", prose(content.footer[0])]
    return "\n\n".join(parts) + "\n"


class _Markdown(Markup[str]):
    def paragraph(self, text: str) -> str:
        return prose(text)

    def named(self, rows: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"- **{name}**: {prose(value)}" for name, value in rows)

    def items(self, items: Sequence[str]) -> str:
        return "\n".join(f"- {prose(item)}" for item in items)

    def code(self, text: str, language: str = "") -> str:
        return fence(text, language)

    def check(self, one: Check) -> str:
        return f"{one.answer} ({one.about})" if one.about else one.answer

    def folded(self, listing: Listing) -> Iterator[str]:
        """Hide a listing behind its title, which stands in HTML and is no Markdown."""
        title = html_text(listing.title.replace("`", ""))
        copied = fence(listing.text.strip("\n"), listing.language)
        yield f"<details><summary>{title}</summary>\n\n{copied}\n\n</details>"

    def links(self, urls: Sequence[str]) -> str:
        """Write a rule's source as a link where it is a plain address, else as code."""
        return "\n".join(f"- {f'<{url}>' if plain_address(url) else code_span(url)}" for url in urls)

    def heading(self, level: int, number: str, title: str) -> str:
        return f"{'#' * level} {number}{prose(title)}"


_MARKDOWN = _Markdown()
