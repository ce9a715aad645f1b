"""What the shell completes: ids of rules, AWS profiles, names of demos.

Whatever goes wrong meanwhile, nothing is completed: a shell that waits for a word is no place for an error.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import typer

from diagnose.cli.demo_files import demo_files
from diagnose.errors import XdiagError


def rule_ids(context: typer.Context, incomplete: str) -> list[str]:
    """Give the ids of the rules that come with xdiag, of those that are set, and of those in the folders typed."""
    from diagnose.causes.rule_file import rule_files
    from diagnose.causes.rule_folders import rule_folders
    from diagnose.cli.settings import folder_of_work, read_settings

    typed = [Path(folder) for folder in context.params.get("folders") or ()]
    try:
        configured = read_settings(folder_of_work(), os.environ).values.get("rules")
        folders = typed or [Path(folder) for folder in (configured.value if configured else ())]
        return _beginning(incomplete, (path.stem for path in rule_files(rule_folders(folders))))
    except (XdiagError, OSError):
        return []


def profiles(incomplete: str) -> list[str]:
    """Give the AWS profiles of this machine."""
    from diagnose.aws.profiles import profile_names

    return _beginning(incomplete, profile_names())


def demo_names(incomplete: str) -> list[str]:
    """Give the bundled cases."""
    return _beginning(incomplete, demo_files())


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if word.startswith(incomplete) and word.isprintable())
