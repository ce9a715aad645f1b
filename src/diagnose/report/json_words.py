"""How a field of published JSON is described: with the values that it can have, where they are listed.

Such a field is text to whoever writes it; the schema names its values.
"""

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from diagnose.model.tri import Tri

Visibility: TypeAlias = Literal["full", "partial", "none"]


def listed(kind: type[StrEnum], description: str, *besides: str) -> Meta:
    """Describe a field that has one of the values of an enumeration, or one of those besides."""
    return Meta(description=description, extra_json_schema={"enum": [*besides, *(one.value for one in kind)]})


def yes_or_no(description: str, *besides: str) -> Meta:
    """Describe a field that answers a question with yes, no or unknown, or has one of the values besides."""
    words = [one.word for one in sorted(Tri, reverse=True)]
    return Meta(description=description, extra_json_schema={"enum": [*besides, *words]})


def published_schema(kind: type[Struct]) -> dict[str, object]:
    """Give the JSON Schema of an object that is published."""
    (reference,), components = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": components}
