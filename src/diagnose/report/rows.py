"""Rows of a batch as text, each on a line of its own: JSON objects, or CSV for spreadsheets (RFC 4180, UTF-8)."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct

from diagnose.report import Lines
from diagnose.report.safe_text import ascii_json, csv_line

R = TypeVar("R", bound=Struct)


def encode_rows(rows: Iterable[Struct], form: Lines) -> bytes:
    """Write rows, a line end after each."""
    builtins = map(msgspec.to_builtins, rows)
    if form is Lines.CSV:
        return "".join(csv_line(row.values()) for row in builtins).encode()
    return "".join(f"{ascii_json(row)}\n" for row in builtins).encode("ascii")


def header_line(kind: type[Struct], form: Lines) -> bytes:
    """Give the line that stands before the rows of a kind, with the names of their fields; empty where none does."""
    return csv_line(row_fields(kind)).encode() if form is Lines.CSV else b""


def row_fields(kind: type[Struct]) -> list[str]:
    """Name the fields of a kind in the order in which rows have them, that with the schema first."""
    return [str(kind.__struct_config__.tag_field), *kind.__struct_encode_fields__]


def row_prefix(kind: type[Struct], form: Lines) -> bytes:
    """Give the text that every row of a kind begins with."""
    tag = str(kind.__struct_config__.tag)
    return f"{tag},".encode() if form is Lines.CSV else f'{{"{row_fields(kind)[0]}": "{tag}", '.encode()


def decode_row(line: bytes, kind: type[R], form: Lines) -> R:
    """Read a row that was written so. Raises ValueError for anything else."""
    if form is Lines.JSONL:
        return msgspec.json.decode(line, type=kind)
    import csv

    try:
        [cells] = csv.reader([line.decode()], strict=True)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return msgspec.convert(dict(zip(row_fields(kind), cells, strict=True)), kind, strict=False)
