"""What decides beside policies: parameters, caller, partition, role, duration."""

from typing import Any

import pytest
from tests.cases import case as world
from tests.evaluate.cases import (
    DESTINATION,
    FAR,
    FEDERATED,
    GAP,
    HOME,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    case,
    gate,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Origin, Parameters, ProvidedContext, Role, Via
from diagnose.model.evidence import Known
from diagnose.model.parameter import Form, Parameter, Syntax
from diagnose.model.trace import Gate, Reason
from diagnose.model.trace_words import asked_words, offered_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CONTEXT = ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter")
SERIAL = f"arn:aws:iam::{HOME}:mfa/alice"


def told(one: Case, which: Gate) -> list[tuple[Tri, Reason, str, str]]:
    return [(trace.verdict, trace.reason, asked_words(trace), offered_words(trace)) for trace in gate(one, which)]


def sending(**parameters: Any) -> Parameters:
    return Parameters(**({"session_name": "nightly"} | parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"session_name": "a" * 64}, id="64 letters"),
        pytest.param({"session_name": "ab"}, id="2 letters"),
        pytest.param({"session_name": "a_B9+=,.@-"}, id="every sign of a session's name"),
        pytest.param({"external_id": "a_B9+=,.@:/-"}, id="every sign of an external ID"),
        pytest.param({"external_id": "x" * 1224}, id="1224 letters"),
        pytest.param({"source_identity": "a_B9+=,.@-"}, id="every sign of a source identity"),
        pytest.param({"source_identity": "a" * 64}, id="64 letters of a source identity"),
        pytest.param({"mfa_serial": f"{SERIAL:x<256}", "mfa_code_sent": True}, id="256 letters of a device"),
        pytest.param({"duration_seconds": 900}, id="the shortest duration"),
        pytest.param({"duration_seconds": 43200}, id="the longest duration"),
        pytest.param({"mfa_serial": SERIAL, "mfa_code_sent": True}, id="a virtual device"),
        pytest.param({"mfa_serial": "GAHT12345678", "mfa_code_sent": True}, id="a device with a number"),
        pytest.param({"tags": {"a b": "", "ü_.:/=+-@9": "x" * 256, "k" * 128: "v"}}, id="tags"),
        pytest.param({"tags": {str(number): "v" for number in range(50)}}, id="50 tags"),
        pytest.param({"provided_contexts": (CONTEXT,) * 5}, id="5 contexts"),
        pytest.param({"tags": {"Team": "a"}, "transitive_tag_keys": ("Team",)}, id="a tag that is handed on"),
        pytest.param({"tags": {"Team": "a"}, "transitive_tag_keys": ("team",)}, id="its key in another case"),
    ],
)
def test_parameters_that_aws_accepts_pass(parameters: dict[str, Any]) -> None:
    assert gate(case(parameters=sending(**parameters)), Gate.PARAMETERS) == []


