"""Every change that Terraform and CloudFormation know, as the whole of what is written."""

import json
from typing import Any

import pytest
from msgspec import Raw
from tests.remedy.broken import BUILDER, broken

from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Layer
from diagnose.remedy.change import (
    Change,
    MaximumChange,
    NewAssociation,
    NewAttachment,
    NewAudience,
    NewMembership,
    NewProvider,
    NewRole,
    PolicyChange,
    Removal,
    TagChange,
    VersionChange,
)
from diagnose.remedy.render.cloudformation import cloudformation
from diagnose.remedy.render.terraform import terraform

ROLE, ARN = "arn:aws:iam::222222222222:role/team/Deploy", "arn:aws:iam::111111111111:policy/Guard"
GUARD = Policy("Guard", Raw(b"{}"), PolicyKind.MANAGED, arn=ARN)
SCP, RCP = (Policy("1 b", Raw(b"{}"), kind) for kind in (PolicyKind.SCP, PolicyKind.RCP))
EXISTS = "# This exists already: change it where you manage it, or import it before you apply.\n"
DOCUMENT = "<<POLICY\n{}\nPOLICY"
NOTHING: Any = None


@pytest.mark.parametrize(
    ("change", "written", "template"),
    [
        pytest.param(
            TagChange(BUILDER, "team", "red"),
            f'{EXISTS}resource "aws_iam_user" "builder" {{\n  name = "builder"\n  path = "/"\n'
            '  tags = {\n    "team" = "red"\n  }\n}',
            {"builder": ("AWS::IAM::User",
                         {"UserName": "builder", "Path": "/", "Tags": [{"Key": "team", "Value": "red"}]})},
            id="a tag",
        ),
        pytest.param(
            MaximumChange(ROLE, 7200),
            f'{EXISTS}resource "aws_iam_role" "Deploy" {{\n  name = "Deploy"\n  path = "/team/"\n'
            "  max_session_duration = 7200\n}",
            {"Deploy": ("AWS::IAM::Role", {"RoleName": "Deploy", "Path": "/team/", "MaxSessionDuration": 7200})},
            id="a longer session",
        ),
        pytest.param(
            NewRole(ROLE, {}),
            'resource "aws_iam_role" "Deploy" {\n  name = "Deploy"\n  path = "/team/"\n'
            f"  assume_role_policy = {DOCUMENT}\n}}",
            {"Deploy": ("AWS::IAM::Role", {"RoleName": "Deploy", "Path": "/team/", "AssumeRolePolicyDocument": {}})},
            id="a new role",
        ),
        pytest.param(
            VersionChange(GUARD, {}),
            f'{EXISTS}resource "aws_iam_policy" "Guard" {{\n  name = "Guard"\n  policy = {DOCUMENT}\n}}',
            {"Guard": ("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "Guard", "PolicyDocument": {}})},
            id="another version",
        ),
        pytest.param(
            NewMembership("builder", "devs"),
            'resource "aws_iam_user_group_membership" "builder" {\n  user = "builder"\n  groups = ["devs"]\n}',
            {"builderdevs": ("AWS::IAM::UserToGroupAddition", {"GroupName": "devs", "Users": ["builder"]})},
            id="a membership",
        ),
        pytest.param(
            NewAttachment(GUARD, BUILDER),
            'resource "aws_iam_user_policy_attachment" "builder_Guard" {\n  user = "builder"\n'
            f'  policy_arn = "{ARN}"\n}}',
            NOTHING,
            id="an attachment",
        ),
        pytest.param(
            NewProvider(f"{ARN}x", "https://idp.example.com/a", ("a", "b")),
            'resource "aws_iam_openid_connect_provider" "idp_example_com_a" {\n  url = "https://idp.example.com/a"\n'
            '  client_id_list = ["a", "b"]\n}',
            {"idpexamplecoma": ("AWS::IAM::OIDCProvider",
                                {"Url": "https://idp.example.com/a", "ClientIdList": ["a", "b"]})},
            id="a provider",
        ),
        pytest.param(
            NewAssociation("main", "eu-west-1", "shop", "cart", ROLE, ""),
            'resource "aws_eks_pod_identity_association" "shop_cart" {\n  cluster_name = "main"\n'
            f'  namespace = "shop"\n  service_account = "cart"\n  role_arn = "{ROLE}"\n}}',
            {
                "shopcart": (
                    "AWS::EKS::PodIdentityAssociation",
                    {"ClusterName": "main", "Namespace": "shop", "ServiceAccount": "cart", "RoleArn": ROLE},
                )
            },
            id="an association",
        ),
        pytest.param(NewAssociation("main", "", "shop", "cart", ROLE, "a-1"), "", NOTHING, id="an association that is"),
        pytest.param(NewAudience(ARN, "a"), "", NOTHING, id="an audience"),
        pytest.param(Removal(GUARD), "", NOTHING, id="a removal"),
        pytest.param(
            PolicyChange(Layer.SCP, None, SCP, {}, (), target="r-ab12"),
            'resource "aws_organizations_policy" "x1_b" {\n  name = "1 b"\n  type = "SERVICE_CONTROL_POLICY"\n'
            f'  content = {DOCUMENT}\n}}\n\nresource "aws_organizations_policy_attachment" "x1_b" {{\n'
            '  policy_id = aws_organizations_policy.x1_b.id\n  target_id = "r-ab12"\n}',
            {
                "1b": (
                    "AWS::Organizations::Policy",
                    {"Name": "1 b", "Type": "SERVICE_CONTROL_POLICY", "Content": {}, "TargetIds": ["r-ab12"]},
                )
            },
            id="a new SCP",
        ),
        pytest.param(
            PolicyChange(Layer.RCP, RCP, RCP, {}, ()),
            f'{EXISTS}resource "aws_organizations_policy" "x1_b" {{\n  name = "1 b"\n'
            f'  type = "RESOURCE_CONTROL_POLICY"\n  content = {DOCUMENT}\n}}',
            {"1b": ("AWS::Organizations::Policy", {"Name": "1 b", "Type": "RESOURCE_CONTROL_POLICY", "Content": {}})},
            id="an RCP",
        ),
    ],
)  # fmt: skip
def test_a_change_is_written_whole(change: Change, written: str, template: Any) -> None:
    case = broken("cross-account")
    assert terraform(change, case) == written
    text = cloudformation(change, case)
    resources = json.loads(text)["Resources"].items() if text else ()
    found = {name: (each["Type"], each["Properties"]) for name, each in resources}
    assert found == (template or {})
