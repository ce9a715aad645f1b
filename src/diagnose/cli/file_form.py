"""What a file of results is written as. It stands apart because every command with `--to` and `--output` asks it."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

FileForm = TypeVar("FileForm", bound=StrEnum)


def form_of(
    to: Path | None, asked: FileForm | None, by_ending: Mapping[str, FileForm], otherwise: FileForm
) -> FileForm:
    """Give the form that was asked for; where none was, that which the file is called after."""
    if asked is not None:
        return asked
    return otherwise if to is None else by_ending.get(to.suffix.lower(), otherwise)