@pytest.mark.parametrize(
    ("parameters", "reason", "wanted", "got"),
    [
        pytest.param({"session_name": "a"}, Reason.BAD_SYNTAX, "RoleSessionName", "a", id="one letter"),
        pytest.param({"session_name": "a" * 65}, Reason.BAD_SYNTAX, "RoleSessionName", "a" * 65, id="65 letters"),
        pytest.param({"session_name": "a b"}, Reason.BAD_SYNTAX, "RoleSessionName", "a b", id="a space"),
        pytest.param(
            {"session_name": "DOM\\user"}, Reason.BAD_SYNTAX, "RoleSessionName", "DOM\\user", id="a backslash"
        ),
        pytest.param({"session_name": "a/b"}, Reason.BAD_SYNTAX, "RoleSessionName", "a/b", id="a slash"),
        pytest.param({"session_name": "a:b"}, Reason.BAD_SYNTAX, "RoleSessionName", "a:b", id="a colon"),
        pytest.param({"session_name": "a#b"}, Reason.BAD_SYNTAX, "RoleSessionName", "a#b", id="a hash"),
        pytest.param({"session_name": "ab\n"}, Reason.BAD_SYNTAX, "RoleSessionName", "ab\n", id="a line break behind"),
        pytest.param({"session_name": "Jörg"}, Reason.BAD_SYNTAX, "RoleSessionName", "Jörg", id="a letter with dots"),
        pytest.param({"external_id": "x"}, Reason.BAD_SYNTAX, "ExternalId", "x", id="one letter of external ID"),
        pytest.param({"external_id": "x" * 1225}, Reason.BAD_SYNTAX, "ExternalId", "x" * 1225, id="1225 letters"),
        pytest.param({"external_id": "a b"}, Reason.BAD_SYNTAX, "ExternalId", "a b", id="a space in an external ID"),
        pytest.param({"source_identity": "a"}, Reason.BAD_SYNTAX, "SourceIdentity", "a", id="a short source identity"),
        pytest.param({"source_identity": "a b"}, Reason.BAD_SYNTAX, "SourceIdentity", "a b", id="a space in it"),
        pytest.param({"duration_seconds": 899}, Reason.BAD_SYNTAX, "DurationSeconds", "899", id="too short"),
        pytest.param({"duration_seconds": 43201}, Reason.BAD_SYNTAX, "DurationSeconds", "43201", id="too long"),
        pytest.param(
            {"tags": {str(number): "v" for number in range(51)}}, Reason.BAD_SYNTAX, "Tags", "51", id="51 tags"
        ),
        pytest.param({"tags": {"a#b": "v"}}, Reason.BAD_SYNTAX, "Tags", "a#b=v", id="a hash in a tag key"),
        pytest.param({"tags": {"": "v"}}, Reason.BAD_SYNTAX, "Tags", "=v", id="an empty tag key"),
        pytest.param({"tags": {"k": "v#"}}, Reason.BAD_SYNTAX, "Tags", "k=v#", id="a hash in a tag value"),
        pytest.param({"tags": {"k" * 129: "v"}}, Reason.BAD_SYNTAX, "Tags", f"{'k' * 129}=v", id="a long tag key"),
        pytest.param({"tags": {"k": "v" * 257}}, Reason.BAD_SYNTAX, "Tags", f"k={'v' * 257}", id="a long tag value"),
        pytest.param({"tags": {"AWS:k": "v"}}, Reason.BAD_SYNTAX, "Tags: nothing", "AWS:k=v", id="a tag key of AWS"),
        pytest.param({"tags": {"k": "aws:v"}}, Reason.BAD_SYNTAX, "Tags: nothing", "k=aws:v", id="a tag value of AWS"),
        pytest.param(
            {"provided_contexts": (CONTEXT,) * 6},
            Reason.BAD_SYNTAX,
            "ProvidedContexts: at most 5",
            "6",
            id="6 contexts",
        ),
        pytest.param({"tags": {"Team": "a", "team": "b"}}, Reason.DUPLICATE_TAG, "tag keys", "team", id="keys twice"),
        pytest.param(
            {"transitive_tag_keys": ("x",)}, Reason.BAD_SYNTAX, "TransitiveTagKeys", "x", id="a key not passed"
        ),
        pytest.param({"mfa_serial": SERIAL}, Reason.MFA_INCOMPLETE, "both", "only SerialNumber", id="no code"),
        pytest.param({"mfa_code_sent": True}, Reason.MFA_INCOMPLETE, "both", "only TokenCode", id="no serial"),
        pytest.param(
            {"mfa_serial": f"arn:aws:iam::{FAR}:mfa/alice", "mfa_code_sent": True},
            Reason.MFA_OTHER_USER,
            f"a device of account {HOME}",
            f"arn:aws:iam::{FAR}:mfa/alice",
            id="a device of another account",
        ),
        pytest.param(
            {"mfa_serial": "short", "mfa_code_sent": True},
            Reason.BAD_SYNTAX,
            "SerialNumber",
            "short",
            id="a short serial",
        ),
    ],
)
def test_parameters_that_aws_refuses_do_not_pass(
    parameters: dict[str, Any], reason: Reason, wanted: str, got: str
) -> None:
    one = case(parameters=sending(**parameters))
    found = told(one, Gate.PARAMETERS)
    assert [(verdict, why, given) for verdict, why, _, given in found] == [(NO, reason, got)]
    assert found[0][2].startswith(wanted)
    assert decide(one).verdict is NO
    assert Gate.PARAMETERS in [blocker.gate for blocker in decide(one).blockers]


def test_a_source_identity_does_not_begin_with_aws() -> None:
    reasons = [why for _, why, _, _ in told(case(parameters=sending(source_identity="aws:x")), Gate.PARAMETERS)]
    assert reasons
    assert set(reasons) == {Reason.BAD_SYNTAX}


