"""The arguments of the tools, and the flags of the command line."""

import json
import re
import tomllib
from pathlib import Path
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
from diagnose.serve.page import GUIDE, with_tools
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
        assert "--" not in each.words, each.name
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
    words = {name: field["description"] for name, field in schema["properties"].items() if name != "detail"}
    assert [name for name, text in words.items() if not text[0].isupper()] == []
    assert [name for name, text in words.items() if not text.endswith(".")] == []


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


def test_words_tell_the_form_and_name_other_arguments() -> None:
    words = {each.name: each.words for each in offered(GROUPS)}
    assert words["tag"] == "Session tag of the request. Form: KEY=VALUE."
    assert words["event_id"] == "Which record of `event`, by its eventID."
    assert words["github"].endswith("Form: OWNER/REPOSITORY.")


def test_the_guide_says_what_the_tools_take_and_give() -> None:
    guide = (Path(__file__).parent.parent.parent / GUIDE).read_text()
    assert with_tools(guide) == guide, "run `make docs`"
    assert all(f"| `{tool.name}` |" in guide for tool in TOOLS)


def test_the_snippets_of_the_guide_start_the_server() -> None:
    guide = (Path(__file__).parent.parent.parent / GUIDE).read_text()
    snippets = re.findall(r"```(json|toml)\n(.*?)```", guide, re.DOTALL)
    assert len(snippets) == 3
    for language, text in snippets:
        read = json.loads(text) if language == "json" else tomllib.loads(text)
        (servers,) = read.values()
        assert [servers["xdiag"]["command"], *servers["xdiag"]["args"]] == ["xdiag", "serve", "--mcp"]
