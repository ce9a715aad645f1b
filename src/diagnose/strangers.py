"""Whom a trust in an identity provider lets in besides those who were probably meant: a warning each.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from diagnose.evaluate.condition import SetOperator, Test
from diagnose.evaluate.keys.federation import provider_of_key
from diagnose.evaluate.operator import Family
from diagnose.evaluate.pattern import glob, has_wildcard
from diagnose.model.issuers import issuer_of


class Strangers(StrEnum):
    """Who else gets in."""

    ANY_SUBJECT = "every subject of the provider: no condition tells them apart"
    ANY_TENANT = "whoever uses the same service: the subject begins with a wildcard"
    LIKE_NAMED = "owners whose names only begin like the one that is meant: a wildcard stands before the slash"
    WITHOUT_CLAIM = "tokens without the claim: the operator lets a missing one pass"
    PULL_REQUESTS = "pull requests too: the wildcard stands for whatever starts a run"


def strangers(providers: Sequence[str], tests: Sequence[Test]) -> tuple[Strangers, ...]:
    """Say whom a statement lets in besides. `providers` are its Federated principals; those for SAML are left out."""
    names = [name for name in map(_issuer, providers) if name]
    return tuple(dict.fromkeys(each for name in names for each in _of_issuer(name, tests)))


_TEXTS = (Family.STRING, Family.STRING_PATTERN)


def _issuer(principal: str) -> str:
    """Name the issuer in an ARN of a provider, or one that is built into IAM."""
    _, provider, name = principal.partition(":oidc-provider/")
    return name if provider else "" if principal.startswith("arn:") else principal


def _of_issuer(name: str, tests: Sequence[Test]) -> Iterator[Strangers]:
    telling = [test for test in tests if _tells_apart(test, name)]
    strict = [test for test in telling if not _is_lax(test)]
    if not telling:
        yield Strangers.ANY_SUBJECT
    elif not strict:
        yield Strangers.WITHOUT_CLAIM
    subjects = [test for test in strict if provider_of_key(test.lower)[1] == "sub"]
    if subjects and len(subjects) == len(strict):
        for found in Strangers:
            if all(any(_of_value(text) is found for text in _values(test)) for test in subjects):
                yield found


def _tells_apart(test: Test, name: str) -> bool:
    """Say whether a test is on a claim that differs between those whom the provider vouches for.

    The audience does where each customer of the service has one of their own.
    """
    provider, claim = provider_of_key(test.lower)
    positive = test.operator is not None and not test.operator.negated and test.operator.family in _TEXTS
    return positive and provider == name.lower() and (claim != "aud" or issuer_of(name).demanded == "aud")


def _is_lax(test: Test) -> bool:
    return test.if_exists or test.sets is SetOperator.ALL


def _values(test: Test) -> Iterator[str]:
    """Give the values of a test; a wildcard counts only under an operator that takes it as one."""
    takes_wildcards = test.operator is not None and test.operator.family is Family.STRING_PATTERN
    return (operand.text.raw for operand in test.operands if takes_wildcards)


def _of_value(text: str) -> Strangers | None:
    """Say who else fits one value of a subject."""
    if not text.strip("*?"):
        return Strangers.ANY_TENANT
    if not has_wildcard(text):
        return None
    prefix, _, rest = text.partition(":")
    owner, slash, repository = rest.partition("/")
    if has_wildcard(prefix) or (rest and not rest.strip("*?/:")) or not owner.strip("*?"):
        return Strangers.ANY_TENANT
    if prefix != "repo":
        return None
    if not slash or has_wildcard(owner.partition("@")[0]):
        return Strangers.LIKE_NAMED
    _, colon, context = repository.partition(":")
    whatever = glob(context)("pull_request") if colon else repository.endswith("*")
    return Strangers.PULL_REQUESTS if whatever else None