@pytest.mark.parametrize("source", [SESSION, ROLE])
def test_only_a_user_has_an_mfa_device(source: str) -> None:
    one = case(source, parameters=sending(mfa_serial=SERIAL, mfa_code_sent=True))
    assert told(one, Gate.PARAMETERS) == [(NO, Reason.MFA_NOT_A_USER, "an IAM user's own device", SERIAL)]


@pytest.mark.parametrize(
    ("source", "more", "parameters", "found"),
    [
        pytest.param(
            SESSION,
            {"transitive": Known(("Team",)), "session_tags": Known({"Team": "a"})},
            {"tags": {"team": "b"}},
            [(NO, Reason.TAG_INHERITED, "team")],
            id="a tag that the session hands on",
        ),
        pytest.param(
            SESSION,
            {"transitive": Known(("Team",)), "session_tags": Known({"Team": "a"})},
            {"tags": {"cost": "b"}},
            [],
            id="another tag",
        ),
        pytest.param(
            SESSION,
            {"source_identity": Known("alice")},
            {"source_identity": "bob"},
            [(NO, Reason.SOURCE_IDENTITY_FIXED, "bob")],
            id="a source identity that cannot be changed",
        ),
        pytest.param(
            SESSION,
            {"source_identity": Known("alice")},
            {"source_identity": "alice"},
            [],
            id="the same source identity",
        ),
        pytest.param(SESSION, {"source_identity": Known(None)}, {"source_identity": "bob"}, [], id="the first one"),
        pytest.param(
            USER, {"source_identity": Known("alice")}, {"source_identity": "bob"}, [], id="a user hands nothing on"
        ),
    ],
)
def test_what_the_session_hands_on_cannot_be_passed_anew(
    source: str, more: dict[str, Any], parameters: dict[str, Any], found: list[tuple[Tri, Reason, str]]
) -> None:
    one = case(source, parameters=sending(**parameters), **more)
    assert [(verdict, why, got) for verdict, why, _, got in told(one, Gate.PARAMETERS)] == found


@pytest.mark.parametrize(
    ("source", "more", "reason"),
    [
        pytest.param(ROOT, {}, Reason.ROOT_CALLER, id="the root user"),
        pytest.param(SESSION, {"origin": Origin.ASSUME_ROOT}, Reason.ROOT_CALLER, id="a session of AssumeRoot"),
        pytest.param(FEDERATED, {}, Reason.FEDERATED_CALLER, id="a federated user"),
        pytest.param(USER, {"principal": Known(None)}, Reason.NO_SUCH_CALLER, id="a user that does not exist"),
        pytest.param(SESSION, {"principal": Known(None)}, Reason.NO_SUCH_CALLER, id="a role that does not exist"),
    ],
)
@pytest.mark.parametrize("role", [DESTINATION, f"arn:aws:iam::{HOME}:role/ops/Deploy"], ids=["far", "near"])
def test_some_callers_are_refused_whatever_the_policies_say(
    source: str, more: dict[str, Any], reason: Reason, role: str
) -> None:
    one = case(source, role, trust=[{"Effect": "Allow", "Principal": "*", "Action": "sts:*"}], **more)
    exists = "a principal that exists"
    wanted = exists if reason is Reason.NO_SUCH_CALLER else "an IAM user, a role session or an AWS service"
    assert told(one, Gate.CALLER) == [(NO, reason, wanted, source)]
    assert decide(one).verdict is NO


@pytest.mark.parametrize(
    "source", [USER, ROLE, SESSION, SERVICE], ids=["a user", "a role", "a session of a role", "a service"]
)
def test_other_callers_pass(source: str) -> None:
    assert decide(case(source)).gates == ()
    assert decide(case(source)).verdict is YES


@pytest.mark.parametrize("origin", [Origin.GET_SESSION_TOKEN, Origin.LONG_TERM, Origin.CONSOLE])
def test_a_user_may_assume_with_any_credentials(origin: Origin) -> None:
    assert decide(case(USER, origin=origin)).verdict is YES


