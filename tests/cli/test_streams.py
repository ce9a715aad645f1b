"""Pipes that close, disks that are full, and terminals that know only ASCII."""

import subprocess
from pathlib import Path

import msgspec
import pytest
from tests.cases import DEMOS
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, Program

CASE = DEMOS / "wrong-principal.json"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """One case for each line of a batch."""
    path = tmp_path / "cases.jsonl"
    path.write_bytes(msgspec.json.format(CASE.read_bytes(), indent=0) + b"\n")
    return path


def shell(xdiag: Program, line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = ["/bin/bash", "-c", line]
    return subprocess.run(command, env=xdiag.environment, cwd=folder, capture_output=True, check=False, timeout=60)


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


@pytest.mark.parametrize(
    ("command", "closed", "code"),
    [
        pytest.param(("check", "--case", CASE), ">&-", DENIED, id="the output of check"),
        pytest.param(("batch", "cases.jsonl"), ">&-", ALLOWED, id="the output of batch"),
        pytest.param(("check", "--case", "nowhere"), "2>&-", BAD_INPUT, id="where a mistake is told"),
        pytest.param(("batch", "cases.jsonl", "--to", "/dev/null"), "2>&-", ALLOWED, id="where progress is shown"),
        pytest.param(("check", "--case", CASE), "<&- >&- 2>&-", DENIED, id="all of them"),
    ],
)
def test_a_closed_stream_changes_nothing(
    xdiag: Program, cases: Path, command: tuple[str | Path, ...], closed: str, code: int
) -> None:
    done = shell(xdiag, f"{' '.join(xdiag.command(*command))} {closed}", cases.parent)
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


@pytest.mark.parametrize("command", [("check", "--case", "-"), ("batch", "-")])
def test_a_closed_input_is_an_empty_one(xdiag: Program, command: tuple[str, ...]) -> None:
    words = " ".join(xdiag.command(*command))
    closed, empty = shell(xdiag, f"{words} <&-", xdiag.home), shell(xdiag, f"{words} </dev/null", xdiag.home)
    assert (closed.returncode, closed.stdout, closed.stderr) == (empty.returncode, empty.stdout, empty.stderr)


@pytest.mark.parametrize("flags", [(), ("--jobs", "2")], ids=["alone", "with others"])
def test_a_batch_ends_when_nobody_reads_its_rows(xdiag: Program, cases: Path, flags: tuple[str, ...]) -> None:
    cases.write_bytes(cases.read_bytes() * 5000)
    words = " ".join(xdiag.command("batch", cases, *flags))
    done = shell(xdiag, f"{words} | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}", cases.parent)
    assert (done.stdout, done.stderr) == (b"141\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "command",
    [
        ("check", "--case", CASE),
        ("batch", "cases.jsonl"),
        ("batch", "cases.jsonl", "--jobs", "2"),
        ("--help",),
        ("--version",),
        ("check", "--help"),
        ("rules", "--help"),
        ("rules", "list"),
    ],
)
def test_a_full_disk_is_told(xdiag: Program, cases: Path, command: tuple[str | Path, ...]) -> None:
    done = shell(xdiag, f"{' '.join(xdiag.command(*command))} >/dev/full", cases.parent)
    assert done.returncode == BAD_INPUT
    assert done.stderr.startswith(b"xdiag: the result cannot be written: ")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [("check", "--case", "nothing.json"), ("check",), ("nothing",)])
def test_a_mistake_that_cannot_be_told_is_no_denial(xdiag: Program, cases: Path, command: tuple[str, ...]) -> None:
    done = shell(xdiag, f"{' '.join(xdiag.command(*command))} 2>/dev/full", cases.parent)
    assert (done.returncode, done.stdout) == (BAD_INPUT, b"")


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
    run = xdiag.process("check", "rôle", "rôle", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert run.code == BAD_INPUT
    assert run.err.startswith("xdiag: the source `r\\xf4le` is not an ARN")


@pytest.mark.parametrize("home", ["/nonexistent", "/dev/null", ""])
def test_no_home_is_needed(xdiag: Program, home: str) -> None:
    run = xdiag("demo", env={"HOME": home})
    assert (run.code, run.err) == (0, "")
