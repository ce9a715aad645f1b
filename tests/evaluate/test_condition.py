"""Conditions: how blocks, keys and values come together, what a missing key means, and set operators."""

from itertools import product

import pytest
from tests.evaluate.cases import (
    GAP,
    HOME,
    ROLE,
    case,
    layer,
    on_key,
    trusts,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Organization, Parameters
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, Layer, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

KEY, OTHER, MANY = "aws:UserAgent", "aws:referer", "aws:CalledVia"

POSITIVE = (
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnEquals",
    "ArnLike",
)
NEGATED = (
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "NumericNotEquals",
    "DateNotEquals",
    "NotIpAddress",
    "ArnNotEquals",
    "ArnNotLike",
)
OPERANDS = {
    "String": "x",
    "Numeric": "1",
    "Date": "2026-01-01",
    "Bool": "true",
    "Binary": "QQ==",
    "Ip": "192.0.2.1",
    "Arn": "arn:aws:iam::1:x",
}


def operand(operator: str) -> str:
    return next(text for family, text in OPERANDS.items() if operator.removeprefix("Not").startswith(family))


def with_condition(condition: object, **context: tuple[str, ...]) -> Tri:
    values = {key.replace("_", ":"): value for key, value in context.items()}
    return layer(case(trust=[trusts({"AWS": HOME}, Condition=condition)], context=values), Layer.TRUST).verdict


@pytest.mark.parametrize(
    ("prefix", "suffix", "positive", "negated"),
    [
        pytest.param("", "", NO, YES, id="a plain operator"),
        pytest.param("", "IfExists", YES, YES, id="IfExists"),
        pytest.param("ForAllValues:", "", YES, YES, id="ForAllValues"),
        pytest.param("ForAnyValue:", "", NO, NO, id="ForAnyValue"),
        pytest.param("ForAllValues:", "IfExists", YES, YES, id="ForAllValues and IfExists"),
        pytest.param("ForAnyValue:", "IfExists", UNKNOWN, UNKNOWN, id="ForAnyValue and IfExists"),
    ],
)
def test_a_missing_key_means_the_same_to_every_operator_of_a_kind(
    prefix: str, suffix: str, positive: Tri, negated: Tri
) -> None:
    for operators, expected in ((POSITIVE, positive), (NEGATED, negated)):
        for operator in operators:
            trace = on_key(f"{prefix}{operator}{suffix}", KEY, operand(operator), context={KEY: ()})
            assert trace.verdict is expected, trace


@pytest.mark.parametrize("operator", POSITIVE + NEGATED)
def test_if_exists_compares_a_key_that_is_there_like_its_base(operator: str) -> None:
    for value in ("x", "1", "2026-01-01", "true", "192.0.2.9"):
        base = on_key(operator, KEY, operand(operator), context={KEY: (value,)})
        assert on_key(f"{operator}IfExists", KEY, operand(operator), context={KEY: (value,)}).verdict is base.verdict


@pytest.mark.parametrize(
    ("wanted", "values", "expected"),
    [
        pytest.param("true", (), YES, id="absent, and wanted absent"),
        pytest.param("true", ("x",), NO, id="present, and wanted absent"),
        pytest.param("false", (), NO, id="absent, and wanted present"),
        pytest.param("false", ("x",), YES, id="present, and wanted present"),
        pytest.param(["true", "false"], (), YES, id="either is wanted"),
        pytest.param(["true", "false"], ("x",), YES, id="either is wanted of a present key"),
        pytest.param(True, (), YES, id="without quotes"),
        pytest.param("True", (), YES, id="in another case"),
        pytest.param("false", ("",), UNKNOWN, id="whether an empty value is present is not certain"),
        pytest.param("true", ("",), UNKNOWN, id="nor whether it is absent"),
    ],
)
def test_null_asks_whether_the_key_is_absent(wanted: object, values: tuple[str, ...], expected: Tri) -> None:
    assert on_key("Null", KEY, wanted, context={KEY: values}).verdict is expected


@pytest.mark.parametrize("values", [(), ("x",), ("x", "y")], ids=["absent", "one value", "several values"])
@pytest.mark.parametrize("wanted", ["true", "false"])
@pytest.mark.parametrize("sets", ["ForAllValues", "ForAnyValue"])
def test_what_a_set_operator_does_to_null_is_not_documented(sets: str, wanted: str, values: tuple[str, ...]) -> None:
    trace = on_key(f"{sets}:Null", MANY, wanted, context={MANY: values})
    assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD)


