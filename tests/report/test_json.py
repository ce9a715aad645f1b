import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.case import Case, DestinationSide, SourceSide
from diagnose.model.diagnosis import Certainty, Diagnosis, Owner
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Level, PolicySet
from diagnose.model.trace import DoubtKind
from diagnose.report import Format, render
from diagnose.report.json import diagnosis_schema, published
from diagnose.report.json_v1 import Flat, PublishedDiagnosis
from diagnose.report.visibility import destination_visibility, source_visibility
from diagnose.version import VERSION

every_diagnosis = pytest.mark.parametrize("name", EVERY)
DENIED = Unread(Gap.ACCESS_DENIED)
SCHEMAS = Path(__file__).parent / "schemas"
UNREAD_LEVEL = Level("r-ab12", "Root", PolicySet((), (DENIED,)))
CASE = EVERY["allowed"](NAMES).case


@every_diagnosis
def test_a_report_is_valid_by_its_schema(name: str) -> None:
    Draft202012Validator(diagnosis_schema()).validate(_document(EVERY[name](NAMES)))


def test_the_schema_has_a_word_for_every_kind_of_doubt() -> None:
    schema: Any = diagnosis_schema()
    assert sorted(schema["$defs"]["PublishedDoubt"]["properties"]["kind"]["enum"]) == sorted(DoubtKind)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"verdict": "maybe"}, id="a verdict that does not exist"),
        pytest.param({"blockers": "one"}, id="a number in words"),
        pytest.param({"schema": "xdiag.diagnosis/2"}, id="another version"),
        pytest.param({"causes": [{}]}, id="an empty cause"),
    ],
)
def test_the_schema_refuses_what_is_no_report(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Draft202012Validator(diagnosis_schema()).validate({**_document(EVERY["allowed"](NAMES)), **change})


def test_the_schema_is_the_one_that_was_frozen() -> None:
    # Nothing writes this file but a person, with `xdiag schema diagnosis`: within version 1 fields are only added.
    assert diagnosis_schema() == json.loads((SCHEMAS / "xdiag.diagnosis-1.json").read_text())


def test_every_field_of_the_schema_is_described() -> None:
    schema: Any = diagnosis_schema()
    fields = [
        (f"{name}.{field}", one) for name, kind in schema["$defs"].items() for field, one in kind["properties"].items()
    ]
    assert len(fields) > 100
    assert [field for field, one in fields if not one.get("description") and not field.endswith(".schema")] == []


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(diagnosis_schema())


@every_diagnosis
def test_a_report_can_be_read_back_by_its_types(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    assert msgspec.json.decode(render(diagnosis, Format.JSON), type=PublishedDiagnosis) == published(diagnosis)


def test_a_fix_holds_documents_as_objects_and_edits_them_by_its_patch() -> None:
    report = _document(EVERY["wrong-principal"](NAMES))
    fix = report["fixes"][report["causes"][0]["fixes"][0] - 1]
    assert fix["document"]["Statement"]
    assert [edit["op"] for edit in fix["patch"]] == ["replace"]
    assert set(fix["patch"][0]) == {"op", "path", "value"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("1.5", 1.5, id="a fraction"),
        pytest.param("300", 300, id="a whole number"),
        pytest.param("1e999", "1e999", id="a number that no float holds"),
        pytest.param("123456789012345678", "123456789012345678", id="a whole number that no float holds exactly"),
    ],
)
def test_a_number_in_a_document_is_the_same_to_every_reader(written: str, value: object) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    (finding, *_) = diagnosis.findings
    remedy = replace(finding.remedies[0], document=f'{{"Seconds": {written}}}')
    told = replace(diagnosis, findings=(replace(finding, remedies=(remedy,)),))
    assert _document(told)["fixes"][0]["document"] == {"Seconds": value}


def test_what_was_not_read_is_no_cause() -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    (cause, *_) = diagnosis.findings
    gap = replace(cause, rule="scp-unread", owner=Owner.XDIAG, certainty=Certainty.CERTAIN)
    report = _document(replace(diagnosis, findings=(gap, cause)))
    assert [one["rule"] for one in report["causes"]] == [cause.rule]
    assert [one["rule"] for one in report["unread"]] == ["scp-unread"]
    assert (report["primary_cause"], report["primary_gap"]) == (cause.rule, "scp-unread")
    assert (report["causes_certain"], report["causes_possible"]) == (0, 1)
    assert report["still_needed"][0]["what"]
    assert report["still_needed_count"] == len(report["still_needed"])


def test_verdicts_have_one_vocabulary() -> None:
    report = _document(EVERY["denied-by-scp"](NAMES))
    words = {"allowed", "denied", "undetermined"}
    assert {one["verdict"] for one in (report, *report["layers"], *report["gates"])} == words


@every_diagnosis
def test_a_report_begins_with_its_flat_part(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    document = _document(diagnosis)
    flat = ["schema", *Flat.__struct_fields__]
    assert list(document)[: len(flat)] == flat
    assert not [field for field in flat if isinstance(document[field], list | dict) or document[field] is None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "wrong-principal",
            {"verdict": "denied", "primary_cause": "trust-principal-path", "layer": "trust", "fix_proved": True},
            id="a denial with a proved fix",
        ),
        pytest.param(
            "denied-by-scp",
            {
                "blockers": 2,
                "operation": "AssumeRole",
                "owner": "caller",
                "gate": "",
                "causes_certain": 2,
                "fix_proved": False,
                "probe": "access_denied",
                "agreement": "agrees",
            },
            id="two blockers, no single fix",
        ),
        pytest.param(
            "mfa-doubt",
            {"verdict": "undetermined", "certainty": "possible", "causes_possible": 1, "blockers": 0},
            id="undetermined",
        ),
        pytest.param(
            "contradicted",
            {"verdict": "denied", "computed": "allowed", "primary_cause": "aws-answered-otherwise"},
            id="contradicted",
        ),
        pytest.param(
            "allowed", {"verdict": "allowed", "primary_cause": "", "certainty": "", "owner": ""}, id="allowed"
        ),
    ],
)
def test_the_flat_part_says_what_a_dashboard_asks(name: str, expected: dict[str, object]) -> None:
    flat = _document(EVERY[name](NAMES))
    assert {field: flat[field] for field in expected} == expected


