"""Strangers to a trust policy that names an identity provider: bearers of other tokens of the same issuer."""

import pytest
from tests import cases

from diagnose.evaluate.decision import verdict
from diagnose.model.case import Case
from diagnose.model.federation import WebIdentity
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, YES, Tri
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.other_bearers import other_bearers
from diagnose.remedy.outsiders import admits_nobody_else

SUB = "token.actions.githubusercontent.com:sub"
WRONG = {"StringEquals": {SUB: "repo:octo/app:ref:refs/heads/old"}}


def trusting(condition: cases.Json) -> Case:
    statement = {"0": {"Condition": condition}}
    return cases.case("github", trust_policy={"value": {"document": {"Statement": statement}}})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param({SUB: "repo:octo/app:ref:refs/heads/main"}, YES, id="exactly this subject"),
        pytest.param({SUB: "repo:octo/app:*"}, NO, id="every branch"),
        pytest.param({SUB: "repo:octo/*:ref:refs/heads/main"}, NO, id="every repository"),
        pytest.param({SUB: "repo:*/app:ref:refs/heads/main"}, NO, id="every organization"),
        pytest.param({SUB: "repo:octo/app*:ref:refs/heads/main"}, NO, id="repositories whose names go on"),
    ],
)
def test_an_edit_that_takes_in_other_subjects_admits_others(condition: cases.Json, expected: Tri) -> None:
    before, after = trusting(WRONG), trusting({"StringLike": condition, "StringEquals": {SUB: None}})
    assert (verdict(before), verdict(after)) == (NO, YES)
    assert admits_nobody_else(before, after, Layer.TRUST, Bounds(before)) is expected


def test_whoever_signs_is_a_stranger_to_a_token() -> None:
    before = cases.case("github")
    after = cases.case("github", {"snapshot": {"destination": {"trust_policy": {"value": {"document": {"Statement": {
        "1": cases.allow("*")}}}}}}})  # fmt: skip
    assert admits_nobody_else(before, after, Layer.TRUST, Bounds(before)) is NO


def test_every_other_bearer_has_another_subject_and_the_same_audience() -> None:
    source = cases.case("github").snapshot.source
    assert isinstance(source.identity, WebIdentity)
    others = [other.identity for other in other_bearers(source)]
    assert len(others) > 10
    for other in others:
        assert isinstance(other, WebIdentity)
        assert other.claims["sub"] != source.identity.claims["sub"]
        assert (other.claims["aud"], other.claims["iss"]) == (
            source.identity.claims["aud"],
            source.identity.claims["iss"],
        )
