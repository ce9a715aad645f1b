"""What a file is called says what is written to it, unless `--output` does."""

import json
from pathlib import Path

import pytest
from tests.cli.program import ALLOWED, Program
from tests.matrix.dumps import OURS, THEIRS, role, statement, trusting, user, write_dump, write_tree

DEPLOY = f"arn:aws:iam::{THEIRS}:role/Deploy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with dumps of two days, and a line of a batch."""
    for day in ("monday", "tuesday"):
        ci = user(OURS, "ci", statement(Resource=DEPLOY))
        write_dump(tmp_path / day / "ours.json", users=[ci] if day == "tuesday" else [ci, user(OURS, "ops")])
        write_dump(tmp_path / day / "theirs.json", roles=[role(THEIRS, "Deploy", trusting(ci["Arn"]))])
        write_tree(tmp_path / day, [OURS, THEIRS])
    (tmp_path / "cases.jsonl").write_text("{}\n")
    return tmp_path


MATRIX, COMPARE, BATCH = ("matrix", "monday"), ("compare", "monday", "tuesday"), ("batch", "cases.jsonl")


@pytest.mark.parametrize(
    ("command", "file", "begins"),
    [
        pytest.param(MATRIX, "m.csv", "schema,source_arn,", id="a matrix as CSV"),
        pytest.param(MATRIX, "m.CSV", "schema,source_arn,", id="in capitals"),
        pytest.param((*MATRIX, "--output", "jsonl"), "m.csv", '{"schema"', id="what is asked for comes first"),
        pytest.param(MATRIX, "m.html", "<!doctype html>", id="a matrix as a page"),
        pytest.param(MATRIX, "m.rows", '{"schema"', id="another name"),
        pytest.param(COMPARE, "c.html", "<!doctype html>", id="a comparison as a page"),
        pytest.param(COMPARE, "c.json", '{"schema"', id="a comparison as JSON"),
        pytest.param(COMPARE, "c.md", "# Nothing changed", id="a comparison as Markdown"),
        pytest.param((*COMPARE, "--output", "markdown"), "c.html", "# Nothing", id="Markdown is asked for"),
        pytest.param(BATCH, "b.csv", "schema,line,", id="a batch as CSV"),
        pytest.param(BATCH, "b.html", "<!doctype html>", id="a batch as a page"),
        pytest.param((*BATCH, "--output", "counts"), "b.csv", '{"schema"', id="counts are asked for"),
    ],
)
def test_a_file_is_what_it_is_called(
    xdiag: Program, folder: Path, command: tuple[str, ...], file: str, begins: str
) -> None:
    xdiag(*command, "--to", file, cwd=folder)
    assert (folder / file).read_text().startswith(begins)


def test_standard_output_has_no_name(xdiag: Program, folder: Path) -> None:
    run = xdiag(*MATRIX, "--to", "-", cwd=folder)
    assert (run.code, json.loads(run.out)["verdict"]) == (ALLOWED, "allowed")
