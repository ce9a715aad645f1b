"""What a report is made of. Plain data: text and Markdown render the same blocks, so they cannot drift apart.

Sentences may hold names between backticks. Whatever stands in a block may be hostile; making it harmless is for
each format, as it writes.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from diagnose.report.layout import Tone
from diagnose.report.snippet import Mark, Page


class Label(StrEnum):
    """The names of rows that a page sets apart: what stands in the way, and what to do about it."""

    AWS_SAID = "AWS said"
    ERROR = "Error"
    RECORDED = "AWS record"
    CALLER = "Caller"
    CAUSE = "Cause"
    POSSIBLE = "Possible"
    WHERE = "Where"
    WHY = "Why"
    OPEN = "Open"
    LOOK_AT = "Look at"
    CHECKS = "Checks"
    FIX = "Fix"
    DO = "Do"
    WHO = "Who"
    CHECKED = "Checked"
    OR = "Or"
    ALSO = "Also"


class Paragraph(Struct, frozen=True):
    """One or more sentences."""

    text: str
    tone: Tone = Tone.PLAIN


class NamedValues(Struct, frozen=True):
    """Names and their values, set in columns."""

    rows: tuple[tuple[str, str], ...]


class Bullets(Struct, frozen=True):
    """Paragraphs of equal rank."""

    items: tuple[str, ...]


class Quote(Struct, frozen=True):
    """The words of somebody else, AWS above all, exactly as they came."""

    text: str


class Sign(StrEnum):
    """The outcome of one check."""

    PASSES = "✓"
    BLOCKS = "✗"
    UNKNOWN = "?"
    NONE = "-"


class Check(Struct, frozen=True):
    """One line of a checklist; `about` says what the checked thing is, and whose, `whose` is short."""

    name: str
    sign: Sign
    answer: str
    about: str = ""
    whose: str = ""


class Checklist(Struct, frozen=True):
    """Checks in the order in which they are made."""

    checks: tuple[Check, ...]


class Snippet(Struct, frozen=True):
    """Places in one document, to be drawn with carets."""

    page: Page
    marks: tuple[Mark, ...]


class Changes(Struct, frozen=True):
    """The lines of a document that an edit changes: each begins with `-`, `+` or a space."""

    lines: tuple[str, ...]


class Listing(Struct, frozen=True):
    """Text to copy: a command, a template, a whole document. `title` is a noun, as it stands in a list.

    `beside` is a message as it is where what it encloses stands above it already: None where it is the same, empty
    where all of it is said above.
    """

    title: str
    language: str
    text: str
    beside: str | None = None


class Folded(Struct, frozen=True):
    """Text to copy that few readers need: a ticket hides it until it is clicked, a terminal until it is asked for.

    `spare` is that of a fix which is enough, where one that changes less is enough as well.
    """

    listings: tuple[Listing, ...]
    spare: bool = False


class Links(Struct, frozen=True):
    """Where to read on."""

    urls: tuple[str, ...]


Block: TypeAlias = (
    "Paragraph | NamedValues | Bullets | Quote | Checklist | Snippet | Changes | Listing | Folded | Links | Section"
)


class Section(Struct, frozen=True):
    """Blocks under a title, which is numbered from 1 where there are several of a kind.

    `of` is the row of the first screen that they continue.
    """

    title: str
    blocks: tuple[Block, ...]
    number: int = 0
    of: Label | None = None


class Outline(Struct, frozen=True):
    """A whole report. `headline` names the verdict and both ends, and fits the title of a ticket.

    `first` is what a reader needs at once; `blocks` come after it.
    """

    headline: str
    tone: Tone
    first: tuple[Block, ...]
    blocks: tuple[Block, ...]
    footer: tuple[str, ...]
