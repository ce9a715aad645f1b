"""How it is told: a diagnosis goes in, text comes out."""

from enum import StrEnum
from importlib import import_module

from msgspec import Struct

from diagnose.model.diagnosis import Diagnosis


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
    """What a report is shown on, as far as its format minds: columns, colours, how much, and which characters."""

    width: int = 80
    color: bool = False
    detail: Detail = Detail.USUAL
    ascii: bool = False


def render(
    diagnosis: Diagnosis,
    format: Format,  # noqa: A002  # the word of the option
    *,
    width: int = 80,
    color: bool = False,
    detail: Detail = Detail.USUAL,
    ascii: bool = False,  # noqa: A002  # the word of the option
) -> str:
    """Write a diagnosis. All but the format matters to text only; a report always ends with a new line."""
    # Each format is imported by whoever asks for it: none may slow the start of another.
    screen = Screen(width, color, detail, ascii)
    text: str = import_module(f"{__name__}.{format}").report(diagnosis, screen)
    return text
