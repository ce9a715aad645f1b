"""What a finding says, and what it is about."""

from pathlib import Path

from tests.causes.given import identity, told, trust

from diagnose.model.diagnosis import Certainty
from diagnose.model.trace import Element, Layer


def test_what_the_finding_is_about_is_the_most_exact_of_its_facts(tmp_path: Path) -> None:
    (cause,) = told(
        tmp_path,
        "cross-account",
        {"request": {"parameters": {"external_id": "other"}}},
        some_rule="when: [{caller: {}}, {layer: {layer: trust}}, {condition: {}}]\nremedy: [pass-external-id]",
    )
    assert cause.subject.element is not None
    assert (cause.subject.layer, cause.subject.element.element) == (Layer.TRUST, Element.CONDITION)
    assert cause.remedies == ("pass-external-id",)


def test_what_was_not_read_of_a_layer_is_what_is_unknown(tmp_path: Path) -> None:
    change = identity()
    change["snapshot"]["source"]["identity_policies"]["policies"]["0"]["document"]["Statement"] = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    ]
    change["snapshot"]["source"]["identity_policies"]["unread"] = [{"evidence": "unread"}]
    (cause,) = told(tmp_path, "cross-account", change, some_rule="when: [{layer: {layer: identity, granted: false}}]")
    assert cause.finding.unknown == ("what was not read of the identity policies",)


def test_nothing_is_told_where_no_rule_is_met(tmp_path: Path) -> None:
    assert told(tmp_path, "cross-account", trust(), some_rule="when: [{gate: {gate: role}}]") == ()


def test_the_world_as_it_is_has_no_causes(tmp_path: Path) -> None:
    assert told(tmp_path, "cross-account", {}, some_rule="when: [{caller: {}}]") == ()


def test_a_finding_carries_what_its_rule_says(tmp_path: Path) -> None:
    text = "title: The cause\nowner: network\nwhen: [{layer: {}}]\nsources: [https://docs.aws.amazon.com/IAM/]"
    (cause,) = told(tmp_path, "cross-account", trust(), some_rule=text)
    finding = cause.finding
    assert (finding.rule, finding.title, finding.owner.value, finding.certainty) == (
        "some-rule",
        "The cause",
        "network",
        Certainty.CERTAIN,
    )
    assert (finding.layer, finding.sources, finding.remedies) == (
        Layer.TRUST,
        ("https://docs.aws.amazon.com/IAM/",),
        (),
    )
