"""What an undetermined answer hangs on, where all that is compared is known: AWS does not say what comes of it."""

from typing import Any

import pytest
from tests.evaluate.cases import HOME, ROLE, SERVICE, STS, case, trusts

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Parameters
from diagnose.model.trace import Comparison, DoubtKind, Element
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import NO, UNKNOWN, YES

TAGGED = Parameters(session_name="nightly", tags={"team": "red"})
NOT_WELL_FORMED = {"Effect": "Allow", "Action": "sts:*"}


def allowed_by(statement: Any, **more: Any) -> Case:
    return case(identity=[statement], **more)


def on(condition: Any) -> Any:
    return STS | {"Condition": condition}


@pytest.mark.parametrize(
    ("one", "subject"),
    [
        pytest.param(
            allowed_by(STS | {"Resource": "arn:aws:iam::*"}),
            "whether `arn:aws:iam::*` covers the role",
            id="a resource",
        ),
        pytest.param(
            allowed_by(on({"StringNotEquals": {"aws:TagKeys": "x"}}), parameters=TAGGED),
            "whether StringNotEquals `x` is true of `team`, the value of aws:TagKeys",
            id="a condition",
        ),
        pytest.param(
            allowed_by(on({"Null": {"aws:PrincipalTag/team": "false"}}), tags={"team": ""}),
            "whether Null `false` is true of an empty value, the value of aws:PrincipalTag/team",
            id="an empty value",
        ),
        pytest.param(
            allowed_by(NOT_WELL_FORMED), "statement 1 of policy `policy`, which is not well-formed", id="a statement"
        ),
        pytest.param(
            case(ROLE, trust=[trusts({"AWS": f"arn:aws:sts::{HOME}:assumed-role/App/x"})]),
            f"whether `arn:aws:sts::{HOME}:assumed-role/App/x` is the caller",
            id="a principal",
        ),
        pytest.param(case(SERVICE, trust=[trusts("*")]), "whether `*` includes AWS services", id="an AWS service"),
    ],
)
def test_the_comparison_is_named_that_settles_it(one: Case, subject: str) -> None:
    decision = decide(one)
    assert decision.verdict is UNKNOWN
    assert (DoubtKind.COMPARISON, subject, YES) in [
        (each.kind, subject_words(each), each.matters) for each in decision.doubts
    ]


@pytest.mark.parametrize("doubtful", [STS | {"Resource": "arn:aws:iam::*"}, NOT_WELL_FORMED], ids=["resource", "flaw"])
def test_a_comparison_does_not_matter_where_the_answer_is_settled(doubtful: Any) -> None:
    for settling, verdict in ((STS, YES), (STS | {"Effect": "Deny"}, NO)):
        decision = decide(case(identity=[doubtful, settling]))
        assert decision.verdict is verdict
        assert [each.matters for each in decision.doubts] == [NO]


def test_one_comparison_in_two_statements_is_one_doubt() -> None:
    doubtful = STS | {"Resource": "arn:aws:iam::*"}
    decision = decide(case(identity=[doubtful, doubtful | {"Sid": "Again"}]))
    assert [each.about for each in decision.doubts] == [Comparison(Element.RESOURCE, ("arn:aws:iam::*",))]
