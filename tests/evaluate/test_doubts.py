"""What an undetermined answer depends on, and which uncertain readings of AWS's documentation are noted."""

from typing import Any

import pytest
from tests.evaluate.cases import HOME, ROLE, SERVICE, SESSION, STS, USER, case, trusts

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Parameters
from diagnose.model.trace import Comparison, DoubtKind, Element
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

TAGGED = Parameters(session_name="nightly", tags={"team": "red"})
ROOT = f"arn:aws:iam::{HOME}:root"
ANY = {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "team"}}
NOT_WELL_FORMED = {"Effect": "Allow", "Action": "sts:*"}


def noted(one: Any) -> list[str]:
    return [note.text for note in decide(one).notes]


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


@pytest.mark.parametrize(
    ("condition", "effect", "parameters", "verdict", "words"),
    [
        pytest.param({"StringEquals": {"aws:TagKeys": "team"}}, "Allow", TAGGED, NO, "set operator", id="a plain one"),
        pytest.param({"StringMatches": {"aws:userid": "x"}}, "Deny", Parameters("nightly"), YES, "no such", id="none"),
        pytest.param(ANY, "Allow", Parameters("nightly"), YES, "taken to be true", id="IfExists of an absent key"),
    ],
)
def test_an_operator_whose_meaning_is_not_certain_is_noted(
    condition: Any, effect: str, parameters: Parameters, verdict: Tri, words: str
) -> None:
    statements = [*([STS] if effect == "Deny" else []), STS | {"Effect": effect, "Condition": condition}]
    one = case(identity=statements, parameters=parameters)
    assert decide(one).verdict is verdict
    (text,) = noted(one)
    assert words in text


@pytest.mark.parametrize(
    ("listed", "is_noted"),
    [
        pytest.param([ROLE, HOME], True, id="the role and the account"),
        pytest.param([SESSION, ROLE], True, id="the session and the role"),
        pytest.param(["arn:aws:iam::111111111111:role/Other"], False, id="somebody else"),
        pytest.param([SESSION, ROLE, ROOT], False, id="all three, which exempts the caller"),
    ],
)
def test_a_not_principal_that_names_the_caller_in_part_is_noted(listed: list[str], is_noted: bool) -> None:
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "sts:*"}
    assert bool(noted(case(SESSION, trust=[trusts({"AWS": HOME}), deny]))) is is_noted


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


def test_a_reading_is_noted_once() -> None:
    odd = STS | {"Condition": {"StringEquals": {"aws:TagKeys": "team"}}}
    assert len(noted(case(identity=[odd, odd], parameters=TAGGED))) == 1
