"""How it is told: a diagnosis goes in, text comes out."""

from enum import StrEnum
from typing import assert_never

from diagnose.model.diagnosis import Diagnosis


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


class Lines(StrEnum):
    """What the rows of a batch are written as."""

    JSONL = "jsonl"
    CSV = "csv"


def render(diagnosis: Diagnosis, format: Format, *, width: int = 80, color: bool = False) -> str:  # noqa: A002  # the word of the option
    """Write a diagnosis. `width` and `color` matter to text only; a report always ends with a new line."""
    # Each format is imported by whoever asks for it: none may slow the start of another.
    match format:
        case Format.TEXT:
            from diagnose.report.text import text

            return text(diagnosis, width=width, color=color)
        case Format.MARKDOWN:
            from diagnose.report.markdown import markdown

            return markdown(diagnosis)
        case Format.JSON:
            from diagnose.report.json import json_report

            return json_report(diagnosis)
        case _:
            assert_never(format)
