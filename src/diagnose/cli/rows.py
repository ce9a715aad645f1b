"""Rows of a batch: from the lines of a file to whole lines of another."""

import contextlib
import os
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from diagnose.batch import LONGEST_LINE, Line, Tally, kind_of_row, told
from diagnose.causes.rule import Rule
from diagnose.cli.output import pour, progress, shows_results
from diagnose.cli.row_file import RowFile, said
from diagnose.collect.syntax import shown
from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.report import Lines
from diagnose.report.rows import header

_MOST_LINES, _MOST_BYTES = 100, 4 * 2**20
"""How much is worked out at once. What comes from a pipe is answered line by line."""


def run(
    file: Path,
    *,
    form: Lines,
    to: Path | None,
    jobs: int,
    explain: bool,
    resume: bool,
    rule_folders: Sequence[Path],
) -> Tally:
    """Make a row of every line of a file ("-": standard input); count all the rows that there are, by verdict.

    Raises XdiagError if a file cannot be read or written, or if the rows to go on after are of something else, and
    BrokenPipeError if whoever reads the rows has left.
    """
    if resume and to is None:
        raise XdiagError("`--resume` has nothing to go on after", hint="name the file that holds the rows with `--to`")
    rules = load_rules(rule_folders) if explain else None
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(_opened(file))
        lines, counted = _lines(source), Counter[str]()
        write: Callable[[bytes], None] = pour
        if to is not None:
            _check_other(source, to)
            rows = stack.enter_context(RowFile(to, kind_of_row(rules), form, resume=resume))
            if rows.last_row:
                _go_on_after(rows, lines, rules, form)
            write, counted = rows.write, Counter(rows.tally)
        if to is None or rows.empty:
            write(header(kind_of_row(rules), form))
        results = _results(lines, rules, form, jobs, _MOST_LINES if jobs > 1 or str(file) != "-" else 1)
        stack.enter_context(contextlib.closing(results))
        step = stack.enter_context(_watched(to))
        done, start, shown_at = 0, time.monotonic(), 0.0
        for text, tally in results:
            write(text)
            counted.update(tally)
            done += sum(tally.values())
            if (now := time.monotonic()) > shown_at + 0.2:
                shown_at = now
                step(f"{done:,} lines, {done / (now - start):,.0f} a second")
    return counted


def _opened(file: Path) -> contextlib.AbstractContextManager[IO[bytes]]:
    if str(file) == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")
    except (OSError, ValueError) as error:
        hint = "expected a file that you may read, or `-` for standard input"
        raise XdiagError(f"`{shown(str(file))}` cannot be read: {said(error)}", hint=hint) from None


def _check_other(source: IO[bytes], to: Path) -> None:
    """Keep the rows from being written over the cases."""
    with contextlib.suppress(OSError, ValueError):
        given = os.fstat(source.fileno())
        if stat.S_ISREG(given.st_mode) and os.path.samestat(given, to.stat()):
            raise XdiagError(f"`{shown(str(to))}` holds the cases", hint="name another file for the rows with `--to`")


def _lines(source: IO[bytes]) -> Iterator[Line]:
    """Give the lines that are not blank, with their numbers."""
    number = 0
    while line := source.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (part := source.readline(2**20)) and not part.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def _go_on_after(rows: RowFile, lines: Iterator[Line], rules: Sequence[Rule] | None, form: Lines) -> None:
    """Pass over the lines that have rows. The last of them must make the last row again: else it is another batch."""
    line = next((line for line in lines if line[0] >= rows.last_line), None)
    if line is None or told([line], rules, form)[0] != rows.last_row:
        raise XdiagError(
            f"the rows in `{shown(str(rows.path))}` are not of these cases",
            hint=f"the row of line {rows.last_line} would be another; are the cases, rules and options the same?",
        )


def _results(
    lines: Iterator[Line], rules: Sequence[Rule] | None, form: Lines, jobs: int, at_once: int
) -> Generator[tuple[bytes, Tally], None, None]:
    chunks = _chunks(lines, at_once)
    if jobs == 1:
        return (told(chunk, rules, form) for chunk in chunks)
    from diagnose.cli.crew import told_by

    return told_by(jobs, chunks, rules, form)


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


def _watched(to: Path | None) -> contextlib.AbstractContextManager[Callable[[str], None]]:
    """Show how far we are, unless the rows themselves run over the same screen."""
    return contextlib.nullcontext(lambda _: None) if to is None and shows_results() else progress()
