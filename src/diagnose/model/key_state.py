"""A condition key: what is known of it in the context of a request, and what else it may be."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class ConditionKey(Struct, frozen=True):
    """A condition key, as AWS writes it."""

    name: str


class KeyState(Struct, frozen=True):
    """The states that a key may have: each the values of the key, and empty where the request lacks it.

    One state: that is how it is. Several: it is one of them. None: it may be any state; `present` then says that the
    key certainly has a value, and `like` is a pattern that this value fits.
    """

    options: tuple[tuple[str, ...], ...] | None
    present: bool = False
    like: str = ""

    @property
    def known(self) -> tuple[str, ...] | None:
        """The values, none of them when the key is absent; None while it is not known which."""
        return self.options[0] if self.options is not None and len(self.options) == 1 else None

    @property
    def absent(self) -> Tri:
        """Whether the request lacks the key."""
        if self.options is None:
            return NO if self.present else UNKNOWN
        lacks = {option == () for option in self.options}
        return UNKNOWN if len(lacks) > 1 else YES if lacks == {True} else NO


class Fit(Struct, frozen=True):
    """A comparison that is true of a value: an operator, without prefix and suffix, and what it compares with."""

    operator: str
    text: str


class Alternative(Struct, frozen=True):
    """One state that an unknown key may be in, described by what policies compare it with.

    `values` holds each value of the key, and nothing where the request lacks it: the value itself, or all that it fits;
    a value that fits nothing is any that no policy names. `several` says that the key may have more than one value.
    """

    values: tuple[str | tuple[Fit, ...], ...]
    several: bool = False

    @property
    def is_the_rest(self) -> bool:
        """Whether it is one value that no policy names."""
        return self.values == ((),)


class UnknownState:
    """A key whose state is not known, as deciding has it; a trace keeps what there is to show of it as a `KeyState`.

    `options` are the states it can have, None where it can have any; `present` says that it has a value;
    `like` is a pattern that its value certainly fits; `includes` are values that a key with several certainly has.
    """

    __slots__ = ("includes", "like", "options", "present")

    def __init__(
        self,
        options: tuple[tuple[str, ...], ...] | None = None,
        *,
        present: bool = False,
        like: str = "",
        includes: tuple[str, ...] = (),
    ) -> None:
        """Describe what is known of the unknown."""
        self.options, self.like, self.includes = options, like, includes
        self.present = present or bool(like or includes)


State: TypeAlias = tuple[str, ...] | UnknownState
"""The values of a key, none of them when it is known to be absent; or that this is not known.

INVARIANT: what is known is a bare tuple. Deciding compares states far more often than it shows one, and pays for no
object around each.
"""

ABSENT: tuple[str, ...] = ()
UNKNOWN_STATE = UnknownState()
PRESENT = UnknownState(present=True)
FALSE_OR_ABSENT = UnknownState((("false",), ABSENT))


def tag_state(tags: Mapping[str, str], tag: str) -> tuple[str, ...]:
    """Find a tag by its key in lower case: tag keys are compared without regard to case."""
    return next(((value,) for key, value in tags.items() if key.lower() == tag), ABSENT)
