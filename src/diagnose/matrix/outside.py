"""Who may come in from outside: callers that no dump describes, as further sources of a matrix.

They stand for whom a trust policy lets in by its own words: everybody (`*`), an account, an organization, a user or a
role. What is theirs to arrange is supposed to be arranged: their own policies allow the call. Whether they bring MFA,
an external ID or a tag is not known. Services and identity providers are no callers of `sts:AssumeRole`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec import Raw
from msgspec.structs import replace

from diagnose.collect.evidence.organization_file import AccountLimits
from diagnose.matrix.accounts import Dumps
from diagnose.matrix.identities import Destination, Source, source_of, supposed_session
from diagnose.model.arn import split_arn
from diagnose.model.case import Organization, Session, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import Policy, PolicySet, document_text

EVERYBODY = "*"


def sources_outside(dumps: Dumps, roles: Sequence[Destination]) -> list[Source]:
    """Give the callers without a dump whom trust policies and RCPs of the roles may mean, in the order of their ARNs.

    `*` is somebody of an account that no policy names and that is in no organization. An account is `...:root`, as in
    trust policies, and an organization its id; both stand for some user or role of theirs that no policy names. An ARN
    with wildcards is somebody who fits it.
    """
    texts = [document_text(policy.document) for policy in _policies(roles)]
    accounts = {match for text in texts for match in _ACCOUNT.findall(text)} | _members(dumps)
    strange = sorted(accounts - dumps.accounts.keys())
    nobodys = next(account for account in _any_account() if account not in accounts | dumps.accounts.keys())
    partition = next((parts.partition for role in roles if (parts := split_arn(role.arn))), "aws")
    found = {EVERYBODY: _some_caller(nobodys, partition, _NO_ORGANIZATION)}
    for account in strange:
        found[f"arn:{partition}:iam::{account}:root"] = _some_caller(account, partition, _limits(dumps, account))
    for organization in {match for text in texts for match in _ORGANIZATION.findall(text)} - _ours(dumps):
        member = AccountLimits(Known(Organization(organization)), Known(()), Known(()))
        found[organization] = _some_caller(nobodys, partition, member)
    for named in {match for text in texts for match in _NAMED.findall(text)}:
        found |= _named_callers(named, nobodys, {account: _limits(dumps, account) for account in strange})
    return [replace(found[shown], arn=shown) for shown in sorted(found)]


_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_NAMED = re.compile(
    r"arn:[a-z-]+:(?:iam::(?:\d{12}|\*):(?:user|role)|sts::(?:\d{12}|\*):assumed-role)/[\w*?+=,.@/-]+(?![\w*?$+=,.@/-])"
)
_ORGANIZATION = re.compile(r"(?<![\w-])o-[a-z0-9]{10,32}(?![\w-])")
_NO_ORGANIZATION = AccountLimits(Known(None), Known(()), Known(()))
_OF_SOMEBODY = ("aws:PrincipalType", "aws:userid", "aws:username")
"""The keys that tell those of one account apart. Whom `aws:PrincipalArn` names is a caller of their own."""
_ALLOWED = PolicySet(
    (
        Policy(
            "supposed",
            Raw(b'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
        ),
    )
)


def _any_account() -> Iterator[str]:
    """Give accounts of which one is nobody's, as examples have them first."""
    yield from (digit * 12 for digit in "98765432")
    yield from (f"{number:012}" for number in range(900_000, 999_999))


def _policies(roles: Sequence[Destination]) -> Iterator[Policy]:
    """Give the policies that may name callers. RCPs are the same for many roles."""
    shared: dict[int, PolicySet] = {}
    for role in roles:
        if isinstance(role.side.trust_policy, Known):
            yield role.side.trust_policy.value
        if isinstance(role.side.rcps, Known):
            shared.update((id(level.policies), level.policies) for level in role.side.rcps.value)
    for policies in shared.values():
        yield from policies.policies


def _members(dumps: Dumps) -> Set[str]:
    """Name the accounts of the organization: trust policies may let them in without naming them."""
    return set() if dumps.organization is None else dumps.organization.accounts


def _ours(dumps: Dumps) -> Set[str]:
    return set() if dumps.organization is None else {dumps.organization.id}


def _limits(dumps: Dumps, account: str) -> AccountLimits:
    """Give what of an organization reaches an account. What SCPs a strange one has is for its owners to arrange."""
    tree = dumps.organization
    if tree is not None and account in tree:
        return tree.limits_of(account)
    gap = Unread(subject=f"organization of account {account}", detail="no dump is of this account")
    return AccountLimits(gap, Known(()), Known(()))


def _some_caller(account: str, partition: str, limits: AccountLimits) -> Source:
    """Make a caller that stands for all of an account."""
    caller = _caller(f"arn:{partition}:iam::{account}:role/{_SOMEBODY}", limits)
    return replace(caller, name="", unknown=_OF_SOMEBODY)


def _named_callers(named: str, nobodys: str, strange: Mapping[str, AccountLimits]) -> Iterator[tuple[str, Source]]:
    """Give the callers without a dump whom an ARN means, each with how it is shown. A wildcard stands for any name."""
    account = named.split(":")[4]
    if account == "*":
        yield named, _caller(_example(named, nobodys), _NO_ORGANIZATION)
    for each in strange if account == "*" else strange.keys() & {account}:
        yield named.replace("::*:", f"::{each}:"), _caller(_example(named, each), strange[each])


def _example(named: str, account: str) -> str:
    return named.replace("::*:", f"::{account}:").replace("*", _SOMEBODY).replace("?", "x")


_SOMEBODY = "somebody-from-outside"


def _caller(arn: str, limits: AccountLimits) -> Source:
    side = SourceSide(
        arn,
        principal=Unread(subject=arn, detail="no dump is of this account"),
        identity_policies=_ALLOWED,
        boundary=Known(None),
        session=supposed_session(Session()),
        scps=limits.scps,
        organization=limits.organization,
    )
    # With an unknown unique id it might be anybody whom a trust policy names by one: those were deleted.
    return replace(source_of(side), unique_id=_SOMEBODY)
