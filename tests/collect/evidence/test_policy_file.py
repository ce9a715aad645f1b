"""Policies in files: each form in which AWS commands print one, and what is said of files that hold none."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.cases import json_values

from diagnose.collect.evidence.file_kind import other_kind
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.policy_file import policies_from, read_policy_file
from diagnose.collect.evidence.template_text import read_template_text
from diagnose.errors import XdiagError
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import UNKNOWN_PART, Policy, PolicyKind, document_text

ROLE = "arn:aws:iam::222222222222:role/p/Deploy"
USER = "arn:aws:iam::111111111111:user/ci"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny"}}'


def wrapped(*keys: str) -> str:
    """The policy as the value of the last key, in objects under the keys before it."""
    return "".join(f'{{"Arn": "x", "{key}": ' for key in keys) + POLICY + "}" * len(keys)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(POLICY, "policy.json", id="the document alone"),
        pytest.param("\ufeff\n" + POLICY, "policy.json", id="after a byte order mark"),
        pytest.param(wrapped("PolicyVersion", "Document"), "policy.json", id="a version"),
        pytest.param(
            '{"PolicyName": "inline", "PolicyDocument": ' + POLICY + "}",
            "inline",
            id="an inline policy",
        ),
        pytest.param(wrapped("Role", "AssumeRolePolicyDocument"), "policy.json", id="a role"),
        pytest.param(wrapped("AssumeRolePolicyDocument"), "policy.json", id="a role without its wrapping"),
        pytest.param(
            json.dumps({"Policy": {"PolicySummary": {"Name": "x"}, "Content": POLICY}}),
            "x",
            id="a policy of an organization, as a string",
        ),
        pytest.param(json.dumps(POLICY), "policy.json", id="a string that holds the document"),
        pytest.param(
            POLICY.replace("{", "%7B").replace('"', "%22").replace(" ", "%20"), "policy.json", id="percent-encoded"
        ),
        pytest.param(
            json.dumps({"PolicyDocument": POLICY.replace("{", "%7B")}), "policy.json", id="percent-encoded in a string"
        ),
    ],
)
def test_a_proposed_policy_is_read_and_keeps_its_text(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / "policy.json").write_text(text)
    policy = read_policy_file(tmp_path / "policy.json", PolicyKind.TRUST)
    assert (policy.name, policy.kind, document_text(policy.document)) == (name, PolicyKind.TRUST, POLICY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty", id="an empty file"),
        pytest.param("[]", "is not a policy: it is not a JSON object", id="a list of statements"),
        pytest.param('"text"', "is not JSON at column 1: it starts with `text`", id="a string that holds no JSON"),
        pytest.param("{}", "is not a policy: it has no `Statement`", id="an empty object"),
        pytest.param('{"Effect": "Allow"}', "is a statement of a policy, not a policy", id="a statement"),
        pytest.param('[{"Effect": "Allow"}]', "is a statement of a policy, not a policy", id="statements"),
        pytest.param('{"Role": {}}', "is not a policy: it has no `Statement`", id="a role without a trust policy"),
        pytest.param('{"Role": 3}', "is not a policy: it is not a JSON object", id="a role that is a number"),
        pytest.param('{"Statement": [}', "is not JSON at column 16: `}` is not expected here", id="broken JSON"),
        pytest.param('{"a":' * 9999, "is nested too deeply to be read", id="objects in objects"),
        pytest.param('{"Policy":' * 99 + "{}" + "}" * 99, "is not a policy: it has no `Statement`", id="wrapped often"),
        pytest.param('{"Statement": "\\ud800"}', "is not JSON: it contains one of `\\ud800`", id="half a character"),
    ],
)
def test_a_file_that_holds_no_policy_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(XdiagError) as found:
        read_policy_file(tmp_path / "p.json", PolicyKind.INLINE)
    assert found.value.message.startswith(f"`{tmp_path}/p.json` {message}")
    assert found.value.hint


def test_a_role_is_not_taken_for_another_kind_of_policy(tmp_path: Path) -> None:
    (tmp_path / "role.json").write_text(wrapped("Role", "AssumeRolePolicyDocument"))
    with pytest.raises(XdiagError, match="is a role and holds a trust policy"):
        read_policy_file(tmp_path / "role.json", PolicyKind.SCP)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()), st.sampled_from(PolicyKind))
def test_anything_is_a_policy_or_a_mistake(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: PolicyKind
) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.json"
    path.write_bytes(data)
    with contextlib.suppress(XdiagError):
        assert isinstance(read_policy_file(path, kind), Policy)


DOCUMENT = json.loads(POLICY)
DEPLOY = {"RoleName": "Deploy", "RoleId": "AROAEXAMPLE", "Arn": ROLE, "AssumeRolePolicyDocument": DOCUMENT}
OTHER = {**DEPLOY, "RoleName": "Other", "Arn": "arn:aws:iam::222222222222:role/Other"}


@pytest.mark.parametrize(
    ("printed", "kind", "names", "named"),
    [
        pytest.param({"Role": DEPLOY}, PolicyKind.TRUST, ["Deploy"], [], id="get-role"),
        pytest.param({"Roles": [OTHER, DEPLOY]}, PolicyKind.TRUST, ["Deploy"], [], id="list-roles"),
        pytest.param(
            {"UserName": "ci", "PolicyName": "p", "PolicyDocument": DOCUMENT},
            PolicyKind.INLINE,
            ["p"],
            [],
            id="get-user-policy",
        ),
        pytest.param(
            {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v3", "IsDefaultVersion": True}},
            PolicyKind.INLINE,
            ["f.json"],
            [],
            id="get-policy-version",
        ),
        pytest.param(
            {"Policy": {"Arn": "arn:aws:iam::111111111111:policy/p", "DefaultVersionId": "v3"}},
            PolicyKind.INLINE,
            [],
            ["arn:aws:iam::111111111111:policy/p"],
            id="get-policy",
        ),
        pytest.param(
            {"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::111111111111:policy/p"}]},
            PolicyKind.INLINE,
            [],
            ["arn:aws:iam::111111111111:policy/p"],
            id="list-attached-user-policies",
        ),
        pytest.param({"AttachedPolicies": []}, PolicyKind.INLINE, None, [], id="no attached policies"),
        pytest.param(
            {"PolicyNames": ["p"], "IsTruncated": True},
            PolicyKind.INLINE,
            [],
            ["inline policy p", "further inline policies"],
            id="list-user-policies, cut off",
        ),
        pytest.param(
            {"Groups": [{"GroupName": "devs"}]}, PolicyKind.INLINE, [], ["policies of group devs"], id="groups"
        ),
        pytest.param(
            {"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111111111111:policy/p"}]},
            PolicyKind.INLINE,
            [],
            ["the policies that it lists"],
            id="list-policies",
        ),
        pytest.param([DOCUMENT, {"PolicyDocument": DOCUMENT}], PolicyKind.SCP, ["f.json"] * 2, [], id="a list of two"),
        pytest.param(
            {
                "VpcEndpoints": [
                    {"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": "{}"},
                    {
                        "ServiceName": "com.amazonaws.us-east-1.sts",
                        "VpcEndpointId": "vpce-1",
                        "PolicyDocument": POLICY,
                    },
                ]
            },
            PolicyKind.ENDPOINT,
            ["vpce-1"],
            [],
            id="describe-vpc-endpoints",
        ),
    ],
)
def test_what_aws_commands_print_is_read(
    printed: Any, kind: PolicyKind, names: list[str] | None, named: list[str]
) -> None:
    about = ROLE if kind is PolicyKind.TRUST else USER
    held = policies_from(json.dumps(printed).encode(), kind, place="f.json", about=about)
    assert [policy.name for policy in held.policies] == (names or [])
    assert [gap.subject for gap in held.named] == named
    assert all(gap.detail for gap in held.named)


def test_outputs_after_each_other_are_read_one_by_one() -> None:
    text = json.dumps({"PolicyName": "a", "PolicyDocument": DOCUMENT}, indent=2) + "\n" + POLICY + "\n" + POLICY
    held = policies_from(text.encode(), PolicyKind.INLINE, place="f.json")
    assert [policy.name for policy in held.policies] == ["a", "f.json", "f.json"]


def test_a_role_in_full_has_no_tags_and_no_boundary_that_it_does_not_show() -> None:
    whole = policies_from(json.dumps({"Role": DEPLOY}).encode(), PolicyKind.TRUST, place="f", about=ROLE)
    listed = policies_from(json.dumps({"Roles": [DEPLOY]}).encode(), PolicyKind.TRUST, place="f", about=ROLE)
    assert (whole.described[0].tags, whole.described[0].boundary) == (Known({}), Known(None))
    assert isinstance(listed.described[0].tags, Unread)
    assert isinstance(listed.described[0].boundary, Unread)


def test_a_list_without_the_role_does_not_answer_with_another() -> None:
    with pytest.raises(XdiagError, match="lists 2 roles, but not"):
        policies_from(json.dumps({"Roles": [OTHER, OTHER]}).encode(), PolicyKind.TRUST, place="f.json", about=ROLE)


@pytest.mark.parametrize(
    ("text", "principal"),
    [
        pytest.param(
            "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Principal: {AWS: 111111111111}\n"
            "    Action: sts:AssumeRole\n",
            "111111111111",
            id="YAML",
        ),
        pytest.param(
            "Statement:\n  - Effect: Allow\n    Principal: {AWS: !ImportValue hub}\n",
            {UNKNOWN_PART: "the import `hub`"},
            id="YAML with a function",
        ),
        pytest.param(
            '{"Statement": [{"Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${Hub}:root"}}}]}',
            {UNKNOWN_PART: "`Hub`, which is known after deployment only"},
            id="JSON with a function",
        ),
        pytest.param(
            '{"Statement": [{"Principal": {"AWS": {"Fn::Join": [":", ["arn", "aws"]]}}}]}',
            "arn:aws",
            id="JSON with a function that can be carried out",
        ),
    ],
)
def test_a_document_of_a_template_is_read_as_far_as_it_is_known(text: str, principal: object) -> None:
    (policy,) = policies_from(text.encode(), PolicyKind.TRUST, place="f").policies
    assert json.loads(document_text(policy.document))["Statement"][0]["Principal"]["AWS"] == principal


@pytest.mark.parametrize(
    ("text", "what", "instead"),
    [
        pytest.param(
            'resource "aws_iam_role" "r" {\n  assume_role_policy = jsonencode({})\n}',
            "is Terraform source",
            "terraform show -json",
            id="HCL",
        ),
        pytest.param(
            '{"resource": {"aws_iam_role": {"r": {"name": "r"}}}}',
            "is Terraform source in JSON",
            "terraform show -json",
            id="Terraform source in JSON",
        ),
        pytest.param(
            '# a comment\n\ndata "aws_iam_policy_document" "d" {\n}', "is Terraform source", "show -json", id="HCL data"
        ),
        pytest.param(
            "Terraform will perform the following actions:\n\n  # aws_iam_role.r will be created\n",
            "is a plan of Terraform in words",
            "terraform show -json",
            id="a plan in words",
        ),
        pytest.param(
            '{"@level":"info","@message":"Terraform 1.9","type":"version"}\n', "is the log", "show -json", id="a log"
        ),
        pytest.param(
            '{"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {}}}',
            "is a plan or state of Terraform",
            "--infrastructure",
            id="a state",
        ),
        pytest.param(
            "PK\x03\x04aaaatfplan", "is a plan of Terraform in its binary form", "show -json", id="binary plan"
        ),
        pytest.param(
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n",
            "is a template of CloudFormation",
            "--infrastructure",
            id="YAML",
        ),
        pytest.param(
            "service: a\nprovider:\n  name: aws\nfunctions:\n  f:\n    handler: x\n",
            "is source of the Serverless Framework",
            ".serverless/",
            id="serverless.yml",
        ),
        pytest.param(
            'import * as iam from "aws-cdk-lib/aws-iam";\n', "is source of the CDK", "cdk synth", id="CDK source"
        ),
        pytest.param(
            '{"EvaluationResults": [{"EvalActionName": "sts:AssumeRole", "EvalDecision": "allowed"}]}',
            "holds verdicts of IAM's policy simulator",
            "--details",
            id="simulate-principal-policy",
        ),
        pytest.param(
            "+------+------+\n| name | arn |\n+------+------+\n", "is a table", "get-role", id="a Steampipe table"
        ),
        pytest.param(
            "-----------------\n|    GetRole    |\n", "is a table", "--output json", id="a table of the AWS CLI"
        ),
        pytest.param(
            '[{"name": "r", "assume_role_policy": {}}]', "holds rows of a query", "get-role", id="Steampipe JSON"
        ),
        pytest.param(
            "ROLE\tarn:aws:iam::222222222222:role/R\t2026", "is output of the AWS CLI as text", "json", id="text"
        ),
        pytest.param(
            '{"RoleDetailList": []}',
            "holds account authorization details",
            "--details",
            id="details",
        ),
        pytest.param(
            '{"Records": [{"eventName": "AssumeRole"}]}', "holds events of CloudTrail", "get-role", id="events"
        ),
        pytest.param(
            '{"schema": "xdiag.case/1"}',
            "is a case file",
            "--case",
            id="a case",
        ),
        pytest.param(
            "An error occurred (AccessDenied) when calling the GetRole operation: x",
            "is an error",
            "--message",
            id="error",
        ),
        *[
            pytest.param(text, what, "", id=f"{what}: {text[:30]!r}")
            for what, texts in {
                "holds account authorization details": ['{"UserDetailList": []}', '{"GroupDetailList": []}'],
                "is a template of CloudFormation": ["AWSTemplateFormatVersion: '2010-09-09'\n"],
                "is a plan of Terraform in words": [
                    "OpenTofu will perform the following actions:\n",
                    "  + arn = (known after apply)\n",
                    "  # aws_iam_role.r must be replaced\n",
                    "OpenTofu used the selected providers to generate the plan\n",
                ],
                "is Terraform source, whose values": [
                    'module "m" {\n',
                    "locals {\n",
                    "a = templatefile(x)\n",
                    "a = <<-EOT\n",
                ],
                "is source of the CDK": ["from aws_cdk import aws_iam\n", "require('@aws-cdk/aws-iam')\n"],
                "holds verdicts of IAM's policy simulator": ['{"EvalDecision": "allowed"}'],
                "holds findings of IAM Access Analyzer": ['{"findings": [{"isPublic": false}]}'],
                "holds events of CloudTrail": ['{"EventName": "x"}', '{"CloudTrailEvent": "{}"}'],
                "is a table": ["\u250c name\n", "| name | arn |\n"],
                "holds rows of a query": [
                    '{"attached_policy_arns": []}',
                    '{"inline_policies_std": []}',
                    "name,assume_role_policy_std,arn\n",
                ],
                "is output of the AWS CLI as text": ["USER\tx", "STATEMENT\tx", "ASSUMEROLEPOLICYDOCUMENT\tx"],
                "is an error": [
                    "aws: [ERROR]: An error occurred (AccessDenied)",
                    "x is not authorized to perform: sts:AssumeRole",
                ],
            }.items()
            for text in texts
        ],
    ],
)
def test_a_file_of_another_kind_is_named_with_what_to_use_instead(text: str, what: str, instead: str) -> None:
    with pytest.raises(XdiagError) as error:
        policies_from(text.encode(), PolicyKind.TRUST, place="f")
    assert error.value.message.startswith(f"`f` {what}")
    assert instead in error.value.hint


@pytest.mark.parametrize("begins", ["", "{", '{"data": {', "----------", "|"])
@pytest.mark.parametrize(
    "again",
    ["\n", " ", "Resources:\n", '"findings": [\n', '"data": { ', "----------\n", "resource a\n", "# a will\n", "a =\n"],
)
def test_another_kind_is_looked_for_in_time_that_grows_with_the_file(begins: str, again: str) -> None:
    """Where each beginning is followed to the end of the file, one of these takes minutes."""
    assert other_kind(f"{begins}{again * 70_000}".encode()) is None


YAML_POLICY = """\
Version: '2012-10-17'
Statement:
  - {Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}
