"""Facts that are met together speak of one thing, and what is unknown is met by half."""

from pathlib import Path
from typing import Any

import pytest
from tests.causes.given import BUILDER, ID, MFA, allow, case, identity, names, told, trust

from diagnose.model.diagnosis import Certainty
from diagnose.model.evidence import Known
from diagnose.model.trace import Layer


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
            "[{principal: {}}, {condition: {}}]",
            [allow({"AWS": "333333333333"}, Condition=ID)],
            True,
            id="two lines that ask for nothing but one statement",
        ),
        pytest.param(
            "[{principal: {}}, {condition: {}}]",
            [allow({"AWS": "333333333333"}), allow(BUILDER, Condition=ID)],
            False,
            id="two lines that ask for nothing, and two statements",
        ),
        pytest.param(
            "[{condition: {key: sts:ExternalId}}, {caller: {}}, {request: {}}]",
            [allow(BUILDER, Condition=ID)],
            True,
            id="a line that asks for nothing of the caller, and one of the request",
        ),
        pytest.param(
            "[{condition: {key: sts:ExternalId}}, {answer: {}}]",
            [allow(BUILDER, Condition=ID)],
            False,
            id="a line that asks for nothing, and no such fact",
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
        pytest.param(
            "[{condition: {wanted: [left, right]}}]",
            [allow(BUILDER, Condition={"StringEquals": {"sts:ExternalId": ["right", "straight"]}})],
            True,
            id="one of the values that the policy lists",
        ),
        pytest.param(
            "[{condition: {wanted: right or straight}}]",
            [allow(BUILDER, Condition={"StringEquals": {"sts:ExternalId": ["right", "straight"]}})],
            False,
            id="the words for several values are not a value",
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


@pytest.mark.parametrize(
    ("action", "fires"),
    [pytest.param("sts:TagSession", True, id="one action"), pytest.param("sts:AssumeRole", False, id="two actions")],
)
def test_facts_of_different_actions_do_not_meet(tmp_path: Path, action: str, fires: bool) -> None:
    statements = [allow({"AWS": "333333333333"}), allow(BUILDER, Action="sts:SetSourceIdentity")]
    when = f"[{{action: {{action: sts:TagSession, reason: companion_only}}}}, {{layer: {{action: '{action}'}}}}]"
    assert bool(told(tmp_path, "tagged", trust(*statements), some_rule=f"when: {when}")) is fires


@pytest.mark.parametrize(("level", "fires"), [("Root", True), ("Build", False)])
def test_facts_of_different_levels_do_not_meet(tmp_path: Path, level: str, fires: bool) -> None:
    policies = {
        place: {"policies": {"policies": {"1": scp(name)}}} for place, name in (("0", "AtRoot"), ("1", "AtAccount"))
    }
    change = {"snapshot": {"source": {"scps": {"value": policies}}}}
    given = case("organization", change)
    assert isinstance(given.snapshot.source.scps, Known)
    names_of_levels = [each.name or each.target for each in given.snapshot.source.scps.value]
    wanted = names_of_levels[0 if fires else 1]
    when = f"[{{layer: {{layer: scp, level: '{wanted}'}}}}, {{statement: {{policy: AtRoot}}}}]"
    assert bool(told(tmp_path, "organization", change, some_rule=f"when: {when}")) is fires


def scp(name: str) -> dict[str, Any]:
    deny = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}
    return {"name": name, "kind": "scp", "document": {"Version": "2012-10-17", "Statement": [deny]}}


def test_a_field_that_cannot_be_told_makes_a_finding_possible(tmp_path: Path) -> None:
    change = {"request": {"unknown": ["sts:ExternalId"]}}
    causes = told(tmp_path, "cross-account", change, some_rule="when: [{condition: {reason: value_differs}}]")
    assert names(causes) == ["possible some-rule"]
    assert causes[0].finding.unknown == ("what the request carries for `sts:ExternalId`",)


@pytest.mark.parametrize(
    ("got", "told_as"),
    [
        pytest.param("false", ["possible some-rule"], id="one of the states that it may be in"),
        pytest.param("true", [], id="a value that it cannot have"),
        pytest.param("false or absent", [], id="the words for several states are not a value"),
    ],
)
def test_a_key_that_is_in_one_of_several_states_meets_by_half(tmp_path: Path, got: str, told_as: list[str]) -> None:
    change = trust(allow("*", Condition=MFA)) | {"request": {"unknown": []}}
    change["snapshot"]["source"] = {"session": {"origin": {"evidence": "known", "value": "assume_role"}}}
    when = f"[{{condition: {{key: aws:MultiFactorAuthPresent, got: ['{got}']}}}}]"
    assert names(told(tmp_path, "cross-account-role", change, some_rule=f"when: {when}")) == told_as


def test_a_rule_that_names_nothing_unknown_is_still_possible_where_its_layer_may_pass(tmp_path: Path) -> None:
    change = {"request": {"unknown": ["sts:ExternalId"]}}
    causes = told(tmp_path, "cross-account", change, some_rule="when: [{layer: {layer: trust}}]")
    assert names(causes) == ["possible some-rule"]
    assert causes[0].finding.unknown == ("what the request carries for `sts:ExternalId`",)


def test_what_is_unknown_of_the_situation_makes_a_finding_possible(tmp_path: Path) -> None:
    change: dict[str, Any] = {"request": {"parameters": {"external_id": None}}}
    change["snapshot"] = {"source": {"session": {"mfa": {"evidence": "unread"}}}}
    when = "[{condition: {key: sts:ExternalId}}, {caller: {mfa: false}}]"
    (cause,) = told(tmp_path, "cross-account", change, some_rule=f"when: {when}")
    assert cause.finding.certainty is Certainty.POSSIBLE
    assert cause.finding.unknown == ("multi-factor authentication stands behind its credentials",)


def test_what_aws_names_and_nobody_read_is_about_the_layer_that_is_missing(tmp_path: Path) -> None:
    change = {
        "message": "not authorized to perform: sts:AssumeRole because no role trust policy allows it",
        "snapshot": {"destination": {"trust_policy": {"evidence": "unread"}}},
    }
    when = "[{answer: {named_layer: trust}}, {gap: {kind: layer, what: trust}}]"
    (cause,) = told(tmp_path, "cross-account", change, some_rule=f"when: {when}")
    assert cause.subject.layer is Layer.TRUST
