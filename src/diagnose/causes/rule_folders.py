"""Where rules are, and which files there are named like one."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import diagnose

PLACES = ("what", "trust", "identity", "request", "federation", "passing", "unread")
"""The folders of the rules that come with xdiag: where the cause is, or that something could not be read."""


def rule_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """List the folders to read: the rules that come with xdiag, and the user's own."""
    package = Path(diagnose.__file__).parent
    shipped = package / "_rules"
    return (shipped if shipped.is_dir() else package.parent.parent / "rules", *extra)


def files_of_rules(folder: Path) -> Iterator[str]:
    """List what is named like a rule in a folder and in those in it. A link to a folder is not followed."""
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            if name.endswith("ml") and ".y" in name[:-2]:
                yield os.path.join(base, name)
