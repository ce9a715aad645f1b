"""`xdiag compare`: what changed between two matrices, or two folders of dumps."""

import json
import stat
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, Program
from tests.matrix.dumps import OURS, THEIRS, role, statement, trusting, user, write_dump, write_tree
from tests.report.html.pages import Page

from diagnose.cli.compare import FailOnChange
from diagnose.matrix.compare import ChangeKind

CI, OPS = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{OURS}:user/ops"
DEMOS = Path(__file__).parent.parent.parent / "fixtures" / "demo"
DEPLOY = f"arn:aws:iam::{THEIRS}:role/Deploy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the dumps of two days: `ci` may no longer assume the role, and `ops` may."""
    for day, trusted in (("monday", CI), ("tuesday", OPS)):
        dumps = tmp_path / day
        may_deploy = statement(Resource=DEPLOY)
        write_dump(dumps / "ours.json", users=[user(OURS, "ci", may_deploy), user(OURS, "ops", may_deploy)])
        write_dump(dumps / "theirs.json", roles=[role(THEIRS, "Deploy", trusting(trusted))])
        write_tree(dumps, [OURS, THEIRS])
    return tmp_path


def told(out: str) -> list[tuple[str, str, str]]:
    report = json.loads(out)
    assert report["schema"] == "xdiag.comparison/1"
    for kind, count in report["counts"].items():
        assert count == sum(1 for change in report["changes"] if change["change"] == kind)
    return [(change["change"], change["source_arn"], change["dest_role_arn"]) for change in report["changes"]]


CHANGED = [("newly-denied", CI, DEPLOY), ("newly-allowed", OPS, DEPLOY)]


def test_two_folders_of_dumps_are_compared(xdiag: Program, folder: Path) -> None:
    run = xdiag("compare", folder / "monday", folder / "tuesday", "--output", "json")
    assert (run.code, told(run.out), run.err) == (ALLOWED, CHANGED, "")


