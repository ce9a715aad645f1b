"""Results go to standard output, and what is said beside them never does."""

import errno
import io

import pytest

from diagnose.cli.output import (
    counts_are_due,
    exit_code,
    output_width,
    print_error,
    print_note,
    print_result,
    print_warning,
    progress,
    progress_beside_rows,
    unwritten,
)
from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Verdict


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [Terminal, io.StringIO], ids=["a terminal", "a file"])
@pytest.mark.parametrize("err", [Terminal, io.StringIO], ids=["to a terminal", "to a file"])
def test_progress_and_notes_are_not_written_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, out: type[io.StringIO], err: type[io.StringIO]
) -> None:
    results, beside = out(), err()
    monkeypatch.setattr("sys.stdout", results)
    monkeypatch.setattr("sys.stderr", beside)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with progress(after=0) as step:
        step("reading the role")
    print_note("wrote `fix`")
    assert results.getvalue() == ""
    assert "xdiag: wrote `fix`\n" in beside.getvalue()
    if beside.isatty():
        assert "reading the role" in beside.getvalue()


@pytest.mark.parametrize(
    ("err", "term", "due"),
    [
        pytest.param(Terminal, "xterm", [False, True, True], id="a terminal shows the last one alone"),
        pytest.param(Terminal, "dumb", [False, False, True], id="a terminal that keeps them"),
        pytest.param(io.StringIO, "xterm", [False, False, True], id="a log keeps them"),
    ],
)
def test_a_log_has_few_lines_on_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, err: type[io.StringIO], term: str, due: list[bool]
) -> None:
    monkeypatch.setattr("sys.stderr", err())
    monkeypatch.setenv("TERM", term)
    assert [counts_are_due(100.0, now) for now in (100.1, 101.0, 111.0)] == due


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("denied", "denied\n", id="a line that is not ended"),
        pytest.param("denied\n", "denied\n", id="one that is"),
        pytest.param("denied\n\n", "denied\n\n", id="an empty one after it"),
        pytest.param("", "\n", id="nothing"),
    ],
)
def test_a_result_ends_with_its_own_line_break_or_with_one(
    monkeypatch: pytest.MonkeyPatch, text: str, written: str
) -> None:
    results = io.StringIO()
    monkeypatch.setattr("sys.stdout", results)
    print_result(text)
    assert results.getvalue() == written


@pytest.mark.parametrize(
    ("verdict", "expected", "code"),
    [
        (Verdict.ALLOWED, None, 0),
        (Verdict.DENIED, None, 1),
        (Verdict.UNDETERMINED, None, 3),
        (Verdict.ALLOWED, Verdict.ALLOWED, 0),
        (Verdict.DENIED, Verdict.DENIED, 0),
        (Verdict.ALLOWED, Verdict.DENIED, 1),
        (Verdict.DENIED, Verdict.ALLOWED, 1),
        (Verdict.UNDETERMINED, Verdict.ALLOWED, 3),
        (Verdict.UNDETERMINED, Verdict.DENIED, 3),
    ],
)
def test_the_exit_code_is_the_verdict_or_whether_it_was_expected(
    verdict: Verdict, expected: Verdict | None, code: int
) -> None:
    assert exit_code(verdict, expected) == code


@pytest.mark.parametrize(
    ("out", "columns", "width"),
    [(Terminal, "100", 100), (Terminal, "121", 120), (Terminal, "120", 120), (io.StringIO, "100", 80)],
)
def test_a_report_is_as_wide_as_the_terminal_up_to_120(
    monkeypatch: pytest.MonkeyPatch, out: type[io.StringIO], columns: str, width: int
) -> None:
    monkeypatch.setattr("sys.stdout", out())
    monkeypatch.setenv("COLUMNS", columns)
    assert output_width() == width


def test_a_mistake_is_a_line_and_its_hint_another(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = io.StringIO()
    monkeypatch.setattr("sys.stderr", beside)
    print_error(XdiagError("no `x\x1b`", hint="expected `y\x1b`"))
    print_error(XdiagError("no"))
    print_warning(XdiagError("no", hint="expected y"), "going on")
    print_warning(XdiagError("no"), "going on")
    first, second, *rest = beside.getvalue().splitlines()
    assert (first[:12], second[:13]) == ("xdiag: no `x", "  expected `y")
    assert "\x1b" not in beside.getvalue()
    assert rest == ["xdiag: no", "xdiag: no; expected y; going on", "xdiag: no; going on"]


@pytest.mark.parametrize("letter", ["a", "[", "\x1b", "\u202e"])
def test_a_quote_that_is_longer_than_an_arn_is_cut(monkeypatch: pytest.MonkeyPatch, letter: str) -> None:
    beside = io.StringIO()
    monkeypatch.setattr("sys.stderr", beside)
    arn = f"arn:aws-us-gov:iam::111111111111:role/{'p' * 512}/{'r' * 64}"
    print_error(XdiagError(f"there is no `{letter * 2000}`, nor `{arn}`", hint=f"did you mean `{letter * 2000}`?"))
    print_note(f"`{letter * 2000}` is left out")
    message, hint, note = beside.getvalue().splitlines()
    assert message.endswith(f"…`, nor `{arn}`")
    assert hint.endswith("…`?")
    assert note.endswith("…` is left out")
    assert max(map(len, (message, hint, note))) < 1500


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_full_disk_is_a_user_s_mistake_and_other_errors_are_not(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    silenced: list[object] = []
    monkeypatch.setattr("diagnose.cli.output._silence", silenced.append)
    mistake = unwritten(OSError(number, "Quota Exceeded"))
    assert mistake is not None
    assert (mistake.message, mistake.hint) == (
        "the result cannot be written: quota exceeded",
        "is there space on the disk?",
    )
    assert unwritten(OSError(errno.EACCES, "no")) is None
    assert unwritten(ValueError("no")) is None
    assert len(silenced) == 1


def test_steps_are_kept_back_for_a_while_and_not_told_where_all_is_done_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = io.StringIO()
    monkeypatch.setattr("sys.stderr", beside)
    with progress(after=60) as step:
        step("reading the role")
    assert beside.getvalue() == ""


def test_rows_on_the_same_screen_have_no_steps_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = Terminal()
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("sys.stderr", beside)
    monkeypatch.setenv("TERM", "xterm")
    with progress_beside_rows(None) as step:
        step("reading the dumps")
    assert beside.getvalue() == ""
    monkeypatch.setattr("sys.stdout", io.StringIO())
    with progress_beside_rows(None) as step:
        step("reading the dumps")
    assert "reading the dumps" in beside.getvalue()
