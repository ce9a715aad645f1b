"""Cold start: the bare interpreter, `xdiag --help` and `xdiag check --case`, one after the other in every round.

    .venv/bin/python benchmarks/start.py [ROUNDS]

Whatever else the machine does slows all of them alike, so that their difference is what counts.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import show

_XDIAG = str(Path(sys.executable).with_name("xdiag"))
_CASE = str(Path(__file__).parent.parent / "fixtures" / "demo" / "external-id.json")
_COMMANDS = {
    "bare interpreter": [sys.executable, "-c", ""],
    "xdiag --help": [_XDIAG, "--help"],
    "xdiag check --case": [_XDIAG, "check", "--case", _CASE],
    "xdiag check --case --output json": [_XDIAG, "check", "--case", _CASE, "--output", "json"],
}


def main(rounds: int) -> None:
    """Print the table."""
    taken: dict[str, list[float]] = {name: [] for name in _COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        for number in range(rounds + 2):
            for name, command in _COMMANDS.items():
                start = time.perf_counter()
                subprocess.run(command, capture_output=True, check=False, env=environment)
                if number >= 2:
                    # The first rounds fill the caches: of files, of bytecode, of rules.
                    taken[name].append(time.perf_counter() - start)
    bare = taken["bare interpreter"]
    rows = []
    for name, times in taken.items():
        above = statistics.median(one - other for one, other in zip(times, bare, strict=True))
        rows.append([name, *(f"{seconds * 1e3:.0f}" for seconds in (min(times), statistics.median(times), above))])
    show(f"Cold start, {rounds} rounds, milliseconds", ["", "best", "median", "median above interpreter"], rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
