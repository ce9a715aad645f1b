"""The rows of matrices in files, of any form that `xdiag matrix` writes, in the order of their pairs."""

import csv
import heapq
import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from diagnose.collect.input import open_input
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.matrix.compare import Pair, pair_of
from diagnose.matrix.rows import MATRIX_SCHEMA, ExplainedPair
from diagnose.model.diagnosis import Verdict


def holds_rows(path: Path) -> bool:
    """Say whether a path is a file, or a folder with parts of a matrix as Spark writes it: anything but dumps."""
    return not os.path.isdir(path) or next(path.glob("*.parquet"), None) is not None


def read_rows(path: Path) -> Iterator[ExplainedPair]:
    """Give the rows of a file or of a folder of Parquet, as they come; what a row lacks is empty.

    Raises XdiagError, naming the file, for what cannot be read, and for anything but rows of a matrix.
    """
    for file in sorted(path.glob("*.parquet")) if os.path.isdir(path) else (path,):
        with open_input(file) as opened:
            yield from _rows_of(opened, file)


@contextmanager
def in_order(rows: Iterator[ExplainedPair]) -> Iterator[Iterator[ExplainedPair]]:
    """Give rows in the order of their pairs. All are taken first; those that do not fit into memory go to the disk.

    Rows that come in order are written as one run, however many they are.
    """
    with ExitStack() as stack:
        runs: list[IO[bytes]] = []
        last: Pair | None = None
        while some := sorted(islice(rows, _ROWS_IN_MEMORY), key=pair_of):
            if not runs and len(some) < _ROWS_IN_MEMORY:
                yield iter(some)
                return
            if last is None or pair_of(some[0]) < last:
                runs.append(stack.enter_context(TemporaryFile()))
            runs[-1].writelines(_ENCODER.encode(row) + b"\n" for row in some)
            last = pair_of(some[-1])
        for run in runs:
            run.seek(0)
        yield heapq.merge(*(map(_DECODER.decode, run) for run in runs), key=pair_of)


_ROWS_IN_MEMORY = 50_000
_EXPECTED = "expected a file that `xdiag matrix` has written, or a folder of dumps"
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(ExplainedPair)


def _rows_of(opened: "io.BufferedReader[io.RawIOBase]", file: Path) -> Iterator[ExplainedPair]:
    begins = opened.peek(len(_PARQUET))[: len(_PARQUET)]
    if begins == _PARQUET:
        return _of_parquet(opened, file)
    return _of_lines(opened, file) if begins[:1] in (b"{", b"") else _of_csv(opened, file)


_PARQUET = b"PAR1"
_LONGEST_ROW = 2**20
"""Bytes. A row holds two ARNs and a sentence."""


def _lines(opened: IO[bytes], file: Path) -> Iterator[bytes]:
    number = 0
    while line := opened.readline(_LONGEST_ROW + 1):
        number += 1
        if len(line) > _LONGEST_ROW:
            raise _foreign(file, f"line {number}")
        yield line


def _of_lines(opened: IO[bytes], file: Path) -> Iterator[ExplainedPair]:
    for number, line in enumerate(_lines(opened, file), 1):
        try:
            yield _checked(_DECODER.decode(line))
        except (ValueError, RecursionError):
            raise _foreign(file, f"line {number}") from None


def _of_csv(opened: IO[bytes], file: Path) -> Iterator[ExplainedPair]:
    rows = csv.DictReader((line.decode("utf-8", "replace") for line in _lines(opened, file)), strict=True)
    try:
        if "schema" not in (rows.fieldnames or ()):
            raise _foreign(file, "line 1")
        for row in rows:
            yield _row(row)
    except (csv.Error, TypeError, ValueError):
        raise _foreign(file, f"line {rows.reader.line_num}") from None


def _of_parquet(opened: IO[bytes], file: Path) -> Iterator[ExplainedPair]:
    if find_spec("pyarrow") is None:
        raise XdiagError("Parquet cannot be read: pyarrow is not installed", hint="pip install 'xdiag[arrow]'")
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        for batch in ParquetFile(opened).iter_batches():
            yield from map(_row, batch.to_pylist())
    except (ArrowException, OSError, TypeError, ValueError):  # of damage it says either
        raise _foreign(file, "it") from None


def _row(fields: dict[str, str]) -> ExplainedPair:
    """Make a row of its fields. Raises TypeError or ValueError where they are not those of a row."""
    if fields.pop("schema", "") != MATRIX_SCHEMA:
        raise ValueError("another schema")
    return _checked(msgspec.convert(fields | {"schema": MATRIX_SCHEMA}, ExplainedPair))


def _checked(row: ExplainedPair) -> ExplainedPair:
    Verdict(row.verdict)
    return row


def _foreign(file: Path, place: str) -> XdiagError:
    return XdiagError(f"`{quotable(str(file))}` does not contain a matrix: {place} has no row of one", hint=_EXPECTED)
