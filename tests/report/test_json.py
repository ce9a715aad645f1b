import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.case import Case, DestinationSide, SourceSide
from diagnose.model.diagnosis import Diagnosis
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Level, PolicySet
from diagnose.model.trace import DoubtKind
from diagnose.report import Format, render
from diagnose.report.json import destination_visibility, diagnosis_schema, source_visibility
from diagnose.report.json_v1 import Flat
from diagnose.version import VERSION

every_diagnosis = pytest.mark.parametrize("name", EVERY)
DENIED = Unread(Gap.ACCESS_DENIED)
UNREAD_LEVEL = Level("r-ab12", "Root", PolicySet((), (DENIED,)))
CASE = EVERY["allowed"](NAMES).case


@every_diagnosis
def test_a_report_is_valid_by_its_schema(name: str) -> None:
    Draft202012Validator(diagnosis_schema()).validate(_document(EVERY[name](NAMES)))


def test_the_schema_has_a_word_for_every_kind_of_doubt() -> None:
    schema: Any = diagnosis_schema()
    assert sorted(schema["$defs"]["DoubtShape"]["properties"]["kind"]["enum"]) == sorted(DoubtKind)


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


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(diagnosis_schema())


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
            {"blockers": 2, "causes_certain": 2, "fix_proved": False, "probe": "access_denied", "agreement": "agrees"},
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
        pytest.param("allowed", {"verdict": "allowed", "primary_cause": "", "certainty": ""}, id="allowed"),
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
