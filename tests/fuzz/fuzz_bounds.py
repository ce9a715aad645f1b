"""Time has bounds: whatever the policies are, a case is answered within so much CPU for its size.

`python -m tests.fuzz.fuzz_bounds SECONDS SEED` prints what was tried and what failed.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from diagnose.causes.rule import Rule
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from tests.cases import allow, case, deny, document, identity, on, trust

ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}
_SMALL, _WITHIN, _WITHIN_IF_LARGER = 100_000, 1.0, 5.0
_OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists", "StringEqualsIgnoreCase")


def main(seconds: float, seed: int) -> int:
    """Try cases for so long; give the number that took longer than they may."""
    choose, rules = random.Random(seed), load_rules()  # no secret is made
    _taken(case("cross-account", identity_policies=identity(deny(Resource="*"))), rules)  # imports what it takes
    end, tried, failures = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        shape = choose.choice(_SHAPES)
        size = int(10 ** choose.uniform(0.5, 3.2))
        policies, unknown = shape(choose, size)
        one = case("cross-account", request={"unknown": unknown}, **policies)
        letters = len(msgspec.json.encode(one))
        (decided, told), tried = _taken(one, rules), tried + 1
        taken = decided + told
        if taken > (_WITHIN if letters <= _SMALL else _WITHIN_IF_LARGER):
            failures += 1
            print(f"  {shape.__name__} of {size}, {letters:,} bytes: {decided:.2f} s to diagnose, {told:.2f} s to tell")
    print(f"bounds: {tried} tried, {failures} failures (seed {seed})")
    return failures


def _taken(one: Case, rules: Sequence[Rule]) -> tuple[float, float]:
    """Say how long it takes to diagnose a case, and to tell the diagnosis in all formats."""
    start = time.process_time()
    diagnosis = diagnose(one, rules)
    diagnosed = time.process_time()
    for form in Format:
        render(diagnosis, form)
    return diagnosed - start, time.process_time() - diagnosed


_Policies = tuple[dict[str, Any], list[str]]


def _condition(choose: random.Random, keys: list[str], most: int) -> dict[str, Any]:
    condition: dict[str, Any] = {}
    for key in choose.sample(keys, min(len(keys), choose.randint(1, most))):
        values = [choose.choice(("a", "b*", "*c", "?d", "*e*f*")) + str(choose.randrange(40)) for _ in range(2)]
        condition.setdefault(choose.choice(_OPERATORS), {})[key] = values
    return condition


def denies_on_keys(choose: random.Random, size: int) -> _Policies:
    """Many Deny statements of the trust policy, each on some keys that are unknown."""
    keys = [f"aws:PrincipalTag/k{n}" for n in range(size)]
    denies = [deny(Principal="*", Condition=_condition(choose, keys, 3)) for _ in range(size)]
    return {"trust_policy": trust(allow(ACCOUNT), *denies)}, keys


def one_long_condition(choose: random.Random, size: int) -> _Policies:
    """One statement with many conditions."""
    keys = [f"aws:PrincipalTag/k{n}" for n in range(size)]
    return {"trust_policy": trust(allow(ACCOUNT, Condition=_condition(choose, keys, size)))}, keys


def one_key_in_all(choose: random.Random, size: int) -> _Policies:
    """Many statements that compare one unknown key with patterns of their own."""
    key = "aws:PrincipalTag/team"
    some = [deny(Principal="*", Condition=_condition(choose, [key], 1)) for _ in range(size)]
    return {"trust_policy": trust(allow(ACCOUNT), *some)}, [key]


def networks(choose: random.Random, size: int) -> _Policies:
    """Address ranges in one statement or in many."""
    ranges = [f"{choose.randrange(224)}.{choose.randrange(256)}.0.0/{choose.randint(8, 32)}" for _ in range(size)]
    key, lists = "aws:VpcSourceIp", [[each] for each in ranges] if choose.random() < 0.5 else [ranges]
    denies = [deny(Principal="*", Condition={"NotIpAddress": {key: each}}) for each in lists]
    return {"trust_policy": trust(allow(ACCOUNT), *denies)}, [key]


def identity_denies(choose: random.Random, size: int) -> _Policies:
    """Many Deny statements of the source's own policy."""
    keys = [f"aws:PrincipalTag/k{n}" for n in range(size)]
    denies = [deny(Resource="*", Condition=_condition(choose, keys, 2)) for _ in range(size)]
    return {"identity_policies": identity(on("*"), *denies)}, keys


def a_tag_in_each(choose: random.Random, size: int) -> _Policies:
    """Many statements that allow, each only with a tag of its own, which the source lacks or nobody knows."""
    keys = [f"aws:PrincipalTag/k{n}" for n in range(size)]
    allows = [on("*", Condition={choose.choice(_OPERATORS): {key: [f"a{key}*", "*b"]}}) for key in keys]
    return {"identity_policies": identity(*allows)}, choose.choice((keys, []))


def one_to_allow_and_many_to_deny(choose: random.Random, size: int) -> _Policies:
    """Many Deny statements without a condition, in one policy or in many."""
    denies = [deny(Resource="*", Sid=f"No{n}") for n in range(size)]
    several = [{"name": f"p{n}", "document": document(one)} for n, one in enumerate((on("*"), *denies))]
    return {"identity_policies": choose.choice((identity(on("*"), *denies), {"policies": several}))}, []


_SHAPES: tuple[Callable[[random.Random, int], _Policies], ...] = (
    denies_on_keys,
    one_long_condition,
    one_key_in_all,
    networks,
    identity_denies,
    a_tag_in_each,
    one_to_allow_and_many_to_deny,
)

if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]))))
