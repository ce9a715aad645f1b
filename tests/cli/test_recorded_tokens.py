"""Tokens whole, as their issuers document them: a job of GitHub Actions and a pod's projected token.

That of GitHub is the example of "OpenID Connect", "Understanding the OIDC token", with what "OpenID Connect reference"
lists besides. That of a pod is the example of "Managing Service Accounts", bound to a pod, with issuer, audience and
lifetime (24 hours) as the webhook of Amazon EKS asks for them.

Sources:
https://docs.github.com/en/actions/concepts/security/openid-connect#understanding-the-oidc-token
https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims
https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
"""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cases import FIXTURES
from tests.cli.cases import write
from tests.cli.program import ALLOWED, DENIED, UNDETERMINED, Program

TOKENS = FIXTURES / "tokens"
GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
FOR_AWS = ("--claim", "aud=sts.amazonaws.com")
"""What the action configure-aws-credentials asks GitHub for."""


def role_for(folder: Path, host: str, conditions: Any, audience: str = "sts.amazonaws.com") -> Path:
    """Write the case of a role for the tokens of an issuer, which accepts those for one audience."""
    provider = f"arn:aws:iam::222222222222:oidc-provider/{host}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            operator: {f"{host}:{claim}": value for claim, value in tests.items()}
            for operator, tests in conditions.items()
        },
    }
    known: Any = lambda value: {"evidence": "known", "value": value}  # noqa: E731  # no more than a word
    return write(
        folder,
        {
            "schema": "xdiag.case/1",
            "request": {
                "role_arn": ROLE,
                "operation": "AssumeRoleWithWebIdentity",
                "parameters": {"session_name": "ci"},
            },
            "snapshot": {
                "source": {"arn": f"https://{host}"},
                "destination": {
                    "role": known({"arn": ROLE, "max_session_seconds": known(3600), "tags": known({})}),
                    "trust_policy": known(
                        {
                            "name": "Deploy",
                            "kind": "trust",
                            "document": {"Version": "2012-10-17", "Statement": statement},
                        }
                    ),
                    "rcps": known([]),
                    "organization": known(None),
                    "oidc_providers": known([{"arn": provider, "client_ids": known([audience])}]),
                },
                "endpoint": known(None),
            },
        },
    )


LISTED = frozenset(
    (
        *(
            "aud",
            "iss",
            "sub",
            "exp",
            "iat",
            "jti",
            "nbf",
            "actor",
            "actor_id",
            "base_ref",
            "check_run_id",
            "enterprise",
        ),
        *("enterprise_id", "environment", "event_name", "head_ref", "job_workflow_ref", "job_workflow_sha", "ref"),
        *(
            "ref_type",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repository_visibility",
        ),
        *("run_attempt", "run_id", "run_number", "runner_environment", "workflow", "workflow_ref", "workflow_sha"),
    )
)
"""The claims that GitHub's reference lists, but for the custom properties, which an organization has to choose."""


def test_the_token_of_a_job_has_the_claims_that_github_lists() -> None:
    claims = set(json.loads((TOKENS / "github-actions.json").read_text()))
    assert claims == LISTED | {"sha"}, "only the example has `sha`"


def test_the_token_of_a_pod_lasts_as_long_as_eks_asks() -> None:
    claims = json.loads((TOKENS / "eks-pod.json").read_text())
    assert claims["exp"] - claims["iat"] == 86400
    assert sorted(claims["kubernetes.io"]) == ["namespace", "node", "pod", "serviceaccount"]


PROD = "repo:octo-org/octo-repo:environment:prod"
MAIN = "repo:octo-org/octo-repo:ref:refs/heads/main"
WITH_IDS = "repo:octo-org@65/octo-repo@74:environment:prod"
OTHER_ORG = "octo-corp/other/.github/workflows/oidc.yml@refs/heads/main"


