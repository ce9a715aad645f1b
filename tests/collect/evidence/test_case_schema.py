import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from tests.collect.cases import cases

from diagnose.collect.evidence.case_file import save_case
from diagnose.collect.evidence.case_schema import case_schema
from diagnose.model.case import Case

SCHEMA = Draft202012Validator(case_schema())
LEAST: dict[str, Any] = {
    "request": {"role_arn": "arn:aws:iam::222222222222:role/App"},
    "snapshot": {"source": {"arn": "arn:aws:iam::111111111111:user/dev"}},
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(case_schema())


@settings(deadline=None)
@given(cases)
def test_every_saved_case_satisfies_the_schema(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    path = tmp_path_factory.getbasetemp() / "schema.json"
    save_case(case, path)
    SCHEMA.validate(json.loads(path.read_bytes()))


def test_the_least_case_satisfies_the_schema() -> None:
    SCHEMA.validate(LEAST)
    msgspec.convert(LEAST, Case)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"request": {}}, id="without a role"),
        pytest.param({"reqeust": {}}, id="with an unknown field"),
        pytest.param({"schema": "xdiag.case/2"}, id="of another version"),
        pytest.param({"request": {"role_arn": 3}}, id="with a number for a string"),
        pytest.param({"request": {"role_arn": "x", "via": "web"}}, id="with an unknown way"),
        pytest.param({"snapshot": {"source": {"arn": "x", "boundary": None}}}, id="with a value without evidence"),
        pytest.param(
            {"snapshot": {"source": {"arn": "x", "boundary": {"evidence": "known"}}}}, id="with evidence of nothing"
        ),
    ],
)
def test_what_is_not_a_case_does_not_satisfy_the_schema(change: dict[str, Any]) -> None:
    assert not SCHEMA.is_valid({**LEAST, **change})


def test_definitions_are_named_and_described_for_people() -> None:
    definitions = case_schema()["$defs"]
    assert all(name.isalnum() for name in definitions)
    assert all(
        definition["description"] and "\n  " not in definition["description"] for definition in definitions.values()
    )
    assert {"KnownRoleOrNull", "KnownStringMap", "KnownLevelList", "KnownBoolean"} <= definitions.keys()


def test_every_reference_leads_to_a_definition() -> None:
    schema = case_schema()
    text = json.dumps(schema)
    for name in schema["$defs"]:
        text = text.replace(f'"$ref": "#/$defs/{name}"', "")
    assert "$ref" not in text
