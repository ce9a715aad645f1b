"""What each service's tokens say, as its documentation has it; what a name does not tell is left open."""

from typing import Any

import pytest
from msgspec.structs import replace

from diagnose.collect.federation.workload import WORKLOADS, Details, Workload, composed
from diagnose.errors import XdiagError

BY_FLAG = {workload.flag: workload for workload in WORKLOADS}
MAIN = "refs/heads/main"
OF_GITHUB = "https://token.actions.githubusercontent.com"
UUID = "9b8c7d6e-1111-4222-8333-444455556666"
OTHER_UUID = "0a1b2c3d-1111-4222-8333-444455556666"


def forms(flag: str, name: str, **details: Any) -> list[dict[str, Any]]:
    return [dict(form) for form in composed(BY_FLAG[flag], name, Details(**details)).forms]


def subjects(flag: str, name: str, **details: Any) -> list[str | None]:
    return [form.get("sub") for form in forms(flag, name, **details)]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        pytest.param({"ref": MAIN}, ["repo:octo/app:ref:refs/heads/main", None], id="a branch; the ids are not known"),
        pytest.param(
            {"ref": MAIN, "no": True}, ["repo:octo/app:ref:refs/heads/main"], id="a branch of an old repository"
        ),
        pytest.param(
            {"ref": MAIN, "owner_id": "1", "repository_id": "2"},
            ["repo:octo@1/app@2:ref:refs/heads/main", "repo:octo/app:ref:refs/heads/main"],
            id="a branch; the ids are known, and not whether they count",
        ),
        pytest.param(
            {"ref": MAIN, "owner_id": "1", "repository_id": "2", "immutable_subject": True},
            ["repo:octo@1/app@2:ref:refs/heads/main"],
            id="a branch of a new repository",
        ),
        pytest.param(
            {"ref": MAIN, "owner_id": "1"}, ["repo:octo/app:ref:refs/heads/main", None], id="only one of the ids"
        ),
        pytest.param({"ref": "refs/tags/v1", "no": True}, ["repo:octo/app:ref:refs/tags/v1"], id="a tag"),
        pytest.param(
            {"ref": MAIN, "environment": "prod", "no": True},
            ["repo:octo/app:environment:prod"],
            id="an environment goes before the ref",
        ),
        pytest.param(
            {"environment": "eu:prod", "no": True}, ["repo:octo/app:environment:eu%3Aprod"], id="a colon in its name"
        ),
        pytest.param({"pull_request": True, "no": True}, ["repo:octo/app:pull_request"], id="a pull request"),
        pytest.param(
            {"ref": "refs/pull/7/merge", "no": True}, ["repo:octo/app:pull_request"], id="the ref of a pull request"
        ),
        pytest.param(
            {"pull_request": True, "environment": "prod", "no": True},
            ["repo:octo/app:environment:prod"],
            id="a pull request in an environment",
        ),
        pytest.param({"no": True}, [None], id="nobody says what the job runs on"),
        pytest.param(
            {"ref": MAIN, "issuer": "https://git.example.com/_services/token"},
            ["repo:octo/app:ref:refs/heads/main"],
            id="GitHub Enterprise Server has no ids in it",
        ),
    ],
)
def test_the_subject_of_github(details: dict[str, Any], expected: list[str | None]) -> None:
    if details.pop("no", False):
        details["immutable_subject"] = False
    assert subjects("github", "octo/app", **details) == expected


def test_a_job_without_environment_has_no_such_claim() -> None:
    assert forms("github", "octo/app", ref=MAIN, immutable_subject=False) == [
        {
            "iss": OF_GITHUB,
            "aud": "sts.amazonaws.com",
            "sub": "repo:octo/app:ref:refs/heads/main",
            "repository": "octo/app",
            "repository_owner": "octo",
            "ref": MAIN,
            "environment": None,
        }
    ]


def test_where_the_ref_is_not_known_neither_is_the_environment() -> None:
    (claims,) = forms("github", "octo/app")
    assert "environment" not in claims
    assert "ref" not in claims


