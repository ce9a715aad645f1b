"""Pairs for one element each: actions, resources, principals, operators, keys. More are in `pairs`.

The answers are those of AWS's documentation:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterator, Mapping, Sequence

from tests.e2e.accounts import Statement, allow, deny, trust
from tests.e2e.pairs import CALLER, ROLE, Pair

_HERE, _THERE = "111111111111", "222222222222"
_LONG_AGO = "2020-01-01T00:00:00Z"


def _by_action() -> Iterator[Pair]:
    for number, (action, fits) in enumerate(
        {
            "*": True,
            "sts:*": True,
            "sts:Assume*": True,
            "STS:assumerole": True,
            "sts:AssumeRol?": True,
            "sts:AssumeRoleWithSAML": False,
            "sts:AssumeRole?": False,
            "iam:*": False,
        }.items()
    ):
        says = f"the caller's policy {'allows' if fits else 'allows only'} {action}"
        yield _pair(f"action-{number}", says, fits, "identity", identity=[allow(ROLE, action)])
    other = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    yield _pair("not-action", "the caller's policy allows all actions but others", True, identity=[other])
    own = {"Effect": "Allow", "NotAction": "sts:*", "Resource": "*"}
    yield _pair("not-action-own", "the caller's policy allows all actions but this", False, "identity", identity=[own])
    wide = {**trust(CALLER), "Action": "sts:*"}
    yield _pair("trust-action", "the trust policy allows sts:*", True, trust=[wide])
    narrow = {**trust(CALLER), "Action": "sts:AssumeRoleWithWebIdentity"}
    yield _pair("trust-action-other", "the trust policy allows another action", False, "trust", trust=[narrow])


def _by_resource() -> Iterator[Pair]:
    for number, (resource, fits) in enumerate(
        {
            f"arn:aws:iam::{_THERE}:role/*": True,
            "arn:aws:iam::*:role/*": True,
            "arn:aws:iam::*:role/resource-?-role": True,
            "arn:aws:iam::333333333333:role/*": False,
            f"arn:aws:iam::{_THERE}:role/team/*": False,
            f"arn:aws:iam::{_THERE}:ROLE/*": False,
            f"arn:aws:sts::{_THERE}:assumed-role/*": False,
        }.items()
    ):
        says = f"the caller's policy is about {resource}"
        yield _pair(f"resource-{number}", says, fits, "identity", identity=[allow(resource)])
    another = allow(f"arn:aws:iam::{_THERE}:role/${{aws:username}}-other")
    yield _pair("variable-other", "the caller's name is in another role's", False, "identity", identity=[another])
    others = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": f"arn:aws:iam::{_THERE}:role/not-this"}
    yield _pair("not-resource", "the caller's policy is about all but another role", True, identity=[others])
    this = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": ROLE}
    yield _pair(
        "not-resource-own", "the caller's policy is about all but this role", False, "identity", identity=[this]
    )
    apart = [allow(), deny("arn:aws:iam::222222222222:role/another")]
    yield _pair("deny-other", "the caller's policy denies another role", True, identity=apart)


def _by_principal() -> Iterator[Pair]:
    both = trust({"AWS": [f"arn:aws:iam::{_HERE}:user/home-named", CALLER]})
    yield _pair("listed", "the caller is one of several who are named", True, trust=[both])
    second = [trust({"Service": "ec2.amazonaws.com"}), trust(CALLER)]
    yield _pair("second", "the caller is named in the second statement", True, trust=second)
    yield _pair("third-account", "a third account is trusted", False, "trust", trust=[trust("333333333333")])


def _by_condition() -> Iterator[Pair]:
    """One condition on the trust policy each: operator, key, value, what is sent, and whether it is met."""
    rows: Sequence[tuple[str, str, str, str | Sequence[str], Sequence[str], bool]] = (
        ("account", "StringEquals", "aws:PrincipalAccount", _HERE, (), True),
        ("account-other", "StringEquals", "aws:PrincipalAccount", "333333333333", (), False),
        ("type", "StringEquals", "aws:PrincipalType", "User", (), True),
        ("type-other", "StringEquals", "aws:PrincipalType", "AssumedRole", (), False),
        ("name", "StringEquals", "sts:RoleSessionName", "ci-1", ("--session-name", "ci-1"), True),
        ("name-other", "StringEquals", "sts:RoleSessionName", "ci-1", ("--session-name", "ci-2"), False),
        ("name-like", "StringLike", "sts:RoleSessionName", "ci-*", ("--session-name", "ci-2"), True),
        ("name-unlike", "StringLike", "sts:RoleSessionName", "ci-*", ("--session-name", "dev-2"), False),
        ("id-any-case", "StringEqualsIgnoreCase", "sts:ExternalId", "ACME", ("--external-id", "acme"), True),
        ("id-case", "StringEquals", "sts:ExternalId", "ACME", ("--external-id", "acme"), False),
        ("id-not", "StringNotEquals", "sts:ExternalId", "acme", ("--external-id", "other"), True),
        ("id-not-absent", "StringNotEquals", "sts:ExternalId", "acme", (), True),
        ("id-not-same", "StringNotEquals", "sts:ExternalId", "acme", ("--external-id", "acme"), False),
        ("id-if-exists", "StringEqualsIfExists", "sts:ExternalId", "acme", (), True),
        ("id-null", "Null", "sts:ExternalId", "true", (), True),
        ("id-null-sent", "Null", "sts:ExternalId", "true", ("--external-id", "acme"), False),
        ("id-of-several", "StringEquals", "sts:ExternalId", ("a1", "b2"), ("--external-id", "b2"), True),
        ("since", "DateGreaterThan", "aws:CurrentTime", _LONG_AGO, (), True),
        ("until", "DateLessThan", "aws:CurrentTime", _LONG_AGO, (), False),
        ("arn", "ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111111111111:user/*", (), True),
        ("arn-other", "ArnLike", "aws:PrincipalArn", "arn:aws:iam::111111111111:role/*", (), False),
        ("key-case", "StringEquals", "STS:externalid", "acme", ("--external-id", "acme"), True),
        ("misspelt", "StringEquals", "sts:ExternalID1", "acme", ("--external-id", "acme"), False),
    )
    for name, operator, key, value, flags, fits in rows:
        condition: Mapping[str, object] = {operator: {key: value}}
        says = f"the trust policy asks for {operator} {key} {value}, and the request is sent with {flags or 'nothing'}"
        yield _pair(f"if-{name}", says, fits, "trust", trust=[trust(CALLER, Condition=condition)], flags=flags)
    unmet = deny(Condition={"StringEquals": {"sts:ExternalId": "acme"}})
    yield _pair("deny-unmet", "a Deny has a condition that is not met", True, identity=[allow(), unmet])
    met = deny(Condition={"StringNotEquals": {"sts:ExternalId": "acme"}})
    yield _pair(
        "deny-absent", "a Deny has a negated condition, and the key is absent", False, "identity", [allow(), met]
    )


def _pair(
    name: str,
    says: str,
    fits: bool,
    layer: str = "",
    identity: Sequence[Statement] = (allow(),),
    trust: Sequence[Statement] = (trust(CALLER),),
    flags: Sequence[str] = (),
) -> Pair:
    """Make a pair of which only this is known: whether it is allowed, and else which layer denies it."""
    return Pair(
        name=name,
        says=says,
        identity=identity,
        trust=trust,
        flags=flags,
        cause="" if fits else ANY_CAUSE,
        layer="" if fits else layer,
    )


ANY_CAUSE = "any"
"""A pair that is about the answer, and not about how its cause is called."""

ELEMENT_PAIRS = (*_by_action(), *_by_resource(), *_by_principal(), *_by_condition())