"""


@pytest.mark.parametrize(("comment", "read"), [(200_000, True), (300_000, False)])
def test_yaml_that_is_far_longer_than_any_policy_is_not_read(comment: int, read: bool) -> None:
    data = f"{YAML_POLICY}# {'x' * comment}\n".encode()
    with contextlib.nullcontext() if read else pytest.raises(XdiagError, match="is not JSON at line 1"):
        assert len(policies_from(data, PolicyKind.TRUST, place="trust.yaml").policies) == 1


def test_yaml_that_is_longer_than_any_template_is_not_read() -> None:
    long = InputFile("stack.yaml", b"Resources: {}\n#" + b"x" * 1_048_576)
    with pytest.raises(XdiagError, match=r"`stack\.yaml` is larger than any template: it has 1,048,591 bytes"):
        read_template_text(long)
    assert read_template_text(InputFile("stack.yaml", long.data[:1000])).value == {"Resources": {}}


def test_of_outputs_after_each_other_only_what_stands_behind_the_last_may_be_wrong() -> None:
    document = '{"Version": "2012-10-17", "Statement": []}'
    held = policies_from(f"{document}\n\u00a0{document}\t{document}".encode(), PolicyKind.INLINE, place="x")
    assert [document_text(policy.document) for policy in held.policies] == [document] * 3
    with pytest.raises(XdiagError, match="is not JSON"):
        policies_from(f"{document}\n{document} else".encode(), PolicyKind.INLINE, place="x")


def test_half_a_character_is_told_of_every_output() -> None:
    for outputs in (b'"\\ud800" {"Statement": []}', b'{"Statement": []} "\\ud800"'):
        with pytest.raises(XdiagError, match="is not JSON"):
            policies_from(outputs, PolicyKind.INLINE, place="x")


SHOW = (
    "run `terraform show -json > state.json`, or for a plan `terraform plan -out p` and "
    "`terraform show -json p > plan.json`, and give that with `--infrastructure`"
)
GET_ROLE = "`aws iam get-role --role-name NAME` prints a role with its trust policy as it is"
WHOLE = "`aws iam get-account-authorization-details` prints"


@pytest.mark.parametrize(
    ("text", "what", "instead"),
    [
        ('{"schema": "xdiag.case/1"}', "is a case file", "give it with `--case`"),
        ('{"RoleDetailList" : []}', "holds account authorization details", "give it with `--details`"),
        (
            '{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}'.replace("{", "{\n", 1),
            "is a template of CloudFormation",
            "give it with `--infrastructure`",
        ),
        (
            '{"lineage": "x", "resources": []}',
            "is a plan or state of Terraform",
            "give it with `--infrastructure`",
        ),
        (
            '{"format_version": "1", "resource_changes": []}',
            "is a plan or state of Terraform",
            "give it with `--infrastructure`",
        ),
        (
            '{"terraform_version": "1", "planned_values": {}}',
            "is a plan or state of Terraform",
            "give it with `--infrastructure`",
        ),
        (
            '{"data": [{"aws_iam_policy_document": {}}]}',
            "is Terraform source in JSON, whose values only Terraform knows",
            f"{SHOW}; or {GET_ROLE}",
        ),
        (
            "PK\x03\x04aaaatfplan",
            "is a plan of Terraform in its binary form",
            "run `terraform show -json FILE > plan.json`, and give that with `--infrastructure`",
        ),
        ('{"@message":"x"}', "is the log of a run of Terraform, not its result", SHOW),
        ('{"@module":"x"}', "is the log of a run of Terraform, not its result", SHOW),
        (
            "  # aws_iam_role.r must be destroyed\n",
            "is a plan of Terraform in words, in which values are left out",
            SHOW,
        ),
        (
            "  # aws_iam_role.r will be updated in-place\n",
            "is a plan of Terraform in words, in which values are left out",
            SHOW,
        ),
        *(
            (text, "is Terraform source, whose values only Terraform knows", f"{SHOW}; or {GET_ROLE}")
            for text in ('provider "aws" {\n', 'variable "v" {\n', 'output "o" {\n', "terraform {\n", "a = file(x)\n")
        ),
        (
            "import '@aws-cdk/core';",
            "is source of the CDK, which only the CDK can turn into policies",
            "run `cdk synth`, and give `cdk.out/STACK.template.json` with `--infrastructure`",
        ),
        (
            "service: a\nprovider:\n  name: aws\nfunctions:\n  f:\n    handler: x\n",
            "is source of the Serverless Framework",
            "run `serverless package`, and give `.serverless/cloudformation-template-update-stack.json` with "
            "`--infrastructure`",
        ),
        (
            '{"EvaluationResults": []}',
            "holds verdicts of IAM's policy simulator, not policies",
            f"{GET_ROLE}; {WHOLE} all policies of an account, for `--details`",
        ),
        *(
            (f'{{"findings": [{{"{key}": "x"}}]}}', "holds findings of IAM Access Analyzer, not policies", GET_ROLE)
            for key in ("findingType", "isPublic", "findingDetails")
        ),
        (
            '{"eventName": "AssumeRole"}',
            "holds events of CloudTrail, which say what was asked, not what policies say",
            GET_ROLE,
        ),
        ("| name | arn |\n", "is a table as people read it", f"{GET_ROLE}; add `--output json` to an AWS command"),
        *(
            (
                f'[{{"{column}": "x"}}]',
                "holds rows of a query, not what an AWS command prints",
                f"{GET_ROLE}; {WHOLE} a whole account, for `--details`",
            )
            for column in ("assume_role_policy_std", "attached_policy_arns", "inline_policies_std")
        ),
        *(
            (f"{kind}\tx", "is output of the AWS CLI as text", "add `--output json` to the command")
            for kind in ("ROLE", "USER", "POLICY", "POLICYVERSION", "ATTACHEDPOLICIES", "POLICYNAMES", "STATEMENT")
        ),
        ("An error occurred (X)", "is an error that AWS returned, not a policy", "give it with `--message`"),
    ],
)
def test_what_a_file_is_and_what_to_use_instead_is_said_in_whole(text: str, what: str, instead: str) -> None:
    with pytest.raises(XdiagError) as error:
        policies_from(text.encode(), PolicyKind.TRUST, place="f")
    assert (error.value.message, error.value.hint) == (f"`f` {what}", instead)


def test_only_what_declares_infrastructure_is_called_so() -> None:
    for text, declares in (
        (b"AWSTemplateFormatVersion: x\n", True),
        (b'{"lineage": "x", "values": 1}', True),
        (b'{"schema": "xdiag.case/1"}', False),
    ):
        kind = other_kind(text)
        assert kind is not None
        assert kind.declares is declares


A_POLICY = "expected a policy document, or the output of an AWS command that reads one policy"
VERSION = "aws iam get-policy-version --policy-arn ARN --version-id ID"


@pytest.mark.parametrize(
    ("printed", "kind", "message", "hint"),
    [
        pytest.param({}, PolicyKind.TRUST, "is not a policy: it has no `Statement`", A_POLICY, id="nothing"),
        pytest.param(
            3,
            PolicyKind.TRUST,
            "is not a policy: it is not a JSON object",
            'expected `{"Version": ..., "Statement": ...}`',
            id="a number",
        ),
        pytest.param(
            {"Document": {}}, PolicyKind.INLINE, "is not a policy: it has no `Statement`", A_POLICY, id="no statement"
        ),
        pytest.param(
            {"Effect": "Allow"},
            PolicyKind.INLINE,
            "is a statement of a policy, not a policy",
            'put it into one: `{"Version": "2012-10-17", "Statement": [...]}`',
            id="a statement",
        ),
        pytest.param(
            {"Role": DEPLOY},
            PolicyKind.SCP,
            "is a role and holds a trust policy",
            f"expected a policy of the kind `{PolicyKind.SCP}`",
            id="a role as an SCP",
        ),
        pytest.param(
            {"Roles": [OTHER, OTHER]},
            PolicyKind.TRUST,
            f"lists 2 roles, but not `{ROLE}`",
            "expected the ARN of one of them; `aws iam get-role` prints one role",
            id="other roles",
        ),
        pytest.param(
            {"User": {"Arn": USER}},
            PolicyKind.TRUST,
            "describes a user and holds no policy",
            A_POLICY,
            id="a user for a trust policy",
        ),
        pytest.param(
            {"User": {"UserName": "ci"}},
            PolicyKind.INLINE,
            "describes a user and holds no policy",
            A_POLICY,
            id="a user without its ARN",
        ),
        pytest.param(
            {"VpcEndpoints": []},
            PolicyKind.ENDPOINT,
            "lists 0 VPC endpoints",
            "expected one: `aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ID`",
            id="no endpoint",
        ),
        pytest.param(
            {"RoleDetailList": [], "Statement1": 1},
            PolicyKind.TRUST,
            "holds account authorization details",
            "give it with `--details`",
            id="details",
        ),
    ],
)
def test_what_holds_no_such_policy_says_what_was_expected(
    printed: object, kind: PolicyKind, message: str, hint: str
) -> None:
    with pytest.raises(XdiagError) as error:
        policies_from(json.dumps(printed).encode(), kind, place="f.json", about=ROLE)
    assert (error.value.message, error.value.hint) == (f"`f.json` {message}", hint)


def test_several_roles_are_told_where_nobody_says_which() -> None:
    with pytest.raises(XdiagError) as error:
        policies_from(json.dumps({"Roles": [OTHER, DEPLOY]}).encode(), PolicyKind.TRUST, place="f")
    assert error.value.message == "`f` lists 2 roles"


@pytest.mark.parametrize(
    ("printed", "about", "gaps"),
    [
        pytest.param(
            {"PolicyVersion": {"VersionId": "v1"}},
            ROLE,
            [("a version of a policy", f"`{VERSION}` prints its document")],
            id="a version without its document",
        ),
        pytest.param(
            {"Policy": {}},
            ROLE,
            [("", f"`{VERSION}` prints its document")],
            id="a policy without its ARN",
        ),
        pytest.param(
            {"AttachedPolicies": [{"PolicyArn": "arn:x"}], "IsTruncated": True},
            ROLE,
            [
                ("arn:x", "`aws iam get-policy-version --policy-arn arn:x --version-id ID` prints its document"),
                ("further attached policies", "the same command without `--max-items`"),
            ],
            id="attached policies of which some are cut off",
        ),
        pytest.param(
            {"AttachedPolicies": [], "NextToken": "x"},
            ROLE,
            [("further attached policies", "the same command without `--max-items`")],
            id="a page that is empty",
        ),
        pytest.param({"AttachedPolicies": [], "IsTruncated": False}, ROLE, [], id="none at all"),
        pytest.param(
            {"PolicyNames": ["a"], "IsTruncated": True},
            USER,
            [
                (
                    "inline policy a",
                    "`aws iam get-user-policy --user-name ci --policy-name a` prints its document",
                ),
                ("further inline policies", "the same command without `--max-items`"),
            ],
            id="names of a user's",
        ),
        pytest.param(
            {"PolicyNames": ["a"]},
            "",
            [("inline policy a", "`aws iam get-role-policy --role-name NAME --policy-name a` prints its document")],
            id="names of nobody's",
        ),
        pytest.param(
            {"Groups": [{"GroupName": "devs"}]},
            USER,
            [
                (
                    "policies of group devs",
                    "`aws iam list-attached-group-policies --group-name devs` prints its document",
                )
            ],
            id="groups",
        ),
        pytest.param(
            {"Policies": [{"Arn": "arn:aws:iam::111111111111:policy/p"}]},
            ROLE,
            [("the policies that it lists", f"`{VERSION}` prints its document")],
            id="list-policies",
        ),
        pytest.param(
            {"Policies": [{"Arn": "arn:aws:iam::111111111111:policy/p"}, {"Arn": "arn:aws:organizations::1:policy/x"}]},
            ROLE,
            [
                (
                    "the policies that it lists",
                    "`aws organizations describe-policy --policy-id ID` prints its document",
                )
            ],
            id="list-policies-for-target",
        ),
        pytest.param(
            {"Versions": []},
            ROLE,
            [("the versions that it lists", f"`{VERSION}` prints its document")],
            id="list-policy-versions",
        ),
    ],
)
def test_what_is_only_named_says_which_command_prints_it(
    printed: object, about: str, gaps: list[tuple[str, str]]
) -> None:
    held = policies_from(json.dumps(printed).encode(), PolicyKind.INLINE, place="f", about=about)
    assert [(gap.subject, gap.detail) for gap in held.named] == gaps
    assert held.policies == ()


@pytest.mark.parametrize(("printed", "whole"), [({"Role": {"Arn": ROLE}}, True), ({"Roles": [{"Arn": ROLE}]}, False)])
def test_what_a_list_of_roles_leaves_out_is_not_taken_for_absent(printed: object, whole: bool) -> None:
    (role,) = policies_from(json.dumps(printed).encode(), PolicyKind.INLINE, place="f", about=ROLE).described
    assert role.tags == (Known({}) if whole else Unread(permission="iam:ListRoleTags"))
    assert role.boundary == (Known(None) if whole else Unread(permission="iam:GetRole"))
    assert role.max_session_seconds == Unread(permission="iam:GetRole")
