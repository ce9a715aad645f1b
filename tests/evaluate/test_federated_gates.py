"""What STS checks of a token before it reads a policy: near misses, edges of time, and what AWS's answer settles."""

import pytest
from tests import cases

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.federation import SAML_SESSION_NAME
from diagnose.model.parameter import Parameter
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, Tri

GITHUB = "token.actions.githubusercontent.com"
ARN = f"arn:aws:iam::222222222222:oidc-provider/{GITHUB}"
CLIENTS = {"evidence": "known", "value": ["sts.amazonaws.com"]}
FRAME = "An error occurred ({}) when calling the AssumeRoleWithWebIdentity operation: {}"
DENIED = FRAME.format("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def gates_of(one: Case, gate: Gate) -> list[GateTrace]:
    return [trace for trace in decide(one).gates if trace.gate is gate]


def token(**claims: object) -> cases.Json:
    return {"snapshot": {"source": {"identity": {"claims": claims}}}}


@pytest.mark.parametrize(
    ("there", "nearest"),
    [
        pytest.param(ARN + "/", ARN + "/", id="only a slash at the end differs"),
        pytest.param(ARN.replace("token.a", "Token.A"), ARN.replace("token.a", "Token.A"), id="only case differs"),
        pytest.param(ARN + "/octo", ARN + "/octo", id="another path of the same host"),
        pytest.param(ARN.replace(GITHUB, "gitlab.com"), None, id="another host altogether"),
    ],
)
def test_a_missing_provider_is_told_with_the_nearest_that_there_is(there: str, nearest: str | None) -> None:
    one = cases.case("github", oidc_providers={"value": [{"arn": there, "client_ids": CLIENTS}]})
    (trace,) = gates_of(one, Gate.PROVIDER)
    assert (trace.verdict, trace.reason, trace.wanted) == (NO, Reason.NO_SUCH_PROVIDER, ARN)
    assert trace.got == ((nearest,) if nearest else ())


@pytest.mark.parametrize(
    ("claims", "reason", "verdict"),
    [
        pytest.param({"exp": 1772443499}, Reason.TOKEN_EXPIRED, NO, id="a second after the grace"),
        pytest.param({"exp": 1772443500}, None, None, id="the last second of the grace"),
        pytest.param({"iat": 1772357000, "exp": 1772450000}, Reason.TOKEN_OLD, UNKNOWN, id="more than a day old"),
        pytest.param({"nbf": 1772444400}, Reason.TOKEN_NOT_YET_VALID, UNKNOWN, id="not yet valid"),
        pytest.param({"iss": GITHUB}, Reason.ISSUER_WITHOUT_SCHEME, NO, id="an issuer that is not a URL"),
        pytest.param({"sub": None}, Reason.CLAIM_MISSING, NO, id="no subject"),
        pytest.param({"exp": "soon"}, None, None, id="a time that is not one"),
    ],
)
def test_a_token_has_a_form_and_a_time(claims: dict[str, object], reason: Reason | None, verdict: Tri | None) -> None:
    traces = gates_of(cases.case("github", token(**claims)), Gate.TOKEN)
    assert [(trace.reason, trace.verdict) for trace in traces] == ([(reason, verdict)] if reason else [])


@pytest.mark.parametrize(
    ("message", "open_gates", "closed"),
    [
        pytest.param("", {Gate.PROVIDER, Gate.AUDIENCE}, set(), id="nothing was answered"),
        pytest.param(DENIED, set(), set(), id="AccessDenied comes after all of them"),
        pytest.param(
            FRAME.format(
                "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{GITHUB}"
            ),
            {Gate.AUDIENCE},
            {Gate.PROVIDER},
            id="no provider",
        ),
        pytest.param(
            FRAME.format("InvalidIdentityToken", "Incorrect token audience"), set(), {Gate.AUDIENCE}, id="the audience"
        ),
        pytest.param(
            FRAME.format("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider"),
            {Gate.AUDIENCE},
            {Gate.TOKEN},
            id="the issuer's keys",
        ),
        pytest.param(
            FRAME.format(
                "InvalidIdentityToken", "The target role ARN is not present in the roles claim of the identity token"
            ),
            set(),
            {Gate.ROLE_CLAIM},
            id="another role",
        ),
        pytest.param(
            DENIED.replace("WebIdentity", "SAML"), {Gate.PROVIDER, Gate.AUDIENCE}, set(), id="another operation"
        ),
    ],
)
def test_aws_s_answer_settles_what_comes_before_the_policies(
    message: str, open_gates: set[Gate], closed: set[Gate]
) -> None:
    one = cases.case("github", message=message, oidc_providers={"evidence": "unread"})
    found = decide(one).gates
    assert {trace.gate for trace in found if trace.verdict is UNKNOWN} == open_gates
    assert {trace.gate for trace in found if trace.verdict is NO} == closed


def test_an_error_about_the_token_leaves_the_trust_policy_as_it_is() -> None:
    refused = FRAME.format("InvalidIdentityToken", "Incorrect token audience")
    decision = decide(cases.case("github", token(sub="repo:octo/app:pull_request"), message=refused))
    assert {(blocker.gate, blocker.layer) for blocker in decision.blockers} == {(Gate.AUDIENCE, None), (None, "trust")}


@pytest.mark.parametrize("complete", [True, False])
def test_an_attribute_that_is_said_to_be_empty_is_missing(complete: bool) -> None:
    empty = {"complete": complete, "attributes": {SAML_SESSION_NAME: []}}
    (trace,) = gates_of(cases.case("saml", {"snapshot": {"source": {"identity": empty}}}), Gate.TOKEN)
    assert (trace.verdict, trace.reason, trace.wanted) == (NO, Reason.CLAIM_MISSING, SAML_SESSION_NAME)


IDP, OTHER_IDP = "arn:aws:iam::222222222222:saml-provider/IdP", "arn:aws:iam::222222222222:saml-provider/idp"
ISSUER = "https://idp.example.com/saml"


def saml_provider(arn: str = IDP, **entity_id: object) -> list[dict[str, object]]:
    return [{"arn": arn, "entity_id": entity_id or {"evidence": "known", "value": ISSUER}}]


@pytest.mark.parametrize(
    ("providers", "told"),
    [
        pytest.param({"value": saml_provider()}, None, id="the issuer is that of its metadata"),
        pytest.param(
            {"value": saml_provider(evidence="known", value="https://old.example.com")},
            (NO, Reason.OTHER_ISSUER, "https://old.example.com", (ISSUER,)),
            id="its metadata name another issuer",
        ),
        pytest.param(
            {"value": saml_provider(evidence="unread", gap="access_denied")},
            (UNKNOWN, Reason.OTHER_ISSUER, "", (ISSUER,)),
            id="its metadata could not be read",
        ),
        pytest.param(
            {"value": saml_provider(evidence="unread", gap="not_supplied")}, None, id="it is given by its name alone"
        ),
        pytest.param(
            {"value": saml_provider(OTHER_IDP)},
            (NO, Reason.NO_SUCH_PROVIDER, IDP, (OTHER_IDP,)),
            id="one in another capitalization",
        ),
        pytest.param({"value": []}, (NO, Reason.NO_SUCH_PROVIDER, IDP, ()), id="there is none"),
        pytest.param(
            {"evidence": "unread", "gap": "access_denied"},
            (UNKNOWN, Reason.NO_SUCH_PROVIDER, IDP, ()),
            id="they could not be read",
        ),
    ],
)
def test_a_saml_provider_is_there_and_knows_the_issuer(providers: dict[str, object], told: object) -> None:
    found = gates_of(cases.case("saml", {"snapshot": {"destination": {"saml_providers": providers}}}), Gate.PROVIDER)
    assert [(trace.verdict, trace.reason, trace.wanted, trace.got) for trace in found] == ([told] if told else [])


def test_a_saml_provider_of_another_account_is_none() -> None:
    role = {"request": {"role_arn": "arn:aws:iam::333333333333:role/Developer"}}
    (trace,) = gates_of(cases.case("saml", role), Gate.PROVIDER)
    assert (trace.verdict, trace.reason, trace.wanted, trace.got) == (
        NO,
        Reason.PROVIDER_ELSEWHERE,
        "333333333333",
        (IDP,),
    )


# Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and its sisters.
@pytest.mark.parametrize(
    ("world", "sent", "names"),
    [
        pytest.param("github", {"provider_id": "www.amazon.com"}, [], id="a provider beside a token"),
        pytest.param("saml", {"provider_id": "www.amazon.com"}, [Parameter.PROVIDER_ID], id="beside an assertion"),
        pytest.param("cross-account", {"provider_id": "x"}, [Parameter.PROVIDER_ID], id="in a signed call"),
        pytest.param("saml", {"session_name": "s"}, [Parameter.ROLE_SESSION_NAME], id="the assertion has the name"),
        pytest.param("github", {"session_name": "s"}, [], id="a token has none"),
        *[
            pytest.param(world, {field: value}, [name], id=f"{field} in {world}")
            for world in ("github", "saml")
            for field, value, name in (
                ("external_id", "x", Parameter.EXTERNAL_ID),
                ("mfa_serial", "arn:aws:iam::111111111111:mfa/x", Parameter.SERIAL_NUMBER),
                ("source_identity", "x", Parameter.SOURCE_IDENTITY),
                ("tags", {"a": "b", "c": "d"}, Parameter.TAGS),
                ("transitive_tag_keys", ["a", "c"], Parameter.TRANSITIVE_TAG_KEYS),
            )
        ],
        pytest.param("cross-account", {"external_id": "acme-42", "source_identity": "x"}, [], id="a signed call"),
    ],
)
def test_what_an_operation_does_not_take_is_not_sent(
    world: str, sent: dict[str, str | dict[str, str] | list[str]], names: list[Parameter]
) -> None:
    one = cases.case(world, {"request": {"parameters": sent}})
    unsent = [trace for trace in gates_of(one, Gate.PARAMETERS) if trace.reason is Reason.NOT_A_PARAMETER]
    assert [trace.parameter for trace in unsent] == names
    values = [*sent.values()] if names else []
    told = [value if isinstance(value, str) else ", ".join(value) for value in values]
    assert [(trace.got, trace.verdict) for trace in unsent] == [((value,), NO) for value in told]
