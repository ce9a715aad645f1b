"""How it is told: a diagnosis goes in, text comes out."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib import import_module
from typing import TypeAlias

from msgspec import Struct

from diagnose.model.diagnosis import Diagnosis, Excerpt
from diagnose.model.file_place import FileEdit, FilePlace

Places: TypeAlias = Callable[[Excerpt], FilePlace | None]
"""Finds a place of a policy in the files that the policies came from."""

Edits: TypeAlias = Callable[[Excerpt, str], Sequence[FileEdit]]
"""Gives what to edit in these files so that the policy of a place becomes a document; empty where that cannot be."""

PageOf: TypeAlias = Callable[[str], str]
"""Gives the address of a rule's page, "" where it has none."""


class Format(StrEnum):
    """What a report is written as.

    Each is a module of this package, with `report(diagnosis, screen)` and the `SUFFIX` of its files.
    """

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    JIRA = "jira"
    ADF = "adf"
    SLACK = "slack"
    SERVICENOW = "servicenow"
    HTML = "html"
    FINDINGS = "findings"
    SARIF = "sarif"


MACHINE_FORMATS = (Format.JSON, Format.FINDINGS, Format.SARIF)
"""Formats for machines, which an expression can select of."""


class Lines(StrEnum):
    """What the rows of a batch are written as."""

    JSONL = "jsonl"
    CSV = "csv"


class Detail(StrEnum):
    """How much a text report tells."""

    LINE = "line"
    BRIEF = "brief"
    USUAL = "usual"
    FULL = "full"


class Screen(Struct, frozen=True):
    """What a report is shown on, as far as its format minds: columns, colours, how much, and which characters.

    `places` and `edits` are None where the policies came from no file, `page_of` where nobody said where the pages are.
    """

    width: int = 80
    color: bool = False
    detail: Detail = Detail.USUAL
    ascii: bool = False
    places: Places | None = None
    page_of: PageOf | None = None
    edits: Edits | None = None


def render(
    diagnosis: Diagnosis,
    format: Format,  # noqa: A002  # the word of the option
    *,
    width: int = 80,
    color: bool = False,
    detail: Detail = Detail.USUAL,
    ascii: bool = False,  # noqa: A002  # the word of the option
    places: Places | None = None,
    page_of: PageOf | None = None,
    edits: Edits | None = None,
) -> str:
    """Write a diagnosis. A report always ends with a new line.

    `places` and `page_of` matter to every format, `edits` to SARIF, the rest to text.
    """
    # Each format is imported by whoever asks for it: none may slow the start of another.
    screen = Screen(width, color, detail, ascii, places, page_of, edits)
    text: str = import_module(f"{__name__}.{format}").report(diagnosis, screen)
    return text
