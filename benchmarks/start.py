"""Cold start: the bare interpreter, `xdiag --help` and `xdiag check --case`, one after the other in every round.

    .venv/bin/python benchmarks/start.py [ROUNDS] [ANOTHER_XDIAG]

Whatever else the machine does slows all of them alike, so that their difference is what counts. CPU time tells more
than time on the clock. Another checkout's xdiag is started in the same rounds, to be compared with.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from table import show

_XDIAG = str(Path(sys.executable).with_name("xdiag"))
_CASE = str(Path(__file__).parent.parent / "fixtures" / "demo" / "external-id.json")
_ARGUMENTS = (("--help",), ("check", "--case", _CASE), ("check", "--case", _CASE, "--output", "json"))


def main(rounds: int, other: str | None) -> None:
    """Print the table."""
    commands = {"bare interpreter": [sys.executable, "-c", ""]}
    for named, program in (("xdiag", _XDIAG), ("the other", other)):
        if program is not None:
            commands |= {f"{named} {_shown(arguments)}": [program, *arguments] for arguments in _ARGUMENTS}
    runs: dict[str, list[_Run]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        for number in range(rounds + 2):
            for name, command in commands.items():
                run = _run(command, environment)
                if number >= 2:
                    # The first rounds fill the caches: of files, of bytecode, of rules.
                    runs[name].append(run)
    bare = runs["bare interpreter"]
    rows = []
    for name, each in runs.items():
        above = statistics.median(one.cpu - other.cpu for one, other in zip(each, bare, strict=True))
        clock, cpu = (statistics.median(times) for times in zip(*(run[:2] for run in each), strict=True))
        seconds = (clock, min(run.cpu for run in each), cpu, above)
        peak = statistics.median(run.peak for run in each)
        rows.append([name, *(f"{one * 1e3:.0f}" for one in seconds), f"{peak / 2**20:.1f}"])
    heads = ["", "clock", "best CPU", "CPU", "CPU above interpreter", "peak MiB"]
    show(f"Cold start, medians of {rounds} rounds, milliseconds", heads, rows)


class _Run(NamedTuple):
    """Seconds on the clock and of CPU, and bytes."""

    clock: float
    cpu: float
    peak: int


def _run(command: list[str], environment: dict[str, str]) -> _Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert process.stdout is not None
    process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    return _Run(clock, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _shown(arguments: tuple[str, ...]) -> str:
    return " ".join(argument for argument in arguments if argument != _CASE)


if __name__ == "__main__":
    given = [*sys.argv[1:], *(None,) * 2]
    main(int(given[0] or 40), given[1])