@pytest.mark.parametrize(
    ("flag", "name", "details", "expected"),
    [
        pytest.param(
            "gitlab",
            "acme/web/shop",
            {"ref": MAIN, "repository_id": "20"},
            [
                {
                    "iss": "https://gitlab.com",
                    "sub": "project_path:acme/web/shop:ref_type:branch:ref:main",
                    "project_path": "acme/web/shop",
                    "namespace_path": "acme/web",
                    "ref": "main",
                    "ref_type": "branch",
                    "project_id": "20",
                }
            ],
            id="GitLab: a project in a subgroup",
        ),
        pytest.param(
            "gitlab",
            "acme/shop",
            {"ref": "refs/tags/v1", "issuer": "git.example.com"},
            [
                {
                    "iss": "https://git.example.com",
                    "sub": "project_path:acme/shop:ref_type:tag:ref:v1",
                    "project_path": "acme/shop",
                    "namespace_path": "acme",
                    "ref": "v1",
                    "ref_type": "tag",
                }
            ],
            id="GitLab: a tag, on a server of one's own",
        ),
        pytest.param(
            "service_account",
            "shop/cart",
            {"cluster_issuer": "oidc.eks.eu-west-1.amazonaws.com/id/ABC"},
            [
                {
                    "iss": "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC",
                    "aud": ["sts.amazonaws.com"],
                    "sub": "system:serviceaccount:shop:cart",
                }
            ],
            id="EKS",
        ),
        pytest.param(
            "terraform_cloud",
            "acme/Default Project/web".replace(" ", "-"),
            {"run_phase": "apply"},
            [
                {
                    "iss": "https://app.terraform.io",
                    "aud": "aws.workload.identity",
                    "sub": "organization:acme:project:Default-Project:workspace:web:run_phase:apply",
                    "terraform_organization_name": "acme",
                    "terraform_project_name": "Default-Project",
                    "terraform_workspace_name": "web",
                    "terraform_run_phase": "apply",
                }
            ],
            id="Terraform",
        ),
        pytest.param(
            "bitbucket",
            "acme",
            {"repository_id": UUID, "owner_id": f"{{{OTHER_UUID}}}", "environment": OTHER_UUID},
            [
                {
                    "iss": "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                    "aud": f"ari:cloud:bitbucket::workspace/{OTHER_UUID}",
                    "sub": f"{{{UUID}}}:{{{OTHER_UUID}}}:{{00000000-0000-0000-0000-000000000000}}",
                    "repositoryUuid": f"{{{UUID}}}",
                }
            ],
            id="Bitbucket: ids with and without braces",
        ),
        pytest.param(
            "circleci",
            f"{UUID}/p1/u1",
            {},
            [
                {
                    "iss": f"https://oidc.circleci.com/org/{UUID}",
                    "aud": UUID,
                    "sub": f"org/{UUID}/project/p1/user/u1",
                    "oidc.circleci.com/project-id": "p1",
                },
                {
                    "iss": f"https://oidc.circleci.com/org/{UUID}",
                    "aud": UUID,
                    "oidc.circleci.com/project-id": "p1",
                },
            ],
            id="CircleCI, whose jobs have two tokens",
        ),
        pytest.param(
            "google",
            "104567890123456789012",
            {},
            [{"iss": "https://accounts.google.com", "sub": "104567890123456789012"}],
            id="Google",
        ),
        pytest.param(
            "cognito",
            "us-east-1:pool/us-east-1:amy",
            {},
            [{"iss": "https://cognito-identity.amazonaws.com", "aud": "us-east-1:pool", "sub": "us-east-1:amy"}],
            id="Cognito",
        ),
    ],
)
def test_the_claims_of(flag: str, name: str, details: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    assert forms(flag, name, **details) == expected
    presumed = composed(BY_FLAG[flag], name, Details(**details)).presumed
    assert all("`" in sentence and sentence.endswith(".") for sentence in presumed)


def test_a_run_of_terraform_has_two_subjects() -> None:
    subject = "organization:acme:project:p:workspace:web:run_phase"
    assert subjects("terraform_cloud", "acme/p/web") == [f"{subject}:plan", f"{subject}:apply"]


def test_buildkite_has_two_usual_audiences() -> None:
    found = forms("buildkite", "acme/web", ref=MAIN, step="deploy")
    subject = f"organization:acme:pipeline:web:ref:{MAIN}:commit:{'0' * 40}:step:deploy"
    assert [form["aud"] for form in found] == ["sts.amazonaws.com", "https://buildkite.com/acme"]
    assert {form["sub"] for form in found} == {subject}
    details = Details(ref=MAIN, step="deploy")
    assert "In `sub`, zeros stand for the commit." in composed(BY_FLAG["buildkite"], "acme/web", details).presumed
    assert subjects("buildkite", "acme/web", ref=MAIN) == [None, None]
    assert [str(each)[-6:] for each in subjects("buildkite", "acme/web", ref=MAIN, step="")] == [":step:", ":step:"]


def test_without_ids_both_forms_of_a_subject_on_github_are_presumed() -> None:
    with_ids = Details(ref=MAIN, repository_id="6007", owner_id="42")
    for details in (Details(ref=MAIN), with_ids):
        presumed = composed(BY_FLAG["github"], "octo/app", details).presumed
        assert [sentence for sentence in presumed if "--immutable-subject" in sentence]


def test_each_workload_is_called_as_its_service_calls_itself() -> None:
    names = ["GitHub Actions", "GitLab", "pod", "HCP Terraform", "Bitbucket Pipelines", "CircleCI", "Buildkite"]
    for workload, name in zip(WORKLOADS, [*names, "Google", "Cognito"], strict=True):
        assert name in workload.what


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.flag)
def test_a_detail_that_says_nothing_of_a_workload_is_refused_with_its_name(workload: Workload) -> None:
    detail = next(name for name in ("pull_request", "run_phase") if name not in workload.details)
    with pytest.raises(XdiagError, match=r"says nothing of an? [\w' ]+$"):
        composed(workload, "a/b/c/d/e"[: 2 * workload.least - 1], replace(Details(), **{detail: "plan"}))


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        pytest.param("gitlab", "acme/web", id="GitLab without a ref"),
        pytest.param("bitbucket", "acme", id="Bitbucket without a repository"),
        pytest.param("circleci", "o/p", id="CircleCI without a user"),
    ],
)
def test_a_subject_that_is_not_known_is_left_open_and_asked_for(flag: str, name: str) -> None:
    read = composed(BY_FLAG[flag], name, Details())
    assert [form.get("sub") for form in read.forms] == [None]
    assert any(sentence.startswith("`sub` ") and "add" in sentence for sentence in read.presumed)


