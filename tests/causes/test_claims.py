"""How a token's claim differs from the one that is wanted."""

import pytest

from diagnose.causes.claims import ClaimMiss, audience_difference, claim_miss, provider_difference
from diagnose.model.key_state import KeyState
from diagnose.model.reason import Reason

GITHUB, EKS = "token.actions.githubusercontent.com", "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
MAIN = "repo:octo/app:ref:refs/heads/main"


def known(*values: str) -> KeyState:
    return KeyState((values,))


POOLS = "cognito-identity.amazonaws.com"
RUN = "organization:acme:project:web:workspace:prod:run_phase"
STEP = "organization:acme:pipeline:deploy-prod:ref:refs/heads/main:commit:0a1b:step"
MERGE = "project_path:acme/web:ref_type"


@pytest.mark.parametrize(
    ("wanted", "got", "miss"),
    [
        (MAIN, "repo:octo/app:environment:prod", ClaimMiss.ENVIRONMENT_FOR_REF),
        ("repo:octo/app:ref:refs/heads/*", "repo:octo/app:environment:prod", ClaimMiss.ENVIRONMENT_FOR_REF),
        ("repo:octo/app:pull_request", "repo:octo/app:environment:prod", ClaimMiss.ENVIRONMENT_FOR_REF),
        ("repo:octo/app:environment:prod", MAIN, ClaimMiss.REF_FOR_ENVIRONMENT),
        ("repo:octo/app:environment:prod", "repo:octo/app:environment:test", ClaimMiss.OTHER_ENVIRONMENT),
        ("repo:octo/app:environment:prod:ref:refs/heads/main", MAIN, ClaimMiss.TWO_CONTEXTS),
        (
            "repo:octo/app:ref:refs/heads/main:environment:prod",
            "repo:octo/app:environment:prod",
            ClaimMiss.TWO_CONTEXTS,
        ),
        (MAIN, "repo:octo/app:pull_request", ClaimMiss.PULL_REQUEST),
        ("repo:octo/app:environment:prod", "repo:octo/app:pull_request", ClaimMiss.PULL_REQUEST),
        ("repo:octo/app:pull_request", MAIN, ClaimMiss.NOT_PULL_REQUEST),
        (MAIN, "repo:octo/app:ref:refs/tags/v1", ClaimMiss.TAG_FOR_BRANCH),
        ("repo:octo/app:ref:refs/tags/v*", MAIN, ClaimMiss.BRANCH_FOR_TAG),
        (MAIN, "repo:octo/app:ref:refs/heads/next", ClaimMiss.OTHER_REF),
        ("repo:octo/app:ref:main", MAIN, ClaimMiss.OTHER_REF),
        ("repo:octo/app", MAIN, ClaimMiss.CONTEXT_MISSING),
        ("repo:octo/app:", MAIN, ClaimMiss.CONTEXT_MISSING),
        ("repo:octo/web:ref:refs/heads/main", MAIN, ClaimMiss.OTHER_REPOSITORY),
        ("repo:mallory/app:*", MAIN, ClaimMiss.OTHER_REPOSITORY),
        (MAIN, "repo:octo@1/app@2:ref:refs/heads/main", ClaimMiss.IDS_MISSING),
        ("repo:octo/app:*", "repo:octo@1/app@2:environment:prod", ClaimMiss.IDS_MISSING),
        ("repo:octo@1/app@2:*", MAIN, ClaimMiss.IDS_EXTRA),
        ("repo:octo@1/app@2:*", "repo:octo@1/app@3:ref:refs/heads/main", ClaimMiss.OTHER_REPOSITORY),
        (MAIN, "repository_owner_id:1:repository_id:2", ClaimMiss.OTHER_FORM),
        (MAIN, "repo:octo/app:job_workflow_ref:octo/ci/.github/workflows/x.yml@main", ClaimMiss.OTHER_FORM),
        ("sts.amazonaws.com", MAIN, ClaimMiss.AUDIENCE_WANTED),
        ("system:serviceaccount:shop:cart", "system:serviceaccount:shop:default", ClaimMiss.SERVICE_ACCOUNT),
        ("system:serviceaccount:shop:cart", "system:serviceaccount:test:cart", ClaimMiss.NAMESPACE),
        ("shop:cart", "system:serviceaccount:shop:cart", ClaimMiss.OTHER_FORM),
        (
            "project_path:acme/web:ref_type:branch:ref:main",
            "project_path:acme/web:ref_type:tag:ref:v1",
            ClaimMiss.TAG_FOR_BRANCH,
        ),
        (
            "project_path:acme/web:ref_type:branch:ref:main",
            "project_path:acme/api:ref_type:branch:ref:main",
            ClaimMiss.OTHER_REPOSITORY,
        ),
        ("organization:acme:*", "organization:beta:workspace:x", ClaimMiss.OTHER_SUBJECT),
        (f"{RUN}:plan", f"{RUN}:apply", ClaimMiss.OTHER_PHASE),
        (f"{RUN}:plan", f"{RUN}:plan2", ClaimMiss.OTHER_PHASE),
        (f"{RUN.replace('prod', 'test')}:*", f"{RUN}:apply", ClaimMiss.OTHER_REPOSITORY),
        (f"{RUN.replace('project:web:', '')}:apply", f"{RUN}:apply", ClaimMiss.OTHER_REPOSITORY),
        ("organization:acme:pipeline:deploy:*", f"{STEP}:go", ClaimMiss.OTHER_REPOSITORY),
        ("organization:acme:pipeline:deploy-prod:ref:refs/heads/dev:*", f"{STEP}:go", ClaimMiss.OTHER_REF),
        ("organization:acme:pipeline:deploy-prod:ref:refs/tags/*", f"{STEP}:go", ClaimMiss.BRANCH_FOR_TAG),
        (f"{STEP.replace('0a1b', 'ffff')}:go", f"{STEP}:go", ClaimMiss.OTHER_SUBJECT),
        ("org/o-1/project/p-1/*", "org/o-1/project/p-2/user/u-1", ClaimMiss.OTHER_REPOSITORY),
        ("org/o-1/project/p-2/user/u-2", "org/o-1/project/p-2/user/u-1", ClaimMiss.OTHER_SUBJECT),
        (f"{MERGE}:mr:ref:*", f"{MERGE}:branch:ref:next", ClaimMiss.NO_SUCH_REF_TYPE),
        (f"{MERGE}:*:ref:main", f"{MERGE}:branch:ref:next", ClaimMiss.OTHER_FORM),
        ("u-1", "u-2", ClaimMiss.OTHER_SUBJECT),
    ],
)
def test_a_subject_differs_in_one_way(wanted: str, got: str, miss: ClaimMiss) -> None:
    assert claim_miss(f"{GITHUB}:sub", (wanted,), known(got)) is miss


