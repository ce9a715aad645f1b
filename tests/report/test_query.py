"""`--query`: JMESPath over the published JSON."""

import json
import re

import pytest
from tests.report.diagnoses import EVERY, NAMES

from diagnose.errors import XdiagError
from diagnose.report import MACHINE_FORMATS, Format, render
from diagnose.report.query import read_query, selected, written_values

DENIED = written_values(EVERY["denied-by-scp"](NAMES), Format.JSON)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("verdict", "denied", id="a field"),
        pytest.param("causes[0].rule", "scp-region", id="a field of the first cause"),
        pytest.param("causes[].{rule: rule, who: owner}[0].who", "caller", id="an object of one's own"),
        pytest.param("length(causes)", 2, id="a function"),
        pytest.param("causes[?certainty=='certain'] | length(@)", 2, id="a condition"),
        pytest.param("cuases", None, id="what is not there"),
    ],
)
def test_an_expression_selects_of_the_report(expression: str, value: object) -> None:
    assert selected(DENIED, read_query(expression)) == value


@pytest.mark.parametrize("name", EVERY)
def test_the_whole_is_the_json_report(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    assert selected(written_values(diagnosis, Format.JSON), read_query("@")) == json.loads(
        render(diagnosis, Format.JSON)
    )


@pytest.mark.parametrize("name", EVERY)
def test_the_whole_of_the_findings_are_their_rows(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    rows = [json.loads(line) for line in render(diagnosis, Format.FINDINGS).splitlines()]
    assert selected(written_values(diagnosis, Format.FINDINGS), read_query("@")) == rows


@pytest.mark.parametrize("form", sorted({*Format} - {*MACHINE_FORMATS}))
def test_what_is_for_people_has_no_fields(form: Format) -> None:
    with pytest.raises(XdiagError, match=f"does not go with `--output {form}`"):
        written_values(EVERY["allowed"](NAMES), form)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        pytest.param("", "it is empty", id="empty"),
        pytest.param("causes[", "it ends too early", id="not finished"),
        pytest.param("causes title", "`title` is not expected at character 8", id="a token too many"),
        pytest.param("a.$", "there is no token that begins with `$`, at character 3", id="no token"),
        pytest.param("size(causes)", "unknown function: size()", id="no function"),
        pytest.param("length()", "expected 1 argument for function length(), received 0", id="no argument"),
        pytest.param("abs(verdict)", "the function abs() takes number, and was given string", id="another type"),
        pytest.param("a." * 5000 + "a" + "[" * 5000, "", id="very long"),
    ],
)
def test_a_wrong_expression_is_one_sentence(expression: str, words: str) -> None:
    with pytest.raises(XdiagError, match=re.escape(f"`--query` cannot be used: {words}")) as raised:
        selected(DENIED, read_query(expression))
    assert "\n" not in raised.value.message
    assert "xdiag schema diagnosis" in raised.value.hint
