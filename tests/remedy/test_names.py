import pytest
from tests.remedy.broken import APP, broken

from diagnose.evaluate.decision import decide
from diagnose.model.policy import Level
from diagnose.remedy.names import caller_of, level_phrase


@pytest.mark.parametrize(
    ("level", "phrase"),
    [
        pytest.param(Level("ou-ab12-11111111", "workloads"), "`workloads` (`ou-ab12-11111111`)", id="a unit"),
        pytest.param(Level("ou-ab12-11111111"), "`ou-ab12-11111111`", id="a unit whose name was not read"),
        pytest.param(Level("111111111111", "111111111111"), "`111111111111`", id="an account"),
    ],
)
def test_a_level_is_named_as_people_and_as_aws_call_it(level: Level, phrase: str) -> None:
    assert level_phrase(level) == phrase


def test_the_caller_of_a_case_that_was_decided_is_worked_out_once() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    decide(case)
    assert caller_of(case) is caller_of(case)


def test_another_source_is_another_caller() -> None:
    case, other = broken("cross-account"), broken("cross-account-role")
    assert caller_of(case).arn != caller_of(other).arn
    assert caller_of(other).principal_arn == APP
