"""What is certain about an undetermined request, in whole sentences."""

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.diagnosis import Verdict
from diagnose.model.trace import Action, ActionDecision, Decision, Layer, LayerTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.report.blocks import Bullets
from diagnose.report.sections.verdict import verdict_section


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        pytest.param(
            (UNKNOWN, UNKNOWN, UNKNOWN),
            "no policy layer is known to deny the request, and none to allow it",
            id="none passes",
        ),
        pytest.param(
            (YES, UNKNOWN, UNKNOWN),
            "1 of 3 policy layers does not block the request, and none is known to deny it",
            id="one passes",
        ),
        pytest.param(
            (YES, YES, UNKNOWN),
            "2 of 3 policy layers do not block the request, and none is known to deny it",
            id="two pass",
        ),
    ],
)
def test_the_layers_that_pass_are_counted(verdicts: tuple[Tri, ...], said: str) -> None:
    traces = tuple(LayerTrace(layer, verdict, NO) for layer, verdict in zip(Layer, verdicts, strict=False))
    decision = Decision(UNKNOWN, False, (ActionDecision(Action.ASSUME_ROLE, UNKNOWN, traces),))
    diagnosis = replace(EVERY["mfa-doubt"](NAMES), verdict=Verdict.UNDETERMINED, decision=decision)
    ((told,),) = (section.blocks for section in verdict_section(diagnosis))
    assert isinstance(told, Bullets)
    assert told.items[0] == f"Certain: {said}."
