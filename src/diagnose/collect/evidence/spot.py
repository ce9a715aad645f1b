"""A value of a file, and where in it it stands."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

Content: TypeAlias = "str | Sequence[Spot] | Mapping[str, Spot]"


class Spot(Struct, frozen=True):
    """A value from `start` up to `end`, in characters of the file.

    `open` says that the file does not tell its value: it is a function of a template. `quoted` says that it is a string
    of JSON, whose characters can be found again.
    """

    start: int
    end: int
    content: Content
    open: bool = False
    quoted: bool = False


def is_function(members: Mapping[str, Spot]) -> bool:
    """Say whether a mapping is a function of a template, such as `Ref`."""
    if len(members) != 1:
        return False
    name = next(iter(members))
    return name == "Ref" or name.startswith("Fn::")
