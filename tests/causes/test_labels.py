"""What stands below a place that a finding points at: what was compared with what, in a few words."""

import pytest
from tests.causes.given import case

from diagnose.causes.findings import comparison
from diagnose.causes.nearness import distance_of
from diagnose.causes.sentences import fill
from diagnose.model.key_state import KeyState
from diagnose.model.trace import Effect, Element, ElementTrace, Layer, Reason
from diagnose.model.tri import NO, UNKNOWN, YES

ALLOW, DENY = Effect.ALLOW, Effect.DENY
ROLE = "arn:aws:iam::111111111111:role/"
LONG, LONGER = "x" * 30, "x" * 31


@pytest.mark.parametrize(
    ("element", "effect", "negated", "wanted", "label"),
    [
        (Element.PRINCIPAL, ALLOW, False, ("a",), "this expects a; the caller is b"),
        (Element.PRINCIPAL, ALLOW, True, ("a",), "this excludes a; the caller is b"),
        (Element.PRINCIPAL, DENY, False, ("a",), "this denies a; the caller is b"),
        (Element.PRINCIPAL, DENY, True, ("a",), "this denies all but a; the caller is b"),
        (Element.RESOURCE, ALLOW, False, ("a",), "this expects a; the role is b"),
        (Element.RESOURCE, DENY, True, ("a",), "this denies all but a; the role is b"),
        (Element.ACTION, ALLOW, False, ("a",), "this expects a; the request needs b"),
        (Element.ACTION, ALLOW, True, ("a",), "this excludes a; the request needs b"),
        (Element.PRINCIPAL, ALLOW, False, (LONG,), f"this expects {LONG}; the caller is b"),
        (Element.PRINCIPAL, ALLOW, False, (LONGER,), "the caller is b"),
        (Element.RESOURCE, ALLOW, False, (LONGER,), "the role is b"),
        (Element.ACTION, ALLOW, False, (LONGER,), f"this expects {LONGER}; the request needs b"),
        (Element.PRINCIPAL, DENY, False, (LONGER,), f"this denies {LONGER}; the caller is b"),
        (Element.PRINCIPAL, ALLOW, True, (LONGER,), f"this excludes {LONGER}; the caller is b"),
        (Element.PRINCIPAL, ALLOW, False, (LONGER, "a"), f"this expects {LONGER}, a; the caller is b"),
    ],
)
def test_an_element_is_told_by_what_it_does_with_whom(
    element: Element, effect: Effect, negated: bool, wanted: tuple[str, ...], label: str
) -> None:
    trace = ElementTrace(element, NO, Reason.OTHER_NAME, "", wanted=wanted, got="b", negated=negated)
    assert comparison(trace, effect) == label


@pytest.mark.parametrize(
    ("key", "operator", "effect", "negated", "label"),
    [
        ("aws:username", "StringEquals", ALLOW, False, "this expects StringEquals a; the caller has b"),
        ("aws:username", "StringEquals", DENY, False, "this denies if StringEquals a; the caller has b"),
        ("aws:username", "StringNotEquals", ALLOW, True, "this expects any value but a; the caller has b"),
        (
            "aws:username",
            "StringNotEquals",
            DENY,
            True,
            "this denies every call unless the value is a; the caller has b",
        ),
        (
            "aws:TagKeys",
            "ForAllValues:StringNotEquals",
            ALLOW,
            True,
            "this expects ForAllValues:StringNotEquals a; the request carries b",
        ),
        ("aws:PrincipalTag/team", "StringLike", ALLOW, False, "this expects StringLike a; the caller has b"),
        ("aws:PrincipalOrgID", "StringLike", ALLOW, False, "this expects StringLike a; the caller has b"),
        ("aws:ResourceTag/team", "StringLike", ALLOW, False, "this expects StringLike a; the role has b"),
        ("aws:ResourceAccount", "StringLike", ALLOW, False, "this expects StringLike a; the role has b"),
        ("sts:ExternalId", "StringLike", ALLOW, False, "this expects StringLike a; the request carries b"),
    ],
)
def test_a_condition_is_told_by_its_operator_and_by_whose_value_it_sees(
    key: str, operator: str, effect: Effect, negated: bool, label: str
) -> None:
    trace = _condition(key, operator, negated=negated)
    assert comparison(trace, effect) == label


