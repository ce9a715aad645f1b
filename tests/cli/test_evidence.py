"""Every source of evidence is a row of one table, and every flag about evidence belongs to one row at the most."""

from itertools import combinations
from pathlib import Path

import pytest

from diagnose.cli.evidence import SOURCES, CaseFlags, EvidenceFlags, EvidenceSource, case_from_flags
from diagnose.cli.request import RequestFlags
from diagnose.errors import XdiagError

ABOUT_ANY_SOURCE = {"without", "no_probe"}
GIVEN = {"case_file": Path("ticket.json"), "details": [Path("ours.json")]}


def case_flags(**flags: object) -> CaseFlags:
    return CaseFlags(None, None, RequestFlags(), EvidenceFlags(**flags))  # type: ignore[arg-type]  # by the name of a flag


def test_every_flag_about_evidence_names_one_source_or_is_about_any() -> None:
    named = [flag for source in SOURCES for flag in source.flags]
    assert sorted([*named, *ABOUT_ANY_SOURCE]) == sorted(EvidenceFlags.__struct_fields__)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(one, other, id=f"{one} and {other}")
        for first, second in combinations(SOURCES, 2)
        for one in first.flags
        for other in second.flags
    ],
)
def test_evidence_comes_from_one_source(one: str, other: str) -> None:
    flags = {flag: GIVEN.get(flag, "ours") for flag in (one, other)}
    with pytest.raises(XdiagError, match="cannot be used with") as error:
        case_from_flags(case_flags(**flags))
    assert all(source.name in error.value.hint for source in SOURCES)


@pytest.mark.parametrize("source", [pytest.param(source, id=source.name) for source in SOURCES])
def test_a_source_that_is_chosen_is_the_one_that_is_read(source: EvidenceSource) -> None:
    """No file is there and no ARN is given, so each source fails in its own way."""
    flag = source.flags[0]
    with pytest.raises(XdiagError) as error:
        case_from_flags(case_flags(**{flag: GIVEN.get(flag, "ours")}))
    assert ("ticket.json" in error.value.message) is (flag == "case_file")
