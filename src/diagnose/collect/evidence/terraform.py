"""Users and roles out of the JSON of Terraform's or OpenTofu's states and plans.

States and plans hold secrets: only what is said of IAM is read, and nothing else is quoted.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Raw, Struct

from diagnose.collect.evidence.declared import Declaration, Declared, name_of
from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import split_arn
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicyKind, PolicySet, raw_document

Json: TypeAlias = Any


class Resource(Struct, frozen=True):
    """One instance of a resource. `unknown` has `true` where a value is known after apply only.

    `module` is where its configuration stands: `module.a.`, or "".
    """

    address: str
    type: str
    values: Mapping[str, Json]
    unknown: Mapping[str, Json] = {}
    actions: tuple[str, ...] = ()
    gone: bool = False
    absent: bool = False

    def get(self, key: str) -> Json:
        """Give a value, None where there is none, or `UnknownValue`."""
        value = self.values.get(key)
        if value in (None, [], "") and self.unknown.get(key) is True:
            return UnknownValue(f"`{self.address}.{key}` is known after apply only{self._anew()}")
        return value

    def text(self, key: str) -> str:
        """Give a text; "" where there is none, or it is not known."""
        value = self.get(key)
        return value if isinstance(value, str) else ""

    @property
    def configured_at(self) -> str:
        """The address in the configuration, without the keys of `count` and `for_each`."""
        return _without_keys(self.address)

    def _anew(self) -> str:
        if {"delete", "create"} <= set(self.actions):
            return "; the resource is made anew, and policies that hold its unique id no longer match"
        return ""


def is_terraform(value: Json) -> bool:
    """Say whether JSON is a plan or a state."""
    if not isinstance(value, dict):
        return False
    shown = "format_version" in value and any(key in value for key in ("values", "planned_values", "resource_changes"))
    stored = str(value.get("version")) == _STATE_VERSION and isinstance(value.get("resources"), list)
    return shown or stored or _is_empty_state(value)


def read_terraform(value: Mapping[str, Json], place: str, *, planned: bool) -> Declaration:
    """Read a state or a plan; of a plan what there is now, or with `planned` what it makes.

    Raises XdiagError for a version of the format that is not known, and for a state that is `planned`.
    """
    _check_version(value, place)
    is_plan = "planned_values" in value or "resource_changes" in value
    if planned and not is_plan:
        raise XdiagError(f"`{quotable(place)}` is a state, which plans nothing", hint="leave out `--planned`")
    state = f"{place}, {'after' if planned else 'before'} apply" if is_plan else place
    file = _File(place, tuple(_resources(value, planned=planned)), _references(value.get("configuration")))
    return Declaration(place, state, tuple(file.entities()))


def _is_empty_state(value: Mapping[str, Json]) -> bool:
    return value.keys() <= {"format_version", "terraform_version"} and "format_version" in value


def _check_version(value: Mapping[str, Json], place: str) -> None:
    version = str(value.get("format_version", value.get("version", "")))
    if version.split(".")[0] not in ("0", "1", "4"):
        raise XdiagError(
            f"`{quotable(place)}` is in version {quotable(version)} of Terraform's format, which is not known",
            hint="expected the output of `terraform show -json` in version 1, or a state in version 4",
        )


def _resources(value: Mapping[str, Json], *, planned: bool) -> Iterator[Resource]:
    """Give every resource of AWS's IAM, of each of the three forms of file."""
    if "resource_changes" in value:
        yield from _changes(value["resource_changes"], planned=planned)
        yield from _walk((value.get("prior_state") or {}).get("values"), data_alone=True)
    elif "planned_values" in value:
        kept = value["planned_values"] if planned else (value.get("prior_state") or {}).get("values")
        yield from _walk(kept)
    elif str(value.get("version")) == _STATE_VERSION:
        yield from _instances(value.get("resources"))
    else:
        yield from _walk(value.get("values"))


_STATE_VERSION = "4"


def _changes(changes: Json, *, planned: bool) -> Iterator[Resource]:
    for each in _objects(changes):
        change = each.get("change")
        if not isinstance(change, dict):
            continue
        before, after, unknown = change.get("before"), change.get("after"), change.get("after_unknown")
        actions = tuple(map(str, change.get("actions") or ()))
        address, kind = str(each.get("address", "")), str(each.get("type", ""))
        unknown = unknown if isinstance(unknown, dict) else {}
        if planned and isinstance(after, dict):
            yield Resource(address, kind, after, unknown, actions)
        elif planned and isinstance(before, dict):
            yield Resource(address, kind, before, actions=actions, gone=True)
        elif isinstance(before, dict):
            yield Resource(address, kind, before, actions=actions)
        elif isinstance(after, dict):
            yield Resource(address, kind, after, unknown, actions, absent=True)


