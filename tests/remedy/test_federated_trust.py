"""Trusting a token: a statement for its provider, its audience and its subject, and for nobody else's."""

import json
from typing import Any

import pytest
from tests import cases

from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof, Remedy, Verdict
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
    return {one.reason for one in of_all if one.kind == "name-provider-in-trust"}


def added(found: Remedy | None) -> dict[str, Any]:
    assert found is not None
    assert found.proof is Proof.ALLOWED
    statements = json.loads(found.document)["Statement"]
    statement: dict[str, Any] = statements[-1]
    return statement


ELSEWHERE = {"Principal": {"Federated": "arn:aws:iam::222222222222:oidc-provider/oidc.example.com"}}


def test_a_trust_policy_for_another_provider_gets_a_statement_for_this_token_alone() -> None:
    statement = added(remedy(trusting(ELSEWHERE), "name-provider-in-trust"))
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Condition"] == {"StringEquals": TOKEN}


def test_what_the_policy_asks_of_others_it_asks_of_this_token() -> None:
    network = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    known = {"request": {"context": {"aws:SourceIp": ["203.0.113.7"], "aws:RequestedRegion": ["eu-west-1"]}}}
    statement = added(remedy(trusting({**ELSEWHERE, "Condition": network}, known), "name-provider-in-trust"))
    assert statement["Condition"]["IpAddress"] == network["IpAddress"]
    assert statement["Condition"]["StringEquals"] == {"aws:RequestedRegion": "eu-west-1", **TOKEN}


def test_a_token_whose_subject_is_not_known_is_not_trusted() -> None:
    unknown = {"snapshot": {"source": {"identity": {"complete": False, "claims": {"sub": None}}}}}
    case = trusting(ELSEWHERE, unknown)
    assert remedy(case, "name-provider-in-trust") is None
    assert refused(case) == {NotProved.CALLER_NOT_NAMEABLE}


def test_an_assertion_is_trusted_by_its_subject_alone() -> None:
    other = {"Principal": {"Federated": "arn:aws:iam::222222222222:saml-provider/Other"}}
    found = remedy(trusting(other, world="saml"), "name-provider-in-trust")
    statement = added(found)
    assert found is not None
    assert "without `SAML:sub`, everybody to whom that identity provider gives the role can assume it" in found.text
    assert statement["Principal"] == {"Federated": "arn:aws:iam::222222222222:saml-provider/IdP"}
    assert statement["Condition"]["StringEquals"]["SAML:sub"] == "mara@example.com"


EKS = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
ACCOUNT = "system:serviceaccount:shop:cart"
BARE = {f"{EKS}:sub": None, f"{EKS}:aud": None}
UNKNOWN_TOKEN = {"snapshot": {"source": {"identity": None}}}


def test_a_key_without_its_claim_gets_the_one_whose_form_the_value_has_though_no_token_is_known() -> None:
    case = trusting({"Condition": {"StringEquals": {**BARE, EKS: ACCOUNT}}}, UNKNOWN_TOKEN, world="eks")
    found = remedy(case, "correct-claim-key")
    assert found is not None
    assert found.proof is Proof.CLEARS
    assert json.loads(found.document)["Statement"][0]["Condition"] == {"StringEquals": {f"{EKS}:sub": ACCOUNT}}


def test_a_subject_under_the_audience_is_moved_unproved_where_no_token_is_known() -> None:
    condition = {"StringEquals": {f"{EKS}:aud": ACCOUNT, f"{EKS}:sub": None}}
    case = trusting({"Condition": condition}, UNKNOWN_TOKEN, world="eks")
    found = remedy(case, "correct-claim-key")
    assert found is not None
    assert found.proof is Proof.NOT_TRIED
    assert json.loads(found.document)["Statement"][0]["Condition"] == {"StringEquals": {f"{EKS}:sub": ACCOUNT}}


def test_a_value_of_no_known_form_is_not_moved_where_no_token_is_known() -> None:
    case = trusting({"Condition": {"StringEquals": {**BARE, EKS: "anything"}}}, UNKNOWN_TOKEN, world="eks")
    assert remedy(case, "correct-claim-key") is None


def test_a_misspelt_provider_is_corrected_in_the_keys_as_well() -> None:
    swapped = EKS.replace("oidc.eks.eu-west-1.", "oidc.eu-west-1.eks.")
    principal = {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{swapped}"}
    wrong = {**BARE, f"{swapped}:sub": ACCOUNT, f"{swapped}:aud": "sts.amazonaws.com"}
    found = remedy(
        trusting({"Principal": principal, "Condition": {"StringEquals": wrong}}, world="eks"), "name-provider-in-trust"
    )
    assert found is not None
    assert found.proof is Proof.ALLOWED
    (statement,) = json.loads(found.document)["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{EKS}"}
    assert statement["Condition"] == {"StringEquals": {f"{EKS}:sub": ACCOUNT, f"{EKS}:aud": "sts.amazonaws.com"}}


def perimeter(
    actions: cases.Json, key: str = "aws:PrincipalOrgID", world: str = "saml", **elements: cases.Json
) -> Case:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*", **elements}
    deny.setdefault("Condition", {"StringNotEqualsIfExists": {key: "o-a1b2c3d4e5"}})
    policies = [
        {"name": name, "kind": "rcp", "document": {"Version": "2012-10-17", "Statement": [statement]}}
        for name, statement in (("RCPFullAWSAccess", everything), ("Perimeter", deny))
    ]
    levels = {"value": [{"target": "r-ab12", "policies": {"policies": policies}}]}
    known = {"value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}}
    return cases.case(world, {"snapshot": {"destination": {"organization": known, "rcps": levels}}})


SIGN_IN = "sts:AssumeRoleWithSAML"


def test_a_sign_in_is_taken_out_of_a_deny_whose_condition_spares_nobody() -> None:
    found = remedy(perimeter(["sts:AssumeRole", SIGN_IN, "sts:AssumeRoleWithWebIdentity"]), "exempt-from-deny")
    assert added(found)["Action"] == ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]
    assert found is not None
    assert "no such call carries `aws:PrincipalOrgID`" in found.text
    assert "every such sign-in is then left to the trust policies" in found.text


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(perimeter(SIGN_IN), id="nothing else is denied, so that nothing would be left"),
        pytest.param(perimeter(["sts:*", "s3:*"]), id="a pattern that covers it"),
        pytest.param(
            perimeter(
                ["sts:AssumeRole", SIGN_IN],
                Condition={"StringNotEqualsIfExists": {"SAML:sub": "somebody@example.com"}},
            ),
            id="a condition that another sign-in may meet",
        ),
    ],
)
def test_a_deny_that_may_be_meant_for_sign_ins_is_left_alone(case: Case) -> None:
    assert diagnose(case, load_rules(())).verdict is Verdict.DENIED
    assert remedy(case, "exempt-from-deny") is None
