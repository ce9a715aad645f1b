"""What AWS answered to the live attempt, in words and in JSON."""

import json
from typing import Any

import pytest
from tests.cases import case

from diagnose.loading import load_rules
from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.sections.attempt import answer_words


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        pytest.param(None, "AWS was not asked.", id="none"),
        pytest.param(ProbeResult(ProbeOutcome.NOT_MADE, why="no time"), "AWS was not asked.", id="not made"),
        pytest.param(ProbeResult(ProbeOutcome.ASSUMED, code="x"), "AWS allowed the live attempt.", id="allowed"),
        pytest.param(
            ProbeResult(ProbeOutcome.ACCESS_DENIED, code="AccessDenied"),
            "AWS denied the live attempt (`AccessDenied`).",
            id="denied",
        ),
        pytest.param(
            ProbeResult(ProbeOutcome.ACCESS_DENIED), "AWS denied the live attempt.", id="denied without a code"
        ),
        pytest.param(
            ProbeResult(ProbeOutcome.OTHER_ERROR, code="Throttling"),
            "AWS answered the live attempt with another error (`Throttling`).",
            id="another error",
        ),
    ],
)
def test_the_answer_is_told_in_a_sentence(probe: ProbeResult | None, words: str) -> None:
    assert answer_words(probe) == words


def test_every_part_of_the_attempt_is_published() -> None:
    probe: Any = {"outcome": "not_made", "caller": "C", "code": "D", "message": "E", "why": "F"}
    asked = case("cross-account", {"probe": probe, "message": "An error occurred (AccessDenied)"})
    told = json.loads(render(diagnose(asked, load_rules()), Format.JSON))["attempt"]
    assert told == {
        "caller": "C",
        "code": "D",
        "message": "E",
        "why": "F",
        "reported": "An error occurred (AccessDenied)",
    }