@pytest.mark.parametrize(
    ("conditions", "claims", "causes"),
    [
        pytest.param({"StringEquals": {"sub": PROD}}, FOR_AWS, [], id="the environment is trusted"),
        pytest.param({"StringEquals": {"sub": PROD}}, (), ["audience-of-the-issuer"], id="the audience is the owner"),
        pytest.param(
            {"StringEquals": {"sub": MAIN}}, FOR_AWS, ["subject-environment-for-ref"], id="the branch is trusted"
        ),
        pytest.param({"StringLike": {"sub": "repo:octo-org/octo-repo:*"}}, FOR_AWS, [], id="the repository is trusted"),
        pytest.param(
            {"StringEquals": {"sub": "repo:octo-org/*"}}, FOR_AWS, ["condition-wildcard-literal"], id="a literal star"
        ),
        pytest.param({"StringEquals": {"sub": WITH_IDS}}, FOR_AWS, ["subject-ids-extra"], id="its ids are trusted"),
        pytest.param(
            {"StringEquals": {"sub": WITH_IDS}}, (*FOR_AWS, "--claim", f"sub={WITH_IDS}"), [], id="its subject has ids"
        ),
        pytest.param({"StringEquals": {"sub": PROD, "repository_id": "74"}}, FOR_AWS, [], id="its id has a key"),
        pytest.param(
            {"StringEquals": {"sub": PROD, "repository_owner": "octo-org"}},
            FOR_AWS,
            ["claim-without-key"],
            id="its owner has none",
        ),
        pytest.param(
            {"StringEquals": {"sub": PROD, "runner_environment": "github-hosted"}},
            FOR_AWS,
            ["claim-without-key"],
            id="its runner has none",
        ),
        pytest.param(
            {"StringEquals": {"sub": PROD, "check_run_id": "example-check-run-id"}},
            FOR_AWS,
            ["claim-without-key"],
            id="its check run has none",
        ),
        pytest.param(
            {
                "StringEquals": {
                    "sub": PROD,
                    "workflow_ref": "octo-org/octo-repo/.github/workflows/example-workflow.yml@refs/heads/main",
                }
            },
            FOR_AWS,
            ["claim-without-key"],
            id="the ref of its workflow has none",
        ),
        pytest.param(
            {
                "StringEquals": {
                    "sub": PROD,
                    "workflow": "example-workflow",
                    "actor": "octocat",
                    "ref": "refs/heads/main",
                }
            },
            FOR_AWS,
            [],
            id="workflow, actor and ref have keys",
        ),
        pytest.param(
            {"StringEquals": {"sub": PROD, "job_workflow_ref": OTHER_ORG}},
            FOR_AWS,
            ["claim-differs"],
            id="another workflow is trusted",
        ),
        pytest.param(
            {"StringEquals": {"sub": "repo:Octo-Org/octo-repo:environment:prod"}},
            FOR_AWS,
            ["subject-case-differs"],
            id="the owner in other letters",
        ),
    ],
)
def test_the_token_of_a_job_of_github(
    conditions: Any, claims: tuple[str, ...], causes: list[str], tmp_path: Path, xdiag: Program
) -> None:
    case = role_for(tmp_path, GITHUB, conditions)
    run = xdiag("check", "--case", case, "--claims", TOKENS / "github-actions.json", *claims, "--output", "json")
    assert [cause["rule"] for cause in run.report["causes"]][:1] == causes, run.out + run.err
    assert run.code == (DENIED if causes else ALLOWED)


POD = "system:serviceaccount:my-namespace:my-serviceaccount"


@pytest.mark.parametrize(
    ("conditions", "causes"),
    [
        pytest.param(
            {"StringEquals": {"sub": POD, "aud": "sts.amazonaws.com"}}, [], id="the service account is trusted"
        ),
        pytest.param(
            {"StringEquals": {"sub": "system:serviceaccount:default:my-serviceaccount"}},
            ["subject-other-namespace"],
            id="that of another namespace",
        ),
        pytest.param(
            {"StringEquals": {"sub": "system:serviceaccount:my-namespace:default"}},
            ["subject-other-service-account"],
            id="another one",
        ),
        pytest.param({"StringEquals": {"aud": POD}}, ["claim-key-holds-subject"], id="keys exchanged"),
        pytest.param(
            {"StringEquals": {"sub": POD, "kubernetes.io": "my-namespace"}},
            ["claim-without-key"],
            id="what Kubernetes adds has no key",
        ),
    ],
)
def test_the_projected_token_of_a_pod(conditions: Any, causes: list[str], tmp_path: Path, xdiag: Program) -> None:
    case = role_for(tmp_path, CLUSTER, conditions)
    run = xdiag("check", "--case", case, "--claims", TOKENS / "eks-pod.json", "--output", "json")
    assert [cause["rule"] for cause in run.report["causes"]][:1] == causes, run.out + run.err
    assert run.code == (DENIED if causes else ALLOWED)


ORGANIZATION, PROJECT = "9b8c7d6e-1111-4222-8333-444455556666", "0a1b2c3d-1111-4222-8333-444455556666"
CIRCLECI = f"oidc.circleci.com/org/{ORGANIZATION}"
OF_PROJECT = f"org/{ORGANIZATION}/project/{PROJECT}/user/u1"
ON_MAIN = f"org/{ORGANIZATION}/project/*/user/*/vcs-origin/github.com/my-org/*/vcs-ref/refs/heads/main"


@pytest.mark.parametrize(
    ("trusted", "claims", "code"),
    [
        pytest.param(f"org/{ORGANIZATION}/project/{PROJECT}/user/*", (), ALLOWED, id="any user: both tokens pass"),
        pytest.param(f"org/{ORGANIZATION}/project/other/user/*", (), DENIED, id="another project: neither does"),
        pytest.param(ON_MAIN, (), UNDETERMINED, id="a branch: only the second token has one"),
        pytest.param(OF_PROJECT, (), UNDETERMINED, id="nothing behind the user: only the first token"),
        pytest.param(
            ON_MAIN,
            ("--claim", f"sub={OF_PROJECT}/vcs-origin/github.com/my-org/web/vcs-ref/refs/heads/main"),
            ALLOWED,
            id="the second token, given",
        ),
    ],
)
def test_the_two_tokens_of_a_job_of_circleci(
    trusted: str, claims: tuple[str, ...], code: int, tmp_path: Path, xdiag: Program
) -> None:
    """The conditions are those of https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/."""
    case = role_for(tmp_path, CIRCLECI, {"StringLike": {"sub": trusted}}, ORGANIZATION)
    run = xdiag("check", "--case", case, "--circleci", f"{ORGANIZATION}/{PROJECT}/u1", *claims, "--output", "json")
    assert run.code == code, run.out + run.err
