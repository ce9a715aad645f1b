"""Who issues tokens, and which of their claims a trust policy can ask for: a row each.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

import re
from functools import lru_cache

from msgspec import Struct

from diagnose.model.lazy_pattern import lazy_pattern


class Issuer(Struct, frozen=True):
    """One issuer, or many that are alike.

    `name` is what stands for it in condition keys, a regular expression of the whole: its URL without `https://`.
    `claims` have a condition key. Whether those in `unsure` have one, AWS's pages do not agree on. All other claims
    have none, whatever the token says. `built_in`: IAM needs no provider for it; the host is the principal. `demanded`
    is the claim, or the key, on which IAM wants a condition before it saves a trust policy; empty if there is none.
    `writes_claims_of_aws`: its tokens can hold session tags, a source identity, and the roles that they are for.
    """

    name: str
    claims: frozenset[str]
    unsure: frozenset[str] = frozenset()
    built_in: bool = False
    demanded: str = ""
    writes_claims_of_aws: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_ALL = frozenset(("sub", "aud", "amr"))
_UNSURE = frozenset(("email", "oaud"))
_GITHUB = _words(
    "actor actor_id enterprise_id environment job_workflow_ref ref repository repository_id repository_owner_id "
    "workflow"
)
_GITLAB = _words(
    "namespace_id pipeline_source project_id ref_protected runner_environment user_access_level user_email user_id "
    "user_login"
)
_BUILDKITE = _words("build_branch cluster_id cluster_name organization_id organization_slug pipeline_id pipeline_slug")


def _row(
    name: str,
    *claims: str,
    more: frozenset[str] = frozenset(),
    demanded: str = "",
    built_in: bool = False,
    writes: bool = False,
) -> Issuer:
    if built_in:
        return Issuer(name, frozenset(claims), built_in=True, demanded=demanded)
    return Issuer(name, _OF_ALL | more | set(claims), _UNSURE, demanded=demanded, writes_claims_of_aws=writes)


ISSUERS: tuple[Issuer, ...] = (
    _row(r"accounts\.google\.com", "aud", "oaud", "sub", "google/organization_number", built_in=True),
    _row(r"cognito-identity\.amazonaws\.com", "aud", "sub", "amr", built_in=True, demanded="aud"),
    _row(r"www\.amazon\.com", "app_id", "user_id", built_in=True),
    _row(r"graph\.facebook\.com", "app_id", "id", built_in=True),
    _row(r"token\.actions\.githubusercontent\.com(/[\w-]+)?", more=_GITHUB, demanded="sub"),
    _row(r"token\.actions\.[\w-]+\.ghe\.com|github\.com/enterprises/[\w-]+", more=_GITHUB),
    _row(r"gitlab\.com", more=_GITLAB, demanded="sub"),
    _row(r"oidc\.circleci\.com/org/[0-9a-f-]+", "oidc.circleci.com/project-id"),
    _row(r"agent\.buildkite\.com", more=_BUILDKITE, demanded="sub", writes=True),
    _row(r"agent\.[\w-]+\.buildkite\.(dev|site)", more=_BUILDKITE, writes=True),
    _row(r"oidc\.eks\.[\w-]+\.(amazonaws\.com(\.cn)?|api\.aws)/id/[0-9A-Za-z]+"),
    _row(r"idcs-[\w-]+\.identity\.oraclecloud\.com", "rpst_id"),
    # These are shared by many tenants, too, and IAM demands a condition that tells them apart.
    # Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
    _row(
        r"(vstoken\.actions|oidc-configuration\.audit-log)\.githubusercontent\.com|app\.terraform\.io|"
        r"oidc\.codefresh\.io|studio\.datachain\.ai/api|scalr\.io|tokens\.cloud\.shisho\.dev|proidc\.upbound\.io|"
        r"oidc\.op1\.openshiftapps\.com/\w+|rh-oidc\.s3\.us-east-1\.amazonaws\.com/\w+",
        demanded="sub",
    ),
    _row(r"oidc\.vercel\.com|api\.pulumi\.com/oidc|sandboxes\.cloud", demanded="aud"),
    _row(r"sts\.windows\.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/?", demanded="sts:RoleSessionName"),
)

PRIVATE = Issuer("", _OF_ALL, _UNSURE, writes_claims_of_aws=True)
"""Every other issuer: one's own servers, services that give each customer an issuer."""


def issuer_of(name: str) -> Issuer:
    """Find the row of an issuer by its name, which is its URL without `https://`."""
    return _known_issuer(name) if len(name) <= _LONGEST_NAME else PRIVATE


_LONGEST_NAME = 255
"""Letters of the URL of an OpenID Connect provider in IAM; what is remembered is no longer."""


@lru_cache(maxsize=1024)
def _known_issuer(name: str) -> Issuer:
    return next((row for row in ISSUERS if re.fullmatch(row.name, name)), PRIVATE)


def name_meant(name: str) -> str:
    """Give the name of the issuer that is meant by one that no issuer has: with a scheme, or with swapped words.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    """
    return _SWAPPED.sub(r"oidc.eks.\1.", name.removeprefix("https://"))


_SWAPPED = lazy_pattern(r"^(?:oidc\.([a-z]{2}(?:-[a-z]+)+-\d)\.eks\.)")


def lasting(subject: str) -> str:
    """Give a subject as a pattern of those that the same workload has in every run: with `*` for what changes in each.

    Sources:
    https://buildkite.com/docs/agent/v3/cli-oidc
    https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
    """
    return _COMMIT.sub(r"\1*", _STEP.sub(r"\1*", subject))


_COMMIT = lazy_pattern(r"^(organization:[^:]*:pipeline:[^:]*:.*:commit:)[0-9a-f]{40}(?=:)")
_STEP = lazy_pattern(r"^((?:\{[0-9a-f-]{36}\}:){1,2})\{[0-9a-f-]{36}\}$")


def is_subject(text: str) -> bool:
    """Say whether a text has the form of a token's subject, of one of the issuers that most people use."""
    return text.startswith(_SUBJECTS)


def is_audience(text: str) -> bool:
    """Say whether a text is the audience of tokens for AWS."""
    return text in ("sts.amazonaws.com", "https://sts.amazonaws.com")


_SUBJECTS = ("repo:", "system:serviceaccount:", "project_path:", "organization:", "repository_owner_id:")
