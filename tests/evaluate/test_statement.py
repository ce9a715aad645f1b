"""Statements: what AWS would not accept is located, and what cannot be told may apply but never certainly does."""

from typing import Any

import pytest
from msgspec import Raw
from tests.evaluate.cases import HOME, STS, USER, answered, case, layer, policy, statement, trusts

from diagnose.evaluate.document import compile_document
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.trace import Effect, Layer
from diagnose.model.tri import NO, UNKNOWN, YES

FINE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


def flaws(document: object) -> list[tuple[str, str]]:
    return [(flaw.pointer, flaw.message) for flaw in compile_document(raw_document(document)).flaws]


def in_statement(**elements: object) -> list[tuple[str, str]]:
    return flaws({"Version": "2012-10-17", "Statement": [FINE, FINE | elements]})


@pytest.mark.parametrize(
    ("elements", "pointer", "message"),
    [
        pytest.param({"Effect": "allow"}, "/Effect", "expected `Allow` or `Deny`", id="an effect in lower case"),
        pytest.param({"Effect": None}, "/Effect", "expected `Allow` or `Deny`", id="no effect"),
        pytest.param({"Effect": ["Allow"]}, "/Effect", "expected `Allow` or `Deny`", id="a list of effects"),
        pytest.param({"action": "s3:*"}, "/action", "AWS has no element `action`: did you mean `Action`", id="case"),
        pytest.param({"Actions": "s3:*"}, "/Actions", "AWS has no element `Actions`", id="a plural"),
        pytest.param({"a/b~c": 1}, "/a~1b~0c", "AWS has no element `a/b~c`", id="a pointer is escaped"),
        pytest.param(
            {"NotAction": "s3:*"},
            "/NotAction",
            "`Action` and `NotAction` cannot be used together",
            id="both kinds of action",
        ),
        pytest.param(
            {"NotResource": "*"},
            "/NotResource",
            "`Resource` and `NotResource` cannot be used together",
            id="of resource",
        ),
        pytest.param({"Action": None}, "/Action", "expected text", id="null for an action"),
        pytest.param({"Action": ["s3:*", {}]}, "/Action/1", "expected text", id="an object among actions"),
        pytest.param({"Resource": [["*"]]}, "/Resource/0", "expected text", id="a list in a list"),
        pytest.param(
            {"Principal": 5}, "/Principal", 'expected `"*"` or an object such as `{"AWS": "arn:..."}`', id="a number"
        ),
        pytest.param(
            {"Principal": USER},
            "/Principal",
            'expected `"*"` or an object such as `{"AWS": "arn:..."}`',
            id="a bare ARN",
        ),
        pytest.param({"Principal": {"Aws": "*"}}, "/Principal/Aws", "AWS has no kind of principal `Aws`", id="a kind"),
        pytest.param({"Principal": {"AWS": [None]}}, "/Principal/AWS/0", "expected text", id="null for a principal"),
        pytest.param({"Condition": []}, "/Condition", "expected an object of condition operators", id="a list"),
        pytest.param(
            {"Condition": {"Bool": "x"}},
            "/Condition/Bool",
            "expected an object of condition keys",
            id="a text for keys",
        ),
        pytest.param(
            {"Condition": {"StringSame": {"a": "b"}}},
            "/Condition/StringSame",
            "AWS has no condition operator `StringSame`",
            id="an operator",
        ),
        pytest.param(
            {"Condition": {"Bool": {"aws:PrincipalTag/a": "yes"}}},
            "/Condition/Bool/aws:PrincipalTag~1a",
            "`Bool` cannot compare `yes`",
            id="a value that cannot be compared",
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"a": [None]}}}, "/Condition/StringEquals/a/0", "expected text", id="null"
        ),
        pytest.param(
            {"Condition": {"StringEquals": {"a": {"b": "c"}}}},
            "/Condition/StringEquals/a",
            "expected text",
            id="an object",
        ),
    ],
)
def test_a_flaw_of_a_statement_is_located(elements: dict[str, object], pointer: str, message: str) -> None:
    assert in_statement(**elements) == [(f"/Statement/1{pointer}", message)]


def test_a_missing_action_is_located_at_the_statement() -> None:
    found = flaws({"Statement": [{"Effect": "Allow", "Resource": "*"}]})
    assert found == [("/Statement/0", "the statement has neither `Action` nor `NotAction`")]


