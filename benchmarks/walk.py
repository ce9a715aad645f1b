"""Which modules one command of the program enters, and how often it calls from one into another."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

_STAGE = "diagnose.pipeline.diagnose"
"""The function from whose call on the deciding and explaining are counted by themselves."""


def walk(package: Path, command: list[str]) -> list[list[str]]:
    """Run a command of a package in a process of its own: rows of what was counted, and the figure."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(package.parent)}
        for _ in "first to fill the cache", "then to be counted":
            ran = subprocess.run(
                [sys.executable, __file__, str(package), *command], capture_output=True, check=True, env=environment
            )
    rows: list[list[str]] = json.loads(ran.stderr.splitlines()[-1])
    return rows


class _Steps:
    """What a profiler saw: calls of the package's functions. A generator that goes on counts as called again."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.names: dict[CodeType, str] = {}
        self.entered: dict[str, set[str]] = {"all": set(), _STAGE: set()}
        self.across: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.deepest: Counter[str] = Counter()

    def see(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or not (name := self.name(frame.f_code)):
            return
        module = name.partition(":")[0]
        self.calls[name] += 1
        outer, depth, stages = frame.f_back, 1, ["all"]
        caller = ""
        while outer is not None:
            around = self.name(outer.f_code)
            if around:
                caller = caller or around.partition(":")[0]
                depth += 1
            if around.replace(":", ".") == _STAGE:
                stages.append(_STAGE)
            outer = outer.f_back
        for stage in stages:
            self.entered[stage].add(module)
            self.across[stage] += bool(caller) and caller != module
            self.deepest[stage] = max(self.deepest[stage], depth)

    def name(self, code: CodeType) -> str:
        """Name a function of the package, as `module:function`; empty for all else, and for what importing runs."""
        if code not in self.names:
            path = Path(code.co_filename)
            ours = path.is_relative_to(self.package) and code.co_flags & _FUNCTION
            dotted = ".".join(path.relative_to(self.package.parent).with_suffix("").parts) if ours else ""
            self.names[code] = f"{dotted.removesuffix('.__init__')}:{code.co_qualname}" if ours else ""
        return self.names[code]

    def rows(self) -> list[list[str]]:
        """Give what was counted."""
        rows = []
        for stage, words in (("all", "the whole command"), (_STAGE, f"in `{_STAGE.rpartition('.')[2]}`")):
            rows += [
                [f"modules entered, {words}", str(len(self.entered[stage]))],
                [f"calls from one module into another, {words}", f"{self.across[stage]:,}"],
                [f"most calls of ours in one another, {words}", str(self.deepest[stage])],
            ]
        built = [name for name in self.calls if ".caller:" in name and name.endswith(".__init__")]
        decided = [name for name in self.calls if name.endswith((".decision:decide", ".decision:verdict"))]
        rows += [[f"calls of `{name.partition(':')[2]}`", str(self.calls[name])] for name in (*built, *decided)]
        return rows


_FUNCTION = 1
"""The flag of code with local names of its own (CO_OPTIMIZED); the body of a module or of a class has none."""


def main(package: Path, command: list[str]) -> None:
    """Run the command, and write to standard error what was counted."""
    from diagnose.cli import main as program

    steps = _Steps(package)
    sys.argv = ["xdiag", *command]
    sys.setprofile(steps.see)
    with contextlib.suppress(SystemExit):
        program()
    sys.setprofile(None)
    print(json.dumps(steps.rows()), file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