ANY_ARN = "aws:PrincipalArn"
CALLERS = "arn:aws:iam::111111111111:role/team/App"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("*", UNKNOWN, id="an asterisk"),
        pytest.param("**", UNKNOWN, id="two"),
        pytest.param(["arn:aws:iam::222222222222:*", "*"], UNKNOWN, id="an asterisk among others"),
        pytest.param(["arn:aws:iam::111111111111:*", "*"], YES, id="an asterisk beside one that matches"),
        pytest.param("?*", NO, id="no lone asterisk"),
        pytest.param("arn:*", NO, id="too few parts"),
        pytest.param("arn:aws:iam::111111111111*", NO, id="behind the account"),
        pytest.param("arn:aws:iam::${aws:PrincipalAccount}*", NO, id="behind the account, by way of a variable"),
        pytest.param("", NO, id="nothing"),
        pytest.param("arn:aws:iam::111111111111:*", YES, id="six parts"),
        pytest.param("arn:aws:iam::111111111111:*/App", YES, id="six parts, and any type"),
    ],
)
@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals"])
def test_whether_a_lone_asterisk_is_every_arn_is_not_documented(operator: str, pattern: object, expected: Tri) -> None:
    context = {ANY_ARN: (CALLERS,), "aws:PrincipalAccount": ("111111111111",)}
    assert on_key(operator, ANY_ARN, pattern, context=context).verdict is expected
    if expected is UNKNOWN:
        assert on_key(operator.replace("Arn", "ArnNot"), ANY_ARN, pattern, context=context).verdict is UNKNOWN
        assert on_key(operator, ANY_ARN, pattern, context={ANY_ARN: ()}).verdict is NO


@pytest.mark.parametrize(
    ("wanted", "expected", "reason"),
    [
        pytest.param("false", YES, Reason.MATCHES, id="it is present whatever its value"),
        pytest.param("true", NO, Reason.KEY_PRESENT, id="it is certainly not absent"),
    ],
)
def test_null_of_a_key_that_is_always_sent_needs_no_value(wanted: str, expected: Tri, reason: Reason) -> None:
    assert on_key("Null", KEY, wanted).verdict is expected
    assert on_key("Null", KEY, wanted, unknown=(KEY,)).verdict is expected


def test_values_of_one_key_are_alternatives_and_under_a_negated_operator_all_count() -> None:
    assert on_key("StringEquals", KEY, ["a", "b"], context={KEY: ("b",)}).verdict is YES
    assert on_key("StringEquals", KEY, ["a", "b"], context={KEY: ("c",)}).verdict is NO
    assert on_key("StringNotEquals", KEY, ["a", "b"], context={KEY: ("b",)}).verdict is NO
    assert on_key("StringNotEquals", KEY, ["a", "b"], context={KEY: ("c",)}).verdict is YES


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param({"StringEquals": {KEY: "a", OTHER: "b"}}, YES, id="both keys hold"),
        pytest.param({"StringEquals": {KEY: "a", OTHER: "x"}}, NO, id="one key of a block fails"),
        pytest.param({"StringEquals": {KEY: "a"}, "StringLike": {OTHER: "b*"}}, YES, id="both blocks hold"),
        pytest.param({"StringEquals": {KEY: "a"}, "StringLike": {OTHER: "x*"}}, NO, id="one block fails"),
        pytest.param(
            {"StringEquals": {KEY: "a"}, "StringNotEquals": {KEY: "a"}}, NO, id="blocks that exclude each other"
        ),
        pytest.param({"StringEquals": {KEY.upper(): "a"}}, YES, id="a key's name ignores case"),
        pytest.param({}, YES, id="no test at all"),
        pytest.param({"StringEquals": {}}, YES, id="no key under an operator"),
        pytest.param({"StringEquals": {KEY: []}}, NO, id="no value for a key"),
        pytest.param({"StringNotEquals": {KEY: []}}, YES, id="no value to differ from"),
    ],
)
def test_blocks_and_keys_must_all_hold(condition: object, expected: Tri) -> None:
    assert with_condition(condition, aws_UserAgent=("a",), aws_referer=("b",)) is expected


