"""What is known of a condition key in the context of a request."""

from msgspec import Struct

from diagnose.model.tri import NO, UNKNOWN, YES, Tri


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
