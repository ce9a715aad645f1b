"""The body of an answer, as the protocols of AWS write it: apart from what is promised of it.

Source: https://smithy.io/2.0/aws/protocols/index.html
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from botocore.model import ListShape, Shape, StructureShape
from defusedxml.ElementTree import fromstring


class BodyForm(Protocol):
    """How a protocol writes a body, and the parts of it; each is None where a node has not this form."""

    def open(self, body: bytes, shape: StructureShape, /) -> Any:
        """Give the node that holds the answer."""

    def members(self, node: Any, shape: StructureShape) -> Mapping[str, Any] | None:
        """Give the members that are there, by their name in the model."""

    def items(self, node: Any, shape: ListShape, /) -> Sequence[Any] | None:
        """Give the items of a list."""

    def values(self, node: Any, /) -> Sequence[Any] | None:
        """Give the values of a map."""

    def text(self, node: Any, shape: Shape, /) -> str | None:
        """Give anything else as text."""


class _Json:
    """The protocols of Organizations, EKS and IAM's Access Troubleshooter."""

    def open(self, body: bytes, _: StructureShape) -> Any:
        return json.loads(body.decode("utf-8"))

    def members(self, node: Any, shape: StructureShape) -> Mapping[str, Any] | None:
        if not isinstance(node, dict):
            return None
        sent = {name: node.get(member.serialization.get("name", name)) for name, member in shape.members.items()}
        return {name: value for name, value in sent.items() if value is not None}

    def items(self, node: Any, _: ListShape) -> Sequence[Any] | None:
        return node if isinstance(node, list) else None

    def values(self, node: Any) -> Sequence[Any] | None:
        return list(node.values()) if isinstance(node, dict) else None

    def text(self, node: Any, shape: Shape) -> str | None:
        if shape.type_name == "boolean":
            return json.dumps(node) if isinstance(node, bool) else None
        numbers = shape.type_name in ("integer", "long", "timestamp", "float", "double")
        kind = (int, float) if numbers else str
        return str(node) if isinstance(node, kind) and not isinstance(node, bool) else None


class _Xml:
    """The protocols of IAM, STS and EC2."""

    def open(self, body: bytes, shape: StructureShape) -> Any:
        body.decode("utf-8")
        root = fromstring(body, forbid_dtd=True)
        wrapper = shape.serialization.get("resultWrapper")
        if wrapper is None:
            return root
        [found] = [child for child in root if _tag(child) == wrapper]
        return found

    def members(self, node: Any, shape: StructureShape) -> Mapping[str, Any] | None:
        if (node.text or "").strip():
            return None
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        found: dict[str, Any] = {}
        for child in node:
            name = names.get(_tag(child), "")
            if name in found:
                return None
            if name:
                found[name] = child
        return found

    def items(self, node: Any, shape: ListShape) -> Sequence[Any] | None:
        name = shape.member.serialization.get("name", "member")
        stray = (node.text or "").strip() or any(_tag(child) != name for child in node)
        return None if stray else list(node)

    def values(self, _: Any) -> Sequence[Any] | None:
        return None  # no API that is called in this way sends one

    def text(self, node: Any, _: Shape) -> str | None:
        return None if len(node) else node.text or ""


BODY_FORMS: Mapping[str, type[BodyForm]] = {"json": _Json, "rest-json": _Json, "query": _Xml, "ec2": _Xml}


def _tag(node: Any) -> str:
    """Give the name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]
