"""A case on a line of a batch, read part by part, so that what comes again is read once. Only the batch reads so.

INVARIANT: a line is read as `case_from_json` reads it. What is not certain here is left to that, and so is every error.
A law compares the two.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.structs import fields

from diagnose.collect.evidence.case_file import case_from_json, completed
from diagnose.evaluate.memo import Memo
from diagnose.model.authorization_record import AuthorizationRecord
from diagnose.model.case import Case, DestinationSide, Endpoint, ProbeResult, Request, Snapshot, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.json_text import UNSURE, encode_json, read_at_once
from diagnose.model.policy import Level


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
    """A case whose parts are not read yet. What is UNSET was left out.

    INVARIANT: no object within it is read. What that leaves out would be written again, and could make up for what it
    repeats.
    """

    request: Raw
    snapshot: SnapshotInParts
    schema: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    probe: Raw | UnsetType = UNSET
    note: str | UnsetType = UNSET
    authorizations: Raw | UnsetType = UNSET


Part = TypeVar("Part")
Divided = TypeVar("Divided", bound=Struct)


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
        return self._memo.offer(text, self._made(text), len(text)) if part is None else part

    def _made(self, text: bytes) -> Part:
        part: Part = self._decode(text)
        _check(part, text)
        return part


class _Divided(_Parts[Divided]):
    """Parts that have others in them, which come again without the rest."""

    __slots__ = ("_kind", "_parts")

    def __init__(self, kind: type[Divided], **parts: _Parts[Any]) -> None:
        """`parts` are the fields that are read apart."""
        members = [
            (member.name, kept) if member.required else (member.name, kept | UnsetType, UNSET)
            for member in fields(kind)
            for kept in (Raw if member.name in parts else member.type,)
        ]
        super().__init__(msgspec.defstruct(f"{kind.__name__}InParts", members, forbid_unknown_fields=True))
        self._kind, self._parts = kind, parts

    def _made(self, text: bytes) -> Divided:
        written: Any = self._decode(text)
        _check(written, text)
        return self._kind(**_read(written, self._parts))


def _check(part: object, text: bytes) -> None:
    """Raise ValueError where a text may repeat a key; `part` is what was read of it.

    What is written again as it came, but for blanks, has lost nothing. It is longer where fields were left out.
    """
    again = encode_json(part)
    if again == text or (len(again) < len(text) and _compact(again) == _compact(text)):
        return
    if read_at_once(text) is UNSURE:
        raise ValueError("a key may be repeated")


def _compact(text: bytes) -> bytes:
    return msgspec.json.format(text, indent=-1)


def _read(struct: Struct, parts: Mapping[str, _Parts[Any]]) -> dict[str, Any]:
    """Give the fields that were not left out, and read the parts among them."""
    given = {name: value for name in struct.__struct_fields__ if (value := getattr(struct, name)) is not UNSET}
    for name, reader in parts.items():
        if name in given:
            given[name] = reader.read(given[name])
    return given


_CASE = msgspec.json.Decoder(CaseInParts)
_levels: _Parts[Known[tuple[Level, ...]] | Unread] = _Parts(Known[tuple[Level, ...]] | Unread)
_OF_SNAPSHOT: Mapping[str, _Parts[Any]] = {
    "source": _Divided(SourceSide, scps=_levels),
    "destination": _Divided(DestinationSide, rcps=_levels),
    "endpoint": _Parts(Known[Endpoint | None] | Unread),
}
_OF_CASE: Mapping[str, _Parts[Any]] = {
    "request": _Parts(Request),
    "probe": _Parts(ProbeResult | None),
    "authorizations": _Parts(tuple[AuthorizationRecord, ...]),
}


def _in_parts(line: bytes) -> Case:
    """Read a case. Raises ValueError and RecursionError for what is none, or may repeat a key."""
    line.decode()  # A part is found without a look at its letters, which may be none.
    written = _CASE.decode(line)
    if not _nothing_lost(written, line):
        raise ValueError("a key may be repeated")
    given = _read(written, _OF_CASE)
    given["snapshot"] = Snapshot(**_read(written.snapshot, _OF_SNAPSHOT))
    return Case(**given)


def _nothing_lost(written: CaseInParts, line: bytes) -> bool:
    """Say that a line repeats no key outside of its parts, which are `written` as they came.

    Every key has two quotation marks. Without escapes no others can make up for some that are missing.
    """
    again = encode_json(written)
    return again == line.rstrip() or (line.find(b"\\") < 0 and again.count(b'"') == line.count(b'"'))
