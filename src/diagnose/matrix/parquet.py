"""Parquet files of a matrix: its rows, and its two sides for an engine that is to decide them."""

from collections.abc import Iterator
from itertools import islice
from typing import IO

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from diagnose.matrix.arrow import SIDES, row_batch, row_schema
from diagnose.matrix.rows import MatrixRow
from diagnose.report import Lines
from diagnose.report.rows import decode_row


def write_parquet_rows(lines: IO[bytes], to: IO[bytes], kind: type[MatrixRow]) -> None:
    """Write the rows of a kind that a file of JSON lines holds. Memory does not grow with their number."""
    with ParquetWriter(to, row_schema(kind), compression="zstd") as writer:
        for some in _some_of(lines):
            writer.write_batch(row_batch([decode_row(line, kind, Lines.JSONL) for line in some], kind))


def write_parquet_sides(batches: Iterator[pa.RecordBatch], to: IO[bytes]) -> None:
    """Write a side of a matrix, of the columns `SIDES`."""
    with ParquetWriter(to, SIDES, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


_ROWS_AT_ONCE = 50_000


def _some_of(lines: IO[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(lines, _ROWS_AT_ONCE)):
        yield some
