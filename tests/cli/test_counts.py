"""`xdiag batch --output counts`: how many answers are alike."""

import json
from pathlib import Path

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
