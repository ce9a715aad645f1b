"""Whatever is in a file, every command that reads it ends soon, with a sentence of ours or an answer.

Half of the files are nonsense, the others are good ones of any kind that were damaged: `python -m
tests.fuzz.fuzz_commands SECONDS SEED` prints what was tried and what failed.
"""

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.cases import FIXTURES
from tests.cli.nonsense import CONTENTS, LARGE, MAKERS, READ, faults, nonsense, run_on
from tests.cli.program import UNDETERMINED, Program
from tests.fuzz.fuzz_files import damaged

_GOOD = ("worlds/*.json", "demo/*.json", "cases/*.yaml", "../rules/*/*.yaml", "../pyproject.toml")
_MOST_BYTES = 200_000
_ONE_IN_LARGE = 50


def main(seconds: float, seed: int) -> int:
    """Run commands for so long; give the number of runs that ended in anything else."""
    choose = random.Random(seed)  # no secret is made
    good = [path for pattern in _GOOD for path in sorted(FIXTURES.glob(pattern)) if path.stat().st_size < _MOST_BYTES]
    end, tried, failures = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as home, Program(Path(home)) as program:
        while time.monotonic() < end:
            slot = choose.choice(list(READ))
            with tempfile.TemporaryDirectory() as folder:
                what = _put(choose, good, Path(folder) / READ[slot].name)
                try:
                    # What is damaged a little may still be good.
                    run = run_on(program, READ[slot], Path(folder))
                    found = list(faults(run, (*READ[slot].codes, 0, 1, UNDETERMINED)))
                except AssertionError as error:  # it did not end
                    found = [str(error)]
            tried += 1
            failures += bool(found)
            for fault in found:
                print(f"  {' '.join(slot)}: {what}: {fault}")
    print(f"commands: {tried} tried, {failures} failures (seed {seed})")
    return failures


def _put(choose: random.Random, good: Sequence[Path], file: Path) -> str:
    """Put something in the place of a file, and say what."""
    if choose.random() < 0.5:
        every = LARGE if choose.randrange(_ONE_IN_LARGE) == 0 else {**CONTENTS, **MAKERS}
        what = choose.choice(list(every))
        nonsense(what, file)
        return what
    original = choose.choice(good)
    file.write_bytes(damaged(choose, original.read_bytes()))
    return f"{original.name}, damaged"


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]), int(sys.argv[2]))))
