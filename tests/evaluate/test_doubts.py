"""What an undetermined answer depends on, and which uncertain readings of AWS's documentation are noted."""

from typing import Any

import pytest
from tests.evaluate.cases import HOME, LOCAL, NOTHING, ROLE, SERVICE, SESSION, STS, USER, case, levels, trusts

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Parameters
from diagnose.model.evidence import Known
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
            allowed_by(STS | {"Resource": "arn:aws:iam::222222222222:ro*"}),
            "whether `arn:aws:iam::222222222222:ro*` covers the role",
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


@pytest.mark.parametrize(
    "doubtful", [STS | {"Resource": "arn:aws:iam::222222222222:ro*"}, NOT_WELL_FORMED], ids=["resource", "flaw"]
)
def test_a_comparison_does_not_matter_where_the_answer_is_settled(doubtful: Any) -> None:
    for settling, verdict in ((STS, YES), (STS | {"Effect": "Deny"}, NO)):
        decision = decide(case(identity=[doubtful, settling]))
        assert decision.verdict is verdict
        assert [each.matters for each in decision.doubts] == [NO]


def test_one_comparison_in_two_statements_is_one_doubt() -> None:
    doubtful = STS | {"Resource": "arn:aws:iam::222222222222:ro*"}
    decision = decide(case(identity=[doubtful, doubtful | {"Sid": "Again"}]))
    assert [each.about for each in decision.doubts] == [
        Comparison(Element.RESOURCE, ("arn:aws:iam::222222222222:ro*",))
    ]


@pytest.mark.parametrize(
    ("condition", "effect", "parameters", "verdict", "words"),
    [
        pytest.param({"StringEquals": {"aws:TagKeys": "team"}}, "Allow", TAGGED, NO, "set operator", id="a plain one"),
        pytest.param({"StringMatches": {"aws:userid": "x"}}, "Deny", Parameters("nightly"), YES, "no such", id="none"),
        pytest.param(ANY, "Allow", Parameters("nightly"), UNKNOWN, "both that", id="IfExists of an absent key"),
        pytest.param(
            {"ForAllValues:Null": {"aws:TagKeys": "true"}}, "Allow", TAGGED, UNKNOWN, "a set operator", id="Null of all"
        ),
        pytest.param(
            {"ForAnyValue:Null": {"aws:TagKeys": "false"}}, "Deny", TAGGED, UNKNOWN, "a set operator", id="Null of any"
        ),
        pytest.param(
            {"StringNotEquals": {"aws:TagKeys": "x"}}, "Deny", TAGGED, UNKNOWN, "requires a set", id="a negated one"
        ),
        pytest.param(
            {"StringEquals": {"aws:TagKeys": "team"}}, "Deny", TAGGED, YES, "never to be true", id="a plain one denies"
        ),
        pytest.param(
            {"StringEquals": {"aws:TagKeys": "team"}, "StringLike": {"aws:TagKeys": "t*"}},
            "Deny",
            TAGGED,
            YES,
            "never to be true",
            id="two plain ones",
        ),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "*"}},
            "Allow",
            Parameters("nightly"),
            UNKNOWN,
            "part by part",
            id="a short",
        ),
        pytest.param(
            {"ArnNotLike": {"aws:PrincipalArn": "*"}},
            "Deny",
            Parameters("nightly"),
            UNKNOWN,
            "part by part",
            id="not so",
        ),
    ],
)
def test_an_operator_whose_meaning_is_not_certain_is_noted(
    condition: Any, effect: str, parameters: Parameters, verdict: Tri, words: str
) -> None:
    statements = [*([STS] if effect == "Deny" else []), STS | {"Effect": effect, "Condition": condition}]
    one = case(identity=statements, parameters=parameters)
    assert decide(one).verdict is verdict
    texts = noted(one)
    assert texts
    assert all(words in text for text in texts)


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


@pytest.mark.parametrize(
    ("source", "trusted", "boundary", "words"),
    [
        pytest.param(USER, USER, [NOTHING], "names an IAM user of its own account", id="a boundary that is silent"),
        pytest.param(USER, "*", [NOTHING], "names an IAM user of its own account", id="everyone, and a user"),
        pytest.param(SESSION, "*", [NOTHING], "allows `*` in the same account", id="everyone, and a role"),
        pytest.param(USER, USER, [STS], "", id="a boundary that allows it"),
        pytest.param(USER, USER, None, "", id="no boundary"),
        pytest.param(USER, USER, [STS, STS | {"Effect": "Deny"}], "", id="a boundary that denies it"),
        pytest.param(USER, ROOT, [NOTHING], "", id="the account, which a boundary always limits"),
        pytest.param(SESSION, SESSION, [NOTHING], "", id="a session, of which AWS says so"),
    ],
)
def test_a_limit_that_the_trust_policy_overrides_is_noted(source: str, trusted: str, boundary: Any, words: str) -> None:
    texts = noted(case(source, LOCAL, trust=[trusts({"AWS": trusted})], boundary=boundary))
    assert len(texts) == bool(words)
    assert all(words in text for text in texts)


@pytest.mark.parametrize(
    ("layer", "own", "is_noted"),
    [
        pytest.param("identity", {"team": "far"}, True, id="an identity-based policy, and another value"),
        pytest.param("scps", {"team": "far"}, True, id="an SCP"),
        pytest.param("identity", {}, True, id="a role without the tag"),
        pytest.param("identity", {"team": "session"}, False, id="the same value"),
        pytest.param("trust", {"team": "far"}, False, id="the trust policy, of which AWS says so"),
    ],
)
@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "iam:ResourceTag/Team"])
def test_a_tag_of_the_role_that_is_replaced_outside_the_trust_policy_is_noted(
    key: str, layer: str, own: dict[str, str], is_noted: bool
) -> None:
    asked: Any = {"Condition": {"StringEquals": {key: "session"}}}
    parts: dict[str, Any] = {"trust": [trusts({"AWS": HOME}, **(asked if layer == "trust" else {}))]}
    if layer != "trust":
        parts[layer] = levels([STS | asked]) if layer == "scps" else [STS | asked]
    handed_on: dict[str, Any] = {"session_tags": Known({"team": "session"}), "transitive": Known(("team",))}
    one = case(SESSION, role_tags=Known(own), **handed_on, **parts)
    assert decide(one).verdict is YES
    assert bool(noted(one)) is is_noted
