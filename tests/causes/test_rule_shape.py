"""A rule file that would never end, or never be read to its end, is refused in one sentence."""

from pathlib import Path

import pytest

from diagnose.causes.rule_yaml import read_yaml
from diagnose.errors import XdiagError

BOMB = "\n".join(
    [f"a0: &a0 [{', '.join('x' * 10)}]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9))]
)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        pytest.param("title: " + "[" * 100_000, "nested too deeply|nesting depth", id="nested lists"),
        pytest.param("title: " + "{a: " * 100_000, "nested too deeply|nesting depth", id="nested objects"),
        pytest.param("- " * 100_000 + "x", "nested too deeply|nesting depth", id="nested dashes"),
        pytest.param(BOMB, "more than 20,000 values", id="aliases of aliases"),
        pytest.param("title: &a [*a]", "stands in the very value that it repeats", id="an alias of what is around it"),
    ],
)
def test_what_no_rule_looks_like_is_refused(tmp_path: Path, written: str, sentence: str) -> None:
    path = tmp_path / "some-rule.yaml"
    path.write_text(written)
    with pytest.raises(XdiagError, match=sentence):
        read_yaml(path)


def test_an_alias_of_what_stands_elsewhere_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some-rule.yaml"
    path.write_text("title: &a word\nexplain: *a")
    assert read_yaml(path)


WRITE_OUT = "write out what it repeats; see rules/README.md"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        pytest.param("[" * 41 + "]" * 41, "a dozen levels are enough", id="a level too deep"),
        pytest.param("[" * 40 + "]" * 40, None, id="as deep as may be"),
        pytest.param(f"[{'x, ' * 20_000}]", WRITE_OUT, id="a value too many"),
        pytest.param(f"[{'x, ' * 19_999}]", None, id="as many as may be"),
        pytest.param(f"[&a [{'x, ' * 9_998}], *a]", None, id="as many with what is repeated"),
        pytest.param(f"[&a [{'x, ' * 9_999}], *a]", WRITE_OUT, id="one too many with what is repeated"),
        pytest.param(f"[&a x, {'*a, ' * 19_998}]", None, id="a word as often as may be"),
        pytest.param(f"[&a x, {'*a, ' * 19_999}]", WRITE_OUT, id="a word once too often"),
        pytest.param("&a [*a]", WRITE_OUT, id="an alias of what is around it"),
    ],
)
def test_a_rule_has_its_limits(tmp_path: Path, written: str, hint: str | None) -> None:
    path = tmp_path / "some-rule.yaml"
    path.write_text(written)
    if hint is None:
        assert read_yaml(path)
    else:
        with pytest.raises(XdiagError) as error:
            read_yaml(path)
        assert error.value.hint == hint
