"""Where the rules are."""

from collections.abc import Sequence
from pathlib import Path

import diagnose

PLACES = ("what", "trust", "identity", "request", "unread")
"""The folders of the rules that come with xdiag: who has to mend the cause, or what could not be read."""


def rule_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """List the folders to read: the rules that come with xdiag, and the user's own."""
    package = Path(diagnose.__file__).parent
    shipped = package / "_rules"
    return (shipped if shipped.is_dir() else package.parent.parent / "rules", *extra)
