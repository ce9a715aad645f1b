"""A report in the room that a message or a field has: blocks in their order, and the names of what had no room."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from diagnose.report.blocks import Block, Bullets, Folded, Listing, NamedValues, Section

Write: TypeAlias = Callable[[Block], str]
"""How a format writes one block."""

_Piece: TypeAlias = "Block | None"
"""What is kept of a block."""


class Fitted(Struct, frozen=True):
    """The blocks that fit, and what those that do not are called, in their order."""

    blocks: tuple[Block, ...]
    left_out: tuple[str, ...] = ()


def fitted(blocks: Iterable[Block], write: Write, room: int) -> Fitted:
    """Choose what fits, in the order of the blocks. `room` is counted as by `units`.

    A block that does not fit is left out, and later ones that do are not. Of a section, of rows and of bullets that
    do not fit as a whole those are kept that do. Text to copy that a format does not show, since it cannot fold it
    away, is left out as well.
    """
    kept, left_out, _ = _fit_all(blocks, write, room - len(_GAP))
    return Fitted(tuple(kept), tuple(dict.fromkeys(left_out)))


def left_out_words(left_out: Iterable[str], room: int) -> str:
    """Say what had no room, itself within `room`; empty where all had."""
    names = "; ".join(left_out)
    if not names:
        return ""
    words, rest = f"Left out here: {names}", ". All of it: `--output markdown`."
    most = room - units(rest)
    return f"{words if units(words) <= most else f'{start_of(words, most - 1)}…'}{rest}"


def start_of(text: str, room: int) -> str:
    """Give as much of a text as has room."""
    while units(text) > room:
        text = text[: room if len(text) > room else -1]
    return text


def units(text: str) -> int:
    """Count characters as chats and ticket systems do: one beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown(section: Section) -> tuple[Block, ...]:
    """Give the blocks of a section without text to copy that is folded away."""
    return tuple(block for block in section.blocks if not isinstance(block, Folded))


_GAP = "\n\n"


def _fit_all(blocks: Iterable[Block], write: Write, room: int) -> tuple[list[Block], list[str], int]:
    kept: list[Block] = []
    left_out: list[str] = []
    for block in blocks:
        part, names = _fit(block, write, room)
        left_out += names
        if part is not None:
            kept.append(part)
            room -= units(write(part)) + len(_GAP)
    return kept, left_out, room


def _fit(block: Block, write: Write, room: int) -> tuple[_Piece, list[str]]:
    """Keep as much of a block as fits, and name the rest."""
    match block:
        case Folded() if not write(block) or units(write(block)) > room:
            return None, [listing.title.replace("`", "") for listing in block.listings]
        case NamedValues():
            return _fit_rows(block, write, room)
        case Bullets():
            items = _fit_items(block.items, write, room)
            return Bullets(items) if items else None, [] if items == block.items else ["a part of a list"]
        case Section():
            return _fit_section(block, write, room)
    if units(write(block)) <= room:
        return block, []
    return None, [block.title.replace("`", "")] if isinstance(block, Listing) else ["a passage"]


def _fit_items(items: tuple[str, ...], write: Write, room: int) -> tuple[str, ...]:
    """Keep the items that fit. What one more takes is measured beside the first, since all together are many."""
    if not items or units(write(Bullets(items))) <= room:
        return items
    alone = units(write(Bullets(items[:1])))
    sizes = [units(write(Bullets((items[0], item)))) - alone for item in items]
    room -= alone - sizes[0]
    kept: list[str] = []
    for item, size in zip(items, sizes, strict=True):
        if size <= room:
            kept.append(item)
            room -= size
    return tuple(kept)


def _fit_rows(block: NamedValues, write: Write, room: int) -> tuple[_Piece, list[str]]:
    rows: tuple[tuple[str, str], ...] = ()
    left_out = []
    for row in block.rows:
        if units(write(NamedValues((*rows, row)))) <= room:
            rows = (*rows, row)
        else:
            left_out.append(row[0].strip())
    return NamedValues(rows) if rows else None, left_out


def _fit_section(section: Section, write: Write, room: int) -> tuple[_Piece, list[str]]:
    title = section.title.replace("`", "")
    heading = units(write(Section(section.title, (), section.number))) + len(_GAP)
    inner, left_out, _ = _fit_all(section.blocks, write, room - heading)
    if not inner:
        return None, [title] if shown(section) else left_out
    # What is folded away is named itself; of anything else it is enough that a part of it is missing.
    titles = [
        one.title.replace("`", "") for block in section.blocks if isinstance(block, Folded) for one in block.listings
    ]
    folded = [name for name in left_out if name in titles]
    others = len(left_out) > len(folded)
    return Section(section.title, tuple(inner), section.number), [*([f"{title} (a part)"] if others else []), *folded]
