"""Two matrices compared: a sorted merge of their rows, of which each pair alone is the law."""

import random
from itertools import product
from pathlib import Path

import msgspec
import pytest
from tests.matrix.dumps import OURS, THEIRS

from diagnose.errors import XdiagError
from diagnose.matrix import row_files
from diagnose.matrix.compare import ChangeKind, PairChange, PairState, changes, pair_of
from diagnose.matrix.row_files import in_order, read_rows
from diagnose.matrix.rows import ExplainedPair
from diagnose.report import Lines
from diagnose.report.rows import encode_rows, header_line

CI, DEPLOY = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{THEIRS}:role/Deploy"


def row(verdict: str, half_open: str = "", layer: str = "", cause: str = "") -> ExplainedPair:
    return ExplainedPair(
        source_arn=CI,
        dest_role_arn=DEPLOY,
        verdict=verdict,
        half_open=half_open,
        layer=layer,
        primary_cause=cause,
        primary_cause_title=cause.capitalize(),
    )


ALLOWED, UNDETERMINED = row("allowed"), row("undetermined")
TRUSTED = row("denied", "trusted", "identity")


@pytest.mark.parametrize(
    ("then", "now", "kind"),
    [
        pytest.param(None, ALLOWED, "newly-allowed", id="there was no row"),
        pytest.param(TRUSTED, ALLOWED, "newly-allowed", id="it was half open"),
        pytest.param(UNDETERMINED, ALLOWED, "newly-allowed", id="it depended on something"),
        pytest.param(None, UNDETERMINED, "newly-undetermined", id="it may be open now"),
        pytest.param(ALLOWED, UNDETERMINED, "newly-undetermined", id="it may be closed now"),
        pytest.param(ALLOWED, None, "newly-denied", id="the row is gone"),
        pytest.param(UNDETERMINED, TRUSTED, "newly-denied", id="half of it is left"),
        pytest.param(None, TRUSTED, "changed-cause", id="newly half open"),
        pytest.param(TRUSTED, None, "changed-cause", id="no longer half open"),
        pytest.param(TRUSTED, row("denied", "granted", "trust"), "changed-cause", id="the other half"),
        pytest.param(row("denied", "both", "scp"), row("denied", "both", "rcp"), "changed-cause", id="another layer"),
        pytest.param(
            row("denied", "trusted", "identity", "a"), row("denied", "trusted", "identity", "b"), "changed-cause",
            id="another cause in the layer",
        ),
        pytest.param(
            row("undetermined", cause="mfa"), row("undetermined", cause="tag"), "changed-cause", id="undecided"
        ),
        pytest.param(
            TRUSTED, row("denied", "both", "identity", "a"), "changed-cause", id="another half, and one names causes"
        ),
        pytest.param(ALLOWED, ALLOWED, None, id="open as before"),
        pytest.param(TRUSTED, TRUSTED, None, id="half open as before"),
        pytest.param(UNDETERMINED, row("undetermined", "", "trust", "mfa"), None, id="only one names causes"),
    ],
)  # fmt: skip
def test_a_pair_changes_with_its_verdict_its_half_and_its_cause(
    then: ExplainedPair | None, now: ExplainedPair | None, kind: str | None
) -> None:
    found = list(changes(iter([then] if then else []), iter([now] if now else [])))
    assert [(change.change, change.source_arn, change.dest_role_arn) for change in found] == (
        [(kind, CI, DEPLOY)] if kind else []
    )
    for change in found:
        assert (change.before is None, change.after is None) == (then is None, now is None)
        assert change.after is None or now is None or change.after.verdict == now.verdict


def many(seed: int) -> list[ExplainedPair]:
    """Rows about some pairs of a few sources and roles, in the order of their pairs."""
    chance = random.Random(seed)
    kinds = [ALLOWED, UNDETERMINED, TRUSTED, row("denied", "granted", "trust"), None, None]
    rows = []
    for role_number, source_number in product(range(12), range(12)):
        if (kind := chance.choice(kinds)) is not None:
            arns = {"source_arn": f"{CI}{source_number:02}", "dest_role_arn": f"{DEPLOY}{role_number:02}"}
            rows.append(msgspec.structs.replace(kind, **arns))
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_the_merge_comes_to_what_each_pair_comes_to_alone(seed: int) -> None:
    then, now = many(seed), many(seed + 100)
    olds, news = ({pair_of(each): each for each in rows} for rows in (then, now))
    alone: list[PairChange] = []
    for pair in sorted(olds.keys() | news.keys()):
        alone += changes(iter([olds[pair]] if pair in olds else []), iter([news[pair]] if pair in news else []))
    assert list(changes(iter(then), iter(now))) == alone
    assert {change.change for change in alone} == set(ChangeKind)


def test_two_rows_about_a_pair_are_told() -> None:
    for before, after in (([], [ALLOWED, UNDETERMINED]), ([ALLOWED, ALLOWED], [])):
        with pytest.raises(XdiagError) as error:
            list(changes(iter(before), iter(after)))
        assert error.value.message == f"one matrix has two rows about `{CI}` and `{DEPLOY}`"
        assert error.value.hint == "expected the rows of one run"


