"""Whatever is in a file, reading it gives a value or one sentence: cases, policies, rules and the cache of rules.

`python -m tests.fuzz.fuzz_files SECONDS SEED` prints what was tried and what failed.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from diagnose.causes.rule_cache import cached_rules
from diagnose.causes.rule_file import read_rules
from diagnose.collect.evidence.case_file import case_from_json
from diagnose.collect.evidence.policy_file import policy_from
from diagnose.errors import XdiagError
from diagnose.evaluate.decision import decide
from diagnose.model.policy import PolicyKind
from diagnose.remedy.kinds import REMEDIES
from tests.cases import FIXTURES, WORLDS

_RULES = FIXTURES.parent / "rules"
_PIECES = (
    b"[" * 2000,
    b"{" * 2000,
    b'"\\ud800"',
    b"\x00",
    b"\xff",
    b"&a [*a]",
    b"*a",
    b"9" * 400,
    b"null",
    b"true",
    b'""',
)


def main(seconds: float, seed: int) -> int:
    """Damage files for so long; give the number of times that reading one ended in anything but a sentence."""
    choose = random.Random(seed)  # no secret is made
    cases = [path.read_bytes() for path in sorted(WORLDS.glob("*.json"))]
    rule_files = sorted(_RULES.rglob("*.yaml"))
    end, tried, failures = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            kind = choose.choice((_case, _policy, _rule, _cache))
            original = choose.choice(rule_files).read_bytes() if kind in (_rule, _cache) else choose.choice(cases)
            tried += 1
            try:
                kind(choose, original, Path(folder))
            except XdiagError as error:
                if "\n" in error.message:
                    failures += 1
                    print(f"  {kind.__name__}: more than a sentence: {error.message!r}")
            except Exception as error:  # whatever it is, it is counted
                failures += 1
                print(f"  {kind.__name__}: {type(error).__name__}: {error}")
    print(f"files: {tried} tried, {failures} failures (seed {seed})")
    return failures


def damaged(choose: random.Random, data: bytes) -> bytes:
    """Put other bytes into one to three places."""
    for _ in range(choose.randint(1, 3)):
        start = choose.randrange(len(data) + 1)
        end = min(len(data), start + choose.choice((0, 1, 1, 5, 50)))
        piece = choose.choice((*_PIECES, bytes([choose.randrange(256)]), b""))
        data = data[:start] + piece + data[end:]
    return data


def _case(choose: random.Random, data: bytes, _: Path) -> None:
    decide(case_from_json(damaged(choose, data), place="case.json"))


def _policy(choose: random.Random, _data: bytes, _: Path) -> None:
    written = b'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:*"}]}'
    policy_from(damaged(choose, written), PolicyKind.TRUST, place="policy.json")


def _rule(choose: random.Random, data: bytes, folder: Path) -> None:
    place = folder / "rules"
    place.mkdir(exist_ok=True)
    (place / "some-rule.yaml").write_bytes(damaged(choose, data))
    read_rules([place], REMEDIES)


def _cache(choose: random.Random, data: bytes, folder: Path) -> None:
    """The same rules come back, whatever has become of the cache."""
    place, caches = folder / "cached-rules", folder / "cache"
    place.mkdir(exist_ok=True)
    (place / "some-rule.yaml").write_bytes(data)
    try:
        first = read_rules([place], REMEDIES)
    except XdiagError:
        return  # It needs the rules that it replaces.
    cached_rules([place], REMEDIES, caches)
    for cache in caches.iterdir():
        cache.write_bytes(damaged(choose, cache.read_bytes()))
    again = cached_rules([place], REMEDIES, caches)
    if again != first:
        raise AssertionError("a damaged cache was believed")


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]))))
