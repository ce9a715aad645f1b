"""`xdiag matrix`: who can assume what in a folder of dumps."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from tests.cli.program import ALLOWED, BAD_INPUT, Program
from tests.matrix.dumps import OURS, THEIRS, role, statement, trusting, user, write_dump, write_tree
from tests.report.html.pages import Page

from diagnose.matrix.arrow import decide_batches

CI, OPS = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{OURS}:user/ops"
DEPLOY, AUDIT = f"arn:aws:iam::{THEIRS}:role/Deploy", f"arn:aws:iam::{THEIRS}:role/Audit"


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    folder = tmp_path / "dumps"
    may_deploy = statement(Resource=DEPLOY)
    write_dump(folder / "ours.json", users=[user(OURS, "ci", may_deploy), user(OURS, "ops", may_deploy)])
    external_id = {"StringEquals": {"sts:ExternalId": "acme-42"}}
    write_dump(
        folder / "theirs.json",
        roles=[
            role(THEIRS, "Deploy", trusting(CI)),
            role(THEIRS, "Audit", trusting(OPS, Condition=external_id), statement(Resource=DEPLOY)),
        ],
    )
    write_tree(folder, [OURS, THEIRS])
    return folder


def pairs(out: str) -> list[tuple[str, str, str, str]]:
    """Give source, role, verdict and half of every row."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert {row["schema"] for row in rows} <= {"xdiag.matrix/1"}
    return [(row["source_arn"], row["dest_role_arn"], row["verdict"], row["half_open"]) for row in rows]


def test_rows_go_to_standard_output_and_counts_to_standard_error(xdiag: Program, dumps: Path) -> None:
    run = xdiag("matrix", dumps)
    assert run.code == ALLOWED
    assert pairs(run.out) == [
        (OPS, AUDIT, "denied", "trusted"),
        (CI, DEPLOY, "allowed", ""),
        (OPS, DEPLOY, "denied", "granted"),
        (AUDIT, DEPLOY, "denied", "granted"),
    ]
    assert run.err == "xdiag: 8 pairs: 1 allowed, 0 undetermined, 3 denied and half open, 4 denied\n"


def test_what_the_caller_may_send_makes_a_pair_undetermined(xdiag: Program, dumps: Path) -> None:
    write_dump(dumps / "ours.json", users=[user(OURS, "ops", statement(Resource=AUDIT))])
    assert pairs(xdiag("matrix", dumps, "--source", OPS).out) == [(OPS, AUDIT, "undetermined", "")]


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        pytest.param(["--source", CI], [(CI, DEPLOY)], id="one source"),
        pytest.param(["--source", "*:user/*"], [(OPS, AUDIT), (CI, DEPLOY), (OPS, DEPLOY)], id="a pattern"),
        pytest.param(["--source", CI, "--source", AUDIT], [(CI, DEPLOY), (AUDIT, DEPLOY)], id="two sources"),
        pytest.param(["--role", AUDIT], [(OPS, AUDIT)], id="one role"),
        pytest.param(["--source", CI, "--role", AUDIT], [], id="a pair that is denied"),
        pytest.param(
            ["--account", OURS, "--role", DEPLOY], [(CI, DEPLOY), (OPS, DEPLOY)], id="pairs with a side in an account"
        ),
    ],
)
def test_pairs_can_be_narrowed(xdiag: Program, dumps: Path, flags: list[str], left: list[tuple[str, str]]) -> None:
    run = xdiag("matrix", dumps, *flags)
    assert (run.code, [pair[:2] for pair in pairs(run.out)]) == (ALLOWED, left)


