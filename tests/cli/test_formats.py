"""The three formats, as they come out of a pipe."""

import json

import jsonschema
import pytest
from tests.cases import DEMOS
from tests.cli.causes import but_for_files
from tests.cli.program import ALLOWED, DENIED, UNDETERMINED, Program, Run

CASES = {"allowed": ALLOWED, "wrong-principal": DENIED, "scp-region": DENIED, "one-side-unread": UNDETERMINED}
FORMATS = ("text", "markdown", "json")
_WIDTH = 80


@pytest.fixture(scope="module")
def runs(xdiag: Program) -> dict[tuple[str, str], Run]:
    return {
        (name, output): xdiag("check", "--case", DEMOS / f"{name}.json", "--output", output)
        for name in CASES
        for output in FORMATS
    }


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_a_piped_report_is_all_that_is_written(name: str, output: str, runs: dict[tuple[str, str], Run]) -> None:
    run = runs[name, output]
    assert (run.code, run.err) == (CASES[name], "")
    assert run.out.endswith("\n")
    assert not run.out.endswith("\n\n")
    assert "\x1b" not in run.out
    assert "\r" not in run.out
    # Two spaces at the end of a line are a line break in Markdown.
    breaks = "  " if output == "markdown" else ""
    assert not [line for line in run.out.splitlines() if line.removesuffix(breaks) != line.rstrip()]


@pytest.mark.parametrize("name", CASES)
def test_piped_text_is_eighty_columns_wide(name: str, runs: dict[tuple[str, str], Run]) -> None:
    # The first line is the title of a ticket, and stays one line.
    title, *lines = runs[name, "text"].out.splitlines()
    assert title.startswith(("ALLOWED", "DENIED", "UNDETERMINED"))
    for line in lines:
        indent = len(line) - len(line.lstrip())
        assert len(line) <= _WIDTH or indent + max(map(len, line.split())) > _WIDTH


@pytest.mark.parametrize("name", CASES)
def test_json_is_what_its_schema_says(name: str, runs: dict[tuple[str, str], Run], xdiag: Program) -> None:
    schema = json.loads(xdiag("schema", "diagnosis").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(runs[name, "json"].report)


def test_the_case_files_are_what_their_schema_says(xdiag: Program) -> None:
    schema = json.loads(xdiag("schema", "case").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted(DEMOS.glob("*.json")):
        validator.validate(json.loads(path.read_text()))


def test_the_schemas_refuse_what_is_none(xdiag: Program) -> None:
    for subject in ("case", "diagnosis"):
        schema = json.loads(xdiag("schema", subject).out)
        assert not jsonschema.Draft202012Validator(schema).is_valid({"schema": f"xdiag.{subject}/1"})


def test_every_format_tells_the_same_cause(runs: dict[tuple[str, str], Run]) -> None:
    cause = runs["wrong-principal", "json"].report["primary_cause"]
    for output in FORMATS:
        assert cause in runs["wrong-principal", output].out
        assert "arn:aws:iam::111111111112:user/builder" in runs["wrong-principal", output].out


def test_a_case_comes_from_standard_input_too(runs: dict[tuple[str, str], Run], xdiag: Program) -> None:
    content = (DEMOS / "wrong-principal.json").read_bytes()
    piped = json.loads(xdiag("check", "--case", "-", "--output", "json", stdin=content).out)
    # What comes through a pipe is in no file.
    assert piped["causes"][0]["places"][0]["file"] == ""
    assert but_for_files(piped) == but_for_files(runs["wrong-principal", "json"].report)


def test_the_facts_are_told_as_yaml(xdiag: Program) -> None:
    run = xdiag("facts", DEMOS / "wrong-principal.json")
    assert (run.code, run.err) == (0, "")
    assert "- principal: {" in run.out
    assert "other_account" in run.out or "account_typo" in run.out
