"""Results go to standard output, and what is said beside them never does."""

import io

import pytest

from diagnose.cli.output import counts_are_due, print_note, print_result, progress


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
