"""The identity provider in IAM, and what is presented: what is registered, requested anew or written otherwise."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import broken, propose, refusal
from tests.remedy.federated_examples import PROVIDER, presenting, providers

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import NotProved
from diagnose.model.evidence import Known
from diagnose.model.federation import SAML_ROLE, SamlAssertion, WebIdentity
from diagnose.model.trace import Gate, GateTrace, Reason, Subject
from diagnose.model.tri import NO
from diagnose.remedy.change import Attempt, Draft, NewProvider
from diagnose.remedy.fixes.provider import (
    correct_assertion,
    create_provider,
    register_audience,
    renew_token,
    request_audience,
)

UNREAD: Any = {"evidence": "unread"}
OF_OTHERS = "arn:aws:iam::222222222222:oidc-provider/gitlab.com"
NOT_OF_A_GATE = Subject()
SAYS_SO = "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: x"


def accepting(arn: str, *clients: str) -> Any:
    return {"arn": arn, "client_ids": {"evidence": "known", "value": list(clients)}}


def drafted(author: Any, case: Case, subject: Subject = NOT_OF_A_GATE) -> Draft:
    attempts: tuple[Attempt, ...] = tuple(author(subject, case, decide(case)))
    (draft,) = attempts
    assert isinstance(draft, Draft)
    return draft


def after(draft: Draft) -> Case:
    assert draft.case is not None
    return draft.case


def clients(case: Case) -> dict[str, tuple[str, ...]]:
    """Give the audiences of every provider of the role's account."""
    listed = case.snapshot.destination.oidc_providers
    assert isinstance(listed, Known)
    return {one.arn: one.client_ids.value for one in listed.value if isinstance(one.client_ids, Known)}


@pytest.mark.parametrize(
    ("audience", "ending"),
    [
        pytest.param(["a", "b"], " with the audience `a` and `b`", id="two"),
        pytest.param("a", " with the audience `a`", id="one"),
        pytest.param(None, "", id="none, for the token has none"),
    ],
)
def test_a_provider_is_created_for_the_audiences_of_the_token_beside_the_others(audience: Any, ending: str) -> None:
    draft = drafted(create_provider, presenting({"aud": audience}, **providers(accepting(OF_OTHERS, "x"))))
    expected = (audience,) if isinstance(audience, str) else tuple(audience or ())
    assert draft.text == (
        "In account `222222222222`, create the OIDC identity provider `https://token.actions.githubusercontent.com`"
        + ending
    )
    assert clients(after(draft)) == {OF_OTHERS: ("x",), PROVIDER: expected}
    assert draft.change == NewProvider(PROVIDER, "https://token.actions.githubusercontent.com", expected)


def test_nothing_is_created_where_no_gate_says_that_it_is_missing_and_nobody_looked() -> None:
    case = broken("github", {"snapshot": {"destination": {"oidc_providers": UNREAD}}})
    assert refusal("create-provider", NOT_OF_A_GATE, case) is NotProved.NOT_READ


def test_an_audience_is_registered_with_its_own_provider_alone() -> None:
    case = broken(
        "github",
        {"snapshot": providers(accepting(OF_OTHERS, "x"), accepting(PROVIDER, "y"), accepting(f"{PROVIDER}/z", "x"))},
    )
    assert clients(after(drafted(register_audience, case))) == {
        OF_OTHERS: ("x",),
        PROVIDER: ("y", "sts.amazonaws.com"),
        f"{PROVIDER}/z": ("x",),
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"destination": {"oidc_providers": UNREAD}}, NotProved.NOT_READ, id="no provider was read"),
        pytest.param(providers({"arn": PROVIDER}), NotProved.NO_EDIT, id="its audiences were not read"),
        pytest.param(providers(accepting(OF_OTHERS, "x")), NotProved.NO_EDIT, id="there is only another provider"),
        pytest.param(
            {"source": {"identity": {"complete": False, "claims": {"aud": None}}}},
            NotProved.NOT_READ,
            id="the token's audience is not known",
        ),
        pytest.param(
            {"source": {"identity": {"claims": {"aud": None}}}}, NotProved.NOT_READ, id="the token has no audience"
        ),
    ],
)
def test_no_audience_is_registered(change: Any, reason: NotProved) -> None:
    assert refusal("register-audience", NOT_OF_A_GATE, broken("github", {"snapshot": change})) is reason


@pytest.mark.parametrize(
    ("listed", "audience"),
    [
        pytest.param([accepting(PROVIDER, "a", "sts.amazonaws.com")], "sts.amazonaws.com", id="that of STS, if it is"),
        pytest.param([accepting(PROVIDER, "b", "a")], "b", id="else the first"),
        pytest.param([accepting(OF_OTHERS, "x"), accepting(PROVIDER, "a")], "a", id="of its own provider"),
        pytest.param([accepting(PROVIDER)], None, id="there is none"),
        pytest.param([accepting(OF_OTHERS, "x")], None, id="there is only another provider"),
        pytest.param([{"arn": PROVIDER}], None, id="they were not read"),
    ],
)
def test_a_token_is_requested_for_an_audience_that_its_provider_accepts(listed: Any, audience: str | None) -> None:
    case = broken("github", {"snapshot": providers(*listed)})
    attempts = list(request_audience(NOT_OF_A_GATE, case, decide(case)))
    assert [presented(after(one)).claims["aud"] for one in attempts if isinstance(one, Draft)] == (
        [audience] if audience else []
    )
    assert len(attempts) == (audience is not None)


