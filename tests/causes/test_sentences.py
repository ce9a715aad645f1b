"""A rule's sentences, with what was seen put in their gaps."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.causes.given import ID, allow, case, identity, told, trust

from diagnose.causes.sentences import backticked, gaps_in, statement_words
from diagnose.loading import load_rules
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Effect, Layer, StatementTrace
from diagnose.model.tri import NO
from diagnose.pipeline import diagnose

OTHER: dict[str, Any] = {"request": {"parameters": {"external_id": "other"}}}
UNKNOWN_ID: dict[str, Any] = {"request": {"unknown": ["sts:ExternalId"]}}
CONDITION = "when: [{condition: {key: sts:ExternalId}}]"
NO_TAGS = {"snapshot": {"source": {"session": {"transitive_tag_keys": {"evidence": "unread"}}}}}


def said(folder: Path, change: Any, sentence: str, when: str = CONDITION, world: str = "cross-account") -> str:
    (cause,) = told(folder, world, change, some_rule=f"{when}\nexplain: '{sentence}'")
    return cause.finding.explanation


def test_what_a_key_may_hold_does_not_read_as_a_value(tmp_path: Path) -> None:
    asks = trust({**allow({"AWS": "*"}), "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}})
    when = "when: [{condition: {key: aws:MultiFactorAuthPresent}}]"
    told_of = said(tmp_path, asks, "Got {condition.got}.", when, world="cross-account-role")
    assert told_of == "Got `false` or nothing (it is not known which)."


def test_a_value_of_which_only_the_form_is_known_does_not_read_as_a_value(tmp_path: Path) -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:eu-west-1:222222222222:schedule/default/*"}}
    service = "scheduler.amazonaws.com"
    change = trust({**allow({"Service": service}), "Condition": condition})
    change["snapshot"]["source"] = {"arn": service}
    when = "when: [{condition: {key: aws:SourceArn}}]"
    told_of = said(tmp_path, change, "Got {condition.got}.", when, world="service")
    assert told_of.startswith("Got an unknown value, like `arn:aws:scheduler:*:222222222222:schedule-group/")


def at(region: str | None) -> Any:
    return {"request": OTHER["request"] | {"region": region}}


@pytest.mark.parametrize(
    ("change", "sentence", "result"),
    [
        pytest.param(OTHER, "By {source}.", "By `arn:aws:iam::111111111111:user/builder`.", id="the source"),
        pytest.param(OTHER, "To {destination}.", "To `arn:aws:iam::222222222222:role/Deploy`.", id="the destination"),
        pytest.param(OTHER, "At {endpoint}.", "At the STS endpoint of `eu-west-1`.", id="the endpoint of a Region"),
        pytest.param(
            at("aws-global"), "At {endpoint}.", "At the global endpoint `sts.amazonaws.com`.", id="no Region's"
        ),
        pytest.param(at(None), "At {endpoint}.", "At the STS endpoint of the called Region.", id="of whichever Region"),
        pytest.param(OTHER, "In {region}.", "In `eu-west-1`.", id="the Region that is called"),
        pytest.param(at("aws-global"), "In {region}.", "In the called Region.", id="the Region of the global endpoint"),
        pytest.param(at(None), "In {region}.", "In the called Region.", id="no Region is known"),
        pytest.param(OTHER, "May call {asked}.", "May call sts:AssumeRole.", id="the action that is asked for"),
        pytest.param(OTHER, "Not {condition.got}.", "Not `other`.", id="a text stands in backticks"),
        pytest.param(OTHER, "Why: {condition.reason}.", "Why: value differs.", id="a reason is words"),
        pytest.param(OTHER, "In the {condition.layer}.", "In the trust policy.", id="a layer is words"),
        pytest.param(OTHER, "For {condition.action}.", "For sts:AssumeRole.", id="an action is itself"),
        pytest.param(OTHER, "Alone: {condition.alone}.", "Alone: yes.", id="a flag is yes or no"),
        pytest.param(
            OTHER,
            "See {condition.statement}.",
            "See statement 1 (Sid `TrustBuilder`) of the trust policy of role `Deploy`.",
            id="the place of a statement",
        ),
        pytest.param(
            OTHER,
            "{condition.statement} it is. {condition.reason} it was.",
            "Statement 1 (Sid `TrustBuilder`) of the trust policy of role `Deploy` it is. Value differs it was.",
            id="a sentence begins with a capital letter",
        ),
        pytest.param(OTHER, "A variable ${aws:username}.", "A variable ${aws:username}.", id="variables stay"),
        pytest.param(
            {"request": {"parameters": {"external_id": None}}}, "Got {condition.got}.", "Got nothing.", id="nothing"
        ),
        pytest.param(UNKNOWN_ID, "Got {condition.got}.", "Got an unknown value.", id="not known"),
        pytest.param(UNKNOWN_ID, "Why: {condition.reason}.", "Why: an unknown value.", id="no reason known"),
    ],
)
def test_a_gap_is_filled(tmp_path: Path, change: Any, sentence: str, result: str) -> None:
    assert said(tmp_path, change, sentence) == result


@pytest.mark.parametrize(
    ("change", "owner", "title"),
    [
        pytest.param(trust(), "destination", "The trust policy denies it", id="the trust policy"),
        pytest.param(identity(), "source", "The identity policy denies it", id="the caller's policies"),
    ],
)
def test_a_rule_speaks_of_the_layer_that_it_is_met_in(tmp_path: Path, change: Any, owner: str, title: str) -> None:
    rule = "title: The {layer} denies it\nwhen: [{layer: {verdict: denied}}]\nowner: layer\nexplain: '{scope}'"
    (cause,) = told(tmp_path, "cross-account", change, some_rule=rule)
    assert (cause.finding.owner, cause.finding.title) == (owner, title)
    assert cause.finding.explanation.startswith("A ")


def test_a_second_pattern_of_a_kind_has_a_number(tmp_path: Path) -> None:
    both = {**ID, "Bool": {"aws:SecureTransport": "false"}}
    builder = {"AWS": "arn:aws:iam::111111111111:user/builder"}
    when = "when: [{condition: {key: sts:ExternalId}}, {condition: {key: aws:SecureTransport}}]"
    sentence = "{condition.wanted} and {condition2.wanted}."
    assert said(tmp_path, trust(allow(builder, Condition=both)), sentence, when) == "`right` and `false`."


def test_what_somebody_wrote_is_never_taken_for_a_gap(tmp_path: Path) -> None:
    builder = {"AWS": "arn:aws:iam::111111111111:user/builder"}
    hostile = trust(allow(builder, Condition={"StringEquals": {"sts:ExternalId": "{source} {condition.got}"}}))
    assert said(tmp_path, hostile, "It wants {condition.wanted}.") == "It wants `{source} {condition.got}`."


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("plain", "`plain`", id="a text"),
        pytest.param("3600", "3600", id="a short number needs no quotes"),
        pytest.param("111111111111", "`111111111111`", id="an account id stands in backticks"),
        pytest.param("a\nb\x1b[31m", r"`a\nb\x1b[31m`", id="control characters are shown"),
        pytest.param("a\u202eb", r"`a\u202eb`", id="the direction of writing is not turned"),
        pytest.param("a`b", "`a'b`", id="quotes do not end early"),
        pytest.param("x" * 300, "`" + "x" * 200 + "…`", id="not too long"),
    ],
)
def test_what_somebody_wrote_is_quoted(text: str, result: str) -> None:
    assert backticked(text) == result


@pytest.mark.parametrize(
    ("policy", "level", "result"),
    [
        (Policy("p", msgspec.Raw(b"{}")), "", "statement 2 of inline policy `p`"),
        (
            Policy("p", msgspec.Raw(b"{}"), attached_to="group devs"),
            "",
            "statement 2 of inline policy `p` of group `devs`",
        ),
        (Policy("p", msgspec.Raw(b"{}"), PolicyKind.MANAGED), "", "statement 2 of managed policy `p`"),
        (Policy("p", msgspec.Raw(b"{}"), PolicyKind.SCP), "Root", "statement 2 of SCP `p` at `Root`"),
    ],
)
def test_a_statement_is_found_by_its_policy_and_where_it_is_attached(policy: Policy, level: str, result: str) -> None:
    assert statement_words(StatementTrace(Layer.IDENTITY, level, policy, 1, "", Effect.ALLOW, NO, ())) == result


def test_only_words_in_braces_are_gaps() -> None:
    assert gaps_in("{source} {layer.action} ${aws:username} ${source} {} { source } {A}") == ("source", "layer.action")


def test_every_world_of_text_is_filled_only_once(tmp_path: Path) -> None:
    case_with_braces = {"request": {"parameters": {"external_id": "{destination}"}}}
    assert said(tmp_path, case_with_braces, "{condition.got} {destination}.") == (
        "`{destination}` `arn:aws:iam::222222222222:role/Deploy`."
    )
    assert case("cross-account", case_with_braces).request.parameters.external_id == "{destination}"


@pytest.mark.parametrize(("region", "named"), [("ap-east-1", "`ap-east-1`"), (None, "the called Region")])
def test_a_region_without_sts_is_named_in_the_title(region: str | None, named: str) -> None:
    message = "An error occurred (RegionDisabledException) when calling the AssumeRole operation: STS is not activated"
    asked = case("cross-account", {"message": f"{message} in this region", "request": {"region": region}})
    assert diagnose(asked, load_rules()).findings[0].title == f"STS is not active in {named}"
