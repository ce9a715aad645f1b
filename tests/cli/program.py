"""The installed program, run as a user runs it: in a process and an environment of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

XDIAG = Path(sys.executable).with_name("xdiag")
ALLOWED, DENIED, BAD_INPUT, UNDETERMINED, NOTHING_GATHERED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class Run(Struct, frozen=True):
    """What a run has answered."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on standard output; whatever else stands there is an error."""
        assert self.out.startswith("{"), f"no report, but: {self.out}{self.err}"
        found: dict[str, Any] = json.loads(self.out)
        return found


class Program:
    """Runs xdiag with nothing of the caller's environment, and a home folder of its own."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            **(environment or {}),
        }

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Run xdiag to its end. `env` is added to the scrubbed environment."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            env={**self.environment, **(env or {})},
            cwd=cwd or self.home,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of a run."""
        return [str(XDIAG), *map(str, arguments)]
