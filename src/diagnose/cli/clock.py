"""When the program began: the time that it may take counts from there.

Apart from both who notes it, before anything is loaded, and who reads it.
"""

import time


def note_the_beginning() -> None:
    """Note that the program begins now."""
    _beginnings[:] = [time.monotonic()]


def beginning() -> float | None:
    """Give what `time.monotonic` gave then; None where the program is used as a library."""
    return _beginnings[0] if _beginnings else None


_beginnings: list[float] = []
