import json
import logging
from pathlib import Path

import pytest
from tests.aws.accounts import scrub
from tests.aws.answers import RECORDED, answer

from diagnose.aws.assume import assume
from diagnose.aws.calls import Refusal
from diagnose.aws.session import Credentials, open_credentials
from diagnose.model.case import Parameters, ProvidedContext, Request
from diagnose.model.evidence import Gap

ROLE = "arn:aws:iam::222222222222:role/Deploy"
SECRETS = ("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", "AQoDYXdzEPT")


@pytest.fixture
def side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Credentials:
    scrub(tmp_path, monkeypatch).write_text(
        "[default]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvb\n"
    )
    return open_credentials(None, None, None)


def test_a_bare_request_is_sent_with_the_least_that_aws_asks_for(side: Credentials) -> None:
    sent = answer(side.client("sts"), "assume-role")
    assert assume(side, Request(ROLE), mfa_code=None) is None
    policy = json.loads(sent[0].pop("Policy"))
    assert policy["Statement"] == {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert sent == [
        {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": ROLE,
            "RoleSessionName": "xdiag",
            "DurationSeconds": "900",
        }
    ]


def test_every_parameter_of_the_request_is_sent(side: Credentials) -> None:
    parameters = Parameters(
        session_name="release-42",
        external_id="acme-41",
        duration_seconds=7200,
        mfa_serial="arn:aws:iam::111111111111:mfa/builder",
        mfa_code_sent=True,
        source_identity="builder",
        tags={"team": "release"},
        transitive_tag_keys=("team",),
        provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter", "assertion"),),
    )
    sent = answer(side.client("sts"), "assume-role")
    assume(side, Request(ROLE, parameters=parameters), mfa_code="123456")
    assert sent[0] | {"Policy": ""} == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "release-42",
        "ExternalId": "acme-41",
        "DurationSeconds": "7200",
        "SerialNumber": "arn:aws:iam::111111111111:mfa/builder",
        "TokenCode": "123456",
        "SourceIdentity": "builder",
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "release",
        "TransitiveTagKeys.member.1": "team",
        "ProvidedContexts.member.1.ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter",
        "ProvidedContexts.member.1.ContextAssertion": "assertion",
        "Policy": "",
    }


def test_the_region_of_the_request_is_called_and_not_that_of_the_profile(side: Credentials) -> None:
    sent = answer(side.client("sts", "eu-south-1"), "assume-role")
    assume(side, Request(ROLE, region="eu-south-1"), mfa_code=None)
    assert len(sent) == 1


def test_a_denial_keeps_the_words_of_aws(side: Credentials) -> None:
    answer(side.client("sts"), "assume-role-denied")
    assert assume(side, Request(ROLE), mfa_code=None) == Refusal(
        Gap.ACCESS_DENIED,
        "AccessDenied",
        "User: arn:aws:iam::111111111111:user/builder is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::222222222222:role/Deploy",
        answered=True,
    )


def test_neither_the_credentials_nor_the_mfa_code_reach_a_log(
    side: Credentials, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer(side.client("sts"), "assume-role")
    side.client("iam")
    assert caplog.records, "nothing is logged at all, so this proves nothing"
    parameters = Parameters(mfa_serial="arn:aws:iam::111111111111:mfa/builder", mfa_code_sent=True)
    assume(side, Request(ROLE, parameters=parameters), mfa_code="135791")
    recorded = (RECORDED / "assume-role.xml").read_text()
    for secret in SECRETS:
        assert secret in recorded
        assert secret not in caplog.text
    assert "135791" not in caplog.text


def test_logging_goes_on_afterwards_as_it_was(side: Credentials, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer(side.client("sts"), "assume-role-denied")
    assume(side, Request(ROLE), mfa_code=None)
    logging.getLogger("botocore").debug("on again")
    assert "on again" in caplog.text


def test_an_mfa_code_that_aws_quotes_is_not_handed_on(side: Credentials) -> None:
    answer(side.client("sts"), "mfa-code-malformed")
    refusal = assume(side, Request(ROLE), mfa_code="12345x")
    assert refusal is not None
    assert "Value '...' at 'tokenCode' failed to satisfy constraint" in refusal.message


def test_a_parameter_that_botocore_refuses_is_a_refusal_without_an_answer(side: Credentials) -> None:
    refusal = assume(side, Request(ROLE, parameters=Parameters(session_name="x")), mfa_code=None)
    assert refusal is not None
    assert (refusal.code, refusal.answered) == ("ParamValidationError", False)
    assert "Invalid length for parameter RoleSessionName" in refusal.message
