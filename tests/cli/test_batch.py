"""`xdiag batch` as a user runs it: rows in order, and whole lines however a run ends."""

import csv
import io
import itertools
import json
import multiprocessing
import os
import signal
import subprocess
import time
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.cases import written
from tests.cli.program import BAD_INPUT, Program

from diagnose.batch import make_rows
from diagnose.cli.app import app
from diagnose.cli.workers import rows_from_workers
from diagnose.errors import XdiagError


def line(**request: Any) -> bytes:
    """The world in one line, with another request."""
    return json.dumps(written("cross-account", request=request)).encode()


ALLOWED, DENIED, UNDETERMINED = line(), line(parameters={"external_id": "other"}), line(unknown=["sts:ExternalId"])


def rows(text: str | bytes) -> list[dict[str, Any]]:
    """The rows of an output or of a file, of which only line feeds end one."""
    written = text.encode() if isinstance(text, str) else text
    return [json.loads(row) for row in written.splitlines()]


def lines(*given: bytes) -> bytes:
    return b"".join(each + b"\n" for each in given)


def many(count: int) -> bytes:
    """Lines of every kind, none of them the same."""
    kinds = (*(ALLOWED, DENIED) * 10, UNDETERMINED, b'{"request": 3}', b"")
    text = (kinds[number % len(kinds)].replace(b"release-42", b"release-%d" % number) for number in range(count))
    return lines(*text)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes a while to be worked through."""
    path = tmp_path_factory.mktemp("batch") / "cases.jsonl"
    path.write_bytes(many(10_000))
    return path


@pytest.fixture(scope="module")
def whole(xdiag: Program, cases: Path) -> bytes:
    """The rows of that file, of which some are errors."""
    path = cases.with_name("whole.jsonl")
    assert xdiag("batch", cases, "--to", path).code == BAD_INPUT
    return path.read_bytes()


def started(xdiag: Program, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """A run in a process group of its own, so that Ctrl-C can be sent to all of it, as a terminal does."""
    command = xdiag.command("batch", *arguments)
    return subprocess.Popen(command, env=xdiag.environment, stderr=subprocess.PIPE, start_new_session=True)


def wait_for_rows(path: Path, run: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while not (path.exists() and path.stat().st_size > 100_000):
        assert time.monotonic() < end
        assert run.poll() is None
        time.sleep(0.01)


def all_end(group: int) -> bool:
    """Whether all processes of a group end in good time."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_verdict_a_line_comes_out_in_input_order(xdiag: Program) -> None:
    done = xdiag("batch", "-", stdin=lines(ALLOWED, DENIED, b"nonsense", UNDETERMINED))
    found = rows(done.out)
    assert [row["line"] for row in found] == [1, 2, 3, 4]
    assert [row["verdict"] for row in found] == ["allowed", "denied", "", "undetermined"]
    assert "not JSON" in found[2]["error"]
    assert done.err.startswith("xdiag: 1 of 4 rows have an error instead of a verdict\n")


def test_where_all_goes_well_nothing_is_said(xdiag: Program) -> None:
    assert xdiag("batch", "-", stdin=lines(ALLOWED, DENIED)).err == ""


