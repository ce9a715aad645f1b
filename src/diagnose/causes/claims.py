"""How what a trust policy wants of a token differs from what the token says: which part of the subject, in one word.

The forms of subjects:
https://docs.github.com/en/actions/reference/security/oidc
https://docs.gitlab.com/ci/secrets/id_token_authentication/
https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
https://buildkite.com/docs/agent/v3/cli-oidc
https://circleci.com/docs/openid-connect-tokens/
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from diagnose.evaluate.keys.federation import provider_of_key
from diagnose.evaluate.keys.table import CLAIMS, traits_of
from diagnose.evaluate.pattern import glob
from diagnose.model.issuers import is_audience, is_subject
from diagnose.model.key_state import KeyState
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.reason import Reason


class ClaimMiss(StrEnum):
    """How the claim that is wanted differs from the token's; of several values wanted, the nearest."""

    NONE = "none"
    """It is equal, not known, or not a claim of a token."""
    IDS_MISSING = "ids_missing"
    """The token's subject holds the numbers of owner and repository, the wanted one only their names."""
    IDS_EXTRA = "ids_extra"
    TWO_CONTEXTS = "two_contexts"
    """An environment and a ref are wanted in one subject, which holds only one of them."""
    ENVIRONMENT_FOR_REF = "environment_for_ref"
    """The token names an environment, and the wanted subject does not."""
    REF_FOR_ENVIRONMENT = "ref_for_environment"
    OTHER_ENVIRONMENT = "other_environment"
    PULL_REQUEST = "pull_request"
    """The token is of a pull request, and the wanted subject is not."""
    NOT_PULL_REQUEST = "not_pull_request"
    TAG_FOR_BRANCH = "tag_for_branch"
    BRANCH_FOR_TAG = "branch_for_tag"
    OTHER_REF = "other_ref"
    CONTEXT_MISSING = "context_missing"
    """The wanted subject ends behind the repository."""
    SERVICE_ACCOUNT = "service_account"
    NAMESPACE = "namespace"
    OTHER_REPOSITORY = "other_repository"
    OTHER_PHASE = "other_phase"
    """A plan and an apply of HCP Terraform are two subjects."""
    NO_SUCH_REF_TYPE = "no_such_ref_type"
    """A kind of ref is wanted that GitLab's subjects never name: they know branches and tags."""
    OTHER_FORM = "other_form"
    """The token's subject is put together in another way than the wanted one."""
    OTHER_SUBJECT = "other_subject"
    SUBJECT_WANTED = "subject_wanted"
    """A subject stands where an audience is compared."""
    AUDIENCE_WANTED = "audience_wanted"
    """An audience stands where a subject is compared."""
    OTHER_AUDIENCE = "other_audience"
    SIGNED_IN = "signed_in"
    """Guests of an identity pool are wanted, and this user has signed in."""
    NOT_SIGNED_IN = "not_signed_in"
    OTHER_CLAIM = "other_claim"


def claim_of(key: str) -> str:
    """Name, in lower case, the claim of a token that a key holds; empty where it holds none."""
    return provider_of_key(key.lower())[1] if traits_of(key.lower()) is CLAIMS else ""


def claim_miss(key: str, wanted: Sequence[str], got: KeyState | str) -> ClaimMiss:
    """Say how a claim differs. What a value is, one that is wanted shows by its form, even if the token is unknown."""
    claim = claim_of(key)
    if not claim:
        return ClaimMiss.NONE
    if claim == "aud" and any(map(is_subject, wanted)):
        return ClaimMiss.SUBJECT_WANTED
    values = got.known if isinstance(got, KeyState) else (got,)
    if not values:
        return ClaimMiss.NONE
    match claim:
        case "sub":
            return _nearest(_subject_miss(one, values[0]) for one in wanted)
        case "aud":
            return ClaimMiss.OTHER_AUDIENCE
        case "amr" if _GUEST in wanted and _USER in values:
            return ClaimMiss.SIGNED_IN
        case "amr" if _USER in wanted and _GUEST in values:
            return ClaimMiss.NOT_SIGNED_IN
    return ClaimMiss.OTHER_CLAIM


