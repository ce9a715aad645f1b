"""Many cases: a failed row is a row, not the end.

What comes again is worked out once: documents by their text, the sides of a case by theirs, and a whole line by its
own. No trace is made that no row shows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import replace

from diagnose.case_line import case_from_line
from diagnose.causes.rule import Rule
from diagnose.errors import XdiagError
from diagnose.evaluate.decision import verdict
from diagnose.evaluate.memo import Memo
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.diagnosis import Certainty, Verdict
from diagnose.model.trace import Gate, Layer
from diagnose.model.tri import Tri
from diagnose.report import Lines
from diagnose.report.finding_row import FindingRow, RowKind
from diagnose.report.first_cause import DEPENDS_ON
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
    depends_on: Annotated[str, Meta(description=DEPENDS_ON)] = ""


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


Answered: TypeAlias = Memo[Sequence[BatchRow] | Sequence[FindingRow]]
"""The rows of lines that have come before, letter by letter; of one set of rules, and of one kind of rows."""


def answered() -> Answered:
    """Begin to remember the rows of one batch."""
    return Memo(bytes_of_one=1)


def make_rows(
    lines: Iterable[Line],
    rules: Sequence[Rule] | None,
    form: Lines = Lines.JSONL,
    *,
    findings: bool = False,
    before: Answered | None = None,
) -> tuple[bytes, Tally]:
    """Make rows of lines, each with a line end, in the same order, and count the lines by verdict.

    With `rules` a row names the first cause, too; without, the verdict alone, which is far sooner made. With `findings`
    a line has a row for each of its findings, fixes included. What is in `before` is not worked out again.
    """
    if rules is None and not findings:
        verdicts = [_verdict_row(number, line) for number, line in lines]
        return encode_rows(verdicts, form), Counter([row.verdict for row in verdicts])
    answers = [_rows(number, line, rules or (), before, findings=findings) for number, line in lines]
    every = (row for rows in answers for row in rows)
    return encode_rows(every, form), Counter(rows[0].verdict for rows in answers)


def kind_of_row(rules: Sequence[Rule] | None) -> type[BatchRow]:
    """Give the type of the rows that `make_rows` makes."""
    return BatchRow if rules is None else ExplainedRow


_MOST_CHARACTERS = 2000
"""The longest error that a row holds: what it quotes may be as long as the line."""


def _verdict_row(number: int, line: bytes | None) -> BatchRow:
    try:
        return _decided(number, _case(number, line))
    except XdiagError as error:
        return BatchRow(line=number, error=_shortened(error.message), hint=_shortened(error.hint))


def _rows(
    number: int, line: bytes | None, rules: Sequence[Rule], before: Answered | None, *, findings: bool
) -> Sequence[BatchRow] | Sequence[FindingRow]:
    known = before.find(line) if before is not None and line is not None else None
    if known is not None:
        return [_numbered(row, number) for row in known]
    try:
        case = _case(number, line)
        rows = _findings(number, case, rules) if findings else [_explained(number, case, rules)]
    except XdiagError as error:
        # It may name the line, so it is not that of another.
        message, hint = _shortened(error.message), _shortened(error.hint)
        if findings:
            return [FindingRow(kind=RowKind.ERROR.value, input_line=number, error=message, hint=hint)]
        return [ExplainedRow(line=number, error=message, hint=hint)]
    if before is None or line is None:
        return rows
    # Rows of findings take more than their line.
    size = len(encode_rows(rows, Lines.JSONL)) if before.was_offered(line) else 0
    return before.offer(line, rows, len(line) + size)


def _findings(number: int, case: Case, rules: Sequence[Rule]) -> tuple[FindingRow, ...]:
    from diagnose.pipeline import diagnose
    from diagnose.report.findings import finding_rows

    return finding_rows(diagnose(case, rules), number)


def _numbered(row: BatchRow | FindingRow, number: int) -> Any:
    return replace(row, **{"line" if isinstance(row, BatchRow) else "input_line": number})


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
    return BatchRow(line=number, verdict=str(answer), source_arn=source, dest_role_arn=role)


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
        depends_on=first.depends_on,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