def test_a_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """Of 30 MB there are 4 MB at a time, and what is made of them."""
    file, to = tmp_path / "cases.jsonl", tmp_path / "rows.jsonl"
    with file.open("wb") as cases:
        for _ in range(300):
            cases.write(ALLOWED.replace(b'"note": "', b'"note": "' + b"x" * 100_000) + b"\n")
    tracemalloc.start()
    try:
        app(["batch", str(file), "--to", str(to)], standalone_mode=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(rows(to.read_bytes())) == 300
    assert peak < file.stat().st_size / 2


def test_blank_lines_make_no_row_but_count(xdiag: Program) -> None:
    done = xdiag("batch", "-", stdin=lines(b"", ALLOWED, b"  \r", DENIED, b"", b""))
    assert [row["line"] for row in rows(done.out)] == [2, 4]
    assert done.code == 0


def test_the_last_line_needs_no_end(xdiag: Program) -> None:
    done = xdiag("batch", "-", stdin=lines(DENIED) + ALLOWED)
    assert [row["verdict"] for row in rows(done.out)] == ["denied", "allowed"]


def test_a_line_that_is_too_long_is_one_row(xdiag: Program) -> None:
    long = b'{"note": "' + b"x" * 17 * 2**20 + b'"}'
    found = rows(xdiag("batch", "-", stdin=lines(ALLOWED, long, DENIED)).out)
    assert [row["verdict"] for row in found] == ["allowed", "", "denied"]
    assert "longer than 16 MB" in found[1]["error"]


def test_after_a_line_that_does_not_end_nothing_is_read(xdiag: Program, tmp_path: Path) -> None:
    with open(tmp_path / "cases.jsonl", "wb") as file:
        file.write(lines(ALLOWED))
        file.truncate(2**40)  # of zeros, which no disk has to hold
    run = xdiag("batch", tmp_path / "cases.jsonl")
    assert [row["verdict"] for row in rows(run.out)] == ["allowed", ""]
    assert run.code == BAD_INPUT
    assert f"`{tmp_path / 'cases.jsonl'}` is not read on: line 2 does not end within 1 GB" in run.err


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/random"])
def test_a_device_is_no_file_of_cases(xdiag: Program, device: str) -> None:
    run = xdiag("batch", device)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert run.err.startswith(f"xdiag: `{device}` is a device, not a file\n")


def test_explained_rows_name_the_first_cause(xdiag: Program) -> None:
    [row] = rows(xdiag("batch", "-", "--explain", stdin=lines(DENIED)).out)
    told = (row["verdict"], row["primary_cause"], row["layer"], row["certainty"])
    assert told == ("denied", "external-id-differs", "trust", "certain")


def test_findings_are_rows_of_their_cases(xdiag: Program) -> None:
    done = xdiag("batch", "-", "--output", "findings", stdin=lines(ALLOWED, b"{}", DENIED))
    found = rows(done.out)
    assert [(row["input_line"], row["kind"], row["rule"]) for row in found] == [
        (1, "verdict", ""),
        (2, "error", ""),
        (3, "cause", "external-id-differs"),
    ]
    assert "not a case" in found[1]["error"]
    assert found[2]["fix_proof"] == "allowed"
    assert (done.code, done.err.splitlines()[0]) == (2, "xdiag: 1 of 3 rows have an error instead of a verdict")


def test_findings_are_the_same_from_several_processes(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(lines(*[ALLOWED, DENIED, UNDETERMINED] * 70))
    alone = xdiag("batch", path, "--output", "findings")
    assert len(rows(alone.out)) >= 210
    together = xdiag.process("batch", path, "--output", "findings", "--jobs", "2")
    assert together.out == alone.out


def test_findings_cannot_be_continued(xdiag: Program, tmp_path: Path) -> None:
    done = xdiag(
        "batch", "-", "--output", "findings", "--to", tmp_path / "rows.jsonl", "--resume", stdin=lines(ALLOWED)
    )
    assert done.code == 2
    assert "`--resume` does not go with `--output findings`" in done.err
    assert not (tmp_path / "rows.jsonl").exists()


@pytest.mark.parametrize(
    ("given", "flags", "code"),
    [
        pytest.param((ALLOWED, DENIED, UNDETERMINED), (), 0, id="every row is decided"),
        pytest.param((), (), 0, id="there are no rows"),
        pytest.param((ALLOWED, b"{}"), (), 2, id="a row is an error"),
        pytest.param((ALLOWED, DENIED), ("denied",), 1, id="a row is denied"),
        pytest.param((ALLOWED, UNDETERMINED), ("denied",), 0, id="none is denied"),
        pytest.param((ALLOWED, UNDETERMINED), ("undetermined",), 3, id="a row is undetermined"),
        pytest.param((UNDETERMINED, DENIED), ("undetermined", "denied"), 1, id="a denial comes before a doubt"),
        pytest.param((b"{}", DENIED), ("denied",), 2, id="an error comes first"),
    ],
)
def test_the_exit_code_says_what_rows_there_are(
    xdiag: Program, given: tuple[bytes, ...], flags: tuple[str, ...], code: int
) -> None:
    wanted = [word for flag in flags for word in ("--fail-on", flag)]
    assert xdiag("batch", "-", *wanted, stdin=lines(*given)).code == code


def test_rows_are_the_same_however_many_processes_make_them(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(many(1000))
    alone = xdiag("batch", path)
    for jobs in ("2", "3"):
        together = xdiag.process("batch", path, "--jobs", jobs, "--to", tmp_path / "rows.jsonl")
        assert (tmp_path / "rows.jsonl").read_bytes() == alone.out.encode()
        assert (together.code, together.out) == (2, "")
        # What takes long tells how far it is; the count of errors comes last.
        assert together.err.splitlines()[-1:] == alone.err.splitlines()[-1:] != []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_killed_run_goes_on_where_it_was(
    xdiag: Program, cases: Path, whole: bytes, tmp_path: Path, jobs: str
) -> None:
    resumed = tmp_path / "resumed.jsonl"
    run = started(xdiag, cases, "--to", resumed, "--jobs", jobs)
    wait_for_rows(resumed, run)
    run.kill()
    run.communicate()
    held = resumed.read_bytes()
    assert 0 < len(held) < len(whole)
    resumed.write_bytes(held[:-7])
    second = xdiag.process("batch", cases, "--to", resumed, "--jobs", jobs, "--resume")
    assert resumed.read_bytes() == whole
    assert second.code == BAD_INPUT


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_whole_lines_and_says_nothing(xdiag: Program, cases: Path, tmp_path: Path, jobs: str) -> None:
    path = tmp_path / "rows.jsonl"
    run = started(xdiag, cases, "--to", path, "--jobs", jobs)
    wait_for_rows(path, run)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=20)
    assert (run.returncode, said) == (130, b"")
    held = path.read_bytes()
    assert held.endswith(b"}\n")
    assert len(rows(held)) < 9_500
    assert all_end(run.pid)


def test_workers_end_with_the_one_they_work_for(xdiag: Program, cases: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    run = started(xdiag, cases, "--to", path, "--jobs", "2")
    wait_for_rows(path, run)
    run.kill()
    run.communicate(timeout=20)
    assert all_end(run.pid)


def test_a_killed_worker_is_told() -> None:
    """Memory that has run out is the common reason."""
    results = rows_from_workers(
        2, ([(number, ALLOWED)] for number in itertools.count(1)), partial(make_rows, rules=None)
    )
    assert [json.loads(next(results)[0])["line"] for _ in range(3)] == [1, 2, 3]
    for worker in multiprocessing.active_children():
        worker.kill()
    with pytest.raises(XdiagError) as error:
        list(itertools.islice(results, 5))
    assert error.value.message == "a worker process was killed"
    assert error.value.hint == "perhaps memory ran out: continue with `--resume` and fewer `--jobs`"
    assert not multiprocessing.active_children()


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("flags", [(), ("--explain",)], ids=["verdict alone", "explained"])
def test_csv_has_the_fields_of_json_under_a_header(xdiag: Program, flags: tuple[str, ...]) -> None:
    given = lines(ALLOWED, DENIED, b'nonsense, "really"', b"", UNDETERMINED)
    plain = xdiag("batch", "-", *flags, stdin=given)
    spreadsheet = xdiag("batch", "-", "--output", "csv", *flags, stdin=given)
    wanted = [{name: str(value) for name, value in row.items()} for row in rows(plain.out)]
    assert cells(spreadsheet.out) == wanted
    assert spreadsheet.out.count("\r\n") == spreadsheet.out.count("\n") == 5
    assert spreadsheet.out.startswith("schema,line,verdict,source_arn,dest_role_arn,error,hint")
    assert (plain.code, spreadsheet.code, spreadsheet.err) == (2, 2, plain.err)


def test_csv_without_rows_is_a_header(xdiag: Program) -> None:
    assert xdiag("batch", "-", "--output", "csv").out == "schema,line,verdict,source_arn,dest_role_arn,error,hint\r\n"


def test_csv_is_the_same_however_many_processes_make_it(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(many(500))
    alone = xdiag("batch", path, "--output", "csv").out
    xdiag.process("batch", path, "--output", "csv", "--jobs", "3", "--to", tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_bytes() == alone.encode()


@pytest.mark.parametrize("flags", [(), ("--explain",)], ids=["verdict alone", "explained"])
def test_csv_goes_on_wherever_it_was_cut_off(xdiag: Program, tmp_path: Path, flags: tuple[str, ...]) -> None:
    path, given = tmp_path / "rows.csv", lines(ALLOWED, b"nonsense", DENIED)
    command: tuple[str | Path, ...] = ("-", "--output", "csv", "--to", path, *flags)
    xdiag("batch", *command, stdin=given)
    whole = path.read_bytes()
    ends = [place for place, byte in enumerate(whole, 1) if byte == 10]
    for end in (0, 4, ends[0] - 1, ends[0], ends[0] + 3, ends[1] - 1, ends[1], ends[2] + 20, len(whole)):
        path.write_bytes(whole[:end])
        done = xdiag("batch", *command, "--resume", stdin=given)
        assert (path.read_bytes(), done.code) == (whole, 2), end


@pytest.mark.parametrize(
    ("held", "flags"),
    [
        pytest.param(("--output", "csv"), (), id="JSON after CSV"),
        pytest.param((), ("--output", "csv"), id="CSV after JSON"),
        pytest.param(("--output", "csv"), ("--output", "csv", "--explain"), id="CSV with other fields"),
        pytest.param(("--output", "csv", "--explain"), ("--output", "csv"), id="CSV with fewer fields"),
    ],
)
def test_rows_in_another_form_are_not_gone_on_after(
    xdiag: Program, tmp_path: Path, held: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    path, given = tmp_path / "rows", lines(ALLOWED, DENIED)
    xdiag("batch", "-", "--to", path, *held, stdin=given)
    before = path.read_bytes()
    done = xdiag("batch", "-", "--to", path, "--resume", *flags, stdin=given)
    assert (done.code, path.read_bytes()) == (2, before)
    assert "with the options of that run" in done.err


def test_nothing_is_done_again_when_all_is_there(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    cases = lines(ALLOWED, DENIED)
    xdiag("batch", "-", "--to", path, stdin=cases)
    before = path.read_bytes()
    done = xdiag("batch", "-", "--to", path, "--resume", "--fail-on", "denied", stdin=cases)
    assert path.read_bytes() == before
    assert done.code == 1, "rows that were there already count"


def test_going_on_without_rows_is_starting(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    assert xdiag("batch", "-", "--to", path, "--resume", stdin=lines(ALLOWED)).code == 0
    assert [row["verdict"] for row in rows(path.read_bytes())] == ["allowed"]
    assert path.stat().st_mode & 0o077 == 0


def test_without_resume_the_rows_are_written_anew(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    xdiag("batch", "-", "--to", path, stdin=lines(ALLOWED, ALLOWED, ALLOWED))
    xdiag("batch", "-", "--to", path, stdin=lines(DENIED))
    assert [row["verdict"] for row in rows(path.read_bytes())] == ["denied"]


@pytest.mark.parametrize(
    ("held", "stdin", "flags"),
    [
        pytest.param(b"notes\n", lines(ALLOWED), (), id="another file"),
        pytest.param(b"notes", lines(ALLOWED), (), id="another file of one line without an end"),
        pytest.param(b"{}\n", lines(ALLOWED), (), id="other JSON"),
        pytest.param(None, lines(ALLOWED, ALLOWED.replace(b"builder", b"someone")), (), id="rows of other cases"),
        pytest.param(None, lines(ALLOWED), (), id="rows of more cases"),
        pytest.param(None, lines(ALLOWED, DENIED), ("--explain",), id="rows without what is to be told now"),
    ],
)
def test_rows_of_something_else_are_not_gone_on_after(
    xdiag: Program, tmp_path: Path, held: bytes | None, stdin: bytes, flags: tuple[str, ...]
) -> None:
    path = tmp_path / "rows.jsonl"
    if held is None:
        xdiag("batch", "-", "--to", path, stdin=lines(ALLOWED, DENIED))
        held = path.read_bytes()
    else:
        path.write_bytes(held)
    done = xdiag("batch", "-", "--to", path, "--resume", *flags, stdin=stdin)
    assert done.code == 2
    assert done.err.startswith("xdiag: ")
    assert path.read_bytes() == held


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("none.jsonl",), "there is no file", id="no input"),
        pytest.param(("cases.jsonl", "--to", "cases.jsonl"), "contains the cases", id="rows over the cases"),
        pytest.param(("cases.jsonl", "--to", "none/rows.jsonl"), "cannot be written: no such file", id="no folder"),
        pytest.param(("cases.jsonl", "--to", "/dev/full"), "no space left", id="no space"),
        pytest.param(("cases.jsonl", "--resume"), "no rows to continue", id="resume without a file"),
    ],
)
def test_mistakes_are_told_in_a_sentence(xdiag: Program, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_bytes(lines(ALLOWED))
    done = xdiag("batch", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert said in done.err
    assert cases.read_bytes() == lines(ALLOWED)


def test_rows_deleted_in_the_middle_are_noticed(xdiag: Program, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    cases = lines(ALLOWED, DENIED, DENIED, ALLOWED)
    xdiag("batch", "-", "--to", path, stdin=cases)
    first, _, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((first, *rest)))
    done = xdiag("batch", "-", "--to", path, "--resume", stdin=cases)
    assert done.code == BAD_INPUT
    assert done.err == (
        f"xdiag: `{path}` has 3 rows for the 4 cases up to line 4\n"
        "  rows were deleted or cases added since; without `--resume` all rows are made again\n"
    )


def test_a_dash_is_standard_output(xdiag: Program) -> None:
    done = xdiag("batch", "-", "--to", "-", stdin=lines(ALLOWED))
    assert done.out == xdiag("batch", "-", stdin=lines(ALLOWED)).out != ""


def test_a_page_tells_all_rows_with_their_causes(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("batch", "-", "--output", "html", stdin=lines(DENIED, ALLOWED))
    assert (run.code, run.err) == (0, "")
    assert "<h1>2 requests: 1 denied, 1 allowed</h1>" in run.out
    [row] = rows(xdiag("batch", "-", "--explain", stdin=lines(DENIED)).out)
    assert row["primary_cause_title"] in run.out
    to = tmp_path / "answers.html"
    to.write_text("what was there before, and longer" * 10_000)
    xdiag("batch", "-", "--output", "html", "--to", to, stdin=lines(DENIED, ALLOWED))
    assert to.read_text() == run.out


def test_a_page_is_readable_by_its_owner_only(xdiag: Program, tmp_path: Path) -> None:
    to = tmp_path / "answers.html"
    xdiag("batch", "-", "--output", "html", "--to", to, stdin=lines(DENIED))
    assert to.stat().st_mode & 0o777 == 0o600


def test_a_page_does_not_go_on_after_another(xdiag: Program, tmp_path: Path) -> None:
    to = tmp_path / "answers.html"
    run = xdiag("batch", "-", "--output", "html", "--resume", "--to", to, stdin=lines(DENIED))
    assert run.code == BAD_INPUT
    assert "`--resume` does not go with `--output html`" in run.err
    assert not to.exists()


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("batch", "-", "--output", "html", "--to", tmp_path, stdin=lines(DENIED))
    assert run.code == BAD_INPUT
    assert run.err.startswith(f"xdiag: `{tmp_path}` cannot be written: is a directory")
