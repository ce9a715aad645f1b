"""Why a condition does not hold: the reason, the place of the nearest value, and both sides in words."""

import random
from difflib import get_close_matches
from typing import Any

import pytest
from tests.evaluate.cases import (
    FAR,
    GAP,
    HOME,
    ROLE,
    ROLE_ID,
    SERVICE,
    SESSION,
    SSO_ROLE,
    SSO_SESSION,
    USER,
    on_key,
    outcome,
)

from diagnose.evaluate.keys.table import SPELLINGS
from diagnose.evaluate.near_miss import spelling
from diagnose.model.case import Origin, Parameters
from diagnose.model.key_state import KeyState
from diagnose.model.trace import Action, Reason
from diagnose.model.trace_words import got_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ARN, AGENT, EXTERNAL = "aws:PrincipalArn", "aws:UserAgent", "sts:ExternalId"
SENT = Parameters(session_name="nightly", external_id="acme-42", source_identity="alice", tags={"team": "red"})
PLACE = "/Statement/0/Condition"


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "reason", "more"),
    [
        pytest.param("StringEquals", EXTERNAL, "acme-41", Reason.VALUE_DIFFERS, {}, id="another external ID"),
        pytest.param("StringEquals", EXTERNAL, "ACME-42", Reason.CASE_DIFFERS, {}, id="upper case"),
        pytest.param("StringEquals", EXTERNAL, "acme-42 ", Reason.SPACE_DIFFERS, {}, id="a space behind"),
        pytest.param(
            "StringEquals", EXTERNAL, "acme-*", Reason.WILDCARD_IS_LITERAL, {}, id="an asterisk in StringEquals"
        ),
        pytest.param("StringEquals", EXTERNAL, "acme-4?", Reason.WILDCARD_IS_LITERAL, {}, id="a question mark, too"),
        pytest.param(
            "StringEquals", EXTERNAL, "other-*", Reason.VALUE_DIFFERS, {}, id="an asterisk that would not help"
        ),
        pytest.param("StringLike", EXTERNAL, "acme-1*", Reason.VALUE_DIFFERS, {}, id="a pattern that does not fit"),
        pytest.param("NumericLessThan", "aws:EpochTime", "5", Reason.OUT_OF_RANGE, {}, id="a number out of range"),
        pytest.param(
            "DateGreaterThan", "aws:CurrentTime", "2027-01-01T00:00:00Z", Reason.OUT_OF_RANGE, {}, id="too early"
        ),
        pytest.param(
            "IpAddress",
            "aws:SourceIp",
            "203.0.113.0/24",
            Reason.OUT_OF_RANGE,
            {"context": {"aws:SourceIp": ("192.0.2.1",)}},
            id="an address outside",
        ),
        pytest.param("Bool", "aws:SecureTransport", "false", Reason.VALUE_DIFFERS, {}, id="a truth value"),
        pytest.param("StringNotEquals", EXTERNAL, "acme-42", Reason.EXCLUDED, {}, id="a negated operator that hits"),
        pytest.param("Null", EXTERNAL, "true", Reason.KEY_PRESENT, {}, id="present, where it should be absent"),
        pytest.param(
            "Null", EXTERNAL, "false", Reason.KEY_MISSING, {"parameters": Parameters("s1")}, id="absent, though wanted"
        ),
        pytest.param(
            "StringEquals", EXTERNAL, "acme-42", Reason.KEY_MISSING, {"parameters": Parameters("s1")}, id="not sent"
        ),
        pytest.param("StringEquals", "sts:External-Id", "acme-42", Reason.KEY_MISSPELT, {}, id="a misspelt key"),
        pytest.param("StringEquals", "aws:PrincipalOrgIds", "o-1", Reason.KEY_MISSPELT, {}, id="another misspelt key"),
        pytest.param("StringEquals", "acme:thing", "x", Reason.KEY_NEVER_SENT, {}, id="a key that AWS does not have"),
        pytest.param(
            "NumericLessThan", "sts:DurationSeconds", "1", Reason.KEY_NEVER_SENT, {}, id="of bearer tokens only"
        ),
        pytest.param("StringEquals", "sts:AWSServiceName", "x", Reason.KEY_NEVER_SENT, {}, id="of bearer tokens, too"),
        pytest.param("StringEquals", "sts:TaskPolicyArn", "x", Reason.KEY_NEVER_SENT, {}, id="of AssumeRoot"),
        pytest.param("Bool", "sts:RoleAuthorizedByIdp", "true", Reason.KEY_NEVER_SENT, {}, id="of web identity"),
        pytest.param("StringEquals", "iam:PassedToService", "x", Reason.KEY_NEVER_SENT, {}, id="of PassRole"),
        pytest.param("ArnEquals", "aws:SourceVpcArn", "arn:aws:ec2:::x", Reason.KEY_NEVER_SENT, {}, id="not of STS"),
        pytest.param(
            "StringEquals", "aws:VpceAccount", HOME, Reason.KEY_NEVER_SENT, {}, id="nor the endpoint's account"
        ),
        pytest.param("StringEquals", "aws:VpceOrgID", "o-1", Reason.KEY_NEVER_SENT, {}, id="nor its organization"),
        pytest.param(
            "ForAnyValue:StringLike", "aws:VpceOrgPaths", "o-1/*", Reason.KEY_NEVER_SENT, {}, id="nor the paths of that"
        ),
        pytest.param("StringEquals", "aws:SourceAccount", HOME, Reason.KEY_NOT_FOR_CALLER, {}, id="of services only"),
        pytest.param(
            "ArnLike", "aws:SourceArn", "arn:aws:s3:::x", Reason.KEY_NOT_FOR_CALLER, {}, id="of services, too"
        ),
        pytest.param("StringEquals", "aws:SourceOrgID", "o-1", Reason.KEY_NOT_FOR_CALLER, {}, id="of services as well"),
        pytest.param(
            "StringEquals", "aws:username", "alice", Reason.KEY_NOT_FOR_CALLER, {"source": ROLE}, id="of users only"
        ),
        pytest.param(
            "ArnLike",
            "ec2:SourceInstanceArn",
            "arn:aws:ec2:*:*:instance/*",
            Reason.KEY_NOT_FOR_CALLER,
            {"source": SESSION},
            id="of instances only, and lost after a hop",
        ),
        pytest.param(
            "StringEquals", "aws:PrincipalTag/team", "red", Reason.KEY_MISSING, {}, id="a tag that is not there"
        ),
        pytest.param(
            "StringEquals", "aws:PrincipalOrgPaths", "o", None, {}, id="a key without values is missing first"
        ),
        pytest.param(
            "StringEquals",
            "aws:TagKeys",
            "team",
            Reason.SET_OPERATOR_NEEDED,
            {},
            id="a plain operator on a key with several values",
        ),
        pytest.param("StringEquals", EXTERNAL, [], Reason.MALFORMED, {}, id="no value at all"),
        pytest.param("Numeric", EXTERNAL, "1", Reason.OPERATOR_UNKNOWN, {}, id="no such operator"),
        pytest.param(
            "IpAddress",
            "aws:SourceIp",
            "here",
            Reason.OPERAND_MALFORMED,
            {"context": {"aws:SourceIp": ("192.0.2.1",)}},
            id="no address",
        ),
    ],
)
def test_a_test_that_does_not_hold_says_why(
    operator: str, key: str, wanted: object, reason: Reason | None, more: dict[str, Any]
) -> None:
    trace = on_key(operator, key, wanted, **({"parameters": SENT} | more))
    place = f"{PLACE}/{operator}/{key.replace('/', '~1')}"
    assert (trace.verdict, trace.pointer, trace.operator) == (NO, place, operator)
    assert reason is None or trace.reason is reason


