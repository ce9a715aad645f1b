"""Blocks in a markup: the one way through them, for all formats that are pasted or sent.

A format says how its markup writes a paragraph, rows, code and so on; what a block consists of is said here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, assert_never

from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Check,
    Checklist,
    Folded,
    Links,
    Listing,
    NamedValues,
    Paragraph,
    Quote,
    Section,
    Snippet,
)
from diagnose.report.layout import toneless
from diagnose.report.snippet import draw

Piece = TypeVar("Piece")


class Markup(ABC, Generic[Piece]):
    """How a markup writes its pieces, each a text or a node. Texts reach it as they are: it makes them harmless."""

    width = 100
    """Columns of what is drawn."""

    @abstractmethod
    def paragraph(self, text: str) -> Piece:
        """Write a sentence or several."""

    @abstractmethod
    def named(self, rows: Sequence[tuple[str, str]]) -> Piece:
        """Write values behind their names, which are ours."""

    @abstractmethod
    def items(self, items: Sequence[str]) -> Piece:
        """Write a list of sentences."""

    @abstractmethod
    def code(self, text: str, language: str = "") -> Piece:
        """Write lines as they are."""

    @abstractmethod
    def links(self, urls: Sequence[str]) -> Piece:
        """Write a list of addresses."""

    @abstractmethod
    def heading(self, level: int, number: str, title: str) -> Piece:
        """Write a heading. `number` is ours: `2. `, or empty."""

    def folded(self, listing: Listing) -> Iterator[Piece]:  # noqa: ARG002  # most markups cannot fold, and leave it out
        """Write text to copy that is shown when it is asked for."""
        yield from ()

    def quote(self, text: str) -> Piece:
        """Write what somebody else said."""
        return self.code(text)

    def check(self, one: Check) -> str:
        """Write what is behind the name of a check."""
        return one.answer

    def checklist(self, checks: Sequence[Check]) -> Piece:
        """Write checks below each other."""
        names = max(len(one.name) for one in checks)
        return self.code("\n".join(f"{one.sign} {one.name:{names}}  {self.check(one)}" for one in checks))

    def snippet(self, block: Snippet) -> Piece:
        """Draw a place in a policy."""
        return self.code(toneless(draw(block.page, block.marks, self.width)).rstrip("\n"))

    def pieces(self, block: Block, level: int = 2) -> Iterator[Piece]:
        """Write one block; `level` is the heading level of a section."""
        match block:
            case Paragraph():
                yield self.paragraph(block.text)
            case NamedValues():
                yield self.named([(name.strip(), value) for name, value in block.rows])
            case Bullets():
                yield self.items(block.items)
            case Quote():
                yield self.quote(block.text.strip())
            case Checklist():
                yield self.checklist(block.checks)
            case Snippet():
                yield self.snippet(block)
            case Changes():
                yield self.code("\n".join(block.lines), "diff")
            case Listing():
                yield self.paragraph(f"{block.title}:")
                yield self.code(block.text.strip("\n"), block.language)
            case Folded():
                for listing in block.listings:
                    yield from self.folded(listing)
            case Links():
                yield self.links(block.urls)
            case Section():
                yield self.heading(level, f"{block.number}. " if block.number else "", block.title)
                for inner in block.blocks:
                    yield from self.pieces(inner, level + 1)
            case _:
                assert_never(block)
