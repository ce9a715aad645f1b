"""What is wrong with an answer that AWS does not give, API by API; what AWS does give passes."""

import json
import re
from contextlib import nullcontext
from functools import cache
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from diagnose.aws.body import BODY_FORMS
from diagnose.aws.calls import _MARKERS
from diagnose.aws.promises import PROMISES, BrokenPromiseError, action_of, check_body, check_echoes, service_of

ARN = "arn:aws:iam::111111111111:"
DOCUMENT = "%7B%22Statement%22%3A%5B%5D%7D"
CREATED = "<CreateDate>2024-05-06T08:00:00Z</CreateDate>"
ROLE = (
    f"<Path>/</Path><RoleName>App</RoleName><RoleId>AROAEXAMPLEEXAMPLE01</RoleId><Arn>{ARN}role/App</Arn>{CREATED}"
    f"<AssumeRolePolicyDocument>{DOCUMENT}</AssumeRolePolicyDocument>"
)
POLICY = f"<PolicyName>Ci</PolicyName><Arn>{ARN}policy/team/Ci</Arn><DefaultVersionId>v2</DefaultVersionId>"
ATTACHED = f"<member><PolicyName>Ci</PolicyName><PolicyArn>{ARN}policy/team/Ci</PolicyArn></member>"
ENDPOINT = "<vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType>"
OIDC, PROVIDER = "iam:GetOpenIDConnectProvider", "OpenIDConnectProviderArn"
OF_ISSUER = f"{ARN}oidc-provider/oidc.example/id/A"
SERVICE = "<serviceName>com.amazonaws.eu-west-1.sts</serviceName>"


@cache
def operation(action: str) -> OperationModel:
    service = service_of(action) if action in PROMISES else action.partition(":")[0]
    name = action.partition(":")[2]
    return ServiceModel(Loader().load_service_model(service, "service-2"), service).operation_model(name)


def said(action: str, body: bytes, status: int = 200) -> str:
    """What is wrong with a body; "" for nothing."""
    try:
        check_body(operation(action), {"status_code": status, "body": body})
    except BrokenPromiseError as error:
        return str(error)
    return ""


def xml(action: str, inner: str) -> bytes:
    name = action.partition(":")[2]
    return f'<{name}Response xmlns="https://aws"><{name}Result>{inner}</{name}Result></{name}Response>'.encode()


def role(inner: str = ROLE) -> bytes:
    return xml("iam:GetRole", f"<Role>{inner}</Role>")


def attached(inner: str) -> bytes:
    return xml("iam:ListAttachedUserPolicies", inner)


def endpoints(inner: str) -> bytes:
    return f"<R><vpcEndpointSet><item>{inner}</item></vpcEndpointSet></R>".encode()


def versions(inner: str) -> bytes:
    return xml("iam:ListPolicyVersions", f"<Versions><member>{inner}</member></Versions>")


def details(kind: str, inner: str) -> bytes:
    return xml("iam:GetAccountAuthorizationDetails", f"<{kind}><member>{inner}</member></{kind}>")


OF_ROLE = f"<RoleName>App</RoleName><RoleId>AROAEXAMPLEEXAMPLE01</RoleId><Arn>{ARN}role/App</Arn>"
TRUSTED = f"<AssumeRolePolicyDocument>{DOCUMENT}</AssumeRolePolicyDocument>"
OF_POLICY = f"<PolicyName>P</PolicyName><Arn>{ARN}policy/P</Arn>"


def parents(**member: Any) -> bytes:
    return json.dumps({"Parents": [member]}).encode()


def roots(**member: Any) -> bytes:
    return json.dumps({"Roots": [member]}).encode()


