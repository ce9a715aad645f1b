"""Rows of a batch: from the lines of one file to the lines of another, which a later run can continue."""

import contextlib
import io
import os
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from diagnose.batch import LONGEST_LINE, BatchRow, Line, Tally, answered, kind_of_row, make_rows
from diagnose.causes.rule import Rule
from diagnose.cli.output import counts_are_due, print_note, progress_beside_rows, write_rows
from diagnose.cli.whole_file import whole_file, writing
from diagnose.collect.input import input_name, open_input
from diagnose.collect.json_errors import quotable
from diagnose.collect.request.containers import holds_records
from diagnose.errors import XdiagError
from diagnose.report import Lines
from diagnose.report.rows import decode_row, header_line, row_prefix


def run(
    file: Path,
    *,
    form: Lines,
    to: Path | None,
    jobs: int,
    explain: bool,
    findings: bool,
    resume: bool,
    rule_folders: Sequence[Path],
) -> Tally:
    """Make a row of every line of a file ("-": standard input); count all rows by verdict, earlier ones included.

    Raises XdiagError if a file cannot be read or written, or if the rows to continue are those of another batch, and
    BrokenPipeError if the reader of the rows has closed the pipe.
    """
    if str(to) == "-":
        to = None
    if resume and to is None:
        raise XdiagError("`--resume` has no rows to continue", hint="expected the file of the earlier run in `--to`")
    if resume and findings:
        raise XdiagError(
            "`--resume` does not go with `--output findings`: a case may have several rows",
            hint="expected it without `--resume`, or with `--output jsonl`",
        )
    rules = _rules(rule_folders) if explain or findings else None
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_open_lines(file, whole=findings))
        lines, counted = _lines(source, file), Counter[str]()
        write: Callable[[bytes], None] = write_rows
        if to is not None:
            _check_is_another_file(file, to)
            rows = stack.enter_context(RowFile(to, kind_of_row(rules), form, resume=resume))
            if rows.last_row:
                _continue_after(rows, lines, rules, form)
            write, counted = rows.write, Counter(rows.tally)
        if to is None or rows.empty:
            write(header_line(kind_of_row(rules), form))
        results = _results(
            lines, rules, form, jobs, _MOST_LINES if jobs > 1 or str(file) != "-" else 1, findings=findings
        )
        stack.enter_context(contextlib.closing(results))
        counted.update(_written(results, write, stack.enter_context(progress_beside_rows(to))))
    return counted


class Whole(Protocol):
    """What is made of all explained rows together, once all are there."""

    def add_lines(self, rows: bytes) -> None:
        """Take rows, JSON objects on lines."""

    def written(self) -> bytes:
        """Give what is written."""


def run_at_once(file: Path, whole: Whole, *, to: Path | None, jobs: int, rule_folders: Sequence[Path]) -> Tally:
    """Answer every line of a file with its first cause, and write one thing about all, once all are there.

    Raises XdiagError and BrokenPipeError as `run` does.
    """
    rules = _rules(rule_folders)
    with contextlib.ExitStack() as stack:
        lines = _lines(stack.enter_context(_open_lines(file, whole=False)), file)
        write: Callable[[bytes], None] = write_rows
        if to is not None and str(to) != "-":
            _check_is_another_file(file, to)
            # Opened before the work is done: it would be lost where nothing can be written.
            write = _writes(stack.enter_context(whole_file(to)), to)
        results = _results(lines, rules, Lines.JSONL, jobs, _MOST_LINES, findings=False)
        stack.enter_context(contextlib.closing(results))
        counted = _written(results, whole.add_lines, stack.enter_context(progress_beside_rows(to)))
        write(whole.written())
    return counted


def _writes(file: IO[bytes], path: Path) -> Callable[[bytes], None]:
    def write(content: bytes) -> None:
        with writing(path):
            file.write(content)

    return write


class RowFile:
    """An open file of rows.

    `tally` counts the rows that were in it when it was opened; `last_row` is the last of them (empty if there was
    none), `last_line` the number of the input line that it is about.
    """

    def __init__(self, path: Path, kind: type[BatchRow], form: Lines, *, resume: bool) -> None:
        """Open it for rows of a kind. A new file is readable by its owner only; without `resume` it starts empty.

        Raises XdiagError if it cannot be written, or if it contains anything but such rows.
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
        """Whether it is empty: there is not even a header."""
        return not self._whole

    def write(self, rows: bytes) -> None:
        """Add rows. Raises XdiagError if they cannot be written, for example because the disk is full."""
        rest = memoryview(rows)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise self._unusable(error, "the rows in it are complete: continue with `--resume`") from None
        self._whole += len(rows)

    def __enter__(self) -> "RowFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it, and cut off a row that was not written to its end."""
        if self._regular:
            os.ftruncate(self._file, self._whole)
        os.close(self._file)

    def _read(self) -> None:
        """Count the rows after the header, up to the last that ends with its line."""
        head, start = header_line(self._kind, self._form), row_prefix(self._kind, self._form)
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
                    earlier = decode_row(row, self._kind, self._form)
                except ValueError:
                    raise self._foreign() from None
                if earlier.line <= self.last_line:
                    raise self._foreign()
                self.last_line, self.last_row = earlier.line, row
                self._counted[earlier.verdict] += 1
                self._whole += len(row)

    def _foreign(self) -> XdiagError:
        return XdiagError(
            f"`{quotable(str(self.path))}` does not contain batch rows",
            hint="name the file that the interrupted run wrote, with the options of that run",
        )

    def _unusable(self, error: OSError | ValueError, hint: str) -> XdiagError:
        return XdiagError(f"`{quotable(str(self.path))}` cannot be written: {_why(error)}", hint=hint)


