"""Pairs of a source and a role, each with the answer that AWS's documentation gives."""

import json
from collections.abc import Sequence

from msgspec import Struct
from tests.e2e.accounts import Account, Keys, Statement, allow, deny, trust

CALLER, ROLE = "CALLER", "ROLE"
"""In statements, these stand for the ARNs of the source and of the role."""

_USER = "arn:aws:iam::111111111111:user"


class Pair(Struct, frozen=True, kw_only=True):
    """A pair, and what is to be said of it.

    `cause` is a rule's id; a rule that says the same more exactly will do. `pointer` is the place it points at.
    `misnamed`: the emulator blames another layer than AWS would, and what is said of that comes first. A pair without a
    cause is allowed. The caller's address, where it matters, is known to nobody but AWS.
    """

    name: str
    says: str
    identity: Sequence[Statement] = (allow(),)
    group: Sequence[Statement] = ()
    managed: Sequence[Statement] = ()
    boundary: Sequence[Statement] = ()
    session: bool = False
    path: str = "/"
    trust: Sequence[Statement] = (trust(CALLER),)
    role_path: str = "/"
    same_account: bool = False
    flags: Sequence[str] = ()
    cause: str = ""
    layer: str = ""
    pointer: str | None = None
    misnamed: bool = False
    depends_on_address: bool = False


