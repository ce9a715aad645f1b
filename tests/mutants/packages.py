"""Where each package is, and the tests that are to notice what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parent.parent.parent
READ_THE_SOURCE = tuple(f"tests/test_{name}.py" for name in ("completeness", "constants", "house", "messages"))
"""The tests that hold every package to how it is written, and run nothing of it."""

_NEAREST = 8
_OF_DECIDING = ("tests/evaluate", "tests/model", "tests/naive", "tests/test_known_answers.py", "tests/test_laws.py")
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


class Package(Struct, frozen=True):
    """Globs below `src/diagnose`, files and folders of tests, and those files that try much of the package quickly."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    broad: tuple[str, ...] = ()


PACKAGES: Mapping[str, Package] = {
    "aws": Package(("aws/**/*.py",), ("tests/aws", "tests/collect")),
    "audience": Package(
        ("audience.py",), ("tests/test_audience.py", "tests/test_strangers.py", "tests/cli/test_audience.py")
    ),
    "authoring": Package(("authoring/**/*.py",), ("tests/authoring", "tests/causes", "tests/cli/test_rules.py")),
    "batch": Package(
        ("batch.py", "case_line.py"), ("tests/test_batch.py", "tests/test_case_line.py", "tests/cli/test_batch.py")
    ),
    "causes": Package(
        ("causes/**/*.py",),
        ("tests/causes", "tests/test_rules.py", "tests/report/test_goldens.py"),
        ("tests/test_rules.py",),
    ),
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
    "redact": Package(
        ("report/redact/**/*.py",),
        ("tests/report/redact", "tests/cli/test_redact.py"),
        ("tests/report/redact/test_texts.py",),
    ),
    "remedy": Package(
        ("remedy/**/*.py",),
        ("tests/remedy", "tests/report/test_goldens.py", "tests/test_rules.py"),
        ("tests/remedy/test_examples.py",),
    ),
    "report": Package(
        ("report/**/*.py",), ("tests/report", "tests/cli", "tests/test_strangers.py"), ("tests/report/test_goldens.py",)
    ),
    "serve": Package(("serve/**/*.py",), ("tests/serve",)),
}


def files(tests: Sequence[str]) -> list[str]:
    """Give the files of tests in these files and folders."""
    paths = [path for test in tests for path in ([ROOT / test] if test.endswith(".py") else _below(ROOT / test))]
    return list(dict.fromkeys(str(path.relative_to(ROOT)) for path in paths))


def _below(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("test_*.py"))


def nearest(source: str, package: Package) -> list[str]:
    """Give the few files of tests that are about a module, nearest first, and those that try much of its package."""
    place = Path(source).relative_to("src/diagnose").with_suffix("")
    by_rank = sorted((-rank, path) for path in files(package.tests) if (rank := _nearness(place, Path(path))))
    return list(dict.fromkeys([*[path for _, path in by_rank][:_NEAREST], *package.broad]))


def _nearness(module: Path, test: Path) -> int:
    """Rank a file of tests; 0 says that it is not near."""
    folder = test.parent.parts[1:]
    name, about = module.name.strip("_"), test.stem.removeprefix("test_")
    package = re.escape(".".join(("diagnose", *module.parent.parts)))
    imported = rf"\b{package}(?:\.| import (?:.*, )?){re.escape(module.name)}\b"
    rank = 6 if name == about else 3 if name in about else 0
    if re.search(imported, (ROOT / test).read_text(encoding="utf-8")):
        rank += 4
    beside = folder == module.parent.parts != ()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(folder, module.parent.parts, strict=False)))
    return rank + 1 + 2 * shared if rank or beside else 0
