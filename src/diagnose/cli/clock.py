"""When the program began, from where the time counts that it may take, and how long that may be.

Apart from both who notes it, before anything is loaded, and who reads it.
"""

import time
from contextvars import ContextVar

from diagnose.errors import XdiagError


def note_the_beginning() -> None:
    """Note that the program begins now; where it answers many questions at once, that this one does."""
    _BEGINNING.set(time.monotonic())


def beginning() -> float | None:
    """Give what `time.monotonic` gave then; None where the program is used as a library."""
    return _BEGINNING.get()


def time_in(flag: str, seconds: float) -> float:
    """Give the seconds of a flag. Raises XdiagError for what is no time, such as `nan`, or more than a day."""
    if not 0 < seconds <= A_DAY:
        raise XdiagError(
            f"`{flag} {seconds:g}` is not a time that can be waited",
            hint=f"expected a number of seconds, {A_DAY:,.0f} at most",
        )
    return seconds


A_DAY = 86_400.0
_BEGINNING: ContextVar[float | None] = ContextVar("beginning", default=None)