@pytest.mark.parametrize(
    ("source", "wanted", "reason"),
    [
        pytest.param(SESSION, SESSION, Reason.SESSION_FOR_ROLE, id="the session's ARN, which this key never holds"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:role/App", Reason.PATH_MISSING, id="the path missing"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:role/ops/App", Reason.PATH_DIFFERS, id="another path"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:role/team/Web", Reason.OTHER_NAME, id="another role"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:role/App*", Reason.WILDCARD_TOO_NARROW, id="a pattern too narrow"),
        pytest.param(SESSION, f"arn:aws:iam::{FAR}:role/team/App", Reason.OTHER_ACCOUNT, id="another account"),
        pytest.param(SESSION, "arn:aws:iam::111111111112:role/team/App", Reason.ACCOUNT_TYPO, id="an account mistyped"),
        pytest.param(SESSION, f"arn:aws-cn:iam::{HOME}:role/team/App", Reason.OTHER_PARTITION, id="another partition"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:user/team/App", Reason.OTHER_TYPE, id="a user"),
        pytest.param(SESSION, f"arn:aws:iam::{HOME}:role/team/app", Reason.CASE_DIFFERS, id="lower case"),
        pytest.param(SESSION, f"{ROLE} ", Reason.SPACE_DIFFERS, id="a space behind"),
        pytest.param(
            SESSION, f"arn:aws:iam::{HOME}:root", Reason.OTHER_TYPE, id="the account, which is no caller here"
        ),
        pytest.param(
            SSO_SESSION,
            f"arn:aws:iam::{HOME}:role/AWSReservedSSO_Dev_*",
            Reason.SSO_PATH_DROPPED,
            id="the path of Identity Center dropped",
        ),
    ],
)
def test_an_arn_that_does_not_fit_is_told_apart(source: str, wanted: str, reason: Reason) -> None:
    trace = on_key("ArnLike", ARN, wanted, source=source)
    assert outcome(trace) == (NO, reason, f"{PLACE}/ArnLike/{ARN}")
    assert (trace.wanted, trace.only_got) == ((wanted,), SSO_ROLE if source == SSO_SESSION else ROLE)


def test_the_reserved_role_fits_with_its_path() -> None:
    wanted = f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Dev_*"
    assert on_key("ArnLike", ARN, wanted, source=SSO_SESSION).verdict is YES


def test_the_nearest_of_several_values_is_pointed_at() -> None:
    trace = on_key("StringEquals", EXTERNAL, ["zebra", "ACME-42", "acme-41"], parameters=SENT)
    assert outcome(trace) == (NO, Reason.CASE_DIFFERS, f"{PLACE}/StringEquals/{EXTERNAL}/1")
    assert (trace.wanted, trace.only_got) == (("zebra", "ACME-42", "acme-41"), "acme-42")


def test_a_negated_test_points_at_the_value_that_it_hits() -> None:
    trace = on_key("StringNotLike", EXTERNAL, ["zebra", "acme*"], parameters=SENT)
    assert outcome(trace) == (NO, Reason.EXCLUDED, f"{PLACE}/StringNotLike/{EXTERNAL}/1")
    assert trace.negated


def test_a_key_is_written_as_aws_writes_it() -> None:
    assert on_key("StringEquals", "STS:externalid", "x", parameters=SENT).key == EXTERNAL
    assert on_key("StringEquals", "AWS:principaltag/Team", "x", parameters=SENT).key == "aws:PrincipalTag/Team"
    assert on_key("StringEquals", "acme:Thing", "x", parameters=SENT).key == "acme:Thing"


def test_variables_are_shown_resolved() -> None:
    assert on_key("StringEquals", AGENT, "by ${aws:username}", context={AGENT: ("x",)}).wanted == ("by alice",)
    assert on_key("StringEquals", AGENT, "${aws:PrincipalTag/no}").wanted == ("${aws:PrincipalTag/no}",)


@pytest.mark.parametrize(
    ("key", "got", "absent", "words", "more"),
    [
        pytest.param(
            "aws:MultiFactorAuthPresent",
            KeyState((("false",), ())),
            UNKNOWN,
            "false or absent",
            {"source": ROLE},
            id="one of several states",
        ),
        pytest.param("aws:PrincipalTag/team", KeyState(None), UNKNOWN, "not known", {"principal": GAP}, id="any state"),
        pytest.param(AGENT, KeyState(None, present=True), NO, "not known", {}, id="some value"),
        pytest.param(
            "aws:userid",
            KeyState(None, present=True, like=f"{ROLE_ID}:*"),
            NO,
            f"not known, like {ROLE_ID}:*",
            {"source": ROLE},
            id="some value of a shape",
        ),
        pytest.param(EXTERNAL, KeyState(((),)), YES, "", {}, id="absent"),
        pytest.param(AGENT, KeyState((("",),)), NO, "", {"context": {AGENT: ("",)}}, id="an empty value"),
        pytest.param(AGENT, KeyState((("absent",),)), NO, "absent", {"context": {AGENT: ("absent",)}}, id="`absent`"),
        pytest.param(
            AGENT, KeyState((("not known",),)), NO, "not known", {"context": {AGENT: ("not known",)}}, id="`not known`"
        ),
        pytest.param(
            "aws:TagKeys",
            KeyState((("a", "b"),)),
            NO,
            "a, b",
            {"context": {"aws:TagKeys": ("a", "b")}},
            id="several values",
        ),
    ],
)
def test_what_is_known_of_a_key(key: str, got: KeyState, absent: Tri, words: str, more: dict[str, Any]) -> None:
    trace = on_key("StringEquals", key, "x", **more)
    assert trace.got == got
    assert got.absent is absent
    assert got_words(got) == words


@pytest.mark.parametrize(
    ("key", "wanted", "action"),
    [
        pytest.param(EXTERNAL, "acme-42", Action.TAG_SESSION, id="the external ID, of TagSession"),
        pytest.param(EXTERNAL, "acme-42", Action.SET_SOURCE_IDENTITY, id="the external ID, of SetSourceIdentity"),
        pytest.param("sts:RoleSessionName", "nightly", Action.SET_SOURCE_IDENTITY, id="the session's name"),
        pytest.param("aws:RequestTag/team", "red", Action.SET_SOURCE_IDENTITY, id="a tag, of SetSourceIdentity"),
        pytest.param("sts:SourceIdentity", "alice", Action.TAG_SESSION, id="the source identity, of TagSession"),
    ],
)
def test_a_key_that_is_sent_but_not_in_the_action_says_so(key: str, wanted: str, action: Action) -> None:
    assert on_key("StringEquals", key, wanted, parameters=SENT).verdict is YES
    trace = on_key("StringEquals", key, wanted, parameters=SENT, action=action)
    assert (trace.verdict, trace.reason, trace.got) == (NO, Reason.KEY_NOT_IN_ACTION, KeyState(((),)))


def test_a_key_that_is_not_sent_at_all_is_missing_for_a_companion_too() -> None:
    parameters = Parameters(session_name="nightly", tags={"team": "red"})
    trace = on_key("StringEquals", EXTERNAL, "x", parameters=parameters, action=Action.TAG_SESSION)
    assert trace.reason is Reason.KEY_MISSING


def test_a_service_may_carry_the_keys_of_services() -> None:
    trace = on_key("StringEquals", "aws:SourceAccount", HOME, source=SERVICE)
    assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD)