def test_partitions_are_apart() -> None:
    one = case(USER, DESTINATION.replace("aws", "aws-cn", 1))
    assert told(one, Gate.PARTITION) == [(NO, Reason.OTHER_PARTITION, "aws-cn", "aws")]
    assert decide(one).verdict is NO
    assert gate(case(SERVICE, DESTINATION.replace("aws", "aws-cn", 1)), Gate.PARTITION) == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        pytest.param({}, [], id="it exists"),
        pytest.param({"role_evidence": GAP}, [], id="it was not read"),
        pytest.param({"role_evidence": Known(None)}, [(Reason.NO_SUCH_ROLE, "")], id="it does not exist"),
        pytest.param(
            {
                "role_evidence": Known(None),
                "other_roles": Known((f"arn:aws:iam::{FAR}:role/Audit", f"arn:aws:iam::{FAR}:role/Deploy")),
            },
            [(Reason.NO_SUCH_ROLE, f"arn:aws:iam::{FAR}:role/Deploy")],
            id="one of that name is in another path",
        ),
        pytest.param(
            {"role_evidence": Known(None), "other_roles": Known((f"arn:aws:iam::{FAR}:role/ops/deploy",))},
            [(Reason.NO_SUCH_ROLE, f"arn:aws:iam::{FAR}:role/ops/deploy")],
            id="one of that name is in another case",
        ),
        pytest.param(
            {"role_evidence": Known(Role(f"arn:aws:iam::{FAR}:role/Deploy"))},
            [(Reason.NO_SUCH_ROLE, f"arn:aws:iam::{FAR}:role/Deploy")],
            id="the path was left out",
        ),
    ],
)
def test_the_role_must_exist_under_that_very_arn(more: dict[str, Any], found: list[tuple[Reason, str]]) -> None:
    one = case(**more)
    assert [(why, got) for _, why, _, got in told(one, Gate.ROLE)] == found
    assert all(verdict is NO and wanted == DESTINATION for verdict, _, wanted, _ in told(one, Gate.ROLE))


LINKED = f"arn:aws:iam::{FAR}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
RESERVED = f"arn:aws:iam::{FAR}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"


@pytest.mark.parametrize(
    ("source", "role", "reasons"),
    [
        pytest.param(USER, LINKED, [Reason.SERVICE_LINKED_ROLE], id="a service-linked role"),
        pytest.param("autoscaling.amazonaws.com", LINKED, [], id="a service-linked role, by its service"),
        pytest.param(USER, RESERVED, [Reason.RESERVED_ROLE], id="a role of Identity Center"),
        pytest.param(USER, f"arn:aws:iam::{FAR}:role/service-role/Build", [], id="an ordinary service role"),
    ],
)
def test_some_roles_cannot_be_assumed_by_you(source: str, role: str, reasons: list[Reason]) -> None:
    assert [trace.reason for trace in gate(case(source, role), Gate.ROLE)] == reasons
    wanted = {
        Reason.SERVICE_LINKED_ROLE: "a role that your principals may assume",
        Reason.RESERVED_ROLE: "a role that AssumeRole may assume",
    }
    assert [asked_words(trace) for trace in gate(case(source, role), Gate.ROLE)] == [
        wanted[reason] for reason in reasons
    ]


@pytest.mark.parametrize(
    ("role", "reasons"),
    [
        (f"arn:aws:iam::{FAR}:role/AWSReservedSSO_Dev_0123456789abcdef", [(UNKNOWN, Reason.RESERVED_ROLE)]),
        (f"arn:aws:iam::{FAR}:role/AWSServiceRoleForAutoScaling", [(UNKNOWN, Reason.SERVICE_LINKED_ROLE)]),
        (f"arn:aws:iam::{FAR}:role/own/AWSServiceRoleForAutoScaling", []),
        (f"arn:aws:iam::{FAR}:role/Build", []),
    ],
)
def test_a_name_of_aws_without_its_path_is_in_doubt_where_nothing_was_read(
    role: str, reasons: list[tuple[Tri, Reason]]
) -> None:
    unread = world("cross-account", request={"role_arn": role}, role={"evidence": "unread"})
    assert [(trace.verdict, trace.reason) for trace in decide(unread).gates] == reasons
    read = world("cross-account", request={"role_arn": role}, role={"value": {"arn": role}})
    assert not decide(read).gates


@pytest.mark.parametrize("key", ["a\tb", "a\nb", "a\x0bb"])
def test_a_control_character_is_no_sign_of_a_tag(key: str) -> None:
    assert [why for _, why, _, _ in told(case(parameters=sending(tags={key: "v"})), Gate.PARAMETERS)] == [
        Reason.BAD_SYNTAX
    ]


def test_a_tag_that_the_session_may_hand_on_is_not_told() -> None:
    one = case(SESSION, transitive=GAP, parameters=sending(tags={"team": "b"}))
    assert decide(one).verdict is UNKNOWN


