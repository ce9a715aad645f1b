"""A case on a line of a batch, read part by part, so that what comes again is read once. Only the batch reads so.

INVARIANT: a line is read as `case_from_json` reads it. What is not certain here is left to that, and so is every error.
A law compares the two.
"""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from diagnose.collect.evidence.case_file import case_from_json, completed
from diagnose.evaluate.memo import Memo
from diagnose.model.authorization_record import AuthorizationRecord
from diagnose.model.case import Case, DestinationSide, Endpoint, ProbeResult, Request, Snapshot, SourceSide
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.json_text import UNSURE, encode_json, read_at_once


def case_from_line(line: bytes, place: str) -> Case:
    """Read a case, as `case_from_json` does. A side that has come before is the same object."""
    try:
        case = _in_parts(line)
    except (ValueError, RecursionError):
        return case_from_json(line, place=place)
    return completed(case, line, place)


class SnapshotInParts(Struct, forbid_unknown_fields=True):
    """A snapshot whose parts are not read yet. What is UNSET was left out."""

    source: Raw
    destination: Raw | UnsetType = UNSET
    endpoint: Raw | UnsetType = UNSET
    taken_at: str | UnsetType = UNSET


class CaseInParts(Struct, forbid_unknown_fields=True):
    """A case whose parts are not read yet. What is UNSET was left out."""

    request: Raw
    snapshot: SnapshotInParts
    schema: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    probe: ProbeResult | UnsetType | None = UNSET
    note: str | UnsetType = UNSET
    authorizations: tuple[AuthorizationRecord, ...] | UnsetType = UNSET


Part = TypeVar("Part")


class _Parts(Generic[Part]):
    """Parts of one type, by their text."""

    __slots__ = ("_decode", "_memo")

    def __init__(self, kind: Any) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        # A part holds its policies as they came.
        self._memo: Memo[Part] = Memo(bytes_of_one=3)

    def read(self, raw: Raw) -> Part:
        """Read a part. Raises ValueError and RecursionError for what is none, or may repeat a key."""
        text = bytes(raw)
        part = self._memo.find(text)
        if part is None:
            part = self._decode(text)
            # Most cases are written as we write them, and what is written again as it came has lost nothing.
            if encode_json(part) != text and read_at_once(text) is UNSURE:
                raise ValueError("a key may be repeated")
            self._memo.offer(text, part, len(text))
        return part


_CASE = msgspec.json.Decoder(CaseInParts)
_requests: _Parts[Request] = _Parts(Request)
_sources: _Parts[SourceSide] = _Parts(SourceSide)
_destinations: _Parts[DestinationSide] = _Parts(DestinationSide)
_endpoints: _Parts[Evidence[Endpoint | None]] = _Parts(Known[Endpoint | None] | Unread)


def _in_parts(line: bytes) -> Case:
    """Read a case. Raises ValueError and RecursionError for what is none, or may repeat a key."""
    line.decode()  # A part is found without a look at its letters, which may be none.
    case = _CASE.decode(line)
    if not _nothing_lost(case, line):
        raise ValueError("a key may be repeated")
    snapshot = case.snapshot
    parts: dict[str, Any] = {}
    if snapshot.destination is not UNSET:
        parts["destination"] = _destinations.read(snapshot.destination)
    if snapshot.endpoint is not UNSET:
        parts["endpoint"] = _endpoints.read(snapshot.endpoint)
    if snapshot.taken_at is not UNSET:
        parts["taken_at"] = snapshot.taken_at
    around = {name: value for name in _AROUND if (value := getattr(case, name)) is not UNSET}
    return Case(_requests.read(case.request), Snapshot(_sources.read(snapshot.source), **parts), **around)


_AROUND = CaseInParts.__struct_fields__[2:]


def _nothing_lost(case: CaseInParts, line: bytes) -> bool:
    """Say that a line repeats no key outside of its parts, which `case` has as they came.

    Every key has two quotation marks. Without escapes no others can make up for some that are missing.
    """
    again = encode_json(case)
    return again == line.rstrip() or (line.find(b"\\") < 0 and again.count(b'"') == line.count(b'"'))
