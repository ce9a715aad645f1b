"""Cases of any size that are made to meet an algorithm where it is weakest: what grows by itself grows with another.

As in `large_cases`, each shape makes one of so many statements, keys, letters or values.
"""

import random
from itertools import pairwise

from diagnose.model.case import Case
from tests.cases import on
from tests.fuzz.large_cases import Json, Shape, deny_all, policies_of, tags_named, with_unknown

_SHARED = "aws:PrincipalTag/shared"


def a_key_shared_by_all(choose: random.Random, size: int) -> Case:
    """Deny statements on a key of their own and on one that they share, so that none is settled before the last."""
    keys = tags_named(size)
    operator = choose.choice(("Bool", "Null", "StringNotEquals"))
    denies = [deny_all("*", Condition={operator: {_SHARED: "true", key: "true"}}) for key in keys]
    return with_unknown([_SHARED, *keys], identity_policies=policies_of([on("*"), *denies]))


def a_chain_of_keys(choose: random.Random, size: int) -> Case:
    """Deny statements, each on a key that it shares with the one before it and one with the one behind it."""
    keys = tags_named(size + 1)
    choose.shuffle(keys)
    denies = [
        deny_all("*", Condition={"StringLike": {one: [f"a{n}*", "*b"], other: "c?"}})
        for n, (one, other) in enumerate(pairwise(keys))
    ]
    return with_unknown(keys, identity_policies=policies_of([on("*"), *denies]))


def letters_without_end(choose: random.Random, size: int) -> Case:
    """Patterns in which every letter is another one."""
    key = "aws:PrincipalTag/team"
    patterns = ["".join(chr(choose.randrange(0x4E00, 0x9FFF)) for _ in range(40)) + "*" for _ in range(size)]
    denies = [deny_all("*", Condition={"StringNotLike": {key: each}}) for each in patterns]
    return with_unknown([key], identity_policies=policies_of([on("*"), *denies]))


def numbers_of_many_digits(choose: random.Random, size: int) -> Case:
    """Deny statements that compare one unknown key with numbers of many digits, in all orders."""
    operators = ("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals")
    numbers = [f"{choose.randrange(10**60)}.{choose.randrange(10**20)}" for _ in range(size)]
    denies = [deny_all("*", Condition={choose.choice(operators): {"mine:n": each}}) for each in numbers]
    return with_unknown(["mine:n"], identity_policies=policies_of([on("*"), *denies]))


def addresses_of_both_kinds(choose: random.Random, size: int) -> Case:
    """Address ranges of IPv4 and IPv6, some within others, some written oddly, in one statement each."""
    ranges = [
        f"{choose.randrange(1, 224)}.{choose.randrange(256)}.{choose.randrange(256)}.7/{choose.randint(1, 33)}"
        if choose.random() < 0.5
        else f"2001:db8:{choose.randrange(65536):x}::/{choose.randint(16, 128)}"
        for _ in range(size)
    ]
    operators = ("IpAddress", "NotIpAddress", "IpAddressIfExists")
    denies = [deny_all("*", Condition={choose.choice(operators): {"aws:SourceIp": each}}) for each in ranges]
    return with_unknown(["aws:SourceIp"], identity_policies=policies_of([on("*"), *denies]))


def all_but_these(choose: random.Random, size: int) -> Case:
    """Statements of everything but long lists: actions, resources."""
    part = min(size, 300)
    names = [f"arn:aws:iam::222222222222:role/team{choose.randrange(10**6)}/*" for _ in range(part)]
    actions = [f"iam:Get{choose.randrange(10**6)}*" for _ in range(part)]
    statement: Json = {"Effect": "Deny", "NotAction": actions, "NotResource": names}
    return with_unknown([], identity_policies=policies_of([on("*"), *([statement] * max(1, size // 300))], 1))


def the_same_again(_choose: random.Random, size: int) -> Case:
    """One statement, one key, one value, again and again."""
    statement = deny_all("*", Condition={"StringEquals": {_SHARED: "x"}})
    return with_unknown([_SHARED], identity_policies=policies_of([on("*"), *([statement] * size)]))


SHAPES: tuple[Shape, ...] = (
    a_key_shared_by_all,
    a_chain_of_keys,
    letters_without_end,
    numbers_of_many_digits,
    addresses_of_both_kinds,
    all_but_these,
    the_same_again,
)
