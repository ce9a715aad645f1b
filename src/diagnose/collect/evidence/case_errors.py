"""Why JSON is not a case: one sentence that names the field, and a hint that says how to fix it."""

import json
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache

import msgspec
from msgspec import inspect

from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.case import CASE_SCHEMA, Case
from diagnose.model.json_text import Node, Object, parse, read_once


def not_a_case(data: bytes, error: Exception, place: str) -> XdiagError:
    """Say why `data`, which is JSON, is not a case. `error` is what msgspec's decoder raised."""
    top = _members(data)
    for keys, what, hint in _LOOKS_LIKE:
        if keys <= top.keys():
            return XdiagError(f"`{quotable(place)}` is not a case: it looks like {what}", hint=hint)
    version = _decoded(bytes(top.get("schema", b"null")))
    if isinstance(version, str) and version != CASE_SCHEMA:
        return wrong_version(version, place)
    sentence, hint = reworded(error, data, Case)
    return XdiagError(f"`{quotable(place)}` is not a case: {sentence}", hint=hint)


def reworded(error: Exception, data: bytes, type_: type) -> tuple[str, str]:
    """Reword msgspec's error of `data`, which should have become a `type_`: a sentence, and a hint."""
    text = str(error)
    message, _, steps = text.partition(" - at `$") if text.endswith("`") else (text, "", "")
    path: _Path = tuple(
        name or (None if index == "..." else int(index))
        for name, index in re.findall(r"\.(\w+)|\[(\d+|\.{3})\]", steps)
    )
    kinds = _kinds_at(path, type_)
    if match := re.fullmatch(r"Expected `(.+?)`(?:, got `(.+)`)?", message):
        hint = "" if path else "expected one case; a case on each line is a batch"
        return _wrong_type(path, data, match[1], match[2] or ""), _EVIDENCE if _is_evidence(kinds) else hint
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        hint = _did_you_mean(match[1], [member.encode_name for kind in kinds for member in _fields(kind)])
        return f"it has an unknown field `{_path_words((*path, match[1]))}`", hint
    if match := re.fullmatch(r"Object missing required field `(.+)`", message):
        inner = _kinds_at((*path, match[1]), type_)
        hint = _EVIDENCE if _is_evidence((*kinds, *inner)) else _wanted(inner)
        return f"`{_path_words((*path, match[1]))}` is missing", hint
    if match := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", message, re.DOTALL):
        return f"`{_path_words(path)}` is `{quotable(match[1])}`", _did_you_mean(match[1], _allowed(path, type_))
    if match := re.fullmatch(r"Expected `(?:int|float)` >= (\S+)", message):
        return f"`{_path_words(path)}` must be at least {match[1]}", ""
    return f"{message[:1].lower()}{message[1:]} at `{_path_words(path)}`", ""


def wrong_version(version: str, place: str) -> XdiagError:
    """Say that a case was written in another version of the format."""
    return XdiagError(
        f"`{quotable(place)}` has the schema `{quotable(version)}`, which this version of xdiag cannot read",
        hint=f"expected `{CASE_SCHEMA}`; a newer schema needs a newer xdiag",
    )


def repeated_key(text: str, place: str) -> XdiagError | None:
    """Name a key that one object of a case repeats: readers of JSON silently drop one of the values.

    Policy documents may repeat a key; their text is kept, and deciding knows what it means.
    """
    try:
        read_once(text)
        return None
    except ValueError:
        # There may be another reason than a repetition: numbers too long for Python, control characters in texts.
        path = next(_repeated(parse(text, strict=False)), None)
    if path is None:
        return None
    return XdiagError(
        f"`{quotable(place)}` is not a case: `{_path_words(path)}` appears twice", hint="keep one of the two"
    )


_Path = tuple[str | int | None, ...]
"""The way to a value in a case: field names, positions in lists, and None for any key of a mapping."""

_SAVED = "expected a file that `--save-case` has written"
_PROPOSED = (
    "try a proposed policy with `--with-trust-policy`, `--with-identity-policy`, `--with-boundary` or `--with-scp`"
)
_TRUST = "a role alone is not a case; `--with-trust-policy` takes its trust policy"
_LOOKS_LIKE: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"Statement"}), "a policy document", _PROPOSED),
    (frozenset({"PolicyDocument"}), "a policy as IAM returns it", _PROPOSED),
    (frozenset({"PolicyVersion"}), "a policy as IAM returns it", _PROPOSED),
    (frozenset({"AssumeRolePolicyDocument"}), "a role as IAM returns it", _TRUST),
    (frozenset({"Role"}), "the output of `aws iam get-role`", _TRUST),
    (frozenset({"User"}), "the output of `aws iam get-user`", f"a user alone is not a case; {_SAVED}"),
    (
        frozenset({"RoleDetailList"}),
        "the output of `aws iam get-account-authorization-details`",
        f"it describes an account, not a request; {_SAVED}",
    ),
    (frozenset({"Credentials"}), "credentials", f"do not share that file; {_SAVED}"),
    (frozenset({"eventName"}), "a CloudTrail event", "pass it as `--event FILE`"),
    (frozenset({"Records"}), "a CloudTrail log file", "pass it as `--event FILE`"),
    (frozenset({"tool_version", "verdict"}), "a diagnosis", "expected the case that it was made from"),
)
_EVIDENCE = 'evidence is written `{"evidence": "known", "value": ...}` or `{"evidence": "unread"}`'
_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number with a point or an exponent",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_PYTHON = {"str": str, "int": int, "float": float, "bool": bool, "object": dict, "array": list, "null": type(None)}
_NOUNS: dict[type[inspect.Type], str] = {
    inspect.StrType: "a string",
    inspect.EnumType: "a string",
    inspect.StructType: "an object",
    inspect.DictType: "an object",
    inspect.VarTupleType: "a list",
    inspect.RawType: "a policy document",
}


