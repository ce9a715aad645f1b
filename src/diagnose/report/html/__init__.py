"""A report as a page: one file that loads nothing, to be opened, forwarded and printed.

It reads without its script, which only adds buttons that copy. A strict policy of its own lets nothing else run.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.blocks import Block, Label, NamedValues, Outline, Section
from diagnose.report.html.shell import page_from
from diagnose.report.html.way import end_sign, way
from diagnose.report.layout import Tone
from diagnose.report.outline import outline
from diagnose.report.sections.headline import destination_name, source_name

SUFFIX = "html"


class Halves(Struct, frozen=True):
    """The first screen in two halves: why it is so, and what to do about it. Either may be empty."""

    why: tuple[Block, ...]
    change: tuple[Block, ...]


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a report as a page."""
    content, full = outline(diagnosis, screen=screen), outline(diagnosis, full=True, screen=screen)
    # What continues the first screen is told in full: a page has room for it.
    answer, _ = _answer(full)
    usual = {section.title for section in _answer(content)[1]}
    more = [block for block in _sections(full.blocks) if block.of is None]
    return page_from(
        "report.html",
        title=content.headline.replace("`", ""),
        headline=content.headline,
        tone=content.tone,
        sign=end_sign(diagnosis),
        # Where AWS refused what the policies allow, what is marked is neither to blame nor cleared.
        marks=Tone.DOUBT if diagnosis.refused_though_allowed else content.tone,
        source=source_name(diagnosis.case),
        role=destination_name(diagnosis.case),
        way=way(diagnosis),
        answer=answer,
        # What the usual report has is told in full; what only the full one has can be unfolded.
        sections=[section for section in more if section.title in usual],
        folded=[section for section in more if section.title not in usual],
        footer=content.footer,
    )


def _answer(content: Outline) -> tuple[Halves, list[Section]]:
    """Part the first screen, with the sections that continue it, from the other sections."""
    why: list[Block] = []
    change: list[Block] = []
    needed: list[Block] = []
    for block in content.first:
        match block:
            case NamedValues():
                for_why, for_change = _parted(block)
                why += for_why
                change += for_change
            case Section():
                needed.append(block)
            case _:
                why.append(block)
    rest = []
    for section in _sections(content.blocks):
        if section.of is None:
            rest.append(section)
        elif section.of in _CHANGE:
            change += section.blocks
        else:
            why += section.blocks
    return Halves(tuple(why), (*change, *needed)), rest


_CHANGE = frozenset((Label.FIX, Label.DO, Label.WHO, Label.CHECKED, Label.OR))


def _parted(block: NamedValues) -> tuple[list[Block], list[Block]]:
    """Part rows. One that has no name of its own, such as a step of a plan, belongs to the row above it."""
    why: list[tuple[str, str]] = []
    change: list[tuple[str, str]] = []
    rows = why
    for name, value in block.rows:
        if isinstance(name, Label):
            rows = change if name in _CHANGE else why
        rows.append((name, value))
    return [NamedValues(tuple(rows)) for rows in (why,) if rows], [
        NamedValues(tuple(rows)) for rows in (change,) if rows
    ]


def _sections(blocks: Iterable[Block]) -> Iterator[Section]:
    for block in blocks:
        yield block if isinstance(block, Section) else Section("", (block,))
