"""The files that a user hands over; apart from what reads them, which not every start of the program needs."""

import sys
from collections.abc import Sequence
from typing import Self

from msgspec import Struct

if sys.platform == "win32":
    from pathlib import WindowsPath as _Path
else:
    from pathlib import PosixPath as _Path


class Document(_Path):
    """What is handed over by itself, where others name a file: reading this path gives `content`.

    It is no file, and names none: its name is for people, and says where the content was given.
    """

    content: bytes = b""

    @classmethod
    def of(cls, content: bytes, name: str) -> Self:
        """Hand over content under a name."""
        document = cls(name)
        document.content = content
        return document


class InputFile(Struct, frozen=True):
    """A file that was read; `place` names it."""

    place: str
    data: bytes


class PastedPolicies(Struct, frozen=True):
    """Files with policies that are in force, by the layer that they are about."""

    trust: InputFile | None = None
    identity: Sequence[InputFile] = ()
    boundary: InputFile | None = None
    scps: Sequence[InputFile] = ()
    rcps: Sequence[InputFile] = ()
    session: Sequence[InputFile] = ()
    endpoint: InputFile | None = None

    @property
    def about_source(self) -> bool:
        """Whether they stand for the source's side, so that it need not be read."""
        return bool(self.identity) or self.boundary is not None

    @property
    def about_destination(self) -> bool:
        """Whether they stand for the destination's side."""
        return self.trust is not None
