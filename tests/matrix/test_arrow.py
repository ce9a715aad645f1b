"""The matrix on Arrow: the rows are those of the dumps, however the sides are split."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import organization
import pyarrow as pa
import pytest
from tests.matrix.dumps import OURS, THEIRS, Json, write_tree
from tests.matrix.test_law import write_zoo

from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.arrow import Batches, Sides, decide_batches, read_sides, row_schema
from diagnose.matrix.decide import Matrix, kind_of_pair
from diagnose.matrix.identities import identities
from diagnose.matrix.rows import MATRIX_SCHEMA
from diagnose.report import Lines
from diagnose.report.rows import encode_rows


def rows_of_dumps(folder: Path, *, explained: bool = False) -> bytes:
    found = identities(read_dumps(folder))
    rules = load_rules() if explained else None
    return encode_rows(Matrix(found.sources, found.destinations, rules=rules).rows(), Lines.JSONL)


def as_lines(batches: Iterator[pa.RecordBatch], *, explained: bool = False) -> bytes:
    kind = kind_of_pair(load_rules() if explained else None)
    rows = []
    for batch in batches:
        assert batch.schema == row_schema(kind)
        for row in batch.to_pylist():
            assert row.pop("schema") == MATRIX_SCHEMA
            rows.append(kind(**row))
    return encode_rows(rows, Lines.JSONL)


def by_pair(lines: bytes) -> list[bytes]:
    return sorted(lines.splitlines())


def batches_of(side: pa.Table, most: int = 100_000) -> Batches:
    batches: Batches = side.to_batches(max_chunksize=most)
    return batches


@pytest.mark.parametrize("tree", [True, False], ids=["with the organization", "with SCPs and RCPs unread"])
def test_every_kind_of_side_goes_through_columns_as_it_is(tmp_path: Path, tree: bool) -> None:
    write_zoo(tmp_path)
    if tree:
        write_tree(tmp_path, [OURS, THEIRS])
    sides = read_sides(tmp_path)
    assert as_lines(decide_batches(batches_of(sides.sources), batches_of(sides.roles))) == rows_of_dumps(tmp_path)


def test_causes_are_named_with_rules(tmp_path: Path) -> None:
    organization.write(tmp_path, accounts=3, identities=12)
    sides = read_sides(tmp_path)
    rows = decide_batches(batches_of(sides.sources), batches_of(sides.roles), rules=load_rules())
    assert as_lines(rows, explained=True) == rows_of_dumps(tmp_path, explained=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organization")
    organization.write(folder, accounts=4, identities=16)
    return folder


@pytest.fixture(scope="module")
def sides(folder: Path) -> Sides:
    return read_sides(folder)


@pytest.mark.parametrize(("sources_at_once", "roles_at_once"), [(1, 64), (64, 1), (5, 7)])
def test_it_does_not_matter_how_the_sides_are_split(
    folder: Path, sides: Sides, sources_at_once: int, roles_at_once: int
) -> None:
    parts = [
        as_lines(decide_batches([some], [others]))
        for some in batches_of(sides.sources, sources_at_once)
        for others in batches_of(sides.roles, roles_at_once)
    ]
    assert by_pair(b"".join(parts)) == by_pair(rows_of_dumps(folder))


def test_limits_may_stand_in_the_sides_themselves(folder: Path, sides: Sides) -> None:
    def merged(side: pa.Table, *fields: str) -> Batches:
        import json

        rows = [
            json.dumps(json.loads(row["side"]) | {field: json.loads(row["limits"])[field] for field in fields})
            for row in side.to_pylist()
        ]
        batches: Batches = pa.table({"arn": side["arn"], "side": rows}).to_batches()
        return batches

    rows = decide_batches(merged(sides.sources, "organization", "scps"), merged(sides.roles, "organization", "rcps"))
    assert as_lines(rows) == rows_of_dumps(folder)


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    organization.write(tmp_path, accounts=2, identities=10)
    (tmp_path / "torn.json").write_text("{")
    assert ["torn.json" in mistake.message for mistake in read_sides(tmp_path).mistakes] == [True]


def test_nobody_and_nothing_make_no_rows(sides: Sides) -> None:
    assert list(decide_batches([], batches_of(sides.roles))) == []
    assert list(decide_batches(batches_of(sides.sources), [])) == []


ANYBODY = {"arn": f"arn:aws:iam::{OURS}:user/ci", "side": '{"arn": "arn:aws:iam::111111111111:user/ci"}', "limits": ""}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"side": "{"}, "row 2 of the sources", id="a side that is torn"),
        pytest.param({"side": "{}"}, "row 2 of the sources", id="a side without an ARN"),
        pytest.param({"side": None}, "row 2 of the sources", id="no side"),
        pytest.param({"arn": "arn:aws:iam::111111111111:user/other"}, "has the ARN", id="the ARN of somebody else"),
        pytest.param({"limits": '{"scp": []}'}, "row 2 of the sources` has `limits` that cannot", id="other limits"),
    ],
)
def test_a_side_that_cannot_be_read_is_named(sides: Sides, change: dict[str, Json], message: str) -> None:
    sources = pa.Table.from_pylist([ANYBODY, ANYBODY | change]).to_batches()
    with pytest.raises(XdiagError, match=message):
        list(decide_batches(sources, batches_of(sides.roles)))


def test_a_column_that_is_missing_is_named(sides: Sides) -> None:
    with pytest.raises(XdiagError, match="the roles have no column `side`"):
        list(decide_batches(batches_of(sides.sources), batches_of(sides.roles.select(["arn"]))))


@pytest.mark.parametrize(
    ("rows", "hint"),
    [
        pytest.param(
            [ANYBODY | {"arn": "arn:aws:iam::111111111111:user/other"}],
            "expected its side's, `arn:aws:iam::111111111111:user/ci`",
            id="another ARN",
        ),
        pytest.param(
            [ANYBODY | {"limits": "{"}],
            "expected a JSON object with `organization`, `scps` and `rcps` as in a case file",
            id="limits that are none",
        ),
        pytest.param([{"arn": "a"}], "expected the columns `arn`, `side` and `limits`", id="no column"),
    ],
)
def test_a_side_that_cannot_be_read_comes_with_what_was_expected(
    sides: Sides, rows: list[dict[str, Json]], hint: str
) -> None:
    with pytest.raises(XdiagError) as error:
        list(decide_batches(pa.Table.from_pylist(rows).to_batches(), batches_of(sides.roles)))
    assert error.value.hint == hint


def run(folder: Path, to: Path, *, before: str) -> subprocess.CompletedProcess[str]:
    """Run `xdiag matrix` after other code, and print whether pyarrow was imported."""
    code = (
        f"import sys, diagnose.cli\n{before}\n"
        "try: diagnose.cli.main()\nfinally: print(sys.modules.get('pyarrow') is not None)"
    )
    command = [sys.executable, "-c", code, "matrix", str(folder), "--to", str(to)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_parquet_pyarrow_is_not_imported(folder: Path, tmp_path: Path) -> None:
    ran = run(folder, tmp_path / "matrix.jsonl", before="")
    assert (ran.stdout, ran.returncode) == ("False\n", 0), ran.stderr


def test_without_pyarrow_parquet_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    ran = run(folder, tmp_path / "matrix.parquet", before="sys.modules['pyarrow'] = None")
    assert (ran.stdout, ran.returncode) == ("False\n", 2), ran.stderr
    assert "pip install 'xdiag[arrow]'" in ran.stderr
    assert list(tmp_path.iterdir()) == []
