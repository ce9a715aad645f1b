"""What comes of a check whose reads are refused, each alone and each two together, or answered with what is no answer.

    .venv/bin/python -m benchmarks.refusals

Every world of the tests, every API that reading it calls. Fails where the answer is definite and wrong, where anything
is raised, or where nothing names the permission that is lacking.
"""

import sys
from collections import Counter
from itertools import combinations
from random import Random

from tests.fuzz.fuzz_answers import home, lie, refuse, worlds

FAULTS = ("a page of HTML", "an empty body", "half a body", "a marker that repeats")


def main() -> int:
    """Print how many were tried of each kind, and what failed; give the number of failures."""
    tried: Counter[str] = Counter()
    failed: list[str] = []
    with home():
        for name, world in worlds().items():
            actions = [action for action in world.actions if not action.startswith("sts:")]
            for kind, size in (("one refused", 1), ("two refused", 2)):
                for chosen in combinations(actions, size):
                    tried[kind] += 1
                    if said := refuse(world, *chosen):
                        failed.append(f"{name}, {' and '.join(chosen)}: {said}")
            for fault in FAULTS:
                for action in actions:
                    said_of_fault = lie(world, action, fault, Random(name))
                    tried[fault] += said_of_fault is not None
                    if said_of_fault:
                        failed.append(f"{name}, {action}, {fault}: {said_of_fault}")
    print("; ".join(f"{kind}: {count}" for kind, count in tried.items()) + f"; {len(failed)} failures")
    print("\n".join(failed[:20]))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main() > 0)
