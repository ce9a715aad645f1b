"""What a start of the program does not pay for."""

import subprocess
import sys

import pytest
from tests.cases import FIXTURES

RUN = """
import atexit, gc, sys
atexit.register(lambda: print(f"\\nexempt: {gc.get_freeze_count()}"))
from diagnose.cli import main
try:
    main()
finally:
    print("\\nloaded:", *sys.modules)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a second run of the same check tells of itself, when the rules are cached."""
    environment = {"HOME": str(tmp_path_factory.mktemp("home"))}
    case = str(FIXTURES / "demo" / "external-id.json")
    command = [sys.executable, "-c", RUN, "check", "--case", case]
    for _ in range(2):
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert (ran.returncode, ran.stderr) == (1, "")
    return ran.stdout


@pytest.fixture(scope="module")
def batch_told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a batch of one verdict tells of itself."""
    folder = tmp_path_factory.mktemp("batch")
    cases = folder / "cases.jsonl"
    cases.write_bytes((FIXTURES / "demo" / "external-id.json").read_bytes().replace(b"\n", b" "))
    command = [sys.executable, "-c", RUN, "batch", str(cases)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(folder)})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert '"verdict": "denied"' in ran.stdout
    return ran.stdout


@pytest.mark.parametrize(
    "module",
    [
        "yaml",
        "hashlib",
        "diagnose.causes.rule_file",
        "diagnose.cli.hops",
        "diagnose.cli.way_over",
        "diagnose.collect.evidence.account_details",
        "diagnose.collect.evidence.case_errors",
        "diagnose.collect.evidence.declared_limits",
        "diagnose.collect.evidence.policy_file",
        "diagnose.collect.request.profile",
        "diagnose.remedy.fixes.trust",
    ],
)
def test_a_check_of_a_case_does_not_load_what_others_need(told: str, module: str) -> None:
    assert module not in told.partition("\nloaded: ")[2].split()


@pytest.mark.parametrize("module", ["diagnose.loading", "diagnose.report.html", "diagnose.report.counts"])
def test_a_batch_of_verdicts_does_not_load_what_others_need(batch_told: str, module: str) -> None:
    assert module not in batch_told.partition("\nloaded: ")[2].split()


def test_nothing_is_searched_for_cycles_when_the_program_ends(told: str) -> None:
    assert int(told.partition("\nexempt: ")[2]) > 10_000
