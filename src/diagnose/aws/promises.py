"""What AWS promises of its answers, and whether an answer keeps it; looked at before anything is read from it.

botocore reads leniently: a list that is not there, or that is text, is a list of nothing, and a boolean that is not one
is false. Taken for an answer, each of them says that there is no policy, no role, no next page. So the body itself is
held against botocore's own model of the API, and against the table below where the model is silent.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import unquote

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp
from msgspec import Struct

from diagnose.aws.body import BODY_FORMS, BodyForm


class Promise(Struct, frozen=True):
    """What the documentation of an API promises beyond botocore's model, by the paths of members.

    `members` are there wherever the structure around them is. `documents` are policy documents. `echoes` repeat a
    parameter of the request, by its name; `ends` what stands in it after the first slash. `forms` are regular
    expressions: the model has no reliable ones, since its ARNs are of one partition only, and its lists of values grow.
    `service` is boto's name of the service, where it is not the one that IAM's action has.
    """

    members: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    echoes: Mapping[str, str] = {}
    ends: Mapping[str, str] = {}
    forms: Mapping[str, str] = {}
    service: str = ""


class BrokenPromiseError(Exception):
    """An answer that AWS does not give. What is wrong is told without quoting it: it may hold credentials."""


def check_body(operation_model: OperationModel, response_dict: Mapping[str, Any], **_: object) -> None:
    """Look at the body of an answer that is not an error. A handler of botocore's event `before-parse`.

    Raises BrokenPromiseError.
    """
    output = operation_model.output_shape
    # botocore takes whatever is below for the answer proper.
    if response_dict["status_code"] >= 301 or not isinstance(output, StructureShape):
        return
    promise = PROMISES.get(action_of(operation_model), Promise())
    try:
        form = BODY_FORMS[operation_model.service_model.resolved_protocol]()
        body = form.open(response_dict["body"], output)
        _look(form, output, body, "", promise)
    except (ValueError, SyntaxError, LookupError, RecursionError):
        raise BrokenPromiseError("it cannot be read") from None


def check_echoes(action: str, answer: Mapping[str, Any], parameters: Mapping[str, object]) -> None:
    """Make sure that the answer is to this question. Raises BrokenPromiseError.

    IAM does not tell names apart by their case.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    promise = PROMISES.get(action, Promise())
    for path, parameter in promise.echoes.items():
        if str(_value(answer, path)).casefold() != str(parameters[parameter]).casefold():
            raise BrokenPromiseError(f"`{path}` is not the `{parameter}` that was asked for")
    for path, parameter in promise.ends.items():
        # IAM writes a provider's URL without its scheme; with one, it would be the same provider.
        if str(_value(answer, path)).removeprefix("https://") != str(parameters[parameter]).partition("/")[2]:
            raise BrokenPromiseError(f"`{path}` is not of the `{parameter}` that was asked for")


def _value(answer: Mapping[str, Any], path: str) -> object:
    value: Any = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def action_of(operation: OperationModel) -> str:
    """Write an operation as IAM writes the action, `iam:GetRole`."""
    return f"{operation.service_model.signing_name}:{operation.name}"


def service_of(action: str) -> str:
    """Give boto's name of the service that has the operation of an action."""
    return PROMISES[action].service or action.partition(":")[0]


_ATTACHED = Promise(("AttachedPolicies", "AttachedPolicies.PolicyArn", "AttachedPolicies.PolicyName"))
_BOUNDARY = "PermissionsBoundary.PermissionsBoundaryArn"
_INLINE = tuple(f"{kind}DetailList.{kind}PolicyList" for kind in ("User", "Group", "Role"))
_ROOT = "r-[a-z0-9]{4,32}"
_UNIT = "ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}"
_CLUSTER = "[0-9A-Za-z][A-Za-z0-9_-]{0,99}"
_ROLE = r"arn:[^:]+:iam::\d{12}:role/.+"

