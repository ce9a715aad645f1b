"""Facts that are met together speak of one thing, and what is unknown is met by half."""

from pathlib import Path
from typing import Any

import pytest
from tests.causes.given import BUILDER, ID, MFA, allow, identity, names, told, trust


@pytest.mark.parametrize(
    ("when", "statements", "fires"),
    [
        pytest.param(
            "[{principal: {reason: other_account}}, {condition: {key: sts:ExternalId}}]",
            [allow({"AWS": "333333333333"}, Condition=ID)],
            True,
            id="two elements of one statement",
        ),
        pytest.param(
            "[{principal: {reason: other_account}}, {condition: {key: sts:ExternalId}}]",
            [allow({"AWS": "333333333333"}), allow(BUILDER, Condition=ID)],
            False,
            id="two elements of two statements do not meet",
        ),
        pytest.param(
            "[{condition: {key: sts:ExternalId}}, {condition: {key: aws:MultiFactorAuthPresent}}]",
            [allow(BUILDER, Condition=ID | MFA)],
            True,
            id="two conditions of one statement",
        ),
        pytest.param(
            "[{statement: {sid: A}}, {condition: {key: sts:ExternalId}}]",
            [allow(BUILDER, Sid="A", Condition=ID)],
            True,
            id="a statement and its condition",
        ),
        pytest.param(
            "[{statement: {sid: A}}, {condition: {key: sts:ExternalId}}]",
            [allow({"AWS": "333333333333"}, Sid="A"), allow(BUILDER, Sid="B", Condition=ID)],
            False,
            id="a statement and another's condition do not meet",
        ),
        pytest.param(
            "[{layer: {verdict: denied}}, {condition: {key: sts:ExternalId}}, {caller: {kind: user}}]",
            [allow(BUILDER, Condition=ID)],
            True,
            id="a layer, its condition and the caller",
        ),
        pytest.param(
            "[{layer: {layer: trust}}, {layer: {layer: identity}}]",
            [allow(BUILDER, Condition=ID)],
            True,
            id="two layers that are both named",
        ),
        pytest.param(
            "[{layer: {explicit: false}}, {layer: {layer: identity}}, {condition: {key: sts:ExternalId}}]",
            [allow(BUILDER, Condition=ID)],
            False,
            id="a condition of another layer than the one named does not meet",
        ),
        pytest.param("[{condition: {key: STS:externalid}}]", [allow(BUILDER, Condition=ID)], True, id="case of a key"),
        pytest.param("[{condition: {wanted: RIGHT}}]", [allow(BUILDER, Condition=ID)], False, id="case of a value"),
        pytest.param(
            "[{condition: {reason: [out_of_range, value_differs]}}]", [allow(BUILDER, Condition=ID)], True, id="any of"
        ),
    ],
)
def test_facts_that_are_met_together_speak_of_one_thing(
    tmp_path: Path, when: str, statements: list[dict[str, Any]], fires: bool
) -> None:
    change = trust(*statements)
    change["snapshot"]["source"] = identity()["snapshot"]["source"]
    assert names(told(tmp_path, "cross-account", change, some_rule=f"when: {when}")) == (
        ["certain some-rule"] if fires else []
    )


def test_facts_of_different_actions_do_not_meet(tmp_path: Path) -> None:
    change = {"snapshot": {"destination": {"trust_policy": {"value": {"document": {"Statement": {"1": None}}}}}}}
    when = "[{layer: {layer: trust, action: sts:TagSession}}, {action: {action: sts:AssumeRole}}]"
    assert told(tmp_path, "tagged", change, some_rule=f"when: {when}") == ()


def test_a_field_that_cannot_be_told_makes_a_finding_possible(tmp_path: Path) -> None:
    change = {"request": {"unknown": ["sts:ExternalId"]}}
    causes = told(tmp_path, "cross-account", change, some_rule="when: [{condition: {reason: value_differs}}]")
    assert names(causes) == ["possible some-rule"]
    assert causes[0].finding.unknown == ("what the request carries for `sts:ExternalId`",)


def test_a_rule_that_names_nothing_unknown_is_still_possible_where_its_layer_may_pass(tmp_path: Path) -> None:
    change = {"request": {"unknown": ["sts:ExternalId"]}}
    assert names(told(tmp_path, "cross-account", change, some_rule="when: [{layer: {layer: trust}}]")) == [
        "possible some-rule"
    ]
