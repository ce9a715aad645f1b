"""No decision reads words: values that are spelt like xdiag's own words are values like any other."""

from typing import Any

import msgspec
import pytest

from diagnose.authoring.examples import case_of
from diagnose.causes.facts import ConditionFact
from diagnose.causes.findings import explain
from diagnose.causes.gather import gather_facts
from diagnose.causes.rule import Example
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from tests.causes.given import case

RULES = load_rules()
EXAMPLES = [
    pytest.param(example, id=f"{rule}: {example.name}")
    for rule, examples in load_examples(rule_folders()).items()
    for example in examples
]
OUR_WORDS: dict[str, tuple[str, ...]] = {
    "tags": ("blue or absent", "not known", "3600", "anything else", "nothing", "yes"),
    "external_id": ("absent",),
    "session_name": ("unknown",),
    "source_identity": ("none",),
    "attached_to": ("group", "other"),
    "name": ("not ruled out: x", "group devs", "only SerialNumber", "Tags: at most 50", "a, b", "trust", "denied", "x"),
    "Sid": ("statement", "empty", "an empty value", "an unknown value", "false", "true", "any", "all"),
}
"""What the free texts of a case are called instead: words of xdiag's own, as far as AWS takes them in that place."""

TAG = {"StringNotEquals": {"aws:PrincipalTag/team": "search"}}


def denied_for_other_teams(tags: dict[str, str]) -> Case:
    """Give a caller with these tags, and a Deny for all whose tag `team` is not `search`."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": TAG}
    return case(
        "cross-account",
        {
            "snapshot": {
                "source": {"principal": {"value": {"tags": {"evidence": "known", "value": tags}}}},
                "destination": {"trust_policy": {"value": {"document": {"Statement": {"1": deny}}}}},
            }
        },
    )


def told(given: Case) -> list[tuple[str, str]]:
    return [(finding.rule, finding.certainty.value) for finding in diagnose(given, RULES).findings]


@pytest.mark.parametrize("value", ["absent", "blue or absent", "not known", "nothing", "platform"])
def test_a_tag_that_the_caller_has_is_not_missing_whatever_its_value(value: str) -> None:
    given = denied_for_other_teams({"team": value})
    assert told(given) == [("caller-tag-denied", "certain")]
    assert f"carries `{value}`" in diagnose(given, RULES).findings[0].explanation
    assert [fact.absent for fact in conditions(given)] == [False]


def test_a_tag_that_the_caller_does_not_have_is_missing() -> None:
    given = denied_for_other_teams({})
    assert told(given) == [("caller-tag-denied", "certain")]
    assert "carries nothing" in diagnose(given, RULES).findings[0].explanation
    assert [fact.absent for fact in conditions(given)] == [True]


def conditions(given: Case) -> list[ConditionFact]:
    return [fact for fact in gather_facts(given, decide(given)) if isinstance(fact, ConditionFact)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_case_whose_names_are_spelt_like_our_words_has_the_causes_that_it_has_with_others(example: Example) -> None:
    """Tag values, external IDs, names and Sids mean nothing by themselves: any others would do."""
    given = msgspec.json.decode(msgspec.json.encode(case_of(example)))
    others: dict[str, str] = {}
    ours: dict[str, str] = {}
    for field, words in OUR_WORDS.items():
        names = sorted(_names(given, field) - set(ours))
        ours |= dict(zip(names, (*words, *(f"{field}-absent-{place}" for place in range(20))), strict=False))
        others |= {name: f"zebra{field}{place}" for place, name in enumerate(names)}
    assert _explained(_renamed(given, ours)) == _explained(_renamed(given, others))


def _names(value: Any, wanted: str, field: str = "") -> set[str]:
    """Find the texts of one field, or of the tags, wherever in a case they stand."""
    match value:
        case dict() if field == wanted == "tags":
            return set((value.get("value", {}) if "evidence" in value else value).values())
        case dict():
            return {name for key, inner in value.items() for name in _names(inner, wanted, key)}
        case list():
            return {name for inner in value for name in _names(inner, wanted, field)}
        case str() if field == wanted:
            return {value.removeprefix("group ")}
    return set()


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Give a case in which each of some names is another one, wherever it stands."""
    match value:
        case dict():
            return {key: _renamed(inner, names) for key, inner in value.items()}
        case list():
            return [_renamed(inner, names) for inner in value]
        case str() if value.startswith("group "):
            group = value.removeprefix("group ")
            return f"group {names.get(group, group)}"
        case str():
            return names.get(value, value)
    return value


def _explained(given: Any) -> list[tuple[str, str]]:
    made = msgspec.json.decode(msgspec.json.encode(given), type=Case)
    findings = [cause.finding for cause in explain(RULES, made, decide(made))]
    return [(finding.rule, finding.certainty.value) for finding in findings]
