"""Case files and policies for the program to read."""

import json
from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, content: Mapping[str, object], name: str = "case.json") -> Path:
    """Write a case or a policy to a file."""
    path = folder / name
    path.write_text(json.dumps(content))
    return path
