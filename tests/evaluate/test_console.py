"""The console: what it does not send, and who is asked when a role is switched to from a role."""

from typing import Any

import pytest
from tests.evaluate.cases import (
    HOME,
    LOCAL,
    NOTHING,
    ROLE,
    SESSION,
    SSO_SESSION,
    USER,
    case,
    gate,
    on_key,
    trusts,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Origin, Parameters, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, Gate, Reason
from diagnose.model.tri import NO, UNKNOWN, YES

CONSOLE = Via.CONSOLE


def test_a_user_who_switches_is_asked_as_such() -> None:
    one = case(USER, via=CONSOLE, origin=Origin.CONSOLE)
    assert decide(one).verdict is YES
    assert gate(one, Gate.CONSOLE) == []


@pytest.mark.parametrize("origin", [Origin.IDENTITY_CENTER, Origin.SAML, Origin.WEB_IDENTITY])
def test_a_session_that_signed_in_switches_as_itself(origin: Origin) -> None:
    one = case(SESSION, via=CONSOLE, origin=origin)
    assert (decide(one).verdict, gate(one, Gate.CONSOLE)) == (YES, [])
    assert gate(case(SSO_SESSION, via=CONSOLE), Gate.CONSOLE) == []


def test_a_session_that_is_told_to_have_signed_in_switches_as_itself() -> None:
    one = case(SESSION, via=CONSOLE, signed_in_as=SESSION)
    assert (decide(one).verdict, gate(one, Gate.CONSOLE)) == (YES, [])


def test_a_session_that_was_switched_to_may_not_be_the_one_who_is_asked() -> None:
    one = case(SESSION, via=CONSOLE)
    traces = gate(one, Gate.CONSOLE)
    assert [(trace.verdict, trace.reason, trace.wanted, trace.got) for trace in traces] == [
        (UNKNOWN, Reason.SECOND_SWITCH, SESSION, ())
    ]
    assert decide(one).verdict is UNKNOWN


def test_a_second_switch_is_made_by_the_identity_that_signed_in() -> None:
    # The source is allowed; of the user who signed in nothing was read.
    one = case(SESSION, via=CONSOLE, signed_in_as=USER)
    assert decide(one).verdict is UNKNOWN
    refused = case(SESSION, via=CONSOLE, signed_in_as=USER, trust=[trusts({"AWS": ROLE})])
    assert decide(refused).verdict is NO
    assert [trace.got for trace in gate(refused, Gate.CONSOLE)] == [(USER,)]


def test_only_the_console_switches() -> None:
    one = case(SESSION, via=Via.CLI, signed_in_as=USER)
    assert (decide(one).verdict, gate(one, Gate.CONSOLE)) == (YES, [])


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
def test_the_console_sends_no_external_id(operator: str) -> None:
    parameters = Parameters(session_name="nightly", external_id="acme")
    given: dict[str, Any] = {"via": CONSOLE, "origin": Origin.CONSOLE, "parameters": parameters}
    assert on_key(operator, "sts:ExternalId", "acme", **given).verdict is NO
    assert on_key(operator, "sts:ExternalId", "acme", parameters=parameters).verdict is YES


def test_the_console_is_authorised_for_nothing_but_what_the_session_hands_on() -> None:
    parameters = Parameters(session_name="nightly", source_identity="alice", tags={"a": "b"})
    user = case(via=CONSOLE, origin=Origin.CONSOLE, parameters=parameters)
    assert [decided.action for decided in decide(user).actions] == [Action.ASSUME_ROLE]
    session = case(SSO_SESSION, via=CONSOLE, transitive=Known(("a",)), session_tags=Known({"a": "b"}))
    assert [decided.action for decided in decide(session).actions] == [Action.ASSUME_ROLE, Action.TAG_SESSION]


def test_a_refusal_of_the_source_is_none_of_who_may_have_signed_in() -> None:
    # Were it a second switch, the policies of another identity would count, and they are not known.
    one = case(SESSION, LOCAL, via=CONSOLE, trust=[trusts({"AWS": HOME})], identity=[NOTHING])
    assert decide(one).verdict is UNKNOWN


@pytest.mark.parametrize("key", ["sts:ExternalId", "sts:SourceIdentity", "aws:RequestTag/a"])
def test_what_the_console_never_sends_has_a_reason_of_its_own(key: str) -> None:
    parameters = Parameters(session_name="nightly", external_id="x1", source_identity="x1", tags={"a": "x1"})
    trace = on_key("StringEquals", key, "x1", via=CONSOLE, origin=Origin.CONSOLE, parameters=parameters)
    assert (trace.verdict, trace.reason) == (NO, Reason.NOT_SENT_BY_CONSOLE)
