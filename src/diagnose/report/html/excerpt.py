"""The marked lines of a policy on a page: each line in pieces, and under it what is said of its marks."""

from collections.abc import Iterator

from msgspec import Struct

from diagnose.report.blocks import Snippet
from diagnose.report.snippet import Mark, ShownLine, marked_lines


class MarkedText(Struct, frozen=True):
    """A stretch of a line; `mark` is what points at it."""

    text: str
    mark: Mark | None = None


class MarkedLine(Struct, frozen=True):
    """A line of an excerpt. `after_gap` says that lines were left out before it."""

    number: int
    pieces: tuple[MarkedText, ...]
    labels: tuple[Mark, ...]
    after_gap: bool


class MarkedPage(Struct, frozen=True):
    """The lines around the marks; `whole` is the document where that is more, and of a length to be read."""

    lines: tuple[MarkedLine, ...]
    whole: tuple[MarkedLine, ...]


class Once:
    """Remembers which documents a page has shown whole: each is to be unfolded at the first place only."""

    def __init__(self) -> None:
        """Begin with none."""
        self._shown: set[tuple[str, ...]] = set()

    def first(self, lines: tuple[str, ...]) -> bool:
        """Say whether a document has not been shown yet, and take it for shown."""
        new = lines not in self._shown
        self._shown.add(lines)
        return new


def excerpt_of(snippet: Snippet) -> MarkedPage:
    """Take a snippet apart. A page wraps its lines, so that only what nobody would read is cut."""
    chosen = marked_lines(snippet.page, snippet.marks, _ROOM)
    lines = tuple(_marked(chosen))
    count = len(snippet.page.lines)
    if len(chosen) >= count or count > _MOST_LINES:
        return MarkedPage(lines, ())
    marked = {line.number: line for line in chosen}
    every = [
        marked.get(number) or ShownLine(number, text if len(text) <= _ROOM else f"{text[:_ROOM]}…")
        for number, text in enumerate(snippet.page.lines, 1)
    ]
    return MarkedPage(lines, tuple(_marked(every)))


_ROOM, _MOST_LINES = 800, 1000
"""Characters of a line, and lines of a policy: the longest that AWS takes has some 10,000 characters."""


def _marked(lines: list[ShownLine]) -> Iterator[MarkedLine]:
    last = 0
    for line in lines:
        labels = tuple(mark for mark, _, _ in line.marks if mark.label)
        yield MarkedLine(line.number, tuple(_pieces(line)), labels, bool(last) and line.number > last + 1)
        last = line.number


def _pieces(line: ShownLine) -> Iterator[MarkedText]:
    """Cut a line at its marks. Marks of one place are one; what overlaps it otherwise stays unmarked."""
    start = 0
    for mark, column, width in sorted(line.marks, key=lambda placed: placed[1]):
        if column < start:
            continue
        if column > start:
            yield MarkedText(line.text[start:column])
        yield MarkedText(line.text[column : column + width], mark)
        start = column + width
    if start < len(line.text):
        yield MarkedText(line.text[start:])
