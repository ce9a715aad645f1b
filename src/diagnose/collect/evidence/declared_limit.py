"""What infrastructure files declare of organizations and VPC endpoints; apart from what reads them, which few need."""

from collections.abc import Mapping

from msgspec import Struct

from diagnose.model.case import Endpoint
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicyKind


class DeclaredLimit(Struct, frozen=True):
    """An SCP or an RCP. `policy` is unread where its document is not known.

    `targets` are the ids of accounts, OUs and roots that it is attached to; there may be others where `open`.
    """

    name: str
    kind: PolicyKind
    policy: Policy | Unread
    targets: tuple[str, ...]
    open: bool


class DeclaredLimits(Struct, frozen=True):
    """What a file declares. `parents` says what accounts and OUs are in, by their ids.

    `endpoints` are those that are, or may be, for STS; the id of one is "" where it is not known which it is.
    """

    place: str = ""
    policies: tuple[DeclaredLimit, ...] = ()
    parents: Mapping[str, str] = {}
    endpoints: tuple[Endpoint, ...] = ()
