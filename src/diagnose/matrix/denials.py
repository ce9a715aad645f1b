"""What fails most in CloudTrail, on Arrow record batches. Importing this module needs the extra `xdiag[arrow]`.

An engine counts each part of its records alone, and adds up `count` where all other columns are the same.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import pyarrow as pa
from msgspec import Struct

from diagnose.causes.findings import explain
from diagnose.causes.rule import Rule
from diagnose.collect.request.containers import Record, records_in
from diagnose.collect.request.denials import refused_cases
from diagnose.errors import XdiagError
from diagnose.evaluate.memo import Memo
from diagnose.matrix.arrow import Batches
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from diagnose.report.counts import CountedAnswers, CountRow
from diagnose.report.first_cause import first_cause
from diagnose.report.rows import row_fields

RECORDS = pa.schema([pa.field("record", pa.string())])
"""A record of CloudTrail a row, as JSON; or what it came in, such as a whole log file."""

COUNTS = pa.schema(
    [pa.field(name, pa.int64() if name == "count" else pa.string(), nullable=False) for name in row_fields(CountRow)]
)
"""The fields of `xdiag.count/1`."""


def count_denials(records: Batches, rules: Sequence[Rule]) -> Iterator[pa.RecordBatch]:
    """Count the refused calls of AssumeRole among records: the rows of `xdiag batch --output counts`, as one batch.

    What is delivered twice counts once where both are in one batch. Rows that are null are passed over.

    Raises XdiagError, naming the row, where one holds no record.
    """
    counted, before = CountedAnswers(), Memo[_Answer]()
    number = 0
    for batch in records:
        if "record" not in batch.schema.names:
            raise XdiagError("the records have no column `record`", hint="expected a record a row, as JSON")
        texts = batch.column("record").to_pylist()
        cases = refused_cases(list(_records(texts, number)))
        counted.add(_answer(case, rules, before) for case in cases)
        number += len(texts)
    rows = [{"schema": row.__struct_config__.tag} | msgspec.structs.asdict(row) for row in counted.rows()]
    yield pa.RecordBatch.from_pylist(rows, schema=COUNTS)


class _Answer(Struct, frozen=True):
    """What is counted of a case."""

    verdict: str
    source_arn: str
    dest_role_arn: str
    primary_cause: str
    primary_cause_title: str
    layer: str
    primary_gap: str


def _records(texts: Iterable[str | None], before: int) -> Iterator[Record]:
    seen: set[str] = set()
    for number, text in enumerate(texts, before + 1):
        for record in records_in(text.encode(), f"row {number} of the records") if text is not None else ():
            identity = str(record.get("eventID") or "")
            if not identity or identity not in seen:
                seen.add(identity)
                yield record


def _answer(case: Case, rules: Sequence[Rule], before: Memo[_Answer]) -> _Answer:
    content = msgspec.json.encode(case)
    known = before.find(content)
    return before.offer(content, _made(case, rules), len(content)) if known is None else known


def _made(case: Case, rules: Sequence[Rule]) -> _Answer:
    diagnosis = diagnose(case, ())
    causes = explain(rules, case, diagnosis.decision)
    findings = tuple(cause.finding for cause in causes)
    first = first_cause(msgspec.structs.replace(diagnosis, findings=findings))
    return _Answer(
        diagnosis.verdict.value,
        case.snapshot.source.arn,
        case.request.role_arn,
        first.cause,
        first.title,
        first.layer,
        first.gap,
    )
