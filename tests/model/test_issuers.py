"""Which claims of whose tokens have a condition key.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

import pytest

from diagnose.model.issuers import PRIVATE, issuer_of

GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"


@pytest.mark.parametrize(
    ("issuer", "claim", "has_key"),
    [
        pytest.param(GITHUB, "sub", True, id="every issuer's subject"),
        pytest.param(GITHUB, "job_workflow_ref", True, id="a claim of GitHub"),
        pytest.param(GITHUB, "repository_owner", False, id="a claim of GitHub that AWS ignores"),
        pytest.param(f"{GITHUB}/octo-enterprise", "actor", True, id="an enterprise's own issuer"),
        pytest.param("token.actions.octo.ghe.com", "ref", True, id="GitHub with data residency"),
        pytest.param("github.example.com/_services/token", "ref", False, id="GitHub Enterprise Server"),
        pytest.param("gitlab.com", "project_id", True, id="a claim of GitLab"),
        pytest.param("gitlab.com", "project_path", False, id="a claim of GitLab that AWS ignores"),
        pytest.param("gitlab.example.com", "project_id", False, id="a GitLab of one's own"),
        pytest.param(EKS, "sub", True, id="a cluster's subject"),
        pytest.param(EKS, "kubernetes.io", False, id="a cluster's other claims"),
        pytest.param("accounts.google.com", "oaud", True, id="a claim of Google"),
        pytest.param("accounts.google.com", "hd", False, id="a claim of Google that AWS ignores"),
        pytest.param("cognito-identity.amazonaws.com", "amr", True, id="how a user of Cognito signed in"),
        pytest.param(
            "oidc.circleci.com/org/0e2e6f4d-4d3c-4c5c-8a55-1c1d1c2d3e4f",
            "oidc.circleci.com/project-id",
            True,
            id="a claim of CircleCI, with its prefix",
        ),
        pytest.param("agent.buildkite.com", "pipeline_slug", True, id="a claim of Buildkite"),
        pytest.param("app.terraform.io", "terraform_workspace_id", False, id="a claim of Terraform Cloud"),
    ],
)
def test_a_claim_has_a_condition_key_or_not(issuer: str, claim: str, *, has_key: bool) -> None:
    assert (claim in issuer_of(issuer).claims) is has_key


@pytest.mark.parametrize(
    ("issuer", "demanded"),
    [
        pytest.param(GITHUB, "sub", id="GitHub"),
        pytest.param("app.terraform.io", "sub", id="Terraform Cloud"),
        pytest.param("oidc.vercel.com", "aud", id="Vercel"),
        pytest.param(EKS, "", id="a cluster, which is one customer's"),
        pytest.param("evil-token.actions.githubusercontent.com", "", id="another host that ends alike"),
    ],
)
def test_of_an_issuer_that_many_share_iam_demands_a_claim(issuer: str, demanded: str) -> None:
    assert issuer_of(issuer).demanded == demanded


def test_whoever_is_not_listed_is_private() -> None:
    assert issuer_of("idp.example.com") is PRIVATE
