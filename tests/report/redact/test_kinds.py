"""A pseudonym says what the name is of, so that a report about pseudonyms reads like one about names."""

import json

import pytest
from tests.cases import case
from tests.report.redact.proof import rewritten

from diagnose.collect.evidence.case_file import case_as_json
from diagnose.model.evidence import Known

LEVEL = {"target": "zqplatform", "name": "zqplatform", "policies": {"policies": []}}


@pytest.mark.parametrize(
    ("change", "place", "pseudonym"),
    [
        pytest.param(
            {"parameters": {"source_identity": "zqjane"}},
            ("request", "parameters", "source_identity"),
            "source-identity-1",
            id="a source identity",
        ),
        pytest.param(
            {"parameters": {"transitive_tag_keys": ["zqteam"], "tags": {"zqteam": "zqblue"}}},
            ("request", "parameters", "tags"),
            {"tag-1": "value-1"},
            id="a tag and its value",
        ),
        pytest.param(
            {"parameters": {"external_id": "zqshared"}},
            ("request", "parameters", "external_id"),
            "external-id-1",
            id="an external ID",
        ),
        pytest.param(
            {"parameters": {"session_name": "zqrun"}},
            ("request", "parameters", "session_name"),
            "session-1",
            id="a session name",
        ),
    ],
)
def test_a_parameter_is_named_after_what_it_is(
    change: dict[str, object], place: tuple[str, ...], pseudonym: object
) -> None:
    value = json.loads(case_as_json(rewritten(case("same-account-named", request=change))))
    for name in place:
        value = value[name]
    assert value == pseudonym


def test_a_unit_of_an_organization_is_named_after_what_it_is() -> None:
    scps = {"evidence": "known", "value": [LEVEL]}
    side = rewritten(case("same-account-named", scps=scps)).snapshot.source
    assert isinstance(side.scps, Known)
    [level] = side.scps.value
    assert (level.target, level.name) == ("unit-1", "unit-1")
