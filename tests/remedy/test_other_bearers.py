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


JOB = "organization:octo:pipeline:app:ref:refs/heads/main:commit:{commit}:step:go"
STEP = "{{11111111-2222-3333-4444-555555555555}}:{{{step}}}"


@pytest.mark.parametrize(
    ("subject", "pattern", "expected"),
    [
        pytest.param(JOB.format(commit="0a" * 20), JOB.format(commit="*"), YES, id="other commits of the same job"),
        pytest.param(JOB.format(commit="0a" * 20), "organization:octo:pipeline:app:*", NO, id="all of a pipeline"),
        pytest.param(STEP.format(step="0a1b2c3d" * 4 + "0123"), STEP.format(step="*"), YES, id="other runs of a step"),
        pytest.param(STEP.format(step="0a1b2c3d" * 4 + "0123"), "{1*}:{*}", NO, id="other repositories"),
        pytest.param(
            "repo:octo/app:ref:refs/heads/main", "repo:octo/app:*", NO, id="a subject without anything of a run"
        ),
    ],
)
def test_another_run_of_the_same_workload_is_no_stranger(subject: str, pattern: str, expected: Tri) -> None:
    claims = {"snapshot": {"source": {"identity": {"claims": {"sub": subject}}}}}
    admits = {"Condition": {"StringLike": {SUB: pattern}, "StringEquals": {SUB: None}}}
    before = cases.case(
        "github", claims, trust_policy={"value": {"document": {"Statement": {"0": {"Condition": WRONG}}}}}
    )
    after = cases.case("github", claims, trust_policy={"value": {"document": {"Statement": {"0": admits}}}})
    assert (verdict(before), verdict(after)) == (NO, YES)
    assert admits_nobody_else(before, after, Layer.TRUST, Bounds(before)) is expected


@pytest.mark.parametrize(
    ("accounts", "expected"), [pytest.param("222222222222", YES, id="its own"), pytest.param("*", NO, id="every one")]
)
def test_a_service_that_acts_for_another_account_is_a_stranger(accounts: str, expected: Tri) -> None:
    context = {"request": {"context": {"aws:SourceAccount": ["222222222222"]}}}

    def asking(operator: str, value: str) -> Case:
        condition = {"Condition": {operator: {"aws:SourceAccount": value}}}
        return cases.case("service", context, trust_policy={"value": {"document": {"Statement": {"0": condition}}}})

    before, after = asking("StringEquals", "*"), asking("StringLike", accounts)
    assert (verdict(before), verdict(after)) == (NO, YES)
    assert admits_nobody_else(before, after, Layer.TRUST, Bounds(before)) is expected
