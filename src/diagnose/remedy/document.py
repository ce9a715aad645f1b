"""A policy document as JSON values, and its edits as RFC 6902 operations.

INVARIANT: a document is only ever changed by applying operations to it, so the patch that is
shown always gives the document that is shown.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from diagnose.model.json_text import indented, read_once
from diagnose.model.pointer import parent, split
from diagnose.model.policy import UNKNOWN_PART, Policy, document_text

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
JsonDict: TypeAlias = dict[str, Json]

_ORDER = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


class PatchOperation(Struct, frozen=True, omit_defaults=True):
    """One operation of a JSON patch: `add`, `remove` or `replace`. `value` is unset for `remove`.

    Source: https://www.rfc-editor.org/rfc/rfc6902
    """

    op: str
    path: str
    value: Json | UnsetType = UNSET


def document_of(policy: Policy) -> JsonDict | None:
    """Parse a policy that can be edited; None where it is not a JSON object, names a key twice, or is known in part.

    A repeated key has no one meaning, and an edit would silently drop one of the two; of a document that is known in
    part, an edit would drop the rest.
    """
    text = document_text(policy.document)
    if UNKNOWN_PART in text:
        return None
    try:
        document = read_once(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and _statements_are_objects(document) else None


def statements(document: JsonDict) -> list[JsonDict]:
    """Give the statements; a document may hold one that stands alone, without a list."""
    listed = document.get("Statement", [])
    return [
        statement for statement in (listed if isinstance(listed, list) else [listed]) if isinstance(statement, dict)
    ]


def statement_path(document: JsonDict, index: int) -> str:
    """Point at a statement, whether it stands in a list or alone."""
    return f"/Statement/{index}" if isinstance(document.get("Statement"), list) else "/Statement"


def address(document: JsonDict, pointer: str) -> str | None:
    """Make a pointer fit the document at hand, or None where it leads nowhere."""
    if not isinstance(document.get("Statement"), list) and pointer.startswith("/Statement/0"):
        pointer = "/Statement" + pointer.removeprefix("/Statement/0")
    return pointer if value_at(document, pointer) is not UNSET else None


def value_at(document: Json, pointer: str) -> Json | UnsetType:
    """Give the value that a JSON pointer leads to; UNSET where there is none."""
    value = document
    for token in split(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return UNSET
    return value


def add_statement(document: JsonDict, statement: JsonDict) -> tuple[PatchOperation, ...]:
    """Append a statement, under a Sid that no other statement of the document has."""
    taken = {str(other.get("Sid")) for other in statements(document)}
    addition = {**statement, "Sid": _unused(str(statement["Sid"]), taken)} if "Sid" in statement else statement
    present = document.get("Statement")
    if isinstance(present, list):
        return (PatchOperation("add", "/Statement/-", addition),)
    if isinstance(present, dict):
        return (PatchOperation("replace", "/Statement", [present, addition]),)
    return (PatchOperation("add", "/Statement", [addition]),)


def join_value(document: JsonDict, pointer: str, value: str) -> tuple[PatchOperation, ...]:
    """Put a value beside the one at `pointer`, which stands alone or in a list."""
    holder, _ = parent(pointer)
    if isinstance(value_at(document, holder), list):
        return (PatchOperation("add", f"{holder}/-", value),)
    present = value_at(document, pointer)
    if isinstance(present, list):
        return (PatchOperation("add", f"{pointer}/-", value),)
    return () if present is UNSET else (PatchOperation("replace", pointer, [present, value]),)


def apply_patch(document: JsonDict, operations: Sequence[PatchOperation]) -> JsonDict:
    """Apply operations to a document, which stays as it was. Raises LookupError where a path leads nowhere.

    What they do not touch is shared, and not copied.
    """
    result = document
    for operation in operations:
        if operation.path == "":
            assert isinstance(operation.value, dict)
            result = operation.value
            continue
        *holders, last = split(operation.path)
        result = dict(result)
        holder: Json | UnsetType = result
        for token in holders:
            holder = _copied_member(holder, token)
        _apply(holder, last, operation)
    return result


def dumped(value: Json) -> str:
    """Write JSON with an indent of two, in ASCII, so that look-alike and invisible characters show."""
    return indented(value, 2)


def patch_text(operations: Iterable[PatchOperation]) -> str:
    """Write operations as a JSON patch."""
    return dumped([_as_object(operation) for operation in operations])


def in_aws_order(statement: JsonDict) -> JsonDict:
    """Put the elements of a statement into the order in which AWS writes them."""
    return {name: statement[name] for name in _ORDER if name in statement} | statement


def one_or_list(values: Sequence[str]) -> Json:
    """Write one value by itself and several as a list, as AWS does."""
    return values[0] if len(values) == 1 else list(values)


def as_list(value: Json | UnsetType) -> list[Json]:
    """Give the values of an element that may be one value or a list of them."""
    if isinstance(value, UnsetType):
        return []
    return value if isinstance(value, list) else [value]


def _as_object(operation: PatchOperation) -> Json:
    members: JsonDict = {"op": operation.op, "path": operation.path}
    if not isinstance(operation.value, UnsetType):
        members["value"] = operation.value
    return members


def _statements_are_objects(document: JsonDict) -> bool:
    return all(isinstance(statement, dict) for statement in as_list(document.get("Statement", [])))


def _unused(sid: str, taken: set[str]) -> str:
    number = 2
    name = sid
    while name in taken:
        name, number = f"{sid}{number}", number + 1
    return name


def _copied_member(holder: Json | UnsetType, token: str) -> Json | UnsetType:
    """Put a copy of an object's or a list's member in its place, and give it; UNSET where there is none."""
    if isinstance(holder, dict) and token in holder:
        holder[token] = member = copy(holder[token])
        return member
    if isinstance(holder, list) and token.isdecimal() and int(token) < len(holder):
        holder[int(token)] = member = copy(holder[int(token)])
        return member
    return UNSET


def _apply(holder: Json | UnsetType, last: str, operation: PatchOperation) -> None:
    """Carry out one operation in the object or list that holds its target."""
    value = None if isinstance(operation.value, UnsetType) else operation.value
    if isinstance(holder, dict):
        if operation.op != "add" and last not in holder:
            raise LookupError(operation.path)
        if operation.op == "remove":
            del holder[last]
        else:
            holder[last] = value
    elif isinstance(holder, list):
        index = len(holder) if last == "-" else int(last)
        if operation.op == "add":
            holder.insert(index, value)
        elif operation.op == "remove":
            del holder[index]
        else:
            holder[index] = value
    else:
        raise LookupError(operation.path)
