"""A case on a line of a batch, read part by part, so that what comes again is read once. Only the batch reads so.

INVARIANT: a line is read as `case_from_json` reads it. What is not certain here is left to that, and so is every error.
A law compares the two.
"""

from typing import Any, Generic, TypeVar

import msgspec
from msgspec import NODEFAULT, UNSET, Raw, Struct, UnsetType
from msgspec.structs import astuple, fields

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

    __slots__ = ("_whole",)

    def __init__(self, kind: type[Divided], **parts: _Parts[Any]) -> None:
        """`parts` are the fields that are read apart."""
        members = [
            (member.name, kept) if member.required else (member.name, kept | UnsetType, UNSET)
            for member in fields(kind)
            for kept in (Raw if member.name in parts else member.type,)
        ]
        super().__init__(msgspec.defstruct(f"{kind.__name__}InParts", members, forbid_unknown_fields=True))
        self._whole = _Whole(kind, **parts)

    def _made(self, text: bytes) -> Divided:
        written: Any = self._decode(text)
        _check(written, text)
        return self._whole.read(written)


class _Whole(Generic[Divided]):
    """What makes a whole of what has the same fields, some of them left out and some not read yet."""

    __slots__ = ("_kind", "_left_out", "_parts")

    def __init__(self, kind: type[Divided], **parts: "_Parts[Any] | _Whole[Any]") -> None:
        """`parts` are the fields to read."""
        self._kind = kind
        self._parts = [(kind.__struct_fields__.index(name), reader.read) for name, reader in parts.items()]
        # Nobody changes a case: what stands for an empty object can be one for all.
        self._left_out = [
            member.default if member.default_factory is NODEFAULT else member.default_factory()
            for member in fields(kind)
        ]

    def read(self, written: Struct) -> Divided:
        """Make the whole, reading what was not read yet. Raises ValueError and RecursionError as parts do."""
        values = list(astuple(written))
        for place, read in self._parts:
            if values[place] is not UNSET:
                values[place] = read(values[place])
        if UNSET in values:
            values = [
                default if value is UNSET else value for value, default in zip(values, self._left_out, strict=True)
            ]
        return self._kind(*values)


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


_CASE = msgspec.json.Decoder(CaseInParts)
_levels: _Parts[Known[tuple[Level, ...]] | Unread] = _Parts(Known[tuple[Level, ...]] | Unread)
_snapshot = _Whole(
    Snapshot,
    source=_Divided(SourceSide, scps=_levels),
    destination=_Divided(DestinationSide, rcps=_levels),
    endpoint=_Parts(Known[Endpoint | None] | Unread),
)
_case = _Whole(
    Case,
    request=_Divided(Request),
    snapshot=_snapshot,
    probe=_Parts(ProbeResult | None),
    authorizations=_Parts(tuple[AuthorizationRecord, ...]),
)


def _in_parts(line: bytes) -> Case:
    """Read a case. Raises ValueError and RecursionError for what is none, or may repeat a key."""
    if not line.isascii():
        line.decode()  # A part is found without a look at its letters, which may be none.
    written = _CASE.decode(line)
    if not _nothing_lost(written, line):
        raise ValueError("a key may be repeated")
    return _case.read(written)


def _nothing_lost(written: CaseInParts, line: bytes) -> bool:
    """Say that a line repeats no key outside of its parts, which are `written` as they came.

    Every key has two quotation marks. Without escapes no others can make up for some that are missing.
    """
    again = encode_json(written)
    return again == line.rstrip() or (line.find(b"\\") < 0 and again.count(b'"') == line.count(b'"'))
