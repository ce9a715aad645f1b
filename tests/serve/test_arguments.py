"""The arguments of the tools, and the flags of the command line."""

import json
from typing import Any

import pytest
from msgspec.structs import fields

from diagnose.serve.arguments import (
    ARGUMENT_WORDS,
    EVIDENCE_GROUPS,
    FILES_ONLY,
    PROPOSAL_GROUPS,
    WITHHELD,
    arguments_type,
    as_arguments,
    offered,
    schema_of,
)
from diagnose.serve.tools import TOOLS

GROUPS = (*PROPOSAL_GROUPS, *EVIDENCE_GROUPS)


def test_every_flag_is_an_argument_or_is_withheld_for_a_reason() -> None:
    flags = {field.name for group in GROUPS for field in fields(group)}
    assert {each.field for each in offered(GROUPS)} | set(WITHHELD) == flags
    assert {each.field for each in offered(GROUPS)} & set(WITHHELD) == set()


def test_an_argument_is_called_as_its_flag_is() -> None:
    names = {each.field: each.name for each in offered(GROUPS)}
    assert (names["case_file"], names["tags"], names["source_profile"]) == ("case", "tag", "source_profile")


def test_no_words_are_about_standard_input_or_about_another_argument() -> None:
    for each in offered(GROUPS):
        assert each.words, each.name
        assert "'-'" not in each.words, each.name
    files = {each.name for each in offered(GROUPS) if each.takes_files}
    assert set(ARGUMENT_WORDS) <= files | {"message"}
    assert files <= set(ARGUMENT_WORDS)


def test_credentials_are_taken_by_the_name_of_a_file_only() -> None:
    properties = schema_of(arguments_type("Arguments", EVIDENCE_GROUPS))["properties"]
    assert {name: properties[name]["type"] for name in FILES_ONLY} == dict.fromkeys(FILES_ONLY, "string")
    assert "anyOf" in properties["claims"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_takes_nothing_that_it_does_not_name(tool: Any) -> None:
    schema = schema_of(tool.arguments)
    assert schema["additionalProperties"] is False
    assert all("description" in field for field in schema["properties"].values())
    assert "null" not in json.dumps(schema)


@pytest.mark.parametrize(
    ("flags", "arguments"),
    [
        pytest.param((), {}, id="nothing"),
        pytest.param(("--external-id", "acme-42"), {"external_id": "acme-42"}, id="a text"),
        pytest.param(("--duration-seconds", "900"), {"duration_seconds": 900}, id="a number"),
        pytest.param(("--tag", "a=1", "--tag", "b=2"), {"tag": ["a=1", "b=2"]}, id="several of a kind"),
        pytest.param(("--mfa-serial", "x", "--mfa-code", "CODE"), {"mfa_serial": "x", "mfa_code_sent": True}, id="MFA"),
    ],
)
def test_flags_are_put_as_arguments(flags: tuple[str, ...], arguments: dict[str, object]) -> None:
    assert as_arguments(flags) == arguments