def test_a_single_statement_needs_no_list() -> None:
    document = {"Version": "2012-10-17", "Statement": trusts({"AWS": HOME}) | {"Sid": "Only"}}
    one = case(trust=Policy("trust", raw_document(document), PolicyKind.TRUST))
    trace = statement(one, Layer.TRUST)
    assert (trace.pointer, trace.sid, trace.alone, trace.verdict) == ("/Statement", "Only", True, YES)
    assert [element.pointer for element in trace.elements] == ["/Statement/Action", "/Statement/Principal/AWS"]


def test_statements_are_counted_from_nought_and_keep_their_sid() -> None:
    one = case(trust=[trusts({"AWS": "333333333333"}), trusts({"AWS": HOME}) | {"Sid": "Second"}])
    trace = statement(one, Layer.TRUST, 1)
    assert (trace.pointer, trace.sid, trace.index, trace.alone) == ("/Statement/1", "Second", 1, False)


BROKEN_ALLOWS: list[tuple[str, dict[str, Any]]] = [
    ("an unknown element", STS | {"Foo": 1}),
    ("an effect in lower case", STS | {"Effect": "allow"}),
    ("no action", {"Effect": "Allow", "Resource": "*"}),
    ("no resource", {"Effect": "Allow", "Action": "sts:*"}),
    ("both action and not action", STS | {"NotAction": "s3:*"}),
    ("a principal where none belongs", STS | {"Principal": "*"}),
    ("a condition that is a list", STS | {"Condition": []}),
    ("keys of a condition that are a text", STS | {"Condition": {"Bool": "x"}}),
]


@pytest.mark.parametrize("broken", [pytest.param(one, id=name) for name, one in BROKEN_ALLOWS])
def test_a_statement_that_cannot_be_told_may_apply_but_never_certainly_does(broken: dict[str, Any]) -> None:
    assert answered(case(identity=[broken])).verdict is UNKNOWN
    assert answered(case(identity=[STS, broken | {"Effect": "Deny"}])).verdict in (UNKNOWN, NO)
    assert answered(case(identity=[STS, broken])).verdict is (UNKNOWN if broken["Effect"] != "Allow" else YES)


def test_a_statement_without_a_known_effect_counts_as_both() -> None:
    one = case(identity=[STS | {"Effect": "Perhaps"}])
    level = layer(one, Layer.IDENTITY).levels[0]
    assert (level.some_allow, level.some_deny) == (UNKNOWN, UNKNOWN)
    assert statement(one, Layer.IDENTITY).effect is Effect.DENY


def test_an_unknown_operator_makes_no_statement_apply() -> None:
    odd = {"Condition": {"StringSame": {"aws:username": "alice"}}}
    assert layer(case(identity=[STS | odd]), Layer.IDENTITY).verdict is NO
    assert layer(case(identity=[STS, STS | odd | {"Effect": "Deny"}]), Layer.IDENTITY).verdict is YES


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"Action": None}, id="an action that is null"),
        pytest.param({"Action": {"x": 1}}, id="an action that is an object"),
        pytest.param({"Resource": None}, id="a resource that is null"),
        pytest.param({"Resource": [{}]}, id="a resource that is an object"),
    ],
)
def test_a_deny_with_an_element_that_cannot_be_told_may_apply(broken: dict[str, object]) -> None:
    one = case(identity=[STS, STS | {"Effect": "Deny"} | broken])
    assert layer(one, Layer.IDENTITY).explicit is UNKNOWN


@pytest.mark.parametrize("principal", [5, {"Aws": HOME}, {"AWS": None}, "arn:aws:iam::111111111111:root"])
def test_a_deny_with_a_principal_that_cannot_be_told_may_apply(principal: object) -> None:
    one = case(trust=[trusts({"AWS": HOME}), trusts(principal, effect="Deny")])
    assert layer(one, Layer.TRUST).explicit is UNKNOWN


def test_a_test_with_a_value_that_cannot_be_told_may_hold() -> None:
    odd = STS | {"Effect": "Deny", "Condition": {"StringEquals": {"aws:username": None}}}
    assert layer(case(identity=[STS, odd]), Layer.IDENTITY).explicit is UNKNOWN


def test_every_flaw_of_a_statement_is_told() -> None:
    pointers = [pointer for pointer, _ in in_statement(Foo=1, Principal={"Service": ["*", "*"], "Nobody": "x"})]
    place = "/Statement/1"
    assert pointers[0] == f"{place}/Foo"
    assert set(pointers) == {
        f"{place}/{end}" for end in ("Foo", "Principal/Service/0", "Principal/Service/1", "Principal/Nobody")
    }


