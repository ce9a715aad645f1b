"""A redacted case has the answer that it had: examples of rules, known answers, and cases made to be hard."""

import random

import msgspec
import pytest
from tests.fuzz.fuzz_redaction import CASES, fault
from tests.report.redact.proof import answer, diagnosed, redacted
from tests.report.redact.strange_cases import strange_case

ONE_IN = 12
"""Of so many examples one is tried; `make fuzz` tries them all."""


@pytest.mark.parametrize("name", list(CASES)[::ONE_IN])
def test_a_redacted_example_has_the_same_causes(name: str) -> None:
    case = CASES[name]()
    told = redacted(case)
    assert answer(told) == answer(diagnosed(case))
    assert answer(diagnosed(told.case)) == answer(told)


def test_strange_cases_have_the_same_causes_and_no_name_is_left() -> None:
    faults = [fault(seed) for seed in range(60)]
    assert [found for found in faults if found] == []


def test_redacting_twice_gives_the_same() -> None:
    case, _ = strange_case(random.Random(3))
    assert msgspec.json.encode(redacted(case).case) == msgspec.json.encode(redacted(case).case)
