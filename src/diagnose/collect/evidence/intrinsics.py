"""CloudFormation's functions: what can be told before deployment is, and the rest is unknown.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from msgspec import Struct

from diagnose.collect.digits import whole_number
from diagnose.collect.evidence.partial_document import UnknownValue, Written, any_unknown, unknown_in
from diagnose.model.gapped_text import gapped


class Surroundings(Struct, frozen=True):
    """What functions refer to. `resources` gives what `Ref` and `Fn::GetAtt` of a resource come to, if that is known.

    `pseudo` are the pseudo parameters that are known, `parameters` all parameters with a value, known or not, and
    `declared` the names of the template's resources.
    """

    pseudo: Mapping[str, str]
    parameters: Mapping[str, Written]
    mappings: Mapping[str, Written]
    conditions: Mapping[str, Written]
    resources: Mapping[str, Mapping[str, str]] = {}
    declared: frozenset[str] = frozenset()


class _NoValue:
    """What `AWS::NoValue` stands for: the property is left out."""


NO_VALUE = _NoValue()


def resolve(value: Written, around: Surroundings, depth: int = 0) -> Written:
    """Carry out the functions in a value. `UnknownValue` stands where one cannot be; properties without value go."""
    if depth > _DEEPEST:
        return UnknownValue("functions that refer to each other")
    match value:
        case dict() if len(value) == 1 and (name := next(iter(value))) in FUNCTIONS:
            return FUNCTIONS[name](value[name], around, depth + 1)
        case dict() if len(value) == 1 and str(next(iter(value))).startswith("Fn::"):
            return UnknownValue(_function_words(next(iter(value))))
        case dict():
            members = {key: resolve(inner, around, depth + 1) for key, inner in value.items()}
            return {key: inner for key, inner in members.items() if inner is not NO_VALUE}
        case list():
            items = [resolve(inner, around, depth + 1) for inner in value]
            return [inner for inner in items if inner is not NO_VALUE]
        case str() if "{{resolve:" in value:
            return UnknownValue("a dynamic reference, which only CloudFormation resolves")
    return value


def shape_of(value: Written, around: Surroundings) -> re.Pattern[str] | None:
    """Give what texts a value can be, where a part of it is not known; None where it can be anything.

    For names such as `!Sub "${AWS::StackName}-deploy"`.
    """
    match value:
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), dict()]}:
            parts = [part for part, _ in _parts(text, value["Fn::Sub"], around, 0)]
        case {"Fn::Join": [str(between), list(items)]}:
            parts = []
            for place, item in enumerate(items):
                parts += [between] * (place > 0) + [resolve(item, around)]
        case _:
            return None
    if not any(isinstance(part, str) and part.strip("-_") for part in parts):
        return None
    return gapped(_joined(parts), least=1)


def _joined(parts: Sequence[object]) -> list[str | None]:
    """Put texts that follow one another together; what is not known is None."""
    joined: list[str | None] = []
    for part in parts:
        if isinstance(part, str) and joined and joined[-1] is not None:
            joined[-1] += part
        else:
            joined.append(part if isinstance(part, str) else None)
    return joined


_DEEPEST = 60


def holds(name: str, around: Surroundings, depth: int = 0) -> bool | UnknownValue:
    """Say whether a condition of the template holds."""
    if name not in around.conditions or depth > _DEEPEST:
        return UnknownValue(f"the condition `{name}`")
    return _truth(around.conditions[name], around, depth + 1, name)


def _truth(value: Written, around: Surroundings, depth: int, name: str) -> bool | UnknownValue:
    match value:
        case {"Condition": str(other)}:
            return holds(other, around, depth + 1)
        case {"Fn::Equals": [one, other]}:
            both = [resolve(one, around, depth + 1), resolve(other, around, depth + 1)]
            if any_unknown(both):
                return next(unknown_in(both))
            return bool(_as_text(both[0]) == _as_text(both[1]))
        case {"Fn::Not": [one]}:
            answer = _truth(one, around, depth + 1, name)
            return answer if isinstance(answer, UnknownValue) else not answer
        case {"Fn::And": list(several)} | {"Fn::Or": list(several)}:
            answers = [_truth(one, around, depth + 1, name) for one in several]
            decisive = "Fn::Or" in value
            if decisive in answers:
                return decisive
            unknown = next((answer for answer in answers if isinstance(answer, UnknownValue)), None)
            return (not decisive) if unknown is None else unknown
    return UnknownValue(f"the condition `{name}`")


def _ref(argument: Written, around: Surroundings, _: int) -> Written:
    name = str(argument)
    if name == "AWS::NoValue":
        return NO_VALUE
    if name in around.pseudo:
        return around.pseudo[name]
    if name in around.parameters:
        return around.parameters[name]
    known = around.resources.get(name, {}).get("Ref")
    return known if known is not None else UnknownValue(_later(name, name, around))


def _get_att(argument: Written, around: Surroundings, _: int) -> Written:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != _TWO or not all(isinstance(part, str) for part in parts):
        return UnknownValue("an attribute of a resource")
    known = around.resources.get(parts[0], {}).get(parts[1])
    return known if known is not None else UnknownValue(_later(".".join(parts), parts[0], around))


def _later(written: str, name: str, around: Surroundings) -> str:
    """Say what a value depends on that deployment gives; or which name is misspelt, so that deployment fails.

    SAM makes resources that the template does not declare, so that a name like no other may be right.
    """
    if near := _meant(name, (*around.declared, *around.parameters, *_PSEUDO_PARAMETERS)):
        return f"`{written}`, which the template does not declare: did you mean `{near}`"
    return f"`{written}`, which is known after deployment only"


def _function_words(name: str) -> str:
    if near := _meant(name, (*FUNCTIONS, *_OTHER_FUNCTIONS)):
        return f"CloudFormation has no function `{name}`: did you mean `{near}`"
    return f"CloudFormation's function `{name}`"


def _meant(name: str, known: Sequence[str]) -> str:
    """Give the name that is probably meant by one that is not known; "" where there is none."""
    by_letters = {each.lower(): each for each in known}
    near = () if name in known else get_close_matches(name.lower(), by_letters, n=1, cutoff=_ALIKE)
    return by_letters[near[0]] if near else ""


_ALIKE = 0.85
_PSEUDO_PARAMETERS = tuple(
    f"AWS::{name}"
    for name in (
        "AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix",
    )
)  # fmt: skip
_OTHER_FUNCTIONS = tuple(
    f"Fn::{name}"
    for name in (
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "ForEach", "GetAZs",
        "Length", "Not", "Or", "RefAll", "Transform", "ValueOf", "ValueOfAll",
    )
)  # fmt: skip
"""Those that are not carried out."""


_TWO = 2
_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


def _parts(text: str, argument: Written, around: Surroundings, depth: int) -> list[tuple[Written, str]]:
    """Take the text of `Fn::Sub` apart: into texts, and values with the names that they have there."""
    given = argument[1] if isinstance(argument, list) else {}
    parts: list[tuple[Written, str]] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts.append((text[end : found.start()], ""))
        end = found.end()
        name = found[2].strip()
        if found[1]:
            parts.append((f"${{{found[2]}}}", ""))
        elif name in given:
            parts.append((_as_text(resolve(given[name], around, depth + 1)), name))
        elif "." in name:
            parts.append((_as_text(_get_att(name, around, depth)), name))
        else:
            parts.append((_as_text(_ref(name, around, depth)), name))
    parts.append((text[end:], ""))
    return parts


def _sub(argument: Written, around: Surroundings, depth: int) -> Written:
    """`${!x}` is the text `${x}`, as policy variables are written."""
    text = argument[0] if isinstance(argument, list) and argument else argument
    if not isinstance(text, str):
        return UnknownValue("CloudFormation's function `Fn::Sub`")
    parts = [part for part, _ in _parts(text, argument, around, depth)]
    unknown = next((part for part in parts if not isinstance(part, str)), None)
    if unknown is not None:
        return unknown if isinstance(unknown, UnknownValue) else UnknownValue("a list in `Fn::Sub`")
    return "".join(parts)


def _join(argument: Written, around: Surroundings, depth: int) -> Written:
    match resolve(argument, around, depth):
        case [str(between), list(items)] if all(isinstance(item, str | bool) for item in items):
            return between.join(_as_text(item) for item in items)
        case other:
            return _first_unknown(other, "Fn::Join")


def _select(argument: Written, around: Surroundings, depth: int) -> Written:
    match resolve(argument, around, depth):
        case [index, list(items)] if (place := whole_number(str(index))) is not None and place < len(items):
            return items[place]
        case other:
            return _first_unknown(other, "Fn::Select")


def _split(argument: Written, around: Surroundings, depth: int) -> Written:
    match resolve(argument, around, depth):
        case [str(between), str(text)] if between:
            return text.split(between)
        case other:
            return _first_unknown(other, "Fn::Split")


def _find_in_map(argument: Written, around: Surroundings, depth: int) -> Written:
    match resolve(argument, around, depth):
        case [str(name), str(first), str(second), *_]:
            found = around.mappings.get(name)
            for key in (first, second):
                found = found.get(key) if isinstance(found, Mapping) else None
            return UnknownValue(f"`{name}` of the mappings") if found is None else found
        case other:
            return _first_unknown(other, "Fn::FindInMap")


def _if(argument: Written, around: Surroundings, depth: int) -> Written:
    match argument:
        case [str(name), one, other]:
            answer = holds(name, around, depth)
            return answer if isinstance(answer, UnknownValue) else resolve(one if answer else other, around, depth)
    return UnknownValue("CloudFormation's function `Fn::If`")


def _import_value(argument: Written, around: Surroundings, depth: int) -> UnknownValue:
    name = resolve(argument, around, depth)
    return UnknownValue(f"the import `{name}`" if isinstance(name, str) else "an import of another stack")


def _to_json(argument: Written, around: Surroundings, depth: int) -> Written:
    value = resolve(argument, around, depth)
    return next(unknown_in(value)) if any_unknown(value) else json.dumps(value)


def _condition(argument: Written, around: Surroundings, depth: int) -> Written:
    """`Condition` is a function where conditions are meant, and an element of a statement everywhere else."""
    if isinstance(argument, str):
        return holds(argument, around, depth)
    return {"Condition": resolve(argument, around, depth)}


_Function: TypeAlias = Callable[[Written, Surroundings, int], Written]

FUNCTIONS: Mapping[str, _Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::ToJsonString": _to_json,
    "Condition": _condition,
}
"""The functions that can be carried out, with their arguments as written. Every other `Fn::` gives what is unknown."""


def _first_unknown(value: Written, function: str) -> UnknownValue:
    return next(unknown_in(value), UnknownValue(f"CloudFormation's function `{function}`"))


def _as_text(value: Written) -> Written:
    return ("true" if value else "false") if isinstance(value, bool) else value


def texts_in(value: Written) -> Sequence[Written]:
    """Give one-or-many values as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
