"""Unknown keys: what is said of one is what all its values agree upon, for every kind of value."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import HOME, ROLE, SERVICE, STS, USER, case, layer, trusts

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.explore import explore
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.key_state import Alternative, ConditionKey, Fit
from diagnose.model.trace import Action, Blocker, DoubtKind, Layer
from diagnose.model.trace_words import alternative_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

AGE, TIME, ADDRESS, KEYS, ARN, FLAG, ID = (
    "aws:MultiFactorAuthAge",
    "aws:TokenIssueTime",
    "aws:SourceIp",
    "aws:TagKeys",
    "aws:PrincipalArn",
    "aws:ViaAWSService",
    "aws:userid",
)
NULLS = [("Null", "true"), ("Null", "false")]
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]
FAMILIES: dict[str, tuple[str, list[tuple[str, Any]], list[tuple[str, ...]]]] = {
    "numbers": (
        AGE,
        [
            ("NumericLessThan", "10"),
            ("NumericLessThanEquals", "10"),
            ("NumericGreaterThan", "20"),
            ("NumericGreaterThanEquals", "10"),
            ("NumericEquals", "10"),
            ("NumericNotEquals", ["10", "20"]),
            ("NumericEqualsIfExists", "20"),
            *NULLS,
        ],
        [(), *((value,) for value in ("9", "9.5", "10", "10.5", "15", "20", "20.5", "21", "-5"))],
    ),
    "dates": (
        TIME,
        [
            ("DateLessThan", DAYS[1]),
            ("DateLessThanEquals", DAYS[1]),
            ("DateGreaterThan", DAYS[1]),
            ("DateGreaterThanEqualsIfExists", DAYS[2]),
            ("DateEquals", DAYS[0]),
            ("DateNotEquals", DAYS[1:]),
            *NULLS,
        ],
        [(), *((f"{day}T{hour}:00:00Z",) for day in ("2025-12-31", *DAYS, "2026-01-04") for hour in ("00", "12"))],
    ),
    "addresses": (
        ADDRESS,
        [
            ("IpAddress", "203.0.113.0/24"),
            ("NotIpAddress", "203.0.113.0/25"),
            ("NotIpAddressIfExists", ["203.0.113.0/24", "2001:db8::/33"]),
            ("IpAddress", "203.0.113.127"),
            ("IpAddress", "2001:db8::/32"),
            ("IpAddress", ["0.0.0.0/0", "::/0"]),
            ("NotIpAddress", ["192.0.2.0/24", "2001:db8::/32"]),
            *NULLS,
        ],
        [
            (),
            *((f"203.0.113.{last}",) for last in (0, 126, 127, 128, 255)),
            *(
                (one,)
                for one in ("192.0.2.5", "203.0.112.255", "203.0.114.0", "2001:db8::1", "2001:db8:8000::", "2001:db9::")
            ),
        ],
    ),
    "sets of values": (
        KEYS,
        [
            ("ForAllValues:StringEquals", "a"),
            ("ForAnyValue:StringEquals", "a"),
            ("ForAllValues:StringEquals", ["a", "b"]),
            ("ForAnyValue:StringNotEquals", ["a", "b"]),
            ("ForAllValues:StringNotLike", "b*"),
            ("ForAnyValue:StringLikeIfExists", "?"),
            *NULLS,
        ],
        [values for size in range(5) for values in combinations(("a", "b", "bb", "cc"), size)] + [("",), ("", "a")],
    ),
    "truth values": (
        FLAG,
        [("Bool", "true"), ("Bool", "false"), ("BoolIfExists", "true"), ("BoolIfExists", "false"), *NULLS],
        [(), ("true",), ("false",)],
    ),
    "texts whatever their case": (
        ID,
        [
            ("StringEqualsIgnoreCase", "ab"),
            ("StringEqualsIgnoreCase", "AB"),
            ("StringNotEqualsIgnoreCase", ["aB", "x"]),
            ("StringEquals", "ab"),
            ("StringNotEquals", ["Ab", "AB"]),
            *NULLS,
        ],
        [(), *((value,) for value in ("ab", "AB", "Ab", "aB", "x", "y"))],
    ),
    "ARNs": (
        ARN,
        [
            ("ArnLike", "arn:aws:iam::*:role/a*"),
            ("ArnNotLike", "arn:aws:iam::1*:role/*"),
            ("ArnEqualsIfExists", "arn:aws:iam::11:role/ab"),
            ("ArnLike", "arn:aws:iam::*:user/*"),
            *NULLS,
        ],
        [
            (),
            *(
                (f"arn:aws:iam::{account}:{name}",)
                for account in (11, 12, 2)
                for name in ("role/ab", "role/b", "user/a", "x")
            ),
        ],
    ),
}


def known(one: Case, key: str, values: tuple[str, ...]) -> Case:
    return replace(one, request=replace(one.request, unknown=(), context={key: values}))


@pytest.mark.parametrize("effects", list(product(["Allow", "Deny"], repeat=2)), ids=" and ".join)
@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_key_is_told_exactly(family: str, effects: tuple[str, str]) -> None:
    key, tests, values = FAMILIES[family]
    for chosen in combinations(tests, 2):
        if {operator for operator, _ in chosen} == {"Null"}:
            continue  # Whether an empty value is present is not certain, so nothing is.
        trust = [
            trusts({"AWS": HOME}, effect=effect, Condition={operator: {key: wanted}})
            for effect, (operator, wanted) in zip(effects, chosen, strict=True)
        ]
        if effects == ("Deny", "Deny"):
            trust.append(trusts({"AWS": HOME}))
        one = case(trust=trust, unknown=(key,))
        possible = {verdict(known(one, key, value)) for value in values}
        assert verdict(one) is (possible.pop() if len(possible) == 1 else UNKNOWN), chosen


@pytest.mark.parametrize("effects", list(product(["Allow", "Deny"], repeat=3)), ids=" and ".join)
def test_two_unknown_keys_are_told_together_exactly(effects: tuple[str, ...]) -> None:
    tests: list[dict[str, Any]] = [
        {"StringEquals": {ID: "x"}},
        {"StringNotEquals": {ID: "x"}},
        {"Bool": {FLAG: "true"}},
        {"StringEquals": {ID: "x"}, "Bool": {FLAG: "true"}},
        {"StringNotEquals": {ID: "x"}, "BoolIfExists": {FLAG: "false"}},
    ]
    for chosen in combinations(tests, 3):
        each = zip(effects, chosen, strict=True)
        trust = [trusts({"AWS": HOME}, effect=effect, Condition=test) for effect, test in each]
        one = case(trust=trust, unknown=(ID, FLAG))
        possible = set()
        for first, second in product([(), ("x",), ("y",)], [(), ("true",), ("false",)]):
            possible.add(
                verdict(replace(one, request=replace(one.request, unknown=(), context={ID: first, FLAG: second})))
            )
        assert verdict(one) is (possible.pop() if len(possible) == 1 else UNKNOWN), chosen


def test_a_key_that_is_compared_as_a_number_and_as_text_is_not_told() -> None:
    # Only a number such as 5000 fits both, which no operand by itself leads to.
    both = {"NumericGreaterThan": {AGE: "1000"}, "StringLike": {AGE: "5*"}}
    one = case(trust=[trusts({"AWS": HOME}, Condition=both)], unknown=(AGE,))
    assert verdict(known(one, AGE, ("5000",))) is YES
    assert verdict(one) is decide(one).verdict is UNKNOWN


def test_a_set_that_must_hold_many_values_is_not_told() -> None:
    each = [f"ForAnyValue:{operator}" for operator in ("StringEquals", "StringLike", "StringEqualsIgnoreCase")]
    every = {operator: {KEYS: value} for operator, value in zip(each, "abc", strict=True)}
    others = [trusts({"AWS": "333333333333"}, Condition={each[0]: {KEYS: list("defg")}})]
    others += [trusts("*", effect="Deny", Condition={each[0]: {KEYS: value}}) for value in "defg"]
    one = case(trust=[trusts({"AWS": HOME}, Condition=every), *others], unknown=(KEYS,))
    assert verdict(known(one, KEYS, ("a", "b", "c"))) is YES
    assert verdict(one) is UNKNOWN


def test_only_a_key_that_changes_the_answer_matters() -> None:
    trust = [
        trusts({"AWS": HOME}, Condition={"StringEquals": {ID: "x"}}),
        trusts("*", effect="Deny", Condition={"StringEquals": {ID: "y"}, "Bool": {FLAG: "true"}}),
    ]
    doubts = {doubt.about: doubt for doubt in decide(case(trust=trust, unknown=(ID, FLAG))).doubts}
    matters = {about: doubt.matters for about, doubt in doubts.items()}
    assert matters == {ConditionKey(ID): YES, ConditionKey(FLAG): NO}
    assert doubts[ConditionKey(ID)].allows == (Alternative(((Fit("StringEquals", "x"),),)),)


def test_keys_that_come_to_too_many_things_are_doubts_that_may_matter() -> None:
    # Each statement says something of its own, about keys that all the others test, too.
    keys = [f"aws:PrincipalTag/{n}" for n in range(40)]
    trust = [
        trusts(
            {"AWS": HOME},
            effect=("Allow", "Deny")[n % 2],
            Condition={"StringLike": {key: f"{(n * 7 + place * 3) % 11}*" for place, key in enumerate(keys)}},
        )
        for n in range(40)
    ]
    one = case(trust=trust, unknown=tuple(keys))
    decision = decide(one)
    assert decision.verdict is verdict(one) is UNKNOWN
    assert {doubt.kind for doubt in decision.doubts} == {DoubtKind.KEY}
    assert UNKNOWN in {doubt.matters for doubt in decision.doubts}


def _steps(one: Case) -> int:
    effort = Effort(10**9)
    explore(Authorization(one), effort)
    return 10**9 - effort.left


DENIES = [f"aws:PrincipalTag/{n}" for n in range(200)]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda n: [{"StringNotEquals": {key: "x"}} for key in DENIES[:n]], id="a key in each"),
        pytest.param(lambda n: [{"StringEquals": dict.fromkeys(DENIES[:n], "x")}], id="all keys in one"),
        pytest.param(lambda n: [{"StringLike": {DENIES[0]: f"*{m}*x*"}} for m in range(n)], id="a pattern in each"),
        pytest.param(lambda n: [{"StringLike": {DENIES[0]: [f"*{m}*x*" for m in range(n)]}}], id="all patterns in one"),
        pytest.param(
            lambda n: [{"NotIpAddress": {ADDRESS: [f"10.{m // 256}.{m % 256}.0/25" for m in range(n)]}}],
            id="all networks in one",
        ),
    ],
)
def test_what_is_tried_grows_no_faster_than_the_policy(written: Callable[[int], list[dict[str, Any]]]) -> None:
    def made(size: int) -> Case:
        denies = [trusts("*", effect="Deny", Condition=condition) for condition in written(size)]
        return case(trust=[trusts({"AWS": HOME}), *denies], unknown=(*DENIES, ADDRESS))

    assert {doubt.matters for doubt in decide(made(200)).doubts} == {YES}
    assert 0 < _steps(made(200)) < 30 * _steps(made(10))


CROSSING = (
    "14=*c21 20=a7",
    "3=*e*f*29 14=?d30",
    "25=*e*f*0 0=a25",
    "29=*c14 24=b*27",
    "29=*c7 31=a0 22=b*9",
    "10=*e*f*2 34=a11",
    "31=a7 9=?d30",
    "3=*e*f*12 26=?d38 2=*e*f*7",
    "28=b*25 30=*e*f*8 3=a3",
    "30=*e*f*22,*e*f*38 ~26=?d38,*c34 16=*c38",
    "20=*c4 13=b*8 !18=b*39",
    "32=a17 1=*c10",
    "18=*e*f*10",
    "11=b*22 13=*c11",
    "!15=b*37 26=*e*f*28 0=*e*f*3",
    "9=?d38 17=?d1",
    "16=*c17",
    "15=*c22 30=a37",
    "25=?d22",
    "20=b*3",
    "7=*c7 2=*e*f*31",
    "19=*e*f*19 10=b*33 !17=b*9",
    "29=a28 1=*c36",
    "22=a13 33=?d20",
    "24=*c11",
    "!11=*c0 6=*c1 34=*e*f*2",
    "13=*c39 6=*e*f*13 17=a39",
)
"""Deny statements, each with its tests of tags: `!` if it is StringNotLike, `~` if it is StringNotEquals.

