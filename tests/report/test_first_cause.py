"""What is said first about a diagnosis, wherever one row tells it."""

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import Doubt, Gate, Layer
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.report.first_cause import depends_on

OPEN = EVERY["mfa-doubt"](NAMES)


def with_doubts(*doubts: Doubt) -> Diagnosis:
    return replace(OPEN, decision=replace(OPEN.decision, doubts=doubts))


def test_keys_layers_and_requirements_that_matter_are_named_each_once() -> None:
    doubts = (
        Doubt(ConditionKey("aws:SourceIp"), YES),
        Doubt(ConditionKey("aws:SourceVpc"), NO),
        Doubt(Layer.SCP, UNKNOWN),
        Doubt(Layer.SCP, YES),
        Doubt(Gate.PROVIDER, YES),
    )
    assert depends_on(with_doubts(*doubts)) == "aws:SourceIp, scp, provider"


@pytest.mark.parametrize(("count", "named", "end"), [(12, 12, "key-11"), (13, 13, "key-12"), (14, 13, "and 2 more")])
def test_of_many_the_first_are_named(count: int, named: int, end: str) -> None:
    every = depends_on(with_doubts(*(Doubt(ConditionKey(f"key-{number}"), YES) for number in range(count))))
    assert len(every.split(", ")) == named
    assert every.endswith(f", {end}")


@pytest.mark.parametrize("settled", [Verdict.ALLOWED, Verdict.DENIED])
def test_what_aws_has_answered_depends_on_nothing(settled: Verdict) -> None:
    assert depends_on(OPEN) == "aws:MultiFactorAuthPresent"
    assert depends_on(replace(OPEN, verdict=settled)) == ""
