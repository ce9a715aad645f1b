"""Whether a text is one of AWS's words, was meant for one, or is a pattern of some."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from fnmatch import fnmatchcase

from diagnose.model.arn import PARTITIONS
from diagnose.report.redact import public_words, service_words
from diagnose.report.redact.issuer_names import misspells_one
from diagnose.report.redact.names import NameKind
from diagnose.report.redact.slips import within_a_slip

TYPES = {
    "role": NameKind.ROLE,
    "user": NameKind.USER,
    "group": NameKind.GROUP,
    "policy": NameKind.POLICY,
    "assumed-role": NameKind.SESSION,
    "federated-user": NameKind.USER,
    "mfa": NameKind.DEVICE,
    "u2f": NameKind.DEVICE,
    "instance-profile": NameKind.ROLE,
    "saml-provider": NameKind.PROVIDER,
    "oidc-provider": NameKind.PROVIDER,
    "service_control_policy": NameKind.POLICY,
    "resource_control_policy": NameKind.POLICY,
}
PARTITIONS_OR_NONE = frozenset(("", *PARTITIONS))
ARN_SERVICES = service_words.SERVICE_NAMES | service_words.SERVICE_PRINCIPALS
ARN_WORDS = frozenset(("arn", "root", *PARTITIONS, *service_words.SERVICE_NAMES, *TYPES))
PUBLIC = frozenset(name.lower() for name in public_words.AWS_NAMES | public_words.CLAIM_VALUES)
PUBLIC_PARTS = PUBLIC | public_words.SUBJECT_WORDS
_LONG = 8
"""Letters of the names of AWS that are so long that one with a slip is still known for it."""
HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
_HOST = re.compile(rf"(?P<labels>[a-z0-9*?-]*(?:\.[a-z0-9*?-]+)*){public_words.SERVICE_END}")


def is_action(text: str) -> bool:
    """Say whether a text is an action of STS, or looks like one of another service of AWS, or is a pattern of some."""
    prefix, colon, name = text.partition(":")
    if not public_words.ACTION.fullmatch(text) or (colon and not is_service_of_actions(prefix)):
        return False
    return is_one_of(name, public_words.ALL_STS_ACTIONS) or prefix.lower() in _OF_OTHERS


def is_service_of_actions(prefix: str) -> bool:
    """Say whether what stands before the colon of an action is AWS's, a pattern of that, or STS with a slip."""
    return is_one_of(prefix, _PREFIXES) or within_a_slip(prefix.strip().lower(), "sts")


_PREFIXES = service_words.ACTION_PREFIXES | ARN_SERVICES
_OF_OTHERS = _PREFIXES - {"sts"}


def beginning_of_arn(text: str) -> str:
    """Give what a pattern has before its first `*`, if that is how ARNs begin and no more; else nothing."""
    beginning, star, _ = text.partition("*")
    begins = star and any(fnmatchcase(word, beginning.lower()) for word in ("a", "ar", "arn"))
    return beginning if begins else ""


def is_public(name: str, words: frozenset[str]) -> bool:
    """Say whether a name is one of some words of AWS's, whatever its capitalization, or was meant for one."""
    lower = name.lower()
    return lower in words or (len(name) >= _LONG and not name.isdigit() and misspells_one(lower, words))


def is_of_saml(text: str) -> bool:
    """Say whether a text is a word that AWS has for SAML, or a pattern of one of its endpoints."""
    if public_words.SAML.fullmatch(text):
        return True
    return "signin." in text and "*" in text and any(fnmatchcase(each, text) for each in public_words.SAML_ENDPOINTS)


def is_type(text: str) -> bool:
    """Say whether a text is a type of principals, one with a slip, or a pattern of one."""
    lower = text.lower()
    types = [name.lower() for name in public_words.PRINCIPAL_TYPES]
    return any(fnmatchcase(name, lower) or within_a_slip(lower, name) for name in types)


def is_one_of(text: str, words: Collection[str]) -> bool:
    """Say whether a text is one of AWS's words, in another case or as a plural as well, or a pattern of one."""
    lower = text.lower()
    if not lower.strip("*?") or lower in words or lower.removesuffix("s") in words:
        return True
    return ("*" in text or "?" in text) and any(fnmatchcase(word, lower) for word in words)


def beginning_of_aws(part: str) -> str:
    """Give what a part of an ARN begins with that is of AWS's words, in a pattern that some of them fit."""
    segment = part.partition("/")[0]
    lower = segment.lower()
    if lower in ARN_WORDS or not ("*" in segment or "?" in segment):
        return segment if lower in ARN_WORDS else ""
    # What ends in a digit is the end of an account rather than of `s3`.
    if any(fnmatchcase(word, lower) for word in ARN_WORDS) and re.search("[a-z]", lower):
        return segment
    literal = re.split(r"[*?]", segment, maxsplit=1)[0]
    return literal if literal and any(word.startswith(literal.lower()) for word in TYPES) else ""


def is_host(text: str) -> bool:
    """Say whether a text is the name of an AWS service or a public provider, or a pattern of one, and nobody's own.

    A slip in the name of a provider may be the cause, and gives nobody away.
    """
    if HOST_NAME.fullmatch(text) and get_close_matches(text.lower(), public_words.PROVIDERS, 1, cutoff=0.96):
        return True
    host = _HOST.fullmatch(text.lower())
    return host is not None and all(
        is_one_of(label, service_words.SERVICE_PRINCIPALS) or public_words.REGION.fullmatch(label)
        for label in host["labels"].split(".")
    )