def test_a_comparison_is_what_its_schema_says(xdiag: Program, folder: Path) -> None:
    schema = json.loads(xdiag("schema", "comparison").out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    report = json.loads(xdiag("compare", folder / "monday", folder / "tuesday", "--output", "json").out)
    validator.validate(report)
    assert set(report) == set(schema["$defs"]["MatrixComparison"]["properties"])
    assert set(report["changes"][0]) == set(schema["$defs"]["PairChange"]["properties"])
    assert not validator.is_valid(report | {"changes": [{"change": "newly-open"}]})


@pytest.mark.parametrize("explain", [(), ("--explain",)], ids=["verdicts", "with causes"])
def test_rows_of_a_matrix_are_what_their_schema_says(xdiag: Program, folder: Path, explain: tuple[str, ...]) -> None:
    schema = json.loads(xdiag("schema", "matrix").out)
    validator = Draft202012Validator(schema)
    rows = [json.loads(line) for line in xdiag("matrix", folder / "monday", *explain).out.splitlines()]
    assert rows
    for row in rows:
        validator.validate(row)
        assert set(row) <= set(schema["$defs"]["ExplainedPair"]["properties"])
    assert not validator.is_valid(rows[0] | {"verdict": "open"})


@pytest.mark.parametrize("explain", [(), ("--explain",)], ids=["verdicts", "with causes"])
def test_rows_of_a_batch_are_what_their_schema_says(xdiag: Program, explain: tuple[str, ...]) -> None:
    schema = json.loads(xdiag("schema", "batch").out)
    validator = Draft202012Validator(schema)
    demo = json.dumps(json.loads((DEMOS / "wrong-principal.json").read_text()))
    run = xdiag("batch", "-", *explain, stdin=f'{demo}\n{{"request": 3}}\n'.encode())
    rows = [json.loads(line) for line in run.out.splitlines()]
    assert [row["verdict"] for row in rows] == ["denied", ""]
    for row in rows:
        validator.validate(row)
        assert set(row) <= set(schema["$defs"]["ExplainedRow"]["properties"])
    assert not validator.is_valid(rows[0] | {"line": 0})


@pytest.mark.parametrize(
    "text", ["", "schema,source_arn,dest_role_arn,verdict,half_open,layer\n"], ids=["jsonl", "csv"]
)
def test_a_file_without_rows_is_a_matrix_of_denials_and_told_as_such(xdiag: Program, folder: Path, text: str) -> None:
    (folder / "none").write_text(text)
    run = xdiag("compare", folder / "none", folder / "tuesday", "--output", "json")
    assert (run.code, told(run.out)) == (ALLOWED, [("changed-cause", CI, DEPLOY), CHANGED[1]])
    assert f"`{folder / 'none'}` has no rows: every pair counts as denied there" in run.err
    assert "no rows" not in xdiag("compare", folder / "monday", folder / "tuesday").err


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet"])
def test_a_matrix_is_compared_with_dumps(xdiag: Program, folder: Path, name: str) -> None:
    form = ["--output", "csv"] if name.endswith("csv") else []
    assert xdiag("matrix", folder / "monday", "--to", folder / name, *form).code == ALLOWED
    run = xdiag("compare", folder / name, folder / "tuesday", "--output", "json")
    assert (run.code, told(run.out)) == (ALLOWED, CHANGED)


def test_the_page_is_for_people(xdiag: Program, folder: Path) -> None:
    run = xdiag("compare", "monday", "tuesday", cwd=folder)
    assert run.out == (
        "# 1 newly allowed, 1 newly denied\n\n"
        "From `monday` to `tuesday`.\n\n"
        "## Newly allowed: 1\n\n"
        f"- `{OPS}` to `{DEPLOY}`: denied (granted, not trusted; the trust policy) before, now allowed\n\n"
        "## Newly denied: 1\n\n"
        f"- `{CI}` to `{DEPLOY}`: allowed before, now denied (granted, not trusted; the trust policy)\n"
    )


def rows_of(path: Path, sources: int, roles: int, **fields: str) -> Path:
    """Write a matrix in which so many users of one account have the same answer for so many roles."""
    row = {"schema": "xdiag.matrix/1", "verdict": "allowed"} | fields
    arns = [
        {"source_arn": f"{CI}{source:04}", "dest_role_arn": f"{DEPLOY}{role:04}"}
        for role in range(roles)
        for source in range(sources)
    ]
    path.write_text("".join(json.dumps(row | pair) + "\n" for pair in arns))
    return path


def test_sources_to_which_the_same_happened_have_one_line(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("")
    five = xdiag("compare", tmp_path / "none", rows_of(tmp_path / "five", 5, 2)).out
    named = ", ".join(f"`{CI}{source:04}`" for source in range(3))
    assert five.partition("## ")[2] == "Newly allowed: 10\n\n" + "".join(
        f"- {named} and 2 more to `{DEPLOY}{role:04}`: denied before, now allowed\n" for role in range(2)
    )


def test_what_has_no_line_is_counted(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("")
    lines = xdiag("compare", tmp_path / "none", rows_of(tmp_path / "many", 5, 103)).out.splitlines()
    listed = [line for line in lines if line.startswith("- `")]
    assert (len(listed), lines[-1]) == (100, "- and 15 more, all of which `--output json` lists")


def test_an_open_answer_names_what_it_depends_on(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("")
    unknown = {"primary_cause_title": "The trust policy requires MFA", "primary_gap_title": "MFA is not known"}
    rows = rows_of(tmp_path / "one", 1, 1, verdict="undetermined", primary_cause="mfa", **unknown)
    out = xdiag("compare", tmp_path / "none", rows).out
    assert out.endswith("denied before, now undetermined (MFA is not known)\n")


def test_a_cause_is_part_of_the_sentence(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("")
    titled = {"half_open": "granted", "primary_cause": "x", "primary_cause_title": "The trust policy names others"}
    out = xdiag("compare", tmp_path / "none", rows_of(tmp_path / "one", 1, 1, verdict="denied", **titled)).out
    assert out.endswith("now denied (granted, not trusted; the trust policy names others)\n")


def test_nothing_changed(xdiag: Program, folder: Path) -> None:
    run = xdiag("compare", folder / "monday", folder / "monday", *(f"--fail-on={kind}" for kind in FailOnChange))
    assert run.code == ALLOWED
    assert run.out.startswith("# Nothing changed\n")


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (["newly-allowed"], DENIED),
        (["newly-denied"], DENIED),
        (["newly-undetermined"], ALLOWED),
        (["newly-undetermined", "changed-cause", "newly-denied"], DENIED),
        ([], ALLOWED),
    ],
)
def test_it_fails_on_what_it_is_told_to(xdiag: Program, folder: Path, kinds: list[str], code: int) -> None:
    flags = [f"--fail-on={kind}" for kind in kinds]
    assert xdiag("compare", folder / "monday", folder / "tuesday", *flags).code == code


def test_every_kind_of_change_can_fail() -> None:
    assert [kind.value for kind in FailOnChange] == [kind.value for kind in ChangeKind]


def test_a_role_that_opens_to_a_vendor_is_newly_allowed_from_outside(xdiag: Program, folder: Path) -> None:
    vendor = "arn:aws:iam::444444444444:root"
    write_dump(folder / "tuesday" / "theirs.json", roles=[role(THEIRS, "Deploy", trusting([CI, vendor]))])
    days = (folder / "monday", folder / "tuesday", "--output", "json", "--fail-on", "newly-allowed")
    assert (xdiag("compare", *days).code, told(xdiag("compare", *days).out)) == (ALLOWED, [])
    run = xdiag("compare", *days, "--outside")
    assert (run.code, told(run.out)) == (DENIED, [("newly-allowed", vendor, DEPLOY)])


def test_causes_are_compared_on_request(xdiag: Program, folder: Path) -> None:
    run = xdiag("compare", folder / "monday", folder / "tuesday", "--explain", "--output", "json")
    [denied, allowed] = json.loads(run.out)["changes"]
    assert denied["after"]["primary_cause"].startswith("trust-") or denied["after"]["primary_cause_title"]
    assert allowed["before"]["primary_cause"] == denied["after"]["primary_cause"] != ""


def test_the_file_is_private_and_whole(xdiag: Program, folder: Path) -> None:
    to = folder / "changes.json"
    run = xdiag("compare", folder / "monday", folder / "tuesday", "--output", "json", "--to", to)
    assert (run.code, run.out, told(to.read_text())) == (ALLOWED, "", CHANGED)
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    (folder / "torn.jsonl").write_text('{"schema": "xdiag.matrix/1"')
    failed = xdiag("compare", folder / "monday", folder / "torn.jsonl", "--to", to)
    assert (failed.code, told(to.read_text())) == (BAD_INPUT, CHANGED)
    assert list(folder.glob(".xdiag-*")) == []


def test_an_account_with_one_dump_only_is_told(xdiag: Program, folder: Path) -> None:
    (folder / "tuesday" / "theirs.json").unlink()
    run = xdiag("compare", "monday", "tuesday", cwd=folder)
    assert run.err == f"xdiag: account {THEIRS} has a dump in `monday` only\n"


def test_a_dump_that_was_left_out_is_no_success(xdiag: Program, folder: Path) -> None:
    (folder / "tuesday" / "torn.json").write_text("{")
    run = xdiag("compare", folder / "monday", folder / "tuesday", "--fail-on", "newly-allowed", "--output", "json")
    assert (run.code, told(run.out)) == (BAD_INPUT, CHANGED)
    assert "left out 1 of the dumps or identities" in run.err


def test_folders_without_a_tree_may_be_stated_to_have_no_limits(xdiag: Program, folder: Path) -> None:
    for day in ("monday", "tuesday"):
        (folder / day / "organization.json").unlink()
    unknown = xdiag("compare", folder / "monday", folder / "tuesday", "--output", "json")
    assert [kind for kind, _, _ in told(unknown.out)] == ["newly-denied", "newly-undetermined"]
    flags = ["--without", "scp", "--without", "rcp", "--output", "json"]
    assert told(xdiag("compare", folder / "monday", folder / "tuesday", *flags).out) == CHANGED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["monday", "nothing"], "there is no file", id="no such file"),
        pytest.param(["monday", "empty"], "contains no dumps", id="an empty folder"),
        pytest.param(["monday", "tuesday", "--to", "no/such/file"], "cannot be written", id="nowhere to write"),
        pytest.param(["rows", "rows", "--explain"], "are for folders of dumps", id="causes of rows"),
    ],
)
def test_a_mistake_is_one_sentence(xdiag: Program, folder: Path, arguments: list[str], message: str) -> None:
    (folder / "empty").mkdir()
    (folder / "rows").touch()
    run = xdiag("compare", *arguments, cwd=folder)
    assert (run.code, run.out) == (BAD_INPUT, "")
    said, hint = run.err.splitlines()
    assert message in said
    assert hint.startswith("  ")


