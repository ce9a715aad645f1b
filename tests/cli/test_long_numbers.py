"""Numbers that strangers write: none is too long to be read or refused."""

import json
from pathlib import Path

import pytest
from tests.cli.program import Program

LONG = "9" * 5000
"""Python refuses to make a number of so many digits."""
ROLE = "arn:aws:iam::222222222222:role/Deploy"
RECORD = {
    "eventVersion": "1.08",
    "eventName": "AssumeRole",
    "eventSource": "sts.amazonaws.com",
    "eventTime": "2026-03-02T09:30:00Z",
    "errorCode": "AccessDenied",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111111111111:user/ci", "accountId": "111111111111"},
    "requestParameters": {"roleArn": ROLE, "roleSessionName": "x", "durationSeconds": LONG},
}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
TEMPLATE = {
    "Resources": {
        "Deploy": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "Deploy",
                "MaxSessionDuration": LONG,
                "Description": {"Fn::Select": [LONG, ["a"]]},
                "Path": {"Fn::Select": [LONG, ["/"]]},
                "AssumeRolePolicyDocument": TRUST,
            },
        }
    }
}


@pytest.mark.parametrize(
    ("command", "content"),
    [
        pytest.param(("check", ROLE, "--github", "octo/app", "--claim", f"exp={LONG}"), {}, id="a claim"),
        pytest.param(("check", "--event", "file.json", "--trust-policy", "trust.json"), RECORD, id="a record"),
        pytest.param(
            ("check", "arn:aws:iam::111111111111:user/ci", ROLE, "--infrastructure", "file.json"),
            TEMPLATE,
            id="a template",
        ),
    ],
)
def test_a_long_number_is_no_bug(xdiag: Program, tmp_path: Path, command: tuple[str, ...], content: object) -> None:
    (tmp_path / "file.json").write_text(json.dumps(content))
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    run = xdiag(*command, cwd=tmp_path)
    assert run.code in (0, 1, 2, 3), run.err[-500:]
    assert "Traceback" not in run.err