@pytest.mark.parametrize(
    ("flag", "name", "details", "message", "hint"),
    [
        pytest.param("github", "app", {}, "`--github app` is not OWNER/REPOSITORY", "", id="no owner"),
        pytest.param("github", "octo/*", {}, "`--github octo/*` is not OWNER/REPOSITORY", "", id="a wildcard"),
        pytest.param("github", "octo//", {}, "`--github octo//` is not OWNER/REPOSITORY", "", id="empty parts"),
        pytest.param(
            "github",
            "octo/app",
            {"ref": "main"},
            "`--ref main` is not a whole ref",
            "expected `refs/heads/main` for a branch, `refs/tags/main` for a tag",
            id="a short ref",
        ),
        pytest.param(
            "github",
            "octo/app",
            {"ref": MAIN, "pull_request": True},
            "`--ref refs/heads/main` is not the ref of a pull request",
            "",
            id="a branch, and a pull request",
        ),
        pytest.param(
            "github",
            "octo/app",
            {"ref": MAIN, "immutable_subject": True},
            "the ids that are in an immutable subject are missing",
            "gh api repos/octo/app",
            id="ids that are said to count, and are not given",
        ),
        pytest.param(
            "gitlab",
            "acme/web",
            {"pull_request": True},
            "`--pull-request` says nothing of a job of GitLab",
            "",
            id="GitLab has no subject for merge requests",
        ),
        pytest.param("service_account", "a/b", {}, "the issuer of the cluster's tokens is missing", "describe-cluster"),
        pytest.param(
            "terraform_cloud",
            "a/b/c",
            {"run_phase": "destroy"},
            "`--run-phase destroy` is not a phase",
            "plan or apply",
        ),
    ],
)
def test_what_does_not_fit_is_said(flag: str, name: str, details: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        composed(BY_FLAG[flag], name, Details(**details))
    assert error.value.message == message
    assert hint in error.value.hint


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.flag)
def test_every_detail_that_does_not_count_is_refused(workload: Any) -> None:
    for field in set(Details.__struct_fields__) - set(workload.details):
        given: dict[str, Any] = {field: True}
        with pytest.raises(XdiagError, match="says nothing of"):
            composed(workload, "a", Details(**given))


