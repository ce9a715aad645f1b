"""Records of CloudTrail out of whatever they come in: log files, command output, queues, queries, spreadsheets."""

import base64
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from diagnose.collect.evidence.case_sign import sign_of_case
from diagnose.collect.json_errors import quotable
from diagnose.collect.request.rows import record_of_row
from diagnose.errors import XdiagError
from diagnose.model.lazy_pattern import lazy_pattern

Record: TypeAlias = Mapping[str, Any]
"""A record as CloudTrail writes it, its names in CloudTrail's own capitals. A column that was left out is no key."""

MOST_BYTES = 512 * 2**20
"""The size of the largest file that is read, and of all that is packed in one."""


def records_in(data: bytes, place: str) -> list[Record]:
    """Find all records in a file, in order, each once. `place` names the file in the message of an error.

    A record may be wrapped, quoted as a string, packed or spread over columns any number of times: what is looked for
    is the record itself. Raises XdiagError where there is none.
    """
    room = _Room(place)
    try:
        text = _Text(room.unpacked(data).decode("utf-8-sig", "replace"))
    except ValueError:
        raise XdiagError(
            f"`{quotable(place)}` is a gzip file that cannot be unpacked", hint="is it whole? fetch it again"
        ) from None
    records: dict[str, Record] = {}
    strangers = 0
    for value in _values(text, place):
        strangers += 1
        for record in _records(value, room):
            strangers = 0
            # What is delivered twice has one id; without an id nobody can say.
            records.setdefault(str(record.get("eventID") or f"#{len(records)}"), record)
        if strangers > _MOST_STRANGERS:
            raise XdiagError(
                f"`{quotable(place)}` holds {_MOST_STRANGERS:,} values in a row that are no record of CloudTrail",
                hint="is it the right file? pick the records out of it first",
            )
    if not records:
        raise _no_records(text, place)
    return list(records.values())


def holds_records(data: bytes) -> bool:
    """Say whether a file looks like one of CloudTrail's, as against cases."""
    if data.startswith(_GZIP):
        return True
    beginning = data[:_LOOKED_AT]
    # To search a megabyte for a record takes as long as to decide a thousand cases.
    before = beginning[: sign_of_case(beginning)]
    return _LOOKS_LIKE_RECORDS.search(before.decode("utf-8-sig", "replace")) is not None


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
_LOOKS_LIKE_RECORDS = lazy_pattern(
    r'(?i)\b(eventname|cloudtrailevent|queryresultrows|awslogs|logevents|useridentity)\b\\*"{0,2}\s*[:,;}\n]'
)
_DEEPEST = 16
_MOST_STRANGERS = 1_000_000
"""How many values in a row may hold no record, or begin as JSON and be none."""
_MOST_IN_VAIN = 30
"""How much may be read that turns out not to be JSON, as a multiple of the text."""
_LARGEST_OF_ANY_RATIO, _MOST_PACKED = 64 * 2**20, 200
"""What is larger unpacked is refused where it is so many times as large as it was: a log never is."""
_CSV_NAMES = {"eventname", "errormessage", "useridentity", "eventid", "cloudtrailevent", "@message", "_raw", "message"}


class _Text(str):
    """A text in which an error counts no lines: where there are many, that would take ever longer."""

    __slots__ = ()

    def count(self, *_: Any) -> int:
        """Count nothing."""
        return 0

    def rfind(self, *_: Any) -> int:
        """Look for nothing."""
        return -1


class _Room:
    """What may yet be unpacked of a file, which may hold more than one thing that is packed."""

    def __init__(self, place: str) -> None:
        """`place` names the file."""
        self._place, self._left = place, MOST_BYTES

    def unpacked(self, data: bytes) -> bytes:
        """Unpack what is packed, once or twice. Raises ValueError where it is damaged, and XdiagError for too much."""
        for _ in range(2):
            if not data.startswith(_GZIP):
                break
            most = min(self._left, max(_LARGEST_OF_ANY_RATIO, _MOST_PACKED * len(data)))
            try:
                with gzip.open(io.BytesIO(data)) as file:
                    data = file.read(most + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise ValueError("it is damaged") from error
            if len(data) > self._left:
                raise XdiagError(f"`{quotable(self._place)}` holds more than {MOST_BYTES // 2**20} MB", hint="split it")
            if len(data) > most:
                raise XdiagError(
                    f"`{quotable(self._place)}` unpacks to more than {_MOST_PACKED} times its size",
                    hint="no log does; is it the right file?",
                )
            self._left -= len(data)
        return data


def _values(text: str, place: str) -> Iterator[Any]:
    """Give the JSON values in a text, whatever stands between them; or else the rows of a table.

    For what begins as JSON and is none, None is given.
    """
    head = text.lstrip()[:4096]
    if head[:1] not in ("{", "["):
        first = head.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        names = [name.strip().strip('"').lower() for name in first.split(delimiter)]
        if len(names) > 1 and _CSV_NAMES.intersection(names):
            csv.field_size_limit(MOST_BYTES)
            rows = csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter)
            try:
                yield from rows
            except csv.Error as error:
                raise XdiagError(
                    f"`{quotable(place)}` is a table that cannot be read on from line {rows.line_num + 1}: {error}",
                    hint="is it whole? make it again",
                ) from None
            return
    decoder = json.JSONDecoder()
    at = in_vain = 0
    while (found := _START.search(text, at)) is not None:
        start = found.start()
        try:
            value, at = decoder.raw_decode(text, start)
        except RecursionError:
            raise XdiagError(
                f"`{quotable(place)}` is nested too deeply to be read", hint="is it the right file?"
            ) from None
        except ValueError as error:
            in_vain += _read_until(error, text) - start
            if in_vain > _MOST_IN_VAIN * len(text):
                raise XdiagError(
                    f"`{quotable(place)}` begins as JSON again and again, and does not go on so",
                    hint="is it whole, and the right file?",
                ) from None
            value, at = None, start + 1
        yield value


def _read_until(error: ValueError, text: str) -> int:
    """Say how far was read in vain. Of a string without an end the error names the beginning."""
    if not isinstance(error, json.JSONDecodeError):  # a number with more digits than Python reads
        return len(text)
    return len(text) if error.msg.startswith("Unterminated") else error.pos


_START = re.compile(r'[{\["]')


def _records(value: Any, room: _Room, depth: int = 0) -> Iterator[Record]:
    """Find the records in a JSON value: it is one, or holds them, perhaps as text."""
    if depth > _DEEPEST:
        return
    match value:
        case dict():
            if (record := record_of_row(value)) is not None:
                yield record
                return
            for inner in value.values():
                yield from _records(inner, room, depth + 1)
        case list():
            row = _row(value)
            if row is not None and (record := record_of_row(row)) is not None:
                yield record
                return
            table = _table(value)
            for inner in value if table is None else table:
                yield from _records(inner, room, depth + 1)
        case str():
            yield from _in_text(value, room, depth)
        case _:
            pass


def _in_text(text: str, room: _Room, depth: int) -> Iterator[Record]:
    text = text.strip()
    if text[:1] in ("{", "[", '"'):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return
        yield from _records(inner, room, depth + 1)
    elif text.startswith("H4sI"):  # base64 of the first bytes of gzip
        try:
            inner = json.loads(room.unpacked(base64.b64decode(text)))
        except (ValueError, RecursionError):
            return
        yield from _records(inner, room, depth + 1)


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