@pytest.mark.parametrize(
    ("action", "body", "wrong"),
    [
        pytest.param("iam:GetRole", role(), "", id="a role"),
        pytest.param("iam:GetRole", role(f"{ROLE}<Later>x</Later>"), "", id="a member that came later"),
        pytest.param("iam:GetRole", role("\n" + ROLE), "", id="blanks between members"),
        pytest.param("iam:GetRole", b"<a", "it cannot be read", id="half XML"),
        pytest.param("iam:GetRole", b"\xff\xfe<\0a\0/\0>\0", "it cannot be read", id="UTF-16"),
        pytest.param("iam:GetRole", role().replace(b"Result>", b"Other>"), "it cannot be read", id="no result"),
        pytest.param("iam:GetRole", b"<!DOCTYPE a>" + role(), "it cannot be read", id="a document type"),
        pytest.param(
            "iam:GetRole",
            b'<!DOCTYPE a [<!ENTITY b "App">]>' + role(ROLE.replace("<RoleName>App", "<RoleName>&b;")),
            "it cannot be read",
            id="an entity of its own",
        ),
        pytest.param("iam:GetRole", xml("iam:GetRole", ""), "`Role` is missing", id="no role"),
        pytest.param("iam:GetRole", role("x" + ROLE), "`Role` is not a structure", id="text for a structure"),
        pytest.param("iam:GetRole", role(ROLE + CREATED), "`Role` is not a structure", id="a member twice"),
        pytest.param(
            "iam:GetRole", role(ROLE.replace(CREATED, "")), "`Role.CreateDate` is missing", id="no date, says the model"
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE[: ROLE.index("<Assume")]),
            "`Role.AssumeRolePolicyDocument` is missing",
            id="no trust policy, says the documentation",
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE.replace(DOCUMENT, "")),
            "`Role.AssumeRolePolicyDocument` is not a policy document",
            id="an empty trust policy",
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE.replace("App</Arn>", "Web</Arn>")),
            "the name in `Role` is not the one in its ARN",
            id="another role's ARN",
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE.replace(f"{ARN}role/App", f"{ARN}role/team/App")),
            "",
            id="a path in the ARN",
        ),
        pytest.param("iam:GetRole", role(ROLE.replace(ARN, "arn:aws-cn:iam::111111111111:")), "", id="China"),
        pytest.param(
            "iam:GetRole", role(ROLE.replace(ARN, "arn:aws:iam::11:")), "`Role.Arn` is not an ARN", id="a short account"
        ),
        pytest.param(
            "iam:GetRole", role(ROLE.replace("2024-05-06T08:00:00Z", "soon")), "it cannot be read", id="no date at all"
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE.replace("2024-05-06T08:00:00Z", "9999-12-31T23:59:59-23:59")),
            "`Role.CreateDate` is not a timestamp",
            id="a date that is none anywhere",
        ),
        pytest.param(
            "iam:GetRole",
            role(f"{ROLE}<MaxSessionDuration>-1</MaxSessionDuration>"),
            "",
            id="a number, which the model does not bound",
        ),
        pytest.param(
            "iam:GetRole",
            role(f"{ROLE}<MaxSessionDuration>{'9' * 19}</MaxSessionDuration>"),
            "`Role.MaxSessionDuration` is not a integer",
            id="a number of 19 digits",
        ),
        pytest.param(
            "iam:GetRole",
            role(f"{ROLE}<MaxSessionDuration>1 hour</MaxSessionDuration>"),
            "`Role.MaxSessionDuration` is not a integer",
            id="a number in words",
        ),
        pytest.param(
            "iam:GetRole",
            role(f"{ROLE}<PermissionsBoundary/>"),
            "`Role.PermissionsBoundary.PermissionsBoundaryArn` is missing",
            id="a boundary without its ARN",
        ),
        pytest.param(
            "iam:GetRole", role(ROLE.replace("<Path>/", "<Path>")), "`Role.Path` is empty", id="empty, says the model"
        ),
        pytest.param(
            "iam:GetRole",
            role(ROLE.replace("<Path>/", "<Path><b/>")),
            "`Role.Path` is not a string",
            id="a text that is an element",
        ),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached(f"<AttachedPolicies>{ATTACHED}</AttachedPolicies>"),
            "",
            id="a list",
        ),
        pytest.param("iam:ListAttachedUserPolicies", attached("<AttachedPolicies/>"), "", id="an empty list"),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached(f"<AttachedPolicies>{ATTACHED * 2}</AttachedPolicies><IsTruncated>false</IsTruncated>"),
            "",
            id="a list of two, and no more",
        ),
        pytest.param("iam:ListAttachedUserPolicies", attached(""), "`AttachedPolicies` is missing", id="no list"),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached("<AttachedPolicies>x</AttachedPolicies>"),
            "`AttachedPolicies` is not a list",
            id="text for a list",
        ),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached(f"<AttachedPolicies>{ATTACHED}<item/></AttachedPolicies>"),
            "`AttachedPolicies` is not a list",
            id="a stray item",
        ),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached(f"<AttachedPolicies>{ATTACHED}<member/></AttachedPolicies>"),
            "`AttachedPolicies.PolicyName` is missing",
            id="an item of nothing",
        ),
        pytest.param(
            "iam:ListAttachedUserPolicies",
            attached("<AttachedPolicies/><IsTruncated>yes</IsTruncated>"),
            "`IsTruncated` is not a boolean",
            id="no truth value",
        ),
        pytest.param("iam:GetPolicy", xml("iam:GetPolicy", f"<Policy>{POLICY}</Policy>"), "", id="a policy"),
        pytest.param(
            "iam:GetPolicy",
            xml("iam:GetPolicy", f"<Policy>{POLICY.replace('v2', '')}</Policy>"),
            "`Policy.DefaultVersionId` is empty",
            id="empty, says the documentation",
        ),
        pytest.param("iam:GetPolicy", xml("iam:GetPolicy", ""), "`Policy` is missing", id="no policy"),
        pytest.param(
            "iam:ListPolicyVersions",
            versions("<VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>"),
            "",
            id="a version",
        ),
        pytest.param(
            "iam:ListPolicyVersions",
            versions("<VersionId>v1</VersionId>"),
            "`Versions.IsDefaultVersion` is missing",
            id="a version that may be the default",
        ),
        pytest.param(
            "sts:GetCallerIdentity",
            xml("sts:GetCallerIdentity", f"<Arn>{ARN}root</Arn><Account>1</Account>"),
            "`Account` does not have the form that AWS gives it",
            id="no account id",
        ),
        pytest.param("ec2:DescribeVpcEndpoints", endpoints(ENDPOINT + SERVICE), "", id="an endpoint"),
        pytest.param(
            "ec2:DescribeVpcEndpoints",
            endpoints(ENDPOINT),
            "`VpcEndpoints.ServiceName` is missing",
            id="an endpoint of nothing",
        ),
        pytest.param(
            "ec2:DescribeVpcEndpoints",
            endpoints(ENDPOINT + "<serviceName>sts</serviceName>"),
            "`VpcEndpoints.ServiceName` does not have the form that AWS gives it",
            id="an endpoint of something",
        ),
        pytest.param("organizations:ListParents", parents(Id="r-ab12", Type="ROOT"), "", id="a parent"),
        pytest.param(
            "organizations:ListParents", parents(Id="ou-ab12-abcdefgh", Type="ORGANIZATIONAL_UNIT"), "", id="a unit"
        ),
        pytest.param(
            "organizations:ListParents",
            parents(Id="x-r-ab12", Type="ROOT"),
            "`Parents.Id` does not have the form that AWS gives it",
            id="no id of a parent",
        ),
        pytest.param(
            "organizations:ListParents",
            parents(Id="r-ab12", Type="ACCOUNT"),
            "`Parents.Type` does not have the form that AWS gives it",
            id="a parent that is none",
        ),
        pytest.param(
            "organizations:ListParents", parents(Id=None, Type="ROOT"), "`Parents.Id` is missing", id="null is missing"
        ),
        pytest.param(
            "organizations:ListParents", parents(Id=5), "`Parents.Id` is not a string", id="a number for text"
        ),
        pytest.param(
            "organizations:ListParents", b'{"Parents": {}}', "`Parents` is not a list", id="an object for a list"
        ),
        pytest.param("organizations:ListParents", b"[]", "it is not a structure", id="a list for an object"),
        pytest.param("organizations:ListParents", b"{", "it cannot be read", id="half JSON"),
        pytest.param("organizations:ListParents", b"[" * 100_000, "it cannot be read", id="brackets without end"),
        pytest.param(
            "iam:GetAccountAuthorizationDetails",
            details("RoleDetailList", OF_ROLE + TRUSTED),
            "",
            id="a role among all of an account",
        ),
        pytest.param(
            "iam:GetAccountAuthorizationDetails",
            details("RoleDetailList", OF_ROLE),
            "`RoleDetailList.AssumeRolePolicyDocument` is missing",
            id="a role that trusts nobody",
        ),
        pytest.param(
            "iam:GetAccountAuthorizationDetails",
            details(
                "RoleDetailList",
                f"{OF_ROLE}{TRUSTED}<RolePolicyList><member><PolicyName>x</PolicyName></member></RolePolicyList>",
            ),
            "`RoleDetailList.RolePolicyList.PolicyDocument` is missing",
            id="an inline policy without a document",
        ),
        pytest.param(
            "iam:GetAccountAuthorizationDetails",
            details(
                "Policies",
                f"{OF_POLICY}<PolicyVersionList><member><VersionId>v1</VersionId>"
                "<IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList>",
            ),
            "`Policies.PolicyVersionList.Document` is missing",
            id="a version without a document",
        ),
        pytest.param(
            "organizations:ListAccountsForParent",
            b'{"Accounts": [{"Id": "111111111111", "Status": "ACTIVE"}]}',
            "",
            id="an account below an OU",
        ),
        pytest.param(
            "organizations:ListAccountsForParent",
            b"{}",
            "`Accounts` is missing",
            id="no list of accounts, which is not an empty one",
        ),
        pytest.param(
            "organizations:ListOrganizationalUnitsForParent",
            b'{"OrganizationalUnits": [{"Id": "ou-1"}]}',
            "`OrganizationalUnits.Id` does not have the form that AWS gives it",
            id="an OU of another form",
        ),
        pytest.param(
            "organizations:ListRoots",
            roots(Id="r-ab12", PolicyTypes=[{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]),
            "",
            id="a root",
        ),
        pytest.param(
            "organizations:ListRoots",
            roots(Id="r-ab12"),
            "`Roots.PolicyTypes` is missing",
            id="a root that may have SCPs",
        ),
        pytest.param(
            "organizations:ListRoots",
            roots(Id="r-ab12", PolicyTypes=[{"Type": "SERVICE_CONTROL_POLICY"}]),
            "`Roots.PolicyTypes.Status` is missing",
            id="SCPs that may be enabled",
        ),
    ],
)
def test_an_answer_is_held_against_what_the_api_promises(action: str, body: bytes, wrong: str) -> None:
    assert said(action, body) == wrong


