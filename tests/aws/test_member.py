"""The role of a member account is assumed for reading and no more, and what it gives is used as a profile's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.aws.accounts import scrub
from tests.aws.answers import refuse

from diagnose.aws.calls import Refusal
from diagnose.aws.member import member_credentials
from diagnose.aws.patience import Patience
from diagnose.aws.session import Credentials, open_credentials
from diagnose.model.evidence import Gap

ROLE = "arn:aws:iam::222222222222:role/Reader"
KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"
ISSUED: dict[str, Any] = {
    "AccessKeyId": "ASIAI44QH8DHBEXAMPLE",
    "SecretAccessKey": "je7MtGbClwBF",
    "SessionToken": "a-token",
    "Expiration": "2026-03-02T10:30:00Z",
}


@pytest.fixture
def administrator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Credentials:
    config = scrub(tmp_path, monkeypatch)
    config.write_text(f"[profile org]\nregion = eu-west-3\nmax_attempts = 2\n{KEY}")
    return open_credentials("org", None, "https://sts.example.com")


def test_the_session_may_do_no_more_than_read_and_is_used_as_the_profile_is(administrator: Credentials) -> None:
    policy = {"Effect": "Allow", "Action": ["iam:GetRole", "iam:ListRoles"], "Resource": "*"}
    sent = {
        "RoleArn": ROLE,
        "RoleSessionName": "xdiag",
        "DurationSeconds": 3600,
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": policy}),
    }
    user = {"AssumedRoleId": "AROAEXAMPLE:xdiag", "Arn": "arn:aws:sts::222222222222:assumed-role/Reader/xdiag"}
    patience = Patience(7)
    with Stubber(administrator.client("sts")) as stub:
        stub.add_response("assume_role", {"Credentials": ISSUED, "AssumedRoleUser": user}, sent)
        member = member_credentials(administrator, ROLE, ["iam:GetRole", "iam:ListRoles"], patience)
        stub.assert_no_pending_responses()
    assert isinstance(member, Credentials)
    assert (member.label, member.region, member.attempts) == (f"role {ROLE}", "eu-west-3", 2)
    assert member.patience is patience
    assert member.provenance()[1] is True
    client = member.client("iam")
    signed = client._request_signer._credentials.get_frozen_credentials()
    assert tuple(signed)[:3] == (ISSUED["AccessKeyId"], ISSUED["SecretAccessKey"], ISSUED["SessionToken"])
    assert client.meta.endpoint_url == "https://sts.example.com"


def test_what_aws_refuses_is_no_credentials(administrator: Credentials) -> None:
    refuse(administrator.client("sts"), "AssumeRole", "AccessDenied")
    refusal = member_credentials(administrator, ROLE, ["iam:GetRole"], Patience(7))
    assert isinstance(refusal, Refusal)
    assert (refusal.gap, refusal.code, refusal.answered) == (Gap.ACCESS_DENIED, "AccessDenied", True)
