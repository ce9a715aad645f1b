"""A case on a line of a batch, read so that what comes again is read once. Only the batch reads so.

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

Part = TypeVar("Part")
Divided = TypeVar("Divided", bound=Struct)


class CaseLines:
    """Reads lines, each a case. A side that has come before, letter by letter, is the same object.

    To find out whether a side has come before takes as long as to read it. While none has, most lines are read at once:
    `at_once` says how many of the next.
    """

    __slots__ = ("_by_sides", "_next", "_sides", "_whole", "_without", "at_once")

    def __init__(self) -> None:
        """Begin with looking for sides."""
        source = StructInParts(SourceSide, scps=Recurring(Known[tuple[Level, ...]] | Unread))
        destination = StructInParts(DestinationSide, rcps=Recurring(Known[tuple[Level, ...]] | Unread))
        self._sides: tuple[Recurring[SourceSide], Recurring[DestinationSide]]
        self._sides = (Recurring(source), Recurring(destination))
        endpoint: Recurring[Known[Endpoint | None] | Unread] = Recurring(Known[Endpoint | None] | Unread)
        self._whole = StructInParts(
            Case,
            request=StructInParts(Request),
            snapshot=StructInParts(Snapshot, source=source, destination=destination, endpoint=endpoint),
        )
        self._by_sides = StructInParts(
            Case,
            request=Recurring(StructInParts(Request)),
            snapshot=StructInParts(Snapshot, source=self._sides[0], destination=self._sides[1], endpoint=endpoint),
            probe=Recurring(ProbeResult | None),
            authorizations=Recurring(tuple[AuthorizationRecord, ...]),
        )
        self.at_once, self._next = 0, _AT_ONCE
        self._without = 0  # How many lines on end, sides of which were looked for, had none that had come before.

    def read(self, line: bytes, place: str) -> Case:
        """Read a case, as `case_from_json` does. `place` names the line in the message of an error."""
        try:
            case = self._read(line)
        except (ValueError, RecursionError):
            return case_from_json(line, place=place)
        return completed(case, line, place)

    def _read(self, line: bytes) -> Case:
        """Read a case. Raises ValueError and RecursionError for what is none, or may repeat a key."""
        if not line.isascii():
            line.decode()  # What is remembered is found without a look at its letters, which may be none.
        if self.at_once:
            self.at_once -= 1
            try:
                return self._whole.read_text(line.rstrip())
            except (ValueError, RecursionError):
                self.at_once = 0  # Part by part there is less to be unsure of.
        known = sum(side.came_again for side in self._sides)
        case = self._by_sides.read_text(line.rstrip())
        if sum(side.came_again for side in self._sides) > known:
            self._without, self._next = 0, _AT_ONCE
        else:
            self._without += 1
        if self._without == _ENOUGH:
            self.at_once, self._without = self._next, 0
            self._next = min(2 * self._next, _MOST_AT_ONCE)
        return case


_ENOUGH, _AT_ONCE, _MOST_AT_ONCE = 64, 448, 3584
"""After so many lines without a side that had come before, so many are read at once: of eight lines seven.

Twice as many each time that none comes, up to a limit: what comes again later is still noticed.
"""


class StructInParts(Generic[Divided]):
    """Reads a struct of which some members are read apart, as `parts`.

    `written` is the type of what JSON is decoded to, in which what was left out is UNSET, so that it is written again
    as it came.
    """

    __slots__ = ("_decode", "_kind", "_may_lack", "_parts", "written")

    def __init__(self, kind: type[Divided], **parts: "StructInParts[Any] | Recurring[Any]") -> None:
        """The parts are by the names of their members."""
        every = fields(kind)
        members = [
            (member.name, read) if member.required else (member.name, read | UnsetType, UNSET)
            for member in every
            for read in (parts[member.name].written if member.name in parts else member.type,)
        ]
        self.written: Any = msgspec.defstruct(f"{kind.__name__}Written", members, forbid_unknown_fields=True)
        self._decode = msgspec.json.Decoder(self.written).decode
        self._kind = kind
        self._parts = [(kind.__struct_fields__.index(name), part.read) for name, part in parts.items()]
        # Nobody changes a case: one empty object can stand for all that were left out.
        self._may_lack = [
            (place, member.default if member.default_factory is NODEFAULT else member.default_factory())
            for place, member in enumerate(every)
            if not member.required
        ]

    def read_text(self, text: bytes) -> Divided:
        """Read JSON. Raises ValueError and RecursionError for what is none, or may repeat a key."""
        written = self._decode(text)
        _check(written, text)
        return self.read(written)

    def read(self, written: Struct) -> Divided:
        """Make the whole of what was decoded. Raises ValueError and RecursionError as its parts do."""
        values = list(astuple(written))
        for place, read in self._parts:
            if values[place] is not UNSET:
                values[place] = read(values[place])
        # Not `UNSET in values`, which would ask every value whether it is equal.
        for place, default in self._may_lack:
            if values[place] is UNSET:
                values[place] = default
        return self._kind(*values)


class Recurring(Generic[Part]):
    """Reads what may come again, and remembers it by its text when it does. `came_again` counts how often it did."""

    __slots__ = ("_decode", "_memo", "came_again", "written")

    def __init__(self, kind: Any) -> None:
        """`kind` is the type, or the members of one."""
        self._decode = kind.read_text if isinstance(kind, StructInParts) else _reader(kind)
        # It holds its policies as they came.
        self._memo: Memo[Part] = Memo(bytes_of_one=3)
        self.written = Raw
        self.came_again = 0

    def read(self, raw: Raw) -> Part:
        """Read it. Raises ValueError and RecursionError for what is none, or may repeat a key."""
        text = bytes(raw)
        value = self._memo.find(text)
        if value is not None:
            self.came_again += 1
            return value
        if self._memo.was_offered(text):
            self.came_again += 1
        return self._memo.offer(text, self._decode(text), len(text))


def _reader(kind: Any) -> Any:
    decode = msgspec.json.Decoder(kind).decode

    def read(text: bytes) -> Any:
        value = decode(text)
        _check(value, text)
        return value

    return read


def _check(read: object, text: bytes) -> None:
    """Raise ValueError where a text may repeat a key; `read` is what was decoded of it.

    What is written again as it came, but for blanks, has lost nothing. It is longer where members were left out.
    """
    again = encode_json(read)
    if again == text or (len(again) < len(text) and _compact(again) == _compact(text)):
        return
    if read_at_once(text) is UNSURE:
        raise ValueError("a key may be repeated")


def _compact(text: bytes) -> bytes:
    return msgspec.json.format(text, indent=-1)


case_from_line = CaseLines().read
