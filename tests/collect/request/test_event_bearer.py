"""What a record shows of a token or an assertion; what somebody took out of it is not there."""

from typing import Any

import pytest

from diagnose.collect.request.event_bearer import MASKED, assertion_in, token_in
from diagnose.model.federation import (
    AWS_SOURCE_IDENTITY,
    AWS_TAGS,
    SAML_SESSION_NAME,
    SAML_SOURCE_IDENTITY,
    SAML_TAG,
    SAML_TRANSITIVE,
    SamlAssertion,
    WebIdentity,
)

ARN = "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com"
ISSUER, SUB, AUD = "https://token.actions.githubusercontent.com", "repo:octo/app:ref:x", "sts.amazonaws.com"
OFFICE = "arn:aws:iam::222222222222:saml-provider/Office"
FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


def of_token(**identity: Any) -> dict[str, Any]:
    return {"userIdentity": {"identityProvider": ARN, "userName": SUB, **identity}}


@pytest.mark.parametrize(
    ("record", "source", "claims"),
    [
        pytest.param({}, "", {}, id="nothing"),
        pytest.param(of_token(), ISSUER, {"sub": SUB}, id="whose it is"),
        pytest.param(
            of_token(principalId=f"{ARN}:{AUD}:{SUB}"), ISSUER, {"aud": AUD, "sub": SUB}, id="for whom, among colons"
        ),
        pytest.param(
            of_token(principalId=f"{ARN}:urn:x:y:{SUB}"), ISSUER, {"aud": "urn:x:y", "sub": SUB}, id="with colons"
        ),
        pytest.param(of_token(principalId=f"other:{AUD}:{SUB}"), ISSUER, {"sub": SUB}, id="another provider"),
        pytest.param(of_token(principalId=f"{ARN}:{AUD}:other"), ISSUER, {"sub": SUB}, id="another subject"),
        pytest.param(
            {
                "responseElements": {"provider": ARN, "subjectFromWebIdentityToken": SUB, "audience": AUD},
                "userIdentity": {"principalId": f"{ARN}:other:{SUB}"},
            },
            ISSUER,
            {"aud": AUD, "sub": SUB},
            id="what the answer says",
        ),
        pytest.param(
            {**of_token(), "responseElements": {"provider": "x", "subjectFromWebIdentityToken": "y"}},
            ISSUER,
            {"sub": SUB},
            id="who was told comes before what was answered",
        ),
        pytest.param(of_token(userName="HIDDEN_DUE_TO_SECURITY_REASONS"), ISSUER, {}, id="a subject that is hidden"),
        pytest.param(of_token(identityProvider="***"), "", {"sub": SUB}, id="an issuer that is hidden"),
        pytest.param(
            of_token(identityProvider="accounts.google.com"),
            "https://accounts.google.com",
            {"sub": SUB},
            id="built in",
        ),
        pytest.param(of_token(identityProvider=ISSUER), ISSUER, {"sub": SUB}, id="a URL"),
        pytest.param(of_token(identityProvider="lambda amazonaws"), "", {"sub": SUB}, id="no issuer"),
        pytest.param(
            {
                **of_token(),
                "requestParameters": {
                    "sourceIdentity": "ines",
                    "principalTags": {"team": "a", "odd": 5},
                    "transitiveTagKeys": ["team"],
                },
            },
            ISSUER,
            {
                "sub": SUB,
                AWS_SOURCE_IDENTITY: "ines",
                AWS_TAGS: {"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]},
            },
            id="what it hands on",
        ),
        pytest.param(
            {**of_token(), "requestParameters": {"transitiveTagKeys": ["team"]}}, ISSUER, {"sub": SUB}, id="no tags"
        ),
        pytest.param(
            {**of_token(), "requestParameters": {"principalTags": {"a": "b"}, "transitiveTagKeys": "a"}},
            ISSUER,
            {"sub": SUB, AWS_TAGS: {"principal_tags": {"a": ["b"]}, "transitive_tag_keys": []}},
            id="keys that are not a list",
        ),
    ],
)
def test_a_token_has_the_claims_that_the_record_shows(
    record: dict[str, Any], source: str, claims: dict[str, Any]
) -> None:
    assert token_in(record) == (source, WebIdentity(claims))


@pytest.mark.parametrize(
    ("record", "source", "assertion"),
    [
        pytest.param({}, "", SamlAssertion(issuer=None, subject=None, attributes={}), id="nothing"),
        pytest.param(
            {
                "requestParameters": {
                    "principalArn": OFFICE,
                    "roleSessionName": "amy",
                    "sourceIdentity": "amy@example.com",
                    "principalTags": {"team": "a"},
                    "transitiveTagKeys": ["team"],
                },
                "responseElements": {
                    "issuer": "https://idp.example.com",
                    "subject": "amy@example.com",
                    "subjectType": "persistent",
                    "audience": "https://signin.aws.amazon.com/saml",
                },
                "userIdentity": {"userName": "another"},
            },
            OFFICE,
            SamlAssertion(
                issuer="https://idp.example.com",
                subject="amy@example.com",
                subject_format=f"{FORMAT}persistent",
                recipient="https://signin.aws.amazon.com/saml",
                attributes={
                    SAML_SESSION_NAME: ("amy",),
                    SAML_SOURCE_IDENTITY: ("amy@example.com",),
                    f"{SAML_TAG}team": ("a",),
                    SAML_TRANSITIVE: ("team",),
                },
            ),
            id="all of it",
        ),
        pytest.param(
            {
                "requestParameters": {"principalArn": "***"},
                "responseElements": {"subjectType": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"},
                "userIdentity": {"userName": "amy"},
            },
            "",
            SamlAssertion(
                issuer=None,
                subject="amy",
                subject_format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                attributes={},
            ),
            id="a provider that is hidden, and a format in full",
        ),
        pytest.param(
            {"requestParameters": {"principalArn": ARN}},
            "",
            SamlAssertion(issuer=None, subject=None, attributes={}),
            id="no SAML provider",
        ),
    ],
)
def test_an_assertion_says_what_the_record_shows(record: dict[str, Any], source: str, assertion: SamlAssertion) -> None:
    assert assertion_in(record) == (source, assertion)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        *((text, True) for text in ("*", "****", "xxx", "XXXX", "<removed>", "<>", "a REDACTED b", "hidden", "Masked")),
        *((text, False) for text in ("xx", "xxxa", "a*", "<a", "redact", "repo:octo/app")),
    ],
)
def test_what_stands_for_something_else_is_known(text: str, masked: bool) -> None:
    assert (MASKED.fullmatch(text) is not None) is masked
    assert token_in(of_token(userName=f" {text} "))[1].claims == ({} if masked else {"sub": f" {text} "})