def _walk(module: Json, *, data_alone: bool = False) -> Iterator[Resource]:
    """Walk `values` or `planned_values`, module by module."""
    root = module.get("root_module") if isinstance(module, dict) else None
    waiting = _objects([root])
    while waiting:
        here = waiting.pop()
        for each in _objects(here.get("resources")):
            values = each.get("values")
            if isinstance(values, dict) and not (data_alone and each.get("mode") != "data"):
                yield Resource(str(each.get("address", "")), str(each.get("type", "")), values)
        waiting += _objects(here.get("child_modules"))


def _instances(resources: Json) -> Iterator[Resource]:
    """Walk a state as it is stored."""
    for each in _objects(resources):
        data = "data." if each.get("mode") == "data" else ""
        module = f"{each['module']}." if each.get("module") else ""
        for instance in _objects(each.get("instances")):
            values, key = instance.get("attributes"), instance.get("index_key")
            index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
            if isinstance(values, dict):
                yield Resource(
                    f"{module}{data}{each.get('type')}.{each.get('name')}{index}", str(each.get("type")), values
                )


_References: TypeAlias = Mapping[tuple[str, str], Sequence[str]]
"""The addresses that an argument of a resource refers to, by the resource's address and the argument."""


def _references(configuration: Json) -> _References:
    found: dict[tuple[str, str], Sequence[str]] = {}
    root = configuration.get("root_module") if isinstance(configuration, dict) else None
    waiting: list[tuple[str, Json]] = [("", root)]
    while waiting:
        prefix, module = waiting.pop()
        if not isinstance(module, dict):
            continue
        for each in _objects(module.get("resources")):
            expressions = each.get("expressions")
            for argument, expression in expressions.items() if isinstance(expressions, dict) else ():
                names = [expression] if isinstance(expression, dict) else []
                texts = [str(name) for one in names for name in one.get("references") or ()]
                found[f"{prefix}{each.get('address')}", argument] = [f"{prefix}{text}" for text in texts]
        calls = module.get("module_calls")
        for name, call in calls.items() if isinstance(calls, dict) else ():
            waiting.append((f"{prefix}module.{name}.", call.get("module") if isinstance(call, dict) else None))
    return found


_KINDS = {"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group"}


