"""Case files that are made of the bundled ones by changing a part."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DEMOS = Path(__file__).parents[2] / "fixtures" / "demo"


def demo(name: str) -> dict[str, Any]:
    """Give a bundled case."""
    found: dict[str, Any] = json.loads((DEMOS / f"{name}.json").read_text())
    return found


def changed(case: dict[str, Any], **changes: object) -> dict[str, Any]:
    """Give a case with values at other places: `snapshot__source__scps=...`."""
    copy: dict[str, Any] = json.loads(json.dumps(case))
    for path, value in changes.items():
        *way, last = path.split("__")
        place = copy
        for step in way:
            place = place[step]
        place[last] = value
    return copy


def write(folder: Path, content: Mapping[str, object], name: str = "case.json") -> Path:
    """Write a case or a policy to a file."""
    path = folder / name
    path.write_text(json.dumps(content))
    return path
