"""Findings as rows for logs and dashboards: a JSON object a line, one value a field. The type is in `finding_row`.

Every answer has at least one row, so that answers can be counted by `number = 1`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from diagnose.model.diagnosis import Certainty, Diagnosis
from diagnose.report import Lines, Screen
from diagnose.report.finding_row import FindingRow, RowKind
from diagnose.report.json import published
from diagnose.report.json_causes import PublishedCause, PublishedPlace
from diagnose.report.json_v1 import PublishedDiagnosis
from diagnose.report.rows import encode_rows
from diagnose.report.safe_text import ascii_json

SUFFIX = "jsonl"
_NOWHERE = Screen()


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write the rows in ASCII characters, each on a line of its own."""
    return encode_rows(finding_rows(diagnosis, screen=screen), Lines.JSONL).decode("ascii")


def finding_rows(diagnosis: Diagnosis, input_line: int = 0, screen: Screen = _NOWHERE) -> tuple[FindingRow, ...]:
    """Give the rows of a diagnosis: causes first, in the order in which they are told, then what was not read."""
    document = published(diagnosis, screen.page_of, screen.places)
    base = _base(document, input_line)
    rows = [*_builtin(document, base), *_of_rules(document, base)] or [base]
    seen: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for number, row in enumerate(rows, 1):
        about = _identity(row)
        seen[about] += 1
        numbered.append(replace(row, number=number, finding_id=_digest((*about, str(seen[about])))))
    return tuple(numbered)


def finding_schema() -> dict[str, object]:
    """Give the JSON Schema of a row."""
    (reference,), components = msgspec.json.schema_components((FindingRow,), ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": components}


def _base(document: PublishedDiagnosis, input_line: int) -> FindingRow:
    return FindingRow(
        kind=RowKind.VERDICT.value,
        input_line=input_line,
        verdict=document.verdict,
        computed=document.computed,
        operation=document.operation,
        source_arn=document.source_arn_read,
        source_account=document.source_account,
        dest_role_arn=document.dest_role_arn,
        dest_account=document.dest_account,
        same_account=document.same_account,
        aws_refused=document.aws_refused,
        aws_error_kind=document.aws_error_kind,
        aws_error_code=document.aws_error_code,
        probe=document.probe,
        agreement=document.agreement,
        visibility_source=document.visibility_source,
        visibility_destination=document.visibility_destination,
        taken_at=document.taken_at,
        tool_version=document.tool_version,
    )


def _builtin(document: PublishedDiagnosis, base: FindingRow) -> Iterator[FindingRow]:
    """Give a row of the cause that is no rule's, if there is one."""
    told = document.causes[0].rule if document.causes else ""
    if document.primary_cause not in ("", told):
        yield replace(
            base,
            kind=RowKind.CAUSE.value,
            rule=document.primary_cause,
            title=document.primary_cause_title,
            certainty=Certainty.CERTAIN.value,
            layer=document.layer,
            gate=document.gate,
            action=document.action,
        )


def _of_rules(document: PublishedDiagnosis, base: FindingRow) -> Iterator[FindingRow]:
    for kind, causes in ((RowKind.CAUSE, document.causes), (RowKind.GAP, document.unread)):
        for cause in causes:
            row = replace(
                base,
                kind=kind.value,
                rule=cause.rule,
                rule_url=cause.rule_url,
                title=cause.title,
                explanation=cause.explanation,
                certainty=cause.certainty if kind is RowKind.CAUSE else "",
                owner=cause.owner,
                action=cause.action or f"sts:{document.operation}",
                layer=cause.layer,
                gate=cause.gate,
            )
            yield _with_fix(_with_place(row, cause), cause, document)


def _with_place(row: FindingRow, cause: PublishedCause) -> FindingRow:
    place: PublishedPlace | None = next((one for one in cause.places if one.primary), None)
    if place is None:
        return row
    return replace(
        row,
        level=place.level,
        policy_name=place.policy_name,
        policy_arn=place.policy_arn,
        policy_kind=place.policy_kind,
        statement=place.statement or 0,
        sid=place.sid,
        pointer=place.pointer,
        policy_line=place.line,
        policy_column=place.column,
        file=place.file,
        file_line=place.file_line,
        file_column=place.file_column,
    )


def _with_fix(row: FindingRow, cause: PublishedCause, document: PublishedDiagnosis) -> FindingRow:
    if not cause.fixes:
        return row
    fix = document.fixes[cause.fixes[0] - 1]
    return replace(
        row,
        fix_kind=fix.kind,
        fix_owner=fix.owner,
        fix_text=fix.text,
        fix_proof=fix.proof,
        fix_count=len(cause.fixes),
    )


def _identity(row: FindingRow) -> tuple[str, ...]:
    """Name what makes two rows the same finding, at whatever time: not their words, which a new version may change."""
    request = (row.operation, row.source_arn, row.dest_role_arn)
    return (row.kind, row.rule, *request, row.action, row.layer, row.gate, row.level, row.policy_name, row.pointer)


def _digest(words: tuple[str, ...]) -> str:
    # Text of policies may hold halves of characters, which only an escape can write.
    return hashlib.sha256(ascii_json(words).encode("ascii")).hexdigest()[:32]
