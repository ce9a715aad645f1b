"""How two ARNs differ: the nearest miss, named."""

import pytest

from diagnose.evaluate.near_miss import how_arns_differ
from diagnose.model.trace import Reason

GOT = "arn:aws:iam::222222222222:role/ops/Deploy"
BARE = "arn:aws:iam::222222222222:role/Deploy"
SSO = "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"
SSO_REGION = (
    "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef"
)


@pytest.mark.parametrize(
    ("wanted", "got", "reason"),
    [
        pytest.param(f"{GOT} ", GOT, Reason.SPACE_DIFFERS, id="a space behind"),
        pytest.param(f" {GOT}", GOT, Reason.SPACE_DIFFERS, id="a space in front"),
        pytest.param(GOT.replace("Dep", "Dep\u200b"), GOT, Reason.SPACE_DIFFERS, id="an invisible character within"),
        pytest.param("Deploy", GOT, Reason.NOT_AN_ARN, id="a bare name"),
        pytest.param("arn:aws:iam::*", GOT, Reason.NOT_AN_ARN, id="fewer than six parts"),
        pytest.param(GOT.replace("aws", "aws-cn", 1), GOT, Reason.OTHER_PARTITION, id="another partition"),
        pytest.param(GOT.replace("iam::", "iam:us-east-1:"), GOT, Reason.REGION_GIVEN, id="a Region"),
        pytest.param(GOT.replace("222222222222", "333333333333"), GOT, Reason.OTHER_ACCOUNT, id="another account"),
        pytest.param(
            GOT.replace("222222222222", "2222-2222-2222"), GOT, Reason.ACCOUNT_TYPO, id="an account with dashes"
        ),
        pytest.param(
            GOT.replace("222222222222", "3333-3333-3333"), GOT, Reason.OTHER_ACCOUNT, id="another with dashes"
        ),
        pytest.param("arn:aws:glue:eu-west-1:222222222222:job/x", GOT, Reason.OTHER_TYPE, id="of another service"),
        pytest.param("arn:aws-cn:s3:::bucket", GOT, Reason.OTHER_TYPE, id="of another service in another partition"),
        pytest.param(GOT.replace("222222222222", "222222222232"), GOT, Reason.ACCOUNT_TYPO, id="one digit differs"),
        pytest.param(
            GOT.replace("222222222222", "123456789021"),
            GOT.replace("222222222222", "123456789012"),
            Reason.ACCOUNT_TYPO,
            id="two neighbouring digits swapped",
        ),
        pytest.param(
            GOT.replace("222222222222", "210456789012"),
            GOT.replace("222222222222", "012456789012"),
            Reason.OTHER_ACCOUNT,
            id="two digits swapped that are no neighbours",
        ),
        pytest.param(
            GOT.replace("222222222222", "223456789012"),
            GOT.replace("222222222222", "113456789012"),
            Reason.OTHER_ACCOUNT,
            id="two neighbouring digits changed but not swapped",
        ),
        pytest.param(GOT.replace("222222222222", "22222222222"), GOT, Reason.ACCOUNT_TYPO, id="a digit lost"),
        pytest.param(GOT.replace("222222222222", "2222222222222"), GOT, Reason.ACCOUNT_TYPO, id="a digit too many"),
        pytest.param(
            "arn:aws:sts::222222222222:assumed-role/Deploy/*", BARE, Reason.SESSION_FOR_ROLE, id="a session's ARN"
        ),
        pytest.param(
            "arn:aws:sts::333333333333:assumed-role/Deploy/*", BARE, Reason.OTHER_ACCOUNT, id="a foreign session's ARN"
        ),
        pytest.param(
            BARE,
            "arn:aws:sts::222222222222:assumed-role/Deploy/s",
            Reason.ROLE_FOR_SESSION,
            id="a role where a session is",
        ),
        pytest.param(
            "arn:aws:sts::222222222222:assumed-role/Deploy/a",
            "arn:aws:sts::222222222222:assumed-role/Deploy/b",
            Reason.OTHER_SESSION,
            id="another session of the same role",
        ),
        pytest.param(
            "arn:aws:sts:us-east-1:222222222222:assumed-role/Deploy/a",
            BARE,
            Reason.SESSION_FOR_ROLE,
            id="a session's ARN, with a Region",
        ),
        pytest.param("arn:aws:s3::222222222222:role/Deploy", BARE, Reason.OTHER_TYPE, id="another service"),
        pytest.param("arn:aws:iam::222222222222:user/Deploy", BARE, Reason.OTHER_TYPE, id="a user"),
        pytest.param("arn:aws:iam::222222222222:root", BARE, Reason.OTHER_TYPE, id="the account"),
        pytest.param(
            "arn:aws:iam::222222222222:instance-profile/Deploy", BARE, Reason.OTHER_TYPE, id="an instance profile"
        ),
        pytest.param("arn:aws:iam::222222222222:role", BARE, Reason.OTHER_NAME, id="the type without a name"),
        pytest.param("arn:aws:iam::222222222222:Role/Deploy", BARE, Reason.CASE_DIFFERS, id="the type in upper case"),
        pytest.param("arn:aws:iam::222222222222:role/deploy", BARE, Reason.CASE_DIFFERS, id="the name in lower case"),
        pytest.param(
            "arn:aws:iam::222222222222:role/OPS/Deploy", GOT, Reason.CASE_DIFFERS, id="the path in upper case"
        ),
        pytest.param("arn:aws:iam::222222222222:role/Audit", BARE, Reason.OTHER_NAME, id="another name"),
        pytest.param(BARE, GOT, Reason.PATH_MISSING, id="the path is missing"),
        pytest.param(GOT, BARE, Reason.PATH_EXTRA, id="a path is given where there is none"),
        pytest.param(GOT.replace("ops", "dev"), GOT, Reason.PATH_DIFFERS, id="another path"),
        pytest.param(f"{BARE}*", GOT, Reason.WILDCARD_TOO_NARROW, id="a wildcard that begins at the name"),
        pytest.param("arn:aws:iam::222222222222:role/Audit*", GOT, Reason.OTHER_NAME, id="a wildcard of another name"),
        pytest.param(
            "arn:aws:iam::222222222222:role/AWSReservedSSO_Dev_*",
            SSO_REGION,
            Reason.SSO_PATH_DROPPED,
            id="the path of Identity Center dropped",
        ),
        pytest.param(
            "arn:aws:iam::222222222222:role/AWSReservedSSO_Dev_0123456789abcdef",
            SSO,
            Reason.SSO_PATH_DROPPED,
            id="the path of Identity Center dropped, without a wildcard",
        ),
        pytest.param("arn:aws:iam::*:role/Audit", BARE, Reason.OTHER_NAME, id="a wildcard account takes any account"),
        pytest.param("arn:*:iam::222222222222:role/Audit", BARE, Reason.OTHER_NAME, id="a wildcard partition"),
    ],
)
def test_two_arns_differ_in_the_nearest_way(wanted: str, got: str, reason: Reason) -> None:
    assert how_arns_differ(wanted, got) is reason


def test_a_permission_set_of_another_name_is_another_name_and_no_dropped_path() -> None:
    wanted = "arn:aws:iam::222222222222:role/AWSReservedSSO_Admin_*"
    assert how_arns_differ(wanted, SSO_REGION) is Reason.OTHER_NAME