TWICE = {
    "an operator": '"Condition": {"Bool": {"aws:SecureTransport": "true"}, "Bool": {"aws:SecureTransport": "false"}}',
    "a key": '"Condition": {"Bool": {"aws:SecureTransport": "true", "aws:SecureTransport": "false"}}',
    "a kind of principal": f'"Principal": {{"AWS": "{HOME}", "AWS": "333333333333"}}',
}


@pytest.mark.parametrize("twice", TWICE.values(), ids=TWICE)
def test_of_what_stands_twice_within_an_element_neither_decides(twice: str) -> None:
    rest = "" if "Principal" in twice else '"Principal": "*", '
    text = f'{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:*", {rest}{twice}}}]}}'
    assert answered(case(trust=Policy("odd", Raw(text.encode()), PolicyKind.TRUST))).verdict is UNKNOWN


def test_what_is_no_statement_has_that_flaw_alone() -> None:
    assert flaws({"Version": "2012-10-17", "Statement": [FINE, 5]}) == [
        ("/Statement/1", "expected a statement, which is a JSON object")
    ]


def test_every_flaw_of_a_principal_is_found() -> None:
    assert in_statement(Principal={"AWS": 5, "Service": ["*", "ec2.amazonaws.com", "*"], "Aws": "*"}) == [
        ("/Statement/1/Principal/AWS", "expected text"),
        ("/Statement/1/Principal/Service/0", "a service principal cannot be a wildcard"),
        ("/Statement/1/Principal/Service/2", "a service principal cannot be a wildcard"),
        ("/Statement/1/Principal/Aws", "AWS has no kind of principal `Aws`"),
    ]


def test_every_flaw_of_a_condition_is_found() -> None:
    found = in_statement(Condition={"Bool": "true", "StringMatches": {"aws:userid": "x"}, "Null": {"aws:userid": {}}})
    assert found == [
        ("/Statement/1/Condition/Bool", "expected an object of condition keys"),
        ("/Statement/1/Condition/StringMatches", "AWS has no condition operator `StringMatches`"),
        ("/Statement/1/Condition/Null/aws:userid", "expected text"),
    ]


SAME: dict[str, Any] = {"NumericLessThan": {"aws:MultiFactorAuthAge": "ten"}}


def test_a_condition_that_was_compiled_before_has_the_place_where_it_stands_now() -> None:
    expected = [
        (
            f"/Statement/{place}/Condition/NumericLessThan/aws:MultiFactorAuthAge",
            "`NumericLessThan` cannot compare `ten`",
        )
        for place in (0, 1)
    ]
    for again in range(4):
        document = {"Version": "2012-10-17", "Statement": [FINE | {"Sid": f"N{again}", "Condition": SAME}] * 2}
        assert flaws(document) == expected


def test_a_flawed_condition_is_flawed_every_time() -> None:
    for again in range(4):
        found = in_statement(Sid=f"Flawed{again}", Condition={"Bool": {"aws:SecureTransport": [["true"]]}})
        assert found == [("/Statement/1/Condition/Bool/aws:SecureTransport/0", "expected text")]


def test_a_condition_that_was_compiled_before_is_read_in_the_language_of_its_own_document() -> None:
    named = trusts("*", Condition={"StringEquals": {"aws:PrincipalTag/name": "${aws:username}"}})
    for again in range(3):
        old, new = (
            policy(named | {"Sid": f"L{again}"}, version=version, kind=PolicyKind.TRUST)
            for version in ("2008-10-17", "2012-10-17")
        )
        assert answered(case(trust=old, tags={"name": "alice"})).verdict is NO
        assert answered(case(trust=new, tags={"name": "alice"})).verdict is YES


def test_infinity_is_not_null() -> None:
    infinite = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": "%d", '
    )
    infinite += '"Condition": {"NumericLessThan": {"aws:EpochTime": %s}}}]}'
    for again in range(3):
        text = infinite % (again, "1e400")
        found = compile_document(Raw(text.encode())).flaws
        assert [flaw.message for flaw in found] == ["`NumericLessThan` cannot compare `Infinity`"]
    found = compile_document(Raw((infinite % (9, "null")).encode())).flaws
    assert [flaw.message for flaw in found] == ["expected text"]


def test_a_condition_with_something_twice_is_not_taken_for_one_without() -> None:
    once = trusts("*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    for again in range(3):
        one = policy(once | {"Sid": f"Once{again}"}, kind=PolicyKind.TRUST)
        assert answered(case(trust=one)).verdict is NO
    for twice in TWICE.values():
        text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Principal": "*", %s}]}'
        found = answered(case(trust=Policy("odd", Raw((text % twice).encode()), PolicyKind.TRUST)))
        assert found.verdict is UNKNOWN