def test_hostile_names_are_harmless_on_the_page(xdiag: Program, folder: Path) -> None:
    row = {"schema": "xdiag.matrix/1", "source_arn": "a`<img>\n# @b", "dest_role_arn": DEPLOY, "verdict": "allowed"}
    (folder / "none.jsonl").touch()
    (folder / "rows.jsonl").write_text(f"{json.dumps(row)}\n")
    lines = xdiag("compare", folder / "none.jsonl", folder / "rows.jsonl").out.splitlines()
    assert lines[-1].startswith("- ``a`<img>")
    assert lines[-1].endswith(f"# @b`` to `{DEPLOY}`: denied before, now allowed")


def test_a_comparison_is_a_page_that_says_what_the_markdown_says(xdiag: Program, folder: Path) -> None:
    days = (folder / "monday", folder / "tuesday")
    assert xdiag("compare", *days, "--output", "html", "--to", folder / "changes.html").code == ALLOWED
    page = Page((folder / "changes.html").read_text(encoding="ascii"))
    headings = page.texts["h1"] + page.texts["h2"]
    written = [line.lstrip("# ") for line in xdiag("compare", *days).out.splitlines() if line.startswith("#")]
    assert headings == written == ["1 newly allowed, 1 newly denied", "Newly allowed: 1", "Newly denied: 1"]
    assert f"{OPS} to {DEPLOY}: denied" in " ".join(page.words.split())
    assert "default-src 'none'" in next(meta["content"] for meta in page.attributes("meta") if "http-equiv" in meta)


def test_a_hostile_name_is_inert_on_the_page_of_a_comparison(xdiag: Program, folder: Path) -> None:
    name = "<script>alert(1)</script>\u202e`"
    row = {"schema": "xdiag.matrix/1", "source_arn": name, "dest_role_arn": DEPLOY, "verdict": "allowed"}
    (folder / "now.jsonl").write_text(json.dumps(row | {"primary_cause_title": name}) + "\n")
    (folder / "then.jsonl").write_text("")
    out = xdiag("compare", folder / "then.jsonl", folder / "now.jsonl", "--output", "html").out
    assert "alert(1)" in out
    assert "<script>alert" not in out
    assert "\u202e" not in out
    assert "&#8238;" not in out
