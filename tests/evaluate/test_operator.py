"""The condition operators: every row with a value that fits, one that does not, and one that cannot be compared."""

import time
from ipaddress import ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.evaluate.cases import on_key, outcome

from diagnose.evaluate.operator import address_range
from diagnose.model.trace import Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

TEXT, NUMBER, MOMENT, FLAG, ADDRESS, ARN = (
    "aws:UserAgent",
    "aws:MultiFactorAuthAge",
    "aws:CurrentTime",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:PrincipalArn",
)
APP = "arn:aws:iam::111111111111:role/team/App"
LAMBDA = "arn:aws:lambda:eu-west-1:111111111111:function:f"


def holds(operator: str, wanted: object, got: str, key: str = TEXT) -> Tri:
    return on_key(operator, key, wanted, context={key: (got,)}).verdict


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "got", "expected"),
    [
        pytest.param("StringEquals", TEXT, "a", "a", YES, id="the same text"),
        pytest.param("StringEquals", TEXT, "a", "A", NO, id="case matters"),
        pytest.param("StringEquals", TEXT, "a*", "ab", NO, id="an asterisk is literal in StringEquals"),
        pytest.param("StringEquals", TEXT, "a*", "a*", YES, id="a literal asterisk equals itself"),
        pytest.param("StringEquals", TEXT, "a", "a ", NO, id="a space matters"),
        pytest.param("StringEquals", TEXT, "", "a", NO, id="the empty text"),
        pytest.param("StringEquals", TEXT, 42, "42", YES, id="a number without quotes"),
        pytest.param("StringEqualsIgnoreCase", TEXT, "aB", "Ab", YES, id="case ignored"),
        pytest.param("StringEqualsIgnoreCase", TEXT, "a*", "ab", NO, id="case ignored, an asterisk is still literal"),
        pytest.param("StringLike", TEXT, "a*c", "abbc", YES, id="an asterisk stands for many"),
        pytest.param("StringLike", TEXT, "a*c", "ac", YES, id="an asterisk stands for none"),
        pytest.param("StringLike", TEXT, "a?c", "abc", YES, id="a question mark stands for one"),
        pytest.param("StringLike", TEXT, "a?c", "ac", NO, id="a question mark does not stand for none"),
        pytest.param("StringLike", TEXT, "A*", "ab", NO, id="a pattern minds case"),
        pytest.param("StringLike", TEXT, "a.c", "abc", NO, id="a dot is a dot"),
        pytest.param("StringLike", TEXT, "a*", "a\nb", YES, id="an asterisk stands for a line break"),
        pytest.param("StringLike", TEXT, "[a]", "a", NO, id="brackets are literal"),
        pytest.param("NumericEquals", NUMBER, "10", "10.0", YES, id="numbers equal as numbers"),
        pytest.param("NumericEquals", NUMBER, 10, "10", YES, id="a number without quotes is compared"),
        pytest.param("NumericLessThan", NUMBER, "10", "9", YES, id="less"),
        pytest.param("NumericLessThan", NUMBER, "10", "10", NO, id="not less than itself"),
        pytest.param("NumericLessThan", NUMBER, "10", "9.5", YES, id="decimals"),
        pytest.param("NumericLessThanEquals", NUMBER, "10", "10", YES, id="at most itself"),
        pytest.param("NumericLessThanEquals", NUMBER, "10", "11", NO, id="not at most less"),
        pytest.param("NumericGreaterThan", NUMBER, "10", "11", YES, id="more"),
        pytest.param("NumericGreaterThan", NUMBER, "10", "10", NO, id="not more than itself"),
        pytest.param("NumericGreaterThan", NUMBER, "9", "10", YES, id="compared as numbers, not as text"),
        pytest.param("NumericGreaterThanEquals", NUMBER, "10", "10", YES, id="at least itself"),
        pytest.param("NumericGreaterThanEquals", NUMBER, "-1", "-2", NO, id="negative numbers"),
        pytest.param("NumericLessThan", NUMBER, "600.0000000000000000001", "600", YES, id="the least difference"),
        pytest.param("NumericEquals", NUMBER, "9007199254740993", "9007199254740992", NO, id="large numbers"),
        pytest.param("NumericGreaterThan", NUMBER, "9" * 400, "8" * 400, NO, id="very large numbers"),
        pytest.param("DateEquals", MOMENT, "2026-03-02T10:30:00+01:00", "2026-03-02T09:30:00Z", YES, id="time zones"),
        pytest.param(
            "DateEquals", MOMENT, "2026-03-02", "2026-03-02T00:00:00Z", YES, id="a day begins at midnight UTC"
        ),
        pytest.param("DateEquals", MOMENT, "1772443800", "2026-03-02T09:30:00Z", YES, id="seconds since 1970"),
        pytest.param("DateEquals", MOMENT, 1772443800, "2026-03-02T09:30:00Z", YES, id="seconds without quotes"),
        pytest.param("DateEquals", MOMENT, "2026-03-02T09:30Z", "2026-03-02T09:30:00Z", YES, id="without seconds"),
        pytest.param("DateEquals", MOMENT, "2026-03-02T09:30:00.500Z", "2026-03-02T09:30:00Z", NO, id="fractions"),
        pytest.param("DateLessThan", MOMENT, "2026-03-02T09:30:01Z", "2026-03-02T09:30:00Z", YES, id="before"),
        pytest.param(
            "DateLessThan", MOMENT, "2026-03-02T09:30:00Z", "2026-03-02T09:30:00Z", NO, id="not before itself"
        ),
        pytest.param(
            "DateLessThanEquals", MOMENT, "2026-03-02T09:30:00Z", "2026-03-02T09:30:00Z", YES, id="at or before"
        ),
        pytest.param("DateGreaterThan", MOMENT, "2026-03-02T09:30:00Z", "2026-03-02T09:30:01Z", YES, id="after"),
        pytest.param(
            "DateGreaterThan", MOMENT, "2026-03-02T09:30:00Z", "2026-03-02T09:30:00Z", NO, id="not after itself"
        ),
        pytest.param(
            "DateGreaterThanEquals", MOMENT, "2026-03-02T09:30:00Z", "2026-03-02T09:30:00Z", YES, id="at or after"
        ),
        pytest.param("DateEquals", MOMENT, "2026-03", "2026-03-01T00:00:00Z", YES, id="a month"),
        pytest.param("DateEquals", MOMENT, "2026", "2026-01-01T00:00:00Z", YES, id="four digits are a year"),
        pytest.param("DateEquals", MOMENT, "2026-03-02T09:30:00", "2026-03-02T09:30:00Z", YES, id="no zone is UTC"),
        pytest.param("DateGreaterThan", MOMENT, "9999-12-31T23:59:59Z", "2026-03-02", NO, id="the last second"),
        pytest.param("DateGreaterThan", MOMENT, "0001-01-01", "2026-03-02", YES, id="the year 1"),
        pytest.param("DateLessThan", MOMENT, "1772443801000", "2026-03-02", YES, id="thousandths are far off"),
        pytest.param("Bool", FLAG, "true", "true", YES, id="true"),
        pytest.param("Bool", FLAG, "True", "true", YES, id="true in another case"),
        pytest.param("Bool", FLAG, True, "true", YES, id="true without quotes"),
        pytest.param("Bool", FLAG, "false", "true", NO, id="false"),
        pytest.param("BinaryEquals", TEXT, "QmluYXJ5", "QmluYXJ5", YES, id="the same bytes"),
        pytest.param("BinaryEquals", TEXT, "QmluYXJ5", "QmluYXJ6", NO, id="other bytes"),
        pytest.param("IpAddress", ADDRESS, "203.0.113.0/24", "203.0.113.255", YES, id="the last address of a network"),
        pytest.param("IpAddress", ADDRESS, "203.0.113.0/24", "203.0.114.0", NO, id="the next address"),
        pytest.param("IpAddress", ADDRESS, "203.0.113.7", "203.0.113.7", YES, id="a bare address"),
        pytest.param("IpAddress", ADDRESS, "203.0.113.7", "203.0.113.8", NO, id="a bare address is no network"),
        pytest.param("IpAddress", ADDRESS, "203.0.113.99/24", "203.0.113.1", YES, id="host bits are ignored"),
        pytest.param("IpAddress", ADDRESS, "2001:db8::/32", "2001:0db8:1::1", YES, id="version 6"),
        pytest.param(
            "IpAddress", ADDRESS, "0.0.0.0/0", "2001:db8::1", NO, id="no address of version 6 is in version 4"
        ),
        pytest.param("ArnEquals", ARN, APP, APP, YES, id="the same ARN"),
        pytest.param("ArnEquals", ARN, "arn:aws:iam::111111111111:role/*", APP, YES, id="ArnEquals takes patterns"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::*:role/team/App", APP, YES, id="ArnLike in the account"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::111111111111:role/*App", APP, YES, id="an asterisk spans slashes"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::111111111111:role/App", APP, NO, id="the path is part of it"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::111111111111:role/team/app", APP, NO, id="an ARN minds case"),
        pytest.param("ArnLike", ARN, "arn:aws:*:1*:function:f", LAMBDA, NO, id="no asterisk swallows a colon"),
        pytest.param("StringLike", ARN, "arn:aws:*:1*:function:f", LAMBDA, YES, id="in StringLike it does"),
        pytest.param("ArnLike", ARN, "arn:aws:*:*:*:*f", LAMBDA, YES, id="but for those of the last part"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::11111111111?:role/team/App", APP, YES, id="a question mark"),
        pytest.param("ArnLike", ARN, "arn:aws:iam:*:*:*", APP, YES, id="an empty part fits an asterisk"),
    ],
)
def test_an_operator_compares(operator: str, key: str, wanted: object, got: str, expected: Tri) -> None:
    assert holds(operator, wanted, got, key) is expected
    negated = {
        "StringEquals": "StringNotEquals",
        "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
        "StringLike": "StringNotLike",
        "NumericEquals": "NumericNotEquals",
        "DateEquals": "DateNotEquals",
        "IpAddress": "NotIpAddress",
        "ArnEquals": "ArnNotEquals",
        "ArnLike": "ArnNotLike",
    }.get(operator)
    if negated is not None:
        assert holds(negated, wanted, got, key) is ~expected


