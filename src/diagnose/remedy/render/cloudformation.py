"""A change as CloudFormation: the resource with the properties that name it and the one that changes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

import re

from diagnose.model.case import Case
from diagnose.model.policy import PolicyKind
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
    RequestChange,
    TagChange,
    Unseen,
    VersionChange,
    exists_already,
    holder_of,
)
from diagnose.remedy.document import Json, JsonDict, dumped
from diagnose.remedy.names import split_entity

_INLINE_POLICIES = {
    "user": ("AWS::IAM::UserPolicy", "UserName"),
    "role": ("AWS::IAM::RolePolicy", "RoleName"),
    "group": ("AWS::IAM::GroupPolicy", "GroupName"),
}
_ORGANIZATION_POLICIES = {PolicyKind.SCP: "SERVICE_CONTROL_POLICY", PolicyKind.RCP: "RESOURCE_CONTROL_POLICY"}

_EXISTS = "This exists already: change it in the stack that it belongs to, or import it before you deploy."


def cloudformation(change: Change, case: Case) -> str:
    """Write a template in JSON; empty where CloudFormation cannot express the change.

    A text in which CloudFormation would put a secret or a parameter (`{{resolve:...}}`) is not rendered.
    """
    resource = _resource(change, case)
    if resource is None:
        return ""
    logical, kind, properties = resource
    name = re.sub(r"[^0-9A-Za-z]", "", logical)[:200] or "Changed"
    told: JsonDict = {"Description": _EXISTS} if exists_already(change) else {}
    text = dumped({**told, "Resources": {name: {"Type": kind, "Properties": properties}}})
    return "" if "{{resolve:" in text else text


def _resource(change: Change, case: Case) -> tuple[str, str, JsonDict] | None:
    """Give the logical name, the type and the properties of what changes."""
    match change:
        case PolicyChange():
            return _policy(change, case)
        case VersionChange(policy=policy, document=document):
            return policy.name, "AWS::IAM::ManagedPolicy", _managed_policy(policy.name, document)
        case NewMembership(user=user, group=group):
            return f"{user}{group}", "AWS::IAM::UserToGroupAddition", {"GroupName": group, "Users": [user]}
        case TagChange(arn=arn, key=key, value=value):
            kind, properties, name = _entity(arn)
            return name, kind, {**properties, "Tags": [{"Key": key, "Value": value}]}
        case MaximumChange(role=role, seconds=seconds):
            kind, properties, name = _entity(role)
            return name, kind, {**properties, "MaxSessionDuration": seconds}
        case NewRole(arn=arn, document=document):
            kind, properties, name = _entity(arn)
            return name, kind, {**properties, "AssumeRolePolicyDocument": document}
        case NewProvider(url=url, client_ids=client_ids):
            return url.partition("://")[2], "AWS::IAM::OIDCProvider", {"Url": url, "ClientIdList": list(client_ids)}
        case NewAssociation(id="", cluster=cluster, namespace=namespace, service_account=account, role=role):
            properties = {"ClusterName": cluster, "Namespace": namespace, "ServiceAccount": account, "RoleArn": role}
            return f"{namespace}{account}", "AWS::EKS::PodIdentityAssociation", properties
        case NewAssociation() | NewAttachment() | NewAudience() | Removal() | RequestChange() | Unseen():
            return None


def _policy(change: PolicyChange, case: Case) -> tuple[str, str, JsonDict] | None:
    policy, document = change.after, change.document
    if not change.is_in_account:
        return None
    match policy.kind:
        case PolicyKind.TRUST:
            kind, properties, name = _entity(case.destination_arn)
            return name, kind, {**properties, "AssumeRolePolicyDocument": document}
        case PolicyKind.INLINE:
            holder = holder_of(policy, case)
            kind, belongs_to = _INLINE_POLICIES[holder.kind]
            return policy.name, kind, {belongs_to: holder.name, "PolicyName": policy.name, "PolicyDocument": document}
        case PolicyKind.MANAGED:
            return policy.name, "AWS::IAM::ManagedPolicy", _managed_policy(policy.name, document)
        case PolicyKind.SCP | PolicyKind.RCP:
            properties = {"Name": policy.name, "Type": _ORGANIZATION_POLICIES[policy.kind], "Content": document}
            if change.before is None:
                properties["TargetIds"] = [change.target]
            return policy.name, "AWS::Organizations::Policy", properties
        case PolicyKind.ENDPOINT:
            return holder_of(policy, case).name, "AWS::EC2::VPCEndpoint", {"PolicyDocument": document}
        case PolicyKind.SESSION:
            return None


def _managed_policy(name: str, document: Json) -> JsonDict:
    return {"ManagedPolicyName": name, "PolicyDocument": document}


def _entity(arn: str) -> tuple[str, JsonDict, str]:
    """Give the type, the naming properties and the name of a user or a role."""
    kind, path, name = split_entity(arn)
    if kind == "user":
        return "AWS::IAM::User", {"UserName": name, "Path": path}, name
    return "AWS::IAM::Role", {"RoleName": name, "Path": path}, name
