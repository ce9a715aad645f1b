"""Rows of a matrix on their way to a file: beside it until all are there, so that a later run can go on with them."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from diagnose.cli.output import print_note
from diagnose.cli.whole_file import whole_file, writing
from diagnose.cli.whole_matrix import Finish
from diagnose.collect.input import open_input
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.matrix.accounts import dump_files
from diagnose.matrix.rows import Counts
from diagnose.version import VERSION


def fingerprint(folder: Path, options: Iterable[object]) -> str:
    """Tell one run from another: by the bytes of all dumps, by what was asked, and by the version of xdiag."""
    whole = hashlib.sha256(msgspec.json.encode([VERSION, *options]))
    for file in dump_files(folder):
        whole.update(str(file.relative_to(folder)).encode(errors="surrogateescape") + b"\0")
        try:
            with open_input(file) as opened:
                whole.update(hashlib.file_digest(opened, "sha256").digest())
        except XdiagError as error:  # it was left out, which was told
            whole.update(error.message.encode(errors="surrogateescape"))
    return whole.hexdigest()


class MatrixPart:
    """The rows so far. `done` is the number of roles that have theirs, `counts` what they add up to.

    Beside the rows stands a journal: its first line says which run they are of, each of the others how far they go. A
    run that is killed leaves both. Rows beyond the last line of the journal are dropped.
    """

    def __init__(self, path: Path, run: str, finish: Finish | None, *, resume: bool) -> None:
        """Open both, for their owner only. Without `resume` they start empty. `finish` makes the file of the rows.

        Raises XdiagError if they cannot be written, are those of another run, or are being written by one.
        """
        self.path, self.done, self.counts = path, 0, Counts()
        self._run, self._finish = run, finish
        with writing(path):
            self._target = Path(os.path.realpath(path))
            self._part, self._journal = (self._target.parent / f".{self._target.name}.{end}" for end in _ENDS)
            self._log = os.open(self._journal, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            self._lock()
            there = os.path.lexists(self._part)
            with writing(path):
                self._rows = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                self._size = self._taken_up() if resume else 0
            except XdiagError:
                os.close(self._rows)
                if not there:
                    self._part.unlink()
                raise
            with writing(path):
                os.ftruncate(self._rows, self._size)
                os.lseek(self._rows, self._size, os.SEEK_SET)
                if not self.done:
                    os.ftruncate(self._log, 0)
                    _write(self._log, msgspec.json.encode(_Beginning(run)) + b"\n")
        except BaseException:
            os.close(self._log)
            raise

    def write(self, rows: bytes) -> None:
        """Add text that no journal speaks of yet, such as a header."""
        with writing(self.path):
            _write(self._rows, rows)
        self._size += len(rows)

    def add(self, rows: bytes, roles: int, counts: Counts) -> None:
        """Add the rows of further roles."""
        self.write(rows)
        self.done += roles
        self.counts.add(counts)
        with writing(self.path):
            _write(self._log, msgspec.json.encode(_Step(self.done, self._size, self.counts)) + b"\n")

    def finish(self) -> None:
        """Make the file of the rows, now that all are there."""
        if self._finish is not None:
            with whole_file(self.path) as file, writing(self.path), open(self._part, "rb") as lines:
                self._finish(lines, file, self.counts)
        else:
            with writing(self.path):
                os.replace(self._part, self._target)
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close both. What was done is kept for a later run, if it is worth it."""
        if error is not None and not self.done:
            self._forget()
        elif error is not None:
            print_note(f"the rows of {self.done:,} roles are kept: the same command with `--resume` goes on from there")
        os.close(self._rows)
        os.close(self._log)

    def _lock(self) -> None:
        if os.fstat(self._log).st_uid != os.geteuid():
            raise XdiagError(
                f"`{quotable(str(self._journal))}` is somebody else's", hint="delete it, or name another file"
            )
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise XdiagError(
                f"another run is writing `{quotable(str(self.path))}`", hint="wait for it, or name another file"
            ) from None

    def _taken_up(self) -> int:
        """Read how far an earlier run came; give the size of its rows."""
        with open(os.dup(self._log), "rb") as journal:
            content = journal.read(_LONGEST_JOURNAL + 1)
        if len(content) > _LONGEST_JOURNAL:
            raise self._foreign()
        lines = content.splitlines(keepends=True)
        if not lines or not lines[0].endswith(b"\n"):
            print_note(f"there are no rows to go on with for `{quotable(str(self.path))}`: all are made")
            return 0
        try:
            earlier = msgspec.json.decode(lines[0], type=_Beginning).run
            whole = [line for line in lines[1:] if line.endswith(b"\n")]
            steps = [msgspec.json.decode(line, type=_Step) for line in whole]
        except (ValueError, RecursionError):
            earlier, steps = "", []
        if earlier != self._run:
            raise self._foreign()
        there = os.fstat(self._rows).st_size
        last = next((step for step in reversed(steps) if step.size <= there), None)
        if last is None:
            return 0
        self.done, self.counts = last.roles, last.counts
        # The journal may end within a line: what follows must begin on one of its own.
        kept = b"".join([lines[0], *(line for line, step in zip(whole, steps, strict=True) if step.size <= there)])
        os.ftruncate(self._log, len(kept))
        os.lseek(self._log, len(kept), os.SEEK_SET)
        return last.size

    def _foreign(self) -> XdiagError:
        return XdiagError(
            f"the rows beside `{quotable(str(self.path))}` are not of this run",
            hint="dumps, rules, options or xdiag are others now; without `--resume` all rows are made again",
        )

    def _forget(self) -> None:
        for file in (self._part, self._journal):
            with contextlib.suppress(OSError):
                file.unlink()


_ENDS = ("part", "journal")
_LONGEST_JOURNAL = 64 * 2**20
"""Bytes: a line for some roles at a time."""


class _Beginning(Struct):
    run: str


class _Step(Struct):
    roles: int
    size: int
    counts: Counts


def _write(file: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(file, rest) :]