NO_SUB_OF_GITHUB = "`sub` depends on the job: add `--ref`, `--environment` or `--pull-request`."
AUD_OF_GITHUB = "`aud` is what the action configure-aws-credentials asks for."
IDS_OF_GITHUB = (
    "`sub` holds ids where the repository was created, renamed or transferred since 2026-07-15 or has opted in: "
    "`gh api repos/octo/app/actions/oidc/customization/sub` tells, and `--immutable-subject` or "
    "`--no-immutable-subject` settles it."
)
AUD_OF_GITLAB = "`aud` is what the job's `id_tokens` asks for, often `https://gitlab.com`: add `--claim aud=...`."
AUD_OF_TERRAFORM = "`aud` is the default of TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE."
AUD_OF_BITBUCKET = "`aud` holds the UUID of the workspace: add `--owner-id`."
AUD_OF_BUILDKITE = "`aud` is what the job asks for: Buildkite's own default, or what its plugin for AWS asks for."


@pytest.mark.parametrize(
    ("flag", "name", "details", "presumed"),
    [
        ("github", "octo/app", {}, [AUD_OF_GITHUB, NO_SUB_OF_GITHUB]),
        ("github", "octo/app", {"ref": MAIN}, [AUD_OF_GITHUB, IDS_OF_GITHUB]),
        ("github", "octo/app", {"ref": MAIN, "immutable_subject": False}, [AUD_OF_GITHUB]),
        ("github", "octo/app", {"ref": MAIN, "issuer": "git.example.com/_services/token"}, [AUD_OF_GITHUB]),
        ("gitlab", "acme/web", {}, [AUD_OF_GITLAB, "`sub` depends on the ref: add `--ref`."]),
        (
            "gitlab",
            "acme/web",
            {"ref": MAIN},
            [
                AUD_OF_GITLAB,
                "`sub` is GitLab's default, which a project's `ci_id_token_sub_claim_components` changes.",
            ],
        ),
        (
            "service_account",
            "shop/cart",
            {"cluster_issuer": "x.example.com"},
            ["`aud` is what EKS asks for where no annotation changes it."],
        ),
        ("terraform_cloud", "acme/p/web", {"run_phase": "plan"}, [AUD_OF_TERRAFORM]),
        (
            "terraform_cloud",
            "acme/p/web",
            {},
            [
                AUD_OF_TERRAFORM,
                "`sub` names the phase of the run: add `--run-phase plan` or `--run-phase apply`.",
            ],
        ),
        (
            "bitbucket",
            "acme",
            {},
            [AUD_OF_BITBUCKET, "`sub` holds the UUID of the repository: add `--repository-id`."],
        ),
        (
            "bitbucket",
            "acme",
            {"repository_id": UUID},
            [AUD_OF_BITBUCKET, "In `sub`, zeros stand for the step, which has a new UUID in every run."],
        ),
        (
            "bitbucket",
            "acme",
            {"repository_id": UUID, "owner_id": UUID, "step": UUID},
            ["`aud` is that of a step that asks for no other."],
        ),
        (
            "circleci",
            "o/p",
            {},
            ["`sub` ends in the id of the user who caused the job: add it to `--circleci ORG_ID/PROJECT_ID/USER_ID`."],
        ),
        (
            "circleci",
            "o/p/u",
            {},
            [
                "`sub` is that of CIRCLE_OIDC_TOKEN. That of CIRCLE_OIDC_TOKEN_V2 goes on with "
                "`/vcs-origin/ORIGIN/vcs-ref/REF`: give it with `--claim sub=...`."
            ],
        ),
        (
            "buildkite",
            "acme/web",
            {"ref": MAIN, "step": ""},
            [AUD_OF_BUILDKITE, "In `sub`, zeros stand for the commit."],
        ),
        (
            "buildkite",
            "acme/web",
            {"step": "deploy"},
            [
                AUD_OF_BUILDKITE,
                "`sub` holds the ref and the key of the step: add `--ref`, and `--step`, empty where it has none.",
            ],
        ),
        ("google", "1", {}, ["`aud`, or `azp` instead of it, is the client's id: add `--claim aud=...`."]),
        (
            "cognito",
            "pool/amy",
            {},
            [
                "`amr` says whether the user has signed in: add `--claim amr=authenticated` or "
                "`--claim amr=unauthenticated`."
            ],
        ),
    ],
)
def test_what_is_presumed_is_said_and_what_would_settle_it(
    flag: str, name: str, details: dict[str, Any], presumed: list[str]
) -> None:
    assert list(composed(BY_FLAG[flag], name, Details(**details)).presumed) == presumed


