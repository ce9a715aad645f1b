"""The file that the rows of a batch go to: whole lines at any time, and good to go on after."""

import os
import stat
from collections import Counter
from pathlib import Path
from types import TracebackType

from diagnose.batch import LONGEST_LINE, Row, Tally
from diagnose.collect.syntax import shown
from diagnose.errors import XdiagError
from diagnose.report import Lines
from diagnose.report.rows import beginning, header, read


class RowFile:
    """An open file of rows.

    `tally` counts the rows that it held when it was opened; `last_row` is the last of them (empty if there was none),
    `last_line` the number of the line which that is about.
    """

    def __init__(self, path: Path, kind: type[Row], form: Lines, *, resume: bool) -> None:
        """Open it for rows of a kind, readable to its owner only if it is new; without `resume` it starts empty.

        Raises XdiagError if it cannot be written, or if what it holds are not rows.
        """
        self.path, self.last_line, self.last_row = path, 0, b""
        self._kind, self._form = kind, form
        self._counted: Counter[str] = Counter()
        self._whole = 0
        try:
            if resume and path.exists():
                self._read()
            flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | (0 if resume else os.O_TRUNC)
            self._file = os.open(path, flags, 0o600)
            self._regular = stat.S_ISREG(os.fstat(self._file).st_mode)
            if self._regular:
                os.ftruncate(self._file, self._whole)
                os.lseek(self._file, self._whole, os.SEEK_SET)
        except (OSError, ValueError) as error:
            raise self._unusable(error, "expected a file that you may write to") from None

    @property
    def tally(self) -> Tally:
        """The rows that were there, by verdict."""
        return self._counted

    @property
    def empty(self) -> bool:
        """Whether nothing is in it, no header either."""
        return not self._whole

    def write(self, rows: bytes) -> None:
        """Add rows. Raises XdiagError if the system does not take them, for want of space, say."""
        rest = memoryview(rows)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise self._unusable(error, "what it holds are whole rows: go on with `--resume`") from None
        self._whole += len(rows)

    def __enter__(self) -> "RowFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it. What was not written to its end is taken back, however we leave."""
        if self._regular:
            os.ftruncate(self._file, self._whole)
        os.close(self._file)

    def _read(self) -> None:
        """Count the rows after the header, up to the last that ends with its line."""
        head, start = header(self._kind, self._form), beginning(self._kind, self._form)
        with open(self.path, "rb") as file:
            first = file.readline(len(head)) if head else b""
            if not head.startswith(first):
                raise self._foreign()
            self._whole = len(head) if first == head else 0
            while row := file.readline(_LONGEST_ROW):
                if not row.endswith(b"\n"):
                    if not start.startswith(row[: len(start)]) or len(row) == _LONGEST_ROW:
                        raise self._foreign()
                    break
                try:
                    found = read(row, self._kind, self._form)
                except ValueError:
                    raise self._foreign() from None
                if found.line <= self.last_line:
                    raise self._foreign()
                self.last_line, self.last_row = found.line, row
                self._counted[found.verdict] += 1
                self._whole += len(row)

    def _foreign(self) -> XdiagError:
        return XdiagError(
            f"`{shown(str(self.path))}` holds something else than rows of a batch",
            hint="name the file that the interrupted run wrote, with the options of that run",
        )

    def _unusable(self, error: OSError | ValueError, hint: str) -> XdiagError:
        return XdiagError(f"`{shown(str(self.path))}` cannot be written: {said(error)}", hint=hint)


def said(error: OSError | ValueError) -> str:
    """Say in the system's words why a file cannot be used; names with a NUL in them it does not even look at."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a file name"
    return f"{why[:1].lower()}{why[1:]}"


_LONGEST_ROW = 8 * LONGEST_LINE
