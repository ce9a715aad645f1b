"""The evaluator and its naive double say the same of generated tokens and assertions, some with claims not known."""

import os
from collections import Counter

import msgspec
import pytest
from tests.naive.bearer import answers
from tests.naive.bearer_worlds import case
from tests.naive.request import UnsettledError

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.federation import WebIdentity
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CASES = int(os.environ.get("XDIAG_AGREEMENT_CASES", "2000"))


def expected(one: Case) -> Tri | None:
    """Give what every way to fill in what is not known comes to; None where AWS's documentation leaves it open."""
    try:
        possible = answers(one)
    except UnsettledError:
        return None
    return UNKNOWN if len(possible) == 2 else YES if possible == {True} else NO


@pytest.fixture(scope="module")
def decided() -> list[tuple[int, Case, Tri]]:
    generated = [(seed, one, expected(one)) for seed, one in enumerate(map(case, range(CASES)))]
    return [(seed, one, answer) for seed, one, answer in generated if answer is not None]


def is_cautious(one: Case, verdict: Tri) -> bool:
    """Say whether the evaluator only leaves open what is none the less settled: two demands on an unknown audience.

    The provider and a policy may each accept some audience, and no audience both.
    """
    identity = one.snapshot.source.identity
    return (
        verdict is UNKNOWN
        and isinstance(identity, WebIdentity)
        and not identity.complete
        and "aud" not in identity.claims
    )


def test_both_evaluators_agree_on_bearers(decided: list[tuple[int, Case, Tri]]) -> None:
    verdicts = [(seed, one, decide(one).verdict, answer) for seed, one, answer in decided]
    differing = [(seed, one, verdict, answer) for seed, one, verdict, answer in verdicts if verdict is not answer]
    apart = [
        (seed, verdict, answer)
        for seed, one, verdict, answer in differing
        if answer is UNKNOWN or not is_cautious(one, verdict)
    ]
    assert len(differing) - len(apart) <= 0.002 * CASES
    if apart:
        seed, verdict, answer = apart[0]
        told = msgspec.json.format(msgspec.json.encode(case(seed))).decode()
        pytest.fail(f"{len(apart)} of {CASES} differ; seed {seed}: {verdict.word}, naively {answer.word}\n{told}")


def test_the_cases_of_bearers_are_mixed(decided: list[tuple[int, Case, Tri]]) -> None:
    shares = Counter(answer for _, _, answer in decided)
    assert len(decided) >= 0.95 * CASES
    assert shares[YES] >= 0.4 * CASES
    assert shares[NO] >= 0.4 * CASES
    assert shares[UNKNOWN] >= 0.03 * CASES
    assert {one.request.operation for _, one, _ in decided} == {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}