def test_what_stands_in_leaves_ids_and_refs_as_zeros() -> None:
    def stand_in(flag: str, name: str, **details: Any) -> Any:
        return (composed(BY_FLAG[flag], name, Details(**details)).stand_in or {}).get("sub")

    assert stand_in("github", "octo/app", ref=MAIN) == f"repo:octo@0/app@0:ref:{MAIN}"
    assert stand_in("github", "octo/app", ref=MAIN, owner_id="1") == f"repo:octo@1/app@0:ref:{MAIN}"
    assert stand_in("github", "octo/app", ref=MAIN, repository_id="2") == f"repo:octo@0/app@2:ref:{MAIN}"
    assert stand_in("circleci", "o/p/u") == "org/o/project/p/user/u/vcs-origin/0/vcs-ref/0"
    assert stand_in("circleci", "o/p") is None


def test_the_branch_of_buildkite_is_known_from_its_ref_alone() -> None:
    for ref, branch in ((MAIN, "main"), ("refs/tags/v1", None)):
        for form in forms("buildkite", "acme/web", ref=ref):
            assert form["build_branch"] == branch
    for form in forms("buildkite", "acme/web"):
        assert "build_branch" not in form
        assert (form["iss"], form["organization_slug"], form["pipeline_slug"]) == (
            "https://agent.buildkite.com",
            "acme",
            "web",
        )


def test_a_step_of_bitbucket_has_its_own_id_and_no_braces_but_one_pair() -> None:
    given = {"repository_id": f"{{{UUID}}}", "environment": f"{{{OTHER_UUID}}}", "step": f"{{{UUID}}}"}
    assert subjects("bitbucket", "acme", **given) == [f"{{{UUID}}}:{{{OTHER_UUID}}}:{{{UUID}}}"]


def test_an_environment_and_its_group_are_claims_on_gitlab() -> None:
    (claims,) = forms("gitlab", "acme/web", environment="prod", owner_id="7")
    assert (claims["environment"], claims["namespace_id"]) == ("prod", "7")


