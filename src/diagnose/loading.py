"""Where the command line and other programs get a case and the rules from."""

import os
from collections.abc import Sequence
from pathlib import Path

from diagnose.causes.rule import Rule
from diagnose.causes.rule_cache import cache_folder, cached_rules
from diagnose.causes.rule_folders import rule_folders
from diagnose.collect.evidence.case_file import read_case
from diagnose.model.case import Case
from diagnose.remedy import REMEDIES


def load_case(path: str | Path) -> Case:
    """Read a case from a file, or from standard input for "-". Raises XdiagError for anything else."""
    return read_case("-" if str(path) == "-" else Path(path))


def load_rules(extra: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """Read the rules that come with xdiag, and those of further folders.

    Raises XdiagError, naming file and line, for a rule that is wrong.
    """
    return cached_rules(rule_folders(extra), REMEDIES, cache_folder(os.environ))
