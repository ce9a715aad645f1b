from tests.remedy.broken import APP, broken

from diagnose.evaluate.decision import decide
from diagnose.remedy.names import caller_of


def test_the_caller_of_a_case_that_was_decided_is_worked_out_once() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    decide(case)
    assert caller_of(case) is caller_of(case)


def test_another_source_is_another_caller() -> None:
    case, other = broken("cross-account"), broken("cross-account-role")
    assert caller_of(case).arn != caller_of(other).arn
    assert caller_of(other).principal_arn == APP
