from typing import Any

import pytest
from tests.remedy.broken import (
    APP,
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    document,
    edited,
    identity,
    on,
    propose,
    refusal,
    the_remedy,
    trust,
)

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Element, Layer
from diagnose.remedy.change import Draft
from diagnose.remedy.fixes.correct import correct_condition_value, set_policy_version_language

OTHER = "arn:aws:iam::222222222222:role/Other"
ROOT = {"AWS": "arn:aws:iam::111111111111:root"}
GRANT: Any = {"Sid": "AllowAssumeRoleDeploy", **on(DEPLOY)}


@pytest.mark.parametrize(
    ("written", "statements"),
    [
        pytest.param("arn:aws:iam::222222222222:role/deploy", [on(DEPLOY)], id="another case"),
        pytest.param("arn:aws:iam::222222222222:role/team/Deploy", [on(DEPLOY)], id="a path too many"),
        pytest.param("arn:aws:sts::222222222222:assumed-role/Deploy/s", [on(DEPLOY)], id="a session of the role"),
        pytest.param("arn:aws:iam:us-east-1:222222222222:role/Deploy", [on(DEPLOY)], id="a Region"),
        pytest.param("arn:aws:iam::222222222222:role/Dep\u200bloy", [on(DEPLOY)], id="an invisible character"),
        pytest.param("arn:aws:iam::222222222222:instance-profile/Deploy", [on(DEPLOY)], id="an instance profile"),
        pytest.param(OTHER, [on([OTHER, DEPLOY])], id="another role, which stays"),
        *(
            pytest.param(kept, [on([kept, DEPLOY])], id=f"{what}, which stays")
            for what, kept in (
                ("a role of its name in an account like it", "arn:aws:iam::222222222223:role/Deploy"),
                ("a role of an account like it", "arn:aws:iam::222222222223:role/Other"),
                ("a session of another role", "arn:aws:sts::222222222222:assumed-role/Other/s"),
                ("a user", "arn:aws:iam::222222222222:user/somebody"),
                ("a role of another partition", "arn:aws-cn:iam::222222222222:role/Other"),
            )
        ),
        pytest.param(
            "arn:aws:iam::333333333333:role/Deploy",
            [on(["arn:aws:iam::333333333333:role/Deploy", DEPLOY])],
            id="another account, which stays",
        ),
        pytest.param([OTHER, "arn:aws:iam::222222222222:role/deploy"], [on([OTHER, DEPLOY])], id="one of two"),
    ],
)
def test_a_near_miss_is_replaced_and_another_role_is_joined(written: Any, statements: Any) -> None:
    case = broken("cross-account", identity_policies=identity(on(written)))
    remedy = the_remedy("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case)
    assert edited(remedy)["Statement"] == statements


def test_a_resource_that_excludes_the_role_gets_a_statement_beside_it() -> None:
    excluding = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": DEPLOY}
    case = broken("cross-account", identity_policies=identity(excluding))
    remedy = the_remedy("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case)
    assert edited(remedy)["Statement"] == [excluding, GRANT]


def test_beside_others_who_are_trusted_a_statement_is_for_this_caller_alone() -> None:
    misspelt = allow({"AWS": [BUILDER, "arn:aws:iam::333333333333:root"]}, "sts:AssumeRol")
    case = broken("cross-account", trust_policy=trust(misspelt))
    remedy = the_remedy("correct-action", about(case, Layer.TRUST, Element.ACTION), case)
    assert [one["Principal"] for one in edited(remedy)["Statement"]] == [misspelt["Principal"], {"AWS": BUILDER}]
    assert remedy.text == (
        "In the trust policy of the role `Deploy`, add a statement that allows `sts:AssumeRole` for this caller and "
        "this role alone"
    )


@pytest.mark.parametrize(
    ("statement", "statements"),
    [
        pytest.param(on(DEPLOY, "sts:AssumesRole"), [on(DEPLOY)], id="a misspelt action is replaced"),
        pytest.param(
            on(DEPLOY, "iam:PassRole"), [on(DEPLOY, ["iam:PassRole", "sts:AssumeRole"])], id="another action is joined"
        ),
        pytest.param(
            on("*", "sts:AssumesRole"), [on("*", "sts:AssumesRole"), GRANT], id="but not on every role that there is"
        ),
        pytest.param(
            on([DEPLOY, OTHER], "iam:PassRole"),
            [on([DEPLOY, OTHER], "iam:PassRole"), GRANT],
            id="nor on a role that was not asked for",
        ),
    ],
)
def test_an_action_is_corrected_for_this_role_alone(statement: Any, statements: Any) -> None:
    case = broken("cross-account", identity_policies=identity(statement))
    remedy = the_remedy("correct-action", about(case, Layer.IDENTITY, Element.ACTION), case)
    assert edited(remedy)["Statement"] == statements


def test_what_aws_manages_is_corrected_in_a_policy_of_its_own() -> None:
    aws = {"kind": "managed", "arn": "arn:aws:iam::aws:policy/SomeAccess", "name": "SomeAccess"}
    case = broken("cross-account", identity_policies=identity(on(OTHER), **aws))
    remedy = the_remedy("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case)
    assert remedy.policy_name == "AllowAssumeRole-Deploy"
    assert edited(remedy) == document(GRANT)
    assert "`SomeAccess` cannot be edited" in remedy.text


def test_the_policy_of_ones_own_of_a_permission_set_is_in_identity_center() -> None:
    aws = {"kind": "managed", "arn": "arn:aws:iam::aws:policy/SomeAccess", "name": "SomeAccess"}
    case = broken("identity-center", identity_policies=identity(on(OTHER), **aws))
    remedy = the_remedy("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case)
    assert remedy.text == (
        "Give the permission set `Deployers` in IAM Identity Center an inline policy that allows `sts:AssumeRole` on "
        f"`{DEPLOY}`"
    )


def test_there_is_no_boundary_beside_one_that_aws_manages() -> None:
    aws = {"kind": "managed", "arn": "arn:aws:iam::aws:policy/SomeAccess", "name": "SomeAccess"}
    case = broken("guarded", boundary={"value": {**aws, "document": document(on(OTHER))}})
    assert propose("correct-resource", about(case, Layer.BOUNDARY, Element.RESOURCE), case) == ()


def conditions(case: Any, kind: str, key: str) -> Any:
    return edited(the_remedy(kind, about(case, Layer.TRUST, Element.CONDITION, key=key), case))["Statement"]


def trusting(condition: Any, principal: Any = ROOT, world: str = "cross-account-role") -> Any:
    return broken(world, trust_policy=trust(allow(principal, Condition=condition)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/team/*"}},
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/team/*"}},
            id="an ARN with a wildcard",
        ),
        pytest.param(
            {"StringEquals": {"aws:PrincipalArn": APP, "sts:RoleSessionName": "release-*"}},
            {"StringEquals": {"aws:PrincipalArn": APP}, "StringLike": {"sts:RoleSessionName": "release-*"}},
            id="one key of two, which leaves the other",
        ),
        pytest.param(
            {"ArnEqual": {"aws:PrincipalArn": APP}}, {"ArnEquals": {"aws:PrincipalArn": APP}}, id="a misspelt operator"
        ),
        pytest.param(
            {"ArnEquals": {"aws:PrincipalArn": APP}, "StringEqualsIfExists": {"sts:RoleSessionName": "release-*"}},
            {"ArnEquals": {"aws:PrincipalArn": APP}, "StringLikeIfExists": {"sts:RoleSessionName": "release-*"}},
            id="what is appended to the operator stays",
        ),
    ],
)
def test_an_operator_is_exchanged_for_the_one_that_was_meant(before: Any, after: Any) -> None:
    case = trusting(before)
    key = "sts:RoleSessionName" if "RoleSession" in str(before) else "aws:PrincipalArn"
    assert conditions(case, "correct-condition-operator", key) == [allow(ROOT, Condition=after)]


def test_a_key_of_many_values_gets_a_set_operator() -> None:
    paths = {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}
    case = trusting({"StringLike": paths}, {"AWS": APP}, "organization")
    assert conditions(case, "correct-condition-operator", "aws:PrincipalOrgPaths") == [
        allow({"AWS": APP}, Condition={"ForAnyValue:StringLike": paths})
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"StringEquals": {"sts:External-Id": "acme-42"}},
            {"StringEquals": {"sts:ExternalId": "acme-42"}},
            id="misspelt",
        ),
        pytest.param(
            {"StringEquals": {"sts:External-Id": "acme-42", "aws:PrincipalAccount": "111111111111"}},
            {"StringEquals": {"aws:PrincipalAccount": "111111111111", "sts:ExternalId": "acme-42"}},
            id="beside another",
        ),
    ],
)
def test_a_key_is_exchanged_for_the_one_that_was_meant(before: Any, after: Any) -> None:
    case = trusting(before, {"AWS": BUILDER}, "cross-account")
    assert conditions(case, "correct-condition-key", "sts:External-Id") == [allow({"AWS": BUILDER}, Condition=after)]


def test_the_arn_of_a_vpc_which_sts_never_sends_becomes_its_id() -> None:
    arn = "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-0f1e2d3c4b5a69788"
    case = trusting({"ArnEquals": {"aws:SourceVpcArn": arn}}, {"AWS": APP}, "endpoint")
    assert conditions(case, "correct-condition-key", "aws:SourceVpcArn") == [
        allow({"AWS": APP}, Condition={"StringEquals": {"aws:SourceVpc": "vpc-0f1e2d3c4b5a69788"}})
    ]


@pytest.mark.parametrize(
    ("world", "principal", "before", "after"),
    [
        pytest.param(
            "cross-account-role",
            ROOT,
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/App"}},
            {"ArnLike": {"aws:PrincipalArn": APP}},
            id="a near miss is replaced",
        ),
        pytest.param(
            "cross-account-role",
            ROOT,
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/Tool"}},
            {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:role/Tool", APP]}},
            id="another principal is joined",
        ),
        pytest.param(
            "organization",
            {"AWS": APP},
            {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"}},
            {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"}},
            id="a slash is missing at the end",
        ),
        pytest.param(
            "cross-account-role",
            {"AWS": APP},
            {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
            {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.24/32"]}},
            id="an address joins as a network of one",
        ),
    ],
)
def test_a_value_is_corrected(world: str, principal: Any, before: Any, after: Any) -> None:
    case = trusting(before, principal, world)
    key = next(iter(next(iter(before.values()))))
    assert conditions(case, "correct-condition-value", key) == [allow(principal, Condition=after)]


def test_what_would_admit_the_whole_account_is_corrected_for_the_caller_alone() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-other"}}
    case = trusting(condition, ROOT, "organization")
    assert conditions(case, "correct-condition-value", "aws:PrincipalOrgID") == [
        allow(ROOT, Condition=condition),
        {
            "Sid": "AllowAssumeRoleApp",
            **allow({"AWS": APP}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        },
    ]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, id="MFA"),
        pytest.param({"Null": {"aws:TokenIssueTime": "true"}}, id="whether a key is there"),
        pytest.param({"DateLessThan": {"aws:CurrentTime": "2025-01-01T00:00:00Z"}}, id="a date"),
        pytest.param({"NumericLessThan": {"aws:EpochTime": "1"}}, id="a number"),
        pytest.param({"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}, id="a value that is excluded"),
    ],
)
def test_some_conditions_are_not_bent_towards_the_request(condition: Any) -> None:
    case = trusting(condition)
    key = next(iter(next(iter(condition.values()))))
    subject = about(case, Layer.TRUST, Element.CONDITION, key=key)
    assert refusal("correct-condition-value", subject, case) is NotProved.NO_EDIT


def test_a_permission_set_is_meant_by_its_name_and_not_by_its_suffix() -> None:
    dropped = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/AWSReservedSSO_Deployers_*"}}
    (statement,) = conditions(trusting(dropped, ROOT, "identity-center"), "correct-condition-value", "aws:PrincipalArn")
    assert statement["Condition"]["ArnLike"]["aws:PrincipalArn"].endswith(
        ":role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Deployers_????????????????"
    )


@pytest.mark.parametrize(
    ("wanted", "address", "written"),
    [
        pytest.param("203.0.113.0/24", "198.51.100.7", "198.51.100.7/32", id="version 4"),
        pytest.param("2001:db8:1::/64", "2001:db8::7", "2001:db8::7/128", id="version 6"),
    ],
)
def test_one_address_is_written_as_a_range_of_one(wanted: str, address: str, written: str) -> None:
    case = broken(
        "cross-account",
        request={"context": {"aws:SourceIp": [address]}},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition={"IpAddress": {"aws:SourceIp": wanted}})),
    )
    first, *_ = correct_condition_value(about(case, Layer.TRUST, Element.CONDITION), case, decide(case))
    assert isinstance(first, Draft)
    assert f"`{written}`" in first.text


@pytest.mark.parametrize(
    ("version", "widens"),
    [
        pytest.param("2008-10-17", [False, True], id="the old language"),
        pytest.param("2012-10-17", [], id="the language that has variables"),
    ],
)
def test_the_language_is_set_where_it_is_another_first_for_whom_it_is_meant(version: str, widens: list[bool]) -> None:
    condition = {"StringEquals": {"aws:username": "${aws:username}x"}}
    policy = trust(allow({"AWS": BUILDER}, Condition=condition), Version=version)
    case = broken("cross-account", trust_policy=policy)
    attempts = set_policy_version_language(about(case, Layer.TRUST, Element.CONDITION), case, decide(case))
    assert [one.widens for one in attempts if isinstance(one, Draft)] == widens
