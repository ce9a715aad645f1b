"""What is remembered of comparisons is only what is the same for everybody: one after the other, callers differ."""

import pytest
from tests.cases import allow, case, trust

from diagnose.evaluate.decision import decide
from diagnose.evaluate.memo import coming_again
from diagnose.model.case import Case
from diagnose.model.key_state import Fit
from diagnose.model.trace import Element, ElementTrace, Layer, Reason

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
KEY = "aws:PrincipalTag/team"


def compared(one: Case) -> list[ElementTrace]:
    return [
        element
        for layer in decide(one).actions[0].layers
        if layer.layer is Layer.TRUST
        for level in layer.levels
        for statement in level.statements
        for element in statement.elements
        if element.element is Element.CONDITION
    ]


def test_why_a_key_is_absent_is_told_by_who_calls() -> None:
    named = {"StringEquals": {"aws:username": "ci"}}
    policy = trust(allow("*", Condition=named), allow("*", WEB_IDENTITY, Condition=named))
    with coming_again():
        reasons = [
            {element.reason for element in compared(case(world, trust_policy=policy))}
            for world in ("cross-account", "cross-account-role", "github", "cross-account-role", "cross-account")
        ]
    of_user, of_role, of_token = {Reason.VALUE_DIFFERS}, {Reason.KEY_NOT_FOR_CALLER}, {Reason.KEY_NEVER_SENT}
    assert reasons == [of_user, of_role, of_token, of_role, of_user]


def test_the_same_comparison_is_made_once() -> None:
    policy = trust(allow("*", Condition={"StringEquals": {"aws:PrincipalAccount": "333333333333"}}))
    with coming_again():
        first, again = (compared(case("cross-account", trust_policy=policy)) for _ in range(2))
    assert first[0] is again[0]


@pytest.mark.parametrize("source", ["builder", "somebody"])
def test_a_variable_is_compared_with_the_value_of_whoever_calls(source: str) -> None:
    other = "builder" if source == "somebody" else "somebody"
    policy = trust(allow("*", Condition={"StringLike": {KEY: "${aws:username}-*"}}))
    with coming_again():
        for name in (other, source):
            arn = f"arn:aws:iam::111111111111:user/{name}"
            of_caller = {"arn": arn, "principal": {"value": {"arn": arn}}}
            asked = case("cross-account", request={"unknown": [KEY]}, trust_policy=policy, **of_caller)
            (doubt,) = decide(asked).doubts
            assert doubt.allows[0].values == ((Fit("StringLike", f"{name}-*"),),)
            assert compared(asked)[0].wanted == (f"{name}-*",)
