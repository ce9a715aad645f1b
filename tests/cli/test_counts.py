"""`xdiag batch --output counts`: how many answers are alike."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from tests.cli.program import BAD_INPUT, Program
from tests.matrix.test_denials import MIXED, counted


def test_the_program_counts_the_same(xdiag: Program, tmp_path: Path) -> None:
    file, to = tmp_path / "log.json", tmp_path / "counts.jsonl"
    file.write_text(json.dumps({"Records": MIXED}))
    run = xdiag("batch", file, "--output", "counts", "--to", to)
    assert run.code == 0, run.err
    assert [json.loads(line) for line in to.read_text().splitlines()] == counted(MIXED)


def test_lines_that_are_no_case_are_counted_as_well(xdiag: Program) -> None:
    run = xdiag("batch", "-", "--output", "counts", stdin=b'{"request": 3}\n{"request": 4}\n')
    [row] = [json.loads(line) for line in run.out.splitlines()]
    assert (row["count"], row["verdict"], row["dest_role_arn"]) == (2, "", "")
    assert run.code == BAD_INPUT


def test_counts_cannot_be_resumed(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("batch", "-", "--output", "counts", "--resume", "--to", tmp_path / "counts.jsonl", stdin=b"")
    assert run.code == BAD_INPUT
    assert "`--resume` does not go with `--output counts`" in run.err


def test_counts_are_what_their_schema_says(xdiag: Program, tmp_path: Path) -> None:
    schema = json.loads(xdiag("schema", "count").out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    file = tmp_path / "log.json"
    file.write_text(json.dumps({"Records": MIXED}))
    rows = [json.loads(line) for line in xdiag("batch", file, "--output", "counts").out.splitlines()]
    for row in rows:
        validator.validate(row)
        assert set(row) == set(schema["$defs"]["CountRow"]["properties"])
    assert not validator.is_valid(rows[0] | {"count": 0})
    assert not validator.is_valid(rows[0] | {"schema": "xdiag.finding/1"})