_USER, _GUEST = "authenticated", "unauthenticated"
"""The first of the values of `amr` that Amazon Cognito writes.

Source: https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""


def provider_difference(wanted: str, got: str) -> Reason:
    """Say how the ARN of a provider that there is not differs from that of one that there is."""
    if wanted.lower() == got.lower():
        return Reason.CASE_DIFFERS
    return Reason.SLASH_DIFFERS if wanted.rstrip("/") == got.rstrip("/") else Reason.OTHER_PROVIDER


def audience_difference(wanted: str, got: Sequence[str]) -> Reason:
    """Say how the audience of a token differs from those that are registered: `wanted`, with commas between them."""
    registered = wanted.split(", ")
    for audience in got:
        for one in registered:
            if one.lower() == audience.lower():
                return Reason.CASE_DIFFERS
            if one.rstrip("/") == audience.rstrip("/"):
                return Reason.SLASH_DIFFERS
    return Reason.ISSUER_DEFAULT if len(got) == 1 and _DEFAULT_AUDIENCE.fullmatch(got[0]) else Reason.VALUE_DIFFERS


class _Subject(Struct, frozen=True):
    """A subject that names a repository or a project. `numbers` are those of owner and repository, if it holds them."""

    owner: str
    repository: str
    numbers: tuple[str, str] | None
    context: str


_GITHUB = lazy_pattern(r"repo:([^:/@]*)(?:@([^:/]*))?/([^:/@]*)(?:@([^:/]*))?(?::(.*))?", re.DOTALL)
_GITLAB = lazy_pattern(r"project_path:(.+?)/([^/:]+)(?::(.*))?", re.DOTALL)
_REF_TYPE = lazy_pattern(r"ref_type:([^:]*)")
_REF_TYPES = ("branch", "tag")
_PIPELINE = lazy_pattern(r"organization:([^:]*):pipeline:([^:]*)(?::(ref:[^:]*|\*)(?::.*)?)?", re.DOTALL)
"""Of Buildkite, up to the ref."""
_PROJECT = lazy_pattern(r"org/([^/]*)/project/([^/]*)(?:/(.*))?", re.DOTALL)
"""Of CircleCI."""
_TERRAFORM = lazy_pattern(r"organization:([^:]*):(?:project:([^:]*):)?workspace:([^:]*):run_phase:(.*)", re.DOTALL)
_SERVICE_ACCOUNT = lazy_pattern(r"system:serviceaccount:([^:]*):([^:]*)")
_DEFAULT_AUDIENCE = lazy_pattern(
    r"https://github\.com/[\w.-]+|https://gitlab\.com|https://buildkite\.com/[\w.-]+|"
    r"https://kubernetes\.default\.svc(\.cluster\.local)?"
)
"""What GitHub, GitLab, Buildkite and Kubernetes write where nobody asked for an audience."""


def _nearest(misses: Iterable[ClaimMiss]) -> ClaimMiss:
    order = list(ClaimMiss)
    return min(misses, key=order.index, default=ClaimMiss.NONE)


def _subject_miss(wanted: str, got: str) -> ClaimMiss:
    if is_audience(wanted):
        return ClaimMiss.AUDIENCE_WANTED
    account = _SERVICE_ACCOUNT.fullmatch(got)
    if account is not None:
        return _account_miss(wanted, account)
    run = _TERRAFORM.fullmatch(got)
    if run is not None:
        return _run_miss(wanted, run)
    policy, token = _read(wanted), _read(got)
    if policy is None or token is None:
        return ClaimMiss.OTHER_FORM if policy is not token and is_subject(wanted) else ClaimMiss.OTHER_SUBJECT
    if not _fits(policy.owner, token.owner) or not _fits(policy.repository, token.repository):
        return ClaimMiss.OTHER_REPOSITORY
    if (policy.numbers is None) is not (token.numbers is None):
        return ClaimMiss.IDS_EXTRA if policy.numbers else ClaimMiss.IDS_MISSING
    if policy.numbers and token.numbers and not all(map(_fits, policy.numbers, token.numbers)):
        return ClaimMiss.OTHER_REPOSITORY
    if _PROJECT.fullmatch(got) or (not _GITHUB.fullmatch(got) and _fits(policy.context, token.context)):
        return ClaimMiss.OTHER_SUBJECT
    return _context_miss(policy.context, token.context)


def _account_miss(wanted: str, got: re.Match[str]) -> ClaimMiss:
    policy = _SERVICE_ACCOUNT.fullmatch(wanted)
    if policy is None:
        return ClaimMiss.OTHER_FORM
    return ClaimMiss.NAMESPACE if not _fits(policy[1], got[1]) else ClaimMiss.SERVICE_ACCOUNT


def _run_miss(wanted: str, got: re.Match[str]) -> ClaimMiss:
    policy = _TERRAFORM.fullmatch(wanted)
    if policy is None:
        return ClaimMiss.OTHER_SUBJECT
    *there, phase = got.groups(default="")
    *here, wanted_phase = policy.groups(default="")
    if not all(map(_fits, here, there)):
        return ClaimMiss.OTHER_REPOSITORY
    return ClaimMiss.OTHER_PHASE if not _fits(wanted_phase, phase) else ClaimMiss.OTHER_SUBJECT


def _context_miss(wanted: str, got: str) -> ClaimMiss:
    """Tell apart what follows the repository: an environment, a ref, a pull request, or something of one's own."""
    if (named := _REF_TYPE.match(wanted)) and got.startswith("ref_type:") and not any(map(glob(named[1]), _REF_TYPES)):
        return ClaimMiss.NO_SUCH_REF_TYPE
    here, there = _kind(wanted), _kind(got)
    if not wanted:
        return ClaimMiss.CONTEXT_MISSING
    if "environment:" in wanted and "ref:" in wanted.replace("_ref:", ""):
        return ClaimMiss.TWO_CONTEXTS
    match here, there:
        case "environment", "environment":
            return ClaimMiss.OTHER_ENVIRONMENT
        case _, "environment":
            return ClaimMiss.ENVIRONMENT_FOR_REF
        case "environment", "branch" | "tag":
            return ClaimMiss.REF_FOR_ENVIRONMENT
        case _, "pull_request":
            return ClaimMiss.PULL_REQUEST
        case "pull_request", _:
            return ClaimMiss.NOT_PULL_REQUEST
        case "branch", "tag":
            return ClaimMiss.TAG_FOR_BRANCH
        case "tag", "branch":
            return ClaimMiss.BRANCH_FOR_TAG
    return ClaimMiss.OTHER_FORM if "other" in (here, there) else ClaimMiss.OTHER_REF


def _kind(context: str) -> str:
    if context.startswith("environment:"):
        return "environment"
    if context == "pull_request":
        return "pull_request"
    if context.startswith(("ref:refs/tags/", "ref_type:tag:")):
        return "tag"
    return "branch" if context.startswith(("ref:", "ref_type:branch:")) else "other"


def _read(text: str) -> _Subject | None:
    if github := _GITHUB.fullmatch(text):
        owner, owner_id, repository, repository_id, context = github.groups()
        numbers = (owner_id or "", repository_id or "") if owner_id or repository_id else None
        return _Subject(owner, repository, numbers, context or "")
    if gitlab := _GITLAB.fullmatch(text):
        return _Subject(gitlab[1], gitlab[2], None, gitlab[3] or "")
    if pipeline := _PIPELINE.fullmatch(text) or _PROJECT.fullmatch(text):
        return _Subject(pipeline[1], pipeline[2], None, pipeline[3] or "")
    return None


def _fits(wanted: str, got: str) -> bool:
    """Say whether two names may be meant for each other: capitalization is a miss of its own, told elsewhere."""
    return glob(wanted.lower())(got.lower())
