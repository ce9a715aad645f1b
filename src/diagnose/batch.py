"""Many cases: a failed row is a row, not the end.

What comes again is worked out once: documents by their text, and the sides of a case by theirs. No trace is made that
no row shows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from diagnose.causes.rule import Rule
from diagnose.collect.evidence.case_file import case_from_json
from diagnose.errors import XdiagError
from diagnose.evaluate.decision import verdict
from diagnose.evaluate.memo import Memo
from diagnose.model.case import Case, DestinationSide, ProbeOutcome, SourceSide
from diagnose.model.diagnosis import Certainty, Verdict
from diagnose.model.trace import Gate, Layer
from diagnose.model.tri import Tri
from diagnose.report import Lines
from diagnose.report.finding_row import FindingRow, RowKind
from diagnose.report.json_words import listed, published_schema
from diagnose.report.rows import encode_rows

ROW_SCHEMA = "xdiag.batch/1"
LONGEST_LINE = 16 * 2**20
"""The size in bytes of the longest line that is read."""

Line: TypeAlias = tuple[int, bytes | None]
"""A line with its number in the file, counted from 1; None for one that is longer than `LONGEST_LINE`."""

Tally: TypeAlias = Mapping[str, int]
"""How many rows there are by verdict; those with an error are under ""."""


class BatchRow(Struct, frozen=True, kw_only=True, tag_field="schema", tag=ROW_SCHEMA):
    """The answer to one case. Text that does not apply is ""; a row with an `error` has no verdict.

    INVARIANT: others rely on the names and the meaning of these fields. Within version 1 a field may be added; none is
    renamed, removed, or given another meaning.
    """

    line: Annotated[int, Meta(ge=1, description="The line of the case in the input, from 1.")]
    verdict: Annotated[str, listed(Verdict, "The answer; empty for a line that is no case.", "")] = ""
    source_arn: Annotated[str, Meta(description="Who makes the request.")] = ""
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")] = ""
    error: Annotated[str, Meta(description="Why the line is no case.")] = ""
    hint: Annotated[str, Meta(description="What was expected in its place.")] = ""


class ExplainedRow(BatchRow, frozen=True, kw_only=True, tag_field="schema", tag=ROW_SCHEMA):
    """The same with the first cause, in the words of a report's fields of these names."""

    primary_cause: Annotated[str, Meta(description="The id of the first cause.")] = ""
    primary_cause_title: Annotated[str, Meta(description="The first cause in a sentence.")] = ""
    layer: Annotated[str, listed(Layer, "The layer that the first cause is in.", "")] = ""
    certainty: Annotated[str, listed(Certainty, "How sure the first cause is.", "")] = ""
    primary_gap: Annotated[str, Meta(description="The id of what an open answer depends on first.")] = ""
    primary_gap_title: Annotated[str, Meta(description="The same in a sentence.")] = ""
    gate: Annotated[str, listed(Gate, "The requirement that the first cause is about.", "")] = ""


def batch_schema() -> dict[str, object]:
    """Give the JSON Schema of a row. One that is made without its causes lacks their fields."""
    return published_schema(ExplainedRow)


def decide_many(cases: Iterable[Case]) -> Iterator[Tri | XdiagError]:
    """Say of each case whether AWS would allow its request; for an ARN that is not one, give the error.

    Memory does not grow with the number of cases. Cases that share a side (the same object) share its evaluation.
    """
    for case in cases:
        try:
            yield verdict(case)
        except XdiagError as error:
            yield error


def make_rows(
    lines: Iterable[Line], rules: Sequence[Rule] | None, form: Lines = Lines.JSONL, *, findings: bool = False
) -> tuple[bytes, Tally]:
    """Make rows of lines, each with a line end, in the same order, and count the lines by verdict.

    With `rules` a row names the first cause, too; without, the verdict alone, which is far sooner made. With `findings`
    a line has a row for each of its findings, fixes included.
    """
    if findings:
        answers = [_findings(number, line, rules or ()) for number, line in lines]
        every = (row for rows in answers for row in rows)
        return encode_rows(every, form), Counter(rows[0].verdict for rows in answers)
    rows = [_row(number, line, rules) for number, line in lines]
    return encode_rows(rows, form), Counter(row.verdict for row in rows)


def kind_of_row(rules: Sequence[Rule] | None) -> type[BatchRow]:
    """Give the type of the rows that `make_rows` makes."""
    return BatchRow if rules is None else ExplainedRow


