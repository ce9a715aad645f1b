"""The house: sizes, names, and what starting the program may import."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from house import imports_of, modules, public_names, shared_names

SOURCE = Path(__file__).parent.parent / "src" / "diagnose"
MODULES = sorted(SOURCE.rglob("*.py"))
NAMES_OF_NOTHING = {
    "base",
    "common",
    "constants",
    "data",
    "helper",
    "helpers",
    "info",
    "lib",
    "manager",
    "misc",
    "types",
    "util",
    "utils",
}
SHARED = {
    "SUFFIX",
    "audience",
    "explain",
    "main",
    "report",
}
"""Public names that mean more than one thing, so far. No name comes here: one that is no longer shared goes."""
HEAVY = {
    "anyio",
    "boto3",
    "botocore",
    "defusedxml",
    "jinja2",
    "jmespath",
    "mcp",
    "rich",
    "yaml",
    "policyuniverse",
    "pyarrow",
}

every_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))


@every_module
def test_a_module_is_short(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 400


def test_a_public_name_means_one_thing_in_the_whole_package() -> None:
    shared = shared_names(modules(SOURCE))
    assert {name: homes for name, homes in shared.items() if name not in SHARED} == {}
    assert SHARED - shared.keys() == set(), "these mean one thing now: take them off the list"


def test_imports_run_in_no_circle_not_even_those_inside_functions() -> None:
    TopologicalSorter(imports_of(modules(SOURCE))).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("class Kind: ...", {"Kind"}, id="a class"),
        pytest.param("def read(): ...\nasync def ask(): ...", {"read", "ask"}, id="functions"),
        pytest.param("WORDS = {}\nMOST: int = 3", {"WORDS", "MOST"}, id="values"),
        pytest.param("A = B = 1\nC, D = A, B", {"A", "B", "C", "D"}, id="several values at once"),
        pytest.param("def _read(): ...\n_KIND = 1\nclass _Kind: ...", set(), id="nothing private"),
        pytest.param("from json import loads\nimport re", set(), id="nothing imported"),
        pytest.param("class Kind:\n    name = 1\n    def read(self): ...", {"Kind"}, id="nothing inside a class"),
    ],
)
def test_a_public_name_is_what_a_module_defines_for_others(text: str, names: set[str]) -> None:
    assert public_names(ast.parse(text)) == names


@every_module
def test_a_module_is_named_by_what_it_is_about(module: Path) -> None:
    assert module.stem not in NAMES_OF_NOTHING
    assert not module.stem.endswith(("_utils", "_helpers", "_manager"))


def imports(module: Path) -> set[str]:
    """Name the packages that a module imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add((node.module or "").partition(".")[0])
    return found


@every_module
def test_a_module_imports_only_what_is_declared(module: Path) -> None:
    declared = {
        "anyio",
        "boto3",
        "botocore",
        "defusedxml",
        "diagnose",
        "jinja2",
        "jmespath",
        "mcp",
        "msgspec",
        "policyuniverse",
        "pyarrow",
        "pyspark",
        "rich",
        "typer",
        "yaml",
    }
    assert imports(module) <= declared | set(sys.stdlib_module_names)


@every_module
def test_data_and_deciding_are_pure(module: Path) -> None:
    place = module.relative_to(SOURCE).parts[0]
    if place in ("model", "evaluate", "errors.py"):
        assert imports(module) & {"os", "pathlib", "time", "random", "subprocess", "socket", "logging", "yaml"} == set()


@every_module
def test_a_module_imports_nothing_for_types_alone(module: Path) -> None:
    assert "TYPE_CHECKING" not in module.read_text()


STARTS = ["diagnose", "diagnose.cli", "diagnose.evaluate.decision", "diagnose.model.case", "diagnose.errors"]


@pytest.mark.parametrize("module", STARTS)
def test_starting_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert {name.partition(".")[0] for name in ran.stdout.split()} & HEAVY == set()


def test_deciding_does_not_import_the_command_line() -> None:
    code = "import sys, diagnose.evaluate.decision; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"typer", "dataclasses", "asyncio"} & {name.partition(".")[0] for name in ran.stdout.split()} == set()


def test_checking_a_case_without_an_error_imports_no_parser_of_errors() -> None:
    case = SOURCE.parent.parent / "fixtures" / "demo" / "external-id.json"
    code = """
import sys
from diagnose.cli.app import app
app(sys.argv[1:], standalone_mode=False)
print(*sys.modules)
"""
    command = [sys.executable, "-c", code, "check", "--case", str(case)]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert "diagnose.causes.findings" in loaded
    assert not loaded & {"diagnose.model.error_text.parser", "diagnose.report.json"}
