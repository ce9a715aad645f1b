"""Error texts of public threads, asked about without credentials: what they show comes first, and nothing else does."""

from pathlib import Path

import msgspec
import pytest
from tests.cli.program import DENIED, UNDETERMINED, Program

from diagnose.causes.rule_yaml import read_yaml
from diagnose.model.diagnosis import Verdict

ERRORS = Path(__file__).parents[2] / "fixtures" / "reports" / "errors.yaml"
CODES = {Verdict.DENIED: DENIED, Verdict.UNDETERMINED: UNDETERMINED}


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    text: str
    verdict: Verdict
    source: str = ""
    ends: list[str] = []
    first: list[str] = []
    owner: str = ""
    fix: str = ""
    never: list[str] = []


ROWS = [msgspec.convert(entry.typed(), Reported) for entry in read_yaml(ERRORS).several()]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_what_an_error_alone_shows_comes_first(row: Reported, xdiag: Program) -> None:
    run = xdiag("check", *row.ends, "--message", row.text, "--output", "json")
    assert (run.report["verdict"], run.code) == (row.verdict, CODES[row.verdict])
    if row.first:
        assert run.report["primary_cause"] in row.first
        assert run.report["owner"] == row.owner
        assert row.fix
        assert row.fix in run.report["fixes"][0]["text"]
    else:
        assert (run.report["primary_cause"], run.report["primary_gap"]) == ("", "trust-policy-not-supplied")
    assert {cause["rule"] for cause in run.report["causes"]}.isdisjoint(row.never)