def test_callers_without_a_dump_are_asked_about_on_request(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    vendor = "444444444444"
    write_dump(dumps / "theirs.json", roles=[role(THEIRS, "Deploy", trusting([CI, f"arn:aws:iam::{vendor}:root"]))])
    found = pairs(xdiag("matrix", dumps, "--outside", "--account", vendor).out)
    assert found == [(f"arn:aws:iam::{vendor}:root", DEPLOY, "allowed", "")]
    assert vendor not in xdiag("matrix", dumps).out
    run = xdiag("matrix", dumps, "--outside", "--sides", tmp_path / "sides")
    assert (run.code, "`--sides` decides nothing, and `--outside` is about pairs" in run.err) == (BAD_INPUT, True)


def test_an_account_counts_only_its_own_pairs(xdiag: Program, dumps: Path) -> None:
    assert xdiag("matrix", dumps, "--account", OURS).err.startswith("xdiag: 4 pairs: 1 allowed")
    assert xdiag("matrix", dumps, "--account", THEIRS).err.startswith("xdiag: 8 pairs: 1 allowed")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(["--source", "*:user/nobody"], "no user or role in the dumps has the ARN", id="no such source"),
        pytest.param(["--role", "*:role/[DA]*"], "no role in the dumps has the ARN", id="brackets are no wildcard"),
        pytest.param(["--account", "333333333333"], "account `333333333333` is not in the dumps", id="no such account"),
        pytest.param(["--to", "m.parquet", "--output", "csv"], "leave out one of them", id="two forms"),
        pytest.param(["--sides", "sides", "--explain"], "`--sides` decides nothing", id="causes of nothing"),
        pytest.param(["--to", "no/such/folder.parquet"], "cannot be written", id="nowhere to write Parquet"),
        pytest.param(["--to", "no/such/folder.jsonl"], "cannot be written", id="nowhere to write"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    xdiag: Program, dumps: Path, flags: list[str], message: str
) -> None:
    run = xdiag("matrix", dumps, *flags)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert message in run.err


def test_a_file_of_rows_is_private_and_whole(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.csv"
    run = xdiag("matrix", dumps, "--to", to, "--output", "csv")
    assert (run.code, run.out) == (ALLOWED, "")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    with to.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["half_open"] for row in rows] == ["trusted", "", "granted", "granted"]
    assert list(tmp_path.glob(".xdiag-*")) == []


def test_rows_come_by_role_and_then_by_source_in_the_order_of_arns(xdiag: Program, dumps: Path) -> None:
    found = [(role, source) for source, role, _, _ in pairs(xdiag("matrix", dumps).out)]
    assert found == sorted(found)


@pytest.mark.parametrize("flags", [[], ["--explain"]], ids=["verdicts", "with causes"])
def test_parquet_has_the_rows_of_the_lines(xdiag: Program, dumps: Path, tmp_path: Path, flags: list[str]) -> None:
    to = tmp_path / "matrix.parquet"
    run = xdiag("matrix", dumps, "--to", to, *flags)
    assert (run.code, run.out) == (ALLOWED, "")
    lines = [json.loads(line) for line in xdiag("matrix", dumps, *flags).out.splitlines()]
    assert parquet.read_table(to).to_pylist() == lines
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert set(tmp_path.iterdir()) == {dumps, to}


def test_sides_are_written_for_an_engine_that_decides_them(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    run = xdiag("matrix", dumps, "--sides", tmp_path / "sides", "--source", "*:user/*")
    assert (run.code, run.out, run.err) == (ALLOWED, "", "xdiag: 2 users and roles, 2 roles to assume\n")
    sources, roles = (parquet.read_table(tmp_path / "sides" / f"{side}.parquet") for side in ("sources", "roles"))
    rows = [row for batch in decide_batches(sources.to_batches(), roles.to_batches()) for row in batch.to_pylist()]
    assert rows == [json.loads(line) for line in xdiag("matrix", dumps, "--source", "*:user/*").out.splitlines()]


def test_a_run_that_fails_leaves_the_earlier_rows(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    to.write_text("earlier\n")
    assert xdiag("matrix", dumps, "--role", "*:role/None", "--to", to).code == BAD_INPUT
    assert to.read_text() == "earlier\n"


def test_a_damaged_dump_is_told_and_the_rest_is_done(xdiag: Program, dumps: Path) -> None:
    (dumps / "torn.json").write_text('{"UserDetailList": [')
    run = xdiag("matrix", dumps)
    assert (run.code, len(pairs(run.out))) == (BAD_INPUT, 4)
    assert "torn.json" in run.err
    assert "left out 1 of the dumps or identities; the rows are about the rest" in run.err


def test_without_a_tree_nothing_is_allowed_until_it_is_stated(xdiag: Program, dumps: Path) -> None:
    (dumps / "organization.json").unlink()
    run = xdiag("matrix", dumps, "--source", CI)
    assert pairs(run.out) == [(CI, DEPLOY, "undetermined", "")]
    assert "there is no `organization.json`: SCPs and RCPs are not known" in run.err
    stated = xdiag("matrix", dumps, "--source", CI, "--without", "scp", "--without", "rcp")
    assert pairs(stated.out) == [(CI, DEPLOY, "allowed", "")]
    assert "organization.json" not in stated.err


def test_an_account_that_the_tree_lacks_is_told(xdiag: Program, dumps: Path) -> None:
    write_tree(dumps, [THEIRS])
    run = xdiag("matrix", dumps)
    assert f"`organization.json` lacks account {OURS}: SCPs and RCPs are not known there" in run.err
    assert {verdict for source, _, verdict, _ in pairs(run.out) if source == CI} == {"undetermined"}
    assert "organization.json" not in xdiag("matrix", dumps, "--without", "scp", "--without", "rcp").err


@pytest.mark.parametrize(
    ("flags", "meant"),
    [
        pytest.param(["--role", DEPLOY.lower()], DEPLOY, id="capitals"),
        pytest.param(["--role", "Deploy"], DEPLOY, id="the name alone"),
        pytest.param(["--source", CI.replace("/ci", "/cl")], CI, id="a letter"),
        pytest.param(["--account", "11111111111"], OURS, id="a digit is missing"),
    ],
)
def test_what_may_be_meant_is_said(xdiag: Program, dumps: Path, flags: list[str], meant: str) -> None:
    run = xdiag("matrix", dumps, *flags)
    assert (run.code, run.err.splitlines()[1]) == (BAD_INPUT, f"  did you mean `{meant}`")


def test_causes_are_named_on_request(xdiag: Program, dumps: Path) -> None:
    run = xdiag("matrix", dumps, "--source", OPS, "--role", DEPLOY, "--explain")
    [row] = [json.loads(line) for line in run.out.splitlines()]
    assert (row["layer"], row["certainty"]) == ("trust", "certain")
    assert row["primary_cause"].startswith("trust-")


def test_the_schema_of_the_tree_is_printed(xdiag: Program) -> None:
    printed = json.loads(xdiag("schema", "organization").out)
    assert "management_account" in json.dumps(printed)


@pytest.mark.parametrize(
    "to",
    [
        "dumps/organization.json",
        "dumps/ours.json",
        "dumps/new.json",
        "dumps/in/new.parquet",
        "link.jsonl",
        "d/../dumps/x.json",
    ],
)
def test_rows_never_stand_among_the_dumps(xdiag: Program, dumps: Path, tmp_path: Path, to: str) -> None:
    """They would overwrite one, be read as one the next time, or make the folder one of rows."""
    (tmp_path / "link.jsonl").symlink_to(dumps / "ours.json")
    before = {file: file.read_bytes() for file in dumps.rglob("*")}
    run = xdiag("matrix", dumps, "--to", tmp_path / to)
    assert run.code == BAD_INPUT
    assert "is among what is read from" in run.err
    assert {file: file.read_bytes() for file in dumps.rglob("*")} == before


def test_a_dump_that_is_a_link_is_not_overwritten_where_it_leads(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    elsewhere = (dumps / "ours.json").rename(tmp_path / "ours.txt")
    (dumps / "ours.json").symlink_to(elsewhere)
    assert xdiag("matrix", dumps, "--to", elsewhere).code == BAD_INPUT
    assert xdiag("matrix", dumps, "--to", dumps / "rows.jsonl").code == ALLOWED


def test_sides_do_not_make_a_folder_of_dumps_one_of_rows(xdiag: Program, dumps: Path) -> None:
    assert xdiag("matrix", dumps, "--sides", dumps).code == BAD_INPUT
    assert not list(dumps.glob("*.parquet"))


def test_a_comparison_overwrites_neither_side(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    assert xdiag("matrix", dumps, "--to", rows).code == ALLOWED
    before = rows.read_bytes()
    for to in (rows, dumps / "ours.json"):
        assert xdiag("compare", rows, dumps, "--to", to).code == BAD_INPUT
        assert xdiag("compare", dumps, rows, "--to", to).code == BAD_INPUT
    assert rows.read_bytes() == before
    assert xdiag("compare", rows, dumps, "--to", tmp_path / "changes.md").code == ALLOWED


def page_at(file: Path) -> Page:
    return Page(file.read_text("ascii"))


def test_a_page_counts_all_pairs_and_names_causes(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.html"
    run = xdiag("matrix", dumps, "--to", to)
    assert (run.code, run.out) == (ALLOWED, "")
    assert run.err == "xdiag: 8 pairs: 1 allowed, 0 undetermined, 3 denied and half open, 4 denied\n"
    page = page_at(to)
    assert page.text_of("h1") == "8 pairs: 1 allowed, 3 denied and half open, 4 denied"
    assert "The trust policy names another account" in page.words
    assert page.parts("td").count(DEPLOY) == 3
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_the_same_page_goes_to_standard_output(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.html"
    assert xdiag("matrix", dumps, "--to", to, "--output", "html").code == ALLOWED
    assert xdiag("matrix", dumps, "--output", "html").out == to.read_text()
    other = tmp_path / "page"
    assert xdiag("matrix", dumps, "--to", other, "--output", "html").code == ALLOWED
    assert other.read_text() == to.read_text()


def test_a_page_says_how_many_rows_it_leaves_out(xdiag: Program, tmp_path: Path) -> None:
    sides = range(46)
    write_dump(tmp_path / "dumps/ours.json", users=[user(OURS, f"u{n}", statement(Resource="*")) for n in sides])
    anybody = trusting(f"arn:aws:iam::{OURS}:root")
    write_dump(tmp_path / "dumps/theirs.json", roles=[role(THEIRS, f"r{n}", anybody) for n in sides])
    write_tree(tmp_path / "dumps", [OURS, THEIRS])
    run = xdiag("matrix", tmp_path / "dumps", "--to", tmp_path / "matrix.html")
    left_out = "the page counts every pair and lists 2,000: 116 rows are not in its table"
    assert f"xdiag: {left_out}; `--output jsonl` gives every one\n" in run.err
    assert "The table has 2,000 of 2,116 rows" in page_at(tmp_path / "matrix.html").words


@pytest.mark.parametrize("flags", [["--to", "m.html", "--output", "csv"], ["--to", "m.parquet", "--output", "html"]])
def test_a_file_is_of_one_form(xdiag: Program, dumps: Path, tmp_path: Path, flags: list[str]) -> None:
    run = xdiag("matrix", dumps, *flags, cwd=tmp_path)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "leave out one of them" in run.err
