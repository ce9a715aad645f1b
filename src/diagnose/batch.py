"""Many cases: a failed row is a row, not the end.

What comes again is worked out once: documents by their text, and the sides of a case by theirs. No trace is made of
what nobody is told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from diagnose.causes.rule import Rule
from diagnose.collect.case_file import case_from_json
from diagnose.errors import XdiagError
from diagnose.evaluate.decision import verdict
from diagnose.evaluate.memo import Memo
from diagnose.model.case import Case, DestinationSide, ProbeOutcome, SourceSide
from diagnose.model.diagnosis import Verdict
from diagnose.model.tri import Tri
from diagnose.report import Lines
from diagnose.report.rows import encode_rows

SCHEMA = "xdiag.batch/1"
LONGEST_LINE = 16 * 2**20
"""The size in bytes of the longest line that is read."""

Line: TypeAlias = tuple[int, bytes | None]
"""A line with its number in the file, counted from 1; None for one that is longer than any that is read."""

Tally: TypeAlias = Mapping[str, int]
"""How many rows there are by verdict; those with an error are under ""."""


class Row(Struct, frozen=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """What is told of one case. Text that does not apply is ""; where `error` is not, there is no verdict.

    INVARIANT: others rely on the names and the meaning of these fields. Within version 1 a field may be added; none is
    renamed, removed, or given another meaning.
    """

    line: int
    verdict: str = ""
    source_arn: str = ""
    dest_role_arn: str = ""
    error: str = ""
    hint: str = ""


class ExplainedRow(Row, frozen=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """The same with the first cause, in the words of a report's fields of these names."""

    primary_cause: str = ""
    primary_cause_title: str = ""
    layer: str = ""
    certainty: str = ""


def decide_many(cases: Iterable[Case]) -> Iterator[Tri | XdiagError]:
    """Say of each case whether AWS would allow its request; of one whose source or role is no ARN, give the error.

    Memory does not grow with the number of cases. Cases that share a side (the same object) share its evaluation.
    """
    for case in cases:
        try:
            yield verdict(case)
        except XdiagError as error:
            yield error


def told(lines: Iterable[Line], rules: Sequence[Rule] | None, form: Lines = Lines.JSONL) -> tuple[bytes, Tally]:
    """Make rows of lines, each with a line end, in the same order, and count them by verdict.

    With `rules` the first cause is told as well; None tells the verdict alone, far sooner.
    """
    rows = [_row(number, line, rules) for number, line in lines]
    return encode_rows(rows, form), Counter(row.verdict for row in rows)


def kind_of_row(rules: Sequence[Rule] | None) -> type[Row]:
    """Say what the rows are that `told` makes."""
    return Row if rules is None else ExplainedRow


def case_from_line(line: bytes, place: str) -> Case:
    """Read a case, as `case_from_json` does. Of one whose sides have come before, only what is around them is read."""
    try:
        sides = _SIDES.decode(line).snapshot
    except (ValueError, RecursionError):
        return case_from_json(line, place=place)
    written_source, written_destination = bytes(sides.source), bytes(sides.destination)
    source, destination = _sources.find(written_source), _destinations.find(written_destination)
    if source is not None and destination is not None:
        around = _without(_without(line, "source", written_source), "destination", written_destination)
        case = _put_in(around, source, destination, place)
        if case is not None:
            return case
    case = case_from_json(line, place=place)
    _sources.offer(written_source, case.snapshot.source, len(written_source))
    _destinations.offer(written_destination, case.snapshot.destination, len(written_destination))
    return case


_MOST_WORDS = 2000
"""The length in characters of the longest error: what is quoted in it may be as long as the line."""


def _row(number: int, line: bytes | None, rules: Sequence[Rule] | None) -> Row:
    kind = kind_of_row(rules)
    try:
        if line is None:
            limit = f"{LONGEST_LINE // 2**20} MB"
            raise XdiagError(f"`line {number}` is longer than {limit}", hint="expected one case on each line")
        case = case_from_line(line, f"line {number}")
        return _explained(number, case, rules) if rules is not None else _decided(number, case)
    except XdiagError as error:
        return kind(line=number, error=_cut(error.message), hint=_cut(error.hint))


def _decided(number: int, case: Case) -> Row:
    """Tell the verdict: AWS's own, where the case holds its answer to a live attempt."""
    if case.probe is None or case.probe.outcome is ProbeOutcome.NOT_MADE:
        answer = (Verdict.DENIED, Verdict.UNDETERMINED, Verdict.ALLOWED)[verdict(case)]
    else:
        from diagnose.pipeline import diagnose

        answer = diagnose(case, ()).verdict
    source, role = case.snapshot.source.arn, case.request.role_arn
    return Row(line=number, verdict=answer.value, source_arn=source, dest_role_arn=role)


def _explained(number: int, case: Case, rules: Sequence[Rule]) -> Row:
    """Tell the first cause. What would mend it is not told in a row, and so is not worked out."""
    from diagnose.causes.findings import explain
    from diagnose.pipeline import diagnose
    from diagnose.report.first_cause import first_cause

    diagnosis = diagnose(case, ())
    found = explain(rules, case, diagnosis.decision)
    first = first_cause(replace(diagnosis, findings=tuple(cause.finding for cause in found)))
    return ExplainedRow(
        line=number,
        verdict=diagnosis.verdict.value,
        source_arn=case.snapshot.source.arn,
        dest_role_arn=case.request.role_arn,
        primary_cause=first.cause,
        primary_cause_title=first.title,
        layer=first.layer,
        certainty=first.certainty,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS]}…"


def _without(line: bytes, key: str, written: bytes) -> bytes:
    """Put a stand-in where a side seems to stand; whether it was the side is for the reader to see.

    Looking behind its key is sooner done than searching the line for a text that is as long as a side.
    """
    for found in _KEYS[key].finditer(line):
        if line.startswith(written, found.end()):
            return line[: found.end()] + _STAND_INS[key] + line[found.end() + len(written) :]
    return line


def _put_in(around: bytes, source: SourceSide, destination: DestinationSide, place: str) -> Case | None:
    """Read a case in which both sides have stand-ins; None if anything is not as it should be.

    A policy may quote a side, and then have the stand-in in its place: that the sides have them is seen here.
    """
    try:
        case = case_from_json(around, place=place)
    except XdiagError:
        return None
    snapshot = case.snapshot
    if snapshot.source != _ANY_SOURCE or snapshot.destination != _ANY_DESTINATION:
        return None
    return replace(case, snapshot=replace(snapshot, source=source, destination=destination))


class _Snapshot(Struct):
    source: Raw
    destination: Raw = Raw(b"")


class _Sides(Struct):
    """Where the sides stand in a case; all else is passed over."""

    snapshot: _Snapshot


_SIDES = msgspec.json.Decoder(_Sides)
_STAND_INS = {
    "source": b'{"arn":"arn:aws:iam::000000000000:root"}',
    "destination": b'{"other_roles":{"evidence":"known","value":["stand-in"]}}',
}
_ANY_SOURCE = msgspec.json.decode(_STAND_INS["source"], type=SourceSide)
_ANY_DESTINATION = msgspec.json.decode(_STAND_INS["destination"], type=DestinationSide)
_KEYS = {key: re.compile(rf'"{key}"\s*:\s*'.encode()) for key in _STAND_INS}
_sources: Memo[SourceSide] = Memo()
_destinations: Memo[DestinationSide] = Memo()
