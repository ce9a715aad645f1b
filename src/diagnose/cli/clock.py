"""When the program began: the time that it may take counts from there.

Apart from both who notes it, before anything is loaded, and who reads it.
"""

import time
from contextvars import ContextVar


def note_the_beginning() -> None:
    """Note that the program begins now; where it answers many questions at once, that this one does."""
    _BEGINNING.set(time.monotonic())


def beginning() -> float | None:
    """Give what `time.monotonic` gave then; None where the program is used as a library."""
    return _BEGINNING.get()


_BEGINNING: ContextVar[float | None] = ContextVar("beginning", default=None)
