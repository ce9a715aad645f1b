"""Facts are printed in the form that `when` takes."""

from pathlib import Path

import pytest
from tests.cases import WORLDS
from tests.causes.given import BUILDER, allow, case, rules, trust

from diagnose.causes.gather import gather_facts
from diagnose.causes.match import by_name, match_rule
from diagnose.causes.vocabulary import facts_as_yaml
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