def test_a_change_has_all_that_the_rows_say() -> None:
    told = {"primary_cause": "a", "primary_cause_title": "A", "primary_gap": "g", "primary_gap_title": "G"}
    then = msgspec.structs.replace(row("undetermined", "trusted", "identity"), **told)
    [change] = changes(iter([then]), iter([ALLOWED]))
    assert change.before == PairState("undetermined", "trusted", "identity", "a", "A", "G")
    assert change.after == PairState("allowed", "", "", "", "", "")


def test_what_is_no_matrix_comes_with_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(b"nothing")
    with pytest.raises(XdiagError) as error:
        list(read_rows(tmp_path / "rows"))
    assert error.value.hint == "expected a file that `xdiag matrix` has written, or a folder of dumps"


@pytest.mark.parametrize(("longer", "refused"), [(0, False), (1, True)], ids=["as long as may be", "longer"])
def test_a_row_is_a_megabyte_at_most(tmp_path: Path, longer: int, refused: bool) -> None:
    empty = encode_rows([ALLOWED], Lines.JSONL)
    long = msgspec.structs.replace(row("allowed"), primary_cause_title="x" * (2**20 - len(empty) + longer))
    write_rows(tmp_path / "rows", "jsonl", [ALLOWED, long])
    if refused:
        with pytest.raises(XdiagError, match="line 2 has no row of one"):
            list(read_rows(tmp_path / "rows"))
    else:
        assert list(read_rows(tmp_path / "rows")) == [ALLOWED, long]


@pytest.mark.parametrize("in_memory", [3, 10, 72, 1000])
@pytest.mark.parametrize("order", ["shuffled", "sorted", "reversed"])
def test_rows_come_in_order_however_few_fit_into_memory(
    monkeypatch: pytest.MonkeyPatch, in_memory: int, order: str
) -> None:
    monkeypatch.setattr(row_files, "_ROWS_IN_MEMORY", in_memory)
    rows = many(1)
    given = list(rows)
    if order == "shuffled":
        random.Random(3).shuffle(given)
    elif order == "reversed":
        given.reverse()
    with in_order(iter(given)) as ordered:
        assert list(ordered) == rows


def write_rows(path: Path, form: str, rows: list[ExplainedPair]) -> None:
    if form == "parquet":
        from pyarrow import Table, parquet

        from diagnose.matrix.arrow import row_batch

        parquet.write_table(Table.from_batches([row_batch(rows, ExplainedPair)]), path)
    else:
        lines = Lines(form)
        path.write_bytes(header_line(ExplainedPair, lines) + encode_rows(rows, lines))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_rows_are_read_in_every_form(tmp_path: Path, form: str) -> None:
    write_rows(tmp_path / "rows", form, many(2))
    assert list(read_rows(tmp_path / "rows")) == many(2)


def test_without_the_extra_parquet_is_a_mistake_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_rows(tmp_path / "rows", "parquet", many(2))
    monkeypatch.setattr(row_files, "find_spec", lambda name: None if name == "pyarrow" else name)
    with pytest.raises(XdiagError) as error:
        list(read_rows(tmp_path / "rows"))
    assert error.value.message == "Parquet cannot be read: pyarrow is not installed"
    assert error.value.hint == "pip install 'xdiag[arrow]'"


def test_the_parts_of_a_folder_of_parquet_are_one_matrix(tmp_path: Path) -> None:
    rows = many(2)
    write_rows(tmp_path / "part-1.parquet", "parquet", rows[:9])
    write_rows(tmp_path / "part-2.parquet", "parquet", rows[9:])
    (tmp_path / "_SUCCESS").touch()
    assert list(read_rows(tmp_path)) == rows


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param(b'{"schema": "xdiag.matrix/1"}\n', "line 1", id="no fields"),
        pytest.param(encode_rows([ALLOWED], Lines.JSONL) + b'{"schema": "xdiag.ma', "line 2", id="cut off"),
        pytest.param(encode_rows([row("maybe")], Lines.JSONL), "line 1", id="no such verdict"),
        pytest.param(b'{"schema": "xdiag.matrix/2", "source_arn": "a"}\n', "line 1", id="another version"),
        pytest.param(b"line,verdict\n1,allowed\n", "line 1", id="other columns"),
        pytest.param(b"schema,line\nxdiag.matrix/1,1\n", "line 2", id="columns that are missing"),
        pytest.param(header_line(ExplainedPair, Lines.CSV) + b'xdiag.matrix/1,"a', "line 2", id="a cell cut off"),
        pytest.param(b"\xff\xfe\x00", "line 1", id="not text"),
        pytest.param(b"PAR1 and no more", "it", id="Parquet that is torn"),
    ],
)  # fmt: skip
def test_what_is_no_matrix_is_named_with_its_place(tmp_path: Path, content: bytes, place: str) -> None:
    (tmp_path / "rows").write_bytes(content)
    with pytest.raises(XdiagError, match=f"/rows` does not contain a matrix: {place} has no row of one"):
        list(read_rows(tmp_path / "rows"))
