"""Facts are printed in the form that `when` takes."""

from pathlib import Path

import pytest
import yaml
from tests.cases import WORLDS
from tests.causes.given import BUILDER, allow, case, rules, trust

from diagnose.causes.gather import gather_facts
from diagnose.causes.match import by_name, match_rule
from diagnose.causes.vocabulary import _as_yaml, facts_as_yaml
from diagnose.evaluate.decision import decide

HOSTILE = 'a: b, {c} "d" \u2028 #e'


@pytest.mark.parametrize("world", sorted(path.stem for path in WORLDS.glob("*.json")))
def test_a_rule_of_all_that_is_printed_meets_each_of_its_facts(tmp_path: Path, world: str) -> None:
    parameters = {"external_id": "x y", "duration_seconds": 90000}
    given = case(world, trust() | {"request": {"parameters": parameters}, "message": "AccessDenied: no"})
    facts = gather_facts(given, decide(given))
    lines = facts_as_yaml(facts).splitlines()
    assert len(lines) == len(facts) > 3
    for number, (line, fact) in enumerate(zip(lines, facts, strict=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (rule,) = rules(folder, some_rule=f"when:\n  {line}")
        assert any(bound.facts == (fact,) and not bound.unknown_fields for bound in match_rule(rule, by_name(facts)))


def test_what_somebody_wrote_stays_one_value(tmp_path: Path) -> None:
    given = case("cross-account", {"request": {"parameters": {"external_id": HOSTILE}}})
    facts = gather_facts(given, decide(given))
    (line,) = (line for line in facts_as_yaml(facts).splitlines() if line.startswith("- condition"))
    (rule,) = rules(tmp_path, some_rule=f"when:\n  {line}")
    assert dict(rule.when[0].fields)["got"] == (HOSTILE,)


def test_several_values_are_a_list_as_in_a_rule() -> None:
    given = case(
        "cross-account", trust(allow(BUILDER, Condition={"StringEquals": {"sts:ExternalId": ["acme 1", "acme-2"]}}))
    )
    (line,) = (line for line in facts_as_yaml(gather_facts(given, decide(given))).splitlines() if "- condition" in line)
    assert 'wanted: ["acme 1", acme-2], got: acme-42' in line


def test_what_is_unknown_stands_in_a_comment() -> None:
    given = case("cross-account", {"request": {"unknown": ["sts:ExternalId"]}})
    (line,) = (
        line for line in facts_as_yaml(gather_facts(given, decide(given))).splitlines() if line.startswith("- layer")
    )
    assert line == (
        "- layer: {action: sts:AssumeRole, layer: trust, explicit: false, needed: true, empty: false}"
        "  # unknown: verdict, granted"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("null", "true", "false", "yes", "no", "on", "off", "y", "n", "NO", "Off", "Y"),
        *("~", "1", "1e3", "0x1", "012", "2026-03-02", "a: b", "a:", "a #b", "- a", "[a]", "*", "", " a", "a\nb"),
        *("role/team/Deploy", "sts:ExternalId", "a.b-c", "x"),
    ],
)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert yaml.safe_load(_as_yaml(text)) == text
    assert yaml.safe_load(_as_yaml((text, "b"))) == [text, "b"]
    assert yaml.safe_load(_as_yaml((text,))) == text


@pytest.mark.parametrize("text", ["Deploy", "sts:ExternalId", "role/team/Deploy", "a.b-c", "x"])
def test_a_text_that_nothing_else_can_be_taken_for_has_no_quotation_marks(text: str) -> None:
    assert _as_yaml(text) == text