@pytest.mark.parametrize(
    ("reason", "wanted", "said"),
    [
        pytest.param(Reason.SPACE_DIFFERS, (" b",), True, id="a space in front"),
        pytest.param(Reason.SPACE_DIFFERS, ("a", "b\n"), True, id="a line end, in one of two"),
        pytest.param(Reason.SPACE_DIFFERS, ("a ",), False, id="a space behind another value"),
        pytest.param(Reason.CASE_DIFFERS, ("B",), False, id="capitalization"),
    ],
)
def test_it_is_said_that_only_white_space_differs_which_hardly_shows(
    reason: Reason, wanted: tuple[str, ...], said: bool
) -> None:
    for element in (Element.PRINCIPAL, Element.CONDITION):
        label = comparison(ElementTrace(element, NO, reason, "", wanted=wanted, got="b"), ALLOW)
        assert label.endswith("b; only white space differs" if said else " b")


def test_what_is_not_known_of_a_key_is_told_as_that() -> None:
    for key, told in (
        ("aws:username", "what the caller has is not known"),
        ("sts:ExternalId", "what the request carries is not known"),
    ):
        unknown = ElementTrace(
            Element.CONDITION, UNKNOWN, Reason.NOT_TOLD, "", ("a",), KeyState(None), key, "StringEquals"
        )
        assert comparison(unknown, ALLOW) == f"this expects StringEquals a; {told}"


def test_a_long_value_of_a_condition_is_not_repeated() -> None:
    trace = _condition("sts:ExternalId", "StringEquals", wanted=LONGER)
    assert comparison(trace, ALLOW) == "this is compared by StringEquals; the request carries b"
    assert comparison(trace, DENY) == f"this denies if StringEquals {LONGER}; the request carries b"


@pytest.mark.parametrize(
    ("wanted", "got", "label"),
    [
        (f"{ROLE}App", f"{ROLE}Web", "this excludes role/App; the caller is role/Web"),
        (f"{ROLE}App", "b", f"this excludes {ROLE}App; the caller is b"),
        ("a:b", "a:c", "this excludes a:b; the caller is a:c"),
        ("", "b", "this excludes nothing; the caller is b"),
        ("a", "", "this excludes a; the caller is nothing"),
    ],
)
def test_of_two_arns_the_difference_is_told(wanted: str, got: str, label: str) -> None:
    trace = ElementTrace(Element.PRINCIPAL, NO, Reason.OTHER_NAME, "", wanted=(wanted,), got=got, negated=True)
    assert comparison(trace, ALLOW) == label


@pytest.mark.parametrize(
    ("layer", "scope"),
    [
        (
            Layer.RCP,
            "A resource control policy applies to all resources of the role's account, whoever calls, and the "
            "account's own administrators cannot override it.",
        ),
        (
            Layer.SCP,
            "A service control policy applies to everyone in the caller's account, and the account's own "
            "administrators cannot override it.",
        ),
        (
            Layer.ENDPOINT,
            "The policy of a VPC endpoint applies to every request that goes through the endpoint, and to no other.",
        ),
        (Layer.TRUST, "A role's trust policy must allow the caller, whatever other policies allow."),
        (
            Layer.IDENTITY,
            "A caller from another account, and one that the trust policy trusts only through its account, also needs "
            "the permission in its own policies.",
        ),
        (
            Layer.BOUNDARY,
            "A permissions boundary grants nothing, but what it does not allow is denied, whatever the caller's "
            "policies say.",
        ),
        (
            Layer.SESSION,
            "A session may do only what both the role's policies and the session policy allow. The session policy of "
            "a live session cannot be changed: start a new session with a wider policy or without one.",
        ),
    ],
)
def test_a_layer_is_told_by_whom_it_reaches(layer: Layer, scope: str) -> None:
    assert fill("{scope}", (), (), case("cross-account"), layer) == scope


UNLIKE = "not_listed other_service services_only federated_only signers_only never_a_principal not_an_arn"
OTHER = (
    "other_partition other_account other_type other_name other_id other_service_principal other_provider "
    "federation_only assume_role_only other_federation companion_only"
)


@pytest.mark.parametrize("reason", Reason)
def test_what_is_meant_for_something_else_is_farther_than_another_of_its_kind(reason: Reason) -> None:
    far = 8 if reason in UNLIKE.split() else 4 if reason in OTHER.split() else 2
    traces = [ElementTrace(Element.PRINCIPAL, verdict, reason, "") for verdict in (NO, UNKNOWN, YES)]
    assert [distance_of([trace] * 2) for trace in traces] == [2 * far, far, 0]
    assert distance_of([_condition("aws:username", "StringEquals")]) == 1


def _condition(key: str, operator: str, *, negated: bool = False, wanted: str = "a") -> ElementTrace:
    carried = KeyState((("b",),))
    return ElementTrace(Element.CONDITION, NO, Reason.VALUE_DIFFERS, "", (wanted,), carried, key, operator, negated)
