from typing import Any

import pytest
from tests.remedy.broken import (
    APP,
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    gate,
    identity,
    on,
    refusal,
    the_remedy,
    trust,
)

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import NotProved, Owner, Proof
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, Effect, Element, Gate, Layer, Reason, Subject
from diagnose.model.tri import UNKNOWN
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.proposal import first_proven

MFA: Any = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@pytest.mark.parametrize(
    ("world", "parameters", "text"),
    [
        pytest.param(
            "cross-account",
            {"duration_seconds": 100},
            "Request a session of 900 seconds instead of 100",
            id="too short",
        ),
        pytest.param(
            "cross-account",
            {"duration_seconds": 90_000},
            "Request a session of 3600 seconds instead of 90000",
            id="longer than any role allows, and so this one",
        ),
        pytest.param(
            "cross-account",
            {"session_name": "a/b"},
            "Use the session name `a-b` instead of `a/b`",
            id="a character that STS does not take",
        ),
        pytest.param(
            "cross-account",
            {"session_name": "x" * 70},
            f"Use the session name `{'x' * 64}` instead of `{'x' * 70}`",
            id="too long",
        ),
        pytest.param(
            "cross-account",
            {"session_name": "x"},
            "Use the session name `x-1` instead of `x`",
            id="too short a name",
        ),
        pytest.param(
            "tagged",
            {"source_identity": "aws:me"},
            "Use the source identity `me` instead of `aws:me`",
            id="a beginning that AWS keeps for itself",
        ),
        pytest.param(
            "cross-account",
            {"external_id": "acme-42\n"},
            "Remove the white space around the external ID",
            id="a line's end that was copied along",
        ),
        pytest.param(
            "cross-account",
            {"mfa_serial": "arn:aws:iam::111111111111:mfa/builder"},
            "Pass a code from the MFA device together with its serial number",
            id="a device without its code",
        ),
        pytest.param(
            "cross-account-role",
            {"mfa_serial": "arn:aws:iam::111111111111:mfa/builder", "mfa_code_sent": True},
            "Leave out the MFA device and its code, which only an IAM user can pass",
            id="a device of a role",
        ),
    ],
)
def test_a_parameter_is_written_as_sts_takes_it(world: str, parameters: Any, text: str) -> None:
    case = broken(world, request={"parameters": parameters})
    remedy = the_remedy("correct-parameter", gate(case, Gate.PARAMETERS), case)
    assert (remedy.text, remedy.proof, remedy.owner) == (text, Proof.ALLOWED, Owner.CALLER)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        pytest.param("r1", "r1", id="one name"),
        pytest.param("*@example.com", "x-example@example.com", id="a pattern, filled in"),
        pytest.param("a b", "x-1", id="a name that STS does not take either"),
    ],
)
def test_a_name_that_a_policy_wants_comes_before_one_that_is_made_up(wanted: str, name: str) -> None:
    asks = {"StringLike": {"sts:RoleSessionName": wanted}}
    given = {"parameters": {"session_name": "x" if "@" not in wanted else "x example"}}
    case = broken("cross-account", request=given, trust_policy=trust(allow({"AWS": BUILDER}, Condition=asks)))
    remedy = the_remedy("correct-parameter", gate(case, Gate.PARAMETERS), case)
    assert remedy.text.startswith(f"Use the session name `{name}` instead of `{given['parameters']['session_name']}`")
    assert ("as the trust policy requires" in remedy.text) is (name != "x-1")


def test_mfa_in_the_console_is_a_matter_of_signing_in() -> None:
    case = broken("console", session={"mfa": {"value": False}})
    remedy = the_remedy("pass-mfa", about(case, Layer.TRUST, Element.CONDITION), case)
    assert remedy.proof is Proof.ALLOWED
    assert remedy.text.startswith("Sign in to the console")
    assert remedy.commands == ()


def test_the_device_of_somebody_else_is_not_passed_again() -> None:
    device = {"mfa_serial": "arn:aws:iam::222222222222:mfa/builder", "mfa_code_sent": True}
    case = broken("cross-account", request={"parameters": device})
    remedy = the_remedy("pass-mfa", gate(case, Gate.PARAMETERS), case)
    assert "arn:aws:iam::111111111111:mfa/builder" in remedy.text


def test_only_the_tag_that_is_handed_on_is_left_out() -> None:
    case = broken(
        "chained",
        request={"parameters": {"tags": {"team": "red", "stage": "test"}, "transitive_tag_keys": ["stage", "team"]}},
    )
    found = first_proven(RemedyKind.DROP_TAGS, gate(case, Gate.PARAMETERS), case, decide(case))
    assert not isinstance(found, NotProved)
    assert found[0].case is not None
    parameters = found[0].case.request.parameters
    assert (parameters.tags, parameters.transitive_tag_keys) == ({"stage": "test"}, ("stage",))


