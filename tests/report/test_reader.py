"""What a first-time reader must not stumble over: each report says one thing once, and nothing that is not so."""

from typing import Any

import pytest
from tests.cases import case

from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.loading import load_rules
from diagnose.model.diagnosis import Diagnosis, Owner, Remedy
from diagnose.pipeline import diagnose
from diagnose.report import Format, render

PLACEHOLDER = "arn:aws:iam::${AWS::AccountId}:"


def example(rule: str) -> Diagnosis:
    first = load_examples(rule_folders())[rule][0]
    return diagnose(case(first.world, first.change), load_rules())


def text(diagnosis: Diagnosis) -> str:
    return " ".join(render(diagnosis, Format.TEXT).split())


def guarded(*spared: str) -> Diagnosis:
    """Give a Deny of the organization that spares these callers; the one who calls is the role `team/App`."""
    condition = {"ArnNotLike": {"aws:PrincipalArn": list(spared)}}
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*", "Condition": condition}
    policy: Any = {"name": "Guard", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": [deny]}}
    change = {"snapshot": {"source": {"scps": {"value": {"0": {"policies": {"policies": {"1": policy}}}}}}}}
    return diagnose(case("organization", change), load_rules())


def test_aws_refused_nothing_where_it_was_not_asked() -> None:
    told = text(example("pass-role-across-accounts"))
    assert told.startswith("DENIED: user builder (111111111111) cannot pass role OrdersFunction")
    assert "the request itself was not tried" in told


def test_a_role_of_another_account_is_replaced_and_nobody_is_asked_to_let_it_be_assumed() -> None:
    (finding,) = example("pass-role-across-accounts").findings
    assert [remedy.text for remedy in finding.remedies] == [
        "Pass a role of account `111111111111` instead: create one there that `lambda.amazonaws.com` may assume"
    ]


def test_two_fixes_are_two_edits() -> None:
    (finding,) = example("mfa-incomplete").findings
    assert len(finding.remedies) == 1


@pytest.mark.parametrize(
    ("spared", "first"),
    [
        pytest.param((f"{PLACEHOLDER}role/team/App",), "fill in", id="filled in, it spares the caller"),
        pytest.param((f"{PLACEHOLDER}role/*",), "fill in", id="a pattern, too"),
        pytest.param((f"{PLACEHOLDER}user/builder",), "exempt", id="filled in, it spares another"),
    ],
)
def test_a_placeholder_is_filled_in_where_that_helps(spared: tuple[str, ...], first: str) -> None:
    (finding,) = guarded(*spared).findings
    assert f"`Guard`, {first} " in finding.remedies[0].text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param("role-tag-differs", "; the role has ", id="a tag of the role"),
        pytest.param("caller-tag-denied", "; the caller has ", id="a tag of the caller"),
        pytest.param("external-id-differs", "; the request carries ", id="what the call passes"),
    ],
)
def test_a_value_is_said_to_be_whose_it_is(rule: str, words: str) -> None:
    (first, *_) = example(rule).findings
    assert words in first.excerpts[0].label


def test_a_condition_of_a_deny_says_when_it_denies() -> None:
    assert (
        guarded("arn:aws:iam::111111111111:role/other")
        .findings[0]
        .excerpts[0]
        .label.startswith("this denies every call unless the value is role/other")
    )


def test_what_the_program_fell_back_to_is_no_cause_of_its_own() -> None:
    assert [finding.rule for finding in example("federation-refused-first").findings] == ["federation-refused-first"]
    assert "Run `xdiag check arn:aws:iam::222222222222:role/Deploy --token-file FILE`: it compares" in text(
        example("federation-refused-first")
    )


def test_a_requirement_of_which_nothing_is_known_is_not_the_first_thing_that_is_told() -> None:
    unknown = next(one for one in load_examples(rule_folders())["claim-key-holds-subject"] if one.then == "possible")
    told = text(diagnose(case(unknown.world, unknown.change), load_rules()))
    assert " Possible The trust policy compares the audience with a subject." in told


def first_fix(rule: str, name: str) -> Remedy:
    (one,) = (each for each in load_examples(rule_folders())[rule] if each.name == name)
    finding = next(each for each in diagnose(case(one.world, one.change), load_rules()).findings if each.rule == rule)
    return finding.remedies[0]


def test_a_fix_that_is_narrower_than_the_old_pattern_says_what_would_be_as_wide() -> None:
    fix = first_fix("subject-case-differs", "the owner is written in capitals, and every branch is meant")
    assert "(or `repo:Octo/app:*`, for all that the old pattern was meant to let in)" in fix.text
    assert "(or `" not in first_fix("subject-case-differs", "the owner is written in capitals").text


def test_what_aws_documents_of_a_value_is_said_where_it_is_written() -> None:
    fix = first_fix(
        "source-account-differs", "EventBridge Scheduler sends the schedule's group, and a schedule is asked for"
    )
    assert fix.text.endswith("(EventBridge Scheduler User Guide, confused deputy prevention)")
    assert "User Guide" not in first_fix("source-account-differs", "it acts for another resource").text


@pytest.mark.parametrize(
    ("endpoint", "owner"),
    [
        pytest.param(None, Owner.CALLER, id="no endpoint is used, and none has an owner"),
        pytest.param({"id": "vpce-0b", "vpc": "vpc-0b"}, Owner.NETWORK, id="another endpoint is used"),
    ],
)
def test_a_call_is_sent_another_way_by_whom_there_is(endpoint: Any, owner: Owner) -> None:
    condition = {"StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*", "Condition": condition}
    policy: Any = {"name": "net", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": [deny]}}
    scps = {"scps": {"value": {"0": {"policies": {"policies": {"1": policy}}}}}}
    change = {"snapshot": {"endpoint": {"evidence": "known", "value": endpoint}, "source": scps}}
    finding = diagnose(case("organization", change), load_rules()).findings[0]
    through = next(each for each in finding.remedies if "through a VPC endpoint" in each.text)
    assert through.owner is owner
