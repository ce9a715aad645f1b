"""Time has bounds: whatever the policies are, a case is answered within so much CPU for its size.

`python -m tests.fuzz.fuzz_bounds SECONDS SEED` prints what was tried and what failed.
"""

import random
import sys
import time
from collections.abc import Sequence

from diagnose.causes.rule import Rule
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.pipeline import diagnose
from diagnose.report import Detail, Format, render
from tests.cases import case, deny, identity
from tests.fuzz import large_cases, large_twists, large_worlds
from tests.fuzz.large_cases import letters, of_letters

SHAPES = (*large_cases.SHAPES, *large_worlds.SHAPES, *large_twists.SHAPES)
_SMALL, _WITHIN, _WITHIN_IF_LARGER = 100_000, 1.0, 5.0


def main(seconds: float, seed: int) -> int:
    """Try cases for so long; give the number that took longer than they may."""
    choose, rules = random.Random(seed), load_rules()  # no secret is made
    _taken(case("cross-account", identity_policies=identity(deny(Resource="*"))), rules)  # imports what it takes
    end, tried, failures = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        shape, most = choose.choice(SHAPES), int(10 ** choose.uniform(3.5, 6.0))
        one = of_letters(shape, most, choose.randrange(1_000_000))
        has = letters(one)
        (decided, told), tried = _taken(one, rules), tried + 1
        if decided + told > (_WITHIN if has <= _SMALL else _WITHIN_IF_LARGER):
            failures += 1
            print(f"  {shape.__name__}, {has:,} bytes: {decided:.2f} s to diagnose, {told:.2f} s to tell")
    print(f"bounds: {tried} tried, {failures} failures (seed {seed})")
    return failures


def _taken(one: Case, rules: Sequence[Rule]) -> tuple[float, float]:
    """Say how long it takes to diagnose a case, and to tell the diagnosis in the format that takes longest."""
    start = time.process_time()
    diagnosis = diagnose(one, rules)
    diagnosed = time.process_time() - start
    telling = []
    for form in Format:
        start = time.process_time()
        render(diagnosis, form, detail=Detail.FULL)
        telling.append(time.process_time() - start)
    return diagnosed, max(telling)


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]))))