@pytest.mark.parametrize(
    ("flag", "name", "shape"),
    [
        ("github", "octo/app/x", "OWNER/REPOSITORY"),
        ("gitlab", "acme", "GROUP/PROJECT"),
        ("gitlab", "/".join("a" * 22), "GROUP/PROJECT"),
        ("service_account", "shop", "NAMESPACE/NAME"),
        ("terraform_cloud", "acme/web", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("terraform_cloud", "acme/p/w/x", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("terraform_cloud", " acme/p/w", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("terraform_cloud", "acme/p/w ", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("terraform_cloud", "acme/p\t/w", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("terraform_cloud", "acme/p?/w", "ORGANIZATION/PROJECT/WORKSPACE"),
        ("bitbucket", "acme/x", "WORKSPACE"),
        ("circleci", "o", "ORG_ID/PROJECT_ID[/USER_ID]"),
        ("circleci", "o/p/u/x", "ORG_ID/PROJECT_ID[/USER_ID]"),
        ("buildkite", "acme/w b", "ORGANIZATION/PIPELINE"),
        ("google", "1/2", "SUBJECT"),
        ("cognito", "pool", "POOL_ID/IDENTITY_ID"),
    ],
)
def test_a_name_of_another_form_is_told_with_the_form(flag: str, name: str, shape: str) -> None:
    option = f"--{flag.replace('_', '-')}"
    with pytest.raises(XdiagError) as error:
        composed(BY_FLAG[flag], name, Details())
    assert error.value.message == f"`{option} {name}` is not {shape}"
    assert error.value.hint == f"expected `{option} {shape}`"


def test_the_longest_names_and_those_with_spaces_are_taken() -> None:
    assert forms("gitlab", "/".join("a" * 21))
    assert forms("terraform_cloud", "acme/Default Project/web")


@pytest.mark.parametrize(
    ("flag", "name", "details", "hint"),
    [
        (
            "github",
            "octo/app",
            {"run_phase": "plan"},
            "with `--github`, it has no effect; a claim can be given with `--claim NAME=VALUE`",
        ),
        (
            "service_account",
            "a/b",
            {"ref": MAIN},
            "with `--service-account`, it has no effect; a claim can be given with `--claim NAME=VALUE`",
        ),
        (
            "service_account",
            "a/b",
            {},
            "expected `--cluster NAME`, to read it, or `--cluster-issuer URL`: `aws eks describe-cluster --name NAME "
            "--query cluster.identity.oidc.issuer` tells it",
        ),
        (
            "github",
            "octo/app",
            {"ref": MAIN, "pull_request": True},
            "expected `refs/pull/NUMBER/merge`, or no `--ref`",
        ),
        (
            "github",
            "octo/app",
            {"ref": MAIN, "owner_id": "1", "immutable_subject": True},
            "expected `--owner-id` and `--repository-id`: `gh api repos/octo/app` has them",
        ),
        ("terraform_cloud", "a/b/c", {"run_phase": "PLAN"}, "expected plan or apply"),
    ],
)
def test_each_mistake_says_what_was_expected(flag: str, name: str, details: dict[str, Any], hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        composed(BY_FLAG[flag], name, Details(**details))
    assert error.value.hint == hint


@pytest.mark.parametrize(
    ("flag", "what", "details"),
    [
        (
            "github",
            "a job of GitHub Actions",
            "ref environment pull_request repository_id owner_id immutable_subject issuer",
        ),
        ("gitlab", "a job of GitLab", "ref environment repository_id owner_id issuer"),
        ("service_account", "a pod's service account", "cluster_issuer cluster"),
        ("terraform_cloud", "a run of HCP Terraform", "run_phase issuer"),
        ("bitbucket", "a step of Bitbucket Pipelines", "repository_id owner_id environment step issuer"),
        ("circleci", "a job of CircleCI", "issuer"),
        ("buildkite", "a job of Buildkite", "ref step issuer"),
        ("google", "a Google account", ""),
        ("cognito", "an identity of a Cognito identity pool", ""),
    ],
)
def test_the_details_that_say_something_of_a_workload(flag: str, what: str, details: str) -> None:
    assert BY_FLAG[flag].what == what
    assert set(BY_FLAG[flag].details) == set(details.split())
