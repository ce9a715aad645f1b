"""A world with one thing changed: JSON merge patch, and a way into lists.

A mapping is merged, null removes, anything else replaces. Where the world has a list, a mapping whose names are all
numbers changes those members (the first is `0`), and one number beyond the last adds a member.

Evidence is kept whole: `value: null` is "looked, there is none" where it is known, and nothing is left of the value
where it is `unread`.

Source: https://www.rfc-editor.org/rfc/rfc7396 (which can only replace a list, and cannot set null)
"""

from typing import Any

from diagnose.errors import XdiagError


def changed(world: Any, change: Any) -> Any:
    """Give a new value with `change` made in it. Raises XdiagError where a member of a list does not exist."""
    if not isinstance(change, dict):
        return change
    if isinstance(world, list) and change and all(name.isdecimal() for name in change):
        return _members(world, change)
    merged = dict(world) if isinstance(world, dict) else {}
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = changed(merged.get(name), value)
    return _whole(merged, change)


def _whole(merged: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    match merged.get("evidence"):
        case "known" if "value" in change:
            merged["value"] = merged.get("value")
        case "unread":
            merged.pop("value", None)
            merged.pop("source", None)
    return merged


def _members(world: list[Any], change: dict[str, Any]) -> list[Any]:
    members: list[Any] = list(world)
    for name, value in sorted(change.items(), key=lambda item: int(item[0])):
        place = int(name)
        if place > len(members):
            raise XdiagError(
                f"the change names member `{name}` of a list of {len(world)}", hint="the first member is `0`"
            )
        members[place : place + 1] = [changed(members[place] if place < len(members) else None, value)]
    gone = {int(name) for name, value in change.items() if value is None}
    return [member for place, member in enumerate(members) if place not in gone]
