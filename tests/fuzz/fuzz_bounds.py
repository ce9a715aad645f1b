"""Time has bounds: whatever the policies are, a case is answered within so much CPU for its size, start included.

`python -m tests.fuzz.fuzz_bounds SECONDS SEED` prints what was tried and what failed.

What else a machine does only ever adds to what a run takes. So a case that took longer than it may is run again, at
most twice, and has failed only if the least of its three runs took longer, too. A wrong exit code fails at once.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from diagnose.report import Format
from tests.cli.program import XDIAG
from tests.fuzz import large_cases, large_twists, large_worlds
from tests.fuzz.large_cases import letters, of_letters

SHAPES = (*large_cases.SHAPES, *large_worlds.SHAPES, *large_twists.SHAPES)
_SMALL, _WITHIN, _WITHIN_IF_LARGER = 100_000, 1.0, 5.0
_RUNS = 3
_ANSWERS = (0, 1, 3)
_WORDS = [["--full"], *(["--output", form.value] for form in Format)]


def main(seconds: float, seed: int) -> int:
    """Run the program on cases for so long; give the number of those that took longer than they may, or ended wrong."""
    choose = random.Random(seed)  # no secret is made
    end, tried, failures = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.json"
        while time.monotonic() < end:
            shape, most = choose.choice(SHAPES), int(10 ** choose.uniform(3.5, 6.0))
            one = of_letters(shape, most, choose.randrange(1_000_000))
            file.write_bytes(msgspec.json.encode(one))
            words = choose.choice(_WORDS)
            has, tried = letters(one), tried + 1
            within = _WITHIN if has <= _SMALL else _WITHIN_IF_LARGER
            code, taken = least_of_three(partial(_run, file, words), within)
            if code not in _ANSWERS or min(taken) > within:
                failures += 1
                each = ", ".join(f"{seconds:.2f}" for seconds in taken)
                print(f"  {shape.__name__}, {has:,} bytes, {' '.join(words)}: {each} s, exit code {code}")
    print(f"bounds: {tried} tried, {failures} failures (seed {seed})")
    return failures


def least_of_three(run: Callable[[], tuple[int, float]], within: float) -> tuple[int, list[float]]:
    """Run once, and twice more while it takes longer than it may: give the exit code, and what each run took."""
    taken: list[float] = []
    while len(taken) < _RUNS:
        code, seconds = run()
        taken.append(seconds)
        if code not in _ANSWERS or seconds <= within:
            break
    return code, taken


def _run(file: Path, words: list[str]) -> tuple[int, float]:
    """Give the exit code, and the seconds of CPU that the run took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # As it runs where it was installed: its modules are compiled once, and not at each start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [str(XDIAG), "check", "--case", str(file), *words]
    run = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return run.returncode, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]))))