def test_an_instance_may_carry_the_keys_of_instances() -> None:
    trace = on_key("ArnLike", "ec2:SourceInstanceArn", "arn:aws:ec2:*:*:*", source=SESSION, origin=Origin.EC2)
    assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD)


@pytest.mark.parametrize(
    ("operator", "wanted", "reason", "more"),
    [
        pytest.param("Bool", "true", Reason.KEY_MISSING, {"source": ROLE}, id="false or absent"),
        pytest.param(
            "StringEquals",
            "yes",
            Reason.VALUE_DIFFERS,
            {"origin": Origin.GET_SESSION_TOKEN, "mfa": GAP},
            id="true or false",
        ),
    ],
)
def test_what_no_possible_state_fits_is_certain_and_says_why(
    operator: str, wanted: str, reason: Reason, more: dict[str, Any]
) -> None:
    trace = on_key(operator, "aws:MultiFactorAuthPresent", wanted, **more)
    assert (trace.verdict, trace.reason) == (NO, reason)


def test_a_malformed_value_among_good_ones_does_not_hide_the_near_miss() -> None:
    trace = on_key("IpAddress", "aws:SourceIp", ["here", "203.0.113.0/24"], context={"aws:SourceIp": ("192.0.2.1",)})
    assert outcome(trace) == (NO, Reason.OUT_OF_RANGE, f"{PLACE}/IpAddress/aws:SourceIp/1")


