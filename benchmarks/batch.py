"""Rows per second of `xdiag batch`, by wall clock, its start and the reading of JSON included.

.venv/bin/python benchmarks/batch.py [LINES]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from pairs import cases
from table import show

_XDIAG = str(Path(sys.executable).with_name("xdiag"))


def main(count: int) -> None:
    """Print the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, repeating in (("documents repeat", True), ("every document is new", False)):
            path = Path(folder) / "cases.jsonl"
            with open(path, "wb") as file:
                file.writelines(msgspec.json.encode(case) + b"\n" for case in cases(count, repeating=repeating))
            size = path.stat().st_size / 2**20
            for flags, share in ((["--jobs", "1"], 1), (["--jobs", "2"], 1), (["--jobs", "2", "--explain"], 10)):
                lines = count // share
                given = path
                if share > 1:
                    given = Path(folder) / "some.jsonl"
                    with open(path, "rb") as all_of_them:
                        given.write_bytes(b"".join(line for _, line in zip(range(lines), all_of_them, strict=False)))
                start, before = time.perf_counter(), os.times()
                subprocess.run([_XDIAG, "batch", given, "--to", Path(folder) / "rows.jsonl", *flags], check=True)
                spent = time.perf_counter() - start
                after = os.times()
                worked = sum(after[2:4]) - sum(before[2:4])
                rows.append(
                    [
                        name,
                        " ".join(flags),
                        f"{lines:,}",
                        f"{size / share:.0f}",
                        f"{spent:.1f}",
                        f"{worked:.1f}",
                        f"{lines / spent:,.0f}",
                    ]
                )
    show("xdiag batch", ["", "flags", "lines", "MB", "seconds", "CPU s", "rows a second"], rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
