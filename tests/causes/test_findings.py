"""What a finding says, and what it is about."""

from pathlib import Path
from typing import Any

import pytest
from tests.cases import APP, on
from tests.causes.given import BUILDER, ID, allow, identity, told, trust

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


UNREAD: Any = {"evidence": "unread"}
DEPLOY = "arn:aws:iam::222222222222:role/Deploy"


@pytest.mark.parametrize(
    ("world", "change", "rule", "questions"),
    [
        pytest.param(
            "cross-account",
            trust(allow(BUILDER, Condition=ID)) | {"request": {"unknown": ["sts:ExternalId"]}},
            "condition: {}",
            ("what the request carries for `sts:ExternalId`",),
            id="a key of the request",
        ),
        pytest.param(
            "cross-account",
            trust(allow(BUILDER, Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))
            | {"request": {"unknown": ["aws:PrincipalTag/team"]}},
            "condition: {}",
            ("what the caller has for `aws:PrincipalTag/team`",),
            id="a key of the caller",
        ),
        pytest.param(
            "cross-account",
            trust(allow(BUILDER, Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
            | {"request": {"unknown": ["aws:ResourceTag/team"]}},
            "condition: {}",
            ("what the role has for `aws:ResourceTag/team`",),
            id="a key of the role",
        ),
        pytest.param(
            "cross-account",
            {
                "snapshot": {
                    "source": {"principal": {"value": {"unique_id": ""}}},
                    "destination": {
                        "trust_policy": {
                            "value": {"document": {"Statement": [allow({"AWS": "AIDAOLDANDGONE1EXAMPLE"})]}}
                        }
                    },
                }
            },
            "principal: {}",
            ("whether `AIDAOLDANDGONE1EXAMPLE` is the caller",),
            id="an ID that may be the caller's",
        ),
        pytest.param(
            "cross-account",
            identity(on("arn:aws:iam::222222222222:role/${aws:PrincipalTag/role}"))
            | {"request": {"unknown": ["aws:PrincipalTag/role"]}},
            "resource: {}",
            (f"whether `arn:aws:iam::222222222222:role/${{aws:PrincipalTag/role}}` covers `{DEPLOY}`",),
            id="a variable in a resource",
        ),
        pytest.param(
            "same-account-named",
            trust(allow({"AWS": "111111111111"}, Condition={"StringEquals": {"sts:ExternalId": "acme-41"}})),
            "layer: {layer: identity}",
            ("whether the trust policy leaves it to the identity policies",),
            id="whether the layer counts",
        ),
        pytest.param(
            "cross-account-role",
            trust(allow({"AWS": APP})) | {"snapshot": {"source": {"session": {"transitive_tag_keys": UNREAD}}}},
            "layer: {layer: trust, action: sts:TagSession}",
            ("whether the request needs sts:TagSession",),
            id="whether the action counts",
        ),
    ],
)
def test_what_would_have_to_be_known_is_asked(
    tmp_path: Path, world: str, change: Any, rule: str, questions: tuple[str, ...]
) -> None:
    (cause,) = told(tmp_path, world, change, some_rule=f"when: [{{{rule}}}]")
    assert cause.finding.certainty is Certainty.POSSIBLE
    assert cause.finding.unknown == questions
