"""`--output sarif`: valid by the official schema, whatever it is about, and pointing at what it is told."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, ValidationError
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES
from tests.report.test_hostile import HOSTILE, UNSEEN, told

from diagnose.model.diagnosis import Diagnosis, Excerpt, Owner
from diagnose.model.file_place import FilePlace
from diagnose.report import Format, render
from diagnose.report.sarif import message_text

SCHEMA = Draft4Validator(json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text()))
PLACE = FilePlace("policies/trust.json", "policies/trust.json", 8, 16, 8, 60)
every_diagnosis = pytest.mark.parametrize("name", EVERY)


def somewhere(excerpt: Excerpt) -> FilePlace:
    return replace(PLACE, line=PLACE.line + len(excerpt.pointer) % 3, last_line=20)


def run_of(diagnosis: Diagnosis) -> dict[str, Any]:
    log = json.loads(render(diagnosis, Format.SARIF, places=somewhere))
    SCHEMA.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


@every_diagnosis
@pytest.mark.parametrize("places", [None, somewhere], ids=["without files", "with files"])
def test_a_report_is_valid_by_the_official_schema(name: str, places: Any) -> None:
    SCHEMA.validate(json.loads(render(EVERY[name](NAMES), Format.SARIF, places=places)))


@pytest.mark.parametrize("change", [{"version": "2.0.0"}, {"runs": [{"results": []}]}, {"runs": [{"tool": {}}]}])
def test_the_official_schema_refuses_what_is_no_report(change: dict[str, object]) -> None:
    log = json.loads(render(EVERY["wrong-principal"](NAMES), Format.SARIF))
    with pytest.raises(ValidationError):
        SCHEMA.validate({**log, **change})


def test_a_cause_is_a_result_at_its_lines() -> None:
    run = run_of(EVERY["wrong-principal"](NAMES))
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("trust-principal-path", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": PLACE.uri, "uriBaseId": "%SRCROOT%"}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "Deploy#/Statement/0/Principal/AWS"
    assert "Fix: " in result["message"]["text"]
    assert re.fullmatch("[0-9a-f]{32}", result["partialFingerprints"]["xdiagFinding/v1"])


def test_a_possible_cause_is_a_warning() -> None:
    (result,) = run_of(EVERY["mfa-doubt"](NAMES))["results"]
    assert (result["level"], result["properties"]["certainty"]) == ("warning", "possible")


def test_nothing_is_found_where_it_is_allowed() -> None:
    run = run_of(EVERY["allowed"](NAMES))
    assert (run["results"], run["properties"]["verdict"]) == ([], "allowed")


def test_what_was_not_read_is_no_result() -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    (cause, *_) = diagnosis.findings
    run = run_of(replace(diagnosis, findings=(replace(cause, rule="scp-unread", owner=Owner.XDIAG), cause)))
    assert [one["ruleId"] for one in run["results"]] == ["trust-mfa"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (notification["descriptor"]["id"], notification["level"]) == ("scp-unread", "note")


def test_a_cause_that_is_no_rule_s_is_told_before_those_of_rules() -> None:
    (cause, *_) = EVERY["wrong-principal"](NAMES).findings
    run = run_of(replace(EVERY["contradicted"](NAMES), findings=(cause,)))
    assert [one["ruleId"] for one in run["results"]] == ["aws-answered-otherwise", "trust-principal-path"]
    assert "locations" not in run["results"][0]
    assert run["results"][1]["locations"]


def test_places_that_help_to_understand_are_related() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    (cause, *_) = diagnosis.findings
    (excerpt, *_) = cause.excerpts
    other = replace(excerpt, pointer="/Statement/0", primary=False)
    (result,) = run_of(replace(diagnosis, findings=(replace(cause, excerpts=(excerpt, other)),)))["results"]
    assert len(result["locations"]) == 1
    (related,) = result["relatedLocations"]
    assert related["logicalLocations"][0]["fullyQualifiedName"] == "Deploy#/Statement/0"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("[x](https://evil.example)", r"[x]\u0028https://evil.example)", id="a link"),
        pytest.param(r"[x\](1)", r"[x\]\u00281)", id="a link with a backslash"),
        pytest.param("{0} ${aws:username}", "{{0}} ${{aws:username}}", id="placeholders"),
        pytest.param("a\nb\u202e", r"a\nb\u202e", id="what does not show"),
    ],
)
def test_a_message_means_nothing_but_its_words(text: str, written: str) -> None:
    assert message_text(text) == written


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_stranger_wrote_it_is_valid_and_does_nothing(hostile: str) -> None:
    for name in EVERY:
        written = render(told(name, hostile), Format.SARIF, places=somewhere)
        log = json.loads(written)
        SCHEMA.validate(log)
        assert written.isascii()
        for text in _texts(log):
            assert not UNSEEN.search(text)
        for message in _messages(log):
            assert "](" not in message
            assert not re.search(r"(?<!\{)\{(?:\{\{)*(?!\{)", message)


def _messages(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("message", "shortDescription"):
                yield one["text"]
            else:
                yield from _messages(one)
    elif isinstance(value, list):
        for one in value:
            yield from _messages(one)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
