"""Whose credentials read which account."""

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.calls import Refusal, unread
from diagnose.aws.identity import Identity
from diagnose.aws.session import Side
from diagnose.model.evidence import Gap, Unread


class Reader(Struct, frozen=True):
    """Credentials that belong to the account they read."""

    side: Side
    identity: Identity


class Held(Struct, frozen=True):
    """The credentials given for one side, and whose AWS says they are."""

    side: Side
    identity: Identity | Refusal


def reader_of(account: str, own: Held | None, other: Held | None) -> Reader | Unread:
    """Choose the credentials that belong to an account: those given for it, else those given for the other side.

    IAM knows the users and roles of one's own account only: to other credentials a role that exists seems not to.
    """
    for held in (own, other):
        if held is not None and isinstance(held.identity, Identity) and held.identity.account == account:
            return Reader(held.side, held.identity)
    if own is None:
        return Unread(Gap.NO_CREDENTIALS, detail=f"no credentials were given for account {account}")
    if isinstance(own.identity, Refusal):
        gap = unread(own.identity, "", "")
        return replace(gap, detail=f"with {own.side.label}: {gap.detail}")
    who = f"with {own.side.label}, xdiag is {own.identity.arn}, in account {own.identity.account}"
    return Unread(Gap.NO_CREDENTIALS, detail=f"{who} and not {account}")


def about(gap: Unread, subject: str, permission: str) -> Unread:
    """Say of one thing that it was not read because there is no reader for its account."""
    return replace(gap, subject=subject, permission=permission if gap.gap is Gap.NO_CREDENTIALS else "")
