"""How long a live check takes where each call takes 100 ms, over its longest chain of calls.

Python, once the program has started, is what else takes time: making a client of a service takes 20 to 80 ms.
"""

import time
from collections.abc import Sequence
from os import environ

from tests.aws.imitation import Imitation
from tests.cases import Json, case
from tests.fuzz.fuzz_answers import home

from diagnose.aws.session import open_credentials
from diagnose.collect.live import read_snapshot
from diagnose.model.case import Case

DELAY = 0.1


def user() -> Case:
    """A user in 3 groups, with 10 attached policies and a boundary."""
    own = case("guarded")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    attached: Json = [
        {"name": f"p{at}", "kind": "managed", "arn": f"arn:aws:iam::111111111111:policy/p{at}", "document": document}
        for at in range(10)
    ]
    groups: Json = [
        {"name": "own", "attached_to": f"group {name}", "document": document} for name in ("one", "two", "three")
    ]
    [first] = own.snapshot.source.identity_policies.policies
    kept = {"name": first.name, "document": first.document}
    return case("guarded", identity_policies={"policies": [kept, *attached, *groups]})


def measured(whole: Case, delay: float, *, organization: bool, throttled: bool = False) -> tuple[float, int]:
    """Give the seconds that reading takes, and the number of calls."""
    aws = Imitation(whole, delay=delay, throttled=throttled, size=100)
    source = whole.snapshot.source.arn
    names = ("here", "there", *(("org",) if organization else ()))
    arns = (source, "arn:aws:iam::222222222222:user/reader", "arn:aws:iam::999999999999:user/reader")
    sides = [open_credentials(name, None, None) for name in names]
    for side, arn in zip(sides, arns, strict=False):
        aws.serve(side, arn)
    start = time.perf_counter()
    read_snapshot(
        whole.request, source, sides[0], sides[1], sides[2] if organization else None, progress=lambda _: None, now=""
    )
    return time.perf_counter() - start, len(aws.called)


# Who signs, what is attached, the policy and its version; in an organization who it is for the account and for its
# administrator, two parents, the root, what is attached there, and the policy.
CHAINS: Sequence[tuple[str, Case, bool, int]] = (
    ("a user with 3 groups, 10 policies, a boundary", user(), False, 4),
    ("a session of a role", case("cross-account-role"), False, 4),
    ("a session, through an organization", case("organization"), True, 8),
)


def main() -> None:
    with home():
        del environ["AWS_MAX_ATTEMPTS"]
        for name, whole, organization, chain in CHAINS:
            idle, _ = measured(whole, 0, organization=organization)
            wall, calls = measured(whole, DELAY, organization=organization)
            slow, _ = measured(whole, DELAY, organization=organization, throttled=True)
            floor = chain * DELAY + idle
            print(
                f"{name}: {calls} calls, chain {chain}, idle {idle:.2f} s, at {DELAY * 1000:.0f} ms a call {wall:.2f} s"
                f" = {wall / floor:.2f} x {floor:.2f} s; every third call throttled {slow:.2f} s = {slow / wall:.1f} x"
            )


if __name__ == "__main__":
    main()
