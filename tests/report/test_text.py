import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.diagnoses import EVERY, NAMES

from diagnose.report import Detail, Format, render
from diagnose.report.layout import TonedLine, columns, toneless, wrap

every_diagnosis = pytest.mark.parametrize("name", EVERY)
every_width = pytest.mark.parametrize("width", [20, 40, 80, 200])


@every_diagnosis
@every_width
def test_colour_changes_nothing_but_the_colour(name: str, width: int) -> None:
    diagnosis = EVERY[name](NAMES)
    painted = render(diagnosis, Format.TEXT, width=width, color=True)
    assert "\x1b[" in painted
    assert _unpainted(painted) == render(diagnosis, Format.TEXT, width=width, color=False)


@every_diagnosis
def test_colour_is_up_to_the_caller_and_not_to_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[" in render(EVERY[name](NAMES), Format.TEXT, color=True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render(EVERY[name](NAMES), Format.TEXT, color=False)


@every_diagnosis
@every_width
def test_no_arn_and_no_command_is_broken(name: str, width: int) -> None:
    diagnosis = EVERY[name](NAMES)
    written = render(diagnosis, Format.TEXT, width=width, detail=Detail.FULL)
    for arn in (diagnosis.case.snapshot.source.arn, diagnosis.case.request.role_arn):
        assert arn in written
    for finding in diagnosis.findings:
        for remedy in finding.remedies:
            if not remedy.enough:  # nothing is given to copy
                continue
            assert " ".join(remedy.flags) in written
            for tool, command in remedy.commands:
                if tool == "aws-cli":
                    assert all(line in written for line in command.splitlines())


@every_diagnosis
def test_only_what_cannot_be_broken_runs_over(name: str) -> None:
    lines = render(EVERY[name](NAMES), Format.TEXT, width=80).splitlines()[1:]
    copied = ("aws ", "  --", "{", "}")
    for line in lines:
        drawn = re.match(r" *\d* \| ", line) or line.lstrip().startswith(("+ ", "- "))
        assert (
            len(line) <= 80
            or drawn
            or line.startswith(copied)
            or len(re.sub(r"^[ >]*(Source: )?", "", line).split()) == 1
        )


def test_what_is_to_be_copied_has_no_margin() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    _, command = diagnosis.findings[0].remedies[0].commands[0]
    assert f"\n\n{command}\n\n" in render(diagnosis, Format.TEXT, detail=Detail.FULL)


@every_diagnosis
def test_the_first_line_names_the_verdict_and_both_ends(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    first = render(diagnosis, Format.TEXT, width=40).splitlines()[0]
    assert first.startswith(diagnosis.verdict.upper())
    assert NAMES.role in first
    assert NAMES.source_account in first


@every_diagnosis
def test_no_line_ends_in_spaces_and_no_two_empty_lines_follow_each_other(name: str) -> None:
    lines = render(EVERY[name](NAMES), Format.TEXT).split("\n")
    assert lines[-1] == ""
    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines)


def test_a_report_without_colour_does_not_import_rich() -> None:
    script = (
        "import sys; from tests.report.diagnoses import EVERY, NAMES; from diagnose.report import Format, render;"
        "[render(make(NAMES), format) for make in EVERY.values() for format in Format];"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@given(st.text("ab `", max_size=60), st.integers(5, 30))
def test_a_sentence_is_broken_at_spaces_outside_of_backticks_only(sentence: str, width: int) -> None:
    lines = wrap(sentence, width)
    assert "".join(_joined(line) for line in lines).replace(" ", "") == sentence.replace(" ", "")
    for line in lines:
        assert columns(line) <= width or len(wrap(_joined(line), 1)) == 1


def test_a_paragraph_keeps_its_margins() -> None:
    rows = wrap("one two three", 9, first="- ", rest="  ")
    assert toneless(rows) == "- one two\n  three\n"


def _unpainted(painted: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", painted)


def _joined(line: TonedLine) -> str:
    return "".join(part for _, part in line)
