"""Trusting a token: a statement for its provider, its audience and its subject, and for nobody else's."""

import json
from typing import Any

import pytest
from tests import cases

from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof, Remedy
from diagnose.pipeline import diagnose

HOST = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::222222222222:oidc-provider/{HOST}"
TOKEN = {f"{HOST}:aud": "sts.amazonaws.com", f"{HOST}:sub": "repo:octo/app:ref:refs/heads/main"}


def trusting(statement: cases.Json, *changes: cases.Json, world: str = "github") -> Case:
    return cases.case(world, {"snapshot": {"destination": {"trust_policy": {"value": {"document": {
        "Statement": {"0": statement}}}}}}}, *changes)  # fmt: skip


def remedy(case: Case, kind: str) -> Remedy | None:
    of_all = (one for finding in diagnose(case, load_rules(())).findings for one in finding.remedies)
    return next((one for one in of_all if one.kind == kind), None)


def refused(case: Case) -> set[NotProved]:
    of_all = (one for finding in diagnose(case, load_rules(())).findings for one in finding.refused)
    return {one.reason for one in of_all if one.kind == "name-principal-in-trust"}


def added(found: Remedy | None) -> dict[str, Any]:
    assert found is not None
    assert found.proof is Proof.ALLOWED
    statements = json.loads(found.document)["Statement"]
    statement: dict[str, Any] = statements[-1]
    return statement


ELSEWHERE = {"Principal": {"Federated": "arn:aws:iam::222222222222:oidc-provider/oidc.example.com"}}


def test_a_trust_policy_for_another_provider_gets_a_statement_for_this_token_alone() -> None:
    statement = added(remedy(trusting(ELSEWHERE), "name-principal-in-trust"))
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Condition"] == {"StringEquals": TOKEN}


def test_what_the_policy_asks_of_others_it_asks_of_this_token() -> None:
    network = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    known = {"request": {"context": {"aws:SourceIp": ["203.0.113.7"], "aws:RequestedRegion": ["eu-west-1"]}}}
    statement = added(remedy(trusting({**ELSEWHERE, "Condition": network}, known), "name-principal-in-trust"))
    assert statement["Condition"]["IpAddress"] == network["IpAddress"]
    assert statement["Condition"]["StringEquals"] == {"aws:RequestedRegion": "eu-west-1", **TOKEN}


@pytest.mark.parametrize("claim", ["aud", "sub"])
def test_a_token_of_which_too_little_is_known_is_not_trusted(claim: str) -> None:
    unknown = {"snapshot": {"source": {"identity": {"complete": False, "claims": {claim: None}}}}}
    case = trusting(ELSEWHERE, unknown)
    assert remedy(case, "name-principal-in-trust") is None
    assert refused(case) == {NotProved.CALLER_NOT_NAMEABLE}


def test_an_assertion_is_not_trusted_by_its_subject() -> None:
    other = {"Principal": {"Federated": "arn:aws:iam::222222222222:saml-provider/Other"}}
    case = trusting(other, world="saml")
    assert remedy(case, "name-principal-in-trust") is None
    assert refused(case) == {NotProved.CALLER_NOT_NAMEABLE}