PROMISES: Mapping[str, Promise] = {
    "iam:GetUser": Promise((f"User.{_BOUNDARY}",), echoes={"User.UserName": "UserName"}),
    "iam:GetRole": Promise(
        ("Role.AssumeRolePolicyDocument", f"Role.{_BOUNDARY}"),
        ("Role.AssumeRolePolicyDocument",),
        {"Role.RoleName": "RoleName"},
    ),
    "iam:ListRoles": Promise(("Roles.AssumeRolePolicyDocument",), ("Roles.AssumeRolePolicyDocument",)),
    **{
        f"iam:Get{entity}Policy": Promise(
            documents=("PolicyDocument",), echoes={f"{entity}Name": f"{entity}Name", "PolicyName": "PolicyName"}
        )
        for entity in ("User", "Role", "Group")
    },
    **{f"iam:List{entity}Policies": Promise() for entity in ("User", "Role", "Group")},
    **{f"iam:ListAttached{entity}Policies": _ATTACHED for entity in ("User", "Role", "Group")},
    "iam:ListGroupsForUser": Promise(),
    "iam:GetPolicy": Promise(
        ("Policy", "Policy.Arn", "Policy.PolicyName", "Policy.DefaultVersionId"), echoes={"Policy.Arn": "PolicyArn"}
    ),
    "iam:GetPolicyVersion": Promise(
        ("PolicyVersion", "PolicyVersion.Document", "PolicyVersion.VersionId"),
        ("PolicyVersion.Document",),
        {"PolicyVersion.VersionId": "VersionId"},
    ),
    "iam:ListPolicyVersions": Promise(("Versions", "Versions.VersionId", "Versions.IsDefaultVersion")),
    "iam:GetAccountAuthorizationDetails": Promise(
        (
            "UserDetailList.UserName",
            "UserDetailList.UserId",
            "UserDetailList.Arn",
            f"UserDetailList.{_BOUNDARY}",
            "GroupDetailList.GroupName",
            "GroupDetailList.Arn",
            "RoleDetailList.RoleName",
            "RoleDetailList.RoleId",
            "RoleDetailList.Arn",
            "RoleDetailList.AssumeRolePolicyDocument",
            f"RoleDetailList.{_BOUNDARY}",
            "Policies.PolicyName",
            "Policies.Arn",
            "Policies.PolicyVersionList.VersionId",
            "Policies.PolicyVersionList.IsDefaultVersion",
            "Policies.PolicyVersionList.Document",
            *(f"{held}.PolicyName" for held in _INLINE),
            *(f"{held}.PolicyDocument" for held in _INLINE),
            *(f"{kind}DetailList.AttachedManagedPolicies.PolicyArn" for kind in ("User", "Group", "Role")),
        ),
        (
            "RoleDetailList.AssumeRolePolicyDocument",
            "Policies.PolicyVersionList.Document",
            *(f"{held}.PolicyDocument" for held in _INLINE),
        ),
    ),
    "iam:ListOpenIDConnectProviders": Promise(
        ("OpenIDConnectProviderList", "OpenIDConnectProviderList.Arn"),
        forms={"OpenIDConnectProviderList.Arn": r"arn:[^:]+:iam::\d{12}:oidc-provider/.+"},
    ),
    "iam:GetOpenIDConnectProvider": Promise(("Url", "ClientIDList"), ends={"Url": "OpenIDConnectProviderArn"}),
    "iam:ListSAMLProviders": Promise(
        ("SAMLProviderList", "SAMLProviderList.Arn"),
        forms={"SAMLProviderList.Arn": r"arn:[^:]+:iam::\d{12}:saml-provider/.+"},
    ),
    "iam:GetSAMLProvider": Promise(("SAMLMetadataDocument",)),
    "sts:GetCallerIdentity": Promise(("Account", "Arn"), forms={"Account": r"\d{12}"}),
    "sts:AssumeRole": Promise(
        (
            "AssumedRoleUser",
            "AssumedRoleUser.AssumedRoleId",
            "Credentials",
            "Credentials.SecretAccessKey",
            "Credentials.SessionToken",
        )
    ),
    "organizations:DescribeOrganization": Promise(
        ("Organization", "Organization.Id", "Organization.MasterAccountId"),
        forms={"Organization.Id": r"o-[a-z0-9]{10,32}", "Organization.MasterAccountId": r"\d{12}"},
    ),
    "organizations:ListParents": Promise(
        ("Parents", "Parents.Id", "Parents.Type"),
        forms={
            "Parents.Id": f"{_ROOT}|{_UNIT}",
            "Parents.Type": "ROOT|ORGANIZATIONAL_UNIT",
        },
    ),
    "organizations:ListAccountsForParent": Promise(
        ("Accounts", "Accounts.Id", "Accounts.Status"), forms={"Accounts.Id": r"\d{12}"}
    ),
    "organizations:ListOrganizationalUnitsForParent": Promise(
        ("OrganizationalUnits", "OrganizationalUnits.Id"), forms={"OrganizationalUnits.Id": _UNIT}
    ),
    "organizations:ListRoots": Promise(
        ("Roots", "Roots.Id", "Roots.PolicyTypes", "Roots.PolicyTypes.Type", "Roots.PolicyTypes.Status"),
        forms={"Roots.Id": _ROOT},
    ),
    "organizations:DescribeOrganizationalUnit": Promise(
        ("OrganizationalUnit", "OrganizationalUnit.Id"), echoes={"OrganizationalUnit.Id": "OrganizationalUnitId"}
    ),
    "organizations:ListPoliciesForTarget": Promise(("Policies", "Policies.Id", "Policies.Arn", "Policies.Name")),
    "organizations:DescribePolicy": Promise(
        ("Policy", "Policy.PolicySummary", "Policy.PolicySummary.Id", "Policy.Content"),
        ("Policy.Content",),
        {"Policy.PolicySummary.Id": "PolicyId"},
    ),
    "ec2:DescribeVpcEndpoints": Promise(
        ("VpcEndpoints", "VpcEndpoints.VpcEndpointId", "VpcEndpoints.ServiceName", "VpcEndpoints.VpcEndpointType"),
        ("VpcEndpoints.PolicyDocument",),
        forms={"VpcEndpoints.ServiceName": r"[\w-]+(\.[\w-]+)+"},
    ),
    "iam:GetRequestAuthorizationDetails": Promise(forms={"evaluations.action": r"[\w-]+:\w+"}, service="iam-toolbox"),
    "iam:GetRequestAuthorizationPolicy": Promise(("policyDocument",), ("policyDocument",), service="iam-toolbox"),
    "eks:ListClusters": Promise(("clusters",), forms={"clusters": _CLUSTER}),
    "eks:DescribeCluster": Promise(
        ("cluster", "cluster.name", "cluster.arn"),
        echoes={"cluster.name": "name"},
        forms={
            "cluster.arn": rf"arn:[^:]+:eks:[\w-]+:\d{{12}}:cluster/{_CLUSTER}",
            "cluster.identity.oidc.issuer": r"https?://[^\s/]+/.+",
        },
    ),
    "eks:ListPodIdentityAssociations": Promise(
        (
            "associations",
            "associations.clusterName",
            "associations.namespace",
            "associations.serviceAccount",
            "associations.associationId",
        )
    ),
    "eks:DescribePodIdentityAssociation": Promise(
        ("association", "association.roleArn", "association.associationId", "association.clusterName"),
        echoes={"association.associationId": "associationId", "association.clusterName": "clusterName"},
        forms={"association.roleArn": _ROLE, "association.targetRoleArn": _ROLE},
    ),
}
"""A row for each API that is called.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/, https://docs.aws.amazon.com/STS/latest/APIReference/,
https://docs.aws.amazon.com/organizations/latest/APIReference/, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/,
https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/,
https://docs.aws.amazon.com/eks/latest/APIReference/
"""


