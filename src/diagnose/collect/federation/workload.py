"""What the token of a workload says, put together from what names the workload: a row for each who issues tokens.

Whoever has no token at hand knows the repository, the branch, the service account. What that does not settle is left
out, or put together in every way in which it may be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.model.arn import HTTPS

Claims = Mapping[str, Any]


class Details(Struct, frozen=True):
    """What more is known of a workload. Each field is an option, and None where it was not given."""

    ref: str | None = None
    environment: str | None = None
    pull_request: bool | None = None
    repository_id: str | None = None
    owner_id: str | None = None
    immutable_subject: bool | None = None
    cluster_issuer: str | None = None
    cluster: str | None = None
    run_phase: str | None = None
    step: str | None = None
    issuer: str | None = None


class Composed(Struct, frozen=True):
    """The claims that a token may have, in each form that is possible, the likeliest first; and what was presumed.

    `stand_in` is the last form, complete, with zeros in its subject that stand for whatever no policy names there.
    """

    forms: tuple[Claims, ...]
    presumed: tuple[str, ...] = ()
    stand_in: Claims | None = None


class Workload(Struct, frozen=True):
    """A kind of workload: the option that names one, the form of its name, which details count, and its claims."""

    flag: str
    what: str
    shape: str
    details: tuple[str, ...]
    claims: Callable[[Sequence[str], Details], Composed]
    least: int = 2
    most: int = 2
    spaces: bool = False
    """Whether its names may have spaces in them."""


def composed(workload: Workload, name: str, details: Details) -> Composed:
    """Put the claims of a workload together. Raises XdiagError for a name or a detail that does not fit."""
    option = f"--{workload.flag.replace('_', '-')}"
    for field in Details.__struct_fields__:
        if getattr(details, field) is not None and field not in workload.details:
            raise XdiagError(
                f"`--{field.replace('_', '-')}` says nothing of {workload.what}",
                hint=f"with `{option}`, it has no effect; a claim can be given with `--claim NAME=VALUE`",
            )
    return workload.claims(named(workload, name), details)


def named(workload: Workload, name: str) -> Sequence[str]:
    """Take the name of a workload apart. Raises XdiagError for one that does not have its form."""
    option = f"--{workload.flag.replace('_', '-')}"
    parts = name.split("/")
    never = r"[*?]|^ | $|[^\S ]" if workload.spaces else r"[\s*?]"
    if not workload.least <= len(parts) <= workload.most or not all(parts) or re.search(never, name):
        raise XdiagError(f"`{option} {name}` is not {workload.shape}", hint=f"expected `{option} {workload.shape}`")
    return parts


def _of_github(parts: Sequence[str], details: Details) -> Composed:
    """Put together GitHub's default subject, in the form with names only and in that with ids.

    Which form a repository has is its setting's, and, from 2026-07-15 on, depends on when it was created.

    Source: https://docs.github.com/en/actions/reference/security/oidc
    """
    owner, repository = parts
    issuer = _issuer(details, "https://token.actions.githubusercontent.com")
    context = _context_on_github(details)
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": "sts.amazonaws.com",
        "repository": f"{owner}/{repository}",
        "repository_owner": owner,
        **_given(repository_id=details.repository_id, repository_owner_id=details.owner_id, ref=details.ref),
    }
    presumed = ["`aud` is what the action configure-aws-credentials asks for."]
    if details.environment is not None:
        claims["environment"] = details.environment
    elif context is not None:
        claims["environment"] = None
    if context is None:
        presumed.append("`sub` depends on the job: add `--ref`, `--environment` or `--pull-request`.")
        return Composed((claims,), tuple(presumed))
    by_name = {**claims, "sub": f"repo:{owner}/{repository}:{context}"}
    with_ids = dict(claims)
    if details.repository_id is not None and details.owner_id is not None:
        prefix = f"repo:{owner}@{details.owner_id}/{repository}@{details.repository_id}"
        with_ids["sub"] = f"{prefix}:{context}"
    elif details.immutable_subject:
        raise XdiagError(
            "the ids that are in an immutable subject are missing",
            hint=f"expected `--owner-id` and `--repository-id`: `gh api repos/{owner}/{repository}` has them",
        )
    if details.immutable_subject is not None:
        return Composed((with_ids if details.immutable_subject else by_name,), tuple(presumed))
    if issuer.endswith("/_services/token"):  # of GitHub Enterprise Server, which has no immutable subjects
        return Composed((by_name,), tuple(presumed))
    presumed.append(
        "`sub` holds ids where the repository was created, renamed or transferred since 2026-07-15 or has opted in: "
        f"`gh api repos/{owner}/{repository}/actions/oidc/customization/sub` tells, "
        "and `--immutable-subject` or `--no-immutable-subject` settles it."
    )
    if "sub" in with_ids:
        return Composed((with_ids, by_name), tuple(presumed))
    some_ids = {
        **claims,
        "sub": f"repo:{owner}@{details.owner_id or 0}/{repository}@{details.repository_id or 0}:{context}",
    }
    return Composed((by_name, with_ids), tuple(presumed), stand_in=some_ids)


def _context_on_github(details: Details) -> str | None:
    """Say what a subject ends in: the environment goes before the event, and the event before the ref."""
    ref = details.ref
    of_pull_request = ref is not None and ref.startswith("refs/pull/")
    if ref is not None and not of_pull_request:
        _ref(ref)
        if details.pull_request:
            raise XdiagError(
                f"`--ref {ref}` is not the ref of a pull request",
                hint="expected `refs/pull/NUMBER/merge`, or no `--ref`",
            )
    if details.environment is not None:
        return f"environment:{details.environment.replace(':', '%3A')}"
    if details.pull_request or of_pull_request:
        return "pull_request"
    return f"ref:{ref}" if ref is not None else None


def _of_gitlab(parts: Sequence[str], details: Details) -> Composed:
    """Put together GitLab's default subject. A project may choose another.

    Source: https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
    """
    issuer = _issuer(details, "https://gitlab.com")
    project = "/".join(parts)
    claims: dict[str, Any] = {
        "iss": issuer,
        "project_path": project,
        "namespace_path": "/".join(parts[:-1]),
        **_given(environment=details.environment, project_id=details.repository_id, namespace_id=details.owner_id),
    }
    presumed = [f"`aud` is what the job's `id_tokens` asks for, often `{issuer}`: add `--claim aud=...`."]
    if details.ref is None:
        presumed.append("`sub` depends on the ref: add `--ref`.")
        return Composed((claims,), tuple(presumed))
    kind, name = _ref(details.ref)
    presumed.append("`sub` is GitLab's default, which a project's `ci_id_token_sub_claim_components` changes.")
    of_ref = {"ref_type": kind, "ref": name, "sub": f"project_path:{project}:ref_type:{kind}:ref:{name}"}
    return Composed(({**claims, **of_ref},), tuple(presumed))


def _of_service_account(parts: Sequence[str], details: Details) -> Composed:
    """Put together what a pod's projected token says.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
    """
    if details.cluster_issuer is None:
        raise XdiagError(
            "the issuer of the cluster's tokens is missing",
            hint="expected `--cluster NAME`, to read it, or `--cluster-issuer URL`: `aws eks describe-cluster "
            "--name NAME --query cluster.identity.oidc.issuer` tells it",
        )
    namespace, account = parts
    issuer = details.cluster_issuer
    claims = {
        "iss": issuer if "://" in issuer else HTTPS + issuer,
        "aud": ["sts.amazonaws.com"],
        "sub": f"system:serviceaccount:{namespace}:{account}",
    }
    return Composed((claims,), ("`aud` is what EKS asks for where no annotation changes it.",))


def _of_terraform(parts: Sequence[str], details: Details) -> Composed:
    """Put together what HCP Terraform's workload identity says; a plan and an apply are two subjects.

    Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
    """
    organization, project, workspace = parts
    if details.run_phase not in (None, "plan", "apply"):
        raise XdiagError(f"`--run-phase {details.run_phase}` is not a phase", hint="expected plan or apply")
    claims = {
        "iss": _issuer(details, "https://app.terraform.io"),
        "aud": "aws.workload.identity",
        "terraform_organization_name": organization,
        "terraform_project_name": project,
        "terraform_workspace_name": workspace,
    }
    subject = f"organization:{organization}:project:{project}:workspace:{workspace}:run_phase"
    phases = (details.run_phase,) if details.run_phase else ("plan", "apply")
    presumed = ["`aud` is the default of TFC_AWS_WORKLOAD_IDENTITY_AUDIENCE."]
    if details.run_phase is None:
        presumed.append("`sub` names the phase of the run: add `--run-phase plan` or `--run-phase apply`.")
    forms = tuple({**claims, "terraform_run_phase": phase, "sub": f"{subject}:{phase}"} for phase in phases)
    return Composed(forms, tuple(presumed))


def _of_bitbucket(parts: Sequence[str], details: Details) -> Composed:
    """Put together what a step of Bitbucket Pipelines says. UUIDs have braces in the subject, and none in `aud`.

    Source: https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
    """
    (workspace,) = parts
    ids = _given(repository=details.repository_id, environment=details.environment)
    repository, environment = (ids.get(name, "").strip("{}") for name in ("repository", "environment"))
    claims: dict[str, Any] = {
        "iss": _issuer(details, f"https://api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc")
    }
    presumed = []
    if details.owner_id is not None:
        claims["aud"] = f"ari:cloud:bitbucket::workspace/{details.owner_id.strip('{}')}"
        presumed.append("`aud` is that of a step that asks for no other.")
    else:
        presumed.append("`aud` holds the UUID of the workspace: add `--owner-id`.")
    if not repository:
        presumed.append("`sub` holds the UUID of the repository: add `--repository-id`.")
        return Composed((claims,), tuple(presumed))
    step = details.step.strip("{}") if details.step else _ZEROS
    ids_in_order = filter(None, (repository, environment, step))
    claims |= {"repositoryUuid": f"{{{repository}}}", "sub": ":".join(f"{{{each}}}" for each in ids_in_order)}
    if details.step is None:
        presumed.append("In `sub`, zeros stand for the step, which has a new UUID in every run.")
    return Composed((claims,), tuple(presumed))


def _of_circleci(parts: Sequence[str], details: Details) -> Composed:
    """Put together what a job of CircleCI says. Who caused it is part of the subject.

    A job has two tokens. The subject of the second, which CircleCI's orb for the AWS CLI presents, goes on with the
    repository and the ref.

    Sources:
    https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
    https://github.com/CircleCI-Public/aws-cli-orb/pull/130
    """
    organization, project, *user = parts
    claims = {
        "iss": _issuer(details, f"https://oidc.circleci.com/org/{organization}"),
        "aud": organization,
        "oidc.circleci.com/project-id": project,
    }
    if not user:
        told = "`sub` ends in the id of the user who caused the job: add it to `--circleci ORG_ID/PROJECT_ID/USER_ID`."
        return Composed((claims,), (told,))
    subject = f"org/{organization}/project/{project}/user/{user[0]}"
    told = (
        "`sub` is that of CIRCLE_OIDC_TOKEN. That of CIRCLE_OIDC_TOKEN_V2 goes on with "
        "`/vcs-origin/ORIGIN/vcs-ref/REF`: give it with `--claim sub=...`."
    )
    second = {**claims, "sub": f"{subject}/vcs-origin/0/vcs-ref/0"}
    return Composed(({**claims, "sub": subject}, claims), (told,), stand_in=second)


def _of_buildkite(parts: Sequence[str], details: Details) -> Composed:
    """Put together what a job of Buildkite says.

    Source: https://buildkite.com/docs/agent/v3/cli-oidc
    """
    organization, pipeline = parts
    claims: dict[str, Any] = {
        "iss": _issuer(details, "https://agent.buildkite.com"),
        "organization_slug": organization,
        "pipeline_slug": pipeline,
    }
    presumed = ["`aud` is what the job asks for: Buildkite's own default, or what its plugin for AWS asks for."]
    if details.ref is not None:
        kind, name = _ref(details.ref)
        claims["build_branch"] = name if kind == "branch" else None
    if details.ref is not None and details.step is not None:
        prefix = f"organization:{organization}:pipeline:{pipeline}:ref:{details.ref}"
        claims["sub"] = f"{prefix}:commit:{'0' * 40}:step:{details.step}"
        presumed.append("In `sub`, zeros stand for the commit.")
    else:
        presumed.append(
            "`sub` holds the ref and the key of the step: add `--ref`, and `--step`, empty where it has none."
        )
    audiences = ("sts.amazonaws.com", f"https://buildkite.com/{organization}")
    return Composed(tuple({**claims, "aud": audience} for audience in audiences), tuple(presumed))


def _of_google(parts: Sequence[str], _: Details) -> Composed:
    (subject,) = parts
    claims = {"iss": "https://accounts.google.com", "sub": subject}
    return Composed((claims,), ("`aud`, or `azp` instead of it, is the client's id: add `--claim aud=...`.",))


def _of_cognito(parts: Sequence[str], _: Details) -> Composed:
    """Put together what an identity pool says; whether the user has signed in, its name does not tell.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
    """
    pool, identity = parts
    claims = {"iss": "https://cognito-identity.amazonaws.com", "aud": pool, "sub": identity}
    told = (
        "`amr` says whether the user has signed in: add `--claim amr=authenticated` or `--claim amr=unauthenticated`."
    )
    return Composed((claims,), (told,))


WORKLOADS: tuple[Workload, ...] = (
    Workload(
        "github",
        "a job of GitHub Actions",
        "OWNER/REPOSITORY",
        ("ref", "environment", "pull_request", "repository_id", "owner_id", "immutable_subject", "issuer"),
        _of_github,
    ),
    Workload(
        "gitlab",
        "a job of GitLab",
        "GROUP/PROJECT",
        ("ref", "environment", "repository_id", "owner_id", "issuer"),
        _of_gitlab,
        most=21,
    ),
    Workload(
        "service_account",
        "a pod's service account",
        "NAMESPACE/NAME",
        ("cluster_issuer", "cluster"),
        _of_service_account,
    ),
    Workload(
        "terraform_cloud",
        "a run of HCP Terraform",
        "ORGANIZATION/PROJECT/WORKSPACE",
        ("run_phase", "issuer"),
        _of_terraform,
        least=3,
        most=3,
        spaces=True,  # every organization has a `Default Project`
    ),
    Workload(
        "bitbucket",
        "a step of Bitbucket Pipelines",
        "WORKSPACE",
        ("repository_id", "owner_id", "environment", "step", "issuer"),
        _of_bitbucket,
        least=1,
        most=1,
    ),
    Workload(
        "circleci", "a job of CircleCI", "ORG_ID/PROJECT_ID[/USER_ID]", ("issuer",), _of_circleci, least=2, most=3
    ),
    Workload("buildkite", "a job of Buildkite", "ORGANIZATION/PIPELINE", ("ref", "step", "issuer"), _of_buildkite),
    Workload("google", "a Google account", "SUBJECT", (), _of_google, least=1, most=1),
    Workload("cognito", "an identity of a Cognito identity pool", "POOL_ID/IDENTITY_ID", (), _of_cognito),
)
"""Every kind of workload."""

_ZEROS = "00000000-0000-0000-0000-000000000000"


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _issuer(details: Details, usual: str) -> str:
    issuer = details.issuer or usual
    return issuer if "://" in issuer else HTTPS + issuer


def _ref(ref: str) -> tuple[str, str]:
    """Take a Git ref apart. Raises XdiagError for a name alone, which may be a branch's or a tag's."""
    for prefix, kind in (("refs/heads/", "branch"), ("refs/tags/", "tag")):
        if ref.startswith(prefix) and ref != prefix:
            return kind, ref.removeprefix(prefix)
    raise XdiagError(
        f"`--ref {ref}` is not a whole ref",
        hint=f"expected `refs/heads/{ref}` for a branch, `refs/tags/{ref}` for a tag",
    )
