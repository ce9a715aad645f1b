"""Mutants: does any test notice that the code is wrong? A sample of each package, each against the tests of its own.

    python -m tests.mutants [PACKAGE ...] [--each 12] [--seed 1] [--jobs 2]

mutmut makes the mutants. They are not run by it: it swaps functions inside of one process, and what the tests of the
command line run is a process of its own. Here a mutant is a file in a copy of the repository, with an environment that
has this copy installed. A mutant that survives is the same program, or shows a missing test.
"""

import argparse
import difflib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import libcst
from msgspec import Struct
from mutmut.mutation.file_mutation import create_mutations, deep_replace
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parent.parent
_OF_DECIDING = ("tests/evaluate", "tests/model", "tests/naive", "tests/test_known_answers.py", "tests/test_laws.py")
# Quick ones, which hold every package to something.
_OF_EVERY = ("tests/test_completeness.py", "tests/test_constants.py", "tests/test_messages.py")
# Whoever presents a token or an assertion, or has them presented: from the claims to the fix.
_FEDERATION = (
    "collect/federation/**/*.py",
    "collect/pod.py",
    *(f"evaluate/{name}.py" for name in ("federated_gates", "identity", "keys/federation", "pod_gate")),
    *(f"model/{name}.py" for name in ("federation", "pod")),
    *(f"remedy/fixes/{name}.py" for name in ("federation", "pod")),
)
# What stands between an answer of AWS and whatever is read from it.
_DOOR = ("attempts", "calls", "promises", "secrets", "session")
_PATIENCE = 600.0