SETS = [(), ("a",), ("b",), ("a", "b"), ("a", "c"), ("c",), ("c", "d")]


@pytest.mark.parametrize("values", SETS, ids=lambda values: " and ".join(values) or "absent")
def test_set_operators_ask_every_value_or_any(values: tuple[str, ...]) -> None:
    wanted = ["a", "b"]
    expected = {
        "ForAllValues:StringEquals": all(value in wanted for value in values),
        "ForAnyValue:StringEquals": any(value in wanted for value in values),
        "ForAllValues:StringNotEquals": all(value not in wanted for value in values),
        "ForAnyValue:StringNotEquals": any(value not in wanted for value in values),
    }
    for operator, holds in expected.items():
        for key in (MANY, KEY):
            trace = on_key(operator, key, wanted, context={key: values})
            assert trace.verdict is (YES if holds else NO), trace


def test_for_all_values_is_true_of_empty_values() -> None:
    assert on_key("ForAllValues:StringEquals", MANY, "a", context={MANY: ("",)}).verdict is YES


@pytest.mark.parametrize(
    ("key", "values"),
    [
        pytest.param(MANY, ("a",), id="a multivalued key, though it has one value"),
        pytest.param("aws:PrincipalOrgPaths", ("a",), id="the paths of the organization"),
        pytest.param(KEY, ("a", "b"), id="two values, whatever the key"),
    ],
)
def test_a_plain_operator_matches_no_multivalued_key(key: str, values: tuple[str, ...]) -> None:
    trace = on_key("StringEquals", key, "a", context={key: values})
    assert (trace.verdict, trace.reason) == (NO, Reason.SET_OPERATOR_NEEDED)
    assert on_key("StringNotEquals", key, "x", context={key: values}).verdict is UNKNOWN


@pytest.mark.parametrize(("values", "expected"), [(100, YES), (101, UNKNOWN)])
def test_more_values_of_a_key_than_any_request_has_are_not_compared(values: int, expected: Tri) -> None:
    many = tuple(f"v{number}" for number in range(values))
    assert with_condition({"ForAllValues:StringLike": {MANY: ["w*", "v*"]}}, **{MANY: many}) is expected
    assert with_condition({"Null": {MANY: "false"}}, **{MANY: many}) is YES


def test_the_organization_path_matches_under_a_set_operator() -> None:
    organization = Known(Organization("o-1", "o-1/r-1/ou-1/"))
    for operator, expected in (("StringLike", NO), ("ForAnyValue:StringLike", YES)):
        trace = on_key(operator, "aws:PrincipalOrgPaths", "o-1/r-1/*", organization=organization)
        assert trace.verdict is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "expected", "reason"),
    [
        pytest.param("StringEquals", "x${aws:PrincipalTag/no}", NO, Reason.VARIABLE_UNRESOLVED, id="positive"),
        pytest.param("StringNotEquals", "x${aws:PrincipalTag/no}", YES, Reason.MATCHES, id="negated"),
        pytest.param("StringLike", "*${aws:PrincipalTag/no}", NO, Reason.VARIABLE_UNRESOLVED, id="a pattern"),
        pytest.param("StringNotLike", "*${aws:PrincipalTag/no}", YES, Reason.MATCHES, id="a negated pattern"),
        pytest.param("ArnNotLike", "arn:aws:iam::1:${aws:PrincipalTag/no}", YES, Reason.MATCHES, id="an ARN"),
        pytest.param("StringEquals", "${aws:PrincipalTag/no, 'agent'}", YES, Reason.MATCHES, id="a default"),
        pytest.param("StringEquals", "${aws:referer, 'agent'}", NO, Reason.VARIABLE_UNRESOLVED, id="two values"),
        pytest.param("StringEquals", "${aws:PrincipalTag/no,'agent'}", YES, Reason.MATCHES, id="a default, tightly"),
    ],
)
def test_a_variable_without_a_value_fits_nothing(operator: str, wanted: str, expected: Tri, reason: Reason) -> None:
    value = "arn:aws:iam::1:x" if operator.startswith("Arn") else "agent"
    trace = on_key(operator, KEY, wanted, context={KEY: (value,), OTHER: ("a", "b")})
    assert (trace.verdict, trace.reason) == (expected, reason)


