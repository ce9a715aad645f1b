"""Texts that were read once, and stay as they were read. `XDIAG_UPDATE_GOLDENS=1 pytest FILE` rewrites them, and fails
where one has changed: read the diff."""

import os
from pathlib import Path


def reads_as_reviewed(path: Path, written: str) -> None:
    """Compare a text with what a file holds."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if os.environ.get("XDIAG_UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")
    assert written == before
