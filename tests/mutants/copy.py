"""A copy of the repository, and an environment in which it is installed, as the tests expect it."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from tests.mutants.packages import ROOT
from tests.mutants.sample import Mutant

_PATIENCE = 600.0
_RECORDER = "mutants_recorder"


class Outcome(StrEnum):
    """What the tests say of a mutant."""

    NOTICED = "noticed"
    ENDLESS = "endless"
    UNNOTICED = "unnoticed"


class Copy:
    """Tries one mutant after the other."""

    def __init__(self, folder: Path) -> None:
        self.root, self._venv = folder / "repository", folder / "venv"
        hidden = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
        shutil.copytree(ROOT, self.root, ignore=hidden)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self._venv], check=True)
        self._python = self._venv / "bin" / "python"
        places = [self.root / "src", *map(Path, sys.path[1:])]
        self._packages = self._venv / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
        (self._packages / "mutants.pth").write_text("".join(f"{place}\n" for place in places if place != ROOT / "src"))
        shutil.copy(Path(__file__).with_name("recorder.py"), self._packages / f"{_RECORDER}.py")
        script = self._venv / "bin" / "xdiag"
        script.write_text(f'#!{self._python}\nfrom diagnose.cli import main\nif __name__ == "__main__":\n    main()\n')
        script.chmod(0o755)

    def outcome(self, mutant: Mutant | None, files: Sequence[str], only: Sequence[str] = ()) -> Outcome:
        """Run files of tests, or only some tests of theirs, until one fails."""
        listed = self._venv / "only"
        listed.write_text("".join(f"{test}\n" for test in only), encoding="utf-8")
        with self._changed({mutant.path: mutant.text} if mutant else {}):
            return self._run("-x", *files, XDIAG_MUTANTS_ONLY=str(listed) if only else "")

    def met(self, texts: Mapping[str, str], files: Sequence[str]) -> tuple[Outcome, list[tuple[int, str]]]:
        """Run all these tests over files with marks, and give which mark each test has come by."""
        at_start, marks = self._packages / f"{_RECORDER}.pth", self._venv / "met"
        at_start.write_text(f"import {_RECORDER}\n")
        (self._venv / "current").write_text("")
        marks.write_text("")
        try:
            with self._changed(texts):
                outcome = self._run("-rf", *files, patience=20 * _PATIENCE)
        finally:
            at_start.unlink()
        pairs = [line.partition(" ") for line in marks.read_text(encoding="utf-8").splitlines()]
        return outcome, [(int(number), test) for number, _, test in pairs]

    @contextmanager
    def _changed(self, texts: Mapping[str, str]) -> Iterator[None]:
        """Replace files, and put them back with the times that they had, so that nothing is compiled twice."""
        before = {path: (path.read_bytes(), path.stat()) for path in map(self.root.joinpath, texts)}
        try:
            for path, text in texts.items():
                (self.root / path).write_text(text, encoding="utf-8")
            yield
        finally:
            for file, (content, times) in before.items():
                file.write_bytes(content)
                os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    def _run(self, *arguments: str, patience: float = _PATIENCE, **environment: str) -> Outcome:
        command = [str(self._python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", _RECORDER, *arguments]
        given = {**os.environ, "XDIAG_AGREEMENT_CASES": "300", "HOME": str(self.root), **environment}
        # What is compiled once need not be at each of the many starts.
        given.pop("PYTHONDONTWRITEBYTECODE", None)
        log = self._venv / "log"
        with log.open("w") as file:
            running = subprocess.Popen(
                command, cwd=self.root, env=given, stdout=file, stderr=file, start_new_session=True
            )
        try:
            return Outcome.NOTICED if running.wait(patience) != 0 else Outcome.UNNOTICED
        except subprocess.TimeoutExpired:
            return Outcome.ENDLESS
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()

    @property
    def failures(self) -> list[str]:
        """The tests of the last run that have failed."""
        lines = (self._venv / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        return [line.partition(" ")[2].partition(" - ")[0] for line in lines if line.startswith(("FAILED ", "ERROR "))]