def _why(error: OSError | ValueError) -> str:
    """Say in the system's words why a file cannot be used. It does not look at a name with a NUL in it."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a file name"
    return f"{why[:1].lower()}{why[1:]}"


_MOST_LINES, _MOST_BYTES = 100, 4 * 2**20
"""The size of a chunk. A pipe is answered line by line."""


@contextlib.contextmanager
def _open_lines(file: Path, *, whole: bool) -> Generator[IO[bytes], None, None]:
    with open_input(file) as source:
        # What is looked at stays to be read. Of a pipe it is what there is: lines of cases are answered as they come.
        yield _cases_of(source, file, whole=whole) if holds_records(source.peek()) else source


def _cases_of(records: IO[bytes], file: Path, *, whole: bool) -> IO[bytes]:
    """Give the cases that the refused calls in a file of CloudTrail make, and say what fails most.

    `whole` says that rows tell more than the first cause.
    """
    from diagnose.collect.request.containers import MOST_BYTES
    from diagnose.collect.request.denials import denials_in

    place = input_name(file)
    data = records.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise XdiagError(f"`{quotable(place)}` is larger than {MOST_BYTES // 2**20} MB", hint="split it")
    denials = denials_in(data, place, whole=whole)
    for sentence in denials.summary:
        print_note(sentence)
    return io.BytesIO(denials.lines)


def _rules(folders: Sequence[Path]) -> tuple[Rule, ...]:
    """Read the rules. Verdicts alone need none, nor what reads them."""
    from diagnose.loading import load_rules

    return load_rules(folders)


def _check_is_another_file(file: Path, to: Path) -> None:
    """Raise XdiagError if the rows would overwrite the cases."""
    with contextlib.suppress(OSError, ValueError):
        given = os.fstat(sys.stdin.fileno()) if str(file) == "-" else os.stat(file)
        if stat.S_ISREG(given.st_mode) and os.path.samestat(given, to.stat()):
            raise XdiagError(
                f"`{quotable(str(to))}` contains the cases", hint="expected another file for the rows in `--to`"
            )


def _lines(source: IO[bytes], file: Path) -> Iterator[Line]:
    """Give the lines that are not blank, with their numbers; those after a line that does not end are not read."""
    number = 0
    while line := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            yield number, None
            if not _skips_line(source):
                print_note(
                    f"`{quotable(input_name(file))}` is not read on: line {number:,} does not end within "
                    f"{_LONGEST_SKIPPED // 2**30} GB"
                )
                return
        elif line.strip():
            yield number, line


def _skips_line(source: IO[bytes]) -> bool:
    """Read up to the end of a line; say whether it comes before too much was read."""
    for _ in range(_LONGEST_SKIPPED // _SKIPPED_AT_ONCE):
        part = source.readline(_SKIPPED_AT_ONCE)
        if not part or part.endswith(b"\n"):
            return True
    return False


_LONGEST_SKIPPED, _SKIPPED_AT_ONCE = 2**30, 2**20


def _continue_after(rows: RowFile, lines: Iterator[Line], rules: Sequence[Rule] | None, form: Lines) -> None:
    """Skip the lines that have rows: each must have one, and the last must make the last row again.

    What the rows before it say is not compared with anything.
    """
    line, skipped = None, 0
    for line in lines:
        skipped += 1
        if line[0] >= rows.last_line:
            break
    if skipped != sum(rows.tally.values()):
        raise XdiagError(
            f"`{quotable(str(rows.path))}` has {sum(rows.tally.values()):,} rows for the {skipped:,} cases up to line "
            f"{rows.last_line}",
            hint="rows were deleted or cases added since; without `--resume` all rows are made again",
        )
    if line is None or make_rows([line], rules, form)[0] != rows.last_row:
        raise XdiagError(
            f"the rows in `{quotable(str(rows.path))}` do not belong to these cases",
            hint=f"the row of line {rows.last_line} would be different; are cases, rules and options the same?",
        )


def _written(
    results: Iterable[tuple[bytes, Tally]], write: Callable[[bytes], None], step: Callable[[str], None]
) -> Counter[str]:
    """Write rows as they come, telling how far it is, and count them by verdict."""
    counted = Counter[str]()
    start, last_step = time.monotonic(), 0.0
    for text, tally in results:
        write(text)
        counted.update(tally)
        if counts_are_due(last_step, now := time.monotonic()):
            last_step = now
            done = counted.total()
            step(f"{done:,} lines, {done / (now - start):,.0f} a second")
    return counted


def _results(
    lines: Iterator[Line], rules: Sequence[Rule] | None, form: Lines, jobs: int, at_once: int, *, findings: bool
) -> Generator[tuple[bytes, Tally], None, None]:
    chunks = _chunks(lines, at_once)
    work = partial(make_rows, rules=rules, form=form, findings=findings, before=answered())
    if jobs == 1:
        return (work(chunk) for chunk in chunks)
    from diagnose.cli.workers import rows_from_workers

    return rows_from_workers(jobs, chunks, work)


def _chunks(lines: Iterable[Line], most: int) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[1] or b"")
        if len(chunk) >= most or size >= _MOST_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


_LONGEST_ROW = 8 * LONGEST_LINE
