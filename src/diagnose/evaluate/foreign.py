"""Whether the role's account is one that nothing else of a case names, so that another role may well be meant."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from diagnose.evaluate.near_miss import near_account
from diagnose.model.arn import account_of
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.known_accounts import VENDORS, Acquaintance, acquaintance
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.policy import Policy, document_text


class Foreign(StrEnum):
    """What an account may be that nothing else of a case names."""

    EXAMPLE = "example"
    """Documentation writes it where one's own account belongs."""
    VENDOR = "vendor"
    """A vendor's, whose roles are not for customers."""
    TYPO = "typo"
    """An account that the case names, with a digit that differs."""
    STRANGER = "stranger"
    """The caller's policies name other accounts, and the trust policy names others than the caller's."""


class ForeignAccount(Struct, frozen=True):
    """The account of a role that is foreign to its caller.

    `meant` is the account that a typo may stand for, `vendor` who owns the account; empty for all others. `named` are
    the ARNs of roles in other accounts that the caller's own policies name.
    """

    account: str
    kind: Foreign
    meant: str = ""
    vendor: str = ""
    named: tuple[str, ...] = ()


def foreign_account(case: Case) -> ForeignAccount | None:
    """Say whether the role's account is foreign, and how; None where it is not, or where that is not known.

    Callers without an account, such as services and tokens, know no account of their own.
    """
    caller, account = account_of(case.source_arn), account_of(case.request.role_arn)
    if not caller or not account or caller == account or _one_organization(case):
        return None
    named = {each for policy in _of_the_caller(case) for each in _accounts(policy)}
    if account in named:
        return None
    roles = tuple(dict.fromkeys(arn for policy in _of_the_caller(case) for arn in _roles(policy)))
    known = acquaintance(account) if acquaintance(caller) is not Acquaintance.EXAMPLE else Acquaintance.NOBODY
    if known is Acquaintance.EXAMPLE:
        return ForeignAccount(account, Foreign.EXAMPLE, named=roles)
    if known is Acquaintance.VENDOR:
        return ForeignAccount(account, Foreign.VENDOR, vendor=VENDORS[account], named=roles)
    trust = case.snapshot.destination.trust_policy
    trusted = set(_accounts(trust.value)) if isinstance(trust, Known) else set()
    if caller in trusted:
        return None
    meant = [other for other in (caller, *sorted(named)) if near_account(account, other)]
    if meant:
        return ForeignAccount(account, Foreign.TYPO, meant=meant[0], named=roles)
    strangers = trusted - {account}
    if roles and strangers and not case.snapshot.source.identity_policies.unread and not _misspelt(caller, strangers):
        return ForeignAccount(account, Foreign.STRANGER, named=roles)
    return None


_ACCOUNT = lazy_pattern(r"(?<!\d)\d{12}(?!\d)")
_ROLE = lazy_pattern(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/*?-]+")


def _one_organization(case: Case) -> bool:
    ours, theirs = case.snapshot.source.organization, case.snapshot.destination.organization
    if not isinstance(ours, Known) or not isinstance(theirs, Known) or ours.value is None or theirs.value is None:
        return False
    return ours.value.id == theirs.value.id


def _of_the_caller(case: Case) -> Iterator[Policy]:
    source, endpoint = case.snapshot.source, case.snapshot.endpoint
    yield from source.identity_policies.policies
    yield from source.session.policies.policies
    if isinstance(source.boundary, Known) and source.boundary.value is not None:
        yield source.boundary.value
    for level in source.scps.value if isinstance(source.scps, Known) else ():
        yield from level.policies.policies
    if isinstance(endpoint, Known) and endpoint.value is not None and isinstance(endpoint.value.policy, Known):
        yield endpoint.value.policy.value


def _accounts(policy: Policy) -> Sequence[str]:
    return _ACCOUNT.findall(document_text(policy.document))


def _roles(policy: Policy) -> Sequence[str]:
    return _ROLE.findall(document_text(policy.document))


def _misspelt(caller: str, trusted: set[str]) -> bool:
    """Say whether the trust policy seems to mean the caller's account: then it is the policy that is wrong."""
    return any(near_account(account, caller) for account in trusted)