def _look(form: BodyForm, shape: Shape, node: Any, path: str, promise: Promise) -> None:
    """Look at one node and at all below it. A document of JSON may be anything, unless it is a policy."""
    if isinstance(shape, StructureShape) and shape.is_document_type:
        if path in promise.documents and not _is_policy(json.dumps(node)):
            raise BrokenPromiseError(f"{_name(path)} is not a policy document")
        return
    if isinstance(shape, StructureShape):
        members = form.members(node, shape)
        if members is None:
            raise BrokenPromiseError(f"{_name(path)} is not a structure")
        for name, member in shape.members.items():
            below = f"{path}.{name}".lstrip(".")
            if name in members:
                _look(form, member, members[name], below, promise)
            elif name in shape.required_members or below in promise.members:
                raise BrokenPromiseError(f"`{below}` is missing")
        _look_at_name(form, shape, members, path)
    elif isinstance(shape, ListShape):
        items = form.items(node, shape)
        if items is None:
            raise BrokenPromiseError(f"{_name(path)} is not a list")
        for item in items:
            _look(form, shape.member, item, path, promise)
    elif isinstance(shape, MapShape):
        values = form.values(node)
        if values is None:
            raise BrokenPromiseError(f"{_name(path)} is not a map")
        for value in values:
            _look(form, shape.value, value, path, promise)
    else:
        text = form.text(node, shape)
        if text is None or not _is(shape.type_name, text):
            raise BrokenPromiseError(f"{_name(path)} is not a {shape.type_name}")
        _look_at_text(shape, text, path, promise)


