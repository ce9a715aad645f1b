"""Of each API an answer with all that AWS's documentation promises of it: whatever is left out of it is noticed.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/, https://docs.aws.amazon.com/STS/latest/APIReference/,
https://docs.aws.amazon.com/organizations/latest/APIReference/, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/,
https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/, https://docs.aws.amazon.com/eks/latest/APIReference/
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.aws.imitation import Exchange
from tests.aws.test_promises import operation, said

from diagnose.aws.promises import PROMISES, BrokenPromiseError, check_echoes

OWN = "arn:aws:iam::111111111111:"
MADE = {"Path": "/", "CreateDate": "2024-05-06T08:00:00Z"}
DOCUMENT = '{"Statement": []}'
INLINE = [{"PolicyName": "Own", "PolicyDocument": DOCUMENT}]
ATTACHED = [{"PolicyArn": f"{OWN}policy/Ci"}]
BOUNDED = {"PermissionsBoundary": {"PermissionsBoundaryArn": f"{OWN}policy/Fence"}}
USER = {"UserName": "ci", "UserId": "AIDAEXAMPLEEXAMPLE01", "Arn": f"{OWN}user/ci"}
ROLE = {
    "RoleName": "App",
    "RoleId": "AROAEXAMPLEEXAMPLE01",
    "Arn": f"{OWN}role/App",
    "AssumeRolePolicyDocument": DOCUMENT,
}
ENTITIES = ("User", "Role", "Group")

ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "iam:GetUser": {"User": {**MADE, **USER, **BOUNDED}},
    "iam:GetRole": {"Role": {**MADE, **ROLE, **BOUNDED}},
    "iam:ListRoles": {"Roles": [{**MADE, **ROLE}]},
    **{
        f"iam:Get{entity}Policy": {f"{entity}Name": "x", "PolicyName": "Own", "PolicyDocument": DOCUMENT}
        for entity in ENTITIES
    },
    **{f"iam:List{entity}Policies": {"PolicyNames": ["Own"]} for entity in ENTITIES},
    **{
        f"iam:ListAttached{entity}Policies": {
            "AttachedPolicies": [{"PolicyName": "Ci", "PolicyArn": f"{OWN}policy/Ci"}]
        }
        for entity in ENTITIES
    },
    "iam:ListGroupsForUser": {
        "Groups": [{**MADE, "GroupName": "devs", "GroupId": "AGPAEXAMPLEEXAMPLE01", "Arn": f"{OWN}group/devs"}]
    },
    "iam:GetPolicy": {"Policy": {"PolicyName": "Ci", "Arn": f"{OWN}policy/Ci", "DefaultVersionId": "v2"}},
    "iam:GetPolicyVersion": {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v2"}},
    "iam:ListPolicyVersions": {"Versions": [{"VersionId": "v2", "IsDefaultVersion": True}]},
    "iam:GetAccountAuthorizationDetails": {
        "UserDetailList": [{**USER, **BOUNDED, "UserPolicyList": INLINE, "AttachedManagedPolicies": ATTACHED}],
        "GroupDetailList": [
            {
                "GroupName": "devs",
                "Arn": f"{OWN}group/devs",
                "GroupPolicyList": INLINE,
                "AttachedManagedPolicies": ATTACHED,
            }
        ],
        "RoleDetailList": [{**ROLE, **BOUNDED, "RolePolicyList": INLINE, "AttachedManagedPolicies": ATTACHED}],
        "Policies": [
            {
                "PolicyName": "Ci",
                "Arn": f"{OWN}policy/Ci",
                "PolicyVersionList": [{"VersionId": "v2", "IsDefaultVersion": True, "Document": DOCUMENT}],
            }
        ],
    },
    "iam:ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": f"{OWN}oidc-provider/oidc.example"}]},
    "iam:GetOpenIDConnectProvider": {"Url": "oidc.example", "ClientIDList": ["sts.amazonaws.com"]},
    "iam:ListSAMLProviders": {"SAMLProviderList": [{"Arn": f"{OWN}saml-provider/okta"}]},
    "iam:GetSAMLProvider": {"SAMLMetadataDocument": "<EntityDescriptor/>"},
    "sts:GetCallerIdentity": {"Account": "111111111111", "Arn": f"{OWN}user/ci"},
    "sts:AssumeRole": {
        "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": "arn:aws:sts::111111111111:assumed-role/App/x"},
        "Credentials": {
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": "x",
            "SessionToken": "y",
            "Expiration": "2024-05-06T08:00:00Z",
        },
    },
    "organizations:DescribeOrganization": {"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "999999999999"}},
    "organizations:ListParents": {"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]},
    "organizations:ListAccountsForParent": {"Accounts": [{"Id": "111111111111", "Status": "ACTIVE"}]},
    "organizations:ListOrganizationalUnitsForParent": {"OrganizationalUnits": [{"Id": "ou-ab12-abcdefgh"}]},
    "organizations:ListRoots": {
        "Roots": [{"Id": "r-ab12", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]
    },
    "organizations:DescribeOrganizationalUnit": {"OrganizationalUnit": {"Id": "ou-ab12-abcdefgh"}},
    "organizations:ListPoliciesForTarget": {
        "Policies": [
            {
                "Id": "p-12345678",
                "Name": "Fence",
                "Arn": "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-12345678",
            }
        ]
    },
    "organizations:DescribePolicy": {"Policy": {"PolicySummary": {"Id": "p-12345678"}, "Content": DOCUMENT}},
    "ec2:DescribeVpcEndpoints": {
        "VpcEndpoints": [
            {
                "VpcEndpointId": "vpce-1",
                "VpcEndpointType": "Interface",
                "PolicyDocument": DOCUMENT,
                "ServiceName": "com.amazonaws.eu-west-1.sts",
            }
        ]
    },
    "iam:GetRequestAuthorizationDetails": {
        "requestContext": {},
        "evaluations": [{"action": "sts:AssumeRole", "resource": f"{OWN}role/App"}],
        "policies": [],
    },
    "iam:GetRequestAuthorizationPolicy": {"policyDocument": {"Statement": []}},
    "eks:ListClusters": {"clusters": ["main"]},
    "eks:DescribeCluster": {
        "cluster": {
            "name": "main",
            "arn": "arn:aws:eks:eu-west-1:111111111111:cluster/main",
            "identity": {"oidc": {"issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/A1"}},
        }
    },
    "eks:ListPodIdentityAssociations": {
        "associations": [
            {
                "clusterName": "main",
                "namespace": "shop",
                "serviceAccount": "cart",
                "associationId": "a-1234567890abcdef",
            }
        ]
    },
    "eks:DescribePodIdentityAssociation": {
        "association": {
            "clusterName": "main",
            "associationId": "a-1234567890abcdef",
            "roleArn": f"{OWN}role/App",
            "targetRoleArn": "arn:aws:iam::222222222222:role/Deploy",
        }
    },
}

LEFT_OUT_WHERE_THERE_IS_NONE = {
    "PermissionsBoundary",
    *(f"iam:GetAccountAuthorizationDetails {name}" for name in ("UserDetailList", "GroupDetailList", "RoleDetailList")),
    *(f"iam:GetAccountAuthorizationDetails {name}" for name in ("Policies", "Policies.PolicyVersionList")),
    *(
        f"iam:GetAccountAuthorizationDetails {kind}DetailList.{name}"
        for kind in ENTITIES
        for name in ("AttachedManagedPolicies", f"{kind}PolicyList")
    ),
    "ec2:DescribeVpcEndpoints VpcEndpoints.PolicyDocument",
    *(f"eks:DescribeCluster cluster.{name}" for name in ("identity", "identity.oidc", "identity.oidc.issuer")),
    "eks:DescribePodIdentityAssociation association.targetRoleArn",
}
DOCUMENTS = ("AssumeRolePolicyDocument", "PolicyDocument", "Document", "Content", "policyDocument")


def members(value: Any, path: str = "") -> Iterator[tuple[dict[str, Any], str, str]]:
    """Give each member of each structure: what it stands in, its name, and its path in the answer."""
    if isinstance(value, list):
        for item in value:
            yield from members(item, path)
    elif isinstance(value, dict) and path.rpartition(".")[2] != "policyDocument":
        for name in value:
            below = f"{path}.{name}".lstrip(".")
            yield value, name, below
            yield from members(value[name], below)


def holder_of(action: str, path: str) -> object:
    return next(holder[name] for holder, name, place in members(ANSWERS[action]) if place == path)


PATHS = [(action, path) for action, answer in ANSWERS.items() for _, _, path in members(answer)]


def changed(action: str, path: str, *value: object) -> str:
    """What is wrong with the answer in which a member has another value, or is left out."""
    answer = json.loads(json.dumps(ANSWERS[action]))
    [(holder, name)] = [(holder, name) for holder, name, place in members(answer) if place == path]
    del holder[name]
    if value:
        [holder[name]] = value
    shape: Any = operation(action).output_shape
    return said(action, Exchange(action, {}, answer, shape).body())


def test_every_api_that_is_called_has_an_answer_here() -> None:
    assert set(ANSWERS) == set(PROMISES)


@pytest.mark.parametrize("action", ANSWERS)
def test_what_aws_gives_is_an_answer(action: str) -> None:
    shape: Any = operation(action).output_shape
    assert said(action, Exchange(action, {}, dict(ANSWERS[action]), shape).body()) == ""


@pytest.mark.parametrize(("action", "path"), PATHS)
def test_a_member_that_is_missing_is_not_taken_for_none(action: str, path: str) -> None:
    optional = {path.rpartition(".")[2], f"{action} {path}"} & LEFT_OUT_WHERE_THERE_IS_NONE
    assert changed(action, path) == ("" if optional else f"`{path}` is missing")


@pytest.mark.parametrize(
    ("action", "path"), [(action, path) for action, path in PATHS if path.rpartition(".")[2] in DOCUMENTS]
)
def test_a_document_is_a_policy(action: str, path: str) -> None:
    other: object = {"a": 1} if path == "policyDocument" else "word"
    assert changed(action, path, other) == f"`{path}` is not a policy document"


@pytest.mark.parametrize(
    ("action", "path", "value"),
    [
        ("iam:ListOpenIDConnectProviders", "OpenIDConnectProviderList.Arn", f"{OWN}saml-provider/okta"),
        ("iam:ListSAMLProviders", "SAMLProviderList.Arn", f"{OWN}oidc-provider/oidc.example"),
        ("sts:GetCallerIdentity", "Account", "1111111111111"),
        ("organizations:DescribeOrganization", "Organization.Id", "o-a1b2c3d4e"),
        ("organizations:DescribeOrganization", "Organization.Id", "O-A1B2C3D4E5"),
        ("organizations:DescribeOrganization", "Organization.MasterAccountId", "99999999999"),
        ("organizations:ListParents", "Parents.Id", "r-ab1"),
        ("organizations:ListParents", "Parents.Id", "ou-ab12-abcdefg"),
        ("organizations:ListParents", "Parents.Id", "ou-abcdefgh"),
        ("organizations:ListAccountsForParent", "Accounts.Id", "11111111111"),
        ("organizations:ListOrganizationalUnitsForParent", "OrganizationalUnits.Id", "r-ab12"),
        ("organizations:ListRoots", "Roots.Id", "ou-ab12-abcdefgh"),
        ("iam:GetRequestAuthorizationDetails", "evaluations.action", "AssumeRole"),
        ("eks:ListClusters", "clusters", ["a cluster"]),
        ("eks:ListClusters", "clusters", ["-main"]),
        ("eks:ListClusters", "clusters", ["a" * 101]),
        ("eks:DescribeCluster", "cluster.arn", "arn:aws:eks:eu-west-1:111111111111:nodegroup/main"),
        ("eks:DescribeCluster", "cluster.identity.oidc.issuer", "oidc.eks.eu-west-1.amazonaws.com/id/A1"),
        ("eks:DescribePodIdentityAssociation", "association.roleArn", f"{OWN}user/App"),
        ("eks:DescribePodIdentityAssociation", "association.targetRoleArn", f"{OWN}user/App"),
    ],
)
def test_a_text_has_the_form_that_aws_gives_it(action: str, path: str, value: object) -> None:
    assert changed(action, path, value) == f"`{path}` does not have the form that AWS gives it"


@pytest.mark.parametrize(
    ("action", "path", "whole"),
    [
        *((f"iam:Get{kind}", f"{kind}.{kind}Name", kind) for kind in ("User", "Role")),
        ("iam:ListRoles", "Roles.RoleName", "Roles"),
        ("iam:ListGroupsForUser", "Groups.GroupName", "Groups"),
        ("iam:GetPolicy", "Policy.PolicyName", "Policy"),
        ("iam:ListAttachedRolePolicies", "AttachedPolicies.PolicyName", "AttachedPolicies"),
        ("iam:ListAttachedRolePolicies", "AttachedPolicies.PolicyArn", "AttachedPolicies"),
        *(
            ("iam:GetAccountAuthorizationDetails", f"{kind}DetailList.{kind}Name", f"{kind}DetailList")
            for kind in ENTITIES
        ),
        ("iam:GetAccountAuthorizationDetails", "Policies.PolicyName", "Policies"),
    ],
)
def test_a_name_is_the_one_in_the_arn(action: str, path: str, whole: str) -> None:
    other = f"{OWN}policy/Other" if path.endswith("Arn") else "Other"
    assert changed(action, path, other) == f"the name in `{whole}` is not the one in its ARN"


@pytest.mark.parametrize(
    ("action", "path", "value"),
    [
        pytest.param("sts:GetCallerIdentity", "Arn", "arn:aws:iam::111111111111:root", id="the root user"),
        pytest.param(
            "iam:ListAttachedRolePolicies",
            "AttachedPolicies",
            [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
            id="a policy of AWS's own",
        ),
        pytest.param(
            "organizations:ListPoliciesForTarget",
            "Policies",
            [
                {
                    "Id": "p-FullAWSAccess",
                    "Name": "FullAWSAccess",
                    "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
                }
            ],
            id="an SCP of AWS's own, whose ARN ends with its id",
        ),
        pytest.param(
            "eks:DescribeCluster",
            "cluster.arn",
            "arn:aws-us-gov:eks:us-gov-west-1:111111111111:cluster/main",
            id="another partition",
        ),
        pytest.param("eks:ListClusters", "clusters", ["a" * 100, "B_1-c"], id="names of clusters"),
        pytest.param("eks:DescribePodIdentityAssociation", "association.ownerArn", "", id="no owner"),
        pytest.param("organizations:ListParents", "Parents", [], id="no parent"),
        pytest.param(
            "eks:DescribeCluster",
            "cluster.identity.oidc.issuer",
            "http://127.0.0.1:4566/id/A1",
            id="an emulator's issuer",
        ),
        pytest.param(
            "iam:GetRequestAuthorizationDetails", "requestContext", {"aws:UserAgent": "xdiag"}, id="a map of texts"
        ),
        pytest.param("iam:GetSAMLProvider", "SAMLMetadataDocument", "<a>\n</a>", id="a text of several lines"),
        pytest.param(
            "ec2:DescribeVpcEndpoints",
            "VpcEndpoints.ServiceName",
            "cn.com.amazonaws.cn-north-1.sts",
            id="a service in China",
        ),
    ],
)
def test_what_aws_gives_besides_is_an_answer(action: str, path: str, value: object) -> None:
    if path == "association.ownerArn":
        association = {**ANSWERS[action]["association"], "ownerArn": value}
        assert changed(action, "association", association) == ""
    else:
        assert changed(action, path, value) == ""


@pytest.mark.parametrize("value", ["x", []])
def test_a_map_is_one(value: object) -> None:
    wrong = changed("iam:GetRequestAuthorizationDetails", "requestContext", value)
    assert wrong == "`requestContext` is not a map"


@pytest.mark.parametrize(
    ("action", "path"),
    [
        (action, path)
        for action, path in PATHS
        if isinstance(holder_of(action, path), str) and path != "evaluations.resource"  # which is not read
    ],
)
def test_a_text_that_is_empty_is_none(action: str, path: str) -> None:
    assert changed(action, path, "") != ""


@pytest.mark.parametrize(
    ("action", "path", "parameter"),
    [
        ("iam:GetUser", "User.UserName", "UserName"),
        ("iam:GetRole", "Role.RoleName", "RoleName"),
        *((f"iam:Get{entity}Policy", f"{entity}Name", f"{entity}Name") for entity in ENTITIES),
        *((f"iam:Get{entity}Policy", "PolicyName", "PolicyName") for entity in ENTITIES),
        ("iam:GetPolicy", "Policy.Arn", "PolicyArn"),
        ("iam:GetPolicyVersion", "PolicyVersion.VersionId", "VersionId"),
        ("organizations:DescribeOrganizationalUnit", "OrganizationalUnit.Id", "OrganizationalUnitId"),
        ("organizations:DescribePolicy", "Policy.PolicySummary.Id", "PolicyId"),
        ("eks:DescribeCluster", "cluster.name", "name"),
        ("eks:DescribePodIdentityAssociation", "association.associationId", "associationId"),
        ("eks:DescribePodIdentityAssociation", "association.clusterName", "clusterName"),
    ],
)
def test_an_answer_repeats_what_it_is_about(action: str, path: str, parameter: str) -> None:
    echoes = PROMISES[action].echoes
    values = {place: holder[name] for holder, name, place in members(ANSWERS[action])}
    asked = {name: values[place] for place, name in echoes.items()}
    check_echoes(action, ANSWERS[action], asked)
    with pytest.raises(BrokenPromiseError) as broken:
        check_echoes(action, ANSWERS[action], {**asked, parameter: "another"})
    assert str(broken.value) == f"`{path}` is not the `{parameter}` that was asked for"
