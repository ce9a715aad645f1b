"""By what a case is told from other files before it is read; apart, for a batch needs nothing else of case files."""

import re

_SIGN = re.compile(rb'"(?:schema"\s*:\s*"xdiag\.case/|snapshot"\s*:\s*\{)')
"""A key and what it holds: names and tags of strangers may be words of ours, but no text holds a quote as it is."""


def sign_of_case(data: bytes) -> int | None:
    """Give the place of the first thing that only a case holds; None where there is none."""
    found = _SIGN.search(data)
    return None if found is None else found.start()
