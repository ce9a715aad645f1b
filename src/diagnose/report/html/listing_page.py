"""A page of lists under headings, which needs no table: what changed between two days, say."""

from collections.abc import Sequence

from diagnose.report.blocks import Section
from diagnose.report.html.shell import page_from
from diagnose.report.layout import Tone
from diagnose.version import VERSION


def listing_page(headline: str, sections: Sequence[Section], *, tone: Tone, footer: Sequence[str]) -> str:
    """Write sections as a page; `tone` is the news that the headline is."""
    return page_from(
        "listing.html",
        title=headline.replace("`", ""),
        headline=headline,
        tone=tone,
        sign="",
        marks=tone,
        sections=sections,
        footer=(*footer, f"xdiag {VERSION}."),
    )
