"""No decision reads words: values that are spelt like xdiag's own words are values like any other."""

import pytest

from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from tests.causes.given import case

RULES = load_rules()
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


@pytest.mark.parametrize("value", ["absent", "blue or absent", "not known", "", "platform"])
def test_a_tag_that_the_caller_has_is_not_missing_whatever_its_value(value: str) -> None:
    assert told(denied_for_other_teams({"team": value})) == [("trust-denies-by-condition", "certain")]


def test_a_tag_that_the_caller_does_not_have_is_missing() -> None:
    assert told(denied_for_other_teams({})) == [("trust-denies-missing-key", "certain")]