def test_escaped_characters_stand_for_themselves() -> None:
    for wanted, value in (("a${*}c", "a*c"), ("a${?}c", "a?c"), ("${$}{x}", "${x}")):
        assert on_key("StringLike", KEY, wanted, context={KEY: (value,)}).verdict is YES
        assert on_key("StringEquals", KEY, wanted, context={KEY: (value,)}).verdict is YES


def test_a_resolved_value_is_no_pattern() -> None:
    trace = on_key("StringLike", KEY, "${aws:PrincipalTag/team}", tags={"team": "*"}, context={KEY: ("agent",)})
    assert trace.verdict is NO


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_in_the_old_language_a_variable_is_literal(version: str | None) -> None:
    trace = on_key("StringEquals", KEY, "${aws:username}", version=version, context={KEY: ("alice",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.VARIABLE_IS_LITERAL)
    literal = on_key("StringEquals", KEY, "${aws:username}", version=version, context={KEY: ("${aws:username}",)})
    assert literal.verdict is YES


def test_an_unknown_key_is_not_told_by_any_operator() -> None:
    for operator, suffix in product(POSITIVE + NEGATED, ("", "IfExists")):
        trace = on_key(f"{operator}{suffix}", KEY, operand(operator), unknown=(KEY,))
        assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD), trace


def test_a_variable_whose_key_is_unknown_is_not_told() -> None:
    for operator in ("StringEquals", "StringNotEquals", "StringLike"):
        trace = on_key(operator, KEY, "${aws:PrincipalTag/x}", principal=GAP, context={KEY: ("a",)})
        assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD)


def test_what_holds_for_every_possible_state_is_certain() -> None:
    # Whether the sessions of roles carry the key as `false`, or not at all, is not documented for sure.
    key = "aws:MultiFactorAuthPresent"
    assert on_key("Bool", key, "true", source=ROLE).verdict is NO
    assert on_key("BoolIfExists", key, "false", source=ROLE).verdict is YES
    assert on_key("BoolIfExists", key, "true", source=ROLE).verdict is UNKNOWN
    assert on_key("Bool", key, "false", source=ROLE).verdict is UNKNOWN
    assert on_key("Null", key, "true", source=ROLE).verdict is UNKNOWN


def test_an_allow_and_a_deny_that_hang_on_one_unknown_value_deny_together() -> None:
    # Whatever the value is, either nothing allows or something denies.
    authorization = {"StringEquals": {KEY: "a"}}
    trust = [trusts({"AWS": HOME}, Condition=authorization), trusts("*", effect="Deny", Condition=authorization)]
    assert decide(case(trust=trust, unknown=(KEY,))).verdict is NO


def test_a_set_with_a_value_that_fits_is_told_by_the_one_that_does_not() -> None:
    trace = on_key("ForAllValues:StringEquals", MANY, ["a", "b"], context={MANY: ("a", "zzz")})
    assert (trace.verdict, trace.reason) == (NO, Reason.VALUE_DIFFERS)


def test_a_multivalued_key_is_no_variable() -> None:
    trace = on_key("StringEquals", KEY, "${aws:CalledVia}", context={MANY: ("a",), KEY: ("a",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.VARIABLE_UNRESOLVED)


@pytest.mark.parametrize("wanted", ["a${*}t", "a${?}ent"])
def test_an_escaped_wildcard_is_literal_and_no_difference_in_case(wanted: str) -> None:
    trace = on_key("StringLike", KEY, wanted, context={KEY: ("agent",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.VALUE_DIFFERS)


def test_a_tag_whose_key_looks_like_a_claim_is_a_tag() -> None:
    tags, sent = {"example.com:team": "red"}, Parameters("nightly", tags={"a": "b"})
    key = "aws:PrincipalTag/example.com:team"
    trace = on_key("StringEquals", key, "red", tags=tags, parameters=sent, action=Action.TAG_SESSION)
    assert trace.verdict is YES
