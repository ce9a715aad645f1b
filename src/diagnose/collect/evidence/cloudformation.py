"""Users and roles out of templates of CloudFormation, of SAM, and of those that the CDK writes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Raw, Struct
from msgspec.structs import replace

from diagnose.collect.digits import whole_number
from diagnose.collect.evidence.declared import Declaration, Declared
from diagnose.collect.evidence.declared_limits import LIMIT_KINDS, limits_in
from diagnose.collect.evidence.declared_provider import PROVIDER_KINDS, providers_in
from diagnose.collect.evidence.intrinsics import NO_VALUE, Surroundings, holds, resolve, shape_of, texts_in
from diagnose.collect.evidence.partial_document import UnknownValue, Written, decidable
from diagnose.collect.evidence.template_text import TemplateText
from diagnose.collect.json_errors import quotable
from diagnose.model.arn import Arn, split_arn, split_path
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicyKind, PolicySet, raw_document


def template_in(value: Written) -> Written:
    """Give the template that a value is, or that `aws cloudformation get-template` has printed; None of any other.

    The body may be a text, which is to be read as a template itself.
    """
    if not isinstance(value, dict):
        return None
    if "TemplateBody" in value:
        return value["TemplateBody"]
    resources = value.get("Resources")
    if not isinstance(resources, dict):
        return None
    kinds = [one.get("Type") for one in resources.values() if isinstance(one, dict)]
    return value if any(isinstance(kind, str) and "::" in kind for kind in kinds) else None


def read_template(text: TemplateText, place: str, *, arns: Sequence[str], parameters: Mapping[str, str]) -> Declaration:
    """Read a template. `arns` are those of the caller and the role, `parameters` what was given for its parameters.

    A template does not say to which account it is deployed, nor how resources without a name are called. Both are
    taken from the ARNs, where one fits one of its resources.
    """
    template = text.value
    notes = [f"{quotable(place)}: {slip}" for slip in text.slips]
    values, assumed = _parameters(template, parameters)
    notes += [f"{quotable(place)}: {sentence}" for sentence in assumed]
    file = _File(place, _resources(template), _surroundings(template, values))
    file = file.bound_to([arn for arn in map(split_arn, arns) if arn is not None and arn.account])
    providers, limits = (file.arguments_of(kinds) for kinds in (PROVIDER_KINDS, LIMIT_KINDS))
    declared = tuple(providers_in(providers, place)), limits_in(limits, place)
    return Declaration(place, place, tuple(file.entities()), tuple(notes), *declared)


def _parameters(template: Mapping[str, Written], given: Mapping[str, str]) -> tuple[dict[str, Written], list[str]]:
    """Give the value of each parameter, and say which defaults were assumed."""
    values: dict[str, Written] = {}
    assumed = []
    declared = template.get("Parameters")
    for name, parameter in declared.items() if isinstance(declared, dict) else ():
        kind = str(parameter.get("Type", "")) if isinstance(parameter, dict) else ""
        default = parameter.get("Default") if isinstance(parameter, dict) else None
        listed = kind.startswith("List<") or kind == "CommaDelimitedList"
        if name in given:
            value: Written = given[name]
        elif kind.startswith("AWS::SSM::"):
            value = UnknownValue(f"the parameter `{name}`, which is in the Parameter Store; give it with `--parameter`")
        elif default is None:
            value = UnknownValue(f"the parameter `{name}`; give it with `--parameter {name}=VALUE`")
        else:
            value = default if isinstance(default, str) else json.dumps(default)
            assumed.append(name)
        values[name] = [part.strip() for part in value.split(",")] if listed and isinstance(value, str) else value
    written = template.get("Resources")
    kinds = (*_KINDS, *_CARRIED, *_TRUSTED)
    all_resources = written.values() if isinstance(written, dict) else ()
    about_iam = [one for one in all_resources if isinstance(one, dict) and one.get("Type") in kinds]
    text = json.dumps([about_iam, template.get("Conditions")], default=str)
    used = [name for name in assumed if f'"{name}"' in text or f"${{{name}}}" in text]
    names = ", ".join(f"`{quotable(name, 60)}`" for name in used)
    return values, [f"the defaults of {names} were assumed; `--parameter` gives others"] if used else []


def _surroundings(template: Mapping[str, Written], parameters: Mapping[str, Written]) -> Surroundings:
    mappings, conditions, resources = (template.get(name) for name in ("Mappings", "Conditions", "Resources"))
    return Surroundings(
        {},
        parameters,
        mappings if isinstance(mappings, dict) else {},
        conditions if isinstance(conditions, dict) else {},
        declared=frozenset(resources if isinstance(resources, dict) else ()),
    )


class _Resource(Struct, frozen=True):
    """A resource as it is written, by its logical id."""

    id: str
    type: str
    properties: Mapping[str, Written]
    condition: str = ""


def _resources(template: Mapping[str, Written]) -> tuple[_Resource, ...]:
    made = []
    written = template.get("Resources")
    for name, one in written.items() if isinstance(written, dict) else ():
        if isinstance(one, dict):
            properties, condition = one.get("Properties"), one.get("Condition")
            made.append(
                _Resource(
                    name,
                    str(one.get("Type", "")),
                    properties if isinstance(properties, dict) else {},
                    condition if isinstance(condition, str) else "",
                )
            )
    return (*made, *(role for one in made for role in _implicit_role(one, template)))


_TRUSTED = {
    "AWS::Serverless::Function": "lambda.amazonaws.com",
    "AWS::Serverless::StateMachine": "states.amazonaws.com",
}


def _implicit_role(one: _Resource, template: Mapping[str, Written]) -> Iterator[_Resource]:
    """Give the role that SAM makes for a function or a state machine that names none.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
    """
    if one.type not in _TRUSTED or "Role" in one.properties:
        return
    all_globals = template.get("Globals")
    shared = all_globals.get(one.type.rpartition("::")[2]) if isinstance(all_globals, dict) else None
    properties = {**(shared if isinstance(shared, dict) else {}), **one.properties}
    if "Role" in properties:
        return
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": [_TRUSTED[one.type]]}}
        ],
    }
    role: dict[str, Written] = {"AssumeRolePolicyDocument": properties.get("AssumeRolePolicyDocument", trust)}
    inline, managed = [], []
    for place, policy in enumerate(texts_in(properties.get("Policies"))):
        if isinstance(policy, dict) and "Statement" in policy:
            inline.append({"PolicyName": f"{one.id}RolePolicy{place}", "PolicyDocument": policy})
        elif isinstance(policy, str):
            managed.append(policy if policy.startswith("arn:") else f"arn:aws:iam::aws:policy/{policy}")
        else:
            managed.append(policy)
    role |= {"Policies": inline, "ManagedPolicyArns": managed}
    role |= {"PermissionsBoundary": properties["PermissionsBoundary"]} if "PermissionsBoundary" in properties else {}
    yield _Resource(f"{one.id}Role", "AWS::IAM::Role", role, one.condition)


_KINDS = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}
_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
}


class _File(Struct, frozen=True):
    """A template. `names` are those that resources have, by their logical id."""

    place: str
    resources: tuple[_Resource, ...]
    around: Surroundings
    names: Mapping[str, str] = {}
    account: str = ""
    partition: str = "aws"

    def bound_to(self, arns: Sequence[Arn]) -> "_File":
        """Give the template with what the ARNs tell: its account and partition, and names of resources."""
        names = {one.id: name for one in self.resources if (name := self._written_name(one))}
        bound: list[Arn] = []
        for arn in arns:
            one = self._meant_by(arn, names)
            if one is not None:
                bound.append(arn)
                names[one.id] = _entity_of(arn)[1]
        accounts = {arn.account for arn in bound}
        partition = next((arn.partition for arn in (*bound, *arns)), "aws")
        known = {"AWS::Partition": partition, "AWS::URLSuffix": _SUFFIXES.get(partition, "amazonaws.com")}
        if len(accounts) == 1:
            known["AWS::AccountId"] = next(iter(accounts))
        account = known.get("AWS::AccountId", "")
        around = replace(self.around, pseudo=known)
        file = replace(self, around=around, names=names, account=account, partition=partition)
        return replace(file, around=replace(around, resources={one.id: file._told(one) for one in self.resources}))

    def entities(self) -> Iterator[Declared]:
        """Give what the template declares, but for what a condition rules out."""
        yield from (self._entity(one) for one in self.resources if one.type in _KINDS and self._made(one) is not False)

    def arguments_of(self, kinds: Iterable[str]) -> Iterator[tuple[str, Callable[[str], Written]]]:
        made = (one for one in self.resources if one.type in kinds and self._made(one) is True)
        return ((one.type, partial(self._get, one)) for one in made)

    def _made(self, one: _Resource) -> bool | UnknownValue:
        return holds(one.condition, self.around) if one.condition else True

    def _get(self, one: _Resource, key: str) -> Written:
        value = resolve(one.properties.get(key), self.around)
        return None if value is NO_VALUE else value

    def _text(self, one: _Resource, key: str) -> str:
        value = self._get(one, key)
        return value if isinstance(value, str) else ""

    def _written_name(self, one: _Resource) -> str:
        return self._text(one, _NAMES[one.type]) if one.type in _NAMES else ""

    def _meant_by(self, arn: Arn, names: Mapping[str, str]) -> _Resource | None:
        """Find the one resource that an ARN can be of: by its name, by what is known of that, or by the logical id.

        CloudFormation names a resource without a name `STACK-LOGICALID-RANDOM`.
        """
        kind, name = _entity_of(arn)
        alike = [one for one in self.resources if _KINDS.get(one.type) == kind]
        found = [one for one in alike if names.get(one.id) == name]
        if not found:
            unnamed = [one for one in alike if one.id not in names]
            shapes = [(one, shape_of(one.properties.get(_NAMES[one.type]), self.around)) for one in unnamed]
            found = [one for one, shape in shapes if shape and shape.fullmatch(name)]
            found = found or [one for one in unnamed if _is_generated(one, name)]
        return found[0] if len(found) == 1 else None

    def _told(self, one: _Resource) -> Mapping[str, str]:
        """Give what `Ref` and `Fn::GetAtt` of a resource come to."""
        name, arn = self.names.get(one.id, ""), self._arn(one)
        if one.type == "AWS::IAM::ManagedPolicy":
            return {"Ref": arn, "PolicyArn": arn} if arn else {}
        if one.type not in _KINDS or not name:
            return {}
        return {"Ref": name, **({"Arn": arn} if arn else {})}

    def _arn(self, one: _Resource) -> str:
        name, path = self.names.get(one.id, ""), self._path(one)
        kind = _KINDS.get(one.type, "policy")
        return f"arn:{self.partition}:iam::{self.account}:{kind}{path}{name}" if name and path and self.account else ""

    def _path(self, one: _Resource) -> str:
        return self._text(one, "Path") if "Path" in one.properties else "/"

    def _entity(self, one: _Resource) -> Declared:
        kind = _KINDS[one.type]
        longest = whole_number(self._text(one, "MaxSessionDuration"))
        return Declared(
            kind,
            one.id,
            self._arn(one),
            self.names.get(one.id, ""),
            self._path(one) or "/",
            trust=self._document(one.properties.get("AssumeRolePolicyDocument")),
            tags=self._tags(one),
            max_session_seconds=Known(longest, self.place) if longest is not None else self._longest(one),
            boundary=self._boundary(one),
            policies=self._policies(one, kind),
        )

    def _longest(self, one: _Resource) -> Evidence[int]:
        """Give the maximum session duration, which is an hour where the template says nothing of it."""
        return Unread() if "MaxSessionDuration" in one.properties else Known(3600, self.place)

    def _document(self, written: Written) -> Raw | UnknownValue | None:
        value = resolve(written, self.around)
        if value is None or value is NO_VALUE:
            return None
        if isinstance(value, str):
            return raw_document(value)
        return decidable(value)

    def _tags(self, one: _Resource) -> Evidence[Mapping[str, str]]:
        """Give the tags. Those of the stack, which every resource gets, are not in the template."""
        return Unread(subject=f"tags of {one.id}", detail=f"those of its stack are not in {quotable(self.place)}")

    def _boundary(self, one: _Resource) -> Evidence[Policy | None]:
        written = one.properties.get("PermissionsBoundary")
        value = resolve(written, self.around)
        if value is None or value is NO_VALUE:
            return Known(None, self.place)
        policy = self._managed(written, "")
        return Known(policy, self.place) if isinstance(policy, Policy) else policy

    def _policies(self, holder: _Resource, kind: str, attached_to: str = "") -> PolicySet:
        parts: list[Policy | Unread] = []
        inline = resolve(holder.properties.get("Policies"), self.around)
        if isinstance(inline, UnknownValue):
            parts.append(Unread(subject=f"inline policies of {holder.id}", detail=inline.why))
            inline = []
        for each in texts_in(inline):
            if isinstance(each, UnknownValue):
                parts.append(Unread(subject=f"an inline policy of {holder.id}", detail=each.why))
            elif isinstance(each, dict):
                parts.append(self._inline(each.get("PolicyName"), each.get("PolicyDocument"), attached_to))
        managed = holder.properties.get("ManagedPolicyArns")
        listed = managed if isinstance(managed, list) else texts_in(resolve(managed, self.around))
        parts += [self._managed(each, attached_to) for each in listed if resolve(each, self.around) is not NO_VALUE]
        for one in self.resources:
            if one.type in _CARRIED and self._is_for(one, kind, holder):
                made = self._made(one)
                if isinstance(made, UnknownValue):
                    parts.append(Unread(subject=f"policy {one.id}", detail=made.why))
                elif made:
                    parts.append(self._carried(one, attached_to))
        if kind == "user":
            for group in self._groups_of(holder):
                of_group = self._policies(group, "group", str(Attachment(AttachmentKind.GROUP, self._shown(group))))
                parts += [*of_group.policies, *of_group.unread]
        return PolicySet(
            tuple(part for part in parts if isinstance(part, Policy)),
            tuple(part for part in parts if isinstance(part, Unread)),
        )

    def _shown(self, one: _Resource) -> str:
        return self.names.get(one.id) or one.id

    def _is_for(self, one: _Resource, kind: str, holder: _Resource) -> bool:
        """Say whether a policy is for a user, role or group: by its name, or by a reference to it."""
        plural, single = f"{kind.capitalize()}s", f"{kind.capitalize()}Name"
        return any(self._names(each, holder) for key in (plural, single) for each in texts_in(one.properties.get(key)))

    def _names(self, written: Written, one: _Resource) -> bool:
        if written == {"Ref": one.id}:
            return True
        name = self.names.get(one.id)
        return bool(name) and resolve(written, self.around) == name

    def _groups_of(self, user: _Resource) -> Iterator[_Resource]:
        for group in self.resources:
            if group.type != "AWS::IAM::Group":
                continue
            of_user = any(self._names(each, group) for each in texts_in(user.properties.get("Groups")))
            added = any(
                self._names(one.properties.get("GroupName"), group)
                and any(self._names(each, user) for each in texts_in(one.properties.get("Users")))
                for one in self.resources
                if one.type == "AWS::IAM::UserToGroupAddition"
            )
            if of_user or added:
                yield group

    def _inline(self, name: Written, written: Written, attached_to: str) -> Policy | Unread:
        shown = name if isinstance(name, str) else "an inline policy"
        document = self._document(written)
        if document is None or isinstance(document, UnknownValue):
            return Unread(subject=f"inline policy {shown}", detail=document.why if document else "")
        return Policy(shown, document, attached_to=attached_to)

    def _carried(self, one: _Resource, attached_to: str) -> Policy | Unread:
        if one.type != "AWS::IAM::ManagedPolicy":
            return self._inline(self._get(one, "PolicyName"), one.properties.get("PolicyDocument"), attached_to)
        document = self._document(one.properties.get("PolicyDocument"))
        if document is None or isinstance(document, UnknownValue):
            return Unread(subject=f"policy {self._shown(one)}", detail=document.why if document else "")
        return Policy(self._shown(one), document, PolicyKind.MANAGED, self._arn(one), attached_to)

    def _managed(self, written: Written, attached_to: str) -> Policy | Unread:
        """Find a managed policy: in the template, by a reference to it or by its ARN. AWS's own are not in it."""
        value = resolve(written, self.around)
        for one in self.resources:
            if one.type == "AWS::IAM::ManagedPolicy" and (
                written in ({"Ref": one.id}, {"Fn::GetAtt": [one.id, "PolicyArn"]})
                or (value and value == self._arn(one))
            ):
                return self._carried(one, attached_to)
        if isinstance(value, str):
            detail = f"its document is not in {quotable(self.place)}"
            return Unread(subject=value, permission="iam:GetPolicyVersion", detail=detail)
        why = value.why if isinstance(value, UnknownValue) else "its ARN is not known"
        return Unread(subject="a managed policy", detail=why)


_CARRIED = tuple(f"AWS::IAM::{kind}Policy" for kind in ("", "Managed", "Role", "User", "Group"))
_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


def _is_generated(one: _Resource, name: str) -> bool:
    """Say whether a name is one that CloudFormation makes up for a resource without a name."""
    return _NAMES[one.type] not in one.properties and bool(re.search(rf"-{re.escape(one.id)}-[A-Za-z0-9]{{8,}}$", name))


def _entity_of(arn: Arn) -> tuple[str, str]:
    """Give the kind and the name of what an ARN is of; of a session the role's."""
    if arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        return "role", arn.resource.split("/")[1]
    kind, _, name = split_path(arn.resource)
    return kind, name
