"""A name of the case is found in a message whatever form it has, and wherever it stands."""

import msgspec
import pytest
from tests.cases import case
from tests.report.redact.proof import rewritten

from diagnose.model.error_text.parser import parse_errors

NAMES = [
    *("assume-zqbank-prod", "get-zqbank", "ZqbankDenied", "ZqbankException", "GetZqbankLedger", "zqbank"),
    *("assume-account-role", "get-login-profile-owner", "AccountOwnerDenied", "GetAccountOwner", "account.owner"),
    *("482913", "4829", "482", "739284610573", "3600"),
]
MESSAGES = [
    "cannot run {}",
    "cannot run aws iam {} --{} --role={}",
    "called iam:{}, build:{} and {}:GetRole",
    "see /Statement/0/{}/Condition",
    "An error occurred ({}) when calling the {} operation: no",
    "operation error {}: {}, https response error StatusCode: 403, api error {}: no",
    "com.amazonaws.{}.{}Exception: User: anonymous is not authorized to perform: sts:AssumeRole",
    "wrong external id '{}' of account {}; code {}.",
    '{{"Version": "2012-10-17", "Statement": [{{"Sid": "{}", "Principal": {{"AWS": "{}"}}, }}]}}',
    "https://{}.console.aws.amazon.com/iam/home?region={}#/authorization-details/{}",
]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_case_does_not_stay_in_a_message(name: str, message: str) -> None:
    text = message.replace("{}", name).replace("{{", "{").replace("}}", "}")
    parameters = {"session_name": name, "external_id": name}
    original = case("cross-account", {"message": text}, request={"parameters": parameters})
    told = rewritten(original)
    assert name.lower() not in told.message.lower()
    assert [error.kind for error in parse_errors(told.message)] == [error.kind for error in parse_errors(text)]
    assert f'"{name}"'.encode() not in msgspec.json.encode(told)


@pytest.mark.parametrize("written", ["7392 8461 0573", "739-284-610-573", "7392.8461.0573", "73 92 84 61 05 73"])
def test_an_account_is_the_same_however_its_digits_are_grouped(written: str) -> None:
    original = case(
        "cross-account", {"message": f"account {written}"}, request={"role_arn": "arn:aws:iam::739284610573:role/R"}
    )
    told = rewritten(original)
    assert told.message == f"account {told.request.role_arn.split(':')[4]}"