def test_an_unread_tag_is_not_told() -> None:
    trace = on_key("StringEquals", "aws:PrincipalTag/team", "red", principal=GAP)
    assert outcome(trace) == (UNKNOWN, Reason.NOT_TOLD, f"{PLACE}/StringEquals/aws:PrincipalTag~1team")


@pytest.mark.parametrize(
    ("source", "key"), [(SERVICE, "aws:SourceAccount"), (USER, "aws:username")], ids=["a service", "a user"]
)
def test_a_key_that_the_caller_might_have_carried_is_missing(source: str, key: str) -> None:
    assert on_key("StringEquals", key, "x", source=source, context={key: ()}).reason is Reason.KEY_MISSING


def test_the_key_that_was_meant_is_the_one_that_difflib_finds_among_them_all() -> None:
    choose, met = random.Random(3), 0  # no secret is made
    for _ in range(400):
        letters = list(choose.choice(list(SPELLINGS)))
        for _ in range(choose.randrange(9)):
            place = choose.randrange(len(letters))
            letters[place : place + choose.randrange(2)] = choose.choice("abcdeiosrp:/-")
        key = "".join(letters)
        near = get_close_matches(key, SPELLINGS, n=1, cutoff=0.8)
        assert spelling(key) == (SPELLINGS[near[0]] if near else "")
        met += bool(near)
    assert 100 < met < 400