PAIRS = (
    Pair(name="named", says="a named user of another account is let in"),
    Pair(
        name="silent",
        says="naming a foreign user does not stand in for its own policies",
        identity=(),
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(name="delegated", says="a trusted account's user that is allowed is let in", trust=[trust("111111111111")]),
    Pair(
        name="undelegated",
        says="a trusted account's user that is not allowed is refused",
        identity=[allow(action="sts:GetCallerIdentity")],
        trust=[trust("arn:aws:iam::111111111111:root")],
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(
        name="home-delegated",
        says="in one account, a user that is allowed is let in by its account",
        trust=[trust("arn:aws:iam::111111111111:root")],
        same_account=True,
    ),
    Pair(
        name="home-undelegated",
        says="in one account, naming the account leaves it to the user's policies",
        identity=(),
        trust=[trust("arn:aws:iam::111111111111:root")],
        same_account=True,
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(
        name="home-untrusted",
        says="in one account, the user's own policies are not enough",
        trust=[trust(f"{_USER}/home-named")],
        same_account=True,
        cause="policy-allows-nothing",
        layer="trust",
        pointer="/Statement/0/Principal/AWS",
    ),
    Pair(
        name="stranger",
        says="another user of the same account is named",
        trust=[trust(f"{_USER}/named")],
        cause="policy-allows-nothing",
        layer="trust",
        pointer="/Statement/0/Principal/AWS",
    ),
    Pair(
        name="neighbour",
        says="a user of another account is named",
        trust=[trust("arn:aws:iam::111111111112:user/neighbour")],
        cause="trust-principal-other-account",
        layer="trust",
        pointer="/Statement/0/Principal/AWS",
    ),
    Pair(
        name="external",
        says="the external ID is the one that is asked for",
        trust=[trust(CALLER, Condition={"StringEquals": {"sts:ExternalId": "acme-42"}})],
        flags=["--external-id", "acme-42"],
    ),
    Pair(
        name="external-other",
        says="the external ID is another one",
        trust=[trust(CALLER, Condition={"StringEquals": {"sts:ExternalId": "acme-42"}})],
        flags=["--external-id", "acme-41"],
        cause="external-id-differs",
        layer="trust",
        pointer="/Statement/0/Condition/StringEquals/sts:ExternalId",
    ),
    Pair(
        name="external-none",
        says="no external ID is sent",
        trust=[trust(CALLER, Condition={"StringEquals": {"sts:ExternalId": "acme-42"}})],
        cause="external-id-differs",
        layer="trust",
        pointer="/Statement/0/Condition/StringEquals/sts:ExternalId",
    ),
    Pair(
        name="trust-denies",
        says="the trust policy denies who it also allows",
        trust=[trust(CALLER), {"Sid": "NotYou", "Effect": "Deny", "Principal": {"AWS": CALLER}, "Action": "sts:*"}],
        cause="policy-denies",
        layer="trust",
    ),
    Pair(
        name="own-deny",
        says="the user's own policy denies what it also allows",
        identity=[allow(), deny(ROLE)],
        cause="policy-denies",
        layer="identity",
    ),
    Pair(name="session", says="a session is let in where its role is named", session=True, trust=[trust("ROLEOF")]),
    Pair(
        name="session-silent",
        says="a session whose role may do nothing is refused",
        session=True,
        identity=(),
        trust=[trust("ROLEOF")],
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(
        name="session-delegated",
        says="a session is let in where its account is trusted",
        session=True,
        trust=[trust("111111111111")],
    ),
    Pair(name="pathed", says="the role's path is in the policy", identity=[allow(ROLE)], role_path="/team/app/"),
    Pair(
        name="pathless",
        says="the role's path is not in the policy",
        identity=[allow("arn:aws:iam::222222222222:role/pathless-role")],
        role_path="/team/app/",
        cause="resource-path",
        layer="identity",
        pointer="/Statement/1/Resource",
    ),
    Pair(name="anyone", says="a trust policy lets everyone in", trust=[trust("*")]),
    Pair(
        name="anyone-silent",
        says="everyone is let in, but the foreign user's own policies say nothing",
        identity=(),
        trust=[trust("*")],
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(
        name="mfa-none",
        says="MFA is asked for, and an access key alone signs",
        trust=[trust(CALLER, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
        cause="policy-allows-nothing",
        layer="trust",
        pointer="/Statement/0/Condition/Bool/aws:MultiFactorAuthPresent",
    ),
    Pair(
        name="mfa-if-exists",
        says="MFA is asked for only where the key exists, and an access key alone signs",
        trust=[trust(CALLER, Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})],
    ),
    Pair(
        name="address",
        says="the address is the one that is asked for",
        trust=[trust(CALLER, Condition={"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}})],
        depends_on_address=True,
    ),
    Pair(
        name="address-other",
        says="another address is asked for",
        trust=[trust(CALLER, Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})],
        depends_on_address=True,
        cause="network-address-differs",
        layer="trust",
    ),
    Pair(
        name="like",
        says="the account is trusted, and the pattern fits the caller",
        trust=[trust("111111111111", Condition={"ArnLike": {"aws:PrincipalArn": f"{_USER}/lik*"}})],
    ),
    Pair(
        name="unlike",
        says="the account is trusted, and the pattern does not fit the caller",
        trust=[trust("111111111111", Condition={"ArnLike": {"aws:PrincipalArn": f"{_USER}/team/*"}})],
        cause="policy-allows-nothing",
        layer="trust",
        pointer="/Statement/0/Condition/ArnLike/aws:PrincipalArn",
    ),
    Pair(
        name="tagged",
        says="session tags are sent, and both sides allow sts:TagSession",
        identity=[allow(action=["sts:AssumeRole", "sts:TagSession"])],
        trust=[trust(CALLER, Action=["sts:AssumeRole", "sts:TagSession"])],
        flags=["--tag", "project=x"],
    ),
    Pair(
        name="untagged",
        says="session tags are sent, and the trust policy does not allow sts:TagSession",
        identity=[allow(action=["sts:AssumeRole", "sts:TagSession"])],
        flags=["--tag", "project=x"],
        cause="tag-session-missing",
        layer="trust",
    ),
    Pair(name="grouped", says="a group's policy allows", identity=(), group=[allow()]),
    Pair(
        name="group-denies",
        says="a group's policy denies what the user's own allows",
        group=[deny()],
        cause="policy-denies",
        layer="identity",
    ),
    Pair(name="managed", says="a managed policy allows", identity=(), managed=[allow(ROLE)]),
    Pair(
        name="managed-other",
        says="a managed policy allows another role",
        identity=(),
        managed=[allow("arn:aws:iam::222222222222:role/another-role")],
        cause="policy-allows-nothing",
        layer="identity",
    ),
    Pair(
        name="bounded",
        says="the permissions boundary allows",
        boundary=[allow(action=["iam:*", "sts:*"])],
    ),
    Pair(
        name="bound",
        says="the permissions boundary does not allow",
        boundary=[allow(action="iam:*")],
        cause="policy-allows-nothing",
        layer="boundary",
        misnamed=True,
    ),
    Pair(
        name="services",
        says="only a service is let in",
        trust=[trust({"Service": "ec2.amazonaws.com"})],
        cause="trust-only-services",
        layer="trust",
        pointer="/Statement/0/Principal/Service",
    ),
)


class Made(Struct, frozen=True):
    """A pair that exists."""

    source: Keys
    role_arn: str


def make(pair: Pair, source: Account, destination: Account) -> Made:
    """Make a pair. The role is made last, for its trust policy names the source."""
    role_arn = f"arn:aws:iam::{destination.number}:role{pair.role_path}{pair.name}-role"
    identity = [_filled(each, ROLE, role_arn) for each in pair.identity]
    opened = source.session if pair.session else source.user
    keys = opened(pair.name, identity, path=pair.path)
    if pair.group:
        source.group(f"{pair.name}-group", pair.name, *pair.group)
    if pair.managed:
        arn = source.managed(f"{pair.name}-managed", *(_filled(each, ROLE, role_arn) for each in pair.managed))
        source.iam.attach_user_policy(UserName=pair.name, PolicyArn=arn)
    if pair.boundary:
        arn = source.managed(f"{pair.name}-boundary", *pair.boundary)
        source.iam.put_user_permissions_boundary(UserName=pair.name, PermissionsBoundary=arn)
    role_of = f"arn:aws:iam::{source.number}:role{pair.path}{pair.name}"
    statements = [_filled(_filled(each, "ROLEOF", role_of), CALLER, keys.arn) for each in pair.trust]
    made = destination.role(f"{pair.name}-role", statements, path=pair.role_path)
    assert made == role_arn
    return Made(keys, role_arn)


def _filled(statement: Statement, word: str, arn: str) -> Statement:
    """Put an ARN in the place of a word that stands for it."""
    filled: Statement = json.loads(json.dumps(statement).replace(f'"{word}"', json.dumps(arn)))
    return filled
