"""A report for the terminal, and the same without colour for pipes, files and tickets.

The lines are laid out once; colour only paints them. So both say the same, character by character, and a plain
report never imports Rich, which costs 42 ms.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from msgspec.structs import replace

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Detail, Screen
from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Checklist,
    Folded,
    Label,
    Links,
    Listing,
    NamedValues,
    Outline,
    Paragraph,
    Quote,
    Section,
    Sign,
    Snippet,
)
from diagnose.report.layout import Tone, TonedLine, toneless, unwrapped, wrap
from diagnose.report.outline import outline
from diagnose.report.safe_text import ascii_text, cells
from diagnose.report.sections.causes import explained_by
from diagnose.report.sections.first_screen import one_line
from diagnose.report.snippet import ascii_page, draw

SUFFIX = "txt"
_STEP = 2
_NAME = 8
"""Columns that names of values have at least, so that the rows of the first screen are in line."""
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
    lines = _lines(diagnosis, screen)
    if screen.ascii:
        lines = [tuple((tone, ascii_text(part)) for tone, part in line) for line in lines]
    return _painted(lines, _pages(diagnosis, screen)) if screen.color else toneless(lines)


def _lines(diagnosis: Diagnosis, screen: Screen) -> list[TonedLine]:
    match screen.detail:
        case Detail.LINE:
            return [unwrapped(one_line(diagnosis))]
        case Detail.BRIEF:
            return _brief(outline(diagnosis, screen=replace(screen, page_of=None)), screen)
        case Detail.USUAL | Detail.FULL:
            content = outline(diagnosis, full=screen.detail is Detail.FULL, screen=replace(screen, page_of=None))
            folded = screen.detail is Detail.USUAL and any(map(_is_folded, content.blocks))
            blocks = tuple(_unfolded(content.blocks)) if folded else content.blocks
            first = (*content.first, *_the_rest(blocks, folded=folded))
            lines = _stacked(content, (*first, *blocks), screen)
        case _:
            assert_never(screen.detail)
    lines += [()]
    for sentence in content.footer:
        lines += wrap(sentence, screen.width, tone=Tone.DIM)
    return lines


def _is_folded(block: Block) -> bool:
    return isinstance(block, Folded) or (isinstance(block, Section) and any(map(_is_folded, block.blocks)))


def _unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Leave out what is to be copied and wanted by few; of a fix that another one spares many changed lines, too.

    Sections that hold nothing else are left out as well.
    """
    told = tuple(blocks)
    spare = any(isinstance(block, Folded) and block.spare for block in told)
    for block in told:
        if isinstance(block, Section):
            inner = tuple(_unfolded(block.blocks))
            if inner:
                yield replace(block, blocks=inner)
        elif not (isinstance(block, Folded) or (spare and isinstance(block, Changes) and len(block.lines) > _MANY)):
            yield block


_MANY = 15
"""Changed lines of a fix that another one spares, from which on they are left out."""


def _the_rest(blocks: Sequence[Block], *, folded: bool) -> tuple[Block, ...]:
    """End the first screen: say that what follows is detail, and of what, and what is not even there."""
    continued = [_CONTINUED.get(block.of) for block in blocks if isinstance(block, Section) and block.of is not None]
    holds = ", ".join((*dict.fromkeys(filter(None, continued)), "what was checked, the request"))
    more = " Edited policies, templates, commands and messages to send: `--full`, or as files `--write-fix DIR`."
    return (Paragraph(f"The rest is detail: {holds}.{more if folded else ''}", Tone.DIM),) if blocks else ()


_CONTINUED: Mapping[Label, str] = {Label.CAUSE: "why", Label.FIX: "how to make the fix"}
"""What sections that continue a row of the first screen tell."""


def _stacked(content: Outline, blocks: Iterable[Block], screen: Screen) -> list[TonedLine]:
    """Set blocks under the headline, with an empty line between them, but for a drawing right below its place."""
    # One line, however long, for it becomes the title of a ticket.
    lines = [unwrapped(content.headline, content.tone)]
    above: Block | None = None
    for block in blocks:
        gap: list[TonedLine] = [] if isinstance(block, Snippet) and isinstance(above, NamedValues) else [()]
        lines += [*gap, *_set(block, screen, 0 if isinstance(block, Section) else _STEP)]
        above = block
    return lines


