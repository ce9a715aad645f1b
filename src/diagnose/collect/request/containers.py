"""Records of CloudTrail out of whatever they come in: log files, command output, queues, queries, spreadsheets."""

import base64
import binascii
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from diagnose.collect.json_errors import quotable
from diagnose.collect.request.rows import record_of_row
from diagnose.errors import XdiagError
from diagnose.model.lazy_pattern import lazy_pattern

Record: TypeAlias = Mapping[str, Any]
"""A record as CloudTrail writes it, its names in CloudTrail's own capitals. A column that was left out is no key."""

MOST_BYTES = 512 * 2**20
"""The size of the largest file that is unpacked."""


def records_in(data: bytes, place: str) -> list[Record]:
    """Find all records in a file, in order, each once. `place` names the file in the message of an error.

    A record may be wrapped, quoted as a string, packed or spread over columns any number of times: what is looked for
    is the record itself. Raises XdiagError where there is none.
    """
    text = _unpacked(data, place).decode("utf-8-sig", "replace")
    records: dict[str, Record] = {}
    for record in (record for value in _values(text, place) for record in _records(value)):
        # What is delivered twice has one id; without an id nobody can say.
        records.setdefault(str(record.get("eventID") or f"#{len(records)}"), record)
    if not records:
        raise _no_records(text, place)
    return list(records.values())


def holds_records(data: bytes) -> bool:
    """Say whether a file looks like one of CloudTrail's, as against cases."""
    if data.startswith(_GZIP):
        return True
    beginning = data[:_LOOKED_AT]
    # To search a megabyte for a record takes as long as to decide a thousand cases.
    if any(beginning.find(sign) >= 0 for sign in _OF_CASES):
        return False
    return _LOOKS_LIKE_RECORDS.search(beginning.decode("utf-8-sig", "replace")) is not None


def part_of(record: Record, name: str) -> Record:
    """Give the object under a name, an empty one where there is none: records are made by many hands."""
    part = record.get(name)
    return part if isinstance(part, dict) else {}


def text_in(record: Record, name: str) -> str:
    """Give the text under a name; empty where there is none, or something else."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


_GZIP = b"\x1f\x8b"
_LOOKED_AT = 2**20
_OF_CASES = (b'"xdiag.case', b'"snapshot"')
_LOOKS_LIKE_RECORDS = lazy_pattern(
    r'(?i)\\*"?\b(eventname|cloudtrailevent|queryresultrows|awslogs|logevents|useridentity)\b\\*"{0,2}\s*[:,;}\n]'
)
_DEEPEST = 16
_MOST_BEHIND = 2**16
_CSV_NAMES = {"eventname", "errormessage", "useridentity", "eventid", "cloudtrailevent", "@message", "_raw", "message"}


def _unpacked(data: bytes, place: str) -> bytes:
    for _ in range(2):
        if not data.startswith(_GZIP):
            break
        try:
            with gzip.open(io.BytesIO(data)) as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise XdiagError(
                f"`{quotable(place)}` is a gzip file that cannot be unpacked", hint="is it whole? fetch it again"
            ) from None
        if len(data) > MOST_BYTES:
            raise XdiagError(f"`{quotable(place)}` holds more than {MOST_BYTES // 2**20} MB", hint="split it")
    return data


def _values(text: str, place: str) -> Iterator[Any]:
    """Give the JSON values in a text, whatever stands between them; or else the rows of a table."""
    head = text.lstrip()[:4096]
    if head[:1] not in ("{", "["):
        first = head.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        names = [name.strip().strip('"').lower() for name in first.split(delimiter)]
        if len(names) > 1 and _CSV_NAMES.intersection(names):
            csv.field_size_limit(MOST_BYTES)
            yield from csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter)
            return
    decoder = json.JSONDecoder()
    at = 0
    while True:
        if at > _MOST_BEHIND:
            # What was read is dropped: an error counts the lines before it.
            text, at = text[at:], 0
        found = _START.search(text, at)
        if found is None:
            return
        start = found.start()
        try:
            value, at = decoder.raw_decode(text, start)
        except RecursionError:
            raise XdiagError(
                f"`{quotable(place)}` is nested too deeply to be read", hint="is it the right file?"
            ) from None
        except ValueError:
            at = start + 1
            continue
        yield value


_START = re.compile(r'[{\["]')


def _records(value: Any, depth: int = 0) -> Iterator[Record]:
    """Find the records in a JSON value: it is one, or holds them, perhaps as text."""
    if depth > _DEEPEST:
        return
    match value:
        case dict():
            if (record := record_of_row(value)) is not None:
                yield record
                return
            for inner in value.values():
                yield from _records(inner, depth + 1)
        case list():
            row = _row(value)
            if row is not None and (record := record_of_row(row)) is not None:
                yield record
                return
            table = _table(value)
            for inner in value if table is None else table:
                yield from _records(inner, depth + 1)
        case str():
            yield from _in_text(value, depth)
        case _:
            pass


def _in_text(text: str, depth: int) -> Iterator[Record]:
    text = text.strip()
    if text[:1] in ("{", "[", '"'):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return
        yield from _records(inner, depth + 1)
    elif text.startswith("H4sI"):  # base64 of the first bytes of gzip
        try:
            inner = json.loads(gzip.decompress(base64.b64decode(text)))
        except (ValueError, RecursionError, OSError, EOFError, binascii.Error, zlib.error):
            return
        yield from _records(inner, depth + 1)


def _row(value: list[Any]) -> dict[str, Any] | None:
    """Put the cells of a row together: Insights lists field and value, CloudTrail Lake an object for each column."""
    cells = [cell for cell in value if isinstance(cell, dict)]
    if not cells or len(cells) != len(value):
        return None
    if all(set(cell) == {"field", "value"} for cell in cells):
        return {str(cell["field"]): cell["value"] for cell in cells}
    if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
        return {name: inner for cell in cells for name, inner in cell.items()}
    return None


def _table(value: list[Any]) -> list[dict[str, Any]] | None:
    """Read the rows of Athena's `get-query-results`, the first of which has the names."""
    lines = [line["Data"] for line in value if isinstance(line, dict) and isinstance(line.get("Data"), list)]
    if len(lines) < 2 or len(lines) != len(value):
        return None
    cells = [[cell.get("VarCharValue", "") if isinstance(cell, dict) else "" for cell in line] for line in lines]
    return [dict(zip(map(str, cells[0]), line, strict=False)) for line in cells[1:]]


def _no_records(text: str, place: str) -> XdiagError:
    """Say what a file without records is, where that can be seen, and what prints them."""
    for sign, what, hint in _ARE_NOT:
        if sign in text[:_LOOKED_AT]:
            return XdiagError(f"`{quotable(place)}` is {what}", hint=hint)
    return XdiagError(
        f"`{quotable(place)}` holds no CloudTrail record",
        hint="expected a record, a log file, or what `aws cloudtrail lookup-events` prints",
    )


_ARE_NOT = (
    ("digestS3Object", "a digest of CloudTrail, which lists log files", "expected one of the log files that it names"),
    ("datetime.datetime(", "Python's print of records, not JSON", "expected what `json.dumps(..., default=str)` gives"),
    ('"aws.cloudtrail', "a document of Elastic without the record", "expected its field `event.original`"),
)
