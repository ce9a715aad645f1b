"""Where a decision rests on a reading of the documentation that is not certain, the reading is told."""

from typing import Any

import pytest
from tests.evaluate.cases import HOME, ROLE, SESSION, STS, USER, case, trusts

from diagnose.evaluate.decision import decide
from diagnose.model.case import Parameters
from diagnose.model.tri import NO, YES, Tri

TAGGED = Parameters(session_name="nightly", tags={"team": "red"})
ROOT = f"arn:aws:iam::{HOME}:root"
ANY = {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "team"}}


def noted(one: Any) -> list[str]:
    return [note.text for note in decide(one).notes]


@pytest.mark.parametrize(
    ("condition", "effect", "parameters", "verdict", "said"),
    [
        pytest.param({"StringEquals": {"aws:TagKeys": "team"}}, "Allow", TAGGED, NO, "set operator", id="a plain one"),
        pytest.param({"StringMatches": {"aws:userid": "x"}}, "Deny", Parameters("nightly"), YES, "no such", id="none"),
        pytest.param(ANY, "Allow", Parameters("nightly"), YES, "taken to be true", id="IfExists of an absent key"),
    ],
)
def test_an_operator_whose_meaning_is_not_certain_is_noted(
    condition: Any, effect: str, parameters: Parameters, verdict: Tri, said: str
) -> None:
    statements = [*([STS] if effect == "Deny" else []), STS | {"Effect": effect, "Condition": condition}]
    one = case(identity=statements, parameters=parameters)
    assert decide(one).verdict is verdict
    (text,) = noted(one)
    assert said in text


@pytest.mark.parametrize(
    ("listed", "noted_"),
    [
        pytest.param([ROLE, HOME], True, id="the role and the account"),
        pytest.param([SESSION, ROLE], True, id="the session and the role"),
        pytest.param(["arn:aws:iam::111111111111:role/Other"], False, id="somebody else"),
        pytest.param([SESSION, ROLE, ROOT], False, id="all three, which spares the caller"),
    ],
)
def test_a_not_principal_that_names_the_caller_in_part_is_noted(listed: list[str], noted_: bool) -> None:
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "sts:*"}
    assert bool(noted(case(SESSION, trust=[trusts({"AWS": HOME}), deny]))) is noted_


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(STS | {"Condition": {"StringMatches": {"aws:userid": "x"}}}, id="an Allow under no operator"),
        pytest.param(
            STS | {"Resource": "arn:aws:iam::333333333333:role/x", "Condition": {"StringEquals": {"aws:TagKeys": "t"}}},
            id="something else fails as well",
        ),
        pytest.param(STS | {"Condition": {"StringEquals": {"aws:username": "bob"}}}, id="an ordinary comparison"),
        pytest.param(STS | {"Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "team"}}}, id="a key"),
    ],
)
def test_what_is_certain_anyway_is_not_noted(statement: Any) -> None:
    assert noted(case(USER, identity=[STS, statement], parameters=TAGGED)) == []


def test_a_reading_is_told_once() -> None:
    odd = STS | {"Condition": {"StringEquals": {"aws:TagKeys": "team"}}}
    assert len(noted(case(identity=[odd, odd], parameters=TAGGED))) == 1
