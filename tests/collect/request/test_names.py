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


LINK = "https://signin.aws.amazon.com/switchrole"
FORM = "expected a link of the form `https://signin.aws.amazon.com/switchrole?account=...&roleName=...`"


@pytest.mark.parametrize(
    ("text", "arn", "said"),
    [
        *(
            pytest.param(
                text, ROLE, f"The role was given as `{text}`; its ARN was made of that, without a path.", id=text
            )
            for text in ("222222222222:Deploy", "222222222222 Deploy", "222222222222/role/Deploy")
        ),
        pytest.param(ROLE, ROLE, "", id="an ARN"),
        pytest.param("22222222222/Deploy", "22222222222/Deploy", "", id="eleven digits"),
        pytest.param(
            f"{LINK}?account=222222222222&roleName=Deploy",
            ROLE,
            "The role is taken from a link to switch role.",
            id="a",
        ),
        pytest.param(
            "http://signin.amazonaws.cn/switchrole?ACCOUNT=222222222222&rolename=Deploy",
            ROLE.replace("arn:aws:", "arn:aws-cn:"),
            "The role is taken from a link to switch role.",
            id="a link in China, in other capitals",
        ),
        pytest.param(
            f"{LINK}?account=1&account=222222222222&roleName=Deploy",
            ROLE,
            "The role is taken from a link to switch role.",
            id="the last of two accounts",
        ),
    ],
)
def test_what_a_role_was_given_as_is_said(text: str, arn: str, said: str) -> None:
    assert role_arn_of(text) == (arn, said)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        *(
            pytest.param(link, f"the link `{link}` does not name an account and a role", FORM, id=link)
            for link in (f"{LINK}?account=222222222222", f"{LINK}?roleName=Deploy", "https://[x", "https://example.com")
        ),
        pytest.param(
            f"{LINK}?account=prod&roleName=Deploy",
            "the link names the account by `prod`, which is an alias or not twelve digits",
            "ask its owner for the account id, and pass `arn:aws:iam::<account id>:role/Deploy`",
            id="an alias",
        ),
        pytest.param(
            f"{LINK}?account=2222-22&roleName=Deploy",
            "the link names the account by `2222-22`, which is an alias or not twelve digits",
            "ask its owner for the account id, and pass `arn:aws:iam::<account id>:role/Deploy`",
            id="too few digits",
        ),
    ],
)
def test_what_a_link_lacks_is_said(text: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as refused:
        role_arn_of(text)
    assert (refused.value.message, refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("111111111111/user/eu/ines", "arn:aws:iam::111111111111:user/eu/ines"),
        ("111111111111:role/App", "arn:aws:iam::111111111111:role/App"),
        ("111111111111:root", "arn:aws:iam::111111111111:root"),
        ("111111111111:federated-user/bo", "arn:aws:sts::111111111111:federated-user/bo"),
    ],
)
def test_what_a_caller_was_given_as_is_said(text: str, arn: str) -> None:
    assert caller_arn_of(text) == (arn, f"The source was given as `{text}`.")


@pytest.mark.parametrize("text", ["111111111111:group/devs", "1:user/ci", "ci"])
def test_what_is_no_caller_comes_back_as_it_is(text: str) -> None:
    assert caller_arn_of(text) == (text, "")


def test_where_a_caller_was_taken_from_is_said() -> None:
    text = ' {"Arn": "arn:aws:iam::111111111111:user/ci"}'
    said = "The source is taken from the output of get-caller-identity."
    assert caller_arn_of(text) == ("arn:aws:iam::111111111111:user/ci", said)
    with pytest.raises(XdiagError) as refused:
        caller_arn_of("{}")
    assert refused.value.message == "the source is not the output of `aws sts get-caller-identity`"
    assert refused.value.hint == "expected JSON with the field `Arn`"
