"""The names of who issues tokens, which stand in URLs, in the ARNs of providers and in condition keys.

Those that many customers share stay. Of the others that have a form of their own, which is AWS's or a vendor's, the
customer's part changes its letters alone, so that the form stays. A slip in either stays too: it may be the cause, and
gives nobody away.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache

from diagnose.model.issuers import PRIVATE, Issuer, issuer_of, name_meant
from diagnose.report.redact import public_words


class IssuerNames:
    """The issuers of one case."""

    def __init__(self, word: Callable[[str], str], private: Callable[[str], str], met: dict[str, Issuer]) -> None:
        """`word` rewrites one word, which stays one; `private` the name of an issuer that has no form of its own.

        `met` are those that AWS or a vendor runs, and is filled: names like theirs may stand for them.
        """
        self._word, self._private, self._met = word, private, met

    def disguised(self, text: str) -> str:
        """Rewrite a name. What should not stand before it or behind it, such as `https://`, stays."""
        found = _AROUND.fullmatch(text)
        assert found is not None
        scheme, name, space = found.groups()
        row = issuer_of(name)
        if row is not PRIVATE:
            self._met[name] = row
        meant = row if row is not PRIVATE else next(self._meant(name), PRIVATE)
        if meant is PRIVATE:
            return f"{scheme}{self._private(name)}{space}"
        words, slips = _words_of(meant), row is PRIVATE
        each = _WORD_OR_REGION if slips else _LABEL
        rewritten = each.sub(lambda word: self._one(word[0], words, slips=slips), name)
        return f"{scheme}{rewritten}{space}"

    def _meant(self, name: str) -> Iterator[Issuer]:
        """Name the rows of the issuers for which a name may stand that no issuer has."""
        row = issuer_of(name_meant(name).rstrip("/"))
        if row is not PRIVATE:
            yield row
        host = name.lower().partition("/")[0]
        for met, row in self._met.items():
            if get_close_matches(host, [met.lower().partition("/")[0]], n=1, cutoff=_NEAR):
                yield row

    def _one(self, text: str, words: frozenset[str], *, slips: bool) -> str:
        lower = text.lower()
        if lower in words or public_words.REGION.fullmatch(lower) or (slips and misspells_one(lower, words)):
            return text
        head = next((word for word in words if word.endswith("-") and text.startswith(word)), "")
        return head + self._word(text.removeprefix(head))


def misspells_one(text: str, words: frozenset[str]) -> bool:
    """Say whether a text, in lower case, is one of some words with a letter too many, too few, or another.

    A single letter is taken for none of them.
    """
    same_size = [word for word in words if abs(len(word) - len(text)) <= 1 and len(word) >= _SHORTEST]
    return len(text) > 1 and bool(same_size and get_close_matches(text, same_size, n=1, cutoff=1 - 1.5 / len(text)))


_AROUND = re.compile(r"(\s*(?:https?://)?)(.*?)(\s*)", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"[\w-]+")
_WORD_OR_REGION = re.compile(rf"{public_words.REGION.pattern}|\w+", re.IGNORECASE)
"""Where there is a slip, a dash may stand for a dot."""
_NEAR = 0.9
_SHORTEST = 2


@cache
def _words_of(row: Issuer) -> frozenset[str]:
    """Give the words, in lower case, that the names of all issuers of a row have in common."""
    return frozenset(re.findall(r"[a-z][\w-]*", re.sub(r"\[[^\]]*\]|\\", "", row.name).lower()))
