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
from diagnose.model.case import GLOBAL_REGION
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


def test_what_botocore_is_told_of_a_profile_it_is_told_of_an_issued_session(administrator: Credentials) -> None:
    issued = administrator.of_session(ISSUED, "account 222222222222", Patience(5))
    cores: list[Any] = [each._session._session for each in (administrator, issued)]
    assert [core.get_config_variable("user_agent_appid") for core in cores] == ["xdiag", "xdiag"]
    # The descriptions of the services are read once for all.
    assert len({id(core.get_component("data_loader")) for core in cores}) == 1


@pytest.mark.parametrize(
    ("region", "endpoint_url", "expected"),
    [
        pytest.param("eu-west-3", None, "eu-west-3", id="a Region"),
        pytest.param("eu-west-3", "https://sts.example.com", "eu-west-3", id="a Region of an endpoint"),
        pytest.param(None, "https://sts.example.com", "us-east-1", id="an endpoint, which has none"),
        pytest.param(None, None, GLOBAL_REGION, id="neither"),
    ],
)
def test_without_a_region_an_endpoint_takes_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: str | None, endpoint_url: str | None, expected: str
) -> None:
    scrub(tmp_path, monkeypatch).write_text(f"[profile org]\n{KEY}")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert open_credentials("org", region, endpoint_url).region == expected
