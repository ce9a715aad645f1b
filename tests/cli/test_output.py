"""Results go to standard output, and what is said beside them never does."""

import io

import pytest

from diagnose.cli.output import print_note, print_result, progress


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
