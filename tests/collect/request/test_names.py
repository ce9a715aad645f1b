"""Callers and roles as people write them."""

import pytest

from diagnose.collect.request.names import caller_arn_of, role_arn_of
from diagnose.errors import XdiagError

ROLE = "arn:aws:iam::222222222222:role/Deploy"


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        pytest.param(ROLE, ROLE, id="an ARN"),
        pytest.param("222222222222/Deploy", ROLE, id="account and name"),
        pytest.param("222222222222:role/team/Deploy", ROLE.replace("Deploy", "team/Deploy"), id="the end of an ARN"),
        pytest.param(
            "https://signin.aws.amazon.com/switchrole?account=222222222222&roleName=Deploy&displayName=x",
            ROLE,
            id="link",
        ),
        pytest.param(
            "https://us-east-1.signin.aws.amazon.com/switchrole?roleName=team%2FDeploy&account=2222-2222-2222",
            ROLE.replace("Deploy", "team/Deploy"),
            id="a link of a Region, with a path and dashes",
        ),
        pytest.param(
            "https://signin.amazonaws-us-gov.com/switchrole?account=222222222222&roleName=Deploy",
            ROLE.replace("arn:aws:", "arn:aws-us-gov:"),
            id="a link of another partition",
        ),
        pytest.param("Deploy", "Deploy", id="a bare name stays one"),
    ],
)
def test_a_role_is_known_by_what_people_write(text: str, arn: str) -> None:
    assert role_arn_of(text)[0] == arn


@pytest.mark.parametrize("query", ["account=prod&roleName=Deploy", "account=222222222222", "roleName=Deploy"])
def test_a_link_without_account_id_or_role_is_no_answer(query: str) -> None:
    with pytest.raises(XdiagError):
        role_arn_of(f"https://signin.aws.amazon.com/switchrole?{query}")


def test_an_alias_is_asked_for_as_an_account_id() -> None:
    with pytest.raises(XdiagError, match="alias"):
        role_arn_of("https://signin.aws.amazon.com/switchrole?account=prod&roleName=Deploy")


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        pytest.param(
            '{"UserId": "AIDA", "Account": "111111111111", "Arn": "arn:aws:iam::111111111111:user/ci"}',
            "arn:aws:iam::111111111111:user/ci",
            id="get-caller-identity",
        ),
        pytest.param("111111111111:user/ci", "arn:aws:iam::111111111111:user/ci", id="the end of an ARN"),
        pytest.param(
            "111111111111:assumed-role/App/s-1", "arn:aws:sts::111111111111:assumed-role/App/s-1", id="of a session"
        ),
    ],
)
def test_a_caller_is_known_by_what_people_write(text: str, arn: str) -> None:
    assert caller_arn_of(text)[0] == arn


@pytest.mark.parametrize("text", ['{"Account": "111111111111"}', "{", '{"Arn": 1}'])
def test_json_without_an_arn_is_no_caller(text: str) -> None:
    with pytest.raises(XdiagError, match="get-caller-identity"):
        caller_arn_of(text)