Without the tags that are too many, the others stand in another order, in which they are too many once more.
"""
SIGNS = {"!": "StringNotLike", "~": "StringNotEquals"}


def denies_if(tests: str) -> dict[str, Any]:
    condition: dict[str, dict[str, list[str]]] = {}
    for test in tests.split(" "):
        tag, values = test.lstrip("!~").split("=")
        condition.setdefault(SIGNS.get(test[0], "StringLike"), {})[f"aws:PrincipalTag/k{tag}"] = values.split(",")
    return trusts("*", effect="Deny", Condition=condition)


def test_keys_are_left_out_until_the_choices_of_the_others_are_few_enough() -> None:
    keys = tuple(f"aws:PrincipalTag/k{n}" for n in range(35))
    one = case(trust=[trusts({"AWS": HOME}), *map(denies_if, CROSSING)], unknown=keys)
    exploration = explore(Authorization(one))
    assert exploration.tried
    assert exploration.untried
    assert not {*exploration.tried} & {*exploration.untried}
    decision = decide(one)
    assert decision.verdict is verdict(one) is UNKNOWN
    assert len(decision.doubts) == len(exploration.tried) + len(exploration.untried)


def test_what_finding_texts_for_all_keys_may_take_is_bounded() -> None:
    keys = [f"aws:PrincipalTag/{n}" for n in range(300)]
    patterns = [f"*{letters}*{letters[::-1]}*" for letters in ("abcd", "bcde", "cdef", "defg")]
    denies = [
        trusts("*", effect="Deny", Condition={"StringLike": {key: [key[-3:] + each for each in patterns]}})
        for key in keys
    ]
    one = case(trust=[trusts({"AWS": HOME}), *denies], unknown=tuple(keys))
    exploration = explore(Authorization(one))
    assert 0 < len(exploration.tried) < len(keys)
    assert len(exploration.tried) + len(exploration.untried) == len(keys)
    again = explore(Authorization(one))
    assert (list(again.tried), again.untried) == (list(exploration.tried), exploration.untried)


def test_an_unknown_key_within_a_variable_is_a_doubt() -> None:
    written = f"arn:aws:iam::222222222222:role/ops/${{{ID}}}"
    one = case(identity=[{"Effect": "Allow", "Action": "sts:*", "Resource": written}], unknown=(ID,))
    decision = decide(one)
    assert decision.verdict is verdict(one) is UNKNOWN
    assert [(doubt.about, doubt.matters) for doubt in decision.doubts] == [(ConditionKey(ID), UNKNOWN)]


@pytest.mark.parametrize("address", ["0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
def test_the_first_and_the_last_address_are_tried(address: str) -> None:
    assert verdict(case(trust=[trusts({"AWS": HOME}, Condition={"IpAddress": {ADDRESS: address}})])) is UNKNOWN


def test_a_layer_that_denies_whatever_the_key_is_stands_in_the_way() -> None:
    either = trusts({"AWS": HOME}, Condition={"StringEquals": {ID: "x"}})
    one = case(trust=[either, either | {"Effect": "Deny"}], unknown=(ID,))
    assert layer(one, Layer.TRUST).verdict is NO
    assert decide(one).blockers == (Blocker(Action.ASSUME_ROLE, Layer.TRUST),)


def test_layers_that_deny_together_alone_all_stand_in_the_way() -> None:
    identity = STS | {"Condition": {"StringNotEquals": {ID: "x"}}}
    one = case(trust=[trusts({"AWS": HOME}, Condition={"StringEquals": {ID: "x"}})], identity=[identity], unknown=(ID,))
    decision = decide(one)
    assert decision.verdict is NO
    assert {(blocker.layer, blocker.explicit) for blocker in decision.blockers} == {
        (Layer.TRUST, False),
        (Layer.IDENTITY, False),
    }


@pytest.mark.parametrize(
    ("condition", "allows", "denies"),
    [
        pytest.param({"Bool": {FLAG: "true"}}, ("true",), ("false", "absent"), id="a truth value"),
        pytest.param(
            {"ForAnyValue:StringEquals": {KEYS: "a"}},
            ("`a`",),
            ("an empty value", "anything else", "absent"),
            id="one of several values",
        ),
        pytest.param(
            {"StringLike": {ID: "a*"}, "StringEqualsIgnoreCase": {ID: "AB"}},
            ("like `a*` and `AB`",),
            ("anything else", "like `a*`", "`AB`", "absent"),
            id="two tests of one key",
        ),
    ],
)
def test_what_hangs_on_a_key_is_said_in_words(
    condition: dict[str, Any], allows: tuple[str, ...], denies: tuple[str, ...]
) -> None:
    keys = tuple(key for block in condition.values() for key in block)
    decision = decide(case(trust=[trusts({"AWS": HOME}, Condition=condition)], unknown=keys))
    assert [tuple(map(alternative_words, (doubt.allows, doubt.denies))) for doubt in decision.doubts] == [
        (allows, denies)
    ]


def test_what_hangs_on_a_key_of_few_states_is_one_of_them() -> None:
    trust = [trusts({"AWS": HOME}, Condition={"Null": {"aws:MultiFactorAuthPresent": "true"}})]
    doubts = decide(case(ROLE, trust=trust)).doubts
    assert [(doubt.allows, doubt.denies) for doubt in doubts] == [((Alternative(()),), (Alternative(("false",)),))]


def test_a_key_in_a_not_principal_that_a_boundary_makes_apply_is_a_doubt() -> None:
    spares = {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, HOME]}, "Action": "*"}
    trust = [trusts({"AWS": HOME}), spares | {"Condition": {"StringEquals": {ID: "x"}}}]
    assert decide(case(trust=trust, unknown=(ID,))).verdict is YES
    bounded = decide(case(trust=trust, boundary=[STS], unknown=(ID,)))
    assert bounded.verdict is UNKNOWN
    hits = Alternative(((Fit("StringEquals", "x"),),))
    assert [(doubt.about, doubt.matters, doubt.denies) for doubt in bounded.doubts] == [
        (ConditionKey(ID), YES, (hits,))
    ]


@pytest.mark.parametrize(
    ("key", "operator", "wanted"),
    [
        pytest.param(TIME, "DateEquals", "1970-01-01T00:30:00Z", id="seconds that look like a year"),
        pytest.param(TIME, "DateLessThan", "9999-12-31T23:59:59Z", id="the last second there is"),
        pytest.param(AGE, "NumericLessThan", "0.00001", id="less than a hundred thousandth"),
        pytest.param(AGE, "NumericGreaterThan", "1" + "0" * 40, id="more than anybody counts"),
    ],
)
def test_a_value_far_off_is_tried_like_any_other(key: str, operator: str, wanted: str) -> None:
    assert verdict(case(trust=[trusts("*", Condition={operator: {key: wanted}})], unknown=(key,))) is UNKNOWN


def test_between_two_neighbours_there_is_always_a_value() -> None:
    low, high = "0." + "0" * 50 + "1", "0." + "0" * 50 + "2"
    between = {"NumericGreaterThan": {AGE: low}, "NumericLessThan": {AGE: high}}
    assert verdict(case(trust=[trusts("*", Condition=between)], unknown=(AGE,))) is UNKNOWN


NAMES = "aws:PrincipalServiceNamesList"


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        pytest.param("ForAnyValue:StringEquals", SERVICE, YES, id="the name it calls under is one of them"),
        pytest.param("ForAllValues:StringEquals", "ecs.amazonaws.com", NO, id="so they are not all another one"),
        pytest.param("ForAllValues:StringEquals", SERVICE, UNKNOWN, id="whether there are others is not known"),
        pytest.param("ForAnyValue:StringEquals", "ecs.amazonaws.com", UNKNOWN, id="nor what they are"),
    ],
)
def test_a_service_has_at_least_the_name_it_calls_under(operator: str, wanted: str, expected: Tri) -> None:
    trust = [trusts({"Service": SERVICE}, Condition={operator: {NAMES: wanted}})]
    assert verdict(case(SERVICE, trust=trust)) is expected


def test_a_tag_that_nobody_read_may_be_empty() -> None:
    tag = "aws:PrincipalTag/team"
    trust = [trusts("*", Condition={"StringEquals": {tag: ""}})]
    (doubt,) = decide(case(trust=trust, unknown=(tag,))).doubts
    assert (doubt.matters, doubt.allows) == (YES, (Alternative(("",)),))
    assert doubt.denies == (Alternative(((),)), Alternative(()))


def test_the_address_just_below_a_network_is_tried() -> None:
    upper_half = trusts("*", Condition={"IpAddress": {ADDRESS: ["128.0.0.0/1", "::/0"]}})
    assert verdict(case(trust=[upper_half])) is UNKNOWN


HANDED_ON: dict[str, Any] = {"session_tags": Known({"x": "shop", "y": "shop2"}), "transitive": Known(("x",))}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param({"StringEquals": {"aws:RequestTag/x": "shop2"}}, NO, id="neither the value nor its absence fits"),
        pytest.param({"StringEquals": {"aws:RequestTag/x": "shop"}}, UNKNOWN, id="the value fits"),
        pytest.param({"StringNotEquals": {"aws:RequestTag/x": "shop2"}}, YES, id="both differ"),
        pytest.param({"StringNotEquals": {"aws:RequestTag/x": "shop"}}, UNKNOWN, id="its absence differs"),
        pytest.param({"StringEqualsIfExists": {"aws:RequestTag/x": "shop2"}}, UNKNOWN, id="its absence is enough"),
        pytest.param({"ForAnyValue:StringEquals": {"aws:TagKeys": "y"}}, NO, id="a tag that is not handed on"),
        pytest.param({"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}}, UNKNOWN, id="the tag that is handed on"),
        pytest.param({"ForAllValues:StringEquals": {"aws:TagKeys": ["x", "y"]}}, YES, id="one of it at most"),
        pytest.param({"Null": {"sts:TransitiveTagKeys": "true"}}, UNKNOWN, id="whether there is any"),
        pytest.param({"StringEquals": {"aws:PrincipalTag/y": "${aws:RequestTag/x}"}}, NO, id="a variable that differs"),
        pytest.param({"StringEquals": {"aws:PrincipalTag/x": "${aws:RequestTag/x}"}}, UNKNOWN, id="one that may not"),
        pytest.param(
            {"StringNotEquals": {"aws:PrincipalTag/y": "${aws:RequestTag/x}"}}, YES, id="a variable that always differs"
        ),
    ],
)
def test_what_is_unknown_of_a_tag_that_is_handed_on_is_no_more_than_its_presence(
    condition: dict[str, Any], expected: Tri
) -> None:
    one = case(ROLE, trust=[trusts({"AWS": HOME}, Condition=condition)], **HANDED_ON)
    assert decide(one).verdict is verdict(one) is expected
