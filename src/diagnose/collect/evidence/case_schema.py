"""The JSON Schema of a case file, made from the types that read it."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from diagnose.model.case import CASE_SCHEMA, Case


def case_schema() -> dict[str, Any]:
    """Give the schema (draft 2020-12) that editors complete and check a case file with.

    It says less than reading a case does: not what an ARN looks like, and not that a key stands only once.
    """
    (reference,), definitions = msgspec.json.schema_components([Case], ref_template=_REFERENCE)
    names = {name: _name(definition["title"]) for name, definition in definitions.items()}
    made = {names[name]: _cleaned(definition, names) for name, definition in definitions.items()}
    made["Case"]["properties"]["schema"] = {"const": CASE_SCHEMA, "default": CASE_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A case of xdiag: one request, and what is known of the two sides it runs between",
        **_cleaned(reference, names),
        "$defs": made,
    }


_REFERENCE = "#/$defs/{name}"
_NAMES = (
    (r"(?:\w+\.)+(?=\w)", ""),
    (r"\bMapping\[str, str\]", "StringMap"),
    (r"\btuple\[(\w+), \.\.\.\]", r"\1List"),
    (r" \| None", "OrNull"),
    (r"\bstr", "String"),
    (r"\bint\b", "Integer"),
    (r"\bbool\b", "Boolean"),
    (r"\W", ""),
)


def _name(title: str) -> str:
    """Name a definition: `Known[diagnose.model.case.Role | None]` becomes `KnownRoleOrNull`."""
    for pattern, name in _NAMES:
        title = re.sub(pattern, name, title)
    return title


def _cleaned(value: Any, names: Mapping[str, str]) -> Any:
    """Rename what is referred to, set descriptions flush, and drop what only OpenAPI reads.

    Defaults that are objects are dropped too: they repeat at length that nothing is known.
    """
    if isinstance(value, list):
        return [_cleaned(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _cleaned(inner, names) for key, inner in value.items() if key != "discriminator"}
    if isinstance(made.get("$ref"), str):
        prefix, _, name = made["$ref"].rpartition("/")
        made["$ref"] = f"{prefix}/{names[name]}"
    if isinstance(made.get("description"), str):
        made["description"] = inspect.cleandoc(made["description"])
    if isinstance(made.get("title"), str):
        made["title"] = _name(made["title"])
    if isinstance(made.get("default"), dict):
        del made["default"]
    return made