def _look_at_name(form: BodyForm, shape: StructureShape, members: Mapping[str, Any], path: str) -> None:
    """Make sure that the name of something in IAM is the one in its ARN."""
    texts = {name: form.text(node, shape.members[name]) or "" for name, node in members.items() if name in _NAMED}
    arns = [text for name, text in texts.items() if name.endswith("Arn")]
    names = [text for name, text in texts.items() if name.endswith("Name")]
    if arns and names and arns[0].rpartition("/")[2] != names[0]:
        raise BrokenPromiseError(f"the name in {_name(path)} is not the one in its ARN")


_NAMED = ("Arn", "PolicyArn", "UserName", "RoleName", "GroupName", "PolicyName")


def _look_at_text(shape: Shape, text: str, path: str, promise: Promise) -> None:
    if path in promise.documents and not _is_policy(text):
        raise BrokenPromiseError(f"{_name(path)} is not a policy document")
    # What is empty is looked at below; an optional one, such as the owner of an association, may be.
    if path.endswith("Arn") and text and not _ARN.fullmatch(text):
        raise BrokenPromiseError(f"{_name(path)} is not an ARN")
    if not text and (path in promise.members or shape.metadata.get("min")):
        raise BrokenPromiseError(f"{_name(path)} is empty")
    if not re.fullmatch(promise.forms.get(path, ".*"), text, re.DOTALL):
        raise BrokenPromiseError(f"{_name(path)} does not have the form that AWS gives it")


_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+")


def _name(path: str) -> str:
    return f"`{path}`" if path else "it"


def _is(type_name: str, text: str) -> bool:
    """Say whether a text is what the model calls by this name. Raises ValueError where it cannot even be read."""
    text.encode()
    match type_name:
        case "boolean":
            return text in ("true", "false")
        case "integer" | "long":
            return re.fullmatch(r"-?\d{1,18}", text) is not None
        case "timestamp":
            try:
                parse_timestamp(text).astimezone(UTC)
            except (OverflowError, RuntimeError):  # the latter is botocore's word for seconds beyond any date
                return False
            return True
        case _:
            return True


def _is_policy(text: str) -> bool:
    """Say whether a text is a document that AWS would have stored. IAM sends it percent-encoded, other services do not.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    """
    try:
        document = json.loads(text if text.lstrip().startswith("{") else unquote(text))
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    statements = document.get("Statement") if isinstance(document, dict) else None
    return isinstance(statements, dict) or (
        isinstance(statements, list) and all(isinstance(each, dict) for each in statements)
    )
