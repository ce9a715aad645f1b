"""A part of a document that is not known: what is known of the rest decides, and AWS is not said to reject it."""

from typing import Any

import pytest
from tests.cases import BUILDER, case

from diagnose.evaluate.decision import decide, verdict
from diagnose.model.policy import UNKNOWN_PART
from diagnose.model.trace import BrokenStatement, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

PART = {UNKNOWN_PART: "the import `hub`"}
IT: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": BUILDER}, "Action": "sts:AssumeRole"}


def with_trust(*statements: Any) -> Any:
    return {
        "snapshot": {
            "destination": {
                "trust_policy": {"value": {"document": {"Version": "2012-10-17", "Statement": list(statements)}}}
            }
        }
    }


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([{**IT, "Principal": {"AWS": PART}}], UNKNOWN, id="an unknown principal may be the caller"),
        pytest.param([{**IT, "Principal": PART}], UNKNOWN, id="an unknown Principal"),
        pytest.param([{**IT, "Principal": {"AWS": PART}, "Action": "s3:*"}], NO, id="of another action"),
        pytest.param([{**IT, "Action": PART}], UNKNOWN, id="an unknown action"),
        pytest.param([{**IT, "Action": ["sts:TagSession", PART]}], UNKNOWN, id="an unknown action beside another"),
        pytest.param(
            [{**IT, "Principal": {"AWS": "arn:aws:iam::333333333333:root"}, "Action": PART}],
            NO,
            id="an unknown action, of a principal that is not the caller",
        ),
        pytest.param([{**IT, "Condition": PART}], UNKNOWN, id="an unknown condition"),
        pytest.param([{**IT, "Condition": {"StringEquals": {"sts:ExternalId": PART}}}], UNKNOWN, id="an unknown value"),
        pytest.param([{**IT, "Effect": PART}], UNKNOWN, id="an unknown effect"),
        pytest.param([PART], UNKNOWN, id="an unknown statement"),
        pytest.param([IT, {**IT, "Principal": {"AWS": PART}}], YES, id="an unknown Allow takes nothing away"),
        pytest.param([IT, {**IT, "Effect": "Deny", "Principal": {"AWS": PART}}], UNKNOWN, id="an unknown Deny may"),
        pytest.param([IT, PART], UNKNOWN, id="an unknown statement may deny"),
    ],
)
def test_what_is_known_decides(statements: list[Any], expected: Tri) -> None:
    given = case("cross-account", with_trust(*statements))
    decision = decide(given)
    assert decision.verdict is expected
    assert verdict(given) is expected
    assert decision.problems == ()
    assert not any(isinstance(doubt.about, BrokenStatement) for doubt in decision.doubts)


def test_the_doubt_is_about_the_layer_and_says_what_is_not_known() -> None:
    decision = decide(case("cross-account", with_trust({**IT, "Principal": {"AWS": PART}})))
    (gap,) = next(doubt for doubt in decision.doubts if doubt.about is Layer.TRUST).gaps
    assert gap.detail == "the import `hub`"
    assert "/Statement/0/Principal/AWS" in gap.subject


def test_flaws_beside_what_is_not_known_are_still_told() -> None:
    decision = decide(case("cross-account", with_trust({**IT, "Principal": {"AWS": PART}, "Colour": "red"})))
    assert [problem.pointer for problem in decision.problems] == ["/Statement/0/Colour"]
