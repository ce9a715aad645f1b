"""Texts of which only parts are known: what may stand in the gaps between them."""

import re
from collections.abc import Sequence


def gapped(parts: Sequence[str | None], least: int) -> re.Pattern[str]:
    """Give the texts that have these parts in this order; None is a gap of so many characters at least.

    INVARIANT: a part is taken where it first fits, and never looked for again: gaps cost their number, not its power.
    Only the last part must fit at the end, wherever it stands else.
    """
    last = max((place for place, part in enumerate(parts) if part is None), default=-1)
    pattern = ""
    for place, part in enumerate(parts):
        if part is not None:
            pattern += re.escape(part)
        elif place == last:
            pattern += f".{{{least},}}"
        else:
            following = parts[place + 1]
            pattern += f"(?>.{{{least},}}?" if following is not None else f"(?>.{{{least}}})"
        if part is not None and 0 < place < last and parts[place - 1] is None:
            pattern += ")"
    return re.compile(pattern)