def test_operators_are_written_in_any_case() -> None:
    assert holds("stringEQUALS", "a", "a") is YES
    assert on_key("FORALLVALUES:stringequalsIFEXISTS", TEXT, "a", context={TEXT: ("b",)}).verdict is NO


@pytest.mark.parametrize(
    "operator", ["StringMatches", "ForSomeValues:StringEquals", "BoolNotEquals", "NullIfExists", "IfExists", ""]
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_an_operator_that_aws_does_not_have_is_never_true(operator: str, effect: str) -> None:
    trace = on_key(operator, TEXT, "true", context={TEXT: ("true",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.OPERATOR_UNKNOWN)
    assert trace.operator == operator


MALFORMED = [
    pytest.param("NumericEquals", NUMBER, "ten", "10", id="a number in words"),
    pytest.param("NumericEquals", NUMBER, "", "10", id="no number"),
    pytest.param("NumericEquals", NUMBER, "nan", "10", id="not a number"),
    pytest.param("NumericEquals", NUMBER, "inf", "10", id="infinity"),
    pytest.param("DateEquals", MOMENT, "yesterday", "2026-03-02T09:30:00Z", id="a date in words"),
    pytest.param("DateEquals", MOMENT, "02/03/2026", "2026-03-02T09:30:00Z", id="a date in another order"),
    pytest.param("DateEquals", MOMENT, "20260302T093000Z", "2026-03-02T09:30:00Z", id="a date without hyphens"),
    pytest.param("DateEquals", MOMENT, "2026-W10-1", "2026-03-02T00:00:00Z", id="a week"),
    pytest.param("DateEquals", MOMENT, "2026-03-02T093000Z", "2026-03-02T09:30:00Z", id="a time without colons"),
    pytest.param("DateEquals", MOMENT, "2026-03-02 09:30:00Z", "2026-03-02T09:30:00Z", id="a date without its T"),
    pytest.param("DateEquals", MOMENT, "2026-02-30", "2026-03-02T09:30:00Z", id="a day that does not exist"),
    pytest.param("IpAddress", ADDRESS, "203.0.113.0/255.255.255.0", "203.0.113.7", id="a netmask"),
    pytest.param("IpAddress", ADDRESS, "fe80::1%eth0", "fe80::1", id="an address with its network card"),
    pytest.param("IpAddress", ADDRESS, "203.0.113.0/33", "203.0.113.7", id="a network too small"),
    pytest.param("IpAddress", ADDRESS, "203.0.113.*", "203.0.113.7", id="a network by a wildcard"),
    pytest.param("ArnEquals", ARN, "App", APP, id="a name for an ARN"),
    pytest.param("ArnEquals", ARN, "111111111111", APP, id="an account for an ARN"),
]


@pytest.mark.parametrize(("operator", "key", "wanted", "got"), MALFORMED)
def test_a_malformed_operand_fits_nothing_and_is_not_told_when_negated(
    operator: str, key: str, wanted: str, got: str
) -> None:
    trace = on_key(operator, key, wanted, context={key: (got,)})
    assert outcome(trace)[:2] == (NO, Reason.OPERAND_MALFORMED)
    negated = {"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress"}
    assert on_key(negated.get(operator, "ArnNotEquals"), key, wanted, context={key: (got,)}).verdict is UNKNOWN


@pytest.mark.parametrize("operator", ["Bool", "BinaryEquals"])
def test_a_malformed_operand_of_an_operator_without_negation_fits_nothing(operator: str) -> None:
    trace = on_key(operator, TEXT, "?", context={TEXT: ("true",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.OPERAND_MALFORMED)


@pytest.mark.parametrize(
    ("operator", "wanted"),
    [("NumericEquals", "1"), ("DateEquals", "2026-03-02"), ("IpAddress", "203.0.113.7"), ("ArnEquals", APP)],
)
def test_a_value_that_cannot_be_compared_fits_nothing(operator: str, wanted: str) -> None:
    assert holds(operator, wanted, "nonsense") is NO


@pytest.mark.parametrize("operator", ["Bool", "NumericEquals", "DateEquals", "IpAddress"])
def test_a_variable_is_not_resolved_where_an_operator_takes_none(operator: str) -> None:
    trace = on_key(operator, TEXT, "${aws:UserAgent}", context={TEXT: ("1",)})
    assert (trace.verdict, trace.reason) == (NO, Reason.OPERAND_MALFORMED)


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "got"),
    [
        pytest.param("StringEquals", TEXT, "${aws:username}", "alice", id="StringEquals"),
        pytest.param("StringEqualsIgnoreCase", TEXT, "${aws:username}", "ALICE", id="StringEqualsIgnoreCase"),
        pytest.param("StringLike", TEXT, "*${aws:username}*", "by alice at noon", id="StringLike"),
        pytest.param("ArnLike", ARN, "arn:aws:iam::*:user/*/${aws:username}", "", id="ArnLike"),
        pytest.param("ArnEquals", ARN, "${aws:PrincipalArn}", "", id="ArnEquals, the whole ARN"),
    ],
)
def test_a_variable_stands_for_the_value_of_its_key(operator: str, key: str, wanted: str, got: str) -> None:
    context = {key: (got,)} if got else {}
    assert on_key(operator, key, wanted, context=context).verdict is YES


def test_a_date_without_a_time_zone_is_utc_wherever_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert holds("DateEquals", "2026-07-04T05:06:07", "2026-07-04T05:06:07Z", MOMENT) is YES
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        pytest.param("2026", "2026-01-01T00:00:00Z", id="a year"),
        pytest.param("2026-03", "2026-03-01T00:00:00Z", id="a month"),
    ],
)
def test_a_date_may_be_a_year_or_a_month(wanted: str, got: str) -> None:
    assert holds("DateEquals", wanted, got, MOMENT) is YES


@pytest.mark.parametrize("wanted", ["1_0", "١٠", " 10 "])
def test_a_number_is_no_python_literal(wanted: str) -> None:
    assert holds("NumericEquals", wanted, "10", NUMBER) is NO


_ADDRESSES = st.one_of(
    st.ip_addresses().map(str), st.ip_addresses(v=6).map(lambda one: one.exploded), st.text("01f:.", max_size=12)
)


@given(_ADDRESSES, st.sampled_from(["", "/"]) | st.integers(0, 140).map(lambda length: f"/{length}"))
@example("2001:db8::", "/032")
@example("::ffff:192.0.2.1", "/96")
@example("::", "/" + "9" * 5_000)
def test_a_network_is_what_the_library_takes_for_one(address: str, prefix: str) -> None:
    try:
        network = ip_network(f"{address}{prefix}", strict=False)
    except ValueError:
        assert address_range(f"{address}{prefix}") is None
    else:
        first, last = network.network_address, network.broadcast_address
        assert address_range(f"{address}{prefix}") == (network.version, int(first), int(last))
