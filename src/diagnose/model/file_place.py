"""A place in a file that the user handed over."""

from msgspec import Struct


class FilePlace(Struct, frozen=True):
    """Lines and columns count from 1, columns in characters; `last_column` is the one behind the last character.

    `path` is the file as it was named; `uri` is relative to where xdiag ran where the file was named so, else absolute.
    """

    path: str
    uri: str
    line: int
    column: int
    last_line: int
    last_column: int

    @property
    def relative(self) -> bool:
        """Whether it is relative to where xdiag ran."""
        return not self.uri.startswith("file:")


class FileEdit(Struct, frozen=True):
    """What stands at a place of a file becomes another text."""

    place: FilePlace
    text: str
