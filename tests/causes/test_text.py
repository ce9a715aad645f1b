"""YAML is read as text; within examples a few plain values are what they look like."""

from pathlib import Path

import pytest

from diagnose.causes.rule_yaml import read_yaml


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("012345670123", "012345670123", id="an account id is no octal number"),
        pytest.param("111111111111", "111111111111", id="an account id is no number"),
        pytest.param("2012-10-17", "2012-10-17", id="a version is no date"),
        pytest.param("3600", 3600, id="a short whole number"),
        pytest.param("-1", -1, id="a negative number"),
        pytest.param("0", 0, id="nought"),
        pytest.param("007", "007", id="leading zeros are kept"),
        pytest.param("1.5", "1.5", id="a fraction is text"),
        pytest.param("true", True, id="true"),
        pytest.param("false", False, id="false"),
        pytest.param("null", None, id="null"),
        pytest.param('"true"', "true", id="a quoted true is text"),
        pytest.param("'3600'", "3600", id="a quoted number is text"),
        pytest.param("yes", "yes", id="yes is text"),
        pytest.param("", "", id="nothing is the empty text"),
        pytest.param("[1, a, {b: null}]", [1, "a", {"b": None}], id="lists and mappings"),
    ],
)
def test_a_value_in_an_example_is_what_it_looks_like(tmp_path: Path, written: str, read: object) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(f"value: {written}\n")
    (value,) = read_yaml(path).mapping().values()
    assert value.typed() == read
    assert type(value.typed()) is type(read)
