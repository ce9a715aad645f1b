"""No policy twice: a format that shows all there is to copy shows each document once, and names what repeats it."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from diagnose.report.blocks import Block, Folded, Listing, Paragraph, Section


def each_once(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Leave out what is folded away and repeats a document: of all that hold it, the first is shown.

    A message keeps its words, unless all of them stand above it; where it repeats the document it says so. What is to
    be copied of a fix that another one spares is left out as well. What is left out is named, with the flag that writes
    it to files.
    """
    return tuple(_once(blocks, {}))


_SEE_ABOVE = "(It stands above.)"


def _once(blocks: Iterable[Block], shown: dict[str, bool]) -> Iterator[Block]:
    """Go through blocks in their order; `shown` says of each document so far whether it has been shown."""
    for block in blocks:
        match block:
            case Section():
                yield replace(block, blocks=tuple(_once(block.blocks, shown)))
            case Folded(spare=True):
                yield _in_files(one.title for one in block.listings)
            case Folded():
                yield from _folded(block, shown)
            case Listing(language="json"):
                shown[block.text] = True
                yield block
            case _:
                yield block


def _folded(block: Folded, shown: dict[str, bool]) -> Iterator[Block]:
    kept: list[Listing] = []
    left_out: list[str] = []
    for listing in block.listings:
        if listing.language == "json":
            shown.setdefault(listing.text, False)
    for listing in block.listings:
        if listing.beside == "":
            continue
        held = [document for document in shown if _tight(document) in _tight(listing.text)]
        repeated = [document for document in held if shown[document]]
        if not repeated:
            kept.append(listing)
            shown.update(dict.fromkeys(held, True))
        elif listing.language == "text" and all(document in listing.text for document in repeated):
            kept.append(replace(listing, text=listing.beside or _without(listing.text, repeated)))
        else:
            left_out.append(listing.title)
    if kept:
        yield Folded(tuple(kept))
    if left_out:
        yield _in_files(left_out)


def _in_files(titles: Iterable[str]) -> Paragraph:
    return Paragraph(f"As files of `--write-fix DIR`: {', '.join(titles)}.")


def _without(text: str, documents: Iterable[str]) -> str:
    for document in documents:
        text = text.replace(document, _SEE_ABOVE)
    return text


def _tight(text: str) -> str:
    """Leave out white space, for a template indents a document."""
    return "".join(text.split())