def test_a_source_identity_that_the_session_may_have_fixed_is_not_told() -> None:
    one = case(SESSION, source_identity=GAP, parameters=sending(source_identity="bob"))
    assert decide(one).verdict is UNKNOWN


def test_the_console_does_not_send_what_would_be_refused() -> None:
    parameters = sending(external_id="x", source_identity="a b", duration_seconds=1, tags={"#": "v"})
    assert gate(case(via=Via.CONSOLE, origin=Origin.CONSOLE, parameters=parameters), Gate.PARAMETERS) == []


@pytest.mark.parametrize(
    ("parameters", "parameter", "asked", "least", "limit"),
    [
        pytest.param(
            {"session_name": "a b"}, Parameter.ROLE_SESSION_NAME, Syntax(2, 64, "+=,.@-"), None, None, id="a name"
        ),
        pytest.param(
            {"external_id": "a b"}, Parameter.EXTERNAL_ID, Syntax(2, 1224, "+=,.@:/-"), None, None, id="an id"
        ),
        pytest.param({"duration_seconds": 1}, Parameter.DURATION_SECONDS, None, 900, 43200, id="a duration"),
        pytest.param(
            {"provided_contexts": (CONTEXT,) * 6}, Parameter.PROVIDED_CONTEXTS, None, None, 5, id="6 contexts"
        ),
        pytest.param({"tags": {"aws:x": "v"}}, Parameter.TAGS, Form.NOT_RESERVED, None, None, id="a reserved tag"),
        pytest.param({"tags": {"a#": "v"}}, Parameter.TAGS, Form.TAG_SIGNS, None, None, id="a sign in a tag"),
        pytest.param(
            {"transitive_tag_keys": ("x",)},
            Parameter.TRANSITIVE_TAG_KEYS,
            Form.SENT_TAG,
            None,
            None,
            id="a tag not sent",
        ),
    ],
)
def test_what_is_asked_of_a_parameter_is_a_value(
    parameters: dict[str, Any],
    parameter: Parameter,
    asked: Syntax | Form | None,
    least: int | None,
    limit: int | None,
) -> None:
    (trace,) = gate(case(parameters=sending(**parameters)), Gate.PARAMETERS)
    assert (trace.parameter, trace.asked, trace.least, trace.limit) == (parameter, asked, least, limit)


def test_two_traces_of_one_requirement_ask_the_same_whatever_there_is() -> None:
    one, other, third = (
        gate(case(parameters=sending(**sent)), Gate.PARAMETERS)[0]
        for sent in ({"session_name": "a b"}, {"session_name": "c d"}, {"source_identity": "a b"})
    )
    assert one != other
    assert one.requirement == other.requirement != third.requirement


def test_a_source_identity_that_begins_with_aws_says_so() -> None:
    found = told(case(parameters=sending(source_identity="AWS:x")), Gate.PARAMETERS)
    assert [wanted for _, _, wanted, _ in found][-1] == "SourceIdentity: not beginning with `aws:`"


@pytest.mark.parametrize(
    "parameters", [{"mfa_serial": SERIAL}, {"mfa_code_sent": True}], ids=["only a device", "only a code"]
)
def test_a_device_and_its_code_go_together(parameters: dict[str, Any]) -> None:
    assert [wanted for _, _, wanted, _ in told(case(parameters=sending(**parameters)), Gate.PARAMETERS)] == [
        "both SerialNumber and TokenCode"
    ]


def test_what_the_session_may_have_fixed_is_told_with_what_was_sent() -> None:
    fixed = case(SESSION, source_identity=GAP, parameters=sending(source_identity="alice"))
    assert [(why, got) for _, why, _, got in told(fixed, Gate.PARAMETERS)] == [(Reason.SOURCE_IDENTITY_FIXED, "alice")]


def test_of_more_tags_than_aws_takes_the_first_fifty_are_looked_at() -> None:
    sent = {f"k{number}": "a!b" for number in range(60)}
    keys = tuple(f"x{number}" for number in range(60))
    decision = decide(case(USER, parameters=sending(tags=sent, transitive_tag_keys=keys)))
    refused = [trace.got[0] for trace in decision.gates if trace.verdict is NO]
    assert refused == ["60", *(f"{key}=a!b" for key in list(sent)[:50]), *keys[:50]]