def test_a_place_holds_the_lines_that_it_points_at() -> None:
    place = _document(EVERY["wrong-principal"](NAMES))["causes"][0]["places"][0]
    assert (place["line"], place["column"], place["statement"], place["sid"]) == (8, 16, 1, "LetCiIn")
    assert place["text"].strip() == '"AWS": "arn:aws:iam::111111111111:role/deployer"'


@pytest.mark.parametrize(
    ("side", "seen"),
    [
        pytest.param(SourceSide("a"), "none", id="nothing was read"),
        pytest.param(SourceSide("a", Known(None)), "partial", id="something was read"),
        pytest.param(
            SourceSide("a", Known(None), PolicySet(), (), Known(None), scps=Known(())), "full", id="all was read"
        ),
        pytest.param(
            SourceSide("a", Known(None), PolicySet((), (DENIED,)), (), Known(None), scps=Known(())),
            "partial",
            id="a policy was not read",
        ),
        pytest.param(
            SourceSide("a", Known(None), PolicySet(), (), Known(None), scps=Known((UNREAD_LEVEL,))),
            "partial",
            id="the policies of a level were not read",
        ),
        pytest.param(
            SourceSide("a", Unread(Gap.NO_API), PolicySet(), (), Known(None), scps=Known(())),
            "full",
            id="what AWS never tells does not count",
        ),
    ],
)
def test_it_is_said_how_much_of_the_source_was_seen(side: SourceSide, seen: str) -> None:
    assert source_visibility(_case(source=side)) == seen


@pytest.mark.parametrize(
    ("side", "seen"),
    [
        pytest.param(DestinationSide(), "none", id="nothing was read"),
        pytest.param(DestinationSide(Known(None)), "partial", id="something was read"),
        pytest.param(CASE.snapshot.destination, "full", id="all was read"),
    ],
)
def test_it_is_said_how_much_of_the_destination_was_seen(side: DestinationSide, seen: str) -> None:
    assert destination_visibility(_case(destination=side)) == seen


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def _case(**sides: SourceSide | DestinationSide) -> Case:
    return replace(CASE, snapshot=replace(CASE.snapshot, **sides))


def _document(diagnosis: Diagnosis) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(diagnosis, Format.JSON))
    return document
