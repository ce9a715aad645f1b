"""What is told of calls that nobody signs: every world, and every known answer to a token or an assertion."""

import pytest
from tests import cases
from tests.test_known_answers import ANSWERS

from diagnose.loading import load_rules
from diagnose.model.trace import Match
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.sections.verdict import _REACHES

FEDERATED = [answer for topic, answer in ANSWERS if topic in ("web-identity", "web-identity-tokens", "saml")]


def test_every_way_in_which_a_trust_policy_reaches_somebody_is_told() -> None:
    assert set(_REACHES) == set(Match)


@pytest.mark.parametrize("answer", FEDERATED, ids=lambda answer: answer.name)
def test_every_answer_can_be_told_and_names_the_operation(answer: object) -> None:
    world, change = getattr(answer, "world"), getattr(answer, "change")  # noqa: B009
    diagnosis = diagnose(cases.case(world, change), load_rules(()))
    text = render(diagnosis, Format.TEXT)
    assert f"sts:{diagnosis.case.request.operation} through" in text
    assert "sts:AssumeRole through" not in text
    for form in (Format.JSON, Format.MARKDOWN):
        assert render(diagnosis, form)