class Package(Struct, frozen=True):
    """Where a package is, as globs below `src/diagnose`, and the tests that are to notice what is wrong with it."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


PACKAGES: Mapping[str, Package] = {
    "aws": Package(("aws/**/*.py",), ("tests/aws", "tests/collect")),
    "audience": Package(
        ("audience.py",), ("tests/test_audience.py", "tests/test_strangers.py", "tests/cli/test_audience.py")
    ),
    "authoring": Package(("authoring/**/*.py",), ("tests/authoring", "tests/causes", "tests/cli/test_rules.py")),
    "batch": Package(
        ("batch.py", "case_line.py"), ("tests/test_batch.py", "tests/test_case_line.py", "tests/cli/test_batch.py")
    ),
    "causes": Package(("causes/**/*.py",), ("tests/causes", "tests/test_rules.py", "tests/report/test_goldens.py")),
    "cli": Package(("cli/**/*.py",), ("tests/cli", "tests/collect", "tests/report", "tests/test_package.py")),
    "collect": Package(("collect/**/*.py",), ("tests/collect", "tests/aws", "tests/cli")),
    "door": Package(tuple(f"aws/{name}.py" for name in _DOOR), ("tests/aws", "tests/collect")),
    "evaluate": Package(("evaluate/**/*.py",), _OF_DECIDING),
    "federation": Package(
        _FEDERATION,
        (
            *("tests/evaluate", "tests/collect", "tests/causes", "tests/remedy", "tests/cli/test_presented.py"),
            *("tests/cli/test_pod.py", "tests/cli/test_recorded_tokens.py", "tests/naive", "tests/test_rules.py"),
        ),
    ),
    "matrix": Package(
        # Without `spark`, whose tests need Java and an environment of their own.
        ("matrix/[!s]*.py",),
        (
            *("tests/matrix", "tests/cli/test_matrix.py", "tests/cli/test_matrix_resume.py"),
            *("tests/cli/test_compare.py", "tests/cli/test_paths.py"),
        ),
    ),
    "model": Package(("model/**/*.py",), ("tests/model", "tests/evaluate", "tests/collect", "tests/causes")),
    "pipeline": Package(
        tuple(f"{name}.py" for name in ("chain", "loading", "pipeline", "probe", "token_forms")),
        ("tests/test_pipeline.py", "tests/test_probe.py", "tests/cli", "tests/report/test_goldens.py"),
    ),
    "redact": Package(("report/redact/**/*.py",), ("tests/report/redact", "tests/cli/test_redact.py")),
    "remedy": Package(("remedy/**/*.py",), ("tests/remedy", "tests/report/test_goldens.py", "tests/test_rules.py")),
    "report": Package(("report/**/*.py",), ("tests/report", "tests/cli", "tests/test_strangers.py")),
    "serve": Package(("serve/**/*.py",), ("tests/serve",)),
}


class Mutant(Struct, frozen=True):
    """One file of the package with one thing in it changed."""

    path: str
    text: str
    diff: str


class Copy:
    """A copy of the repository, and an environment in which it is installed, as the tests expect it."""

    def __init__(self, folder: Path) -> None:
        self.root, venv = folder / "repository", folder / "venv"
        hidden = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
        shutil.copytree(ROOT, self.root, ignore=hidden)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        self.python = venv / "bin" / "python"
        places = [self.root / "src", *map(Path, sys.path[1:])]
        version = f"python{sysconfig.get_python_version()}"
        packages = venv / "lib" / version / "site-packages"
        (packages / "mutants.pth").write_text("".join(f"{place}\n" for place in places if place != ROOT / "src"))
        script = venv / "bin" / "xdiag"
        script.write_text(f'#!{self.python}\nfrom diagnose.cli import main\nif __name__ == "__main__":\n    main()\n')
        script.chmod(0o755)

    def notices(self, mutant: Mutant | None, tests: Sequence[str]) -> bool:
        """Say whether a test fails, or none ends, with the mutant in place."""
        if mutant is None:
            return self._fails(tests)
        path = self.root / mutant.path
        before, times = path.read_bytes(), path.stat()
        path.write_text(mutant.text, encoding="utf-8")
        try:
            # Most are noticed by the few files of tests that are about the module.
            return any(map(self._fails, self._by_nearness(mutant.path, tests)))
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def _by_nearness(self, source: str, tests: Sequence[str]) -> list[list[str]]:
        """Give first the tests that are named after the module or name it, and then the others."""
        module = source.removeprefix("src/").removesuffix(".py").replace("/", ".")
        name = re.compile(rf"\b{re.escape(module)}\b")
        near, others = list[str](), list[str]()
        for path in dict.fromkeys(path for test in tests for path in _files(self.root / test)):
            is_near = module.rpartition(".")[2].strip("_") in path.stem or name.search(path.read_text(encoding="utf-8"))
            (near if is_near else others).append(str(path.relative_to(self.root)))
        return [files for files in (near, others) if files]

    def _fails(self, tests: Sequence[str]) -> bool:
        command = [str(self.python), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "XDIAG_AGREEMENT_CASES": "300", "HOME": str(self.root)}
        running = subprocess.Popen(
            command, cwd=self.root, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            return running.wait(_PATIENCE) != 0
        except subprocess.TimeoutExpired:
            print(f"the tests of the next one did not end within {_PATIENCE:g} s, which counts as noticed", flush=True)
            return True
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()


def _files(test: Path) -> Sequence[Path]:
    return [test] if test.suffix else sorted(test.rglob("test_*.py"))


def main() -> None:
    """Try the samples, and print what no test has noticed."""
    given = _arguments()
    total: Counter[bool] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(given.jobs) as threads:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(given.jobs):
            copies.put(Copy(Path(folder) / str(number)))

        def noticed(mutant: Mutant | None, tests: Sequence[str]) -> bool:
            copy = copies.get()
            try:
                return copy.notices(mutant, tests)
            finally:
                copies.put(copy)

        for name in given.packages or PACKAGES:
            package = PACKAGES[name]
            tests = (*_OF_EVERY, *package.tests)
            mutants = _sample(package, given.each, random.Random(f"{given.seed} {name}"))
            answers = []
            for mutant, answer in zip(mutants, threads.map(partial(noticed, tests=tests), mutants), strict=True):
                answers.append(answer)
                print("" if answer else f"survived:\n{mutant.diff}", end="", flush=True)
                print(f"{name}: {len(answers)} of {len(mutants)}", end="\r", file=sys.stderr)
            # Where nothing has survived, the tests may fail whatever the code is.
            assert not all(answers) or not noticed(None, tests), f"the tests of {name} fail without any mutant"
            print(f"{name}: {sum(answers)} of {len(answers)} were noticed", flush=True)
            total.update(answers)
    print(f"all: {total[True]} of {total.total()} were noticed")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(PACKAGES))
    parser.add_argument("--each", type=int, default=12, help="how many mutants of each package")
    parser.add_argument("--seed", default="1", help="which ones")
    parser.add_argument("--jobs", type=int, default=2, help="how many at the same time")
    given = parser.parse_args()
    if unknown := set(given.packages) - set(PACKAGES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}")
    return given


def _sample(package: Package, size: int, chance: random.Random) -> list[Mutant]:
    """Choose files by how long they are, and mutants of each."""
    files = sorted(file for glob in package.sources for file in (ROOT / "src" / "diagnose").glob(glob))
    chosen = Counter(chance.choices(files, [file.stat().st_size for file in files], k=size))
    return [mutant for file in files if file in chosen for mutant in _some(file, chosen[file], chance)]


def _some(file: Path, size: int, chance: random.Random) -> Iterator[Mutant]:
    """Give mutants of a file, but for those of a class's own line, where the type checker is the test."""
    code, path = file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))
    module, mutations, _, _ = create_mutations(path, code)
    for mutation in chance.sample(mutations, len(mutations)):
        mutated = deep_replace(module, mutation.original_node, mutation.mutated_node)
        assert isinstance(mutated, libcst.Module)
        diff = [*difflib.unified_diff(code.splitlines(True), mutated.code.splitlines(True), path, path, n=0)]
        if diff and size and not any(line.startswith("-class ") for line in diff):
            yield Mutant(path, mutated.code, "".join(diff))
            size -= 1
        if not size:
            break


def _for_each_other(node: libcst.Name) -> Iterator[libcst.Name]:
    """Change the quantifier: mutmut has no operator for it."""
    other = {"any": "all", "all": "any", "min": "max", "max": "min", "any_of": "all_of", "all_of": "any_of"}
    if node.value in other:
        yield node.with_changes(value=other[node.value])


mutation_operators.append((libcst.Name, _for_each_other))

if __name__ == "__main__":
    main()
