"""`docs/dashboards.md`: its queries are run, and its table of fields is complete."""

import json
import re
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from diagnose.loading import load_case, load_rules
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.finding_row import FindingRow
from tests.cases import DEMOS
from tests.report.diagnoses import EVERY, NAMES

PAGE = (Path(__file__).parent.parent / "docs" / "dashboards.md").read_text(encoding="utf-8")
BLOCKS = {
    (title, language): text
    for title, section in re.findall(r"^##+ (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    for language, text in re.findall(r"```(sql|sh)\n(.*?)```", section, re.DOTALL)
}
QUERIES = [title for title, language in BLOCKS if language == "sql" and not title.startswith("SQL")]
COMMANDS = [title for title, language in BLOCKS if language == "sh"]
DAYS = ("2026-11-23T16:02:00Z", "2026-11-24T16:02:00Z")
FIXED, BROKEN = "external-id", "mfa-not-used"

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demos, and an answer with two causes, on two days: on the second, one is fixed and another is new."""
    folder = tmp_path_factory.mktemp("dashboard")
    rules, written = load_rules(), []
    for path in sorted(DEMOS.glob("*.json")):
        case = load_case(path)
        for day in DAYS:
            if path.stem != (FIXED if day == DAYS[1] else BROKEN):
                dated = replace(case, snapshot=replace(case.snapshot, taken_at=day))
                written.append(render(diagnose(dated, rules), Format.FINDINGS))
    several = EVERY["denied-by-scp"](NAMES)
    for day in DAYS:
        snapshot = replace(several.case.snapshot, taken_at=day)
        written.append(render(replace(several, case=replace(several.case, snapshot=snapshot)), Format.FINDINGS))
    (folder / "findings.jsonl").write_text("".join(written))
    report = render(diagnose(load_case(DEMOS / "wrong-principal.json"), rules), Format.JSON)
    (folder / "report.json").write_text(report)
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "findings.jsonl").read_text().splitlines()]


def test_the_table_names_every_field_in_its_order_and_gives_it_two_places() -> None:
    table = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert [field for field, _, _ in table] == ["schema", *FindingRow.__struct_fields__]
    for column in (1, 2):
        first = [re.findall("`([^`]+)`", row[column])[0] for row in table]
        assert len(set(first)) == len(first)
    for field, ecs, ocsf in table:
        for place, rest in ((ecs, "xdiag"), (ocsf, "unmapped")):
            assert f"{rest}." not in place or place == f"`{rest}.{field}`"


def test_every_query_of_the_page_is_expected_here() -> None:
    assert sorted(QUERIES) == sorted(EXPECTED)
    assert sorted(COMMANDS) == sorted(PRINTED)


@pytest.mark.parametrize("title", QUERIES)
def test_a_query_says_what_the_rows_say(title: str, folder: Path, rows: list[dict[str, Any]]) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect() as database:
        view = BLOCKS["SQL: Athena, Grafana, DuckDB", "sql"]
        database.execute(view.replace("findings.jsonl", str(folder / "findings.jsonl")))
        answer = [tuple(map(_as_written, row)) for row in database.execute(BLOCKS[title, "sql"]).fetchall()]
    assert answer == EXPECTED[title](rows)


@needs_jq
@pytest.mark.parametrize("title", COMMANDS)
def test_a_command_prints_what_the_rows_say(title: str, folder: Path, rows: list[dict[str, Any]]) -> None:
    command = BLOCKS[title, "sh"]
    run = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    PRINTED[title](run.stdout, rows)


def _as_written(value: object) -> object:
    """Undo that DuckDB takes what looks like a time for one."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _verdicts(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(row["verdict"] for row in rows if row["number"] == 1)


def _by_count(counted: Counter[Any]) -> list[Any]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _by_verdict(rows: list[dict[str, Any]]) -> list[Any]:
    return _by_count(_verdicts(rows))


def _what_denies(rows: list[dict[str, Any]]) -> list[Any]:
    denied = [row for row in rows if row["kind"] == "cause" and row["verdict"] == "denied"]
    ids = {(row["rule"], row["finding_id"]) for row in denied}
    titles = {rule: max(row["title"] for row in denied if row["rule"] == rule) for rule, _ in ids}
    counted = Counter(rule for rule, _ in ids)
    return [(rule, titles[rule], count) for rule, count in _by_count(counted)][:10]


def _places(rows: list[dict[str, Any]]) -> list[Any]:
    first = [row for row in rows if row["kind"] == "cause" and row["number"] == 1]
    return _by_count(Counter(row["layer"] or row["gate"] or "the request" for row in first))


def _owners(rows: list[dict[str, Any]]) -> list[Any]:
    proved = [row for row in rows if row["kind"] == "cause" and row["fix_proof"] == "allowed"]
    ids = {(row["fix_owner"], row["dest_account"], row["finding_id"]) for row in proved}
    counted = Counter((owner, account) for owner, account, _ in ids)
    return [(*key, count) for key, count in _by_count(counted)]


def _gaps(rows: list[dict[str, Any]]) -> list[Any]:
    gaps = [row for row in rows if row["kind"] == "gap"]
    titles = {row["rule"]: row["title"] for row in gaps}
    return [(rule, titles[rule], count) for rule, count in _by_count(Counter(row["rule"] for row in gaps))]


def _changes(rows: list[dict[str, Any]]) -> list[Any]:
    answer = []
    for one in {row["finding_id"] for row in rows if row["kind"] == "cause"}:
        seen = [row for row in rows if row["finding_id"] == one]
        days = sorted(row["taken_at"] for row in seen)
        state = {(DAYS[0],): "gone", (DAYS[1],): "new", DAYS: "open"}[tuple(days)]
        answer.append((one, seen[0]["rule"], seen[0]["dest_role_arn"], days[0], days[-1], state))
    assert {state for *_, state in answer} == {"gone", "new", "open"}
    return sorted(answer, key=lambda row: (row[5], row[1], row[0]))


EXPECTED = {
    "Answers by verdict": _by_verdict,
    "What denies most": _what_denies,
    "Where requests stop": _places,
    "Who has to act, where one change is proved to be enough": _owners,
    "What xdiag could not read": _gaps,
    "What was fixed, and what is new": _changes,
}


def _verdicts_by_jq(printed: str, rows: list[dict[str, Any]]) -> None:
    assert {one["verdict"]: one["answers"] for one in json.loads(printed)} == _verdicts(rows)


def _tasks(printed: str, rows: list[dict[str, Any]]) -> None:
    proved = [row for row in rows if row["kind"] == "cause" and row["fix_proof"] == "allowed"]
    assert proved
    assert printed.splitlines() == [f"{row['fix_owner']}\t{row['dest_role_arn']}\t{row['fix_text']}" for row in proved]


def _ecs(printed: str, rows: list[dict[str, Any]]) -> None:
    documents = [json.loads(line) for line in printed.splitlines()]
    outcomes = {"allowed": "success", "denied": "failure", "undetermined": "unknown"}
    assert [one["event"]["outcome"] for one in documents] == [outcomes[row["verdict"]] for row in rows]
    table = dict(re.findall(r"^\| `(\w+)` \| `(.+?)`", PAGE, re.MULTILINE))
    for document, row in zip(documents, rows, strict=True):
        for field, place in table.items():
            value: Any = document
            for name in place.split("."):
                value = value.get(name) if isinstance(value, dict) else None
            assert value in (None, row[field]) or field == "verdict", field


def _command(printed: str, rows: list[dict[str, Any]]) -> None:
    assert printed.startswith("aws iam update-assume-role-policy")


PRINTED = {
    "Answers by verdict, with jq": _verdicts_by_jq,
    "Proved fixes as a list of tasks": _tasks,
    "The same in ECS": _ecs,
    "The command of the best fix, from a JSON report": _command,
}