def test_every_tag_that_may_be_handed_on_is_left_out() -> None:
    tags = {"team": "red", "stage": "test"}
    case = broken(
        "chained",
        request={"parameters": {"tags": tags, "transitive_tag_keys": ["stage"]}},
        session={"transitive_tag_keys": {"evidence": "unread", "gap": "no_api"}},
    )
    doubtful = Subject(gate=next(one for one in decide(case).gates if one.reason is Reason.TAG_INHERITED))
    assert doubtful.gate is not None
    assert (doubtful.gate.verdict, doubtful.gate.got) == (UNKNOWN, ("team", "stage"))
    found = first_proven(RemedyKind.DROP_TAGS, doubtful, case, decide(case))
    assert not isinstance(found, NotProved)
    draft, _ = found
    assert draft.case is not None
    assert (draft.case.request.parameters.tags, draft.case.request.parameters.transitive_tag_keys) == ({}, ())
    assert draft.text == "Leave out the session tags `team`, `stage`"


def test_a_tag_takes_the_place_of_one_that_differs_in_case() -> None:
    case = broken(
        "tagged",
        request={"parameters": {"tags": {"Team": "red"}, "transitive_tag_keys": []}},
        trust_policy=trust(
            allow({"AWS": BUILDER}, "sts:*", Condition={"StringEqualsIfExists": {"aws:RequestTag/team": "blue"}})
        ),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="aws:RequestTag/team")
    remedy = the_remedy("pass-tags", subject, case)
    assert remedy.flags == ("--tag", "team=blue")
    assert remedy.proof is Proof.ALLOWED


def test_an_inherited_source_identity_is_not_left_out() -> None:
    case = broken("chained", identity_policies=identity(on(DEPLOY, ["sts:AssumeRole", "sts:TagSession"])))
    assert isinstance(case.snapshot.source.session.source_identity, Known)
    subject = about(case, Layer.IDENTITY, action=Action.SET_SOURCE_IDENTITY)
    assert refusal("drop-source-identity", subject, case) is NotProved.NO_EDIT


@pytest.mark.parametrize(("sent", "filled"), [("toozl", "tooxl"), ("tooxl", "tooyl")])
@pytest.mark.parametrize(
    ("kind", "key", "parameter"),
    [
        ("pass-session-name", "sts:RoleSessionName", "session_name"),
        ("pass-source-identity", "sts:SourceIdentity", "source_identity"),
    ],
)
def test_a_wildcard_is_not_filled_with_what_was_sent(
    kind: str, key: str, parameter: str, sent: str, filled: str
) -> None:
    denies = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    case = broken(
        "cross-account",
        request={"parameters": {parameter: sent}},
        identity_policies=identity(on(DEPLOY, "sts:*")),
        trust_policy=trust(
            allow({"AWS": BUILDER}, "sts:*"), denies | {"Condition": {"StringEquals": {key: [sent, "too?l"]}}}
        ),
    )
    denied = about(case, Layer.TRUST, effect=Effect.DENY)
    assert denied.statement is not None
    element = next(trace for trace in denied.statement.elements if trace.element is Element.CONDITION)
    remedy = the_remedy(kind, Subject(denied.action, Layer.TRUST, statement=denied.statement, element=element), case)
    assert (remedy.text.split("`")[1], remedy.proof) == (filled, Proof.ALLOWED)


@pytest.mark.parametrize(
    ("session", "pattern", "name"),
    [
        pytest.param("jo@example.com", "*@example.com", "jo@example.com", id="the session's own name fits"),
        pytest.param("jo", "*@example.com", "tool-1@example.com", id="none fits as it is"),
    ],
)
def test_a_session_name_that_fits_as_it_is_comes_first(session: str, pattern: str, name: str) -> None:
    condition = {"StringLike": {"sts:RoleSessionName": pattern}}
    case = broken(
        "cross-account-role",
        {"snapshot": {"source": {"arn": f"arn:aws:sts::111111111111:assumed-role/App/{session}"}}},
        request={"parameters": {"session_name": "tool-1"}},
        trust_policy=trust(allow({"AWS": APP}, Condition=condition)),
    )
    remedy = the_remedy("pass-session-name", about(case, Layer.TRUST, Element.CONDITION), case)
    assert remedy.text == f"Pass the session name `{name}`"


@pytest.mark.parametrize(
    ("world", "parameters"),
    [
        pytest.param("cross-account", {"provider_id": "www.amazon.com"}, id="ProviderId"),
        pytest.param("saml", {"session_name": "mara"}, id="RoleSessionName"),
        pytest.param("github", {"external_id": "acme-42"}, id="ExternalId"),
        pytest.param(
            "github",
            {"mfa_serial": "arn:aws:iam::111111111111:mfa/ci", "mfa_code_sent": True},
            id="SerialNumber, TokenCode",
        ),
        pytest.param("github", {"source_identity": "mara"}, id="SourceIdentity"),
        pytest.param("saml", {"tags": {"team": "red"}, "transitive_tag_keys": ["team"]}, id="Tags, TransitiveTagKeys"),
    ],
)
def test_what_a_call_does_not_take_is_left_out_all_of_it(world: str, parameters: Any) -> None:
    allowed = broken(world)
    case = broken(world, request={"parameters": parameters})
    unsent = next(one for one in decide(case).gates if one.reason is Reason.NOT_A_PARAMETER)
    found = first_proven(RemedyKind.CORRECT_PARAMETER, Subject(gate=unsent), case, decide(case))
    assert not isinstance(found, NotProved)
    draft, _ = found
    assert draft.case is not None
    assert draft.case.request.parameters == allowed.request.parameters