def _brief(content: Outline, screen: Screen) -> list[TonedLine]:
    """Set the first screen, cut after a whole line where it would not fit a message."""
    short: list[TonedLine] = []
    room = BRIEF_LIMIT - len(toneless([_CUT]))
    for line in _stacked(content, content.first, screen):
        room -= len(toneless([line]).encode("unicode_escape")) if screen.ascii else len(toneless([line]))
        if room < 0:
            return [*short, _CUT]
        short.append(line)
    return short


BRIEF_LIMIT = 2900
"""Characters of a brief report: a message in a chat holds some 3,000."""

_CUT: TonedLine = ((Tone.DIM, "(cut; run again without --brief for the rest)"),)


def _set(block: Block, screen: Screen, indent: int) -> Iterator[TonedLine]:
    """Set one block at an indent."""
    margin, width = " " * indent, screen.width
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
            page = ascii_page(block.page) if screen.ascii else block.page
            yield from (((Tone.PLAIN, margin), *line) for line in draw(page, block.marks, width - indent))
        case Changes():
            yield from (unwrapped(line, _change_tone(line), indent=indent) for line in block.lines)
        case Folded() if screen.detail is Detail.FULL:
            for number, listing in enumerate(block.listings):
                yield from [()] if number else []
                yield from _set(listing, screen, indent)
        case Folded():
            pass  # The first screen says where these are.
        case Listing():
            yield from wrap(f"{block.title}:", width, first=margin)
            yield ()
            # Without a margin, for it is to be copied: the end of a here-document must stand at the start of its line.
            yield from (unwrapped(line) for line in block.text.strip("\n").split("\n"))
        case Links():
            yield from (unwrapped(url, Tone.DIM, indent=indent) for url in block.urls)
        case Section():
            yield from _section(block, screen, indent)
        case _:
            assert_never(block)


def _section(section: Section, screen: Screen, indent: int) -> Iterator[TonedLine]:
    """Set a section: its title, and its blocks one step in."""
    number = f"{section.number}. " if section.number else ""
    yield from wrap(section.title, screen.width, first=f"{'':{indent}}{number}", tone=Tone.STRONG)
    above: Block | None = None
    for block in section.blocks:
        if not (isinstance(block, Links) and isinstance(above, Paragraph)):
            yield ()
        yield from _set(block, screen, indent + _STEP)
        above = block


def _fields(fields: NamedValues, width: int, margin: str) -> Iterator[TonedLine]:
    names = max(_NAME, *(len(name) for name, _ in fields.rows))
    for name, value in fields.rows:
        yield from wrap(value, width, first=f"{margin}{name:{names}}  ")


def _checklist(checklist: Checklist, width: int, margin: str) -> Iterator[TonedLine]:
    names = max(cells(check.name) for check in checklist.checks)
    for check in checklist.checks:
        head = f"{margin}{check.sign} {check.name:{names}}  "
        first, *rest = wrap(check.answer, width - len(head), tone=_SIGNS[check.sign])
        yield ((_SIGNS[check.sign], head), *first)
        yield from (((Tone.PLAIN, " " * len(head)), *line) for line in rest)
        if check.about:
            yield from wrap(check.about, width, first=" " * len(head), tone=Tone.DIM)


def _change_tone(line: str) -> Tone:
    return {"+": Tone.GOOD, "-": Tone.BAD}.get(line[:1], Tone.DIM)


def _pages(diagnosis: Diagnosis, screen: Screen) -> Mapping[str, str]:
    """Give the address behind each command that explains a rule, where the rule has a page."""
    pages = {explained_by(one.rule): screen.page_of(one.rule) for one in diagnosis.findings if screen.page_of}
    return {words: address for words, address in pages.items() if address}


def _painted(lines: list[TonedLine], pages: Mapping[str, str]) -> str:
    """Paint the lines with Rich, which gets no markup to parse and nothing to wrap.

    `pages` are the addresses behind words, which a terminal opens when they are clicked (OSC 8).
    """
    from io import StringIO

    from rich.console import Console
    from rich.style import Style
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
                painted.append(part, Style.parse(_STYLES[tone]) + Style(link=pages.get(part)))
            painted.rstrip()
            console.print(painted, soft_wrap=True, markup=False, highlight=False, emoji=False)
    return captured.get()