class _File(Struct, frozen=True):
    """The resources of one file, and what they refer to."""

    place: str
    resources: tuple[Resource, ...]
    references: _References

    def entities(self) -> Iterator[Declared]:
        account = self._account()
        for one in self._of(*_KINDS):
            yield self._entity(one, _KINDS[one.type], account)

    def _of(self, *types: str) -> Iterator[Resource]:
        return (one for one in self.resources if one.type in types and not one.address.rpartition("data.")[1])

    def _account(self) -> str:
        """Give the one account that the file is about; "" where there are several or none."""
        arns = [one.text("arn") for one in self.resources if one.type.startswith("aws_iam_")]
        accounts = {arn.account for arn in map(split_arn, arns) if arn is not None and arn.account.isdigit()}
        accounts |= {one.text("account_id") for one in self.resources if one.type == "aws_caller_identity"} - {""}
        return accounts.pop() if len(accounts) == 1 else ""

    def _entity(self, one: Resource, kind: str, account: str) -> Declared:
        name, path = one.text("name"), one.text("path") or "/"
        arn = one.text("arn") or (f"arn:aws:iam::{account}:{kind}{path}{name}" if account and name else "")
        longest = one.get("max_session_duration")
        return Declared(
            kind,
            one.address,
            arn,
            name,
            path,
            one.text("unique_id"),
            trust=self._document(one, "assume_role_policy"),
            tags=_tags(one),
            max_session_seconds=Known(longest, self.place) if isinstance(longest, int) else Unread(),
            boundary=self._boundary(one),
            policies=self._policies(one, kind),
            gone=one.gone,
            absent=f"`{quotable(self.place)}` creates it; with `--planned` what will be counts" if one.absent else "",
        )

    def _document(self, one: Resource, key: str) -> Raw | UnknownValue | None:
        """Give a document, which states and plans hold as text."""
        value = one.get(key)
        if isinstance(value, UnknownValue):
            references = [name for name in self.references.get((one.configured_at, key), ()) if name.count(".") > 1]
            on = f": depends on {', '.join(f'`{name}`' for name in references[:3])}" if references else ""
            return UnknownValue(f"{value.why}{on}")
        return raw_document(value) if isinstance(value, str | dict) and value else None

    def _boundary(self, one: Resource) -> Evidence[Policy | None]:
        match one.get("permissions_boundary"):
            case UnknownValue(why=why):
                referred = self._referred(one, "permissions_boundary", "aws_iam_policy")
                policy = self._policy_of(referred, "") if referred else None
                return Known(policy, self.place) if isinstance(policy, Policy) else Unread(detail=why)
            case str(arn) if arn:
                policy = self._managed(arn, "")
                return Known(policy, self.place) if isinstance(policy, Policy) else policy
        return Known(None, self.place)

    def _policies(self, holder: Resource, kind: str, attached_to: str = "") -> PolicySet:
        parts: list[Policy | Unread] = [
            *(
                Policy(str(each.get("name") or ""), raw_document(each["policy"]), attached_to=attached_to)
                for each in _objects(holder.get("inline_policy"))
                if each.get("policy")
            ),
            *(
                self._inline(one, attached_to)
                for one in self._of(f"aws_iam_{kind}_policy")
                if self._is_for(one, kind, holder)
            ),
            *(self._managed(arn, attached_to) for arn in _texts(holder.get("managed_policy_arns"))),
            *(
                self._attached(one, attached_to)
                for one in self._of(f"aws_iam_{kind}_policy_attachment")
                if self._is_for(one, kind, holder)
            ),
            *(
                self._attached(one, attached_to)
                for one in self._of("aws_iam_policy_attachment")
                if self._is_for(one, f"{kind}s", holder)
            ),
        ]
        if kind == "user":
            for group in self._groups_of(holder):
                of_group = self._policies(group, "group", str(Attachment(AttachmentKind.GROUP, group.text("name"))))
                parts += [*of_group.policies, *of_group.unread]
        distinct = {(part.arn or part.name) if isinstance(part, Policy) else part.subject: part for part in parts}
        return PolicySet(
            tuple(part for part in distinct.values() if isinstance(part, Policy)),
            tuple(part for part in distinct.values() if isinstance(part, Unread)),
        )

    def _is_for(self, one: Resource, key: str, holder: Resource) -> bool:
        """Say whether an argument names a user, role or group: by its name, or by what the configuration refers to.

        What is not there, or there no more, is for nobody.
        """
        if one.gone or one.absent:
            return False
        value = one.get(key)
        if isinstance(value, UnknownValue):
            return self._refers(one, key, holder)
        return holder.text("name") in _texts(value) if holder.text("name") else self._refers(one, key, holder)

    def _refers(self, one: Resource, key: str, other: Resource) -> bool:
        names = self.references.get((one.configured_at, key), ())
        return any(name == other.configured_at or name.startswith(f"{other.configured_at}.") for name in names)

    def _referred(self, one: Resource, key: str, kind: str) -> Resource | None:
        """Find the one resource that an argument refers to."""
        found = [other for other in self._of(kind) if self._refers(one, key, other)]
        return found[0] if len(found) == 1 else None

    def _groups_of(self, user: Resource) -> Iterator[Resource]:
        for group in self._of("aws_iam_group"):
            for one in self._of("aws_iam_user_group_membership"):
                if self._is_for(one, "user", user) and self._is_for(one, "groups", group):
                    yield group
            for one in self._of("aws_iam_group_membership"):
                if self._is_for(one, "users", user) and self._is_for(one, "group", group):
                    yield group

    def _inline(self, one: Resource, attached_to: str) -> Policy | Unread:
        document = self._document(one, "policy")
        name = one.text("name") or one.address
        if isinstance(document, UnknownValue) or document is None:
            return Unread(subject=f"inline policy {name}", detail=document.why if document else "")
        return Policy(name, document, attached_to=attached_to)

    def _attached(self, one: Resource, attached_to: str) -> Policy | Unread:
        arn = one.get("policy_arn")
        if isinstance(arn, str):
            return self._managed(arn, attached_to)
        referred = self._referred(one, "policy_arn", "aws_iam_policy")
        return self._policy_of(referred, attached_to) if referred else Unread(subject=f"the policy of {one.address}")

    def _managed(self, arn: str, attached_to: str) -> Policy | Unread:
        """Find a managed policy by its ARN. That of AWS is in no file, except where it is read as data."""
        for one in self.resources:
            if one.type == "aws_iam_policy" and one.text("arn") == arn:
                return self._policy_of(one, attached_to)
        return Unread(
            subject=arn, permission="iam:GetPolicyVersion", detail=f"its document is not in {quotable(self.place)}"
        )

    def _policy_of(self, one: Resource, attached_to: str) -> Policy | Unread:
        document, arn = self._document(one, "policy"), one.text("arn")
        if isinstance(document, UnknownValue) or document is None:
            return Unread(subject=arn or one.address, detail=document.why if document else "")
        return Policy(one.text("name") or name_of(arn) or one.address, document, PolicyKind.MANAGED, arn, attached_to)


def _tags(one: Resource) -> Evidence[Mapping[str, str]]:
    tags = one.get("tags_all")
    if tags is None:
        tags = one.get("tags")
    if isinstance(tags, UnknownValue):
        return Unread(detail=tags.why)
    if any(value is True for value in (one.unknown.get("tags_all"), one.unknown.get("tags"))):
        return Unread(detail=f"the tags of `{one.address}` are known after apply only")
    return Known({str(key): str(value) for key, value in tags.items()}) if isinstance(tags, dict) else Known({})


def _without_keys(address: str) -> str:
    return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", address)


def _objects(value: Json) -> list[Mapping[str, Json]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: Json) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]
