"""A report for the terminal, and the same without colour for pipes, files and tickets.

The lines are laid out once; colour only paints them. So both say the same, character by character, and a plain
report never imports Rich, which costs 42 ms.
"""

from collections.abc import Iterator
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
    Sign,
    Snippet,
)
from diagnose.report.layout import Tone, TonedLine, toneless, unwrapped, wrap
from diagnose.report.outline import outline
from diagnose.report.safe_text import cells
from diagnose.report.snippet import draw

SUFFIX = "txt"
_STEP = 2
_SIGNS = {Sign.PASSES: Tone.GOOD, Sign.BLOCKS: Tone.BAD, Sign.UNKNOWN: Tone.DOUBT, Sign.NONE: Tone.DIM}
_STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.DOUBT: "yellow",
    Tone.DIM: "dim",
    Tone.NAME: "cyan",
}


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write a report as text as wide as the screen. ARNs and commands are never broken; long ones run over."""
    lines = layout(diagnosis, screen.width)
    return _painted(lines) if screen.color else toneless(lines)


def layout(diagnosis: Diagnosis, width: int) -> list[TonedLine]:
    """Set the outline in lines, with an empty line between blocks."""
    content = outline(diagnosis)
    # One line, however long, for it becomes the title of a ticket.
    lines = [unwrapped(content.headline, content.tone)]
    for block in content.blocks:
        lines += [(), *_set(block, width, 0 if isinstance(block, Section) else _STEP)]
    lines += [()]
    for sentence in content.footer:
        lines += wrap(sentence, width, tone=Tone.DIM)
    return lines


def _set(block: Block, width: int, indent: int) -> Iterator[TonedLine]:
    """Set one block at an indent."""
    margin = " " * indent
    match block:
        case Paragraph():
            yield from wrap(block.text, width, first=margin, tone=block.tone)
        case NamedValues():
            yield from _fields(block, width, margin)
        case Bullets():
            for item in block.items:
                yield from wrap(item, width, first=f"{margin}- ")
        case Quote():
            for line in block.text.strip().split("\n"):
                yield from wrap(line, width, first=f"{margin}> ", rest=f"{margin}> ")
        case Checklist():
            yield from _checklist(block, width, margin)
        case Snippet():
            yield from (((Tone.PLAIN, margin), *line) for line in draw(block.page, block.marks, width - indent))
        case Changes():
            yield from (unwrapped(line, _change_tone(line), indent=indent) for line in block.lines)
        case Folded():
            titles = ", ".join(listing.title for listing in block.listings)
            yield from wrap(
                f"Only in the Markdown and JSON reports (`--output`): {titles}.", width, first=margin, tone=Tone.DIM
            )
        case Listing():
            yield from wrap(f"{block.title}:", width, first=margin)
            yield ()
            # Without a margin, for it is to be copied: the end of a here-document must stand at the start of its line.
            yield from (unwrapped(line) for line in block.text.strip("\n").split("\n"))
        case Links():
            yield from (unwrapped(f"Source: {url}", Tone.DIM, indent=indent) for url in block.urls)
        case Section():
            yield from _section(block, width, indent)
        case _:
            assert_never(block)


def _section(section: Section, width: int, indent: int) -> Iterator[TonedLine]:
    """Set a section: its title, and its blocks one step in."""
    number = f"{section.number}. " if section.number else ""
    yield from wrap(section.title, width, first=f"{'':{indent}}{number}", tone=Tone.STRONG)
    for block in section.blocks:
        yield ()
        yield from _set(block, width, indent + _STEP)


def _fields(fields: NamedValues, width: int, margin: str) -> Iterator[TonedLine]:
    names = max(len(name) for name, _ in fields.rows)
    for name, value in fields.rows:
        yield from wrap(value, width, first=f"{margin}{name:{names}}  ")


def _checklist(checklist: Checklist, width: int, margin: str) -> Iterator[TonedLine]:
    names = max(cells(check.name) for check in checklist.checks)
    for check in checklist.checks:
        head = f"{margin}{check.name:{names}} {check.sign} "
        first, *rest = wrap(check.answer, width - len(head), tone=_SIGNS[check.sign])
        yield ((_SIGNS[check.sign], head), *first)
        yield from (((Tone.PLAIN, " " * len(head)), *line) for line in rest)


def _change_tone(line: str) -> Tone:
    return {"+": Tone.GOOD, "-": Tone.BAD}.get(line[:1], Tone.DIM)


def _painted(lines: list[TonedLine]) -> str:
    """Paint the lines with Rich, which gets no markup to parse and nothing to wrap."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    # Whether there is colour was decided by the caller, so the environment has no say in it.
    console = Console(
        file=StringIO(),
        force_terminal=True,
        force_jupyter=False,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        width=1000,
    )
    with console.capture() as captured:
        for line in lines:
            painted = Text(no_wrap=True, overflow="ignore", end="\n")
            for tone, part in line:
                painted.append(part, _STYLES[tone])
            painted.rstrip()
            console.print(painted, soft_wrap=True, markup=False, highlight=False, emoji=False)
    return captured.get()