@pytest.mark.parametrize(
    ("kept", "wrong"), [(True, ""), ("true", "`Policy.PolicySummary.AwsManaged` is not a boolean")]
)
def test_a_truth_value_of_json_is_no_text(kept: object, wrong: str) -> None:
    summary = {"Id": "p-12345678", "AwsManaged": kept}
    body = {"Policy": {"PolicySummary": summary, "Content": '{"Statement": []}'}}
    assert said("organizations:DescribePolicy", json.dumps(body).encode()) == wrong


@pytest.mark.parametrize(
    ("joined", "wrong"),
    [
        (1_700_000_000.5, ""),
        ("2024-05-06", "`Accounts.JoinedTimestamp` is not a timestamp"),
        (True, "`Accounts.JoinedTimestamp` is not a timestamp"),
        (1e300, "`Accounts.JoinedTimestamp` is not a timestamp"),
    ],
)
def test_a_time_of_json_is_a_number(joined: object, wrong: str) -> None:
    """Of an API that xdiag does not call: the model alone is what it promises."""
    body = json.dumps({"Accounts": [{"JoinedTimestamp": joined}]}).encode()
    assert said("organizations:ListAccounts", body) == wrong


@pytest.mark.parametrize(
    ("content", "policy"),
    [
        ('{"Statement": []}', True),
        ('  {"Statement": {}}', True),
        ("%7B%22Statement%22%3A%5B%7B%7D%5D%7D", True),
        (' {"Statement": [{"Sid": "100%25"}, {"Condition": "%22"}]}', True),
        ('{"Statement": ["x"]}', False),
        ('{"Statement": [{}, "x"]}', False),
        ('{"Statement": "x"}', False),
        ('{"Statement": [{"Sid": "\\ud800"}]}', False),
        ('{"Statement": ' + "[" * 20_000, False),
        ("{}", False),
        ("[]", False),
        ("word", False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_policy_document_has_statements(content: str, policy: bool) -> None:
    body = {"Policy": {"PolicySummary": {"Id": "p-12345678"}, "Content": content}}
    wrong = "" if policy else "`Policy.Content` is not a policy document"
    assert said("organizations:DescribePolicy", json.dumps(body).encode()) == wrong


@pytest.mark.parametrize(("status", "looked_at"), [(200, True), (300, True), (301, False), (403, False), (500, False)])
def test_only_an_answer_proper_is_looked_at(status: int, looked_at: bool) -> None:
    assert bool(said("iam:GetRole", b"", status)) is looked_at


def test_an_operation_that_answers_nothing_promises_nothing() -> None:
    assert said("iam:DeleteRole", b"") == ""


@pytest.mark.parametrize(
    ("action", "answer", "asked", "wrong"),
    [
        pytest.param("iam:GetUser", {"User": {"UserName": "Ci"}}, {"UserName": "ci"}, "", id="in another case"),
        pytest.param(
            "iam:GetUser",
            {"User": {"UserName": "cd"}},
            {"UserName": "ci"},
            "`User.UserName` is not the `UserName` that was asked for",
            id="another user",
        ),
        pytest.param(
            "iam:GetUserPolicy",
            {"UserName": "ci", "PolicyName": "other"},
            {"UserName": "ci", "PolicyName": "own"},
            "`PolicyName` is not the `PolicyName` that was asked for",
            id="another policy",
        ),
        pytest.param(
            "iam:GetUser",
            {"User": "ci"},
            {"UserName": "ci"},
            "`User.UserName` is not the `UserName` that was asked for",
            id="no structure",
        ),
        pytest.param("iam:ListRoles", {}, {}, "", id="nothing to repeat"),
        pytest.param(OIDC, {"Url": "oidc.example/id/A"}, {PROVIDER: OF_ISSUER}, "", id="a provider's URL"),
        pytest.param(OIDC, {"Url": "https://oidc.example/id/A"}, {PROVIDER: OF_ISSUER}, "", id="with its scheme"),
        *(
            pytest.param(
                OIDC, answer, {PROVIDER: OF_ISSUER}, f"`Url` is not of the `{PROVIDER}` that was asked for", id=name
            )
            for name, answer in {
                "of another provider": {"Url": "oidc.example/id/B"},
                "of its host alone": {"Url": "oidc.example"},
                "in another case": {"Url": "oidc.example/id/a"},
                "with another scheme": {"Url": "http://oidc.example/id/A"},
                "no URL": {},
            }.items()
        ),
    ],
)
def test_an_answer_is_to_the_question(action: str, answer: Any, asked: dict[str, str], wrong: str) -> None:
    with pytest.raises(BrokenPromiseError, match=f"^{re.escape(wrong)}$") if wrong else nullcontext():
        check_echoes(action, answer, asked)


@pytest.mark.parametrize("action", PROMISES)
def test_whatever_is_promised_is_a_member_of_the_answer(action: str) -> None:
    """A path with a slip in it would promise nothing at all."""
    promise = PROMISES[action]
    assert action_of(operation(action)) == action
    for path in {*promise.members, *promise.documents, *promise.echoes, *promise.forms}:
        shape: Any = operation(action).output_shape
        for name in path.split("."):
            shape = getattr(shape, "member", shape).members[name]
    sent = operation(action).input_shape
    assert set(promise.echoes.values()) <= (set(sent.members) if sent else set())


@pytest.mark.parametrize("action", PROMISES)
def test_pages_follow_each_other_as_the_service_names_them(action: str) -> None:
    sent, received = _MARKERS.get(service_of(action), ("NextToken", "NextToken"))
    shapes: Any = (operation(action).input_shape, operation(action).output_shape)
    given, answered = (set(shape.members) if shape else set() for shape in shapes)
    if answered & {"NextToken", "nextToken", "Marker"}:
        assert (sent in given, received in answered) == (True, True)


@pytest.mark.parametrize(
    ("type_name", "sent", "text"),
    [
        pytest.param("string", "a", "a", id="a text"),
        pytest.param("string", 5, None, id="a number for a text"),
        pytest.param("string", {"a": 1}, None, id="an object for a text"),
        pytest.param("string", True, None, id="a truth value for a text"),
        pytest.param("boolean", False, "false", id="a truth value"),
        pytest.param("boolean", "false", None, id="a text for a truth value"),
        pytest.param("integer", 5, "5", id="a number"),
        pytest.param("integer", "5", None, id="a text for a number"),
        pytest.param("integer", True, None, id="a truth value for a number"),
        pytest.param("long", 2**40, str(2**40), id="a large number"),
        pytest.param("timestamp", 1.5, "1.5", id="a moment"),
        pytest.param("float", 1.5, "1.5", id="a fraction"),
        pytest.param("double", [1.5], None, id="a list for a fraction"),
    ],
)
def test_a_value_of_json_is_a_text_where_it_is_of_its_type(type_name: str, sent: Any, text: str | None) -> None:
    assert BODY_FORMS["json"]().text(sent, Shape("Value", {"type": type_name})) == text