def case_from_line(line: bytes, place: str) -> Case:
    """Read a case, as `case_from_json` does. Where both sides have come before, only what is around them is read."""
    try:
        sides = _SIDES.decode(line).snapshot
    except (ValueError, RecursionError):
        return case_from_json(line, place=place)
    source_text, destination_text = bytes(sides.source), bytes(sides.destination)
    source, destination = _sources.find(source_text), _destinations.find(destination_text)
    if source is not None and destination is not None:
        around = _with_stand_in(_with_stand_in(line, "source", source_text), "destination", destination_text)
        case = _case_with(around, source, destination, place)
        if case is not None:
            return case
    case = case_from_json(line, place=place)
    _sources.offer(source_text, case.snapshot.source, len(source_text))
    _destinations.offer(destination_text, case.snapshot.destination, len(destination_text))
    return case


_MOST_CHARACTERS = 2000
"""The longest error that a row holds: what it quotes may be as long as the line."""


def _row(number: int, line: bytes | None, rules: Sequence[Rule] | None) -> BatchRow:
    kind = kind_of_row(rules)
    try:
        case = _case(number, line)
        return _explained(number, case, rules) if rules is not None else _decided(number, case)
    except XdiagError as error:
        return kind(line=number, error=_shortened(error.message), hint=_shortened(error.hint))


def _findings(number: int, line: bytes | None, rules: Sequence[Rule]) -> tuple[FindingRow, ...]:
    from diagnose.pipeline import diagnose
    from diagnose.report.findings import finding_rows

    try:
        return finding_rows(diagnose(_case(number, line), rules), number)
    except XdiagError as error:
        message, hint = _shortened(error.message), _shortened(error.hint)
        return (FindingRow(kind=RowKind.ERROR.value, input_line=number, error=message, hint=hint),)


def _case(number: int, line: bytes | None) -> Case:
    if line is None:
        limit = f"{LONGEST_LINE // 2**20} MB"
        raise XdiagError(f"`line {number}` is longer than {limit}", hint="expected one case on each line")
    return case_from_line(line, f"line {number}")


def _decided(number: int, case: Case) -> BatchRow:
    """Give the verdict: AWS's own, where the case holds its answer."""
    if case.probe is not None and case.probe.outcome is not ProbeOutcome.NOT_MADE:
        from diagnose.pipeline import diagnose

        answer = diagnose(case, ()).verdict
    elif case.message:
        from diagnose.pipeline import verdict_without_attempt

        answer = verdict_without_attempt(verdict(case), case)
    else:
        answer = Verdict.of(verdict(case))
    source, role = case.snapshot.source.arn, case.request.role_arn
    return BatchRow(line=number, verdict=answer.value, source_arn=source, dest_role_arn=role)


def _explained(number: int, case: Case, rules: Sequence[Rule]) -> BatchRow:
    """Give the verdict and the first cause. Its fixes are in no row, and so are not worked out."""
    from diagnose.causes.findings import explain
    from diagnose.pipeline import diagnose
    from diagnose.report.first_cause import first_cause

    diagnosis = diagnose(case, ())
    causes = explain(rules, case, diagnosis.decision)
    first = first_cause(replace(diagnosis, findings=tuple(cause.finding for cause in causes)))
    return ExplainedRow(
        line=number,
        verdict=diagnosis.verdict.value,
        source_arn=case.snapshot.source.arn,
        dest_role_arn=case.request.role_arn,
        primary_cause=first.cause,
        primary_cause_title=first.title,
        layer=first.layer,
        certainty=first.certainty,
        primary_gap=first.gap,
        primary_gap_title=first.gap_title,
        gate=first.gate,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _with_stand_in(line: bytes, key: str, side: bytes) -> bytes:
    """Put a stand-in where the text of a side stands behind its key.

    Looking behind the key is sooner done than searching the line for a text that is as long as a side.
    """
    for match in _KEYS[key].finditer(line):
        if line.startswith(side, match.end()):
            return line[: match.end()] + _STAND_INS[key] + line[match.end() + len(side) :]
    return line


def _case_with(around: bytes, source: SourceSide, destination: DestinationSide, place: str) -> Case | None:
    """Read a case in which stand-ins stand for both sides, and put in the sides; None where they do not stand there.

    INVARIANT: what was cut is exactly the sides. A line may hold the text of a side elsewhere, too, as when a policy
    quotes it, and have the stand-in there; the case is then read whole.
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
# A side holds its policies as they came.
_sources: Memo[SourceSide] = Memo(bytes_of_one=3)
_destinations: Memo[DestinationSide] = Memo(bytes_of_one=3)
