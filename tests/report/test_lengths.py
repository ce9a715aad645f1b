"""How long reports are, over every demo and every public report: what is pasted into a chat has to fit there."""

from functools import cache
from pathlib import Path

import pytest

from diagnose.loading import load_case, load_rules
from diagnose.model.diagnosis import Certainty, Diagnosis, Verdict
from diagnose.pipeline import diagnose
from diagnose.report import Detail, Format, render
from diagnose.report.first_cause import chosen
from diagnose.report.sections.needed import needs
from diagnose.report.text import BRIEF_LIMIT

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
CASES = sorted([*(FIXTURES / "demo").glob("*.json"), *(FIXTURES / "reports").glob("*.json")])
SCREEN = 24
every_case = pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CASES])


def test_there_are_cases_to_measure() -> None:
    assert len(CASES) >= 25


@every_case
def test_the_first_screen_is_a_screen(path: Path) -> None:
    brief = _written(path, Detail.BRIEF)
    assert len(brief.splitlines()) <= SCREEN
    assert len(brief) <= BRIEF_LIMIT == 2900
    assert "(cut" not in brief


@every_case
def test_what_is_brief_is_cut_only_where_it_has_no_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room is kept for the line that says so, whether or not it is needed."""

    def cut_to(limit: int) -> str:
        monkeypatch.setattr("diagnose.report.text.BRIEF_LIMIT", limit)
        return render(diagnosed(path), Format.TEXT, detail=Detail.BRIEF)

    whole, said = _written(path, Detail.BRIEF), cut_to(0)
    assert said.startswith("(cut")
    without_the_last = "".join(whole.splitlines(keepends=True)[:-1])
    assert cut_to(len(whole + said)) == whole
    assert cut_to(len(whole + said) - 1) == without_the_last + said


@every_case
def test_the_whole_report_begins_with_its_first_screen(path: Path) -> None:
    assert _written(path, Detail.USUAL).startswith(_written(path, Detail.BRIEF))


@every_case
def test_a_denial_names_cause_fix_and_owner_on_its_first_screen(path: Path) -> None:
    diagnosis = diagnosed(path)
    if diagnosis.verdict is Verdict.DENIED:
        cause = chosen(diagnosis)
        assert cause is not None
        name = "Cause" if cause.certainty is Certainty.CERTAIN else "Possible"
        brief = _written(path, Detail.BRIEF)
        assert all(f"\n  {name} " in brief for name in (name, "Fix", "Who"))


@every_case
def test_an_open_answer_says_what_would_settle_it(path: Path) -> None:
    diagnosis = diagnosed(path)
    if diagnosis.verdict is Verdict.UNDETERMINED:
        assert needs(diagnosis)
        told = _written(path, Detail.USUAL)
        assert "\nStill needed" in told or "\n  Open " in told


@every_case
def test_a_line_is_a_line(path: Path) -> None:
    line = _written(path, Detail.LINE)
    assert line.count("\n") == 1
    assert len(line) <= 501


@every_case
def test_ascii_text_is_ascii(path: Path) -> None:
    for detail in Detail:
        assert render(diagnosed(path), Format.TEXT, detail=detail, ascii=True).isascii()


def test_most_reports_are_short() -> None:
    lengths = sorted(len(_written(path, Detail.USUAL).splitlines()) for path in CASES)
    assert lengths[len(lengths) // 2] <= 85
    assert lengths[-1] <= 140


@cache
def written(path: Path, format_: Format) -> str:
    return render(diagnosed(path), format_)


@cache
def diagnosed(path: Path) -> Diagnosis:
    return diagnose(load_case(path), load_rules())


def test_tickets_are_short() -> None:
    lengths = sorted(len(written(path, Format.MARKDOWN)) for path in CASES)
    assert lengths[len(lengths) // 2] <= 4500
    assert lengths[-1] <= 9000


@cache
def _written(path: Path, detail: Detail) -> str:
    return render(diagnosed(path), Format.TEXT, detail=detail)
