"""Whom a trust in an identity provider lets in besides those who are meant."""

import json
from typing import Any

import pytest

from diagnose.audience import audience, words
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.strangers import Strangers

GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
AUD = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}


def let_in(condition: Any, provider: str = GITHUB, **changes: Any) -> tuple[Strangers, ...]:
    return audience(_policy(condition, provider, **changes)).statements[0].strangers


def _policy(condition: Any, provider: str = GITHUB, **changes: Any) -> Policy:
    principal = provider if provider == "cognito-identity.amazonaws.com" else _arn(provider)
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": principal},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
        **changes,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return Policy("Deploy", raw_document(document), PolicyKind.TRUST)


def _arn(provider: str) -> str:
    return f"arn:aws:iam::222222222222:oidc-provider/{provider}"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("repo:octo/app:ref:refs/heads/main", ()),
        ("repo:octo/app:ref:refs/heads/*", ()),
        ("repo:octo/app:environment:*", ()),
        ("repo:octo/app:*", (Strangers.PULL_REQUESTS,)),
        ("repo:octo/*", (Strangers.PULL_REQUESTS,)),
        ("repo:octo/app*", (Strangers.PULL_REQUESTS,)),
        ("repo:octo*", (Strangers.LIKE_NAMED,)),
        ("repo:octo*/app:*", (Strangers.LIKE_NAMED,)),
        ("repo:octo@5001/app@6001:*", (Strangers.PULL_REQUESTS,)),
        ("repo:*", (Strangers.ANY_TENANT,)),
        ("repo:*/app:*", (Strangers.ANY_TENANT,)),
        ("*", (Strangers.ANY_TENANT,)),
        ("*:ref:refs/heads/main", (Strangers.ANY_TENANT,)),
    ],
)
def test_a_wildcard_in_the_subject_lets_others_in(subject: str, expected: tuple[Strangers, ...]) -> None:
    assert let_in({**AUD, "StringLike": {f"{GITHUB}:sub": subject}}) == expected
    assert let_in({"StringEquals": {f"{GITHUB}:sub": subject}}) == ()


@pytest.mark.parametrize(
    ("condition", "provider", "expected"),
    [
        pytest.param(AUD, GITHUB, (Strangers.ANY_SUBJECT,), id="only the audience of a shared service"),
        pytest.param({}, EKS, (Strangers.ANY_SUBJECT,), id="nothing is asked of a cluster's tokens"),
        pytest.param({"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}}, EKS, (Strangers.ANY_SUBJECT,), id="EKS"),
        pytest.param(
            {"StringEquals": {f"{EKS}:sub": "x"}}, GITHUB, (Strangers.ANY_SUBJECT,), id="the key of another provider"
        ),
        pytest.param(
            {"StringNotEquals": {f"{GITHUB}:sub": "x"}}, GITHUB, (Strangers.ANY_SUBJECT,), id="one subject is left out"
        ),
        pytest.param(
            {"StringEqualsIfExists": {f"{GITHUB}:sub": "x"}}, GITHUB, (Strangers.WITHOUT_CLAIM,), id="IfExists"
        ),
        pytest.param(
            {"ForAllValues:StringEquals": {f"{GITHUB}:sub": "x"}}, GITHUB, (Strangers.WITHOUT_CLAIM,), id="ForAllValues"
        ),
        pytest.param({"StringEquals": {f"{GITHUB}:repository_id": "6001"}}, GITHUB, (), id="a claim of its own"),
        pytest.param(
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}},
            "cognito-identity.amazonaws.com",
            (),
            id="an identity pool's audience is the pool",
        ),
    ],
)
def test_without_a_condition_that_tells_subjects_apart_all_get_in(
    condition: Any, provider: str, expected: tuple[Strangers, ...]
) -> None:
    assert let_in(condition, provider) == expected


def test_a_second_condition_on_the_subject_narrows_the_first() -> None:
    both = {"StringLike": {f"{GITHUB}:sub": "repo:*"}, "StringEquals": {f"{GITHUB}:sub": "repo:octo/app:pull_request"}}
    assert let_in(both) == ()


SAML = {"Federated": "arn:aws:iam::222222222222:saml-provider/IdP"}


@pytest.mark.parametrize("changes", [{"Effect": "Deny"}, {"Action": "sts:AssumeRole"}, {"Principal": SAML}])
def test_nobody_gets_in_by_what_allows_no_token(changes: Any) -> None:
    assert let_in(AUD, **changes) == ()


def test_a_warning_stands_beside_the_conditions() -> None:
    text = words(audience(_policy(AUD)))
    assert "WARNING          this lets in every subject of the provider" in text
