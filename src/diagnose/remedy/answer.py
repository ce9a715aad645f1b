"""What AWS answered, where a case holds its error text and a remedy goes by it."""

import re

from diagnose.model.case import Case

_TOO_LARGE = re.compile(r"Packed size of|PackedPolicyTooLarge", re.IGNORECASE)
_CHAINING = re.compile(r"role chaining", re.IGNORECASE)
_TAGS = re.compile(r"session tags", re.IGNORECASE)
_OF_A_SERVICE = re.compile(
    r"cannot be assumed by|unable to assume (?:the )?role|AssumeRoleUnauthorizedAccess", re.IGNORECASE
)


def error_text(case: Case) -> str:
    """Give the error that AWS answered with, empty where none is known."""
    return case.message or (case.probe.message if case.probe else "")


def too_large(case: Case) -> bool:
    """Say whether AWS found the session policy and the session tags too large."""
    return bool(_TOO_LARGE.search(error_text(case)))


def speaks_of_tags(case: Case) -> bool:
    """Say whether the error is about session tags."""
    return bool(_TAGS.search(error_text(case)))


def limited_to_an_hour(case: Case) -> bool:
    """Say whether AWS refused the duration because the call is made with a role's credentials."""
    return bool(_CHAINING.search(error_text(case)))


def of_a_service(case: Case) -> bool:
    """Say whether a service that was given the role says that it cannot assume it."""
    return bool(_OF_A_SERVICE.search(error_text(case)))
