"""Decisions per second in one process, with traces and without, and how time and memory grow with their number.

    .venv/bin/python benchmarks/decisions.py [MOST]

MOST is the largest number of pairs (1000000 if left out). Times are CPU seconds of this process, without those in
which the cases were made.
"""

import itertools
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from pairs import cases
from table import show

from diagnose.batch import decide_many
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case

# A batch decides each case as soon as it has read it.
_BATCH = 50
_REGIMES = {"documents repeat": True, "every document is new": False}


def main(most: int) -> None:
    """Print the tables."""
    _show_mix()
    _show_rates()
    _show_growth(most)


def _show_mix() -> None:
    rows = []
    for name, repeating in _REGIMES.items():
        some = list(itertools.islice(cases(5000, repeating=repeating), 5000))
        verdicts = Counter(str(answer) for answer in decide_many(some))
        same = sum(_account(case.snapshot.source.arn) == _account(case.request.role_arn) for case in some)
        conditional = sum(b"Condition" in bytes(_trust(case)) for case in some)
        shares = (verdicts["2"], same, conditional)
        rows.append([name, *(f"{share / len(some):.0%}" for share in shares)])
    show("What the pairs are like", ["", "allowed", "same account", "with conditions"], rows)


def _show_rates() -> None:
    rows = []
    for name, repeating in _REGIMES.items():
        for what, run, count in (("verdict", _verdicts, 20_000), ("decide, with traces", _decisions, 4_000)):
            if repeating:
                _seconds(run, cases(4_000, repeating=True))
            spent = min(_seconds(run, cases(count, repeating=repeating, seed=seed)) for seed in (7, 8, 9))
            rows.append([name, what, f"{count / spent:,.0f}", f"{spent / count * 1e6:.0f}"])
    show("Decisions in one process, best of three", ["", "", "a second", "microseconds"], rows)


def _show_growth(most: int) -> None:
    """Each size runs in a process of its own, so that the largest does not hide what the smaller took."""
    rows = []
    for name, repeating in _REGIMES.items():
        for power in itertools.takewhile(lambda power: 10**power <= most, itertools.count(3)):
            command = [sys.executable, __file__, "--one", str(10**power), str(int(repeating))]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            spent, before, after = (float(each) for each in done.stdout.split())
            rows.append([name, f"{10**power:,}", f"{spent:.2f}", f"{10**power / spent:,.0f}", f"{after - before:.0f}"])
    show("Growth", ["", "pairs", "CPU s", "a second", "peak memory above start, MB"], rows)


def _one(count: int, repeating: bool) -> None:
    before = _peak()
    spent = _seconds(_verdicts, cases(count, repeating=repeating))
    print(spent, before, _peak())


def _seconds(run: Callable[[Iterable[Case]], None], pairs: Iterable[Case]) -> float:
    """Measure the CPU seconds that some pairs take, not counting those in which they are made."""
    spent = 0.0
    pairs = iter(pairs)
    while some := list(itertools.islice(pairs, _BATCH)):
        start = time.process_time()
        run(some)
        spent += time.process_time() - start
    return spent


def _verdicts(some: Iterable[Case]) -> None:
    for _ in decide_many(some):
        pass


def _decisions(some: Iterable[Case]) -> None:
    for case in some:
        decide(case)


def _peak() -> float:
    """Give the most memory, in MB, that this process has had at a time."""
    if sys.platform == "linux":
        # `ru_maxrss` would start at what the process that started this one had.
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _account(arn: str) -> str:
    return arn.split(":")[4]


def _trust(case: Case) -> bytes:
    evidence = case.snapshot.destination.trust_policy
    assert hasattr(evidence, "value")
    return bytes(evidence.value.document)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(int(sys.argv[2]), sys.argv[3] == "1")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
