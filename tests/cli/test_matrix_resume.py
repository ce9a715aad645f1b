"""`xdiag matrix` in several processes, and after an end that nobody foresaw: the rows are those of one whole run."""

import fcntl
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import organization
import pytest
from pyarrow import parquet
from tests.cli.program import ALLOWED, BAD_INPUT, Program, Run


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organization")
    organization.write(folder, accounts=10, identities=60)
    return folder


@pytest.fixture(scope="module")
def whole(xdiag: Program, dumps: Path) -> Run:
    """A run that nothing interrupts."""
    run = xdiag("matrix", dumps)
    assert run.code == ALLOWED
    assert len(run.out.splitlines()) > 500
    return run


def counts(run: Run) -> str:
    """Give the last line: where a run takes long, its progress stands before it."""
    return run.err.splitlines()[-1]


def leftovers(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if file.name.startswith(".")}


LEFT = {".matrix.jsonl.part", ".matrix.jsonl.journal"}


def killed(xdiag: Program, dumps: Path, to: Path, *, roles: int, flags: tuple[str, ...] = ()) -> int:
    """Kill a run once so many roles have their rows; give how many have."""
    command = xdiag.command("matrix", dumps, "--to", to, *flags)
    run = subprocess.Popen(command, env=xdiag.environment, stderr=subprocess.DEVNULL, start_new_session=True)
    journal = to.with_name(f".{to.name}.journal")
    deadline = time.monotonic() + 60
    while run.poll() is None and _done(journal) < roles:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    with_children = os.getpgid(run.pid) if run.poll() is None else 0
    if with_children:
        os.killpg(with_children, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL, "it was over before it could be killed"
    return _done(journal)


def _done(journal: Path) -> int:
    lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []
    return int(json.loads(lines[-1]).get("roles", 0)) if lines else 0


@pytest.mark.parametrize("jobs", [2, 3])
def test_rows_of_several_processes_are_those_of_one(
    xdiag: Program, dumps: Path, whole: Run, tmp_path: Path, jobs: int
) -> None:
    run = xdiag.process("matrix", dumps, "--to", tmp_path / "matrix.jsonl", "--jobs", str(jobs))
    assert (run.code, counts(run)) == (ALLOWED, counts(whole))
    assert (tmp_path / "matrix.jsonl").read_text() == whole.out
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize("flags", [(), ("--jobs", "2")], ids=["alone", "with a worker"])
def test_a_run_that_was_killed_twice_is_taken_up(
    xdiag: Program, dumps: Path, whole: Run, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    to = tmp_path / "matrix.jsonl"
    first = killed(xdiag, dumps, to, roles=25, flags=flags)
    assert not to.exists()
    assert leftovers(tmp_path) == LEFT
    second = killed(xdiag, dumps, to, roles=first + 25, flags=(*flags, "--resume"))
    assert second > first
    run = xdiag.process("matrix", dumps, "--to", to, "--resume", *flags)
    assert (run.code, counts(run), to.read_text()) == (ALLOWED, counts(whole), whole.out)
    assert leftovers(tmp_path) == set()


def test_parquet_is_taken_up_as_well(xdiag: Program, dumps: Path, whole: Run, tmp_path: Path) -> None:
    to = tmp_path / "matrix.parquet"
    killed(xdiag, dumps, to, roles=50)
    assert xdiag("matrix", dumps, "--to", to, "--resume").code == ALLOWED
    assert parquet.read_table(to).to_pylist() == [json.loads(line) for line in whole.out.splitlines()]
    assert leftovers(tmp_path) == set()


def test_a_page_is_taken_up_as_well(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to, whole = tmp_path / "matrix.html", tmp_path / "whole.html"
    assert xdiag("matrix", dumps, "--to", whole).code == ALLOWED
    killed(xdiag, dumps, to, roles=50)
    assert xdiag("matrix", dumps, "--to", to, "--resume").code == ALLOWED
    assert to.read_bytes() == whole.read_bytes()
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize("cut", ["rows", "journal"])
def test_what_was_half_written_is_written_again(
    xdiag: Program, dumps: Path, whole: Run, tmp_path: Path, cut: str
) -> None:
    """The end may come between any two bytes; of rows, and of what is said of them."""
    to = tmp_path / "matrix.csv"
    expected = xdiag("matrix", dumps, "--output", "csv").out
    killed(xdiag, dumps, to, roles=75, flags=("--output", "csv"))
    part = tmp_path / f".{to.name}.{'part' if cut == 'rows' else 'journal'}"
    content = part.read_bytes()
    for length in (0, 1, len(content) // 2, len(content) - 1):
        part.write_bytes(content[:length])
        run = xdiag("matrix", dumps, "--to", to, "--output", "csv", "--resume")
        assert (run.code, to.read_bytes().decode()) == (ALLOWED, expected), length
        killed(xdiag, dumps, to, roles=75, flags=("--output", "csv"))


def test_rows_of_another_run_are_refused(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    killed(xdiag, dumps, to, roles=25)
    for flags in (["--without", "rcp"], ["--explain"], ["--role", "*:role/Admin"], ["--output", "csv"]):
        run = xdiag("matrix", dumps, "--to", to, "--resume", *flags)
        assert (run.code, run.out) == (BAD_INPUT, "")
        assert run.err.endswith(
            f"xdiag: the rows beside `{to}` are not of this run\n"
            "  dumps, rules, options or xdiag are others now; without `--resume` all rows are made again\n"
        )
    assert leftovers(tmp_path) == LEFT


def test_rows_of_other_dumps_are_refused(xdiag: Program, whole: Run, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    organization.write(folder, accounts=10, identities=60)
    to = tmp_path / "matrix.jsonl"
    killed(xdiag, folder, to, roles=25)
    dump = next(folder.glob("1*.json"))
    dump.write_text(dump.read_text().replace("cloudwatch:Get*", "cloudwatch:Put*"))
    assert "are not of this run" in xdiag("matrix", folder, "--to", to, "--resume").err
    again = xdiag("matrix", folder, "--to", to)
    assert (again.code, to.read_text(), leftovers(tmp_path)) == (ALLOWED, whole.out, set())


def test_nothing_is_left_of_a_longer_run_that_is_not_taken_up(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    killed(xdiag, dumps, to, roles=50)
    flags = ("--role", "*:role/Vendor", "--source", "*:role/Admin")
    assert xdiag("matrix", dumps, "--to", to, *flags).code == ALLOWED
    assert to.read_text() == xdiag("matrix", dumps, *flags).out


def test_with_nothing_to_go_on_with_all_rows_are_made(xdiag: Program, dumps: Path, whole: Run, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    run = xdiag("matrix", dumps, "--to", to, "--resume")
    assert (run.code, to.read_text()) == (ALLOWED, whole.out)
    assert f"xdiag: there are no rows to go on with for `{to}`: all are made\n" in run.err


def test_without_a_file_there_is_nothing_to_resume(xdiag: Program, dumps: Path) -> None:
    run = xdiag("matrix", dumps, "--resume")
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "`--resume` has no rows to go on with" in run.err


def test_two_runs_do_not_write_one_file(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    killed(xdiag, dumps, to, roles=25)
    with open(tmp_path / ".matrix.jsonl.journal", "rb") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        run = xdiag("matrix", dumps, "--to", to)
    assert run.code == BAD_INPUT
    assert run.err.endswith(f"xdiag: another run is writing `{to}`\n  wait for it, or name another file\n")
    assert leftovers(tmp_path) == LEFT


def test_a_link_in_place_of_the_rows_is_not_followed(xdiag: Program, dumps: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".matrix.jsonl.part").symlink_to(tmp_path / "mine")
    run = xdiag("matrix", dumps, "--to", tmp_path / "matrix.jsonl")
    assert (run.code, (tmp_path / "mine").read_text()) == (BAD_INPUT, "mine")


def test_a_run_that_ctrl_c_ends_says_how_to_go_on(xdiag: Program, dumps: Path, whole: Run, tmp_path: Path) -> None:
    to = tmp_path / "matrix.jsonl"
    command = xdiag.command("matrix", dumps, "--to", to)
    run = subprocess.Popen(command, env=xdiag.environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while _done(tmp_path / ".matrix.jsonl.journal") < 25:
        assert run.poll() is None
        time.sleep(0.001)
    os.kill(run.pid, signal.SIGINT)
    _, err = run.communicate()
    assert run.returncode == 130
    assert "the same command with `--resume` goes on from there" in err
    assert xdiag("matrix", dumps, "--to", to, "--resume").code == ALLOWED
    assert to.read_text() == whole.out
