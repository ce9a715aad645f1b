"""The evaluator and its naive double say the same of generated cases."""

import os
from collections.abc import Iterator

import msgspec
import pytest
from tests.naive.evaluator import allowed, open_questions
from tests.naive.request import UnsettledError
from tests.naive.worlds import case

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.tri import UNKNOWN, tri

CASES = int(os.environ.get("XDIAG_AGREEMENT_CASES", "4000"))


@pytest.fixture(scope="module")
def settled() -> list[tuple[int, Case, bool]]:
    """Give the generated cases that AWS's documentation settles: seed, case, whether it is allowed."""
    return list(_settled())


def test_both_evaluators_agree(settled: list[tuple[int, Case, bool]]) -> None:
    for seed, one, expected in settled:
        verdict = decide(one).verdict
        if verdict is not tri(expected) and not (verdict is UNKNOWN and open_questions(one)):
            told = msgspec.json.format(msgspec.json.encode(one)).decode()
            pytest.fail(f"seed {seed}: {verdict.word}, naively {tri(expected).word}\n{told}")


def test_the_cases_are_mixed_and_settled(settled: list[tuple[int, Case, bool]]) -> None:
    share = sum(expected for _, _, expected in settled) / len(settled)
    assert 0.4 <= share <= 0.6
    assert len(settled) >= 0.9 * CASES


def test_a_seed_always_gives_the_same_case() -> None:
    assert [case(seed) for seed in range(50)] == [case(seed) for seed in reversed(range(50))][::-1]


def _settled() -> Iterator[tuple[int, Case, bool]]:
    for seed in range(CASES):
        one = case(seed)
        try:
            yield seed, one, allowed(one)
        except UnsettledError:
            continue