def test_of_several_subjects_the_nearest_counts() -> None:
    wanted = ("repo:mallory/app:*", "repo:octo/app:ref:refs/heads/old")
    assert claim_miss(f"{GITHUB}:sub", wanted, known(MAIN)) is ClaimMiss.OTHER_REF


@pytest.mark.parametrize(
    ("key", "wanted", "got", "miss"),
    [
        (f"{EKS}:aud", "system:serviceaccount:shop:cart", known("sts.amazonaws.com"), ClaimMiss.SUBJECT_WANTED),
        (f"{EKS}:aud", "system:serviceaccount:shop:cart", KeyState(None), ClaimMiss.SUBJECT_WANTED),
        (f"{EKS}:aud", "sts.example.com", known("sts.amazonaws.com"), ClaimMiss.OTHER_AUDIENCE),
        (f"{POOLS}:amr", "unauthenticated", known("authenticated", "graph.facebook.com"), ClaimMiss.SIGNED_IN),
        (f"{POOLS}:amr", "authenticated", known("unauthenticated"), ClaimMiss.NOT_SIGNED_IN),
        (f"{POOLS}:amr", "graph.facebook.com", known("authenticated", "www.amazon.com"), ClaimMiss.OTHER_CLAIM),
        (f"{EKS}:sub", "authenticated", known("unauthenticated"), ClaimMiss.OTHER_SUBJECT),
        (f"{EKS}:sub", "system:serviceaccount:shop:cart", KeyState(None), ClaimMiss.NONE),
        (f"{EKS}:sub", "system:serviceaccount:shop:cart", known(), ClaimMiss.NONE),
        (f"{GITHUB}:ref", "refs/heads/next", known("refs/heads/main"), ClaimMiss.OTHER_CLAIM),
        ("sts:ExternalId", "acme-42", known("acme-41"), ClaimMiss.NONE),
    ],
)
def test_what_is_not_known_differs_only_by_the_form_of_what_is_wanted(
    key: str, wanted: str, got: KeyState, miss: ClaimMiss
) -> None:
    assert claim_miss(key, (wanted,), got) is miss


@pytest.mark.parametrize(
    ("registered", "named", "reason"),
    [
        ("sts.amazonaws.com", "https://github.com/octo", Reason.ISSUER_DEFAULT),
        ("sts.amazonaws.com", "https://kubernetes.default.svc", Reason.ISSUER_DEFAULT),
        ("https://gitlab.com", "https://gitlab.com/", Reason.SLASH_DIFFERS),
        ("https://gitlab.com, sts.amazonaws.com", "STS.amazonaws.com", Reason.CASE_DIFFERS),
        ("sts.amazonaws.com", "sts.amazon.com", Reason.VALUE_DIFFERS),
        ("sts.amazonaws.com", "https://github.com/octo/app", Reason.VALUE_DIFFERS),
    ],
)
def test_an_audience_differs_in_one_way(registered: str, named: str, reason: Reason) -> None:
    assert audience_difference(registered, (named,)) is reason


def test_a_provider_differs_in_one_way() -> None:
    arn = f"arn:aws:iam::222222222222:oidc-provider/{EKS}"
    assert provider_difference(arn, arn.lower()) is Reason.CASE_DIFFERS
    assert provider_difference(arn, f"{arn}/") is Reason.SLASH_DIFFERS
    assert provider_difference(arn, f"{arn}D") is Reason.OTHER_PROVIDER
