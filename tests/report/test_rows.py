"""Rows as text: written from a frame, they are what JSON is."""

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.batch import BatchRow, ExplainedRow
from diagnose.report import Lines
from diagnose.report.finding_row import FindingRow, RowKind
from diagnose.report.rows import encode_rows, row_prefix
from diagnose.report.safe_text import ascii_json

TEXTS = st.text(st.characters(codec=None))


@given(TEXTS, TEXTS, st.integers(1, 2**40))
@example('"\\', "\x7f", 1)
@example("%s %%", "{0} {error}", 2)
@example("\ud800", "\U0001f600\u202e", 3)
def test_a_row_is_written_as_any_json_is(error: str, hint: str, line: int) -> None:
    row = ExplainedRow(line=line, error=error, hint=hint)
    [written] = encode_rows([row], Lines.JSONL).decode("ascii").splitlines()
    assert written == ascii_json(msgspec.to_builtins(row))
    assert json.loads(written)["error"] == error


@pytest.mark.parametrize("kind", [BatchRow, ExplainedRow])
def test_a_row_begins_with_what_rows_of_its_kind_begin_with(kind: type[BatchRow]) -> None:
    assert encode_rows([kind(line=7)], Lines.JSONL).startswith(row_prefix(kind, Lines.JSONL))


def test_what_is_not_text_is_written_as_json_has_it() -> None:
    row = FindingRow(kind=RowKind.CAUSE, number=12, same_account=True, title="a b\x7f", fix_count=-1)
    assert encode_rows([row], Lines.JSONL).decode() == ascii_json(msgspec.to_builtins(row)) + "\n"