def presented(case: Case) -> WebIdentity:
    identity = case.snapshot.source.identity
    assert isinstance(identity, WebIdentity)
    return identity


NOW = 1772443800
"""When the world `github` was seen."""


@pytest.mark.parametrize(
    ("times", "renewed"),
    [
        pytest.param(
            {"iat": NOW - 9000, "nbf": NOW - 8000, "exp": NOW - 5400},
            {"iat": NOW, "nbf": NOW, "exp": NOW + 3600},
            id="it lives as long as before",
        ),
        pytest.param(
            {"iat": NOW - 900, "nbf": None, "exp": NOW - 890},
            {"iat": NOW, "exp": NOW + 300},
            id="but for five minutes at least",
        ),
        pytest.param({"iat": None, "nbf": None, "exp": 5}, {"exp": NOW + 300}, id="nobody knows how long that was"),
        pytest.param({"iat": 5, "nbf": None, "exp": None}, {"iat": NOW}, id="it says only when it was issued"),
        pytest.param({"iat": "x", "nbf": None, "exp": NOW}, {"iat": NOW, "exp": NOW + 300}, id="it says nonsense"),
    ],
)
def test_a_renewed_token_has_the_times_that_it_had_from_now_on(times: Any, renewed: dict[str, int]) -> None:
    case = presenting(times)
    before, claims = presented(case).claims, presented(after(drafted(renew_token, case))).claims
    assert claims == {**before, **renewed}


def test_a_renewed_assertion_is_of_now_and_ends_at_no_time_of_before() -> None:
    old = {"issued_at": "2026-03-02T08:00:00Z", "not_on_or_after": "2026-03-02T08:05:00Z"}
    case = broken("saml", {"snapshot": {"source": {"identity": old}}})
    identity = after(drafted(renew_token, case)).snapshot.source.identity
    assert isinstance(identity, SamlAssertion)
    assert (identity.issued_at, identity.not_on_or_after) == (case.snapshot.taken_at, None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"taken_at": "yesterday"}, id="when the case was seen is not known"),
        pytest.param({"source": {"identity": None}}, id="what was presented is not known"),
    ],
)
def test_what_is_renewed_must_be_known(change: Any) -> None:
    assert refusal("renew-token", NOT_OF_A_GATE, broken("github", {"snapshot": change})) is NotProved.NOT_READ


PAIR = "arn:aws:iam::222222222222:role/Developer,arn:aws:iam::222222222222:saml-provider/IdP"
OTHER_PAIR = PAIR.replace("Developer", "Other")


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(GateTrace(Gate.ROLE_CLAIM, NO, Reason.ROLE_NOT_CLAIMED), id="the role is not among those given"),
        pytest.param(GateTrace(Gate.TOKEN, NO, Reason.CLAIM_MISSING, wanted=SAML_ROLE), id="no role is given"),
    ],
)
@pytest.mark.parametrize(
    ("given", "listed"),
    [
        pytest.param([OTHER_PAIR], (OTHER_PAIR, PAIR), id="beside another"),
        pytest.param(None, (PAIR,), id="alone"),
    ],
)
def test_the_role_joins_those_that_an_assertion_gives(refused: GateTrace, given: Any, listed: tuple[str, ...]) -> None:
    case = broken("saml", {"snapshot": {"source": {"identity": {"attributes": {SAML_ROLE: given}}}}})
    identity = after(drafted(correct_assertion, case, Subject(gate=refused))).snapshot.source.identity
    assert isinstance(identity, SamlAssertion)
    assert identity.attributes[SAML_ROLE] == listed


@pytest.mark.parametrize(
    ("kind", "world", "subject"),
    [
        pytest.param("correct-assertion", "saml", NOT_OF_A_GATE, id="an assertion that no gate refused"),
        pytest.param(
            "correct-assertion",
            "github",
            Subject(gate=GateTrace(Gate.AUDIENCE, NO, Reason.VALUE_DIFFERS)),
            id="a token",
        ),
        pytest.param("request-token", "github", NOT_OF_A_GATE, id="a token that no gate refused"),
        pytest.param(
            "request-token", "saml", Subject(gate=GateTrace(Gate.TOKEN, NO, Reason.CLAIM_MISSING)), id="an assertion"
        ),
        pytest.param("request-audience", "saml", NOT_OF_A_GATE, id="the audience of an assertion"),
    ],
)
def test_nothing_else_is_corrected(kind: str, world: str, subject: Subject) -> None:
    assert propose(kind, subject, broken(world)) == ()


def test_what_aws_answered_is_no_answer_to_what_is_presented_next() -> None:
    probe = ProbeResult(outcome=ProbeOutcome.OTHER_ERROR, message=SAYS_SO)
    case = replace(presenting({"aud": "x"}), message=SAYS_SO, probe=probe)
    for author in (request_audience, register_audience, renew_token):
        left = after(drafted(author, case))
        assert (left.message, left.probe) == ("", None)
