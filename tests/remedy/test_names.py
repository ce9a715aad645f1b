from tests.remedy.broken import APP, broken

from diagnose.evaluate.decision import decide
from diagnose.remedy.names import caller


def test_the_caller_of_a_case_that_was_decided_is_worked_out_once() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    decide(case)
    assert caller(case) is caller(case)


def test_another_source_is_another_caller() -> None:
    case, other = broken("cross-account"), broken("cross-account-role")
    assert caller(case).arn != caller(other).arn
    assert caller(other).principal_arn == APP
