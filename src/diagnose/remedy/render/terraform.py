"""A change as Terraform: the resource with the one argument that changes.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings
"""

import re

from diagnose.model.arn import split_arn, split_path
from diagnose.model.case import Case
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Layer
from diagnose.remedy.change import (
    Attachment,
    Change,
    MaximumChange,
    Membership,
    NewRole,
    PolicyChange,
    RequestChange,
    TagChange,
    Unseen,
    VersionChange,
    carrier_of,
)
from diagnose.remedy.document import Json, dumped

Arguments = dict[str, str]
"""Names of arguments to expressions."""


def terraform(change: Change, case: Case) -> str:
    """Write a resource block; empty where Terraform has nothing to do with the change."""
    match change:
        case PolicyChange():
            return _policy(change, case)
        case VersionChange(policy=policy, document=document):
            return _block("aws_iam_policy", policy.name, {"name": quoted(policy.name), "policy": heredoc(document)})
        case Membership(user=user, group=group):
            arguments = {"user": quoted(user), "groups": f"[{quoted(group)}]"}
            return _block("aws_iam_user_group_membership", user, arguments)
        case Attachment(policy=policy, to=to):
            kind, _, name = _entity(to)
            arguments = {kind: quoted(name), "policy_arn": quoted(policy.arn)}
            return _block(f"aws_iam_{kind}_policy_attachment", f"{name}_{policy.name}", arguments)
        case TagChange(arn=arn, key=key, value=value):
            kind, path, name = _entity(arn)
            tags = f"{{\n    {quoted(key)} = {quoted(value)}\n  }}"
            return _block(f"aws_iam_{kind}", name, {"name": quoted(name), "path": quoted(path), "tags": tags})
        case MaximumChange(role=role, seconds=seconds):
            return _role(role, {"max_session_duration": str(seconds)})
        case NewRole(arn=arn, document=document):
            return _role(arn, {"assume_role_policy": heredoc(document)})
        case RequestChange() | Unseen():
            return ""


def quoted(text: str) -> str:
    """Write a text as a quoted template in which nothing is interpolated, and nothing is invisible."""
    shown = "".join(_escaped(one) for one in text)
    return f'"{_literal(shown)}"'


def heredoc(document: Json) -> str:
    """Write a document as it is; a here-doc knows no escapes but those of interpolation."""
    return f"<<POLICY\n{_literal(dumped(document))}\nPOLICY"


def _policy(change: PolicyChange, case: Case) -> str:
    policy, document = change.after, heredoc(change.document)
    carrier = carrier_of(policy, case)
    if change.into_permission_set or change.layer is Layer.SESSION:
        return ""
    match policy.kind:
        case PolicyKind.TRUST:
            return _role(case.destination_arn, {"assume_role_policy": document})
        case PolicyKind.INLINE:
            arguments = {"name": quoted(policy.name), carrier.kind: quoted(carrier.name), "policy": document}
            return _block(f"aws_iam_{carrier.kind}_policy", policy.name, arguments)
        case PolicyKind.MANAGED:
            return _block("aws_iam_policy", policy.name, {"name": quoted(policy.name), "policy": document})
        case PolicyKind.ENDPOINT:
            arguments = {"vpc_endpoint_id": quoted(carrier.name), "policy": document}
            return _block("aws_vpc_endpoint_policy", carrier.name, arguments)
        case PolicyKind.SCP | PolicyKind.RCP:
            return _of_organization(change, document)
        case PolicyKind.SESSION:
            return ""


def _of_organization(change: PolicyChange, document: str) -> str:
    name = change.after.name
    kind = "SERVICE_CONTROL_POLICY" if change.after.kind is PolicyKind.SCP else "RESOURCE_CONTROL_POLICY"
    policy = _block("aws_organizations_policy", name, {"name": quoted(name), "type": quoted(kind), "content": document})
    if change.before is not None:
        return policy
    reference = f"aws_organizations_policy.{_label(name)}.id"
    attachment = {"policy_id": reference, "target_id": quoted(change.target)}
    return f"{policy}\n\n{_block('aws_organizations_policy_attachment', name, attachment)}"


def _role(arn: str, arguments: Arguments) -> str:
    _, path, name = _entity(arn)
    return _block("aws_iam_role", name, {"name": quoted(name), "path": quoted(path), **arguments})


def _entity(arn: str) -> tuple[str, str, str]:
    """Give the type, the path and the name in an IAM ARN."""
    parts = split_arn(arn)
    return split_path(parts.resource if parts else arn)


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


def _literal(text: str) -> str:
    """Keep Terraform from interpolating: `${` and `%{` begin a template."""
    return text.replace("${", "$${").replace("%{", "%%{")
