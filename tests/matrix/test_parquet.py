"""Parquet files of a matrix are written part by part, so that memory does not grow with their rows."""

from io import BytesIO

from pyarrow.parquet import ParquetFile

from diagnose.matrix.parquet import write_parquet_rows
from diagnose.matrix.rows import MatrixRow
from diagnose.report import Lines
from diagnose.report.rows import encode_rows


def test_rows_are_written_fifty_thousand_at_a_time() -> None:
    row = MatrixRow(
        source_arn="arn:aws:iam::111111111111:user/ci",
        dest_role_arn="arn:aws:iam::222222222222:role/Deploy",
        verdict="allowed",
    )
    line = encode_rows([row], Lines.JSONL)
    written = BytesIO()
    write_parquet_rows(BytesIO(line * 50_001), written, MatrixRow)
    file = ParquetFile(written)
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [50_000, 1]
    last = file.read_row_group(1).to_pylist()
    assert [(one["source_arn"], one["dest_role_arn"], one["verdict"]) for one in last] == [
        (row.source_arn, row.dest_role_arn, "allowed")
    ]
