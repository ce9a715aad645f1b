"""What is known of a condition key: its values, that it is absent, or how much of it is unknown."""

from collections.abc import Mapping
from typing import TypeAlias


class Maybe:
    """A key whose state is not known.

    `options` are the states it can have, None where it can have any; `present` says that it has a value;
    `shape` is a pattern that its value certainly fits; `among` are values that a key with several certainly has.
    """

    __slots__ = ("among", "options", "present", "shape")

    def __init__(
        self,
        options: tuple[tuple[str, ...], ...] | None = None,
        *,
        present: bool = False,
        shape: str = "",
        among: tuple[str, ...] = (),
    ) -> None:
        """Describe what is known of the unknown."""
        self.options, self.shape, self.among = options, shape, among
        self.present = present or bool(shape or among)


State: TypeAlias = tuple[str, ...] | Maybe
"""Values, none of them when the key is known to be absent; or a `Maybe`."""

ABSENT: tuple[str, ...] = ()
ANYTHING = Maybe()
SOME_VALUE = Maybe(present=True)
FALSE_OR_ABSENT = Maybe((("false",), ABSENT))


def tag_state(tags: Mapping[str, str], tag: str) -> tuple[str, ...]:
    """Find a tag by its key in lower case: tag keys are compared without regard to case."""
    return next(((value,) for key, value in tags.items() if key.lower() == tag), ABSENT)