def _members(data: bytes) -> dict[str, msgspec.Raw]:
    """Give the members of the outermost object, unread; none where there is no object."""
    try:
        return msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError):
        return {}


def _decoded(data: bytes) -> object:
    """Read JSON into Python's own types; None where that does not work, as for a number with endless digits."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _wrong_type(path: _Path, data: bytes, wanted: str, got: str) -> str:
    """Say what should stand at `path` and what does. A mapping's key is looked up, for msgspec leaves it out."""
    subject = f"`{_path_words(_with_keys(path, _decoded(data), _PYTHON.get(got, object)))}`" if path else "it"
    expected = " or ".join(_WORDS.get(word, word) for word in wanted.split(" | "))
    return f"{subject} must be {expected}" + (f", but is {_WORDS.get(got, got)}" if got else "")


def _with_keys(path: _Path, value: object, kind: type) -> _Path:
    """Put the key into each step of `path` that stands for any, so that the path leads to a value of `kind`."""
    full = next(_ways(path, value, kind), path)
    return full if len(full) == len(path) else path


def _ways(path: _Path, value: object, kind: type) -> Iterator[_Path]:
    """Give the paths into `value` that fit `path` and lead to a value of `kind`."""
    if not path:
        if type(value) is kind or kind is object:
            yield ()
        return
    step, *rest = path
    if isinstance(value, dict):
        keys = [step] if step is not None else list(value)
        yield from ((key, *way) for key in keys for way in _ways(tuple(rest), value.get(key), kind))
    elif isinstance(value, list) and isinstance(step, int) and step < len(value):
        yield from ((step, *way) for way in _ways(tuple(rest), value[step], kind))


def _kinds_at(path: _Path, type_: type) -> list[inspect.Type]:
    """Give the types that a value at `path` of a `type_` may have."""
    kinds = [_kind(type_)]
    for step in path:
        kinds = [kind for outer in kinds for inner in _inside(outer, step) for kind in _alternatives(inner)]
    return kinds


@lru_cache
def _kind(type_: type) -> inspect.Type:
    """Look into a type. It takes some milliseconds, and many lines of a batch may be wrong."""
    return inspect.type_info(type_)


def _inside(kind: inspect.Type, step: str | int | None) -> list[inspect.Type]:
    match kind:
        case inspect.StructType():
            return [member.type for member in kind.fields if member.encode_name == step]
        case inspect.DictType():
            return [kind.value_type]
        case inspect.VarTupleType():
            return [kind.item_type]
    return []


def _alternatives(kind: inspect.Type) -> Sequence[inspect.Type]:
    return kind.types if isinstance(kind, inspect.UnionType) else [kind]


def _fields(kind: inspect.Type) -> Sequence[inspect.Field]:
    return kind.fields if isinstance(kind, inspect.StructType) else ()


def _is_evidence(kinds: Sequence[inspect.Type]) -> bool:
    return any(isinstance(kind, inspect.StructType) and kind.tag_field == "evidence" for kind in kinds)


def _allowed(path: _Path, type_: type) -> list[str]:
    """Name the values that may stand at `path`: an enum's, or the tags that tell one struct from another."""
    values = [
        str(member.value)
        for kind in _kinds_at(path, type_)
        if isinstance(kind, inspect.EnumType)
        for member in kind.cls
    ]
    structs = [kind for kind in _kinds_at(path[:-1], type_) if isinstance(kind, inspect.StructType)]
    return values or [str(kind.tag) for kind in structs if kind.tag_field == path[-1]]


def _wanted(kinds: Sequence[inspect.Type]) -> str:
    """Say what may stand where nothing does."""
    words = dict.fromkeys(_NOUNS[type(kind)] for kind in kinds if type(kind) in _NOUNS)
    return f"expected {' or '.join(words)}" if words else ""


def _did_you_mean(word: str, words: Sequence[str]) -> str:
    close = get_close_matches(word.lower(), words, n=1)
    if close:
        return f"did you mean `{close[0]}`"
    return f"expected one of {', '.join(f'`{word}`' for word in words)}" if words else ""


def _repeated(value: Node) -> Iterator[_Path]:
    """Give the paths to keys that one object repeats, except in policy documents."""
    if isinstance(value, Object):
        seen = set()
        for key, inner in value.members:
            if key in seen:
                yield (key,)
            seen.add(key)
            if key != "document":
                yield from ((key, *path) for path in _repeated(inner))
    elif isinstance(value, list):
        yield from ((index, *path) for index, inner in enumerate(value) for path in _repeated(inner))


def _path_words(path: _Path) -> str:
    """Write a path as people do: `request.context["aws:username"][0]`."""
    text = ""
    for step in path:
        if isinstance(step, str) and step.isidentifier():
            text += f".{step}"
        else:
            text += "[...]" if step is None else f"[{step}]" if isinstance(step, int) else f'["{quotable(step, 80)}"]'
    return text.removeprefix(".")
