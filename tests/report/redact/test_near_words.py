"""Words of AWS stay where they are meant, misspelt too: a redacted case must have the mistake that it is about."""

import json
from typing import Any

import msgspec
import pytest
from tests.cases import BUILDER, allow, case, identity, on, trust
from tests.report.redact.proof import redacted, rewritten

from diagnose.model.evidence import Unread


@pytest.mark.parametrize(
    ("written", "stays"),
    [
        pytest.param("glue:BatchGetPartition", True, id="an action of a service"),
        pytest.param("s3:GetObject", True, id="of another"),
        pytest.param("zqdesk:BatchGetPartition", False, id="of a service that there is not"),
        pytest.param("ZQ:BatchGetPartition", False, id="capitals that are no service"),
    ],
)
def test_an_action_in_a_message_stays_where_its_service_is_of_aws(written: str, stays: bool) -> None:
    message = rewritten(case("cross-account", message=f"not authorized to perform: {written}")).message
    assert (message == f"not authorized to perform: {written}") is stays
    assert "zq" not in message.lower()


@pytest.mark.parametrize(
    ("statement", "stays"),
    [
        pytest.param({"Efect": "Allow"}, True, id="an element with a letter too few"),
        pytest.param({"Effect": "Alow"}, True, id="an effect with a letter too few"),
        pytest.param(
            {"Condition": {"StringEqual": {"aws:username": "a"}}}, True, id="an operator with a letter too few"
        ),
        pytest.param(
            {"Condition": {"StringEqualsIfExist": {"aws:username": "a"}}}, True, id="its ending with a letter too few"
        ),
        pytest.param(
            {"Condition": {"StringLikeIfExists ": {"aws:username": "a"}}}, True, id="an operator with a space behind it"
        ),
        pytest.param({"effect ": "allow"}, True, id="an element and an effect in lower case"),
        pytest.param({"Action": "sts:AsumeRole"}, True, id="an action with a letter too few"),
        pytest.param({"Action": "st:AssumeRole"}, True, id="its service with a letter too few"),
        pytest.param({"Action": "stsAssumeRole"}, True, id="an action without its colon"),
        pytest.param({"Action": "cloudwatch:Put*"}, True, id="actions of another service"),
        pytest.param(
            {"Condition": {"ForAnyValues:StringLike": {"aws:username": "a"}}}, True, id="a set operator with a slip"
        ),
        pytest.param({"zqteam:Sid": "a"}, False, id="an element behind a prefix"),
        pytest.param({"StatementZq": "a"}, False, id="an element before a name"),
        pytest.param({"Effect": "zqteam:Allow"}, False, id="an effect behind a prefix"),
        pytest.param(
            {"Condition": {"zqteam:StringEquals": {"aws:username": "a"}}}, False, id="an operator behind a prefix"
        ),
        pytest.param({"Condition": {"StringEqualsZq": {"aws:username": "a"}}}, False, id="an operator before a name"),
        pytest.param(
            {"Condition": {"ForAnyValueZq:StringLike": {"aws:username": "a"}}}, False, id="a set operator before a name"
        ),
        pytest.param({"Action": "zqteam:Deploy"}, False, id="an action of nobody's service"),
        pytest.param({"Action": "zqteam:AssumeRole"}, False, id="an action of STS behind a name"),
        pytest.param({"Action": "sts:Get*"}, True, id="actions of STS"),
        pytest.param({"Action": "sts:AssumeRoleZq"}, False, id="an action of STS and a name"),
        pytest.param({"Action": "sts:ZqDeploy"}, False, id="no action of STS"),
        pytest.param({"Action": "s*:ZqDeploy"}, False, id="no action of STS, behind a pattern of it"),
        pytest.param({"Action": "sts:AssumeRole zq"}, False, id="an action before a name"),
        pytest.param({"Zqteam": "Allow"}, False, id="an element that nobody means"),
        pytest.param({"Effect": "Zqteam"}, False, id="an effect that nobody means"),
        pytest.param({"Condition": {"Zqteam": {"aws:username": "a"}}}, False, id="an operator that nobody means"),
    ],
)
def test_a_misspelt_word_of_the_language_stays(statement: dict[str, Any], stays: bool) -> None:
    hidden = rewritten(case("cross-account", identity_policies=identity(statement)))
    [policy] = hidden.snapshot.source.identity_policies.policies
    [written] = json.loads(bytes(policy.document))["Statement"]
    assert (words(written) == words(statement)) is stays
    assert "zq" not in str(written).lower()


