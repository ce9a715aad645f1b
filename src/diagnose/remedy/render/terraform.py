"""A change as Terraform: the resource with the one argument that changes.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings
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
from diagnose.remedy.document import Json, dumped
from diagnose.remedy.names import split_entity

Arguments = dict[str, str]
"""Names of arguments to expressions."""


def terraform(change: Change, case: Case) -> str:
    """Write a resource block; empty where Terraform has nothing to do with the change."""
    block = _resource(change, case)
    return f"{_EXISTS}\n{block}" if block and exists_already(change) else block


def hcl_string(text: str) -> str:
    """Write a string in which Terraform interpolates nothing, and nothing is invisible."""
    escaped = "".join(_escaped(character) for character in text)
    return f'"{_uninterpolated(escaped)}"'


def hcl_heredoc(document: Json) -> str:
    """Write a document as a here-doc, which has no escapes but those of interpolation."""
    return f"<<POLICY\n{_uninterpolated(dumped(document))}\nPOLICY"


_EXISTS = "# This exists already: change it where you manage it, or import it before you apply."


def _resource(change: Change, case: Case) -> str:
    match change:
        case PolicyChange():
            return _policy(change, case)
        case VersionChange(policy=policy, document=document):
            return _block(
                "aws_iam_policy", policy.name, {"name": hcl_string(policy.name), "policy": hcl_heredoc(document)}
            )
        case NewMembership(user=user, group=group):
            arguments = {"user": hcl_string(user), "groups": f"[{hcl_string(group)}]"}
            return _block("aws_iam_user_group_membership", user, arguments)
        case NewAttachment(policy=policy, to=to):
            kind, _, name = split_entity(to)
            arguments = {kind: hcl_string(name), "policy_arn": hcl_string(policy.arn)}
            return _block(f"aws_iam_{kind}_policy_attachment", f"{name}_{policy.name}", arguments)
        case TagChange(arn=arn, key=key, value=value):
            kind, path, name = split_entity(arn)
            tags = f"{{\n    {hcl_string(key)} = {hcl_string(value)}\n  }}"
            return _block(f"aws_iam_{kind}", name, {"name": hcl_string(name), "path": hcl_string(path), "tags": tags})
        case MaximumChange(role=role, seconds=seconds):
            return _role(role, {"max_session_duration": str(seconds)})
        case NewRole(arn=arn, document=document):
            return _role(arn, {"assume_role_policy": hcl_heredoc(document)})
        case NewProvider(url=url, client_ids=client_ids):
            ids = ", ".join(map(hcl_string, client_ids))
            arguments = {"url": hcl_string(url), "client_id_list": f"[{ids}]"}
            return _block("aws_iam_openid_connect_provider", url.partition("://")[2], arguments)
        case NewAssociation(id="", cluster=cluster, namespace=namespace, service_account=account, role=role):
            arguments = {
                "cluster_name": hcl_string(cluster),
                "namespace": hcl_string(namespace),
                "service_account": hcl_string(account),
                "role_arn": hcl_string(role),
            }
            return _block("aws_eks_pod_identity_association", f"{namespace}_{account}", arguments)
        case NewAssociation() | NewAudience() | Removal() | RequestChange() | Unseen():
            return ""


def _policy(change: PolicyChange, case: Case) -> str:
    policy, document = change.after, hcl_heredoc(change.document)
    holder = holder_of(policy, case)
    if not change.is_in_account:
        return ""
    match policy.kind:
        case PolicyKind.TRUST:
            return _role(case.destination_arn, {"assume_role_policy": document})
        case PolicyKind.INLINE:
            arguments = {"name": hcl_string(policy.name), holder.kind: hcl_string(holder.name), "policy": document}
            return _block(f"aws_iam_{holder.kind}_policy", policy.name, arguments)
        case PolicyKind.MANAGED:
            return _block("aws_iam_policy", policy.name, {"name": hcl_string(policy.name), "policy": document})
        case PolicyKind.ENDPOINT:
            arguments = {"vpc_endpoint_id": hcl_string(holder.name), "policy": document}
            return _block("aws_vpc_endpoint_policy", holder.name, arguments)
        case PolicyKind.SCP | PolicyKind.RCP:
            return _organization_policy(change, document)
        case PolicyKind.SESSION:
            return ""


def _organization_policy(change: PolicyChange, document: str) -> str:
    name = change.after.name
    kind = "SERVICE_CONTROL_POLICY" if change.after.kind is PolicyKind.SCP else "RESOURCE_CONTROL_POLICY"
    policy = _block(
        "aws_organizations_policy", name, {"name": hcl_string(name), "type": hcl_string(kind), "content": document}
    )
    if change.before is not None:
        return policy
    reference = f"aws_organizations_policy.{_label(name)}.id"
    attachment = {"policy_id": reference, "target_id": hcl_string(change.target)}
    return f"{policy}\n\n{_block('aws_organizations_policy_attachment', name, attachment)}"


def _role(arn: str, arguments: Arguments) -> str:
    _, path, name = split_entity(arn)
    return _block("aws_iam_role", name, {"name": hcl_string(name), "path": hcl_string(path), **arguments})


def _block(kind: str, label: str, arguments: Arguments) -> str:
    lines = [
        f'resource "{kind}" "{_label(label)}" {{',
        *(f"  {name} = {text}" for name, text in arguments.items()),
        "}",
    ]
    return "\n".join(lines)


def _label(text: str) -> str:
    label = re.sub(r"[^0-9A-Za-z_-]", "_", text)
    return label if label[:1].isalpha() else f"x{label}"


def _escaped(character: str) -> str:
    if character in ('"', "\\"):
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _uninterpolated(text: str) -> str:
    """Escape `${` and `%{`, which begin a template."""
    return text.replace("${", "$${").replace("%{", "%%{")
