"""Words that AWS joins from others: operations, error codes, actions, condition keys, commands and their flags.

Of such a word, only what is made of known words tells nothing: `AcmeDenied` has the form of an error code.
"""

import re
from collections.abc import Collection
from itertools import combinations

from diagnose.model.error_text.services import SERVICES
from diagnose.report.redact import public_words, service_words

OTHER = "Other"
"""Stands within a joined word for what nobody knows to be harmless."""


def is_joined(text: str) -> bool:
    """Say whether a text is an operation, or made of words that AWS's names are made of and of no others."""
    return text in service_words.CALLS or _is_known(text) or all(map(_is_known, _WORD.findall(text)))


def stand_in(text: str) -> str:
    """Write a joined word with `Other` for what is not known: it has the same form, and says the same of an error."""
    if is_joined(text):
        return text
    parts = "".join(word if word == "_" or _is_known(word) else _GAP for word in _PART.findall(text))
    written = re.sub(f"{_GAP}+", OTHER, parts)
    return written if text[:1].isupper() or not written.startswith(OTHER) else f"{OTHER.lower()}{written[len(OTHER) :]}"


def has_one_of(text: str, names: Collection[str]) -> bool:
    """Say whether one of some names is in a joined word, and is more than a single word of it."""
    words = list(_WORD.finditer(text))
    return any(text[first.start() : last.end()] in names for first, last in combinations(words, 2))


def _is_known(word: str) -> bool:
    lower = word.lower()
    return any(
        one in _WORDS or one in public_words.WORDS or one in service_words.SERVICE_PRINCIPALS
        for one in (lower, lower.removesuffix("s"))
    )


_WORD = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)(?:[0-9](?![0-9]))?|[^\W_]")
_PART = re.compile(rf"{_WORD.pattern}|.", re.DOTALL)
_GAP = "\0"
_WORDS = public_words.JOINED | {
    word.lower()
    for name in (*service_words.CALLS, *(name for service in SERVICES for name in service.names))
    for word in _WORD.findall(name)
}
