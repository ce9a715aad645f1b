"""The JSON of Terraform and OpenTofu: the resources in its states and plans, and what they refer to.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from diagnose.collect.evidence.partial_document import UnknownValue, Written


class Resource(Struct, frozen=True):
    """One instance of a resource. `unknown` has `true` where a value is known after apply only.

    `module` is where its configuration stands: `module.a.`, or "".
    """

    address: str
    type: str
    values: Mapping[str, Written]
    unknown: Mapping[str, Written] = {}
    actions: tuple[str, ...] = ()
    gone: bool = False
    absent: bool = False
    data: bool = False

    def get(self, key: str) -> Written:
        """Give a value, None where there is none, or `UnknownValue`."""
        value = self.values.get(key)
        if value in (None, [], "") and self.unknown.get(key) is True:
            return UnknownValue(f"`{self.address}.{key}` is known after apply only{self._anew()}")
        return value

    def knows_in_part(self, key: str) -> bool:
        """Say whether some of a list, or of the objects in it, is known after apply only."""
        return _has_true(self.unknown.get(key))

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


def is_terraform(value: Written) -> bool:
    """Say whether JSON is a plan or a state."""
    if not isinstance(value, dict):
        return False
    shown = "format_version" in value and any(key in value for key in ("values", "planned_values", "resource_changes"))
    stored = str(value.get("version")) == _STATE_VERSION and isinstance(value.get("resources"), list)
    return shown or stored or _is_empty_state(value)


def resources_in(value: Mapping[str, Written], *, planned: bool) -> Iterator[Resource]:
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


def _changes(changes: Written, *, planned: bool) -> Iterator[Resource]:
    for each in objects_in(changes):
        change = each.get("change")
        if not isinstance(change, dict):
            continue
        before, after, unknown = change.get("before"), change.get("after"), change.get("after_unknown")
        actions = tuple(map(str, change.get("actions") or ()))
        address, kind = str(each.get("address", "")), str(each.get("type", ""))
        unknown = unknown if isinstance(unknown, dict) else {}
        data = each.get("mode") == "data"
        if planned and isinstance(after, dict):
            yield Resource(address, kind, after, unknown, actions, data=data)
        elif planned and isinstance(before, dict):
            yield Resource(address, kind, before, actions=actions, gone=True)
        elif isinstance(before, dict):
            yield Resource(address, kind, before, actions=actions, data=data)
        elif isinstance(after, dict):
            yield Resource(address, kind, after, unknown, actions, absent=True, data=data)


def _walk(module: Written, *, data_alone: bool = False) -> Iterator[Resource]:
    """Walk `values` or `planned_values`, module by module."""
    root = module.get("root_module") if isinstance(module, dict) else None
    waiting = objects_in([root])
    while waiting:
        here = waiting.pop()
        for each in objects_in(here.get("resources")):
            values = each.get("values")
            if isinstance(values, dict) and not (data_alone and each.get("mode") != "data"):
                data = each.get("mode") == "data"
                yield Resource(str(each.get("address", "")), str(each.get("type", "")), values, data=data)
        waiting += objects_in(here.get("child_modules"))


def _instances(resources: Written) -> Iterator[Resource]:
    """Walk a state as it is stored."""
    for each in objects_in(resources):
        data = each.get("mode") == "data"
        prefix = (f"{each['module']}." if each.get("module") else "") + ("data." if data else "")
        for instance in objects_in(each.get("instances")):
            values, key = instance.get("attributes"), instance.get("index_key")
            index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
            if isinstance(values, dict):
                address = f"{prefix}{each.get('type')}.{each.get('name')}{index}"
                yield Resource(address, str(each.get("type")), values, data=data)


References: TypeAlias = Mapping[tuple[str, str], Sequence[str]]
"""The addresses that an argument of a resource refers to, by the resource's address and the argument."""


def references_in(configuration: Written) -> References:
    """Say what the arguments of a configuration refer to, in all its modules."""
    found: dict[tuple[str, str], Sequence[str]] = {}
    root = configuration.get("root_module") if isinstance(configuration, dict) else None
    waiting: list[tuple[str, Written]] = [("", root)]
    while waiting:
        prefix, module = waiting.pop()
        if not isinstance(module, dict):
            continue
        for each in objects_in(module.get("resources")):
            expressions = each.get("expressions")
            for argument, expression in expressions.items() if isinstance(expressions, dict) else ():
                names = [expression] if isinstance(expression, dict) else []
                texts = [str(name) for one in names for name in one.get("references") or ()]
                found[f"{prefix}{each.get('address')}", argument] = [f"{prefix}{text}" for text in texts]
        calls = module.get("module_calls")
        for name, call in calls.items() if isinstance(calls, dict) else ():
            waiting.append((f"{prefix}module.{name}.", call.get("module") if isinstance(call, dict) else None))
    return found


def _is_empty_state(value: Mapping[str, Written]) -> bool:
    return value.keys() <= {"format_version", "terraform_version"} and "format_version" in value


def _has_true(value: Written) -> bool:
    match value:
        case dict():
            return any(map(_has_true, value.values()))
        case list():
            return any(map(_has_true, value))
    return value is True


def _without_keys(address: str) -> str:
    return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", address)


def objects_in(value: Written) -> list[Mapping[str, Written]]:
    """Give the objects of a list; none of anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
