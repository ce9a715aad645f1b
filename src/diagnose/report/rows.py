"""Rows of a batch as text, each on a line of its own: JSON objects, or CSV for spreadsheets (RFC 4180, UTF-8)."""

from collections.abc import Iterable
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from diagnose.report import Lines
from diagnose.report.safe_text import ascii_json, csv_line

R = TypeVar("R", bound=Struct)


def encode_rows(rows: Iterable[Struct], form: Lines) -> bytes:
    """Write rows, a line end after each."""
    if form is Lines.CSV:
        return "".join(csv_line(msgspec.to_builtins(row).values()) for row in rows).encode()
    return "".join(map(_json_line, rows)).encode("ascii")


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


def _json_line(row: Struct) -> str:
    """Write a row as `ascii_json` does, which would look at every name again."""
    values = [encode_basestring_ascii(value) if type(value) is str else _json_value(value) for value in astuple(row)]
    line = _frame(type(row)) % tuple(values)
    return line.replace("\x7f", r"\u007f") if "\x7f" in line else line


@cache
def _frame(kind: type[Struct]) -> str:
    """Give a row of a kind with `%s` in the place of each value."""
    tag, *names = row_fields(kind)
    members = ", ".join(f"{ascii_json(name)}: %s" for name in names)
    return f"{{{ascii_json(tag)}: {ascii_json(str(kind.__struct_config__.tag))}, {members}}}\n"


def _json_value(value: object) -> str:
    return str(value) if type(value) is int else ascii_json(msgspec.to_builtins(value))
