"""Failures that people reported in public, asked of xdiag: the established cause has to come first, with a way out."""

from functools import cache
from pathlib import Path

import msgspec
import pytest

from diagnose.causes.rule import Rule
from diagnose.causes.rule_yaml import read_yaml
from diagnose.loading import load_case, load_rules
from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.model.trace import Action, Blocker
from diagnose.pipeline import diagnose

REPORTS = Path(__file__).parent.parent / "fixtures" / "reports"
CASES = {path.stem: path for path in REPORTS.glob("*.json")}


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    case: str
    cause: str
    verdict: Verdict
    first: list[str]
    source: str = ""
    owner: str = ""
    blocker: str = ""
    also: list[str] = []
    fix: str = ""


EXPECTED = [msgspec.convert(entry.typed(), Report) for entry in read_yaml(REPORTS / "expected.yaml").several()]
every_report = pytest.mark.parametrize("report", [pytest.param(each, id=each.case) for each in EXPECTED])


def test_each_case_has_its_report_and_each_report_its_case() -> None:
    assert sorted(report.case for report in EXPECTED) == sorted(CASES)
    assert len(EXPECTED) >= 12
    assert [report.case for report in EXPECTED if report.source and not report.source.startswith("https://")] == []


@every_report
def test_the_answer_is_the_one_people_got(report: Report) -> None:
    diagnosis = _diagnosed(report.case)
    assert diagnosis.verdict is report.verdict
    assert [_words(blocker) for blocker in diagnosis.decision.blockers] == (
        report.blocker.split(", ") if report.blocker else []
    )


@every_report
def test_the_established_cause_comes_first(report: Report) -> None:
    findings = _diagnosed(report.case).findings
    assert findings[0].rule in report.first
    assert report.owner in ("", findings[0].owner)
    assert set(report.also) <= {finding.rule for finding in findings}


@every_report
def test_a_denial_comes_with_a_way_out(report: Report) -> None:
    diagnosis = _diagnosed(report.case)
    if diagnosis.verdict is Verdict.DENIED:
        assert diagnosis.findings[0].remedies
    assert not report.fix or report.fix in diagnosis.findings[0].remedies[0].text


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(load_rules())


@cache
def _diagnosed(case: str) -> Diagnosis:
    return diagnose(load_case(CASES[case]), _rules())


def _words(blocker: Blocker) -> str:
    where = blocker.layer or f"gate {blocker.gate}"
    action = blocker.action if blocker.action is not Action.ASSUME_ROLE else None
    return " ".join(filter(None, (where, "explicit" if blocker.explicit else "", action)))
