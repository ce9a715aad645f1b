"""Input: the one door through which the files and streams come that a user names.

What is not a file, is too large, never ends, or is a pipe that nobody writes to is told in a sentence.
"""

import io
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from diagnose.collect.evidence.handed_over import Document
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError

LARGEST_FILE = 64 * 2**20
"""The size of the largest file that is read whole, unless its reader says otherwise."""


def read_bytes(path: Path | Literal["-"], most: int = LARGEST_FILE) -> bytes:
    """Read a whole file, or standard input for "-".

    Raises XdiagError for a file that cannot be read, and for one of more than `most` bytes.
    """
    if isinstance(path, Document):
        data, size = path.content, len(path.content)
    else:
        with open_input(path) as file:
            # Of a file that is too large nothing is read into memory.
            size = _size(file)
            data = b"" if size > most else file.read(most + 1)
    if max(size, len(data)) > most:
        raise XdiagError(
            f"`{quotable(input_name(path))}` is larger than {most // 2**20} MB",
            hint="no evidence is this large; is it the right file?",
        )
    return data


def read_text(path: Path | Literal["-"], most: int = LARGEST_FILE) -> str:
    """Read a whole file of text, or standard input for "-". Raises XdiagError as `read_bytes`, and for other text."""
    data = read_bytes(path, most)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XdiagError(f"`{quotable(input_name(path))}` is not text in UTF-8", hint="save it as UTF-8") from None


@contextmanager
def open_input(path: Path | Literal["-"]) -> Iterator["io.BufferedReader[io.RawIOBase]"]:
    """Open a file, or standard input for "-", to be read a part at a time.

    Raises XdiagError for what cannot be opened; and whoever reads gets one where it cannot be read on. A pipe with a
    name is waited for, but not for ever: somebody may just be about to write to it.
    """
    source: io.RawIOBase = _opened(path, input_name(path))
    with io.BufferedReader(source, _AT_ONCE) as file:
        yield file


def input_name(path: Path | Literal["-"]) -> str:
    """Name what is read at a path: the path itself, or standard input for "-". Bytes that are no text become `?`."""
    return "standard input" if str(path) == "-" else str(path).encode("utf-8", "replace").decode()


def unusable(error: OSError | ValueError, place: str, done: str, hint: str) -> XdiagError:
    """Say why the operating system did not let a file be read or written."""
    match error:
        case FileNotFoundError() if done == "read":
            return XdiagError(f"there is no file `{quotable(place)}`", hint=hint)
        case FileNotFoundError():
            return XdiagError(f"there is no folder for `{quotable(place)}`", hint=hint)
        case IsADirectoryError():
            return XdiagError(f"`{quotable(place)}` is a folder, not a file", hint=hint)
        case PermissionError():
            return XdiagError(f"`{quotable(place)}` cannot be {done}: permission denied", hint=hint)
        case OSError(strerror=str(reason)):
            return XdiagError(f"`{quotable(place)}` cannot be {done}: {reason[:1].lower()}{reason[1:]}", hint=hint)
    return XdiagError(f"`{quotable(place)}` cannot be {done}: it is not a file name", hint=hint)


_EXPECTED = "expected a file that you may read, or `-` for standard input"
_AT_ONCE = 2**20
_PATIENCE = 5.0
"""Seconds in which somebody must begin to write to a pipe that has a name."""


def _opened(path: Path | Literal["-"], place: str) -> "_Source":
    try:
        if str(path) == "-":
            return _Source(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer), place)
        raw = io.FileIO(path, opener=_without_waiting)
        # One of a shell's `<(...)` has no name of its own, and is open on both ends.
        if stat.S_ISFIFO(os.fstat(raw.fileno()).st_mode) and os.path.exists(os.path.realpath(path)):
            return _NamedPipe(raw, place)
        os.set_blocking(raw.fileno(), True)
        return _Source(raw, place)
    except (OSError, ValueError) as error:
        raise unusable(error, place, "read", _EXPECTED) from None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe at once, also where nobody writes to it yet."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class _Source(io.RawIOBase):
    """What is read, a part at a time. A fault of the system becomes a sentence, which no reader takes for its own.

    Raises XdiagError for a device, which may never end; but not for a terminal, nor for the one that is empty.
    """

    def __init__(self, raw: Any, place: str) -> None:
        """`raw` is closed with it, unless it is standard input."""
        self._raw, self._place = raw, place
        if _is_device(raw):
            self.close()
            raise XdiagError(f"`{quotable(place)}` is a device, not a file", hint=_EXPECTED)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say whether parts can be read again."""
        return bool(self._raw.seekable())

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to another part."""
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        """Say how far it was read."""
        return int(self._raw.tell())

    def fileno(self) -> int:
        """Give the system's number."""
        return int(self._raw.fileno())

    def readinto(self, buffer: Any, /) -> int | None:
        """Read the next part. Raises XdiagError where the system does not let it be read."""
        try:
            return self._part(buffer)
        except OSError as error:
            raise unusable(error, self._place, "read", _EXPECTED) from None

    def close(self) -> None:
        """Close it."""
        if isinstance(self._raw, io.FileIO) and self._raw.fileno() > 0:
            self._raw.close()
        super().close()

    def _part(self, buffer: Any) -> int | None:
        size: int | None = self._raw.readinto(buffer)
        return size


class _NamedPipe(_Source):
    """A pipe in the file system, which was opened without waiting for somebody who writes to it."""

    _awaited = False

    def _part(self, buffer: Any) -> int | None:
        if not self._awaited:
            events = select.poll()
            events.register(self.fileno(), select.POLLIN)
            came = bool(events.poll(_PATIENCE * 1000))
            size = super()._part(buffer)  # None where somebody has opened it and not written yet
            if size == 0 and not came:
                raise XdiagError(
                    f"`{quotable(self._place)}` is a pipe that nobody writes to", hint="start what writes to it first"
                )
            self._awaited = True
            os.set_blocking(self.fileno(), True)
            if size is not None:
                return size
        return super()._part(buffer)


def _is_device(raw: Any) -> bool:
    try:
        about = os.fstat(raw.fileno())
    except (OSError, ValueError):  # a stream of Python's own
        return False
    if stat.S_ISBLK(about.st_mode):
        return True
    return stat.S_ISCHR(about.st_mode) and not raw.isatty() and about.st_rdev != os.stat(os.devnull).st_rdev


def _size(file: IO[bytes]) -> int:
    """Give the size that the system names; of what is not a file, 0."""
    try:
        return os.fstat(file.fileno()).st_size
    except (OSError, ValueError):
        return 0
