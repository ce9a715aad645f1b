"""The identity providers of the role's account, read live: all by their ARNs, the one in question whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.aws.imitation import Exchange, Imitation
from tests.cases import case
from tests.fuzz.fuzz_answers import home

from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.iam import Reader
from diagnose.collect.provider import with_providers
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Case, DestinationSide
from diagnose.model.evidence import NOT_SUPPLIED, Gap, Known, Unread

READER = "arn:aws:iam::222222222222:user/reader"
OTHER = {
    "arn": "arn:aws:iam::222222222222:oidc-provider/login.example.com",
    "client_ids": {"evidence": "known", "value": ["x"]},
    "thumbprints": {"evidence": "known", "value": []},
    "created_at": "2024-05-07T08:00:00Z",
}


@pytest.fixture
def side() -> Iterator[Credentials]:
    with home():
        yield open_credentials("there", None, None)


def read(whole: Case, side: Credentials, action: str = "", fault: Any = None) -> tuple[DestinationSide, list[str]]:
    aws = Imitation(whole)
    aws.action, aws.fault = action, fault
    aws.serve(side, READER)
    reader = Reader(side, Identity(READER, "222222222222"))
    caller, role = parse_caller(whole.snapshot.source.arn), parse_role(whole.request.role_arn)
    return with_providers(DestinationSide(), caller, role, reader, lambda _: None), aws.called


def refused(_: object, __: Exchange) -> tuple[int, bytes]:
    return 403, b"<R><Error><Code>AccessDenied</Code><Message>no</Message></Error></R>"


def test_an_oidc_provider_is_read_whole_and_the_others_by_name(side: Credentials) -> None:
    whole = case("github", oidc_providers={"value": {"1": OTHER}})
    destination, called = read(whole, side)
    assert isinstance(destination.oidc_providers, Known)
    own, other = destination.oidc_providers.value
    assert own.client_ids == Known(("sts.amazonaws.com",), "iam:GetOpenIDConnectProvider")
    assert own.thumbprints == Known(("6938fd4d98bab03faadb97b34396831e3780aea1",), "iam:GetOpenIDConnectProvider")
    assert own.created_at == "2024-05-07T08:00:00Z"
    assert (other.arn, other.client_ids) == (OTHER["arn"], NOT_SUPPLIED)
    assert called == ["iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"]
    assert destination.saml_providers == NOT_SUPPLIED


def test_an_account_without_providers_is_known_to_have_none(side: Credentials) -> None:
    for world, field in (("github", "oidc_providers"), ("saml", "saml_providers")):
        destination, called = read(case(world, **{field: {"value": []}}), side)
        assert isinstance(found := getattr(destination, field), Known)
        assert found.value == ()
        assert len(called) == 1


def test_a_saml_provider_is_read_with_the_issuer_of_its_metadata(side: Credentials) -> None:
    destination, _ = read(case("saml"), side)
    assert isinstance(destination.saml_providers, Known)
    (provider,) = destination.saml_providers.value
    assert provider.entity_id == Known("https://idp.example.com/saml", "iam:GetSAMLProvider")
    assert (provider.valid_until, provider.created_at) == ("2030-01-01T00:00:00Z", "2024-05-07T08:00:00Z")


@pytest.mark.parametrize("verb", ["List", "Get"])
@pytest.mark.parametrize(("world", "kind"), [("github", "OpenIDConnect"), ("saml", "SAML")])
def test_what_may_not_be_read_is_a_gap_with_its_permission(side: Credentials, world: str, kind: str, verb: str) -> None:
    field = {"github": "oidc_providers", "saml": "saml_providers"}[world]
    action = f"iam:{verb}{kind}Provider{'s' if verb == 'List' else ''}"
    gap = getattr(read(case(world), side, action, refused)[0], field)
    if verb == "Get":
        assert isinstance(gap, Known)
        (provider,) = gap.value
        gap = provider.client_ids if world == "github" else provider.entity_id
    assert isinstance(gap, Unread)
    assert (gap.gap, gap.permission) == (Gap.ACCESS_DENIED, action)


@pytest.mark.parametrize(
    ("world", "action", "change"),
    [
        pytest.param("github", "iam:GetOpenIDConnectProvider", {"Url": "login.example.com"}, id="another provider"),
        pytest.param("github", "iam:GetOpenIDConnectProvider", {"ClientIDList": None}, id="no list of client ids"),
        pytest.param("saml", "iam:GetSAMLProvider", {"SAMLMetadataDocument": "<a"}, id="metadata that is not XML"),
        pytest.param("saml", "iam:GetSAMLProvider", {"SAMLMetadataDocument": "<a/>"}, id="metadata of nobody"),
        pytest.param(
            "saml",
            "iam:GetSAMLProvider",
            {"SAMLMetadataDocument": '<!DOCTYPE a [<!ENTITY b "c">]><a entityID="&b;"/>'},
            id="metadata with entities",
        ),
    ],
)
def test_an_answer_that_says_something_else_is_a_gap(
    side: Credentials, world: str, action: str, change: dict[str, Any]
) -> None:
    def fault(_: object, exchange: Exchange) -> None:
        for name, value in change.items():
            if value is None:
                del exchange.answer[name]
            else:
                exchange.answer[name] = value

    destination, _ = read(case(world), side, action, fault)
    providers = destination.oidc_providers if world == "github" else destination.saml_providers
    assert isinstance(providers, Known)
    (provider,) = providers.value
    assert isinstance(getattr(provider, "client_ids" if world == "github" else "entity_id"), Unread)


@pytest.mark.parametrize("world", ["cognito", "cross-account", "service"])
def test_who_needs_no_provider_asks_for_none(side: Credentials, world: str) -> None:
    destination, called = read(case(world), side)
    assert (destination, called) == (DestinationSide(), [])
