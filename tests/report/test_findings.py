"""`--output findings`: a row for each finding, the same names for every row, and an id that time does not change."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES
from tests.report.redact.proof import redacted
from tests.report.test_hostile import HOSTILE, UNSEEN, told

from diagnose.model.diagnosis import Diagnosis, Owner
from diagnose.report import Format, render
from diagnose.report.finding_row import FindingRow
from diagnose.report.findings import finding_schema

SCHEMA = Path(__file__).parent / "schemas" / "xdiag.finding-1.json"
every_diagnosis = pytest.mark.parametrize("name", EVERY)


def rows_of(diagnosis: Diagnosis) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render(diagnosis, Format.FINDINGS).splitlines()]


@every_diagnosis
def test_every_row_is_flat_and_valid_by_its_schema(name: str) -> None:
    for row in rows_of(EVERY[name](NAMES)):
        Draft202012Validator(finding_schema()).validate(row)
        assert list(row) == ["schema", *FindingRow.__struct_fields__]
        assert not [field for field, value in row.items() if isinstance(value, list | dict) or value is None]


def test_the_schema_is_the_one_that_was_frozen() -> None:
    # Nothing writes this file but a person, with `xdiag schema finding`: within version 1 fields are only added.
    assert finding_schema() == json.loads(SCHEMA.read_text())


def test_every_field_of_the_schema_is_described_and_in_snake_case() -> None:
    schema: Any = finding_schema()
    fields = schema["$defs"]["FindingRow"]["properties"]
    assert [name for name, one in fields.items() if not one.get("description")] == ["schema"]
    assert [name for name in fields if not name.replace("_", "").isalnum() or name != name.lower()] == []


@pytest.mark.parametrize("change", [{"kind": "issue"}, {"layer": "policy"}, {"number": "one"}, {"fix_proof": "maybe"}])
def test_the_schema_refuses_what_is_no_row(change: dict[str, object]) -> None:
    (row, *_) = rows_of(EVERY["wrong-principal"](NAMES))
    with pytest.raises(ValidationError):
        Draft202012Validator(finding_schema()).validate({**row, **change})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("allowed", [("verdict", "")], id="the answer alone"),
        pytest.param("unexplained", [("cause", "no-rule-explains-it")], id="a cause that is no rule's"),
        pytest.param(
            "denied-by-scp",
            [("cause", "scp-region"), ("cause", "request-duration-chaining")],
            id="a row for each cause",
        ),
    ],
)
def test_an_answer_has_a_row_for_each_finding(name: str, expected: list[tuple[str, str]]) -> None:
    rows = rows_of(EVERY[name](NAMES))
    assert [(row["kind"], row["rule"]) for row in rows] == expected
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


def test_what_aws_contradicts_comes_behind_the_contradiction() -> None:
    diagnosis = EVERY["contradicted"](NAMES)
    (cause, *_) = EVERY["wrong-principal"](NAMES).findings
    rows = rows_of(replace(diagnosis, findings=(cause,)))
    assert [row["rule"] for row in rows] == ["aws-answered-otherwise", "trust-principal-path"]


def test_what_was_not_read_is_a_row_of_its_own_kind() -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    (cause, *_) = diagnosis.findings
    rows = rows_of(replace(diagnosis, findings=(replace(cause, rule="scp-unread", owner=Owner.XDIAG), cause)))
    assert [(row["kind"], row["rule"], row["certainty"]) for row in rows] == [
        ("cause", "trust-mfa", "possible"),
        ("gap", "scp-unread", ""),
    ]


def test_a_row_says_where_and_what_to_do() -> None:
    (row, *_) = rows_of(EVERY["wrong-principal"](NAMES))
    place = (row["policy_name"], row["statement"], row["sid"], row["policy_line"], row["policy_column"])
    assert place == ("Deploy", 1, "LetCiIn", 8, 16)
    assert row["pointer"] == "/Statement/0/Principal/AWS"
    assert (row["fix_proof"], row["fix_owner"]) == ("allowed", "destination")
    assert row["fix_text"]


def test_the_id_is_that_of_the_finding_not_of_the_run() -> None:
    diagnosis = EVERY["denied-by-scp"](NAMES)
    first, second = (row["finding_id"] for row in rows_of(diagnosis))
    assert first != second
    case = replace(diagnosis.case, snapshot=replace(diagnosis.case.snapshot, taken_at="2027-01-01T00:00:00Z"))
    reworded = tuple(replace(one, title="x", explanation="y") for one in reversed(diagnosis.findings))
    later = replace(diagnosis, case=case, findings=reworded)
    assert [row["finding_id"] for row in rows_of(later)] == [second, first]


def test_findings_that_differ_in_nothing_have_ids_of_their_own() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    (cause, *_) = diagnosis.findings
    ids = [row["finding_id"] for row in rows_of(replace(diagnosis, findings=(cause, cause)))]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_stranger_wrote_a_row_is_one_line_of_ascii(hostile: str) -> None:
    for name in EVERY:
        diagnosis = told(name, hostile)
        written = render(diagnosis, Format.FINDINGS)
        assert written.isascii()
        assert not UNSEEN.search(written)
        assert len(written.splitlines()) == len(rows_of(diagnosis)) == max(1, len(diagnosis.findings))
        assert rows_of(diagnosis)[0]["source_arn"] == diagnosis.case.source_arn


@pytest.mark.parametrize("name", ["denied-by-scp", "unexplained", "wrong-principal"])
def test_a_redacted_row_names_nobody(name: str) -> None:
    written = render(redacted(EVERY[name](NAMES).case), Format.FINDINGS)
    for name_of_theirs in ("111111111111", "222222222222", "deployer", "Deploy", "Workloads"):
        assert name_of_theirs not in written
