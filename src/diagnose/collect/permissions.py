"""The least that a reader must be allowed to do, by side: each row is one of the APIs that are called."""

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from diagnose.model.checkup import Side


class Permission(Struct, frozen=True):
    """An action that reading calls, on which sides, and what a call of it names.

    `names` are the parameters of the call, as the API writes them. `absent` are the error codes that say that there is
    no such thing: AWS gives them only to those who may ask, so that they prove the permission as an answer does. What
    is `optional` adds to an answer that is whole without it.
    """

    action: str
    sides: tuple[Side, ...]
    names: tuple[str, ...] = ()
    absent: tuple[str, ...] = ("NoSuchEntity",)
    optional: bool = False


_SOURCE, _DESTINATION, _ORGANIZATION = ((side,) for side in Side)
_NO_SIDE: tuple[Side, ...] = ()
"""Only whole accounts and organizations are read with it."""
_ABSENT_ENDPOINT = ("InvalidVpcEndpointId.NotFound",)
_ABSENT_CLUSTER = ("ResourceNotFoundException",)

PERMISSIONS: Sequence[Permission] = (
    Permission("iam:GetUser", _SOURCE, ("UserName",)),
    Permission("iam:GetRole", (Side.SOURCE, Side.DESTINATION), ("RoleName",)),
    Permission("iam:ListRoles", _DESTINATION),
    Permission("iam:ListOpenIDConnectProviders", _DESTINATION),
    Permission("iam:GetOpenIDConnectProvider", _DESTINATION, ("OpenIDConnectProviderArn",)),
    Permission("iam:ListSAMLProviders", _DESTINATION),
    Permission("iam:GetSAMLProvider", _DESTINATION, ("SAMLProviderArn",)),
    Permission("iam:GetAccountAuthorizationDetails", _NO_SIDE),
    Permission("iam:ListGroupsForUser", _SOURCE, ("UserName",)),
    *(Permission(f"iam:List{kind}Policies", _SOURCE, (f"{kind}Name",)) for kind in ("User", "Role", "Group")),
    *(Permission(f"iam:Get{kind}Policy", _SOURCE, (f"{kind}Name", "PolicyName")) for kind in ("User", "Role", "Group")),
    *(Permission(f"iam:ListAttached{kind}Policies", _SOURCE, (f"{kind}Name",)) for kind in ("User", "Role", "Group")),
    Permission("iam:GetPolicy", _SOURCE, ("PolicyArn",)),
    Permission("iam:GetPolicyVersion", _SOURCE, ("PolicyArn", "VersionId")),
    Permission("iam:ListPolicyVersions", _SOURCE, ("PolicyArn",)),
    Permission("organizations:DescribeOrganization", tuple(Side), absent=("AWSOrganizationsNotInUseException",)),
    Permission("organizations:ListRoots", _ORGANIZATION, absent=()),
    Permission("organizations:ListAccountsForParent", _NO_SIDE, ("ParentId",), ("ParentNotFoundException",)),
    Permission("organizations:ListOrganizationalUnitsForParent", _NO_SIDE, ("ParentId",), ("ParentNotFoundException",)),
    Permission("organizations:ListParents", _ORGANIZATION, ("ChildId",), ("ChildNotFoundException",)),
    Permission(
        "organizations:ListPoliciesForTarget", _ORGANIZATION, ("TargetId", "Filter"), ("TargetNotFoundException",)
    ),
    Permission("organizations:DescribePolicy", _ORGANIZATION, ("PolicyId",), ("PolicyNotFoundException",)),
    Permission(
        "organizations:DescribeOrganizationalUnit",
        _ORGANIZATION,
        ("OrganizationalUnitId",),
        ("OrganizationalUnitNotFoundException",),
    ),
    Permission("eks:ListClusters", (Side.SOURCE, Side.DESTINATION), absent=()),
    Permission("eks:DescribeCluster", (Side.SOURCE, Side.DESTINATION), ("name",), _ABSENT_CLUSTER),
    Permission("eks:ListPodIdentityAssociations", _DESTINATION, ("clusterName",), _ABSENT_CLUSTER),
    Permission("eks:DescribePodIdentityAssociation", _DESTINATION, ("clusterName", "associationId"), _ABSENT_CLUSTER),
    Permission(
        "iam:GetRequestAuthorizationDetails",
        _SOURCE,
        ("authorizationId",),
        ("ResourceNotFoundException",),
        optional=True,
    ),
    Permission(
        "iam:GetRequestAuthorizationPolicy",
        _SOURCE,
        ("authorizationId", "policyUri"),
        ("ResourceNotFoundException",),
        optional=True,
    ),
    Permission("ec2:DescribeVpcEndpoints", _SOURCE, ("VpcEndpointIds",), _ABSENT_ENDPOINT),
)
"""Every action that reading calls, except `sts:GetCallerIdentity`, for which nobody needs a permission.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""


ACTIONS_IN_MEMBER = (
    "iam:GetAccountAuthorizationDetails",
    "iam:ListOpenIDConnectProviders",
    "iam:GetOpenIDConnectProvider",
    "iam:ListSAMLProviders",
    "ec2:DescribeVpcEndpoints",
)
"""What is called in each account of an organization that is read as a whole."""


ACTIONS_OF_TREE = (
    "sts:AssumeRole",
    "organizations:DescribeOrganization",
    "organizations:ListRoots",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListAccountsForParent",
    "organizations:ListPoliciesForTarget",
    "organizations:DescribePolicy",
)
"""What is called with the administrator's own credentials, besides."""


def permissions_of(side: Side) -> tuple[Permission, ...]:
    """Give what is called on one side."""
    return tuple(permission for permission in PERMISSIONS if side in permission.sides)


def reading_policy(sides: Sequence[Side]) -> str:
    """Write the policy that lets a reader read these sides, ready to attach.

    Several of the actions know no resource but `*`, and which principals, policies and OUs will be read is known only
    when they are.

    Sources:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    """
    statements = [
        {
            "Sid": f"XdiagReads{side.capitalize()}",
            "Effect": "Allow",
            "Action": [permission.action for permission in permissions_of(side)],
            "Resource": "*",
        }
        for side in sides
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


_BEGIN = "<!-- permissions: generated by `python -m diagnose.authoring.pages` -->"
_END = "<!-- end of permissions -->"


def with_permissions(readme: str) -> str:
    """Give the project's README with the list of permissions written anew."""
    before, _, rest = readme.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    rows = [f"| {_WHERE[side]} | {', '.join(f'`{each.action}`' for each in permissions_of(side))} |" for side in Side]
    rows += [
        f"| {where}, for `xdiag collect --org` | {', '.join(f'`{action}`' for action in actions)} |"
        for where, actions in (("each account", ACTIONS_IN_MEMBER), (_WHERE[Side.ORGANIZATION], ACTIONS_OF_TREE))
    ]
    table = "\n".join(["| In | A reader needs |", "| --- | --- |", *rows])
    return f"{before}{_BEGIN}\n\n{table}\n\n{_END}{after}"


_WHERE: Mapping[Side, str] = {
    Side.SOURCE: "the source's account",
    Side.DESTINATION: "the role's account",
    Side.ORGANIZATION: "the organization's management account, or that of a delegated administrator",
}
