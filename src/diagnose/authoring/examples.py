"""Rules on trial: each example is decided for real, and must come out as it says."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from diagnose.causes.rule import Example, Rule, rule_by_id
from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.pipeline import diagnose


class Fault(Struct, frozen=True):
    """An example that does not come out as it says. `rule` is empty where it is about a world."""

    rule: str
    example: str
    message: str


def try_rules(rules: Sequence[Rule], examples: Mapping[str, Sequence[Example]]) -> Iterator[Fault]:
    """Try every example of every rule, and every world as it is. `examples` are by the id of their rule."""
    for world in worlds():
        untouched = Example("as it is", world, {}, "silent")
        speaking = ", ".join(finding.rule for finding in findings(rules, untouched))
        if speaking:
            yield Fault("", world, f"the world `{world}` is allowed, and yet explained by {speaking}")
    for rule, of_rule in examples.items():
        for example in of_rule:
            yield from (Fault(rule, example.name, message) for message in _try(rules, rule, example))


def findings(rules: Sequence[Rule], example: Example) -> tuple[Finding, ...]:
    """Say what the rules find in an example."""
    return diagnose(case_of(example), rules).findings


def worlds() -> tuple[str, ...]:
    """Name all worlds."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def case_of(example: Example) -> Case:
    """Make the case of an example. Raises XdiagError for an unknown world, or a change that leaves no valid case."""
    world = _world(example.world)
    try:
        return msgspec.json.decode(msgspec.json.encode(changed(world, example.change)), type=Case)
    except msgspec.ValidationError as error:
        raise XdiagError(
            f"the example `{example.name}` changes `{example.world}` into something that is not a case",
            hint=str(error).replace("`$.", "`"),
        ) from None


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


def _try(rules: Sequence[Rule], rule: str, example: Example) -> Iterator[str]:
    by_rule = {finding.rule: finding for finding in findings(rules, example)}
    outcome = by_rule[rule].certainty.value if rule in by_rule else "silent"
    if outcome != example.then:
        yield f"expected `{example.then}`, found `{outcome}`"
    certain = {finding.rule for finding in by_rule.values() if finding.certainty is Certainty.CERTAIN}
    also = {_id_of_today(rules, other) for other in example.also}
    if others := certain - {rule} - also:
        yield f"certain as well, and not listed under `also`: {', '.join(sorted(others))}"
    if missing := also - certain:
        yield f"listed under `also`, and not certain: {', '.join(sorted(missing))}"
    if example.then == "certain" and rule in by_rule and not by_rule[rule].remedies:
        yield "none of its remedies holds: nothing would be proposed"


def _id_of_today(rules: Sequence[Rule], name: str) -> str:
    """Give the id that a rule has now; the name itself where no rule ever had it."""
    rule = rule_by_id(rules, name)
    return name if rule is None else rule.id


@cache
def _world(name: str) -> Any:
    if name not in worlds():
        raise XdiagError(f"there is no world `{name}`", hint=f"expected one of {', '.join(worlds())}")
    return msgspec.json.decode((_folder() / f"{name}.json").read_bytes())


def _folder() -> Path:
    """Find the worlds: in the installed package, or else in the source tree."""
    package = Path(__file__).parent.parent
    shipped = package / "_worlds"
    return shipped if shipped.is_dir() else package.parent.parent / "fixtures" / "worlds"


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
