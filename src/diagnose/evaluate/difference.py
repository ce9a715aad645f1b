"""How two ARNs differ: a near miss says what kind of miss it is."""

import re

from diagnose.evaluate.pattern import arn_glob, glob, has_wildcard
from diagnose.model.arn import RESERVED_NAME, RESERVED_PATH, split_arn, split_path
from diagnose.model.trace import Reason


def how_arns_differ(wanted: str, got: str) -> Reason:
    """Say why the ARN (or ARN pattern) `wanted` is not the ARN `got`, naming the nearest miss."""
    if wanted != wanted.strip() or any(not character.isprintable() for character in wanted):
        return Reason.SPACE_DIFFERS
    policy, request = split_arn(wanted), split_arn(got)
    if policy is None or request is None:
        return Reason.NOT_AN_ARN
    if policy.partition != request.partition and not has_wildcard(policy.partition):
        return Reason.OTHER_PARTITION
    session = _session_reason(policy.service, policy.resource, request.service, request.resource)
    if session is not None and _same(policy.account, request.account):
        return session
    if policy.region and not has_wildcard(policy.region):
        return Reason.REGION_GIVEN
    if not _same(policy.account, request.account):
        return Reason.ACCOUNT_TYPO if near_account(policy.account, request.account) else Reason.OTHER_ACCOUNT
    return session or how_resources_differ(policy.resource, request.resource)


def how_resources_differ(wanted: str, got: str) -> Reason:
    """Say why `role/a/App` (or a pattern of it) is not `role/b/App`."""
    kind, path, name = split_path(wanted)
    other_kind, other_path, other_name = split_path(got)
    if kind != other_kind and not has_wildcard(kind):
        return Reason.CASE_DIFFERS if kind.lower() == other_kind.lower() else Reason.OTHER_TYPE
    if wanted.lower() == got.lower():
        return Reason.CASE_DIFFERS
    dropped = other_path.startswith(RESERVED_PATH) and not path.startswith(RESERVED_PATH)
    if dropped and name.startswith(RESERVED_NAME) and glob(name)(other_name):
        return Reason.SSO_PATH_DROPPED
    if has_wildcard(wanted):
        fits_elsewhere = _same(f"{kind}/*{name}", got)
        return Reason.WILDCARD_TOO_NARROW if fits_elsewhere else Reason.OTHER_NAME
    if name != other_name:
        return Reason.OTHER_NAME
    if path == "/":
        return Reason.PATH_MISSING
    return Reason.PATH_EXTRA if other_path == "/" else Reason.PATH_DIFFERS


def near_account(one: str, other: str) -> bool:
    """Say whether two account ids differ in one digit, or in two neighbours that were swapped."""
    if len(one) != 12 or len(other) != 12:
        return re.fullmatch(r"\d{11}|\d{13}", one) is not None and _one_inserted(one, other)
    differing = [place for place in range(12) if one[place] != other[place]]
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        first, second = differing
        return one[first] == other[second] and one[second] == other[first]
    return len(differing) == 1


def _one_inserted(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _same(pattern: str, text: str) -> bool:
    matches = arn_glob(f":::::{pattern}")
    return matches is not None and matches(f":::::{text}")


def _session_reason(service: str, resource: str, other_service: str, other_resource: str) -> Reason | None:
    """Tell a session's ARN from its role's ARN, and two sessions of one role from each other."""
    if service == other_service == "sts" and resource.split("/")[:2] == other_resource.split("/")[:2]:
        return Reason.OTHER_SESSION
    if service == "sts" and other_service == "iam":
        return Reason.SESSION_FOR_ROLE
    if service == "iam" and other_service == "sts":
        return Reason.ROLE_FOR_SESSION
    return Reason.OTHER_TYPE if service != other_service and not has_wildcard(service) else None
