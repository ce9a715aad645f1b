"""Pipes that close, disks that are full, and terminals that know only ASCII."""

import subprocess
from pathlib import Path

import pytest
from tests.cli.cases import DEMOS
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, Program

CASE = DEMOS / "wrong-principal.json"


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_reader_that_has_seen_enough_is_left_in_peace(xdiag: Program, output: str) -> None:
    command = " ".join(xdiag.command("check", "--case", CASE, "--output", output))
    done = subprocess.run(
        ["/bin/bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        env=xdiag.environment,
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert (done.stdout, done.stderr) == (b"%d\n" % DENIED, b"")


def test_a_closed_output_still_gives_the_verdict(xdiag: Program) -> None:
    command = " ".join(xdiag.command("check", "--case", CASE))
    done = subprocess.run(
        ["/bin/bash", "-c", f"{command} >&-"], env=xdiag.environment, capture_output=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (DENIED, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told(xdiag: Program) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            xdiag.command("check", "--case", CASE),
            env=xdiag.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=30,
        )
    assert done.returncode == BAD_INPUT
    assert done.stderr.startswith(b"xdiag: the result cannot be written: ")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"LC_ALL": "C"}, id="LC_ALL=C"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="ASCII without coercion"),
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="ASCII streams"),
        pytest.param({"PYTHONIOENCODING": "latin-1"}, id="Latin-1 streams"),
    ],
)
def test_a_terminal_that_knows_few_characters_gets_an_answer(xdiag: Program, environment: dict[str, str]) -> None:
    done = subprocess.run(
        xdiag.command("check", "--case", DEMOS / "allowed.json"),
        env={**xdiag.environment, **environment},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (ALLOWED, b"")
    assert done.stdout.startswith(b"ALLOWED: ")


def test_a_mistake_is_told_in_ascii_too(xdiag: Program) -> None:
    run = xdiag("check", "rôle", "rôle", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert run.code == BAD_INPUT
    assert run.err.startswith("xdiag: the source `r\\xf4le` is not an ARN")


@pytest.mark.parametrize("home", ["/nonexistent", "/dev/null", ""])
def test_no_home_is_needed(xdiag: Program, home: str) -> None:
    run = xdiag("demo", env={"HOME": home})
    assert (run.code, run.err) == (0, "")
