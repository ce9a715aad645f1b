"""Parts of what IAM says of a user or a role, in the form a case keeps them in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def tags_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Give the tags, which IAM leaves out where there are none."""
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", ())}


def created_at(described: Mapping[str, Any]) -> str:
    """Say when it was created, in UTC."""
    created: datetime = described["CreateDate"]
    return created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
