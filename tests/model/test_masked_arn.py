"""ARNs that somebody masked before an error was pasted: a mask neither agrees nor disagrees, the rest does."""

import pytest

from diagnose.model.masked_arn import may_be_same, may_be_same_identity

SESSION = "arn:aws:sts::111111111111:assumed-role/App/nightly"
ROLE = "arn:aws:iam::111111111111:role/team/App"


@pytest.mark.parametrize(
    "masked",
    [
        "***",
        "arn:aws:iam::***:role/team/App",
        "arn:aws:iam::XXXXXXXXXXXX:role/team/App",
        "arn:aws:iam::xxx:role/team/App",
        "arn:aws:iam::<ACCOUNT_ID>:role/team/App",
        "arn:aws:iam::ACCOUNT_ID:role/team/App",
        "arn:aws:iam::YOUR_ACCOUNT_ID:role/team/App",
        "arn:aws:iam::[AWS_ACCOUNT_ID_REDACTED]:role/team/App",
        "arn:aws:iam::{account}:role/team/App",
        "arn:aws:iam::${ACCOUNT}:role/team/App",
        "arn:aws:iam:::role/team/App",
        "arn:aws:iam::11111111:role/team/App",
        "arn:aws:iam::1111111111xx:role/team/App",
        "arn:aws:iam::************:role/team/App",
        "arn:aws:iam::111111111111:role/***",
        "arn:aws:iam::111111111111:role/<REDACTED>",
        "arn:aws:iam::111111111111:role/te\u2026",
        "arn:aws:iam::REDACTED:role/REDACTED_ROLE_1",
    ],
)
def test_what_is_masked_may_be_anything(masked: str) -> None:
    assert may_be_same(masked, ROLE)
    assert may_be_same(ROLE, masked)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("arn:aws:iam::***:role/team/Apps", id="a masked account, and another name"),
        pytest.param("arn:aws:iam::2111111111xx:role/team/App", id="a digit that is left is another"),
        pytest.param(
            "arn:aws:iam::333333333333:role/team/App", id="an account that is no mask, for all its equal digits"
        ),
        pytest.param("arn:aws-cn:iam::***:role/team/App", id="another partition"),
        pytest.param("arn:aws:iam::***:user/***", id="a user"),
        pytest.param("arn:aws:iam::***:role/App", id="another path"),
        pytest.param("lambda.amazonaws.com", id="a service"),
    ],
)
def test_what_is_left_of_a_masked_arn_compares(other: str) -> None:
    assert not may_be_same(other, ROLE)
    assert not may_be_same(ROLE, other)


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        pytest.param(ROLE, SESSION, True, id="a role and its session"),
        pytest.param("arn:aws:sts::111111111111:assumed-role/App/other", SESSION, True, id="two sessions of a role"),
        pytest.param("arn:aws:iam::***:role/App", SESSION, True, id="a masked account"),
        pytest.param("arn:aws:sts::***:assumed-role/***/***", SESSION, True, id="nothing but the kind is left"),
        pytest.param("arn:aws:sts::***:assumed-role/App/SESSION", SESSION, True, id="a session that was renamed"),
        pytest.param("arn:aws:iam::***:role/Apps", SESSION, False, id="a masked account, and another role"),
        pytest.param("arn:aws:iam::333333333333:role/App", SESSION, False, id="another account"),
        pytest.param("arn:aws-cn:iam::111111111111:role/App", SESSION, False, id="another partition"),
        pytest.param("arn:aws:sts::111111111111:assumed-role", SESSION, False, id="a session without a name"),
        pytest.param("lambda.amazonaws.com", SESSION, False, id="a service"),
        pytest.param(
            "arn:aws:iam::111111111111:user/bob", "arn:aws:iam::111111111111:user/team/bob", True, id="a path left out"
        ),
        pytest.param(
            "arn:aws:iam::111111111111:user/ops/bob",
            "arn:aws:iam::111111111111:user/team/bob",
            True,
            id="another path, though an account has no two users of a name",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:user/bob", "arn:aws:iam::111111111111:user/rob", False, id="another user"
        ),
        pytest.param("arn:aws:iam::111111111111:user/App", SESSION, False, id="a user of the role's name"),
    ],
)
def test_two_arns_may_be_of_one_identity(one: str, another: str, same: bool) -> None:
    assert may_be_same_identity(one, another) is may_be_same_identity(another, one) is same
