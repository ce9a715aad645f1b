"""What is generated in `rules/` is not out of date, and says everything there is to say."""

from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from diagnose.authoring.pages import README, SCHEMA_FILE, rule_schema, with_vocabulary
from diagnose.causes.all_facts import FACTS
from diagnose.causes.vocabulary import fields_of

RULES = Path(__file__).parents[2] / "rules"
WRITTEN = rule_schema()
EDITOR = jsonschema.Draft202012Validator(msgspec.json.decode(WRITTEN))
STALE = "out of date: run `python -m diagnose.authoring.pages`"


def test_the_vocabulary_in_the_readme_is_the_one_in_the_code() -> None:
    readme = (RULES / README).read_text(encoding="utf-8")
    assert readme == with_vocabulary(readme), STALE


def test_the_schema_is_the_one_of_the_code() -> None:
    assert (RULES / SCHEMA_FILE).read_text(encoding="utf-8") == WRITTEN, STALE


def test_the_schema_is_one() -> None:
    EDITOR.check_schema(EDITOR.schema)


@pytest.mark.parametrize("path", sorted(RULES.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_with_a_rule(path: Path) -> None:
    EDITOR.validate(_as_an_editor_reads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [("verdict: denied", "verdict: denid"), ("- layer:", "- layr:"), ("owner:", "ouner:"), ("https://", "")],
)
def test_an_editor_underlines_a_mistake(old: str, new: str) -> None:
    text = (RULES / "what" / "policy-allows-nothing.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        EDITOR.validate(_as_an_editor_reads(text.replace(old, new, 1)))


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_and_every_field_is_described(fact: str) -> None:
    assert FACTS[fact].__doc__
    assert [field.name for field in fields_of(fact).values() if not field.description] == []


def test_an_unknown_reason_is_no_word_of_a_pattern() -> None:
    assert "not_told" not in fields_of("condition")["reason"].values
    assert "value_differs" in fields_of("condition")["reason"].values


def _as_an_editor_reads(text: str) -> Any:
    """Read YAML with its types, and with the names of mappings as JSON has them."""
    return msgspec.json.decode(msgspec.json.encode(_named(yaml.safe_load(text))))


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _named(part) for name, part in value.items()}
    return [_named(part) for part in value] if isinstance(value, list) else value
