"""Of the rules that are met, the most exact are told, each cause once."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.cases import on
from tests.causes.given import BUILDER, DENY, ID, MFA, allow, case, identity, names, rules, told, trust

from diagnose.causes.findings import explain
from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import Certainty
from diagnose.model.trace import Action

GENERAL = "when: [{layer: {granted: false}}]"
SPECIFIC = "when: [{condition: {key: sts:ExternalId, reason: value_differs}}]\ninstead_of: a-general"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            {"request": {"parameters": {"external_id": "other"}}}, ["certain b-specific"], id="the specific one speaks"
        ),
        pytest.param(
            {"request": {"parameters": {"external_id": None}}},
            ["certain a-general"],
            id="the general one where it must",
        ),
        pytest.param({"request": {"unknown": ["sts:ExternalId"]}}, ["possible b-specific"], id="both are possible"),
        pytest.param(
            trust(allow(BUILDER, Condition=ID | MFA)) | {"request": {"unknown": ["sts:ExternalId"]}},
            ["certain a-general", "possible b-specific"],
            id="what is only possible does not silence what is certain",
        ),
        pytest.param(
            {"request": {"parameters": {"external_id": "other"}}, **identity()},
            ["certain b-specific", "certain a-general"],
            id="the general one still speaks of another layer",
        ),
    ],
)
def test_the_specific_rule_speaks_instead_of_the_general(tmp_path: Path, change: Any, expected: list[str]) -> None:
    causes = told(tmp_path, "cross-account", change, a_general=GENERAL, b_specific=SPECIFIC)
    assert sorted(names(causes)) == sorted(expected)


def test_a_deny_is_replaced_only_by_a_rule_about_the_same_deny(tmp_path: Path) -> None:
    conditional = DENY | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    causes = told(
        tmp_path,
        "cross-account",
        trust(allow(BUILDER), DENY, conditional),
        a_general="when: [{statement: {effect: deny, applies: true}}]",
        b_specific="when: [{condition: {effect: deny, key: aws:SecureTransport}}]\ninstead_of: a-general",
    )
    where = {cause.finding.rule: cause.subject.statement.index for cause in causes if cause.subject.statement}
    assert where == {"a-general": 1, "b-specific": 2}


def test_a_condition_is_replaced_only_by_a_rule_about_the_same_key(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        trust(allow(BUILDER, Condition=ID | MFA)),
        a_general="when: [{condition: {holds: false}}]",
        b_specific="when: [{condition: {key: sts:ExternalId}}]\ninstead_of: a-general",
    )
    keys = {cause.finding.rule: cause.subject.element.key for cause in causes if cause.subject.element}
    assert keys == {"a-general": "aws:MultiFactorAuthPresent", "b-specific": "sts:ExternalId"}


def test_a_rule_about_one_parameter_leaves_another_parameter_to_the_general_rule(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        {"request": {"parameters": {"session_name": "a b", "external_id": "a b"}}},
        a_general="when: [{gate: {reason: bad_syntax}}]",
        b_specific="when: [{gate: {reason: bad_syntax, parameter: ExternalId}}]\ninstead_of: a-general",
    )
    told_of = {cause.finding.rule: cause.subject.gate.parameter for cause in causes if cause.subject.gate}
    assert told_of == {"a-general": "RoleSessionName", "b-specific": "ExternalId"}


def test_a_rule_about_one_unknown_key_leaves_another_key_to_the_general_rule(tmp_path: Path) -> None:
    unknown = {"request": {"unknown": ["sts:ExternalId", "aws:MultiFactorAuthPresent"]}}
    causes = told(
        tmp_path,
        "cross-account",
        trust(allow(BUILDER, Condition=ID | MFA)) | unknown,
        a_general="title: About {gap.what}\nwhen: [{gap: {kind: key}}]",
        b_specific="title: About {gap.what}\nwhen: [{gap: {kind: key, what: sts:ExternalId}}]\ninstead_of: a-general",
    )
    assert {cause.finding.rule: cause.finding.title for cause in causes} == {
        "a-general": "About `aws:MultiFactorAuthPresent`",
        "b-specific": "About `sts:ExternalId`",
    }


def test_of_rules_that_differ_in_what_is_unknown_the_one_that_commits_to_the_least_speaks(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        {"request": {"unknown": ["sts:ExternalId"]}},
        a_narrow="when: [{condition: {key: sts:ExternalId, reason: case_differs}}]",
        b_wide="when: [{condition: {key: sts:ExternalId, reason: [value_differs, key_missing]}}]",
        c_any_key="when: [{condition: {reason: [value_differs, key_missing, case_differs]}}]",
    )
    assert names(causes) == ["possible b-wide"]


def test_a_rule_that_does_not_ask_for_the_unknown_reason_commits_to_less_than_one_that_does(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        {"request": {"unknown": ["sts:ExternalId"]}},
        a_reason="when: [{condition: {layer: trust, reason: [case_differs, key_missing]}}]",
        b_any="when: [{condition: {layer: trust, holds: false}}]",
    )
    assert names(causes) == ["possible b-any"]


OURS = """
when: [{condition: {effect: allow, key_group: external_id, negated: false, attainable: true, reason: value_differs}}]
"""
OURS_WHATEVER_THE_REASON = """
when: [{condition: {effect: allow, key_group: external_id, negated: false, attainable: true, holds: false}}]
"""
OWN = "when: [{condition: {key: sts:ExternalId, reason: value_differs}}]"


@pytest.mark.parametrize(
    ("ours", "own", "expected"),
    [
        pytest.param(OURS, OWN, ["ours-rule", "own-rule"], id="ours names more fields, and commits to as much"),
        pytest.param(OURS_WHATEVER_THE_REASON, OWN, ["ours-rule"], id="ours commits to less"),
        pytest.param(
            OURS_WHATEVER_THE_REASON,
            f"{OWN}\ninstead_of: ours-rule",
            ["own-rule"],
            id="ours commits to less, and the own rule speaks instead of it",
        ),
    ],
)
def test_an_own_rule_about_the_unknown_is_silent_only_where_one_of_ours_commits_to_less(
    tmp_path: Path, ours: str, own: str, expected: list[str]
) -> None:
    given = case("cross-account", {"request": {"unknown": ["sts:ExternalId"]}})
    read = [replace(rule, own=rule.id == "own-rule") for rule in rules(tmp_path, ours_rule=ours, own_rule=own)]
    assert [cause.finding.rule for cause in explain(read, given, decide(given))] == expected


def test_several_statements_that_would_do_are_one_cause_with_the_nearest_first(tmp_path: Path) -> None:
    others = [allow({"AWS": f"arn:aws:iam::111111111111:user/{name}"}) for name in ("one", "two", "three")]
    (cause,) = told(
        tmp_path, "cross-account", trust(*others), some_rule="when: [{principal: {layer: trust, nearest: true}}]"
    )
    assert [excerpt.pointer.split("/")[2] for excerpt in cause.finding.excerpts] == ["0", "1", "2"]
    assert [excerpt.primary for excerpt in cause.finding.excerpts] == [True, False, False]


def test_a_key_that_is_called_like_a_layer_is_another_cause(tmp_path: Path) -> None:
    """A policy may ask for a key that AWS does not have; what is unknown is told apart by what it is."""
    changes = identity(on("*", Condition={"StringEquals": {"trust": "1"}})) | {"request": {"unknown": ["trust"]}}
    changes["snapshot"]["destination"] = {"trust_policy": {"evidence": "unread"}}
    causes = told(tmp_path, "cross-account", changes, some_rule="when: [{gap: {what: trust}}]")
    assert len(causes) == 2


def test_several_denies_are_several_causes(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        trust(allow(BUILDER), DENY, DENY | {"Principal": {"AWS": "111111111111"}}),
        some_rule="when: [{statement: {effect: deny, applies: true}}]",
    )
    assert [cause.subject.statement.index for cause in causes if cause.subject.statement] == [1, 2]


def test_two_conditions_of_one_statement_are_two_causes(tmp_path: Path) -> None:
    causes = told(
        tmp_path,
        "cross-account",
        trust(allow(BUILDER, Condition=ID | MFA)),
        some_rule="when: [{condition: {nearest: true}}]",
    )
    keys = {cause.subject.element.key for cause in causes if cause.subject.element}
    assert keys == {"sts:ExternalId", "aws:MultiFactorAuthPresent"}


def test_one_cause_for_several_actions_is_told_once(tmp_path: Path) -> None:
    (cause,) = told(
        tmp_path, "tagged", trust(allow({"AWS": "333333333333"}, Action="sts:*")), some_rule="when: [{principal: {}}]"
    )
    assert cause.finding.action == Action.ASSUME_ROLE


def test_a_rule_about_one_action_leaves_the_others_to_the_general_rule(tmp_path: Path) -> None:
    change = trust(allow({"AWS": "333333333333"}), allow(BUILDER, Action="sts:SetSourceIdentity"))
    (cause,) = told(
        tmp_path,
        "tagged",
        change,
        a_general="when: [{layer: {layer: trust}}]",
        b_specific="when: [{layer: {layer: trust, action: sts:AssumeRole}}]\ninstead_of: a-general",
    )[1:]
    assert (cause.finding.rule, cause.finding.action) == ("a-general", Action.TAG_SESSION)


@pytest.mark.parametrize(
    ("statements", "unknown", "index"),
    [
        pytest.param(
            [allow(BUILDER, Condition=ID), allow({"AWS": "333333333333"}, Condition=ID)],
            [],
            0,
            id="the nearer one",
        ),
        pytest.param(
            [allow({"AWS": "333333333333"}, Condition=ID), allow(BUILDER, Condition=ID)],
            [],
            1,
            id="the nearer one, wherever it stands",
        ),
    ],
)
def test_of_several_statements_one_is_what_the_finding_is_about(
    tmp_path: Path, statements: list[dict[str, Any]], unknown: list[str], index: int
) -> None:
    change = trust(*statements) | {"request": {"unknown": unknown}}
    (cause,) = told(tmp_path, "cross-account", change, some_rule="when: [{condition: {key: sts:ExternalId}}]")
    assert cause.subject.statement is not None
    assert cause.subject.statement.index == index


def test_certain_evidence_goes_before_what_is_nearer_but_possible(tmp_path: Path) -> None:
    change = trust(allow({"AWS": "AIDAOLDANDGONE1EXAMPLE"}, Condition=ID), allow({"AWS": "333333333333"}))
    change["snapshot"]["source"] = {"principal": {"value": {"unique_id": ""}}}
    (cause,) = told(
        tmp_path, "cross-account", change, some_rule="when: [{principal: {reason: [stale_id, other_account]}}]"
    )
    assert cause.subject.statement is not None
    assert (cause.subject.statement.index, cause.finding.certainty) == (1, Certainty.CERTAIN)


def test_each_version_of_a_policy_that_would_allow_the_call_is_a_cause(tmp_path: Path) -> None:
    allowing = {"Version": "2012-10-17", "Statement": [on("*")]}
    saved = [{"version": version, "document": allowing} for version in ("v2", "v1")]
    kept = {"name": "Own", "kind": "managed", "arn": "arn:aws:iam::111111111111:policy/Own", "version": "v3"}
    policies = [
        {**kept, "document": {"Version": "2012-10-17", "Statement": []}, "other_versions": saved},
        {"name": "More", "document": {"Version": "2012-10-17", "Statement": []}, "other_versions": saved[:1]},
    ]
    causes = told(
        tmp_path,
        "cross-account",
        {"snapshot": {"source": {"identity_policies": {"policies": policies}}}},
        some_rule="title: '{idle.policy} {idle.version}'\nwhen: [{idle: {}}]",
    )
    assert sorted(cause.finding.title for cause in causes) == ["`More` `v2`", "`Own` `v1`", "`Own` `v2`"]
