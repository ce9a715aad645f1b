"""How long `xdiag matrix` takes, and how time and memory grow with the organization.

    .venv/bin/python benchmarks/matrix.py [ACCOUNTS]

ACCOUNTS is the largest number of accounts, with 100 users and roles each (100 if left out). Times are CPU seconds of
the whole program, its start and the reading of the dumps included.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import organization
from table import show

_IDENTITIES = 100
_XDIAG = Path(sys.executable).with_name("xdiag")


def main(most: int) -> None:
    """Print the table."""
    rows = []
    accounts = 2
    while accounts < most:
        rows.append(_measured(accounts))
        accounts *= 5
    rows.append(_measured(most))
    show("An organization", ["accounts", "pairs", "rows", "seconds", "MB"], rows)


def _measured(accounts: int) -> list[str]:
    """Run it in a process of its own, whose child it is: so that the largest does not hide what the smaller took."""
    with tempfile.TemporaryDirectory() as name:
        organization.write(Path(name, "dumps"), accounts=accounts, identities=_IDENTITIES)
        run = subprocess.run(
            [sys.executable, __file__, "--one", name], capture_output=True, text=True, check=True
        ).stdout.split()
        return [str(accounts), *run]


def _one(folder: Path) -> None:
    """Print how many pairs and rows there are, CPU seconds, and the most memory."""
    to = folder / "matrix.jsonl"
    run = subprocess.run(
        [_XDIAG, "matrix", folder / "dumps", "--to", to], capture_output=True, text=True, check=True
    ).stderr
    pairs = run.splitlines()[-1].split()[1]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows = to.read_bytes().count(b"\n")
    print(pairs, f"{rows:,}", f"{used.ru_utime + used.ru_stime:.1f}", f"{used.ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