def test_an_action_that_is_written_as_an_arn_hides_its_account() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": BUILDER}, "Action": "arn:aws:sts::739284610573:AssumeRole"}
    told = redacted(case("cross-account", trust_policy=trust(statement)))
    assert [finding.rule for finding in told.findings] == ["trust-action-missing"]
    written = msgspec.json.encode(told.case).decode()
    assert "739284610573" not in written
    assert "arn:aws:sts::" in written


@pytest.mark.parametrize(
    ("permission", "kept"),
    [("iam:GetRole", "iam:GetRole"), ("zqteam:GetRole", ""), ("zqteam:Deploy", "")],
)
def test_a_permission_stays_that_aws_has(permission: str, kept: str) -> None:
    unread = {"evidence": "unread", "gap": "access_denied", "permission": permission}
    hidden = rewritten(case("cross-account", role=unread)).snapshot.destination.role
    assert isinstance(hidden, Unread)
    assert "zq" not in hidden.permission
    assert not kept or hidden.permission == kept


@pytest.mark.parametrize(
    ("resource", "stays"),
    [
        pytest.param("arn:aws:iam::222222222222:*ole/Deploy", ":*ole/", id="the end of role"),
        pytest.param("arn:aws:iam::222222222222:?ole/Deploy", ":?ole/", id="all of it but a letter"),
        pytest.param("*ole/Deploy", "*ole/", id="without what an ARN begins with"),
        pytest.param("*ser/Deploy", "*ser/", id="the end of user"),
        pytest.param("arn:aws:sts::222222222222:*-role/Deploy/*", ":*-role/", id="the end of assumed-role"),
        pytest.param("arn:aws:iam::222222222222:*zqteam/Deploy", "", id="no type's end"),
    ],
)
def test_what_a_pattern_has_of_a_type_stays(resource: str, stays: str) -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource}
    hidden = rewritten(case("cross-account", identity_policies=identity(statement)))
    [policy] = hidden.snapshot.source.identity_policies.policies
    [written] = json.loads(bytes(policy.document))["Statement"]
    assert stays in written["Resource"]
    assert "zq" not in written["Resource"]


def words(statement: dict[str, Any]) -> list[str]:
    """The elements and operators of a statement, its effect and its action."""
    return [*statement, *statement.get("Condition", ()), str(statement.get("Effect")), str(statement.get("Action"))]


@pytest.mark.parametrize(("region", "stays"), [("eu-wets-1", True), ("us-east-11", True), ("zq-west-1", False)])
def test_what_was_meant_for_a_region_stays(region: str, stays: bool) -> None:
    hidden = rewritten(case("cross-account", request={"region": region}))
    assert (hidden.request.region == region) is stays


@pytest.mark.parametrize(
    ("key", "rule", "hidden", "stays"),
    [
        ("custom:ZqteamDept", "condition-key-never-sent", "zqteamdept", ":"),
        ("aws:zqteam-own", "condition-key-never-sent", "zqteam", "aws:"),
        ("iam:PassedToZqteam", "condition-key-never-sent", "zqteam", "iam:"),
        ("acme:PrincipalOrgID", "condition-key-misspelt", "acme", ":PrincipalOrgID"),
        ("acme:SourceIp", "condition-key-misspelt", "acme", ":SourceIp"),
        ("aws:SourceAcme", "condition-key-misspelt", "acme", "aws:Source"),
        ("aws:PrincipalAcme", "condition-key-misspelt", "acme", "aws:Principal"),
        ("aws:SourcIp", "condition-key-misspelt", "", "aws:SourcIp"),
        ("asw:SourceIp", "condition-key-misspelt", "", "asw:SourceIp"),
    ],
)
def test_of_a_key_that_is_nearly_one_what_is_aws_s_stays(key: str, rule: str, hidden: str, stays: str) -> None:
    statement = allow({"AWS": BUILDER}, Condition={"StringEquals": {key: "x1"}})
    original = case(
        "cross-account", {"request": {"context": {key: ["x2"]}, "unknown": [key]}}, trust_policy=trust(statement)
    )
    for each in (original, case("cross-account", trust_policy=trust(statement))):
        told = redacted(each)
        written = msgspec.json.encode(told.case).decode()
        assert stays in written
        assert not hidden or hidden not in written.lower()
    assert [finding.rule for finding in told.findings] == [rule]


def test_a_variable_of_nobody_s_key_hides_its_name() -> None:
    role = "arn:aws:iam::222222222222:role/${custom:ZqteamDept}-x"
    told = redacted(case("cross-account", identity_policies=identity(on(role))))
    assert "zqteam" not in msgspec.json.encode(told.case).decode().lower()
