"""What AWS said, and who called, comes in the order of causes before what the policies say."""

from pathlib import Path
from typing import Any

import pytest
from tests.causes.given import BUILDER, DENY, ID, MFA, allow, identity, told, trust

UNREAD: Any = {"evidence": "unread"}
REFUSED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    "User: arn:aws:iam::111111111111:user/builder is not authorized "
    "to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Deploy"
)
FEDERATED = (
    "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: "
    "No OpenIDConnect provider found in your account for https://example.com"
)
LISTING = (
    "An error occurred (AccessDenied) when calling the ListBuckets operation: User: "
    "arn:aws:iam::111111111111:user/builder is not authorized to perform: s3:ListAllMyBuckets"
)
OTHERS_KEYS = {"outcome": "not_made", "caller": "arn:aws:iam::111111111111:user/other"}
MAY_DENY = DENY | {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
ELSEWHERE = {"role_arn": "arn:aws:iam::123456789012:role/Deploy"}


@pytest.mark.parametrize(
    ("change", "texts", "order"),
    [
        pytest.param(
            {"message": "An error occurred (AccessDenied) when calling the AssumeRole operation: Access denied"}
            | {"probe": OTHERS_KEYS}
            | identity(),
            {
                "a_answer": "when: [{answer: {}}]",
                "b_attempt": "when: [{attempt: {}}]",
                "c_policy": "when: [{layer: {}}]",
            },
            ["b-attempt", "a-answer", "c-policy"],
            id="whose credentials are at hand before what AWS said of the call",
        ),
        pytest.param(
            {"message": "it failed", "request": ELSEWHERE}
            | {"snapshot": {"destination": {"role": UNREAD, "trust_policy": UNREAD}}},
            {"a_answer": "when: [{answer: {}}]", "b_account": "when: [{account: {}}]"},
            ["b-account", "a-answer"],
            id="which account is meant before what AWS said",
        ),
        pytest.param(
            {"message": f"{REFUSED}\n{FEDERATED}"} | identity(),
            {"a_policy": "when: [{layer: {}}]", "b_aside": "when: [{aside: {}}]"},
            ["b-aside", "a-policy"],
            id="another error, of a call with a token, before a policy",
        ),
        pytest.param(
            {"message": f"{REFUSED}\n{LISTING}"} | identity(),
            {"a_aside": "when: [{aside: {}}]", "b_policy": "when: [{layer: {}}]"},
            ["b-policy", "a-aside"],
            id="another error of any other call after the policies",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=MFA | ID), MAY_DENY) | {"request": {"unknown": ["aws:SourceIp"]}},
            {
                "a_deny": "when: [{condition: {effect: deny, holds: true}}]",
                "b_mfa": "when: [{condition: {effect: allow, key: aws:MultiFactorAuthPresent}}]",
            },
            ["b-mfa", "a-deny"],
            id="a Deny that may apply goes first only where AWS speaks of one",
        ),
    ],
)
def test_what_aws_said_has_its_place(tmp_path: Path, change: Any, texts: dict[str, str], order: list[str]) -> None:
    assert [cause.finding.rule for cause in told(tmp_path, "cross-account", change, **texts)] == order
