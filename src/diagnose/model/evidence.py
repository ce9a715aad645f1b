"""What was looked at, and what was not.

INVARIANT: nothing that was not read is ever taken for absent. `Known(None)` and `Known(())`
mean "looked, there is none"; only `Unread` means that nobody looked, or that it could not be read.
"""

from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

T_co = TypeVar("T_co", covariant=True)


class Gap(StrEnum):
    """Why a piece of evidence is missing."""

    NOT_SUPPLIED = "not_supplied"
    """Nobody looked: the case does not hold it and no reader was asked for it."""
    NO_CREDENTIALS = "no_credentials"
    """There were no usable credentials for that side."""
    ACCESS_DENIED = "access_denied"
    """The reader's principal may not read it; `Unread.permission` names what is missing."""
    NO_API = "no_api"
    """AWS offers no way to read it (the session policy of a live session, for one)."""
    UNREACHABLE = "unreachable"
    """The call failed for another reason: network, throttling, a disabled Region."""


class Known(
    Struct, Generic[T_co], frozen=True, tag="known", tag_field="evidence", forbid_unknown_fields=True, weakref=True
):
    """Evidence that was read; `source` says where from, for people."""

    value: T_co
    source: str = ""


class Unread(Struct, frozen=True, tag="unread", tag_field="evidence", forbid_unknown_fields=True):
    """Evidence that was not read: why, and the IAM permission that would have let us."""

    gap: Gap = Gap.NOT_SUPPLIED
    subject: str = ""
    permission: str = ""
    detail: str = ""


Evidence: TypeAlias = Known[T_co] | Unread

NOT_SUPPLIED = Unread()
