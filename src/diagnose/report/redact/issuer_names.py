"""The names of who issues tokens, which stand in URLs, in the ARNs of providers and in condition keys.

Those that many customers share stay. Of the others that have a form of their own, which is AWS's or a vendor's, the
customer's part changes its letters alone, so that the form stays. A slip in either stays too: it may be the cause, and
gives nobody away.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from diagnose.model.issuers import PRIVATE, Issuer, issuer_of, name_meant
from diagnose.report.redact import public_words
from diagnose.report.redact.public_words import is_region


class IssuersMet:
    """Those issuers of a case that AWS or a vendor runs: names like theirs may stand for them. And private ones."""

    def __init__(self) -> None:
        """Start with none."""
        self.rows: dict[str, Issuer] = {}
        self.private: dict[str, frozenset[str]] = {}
        """The names of private issuers, each with its letters."""
        self._by_host: dict[str, str] = {}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._meant: dict[str, str] = {}
        self._alike: set[str] = set()

    def add(self, name: str, row: Issuer) -> None:
        """Note an issuer by its name."""
        if name in self.rows:
            return
        self.rows[name] = row
        self._meant.clear()
        host, _, path = name.lower().partition("/")
        self._by_host.setdefault(host, name)
        for word in _LONG_WORD.findall(path):
            self._by_word[word].append(name)

    def meant(self, name: str) -> str:
        """Name the issuer that is meant by a name that no issuer has; empty if none is."""
        if name not in self._meant:
            self._meant[name] = self._nearest(name.lower())
        return self._meant[name]

    def is_one_of_alike(self, name: str) -> bool:
        """Note a private issuer; say whether its name is so much like that of another that it may be a slip."""
        if name not in self.private:
            letters = frozenset(name)
            for other, of_other in self.private.items():
                # Two are compared once, and not where that would tell nothing new.
                if not self._alike.issuperset((name, other)) and _may_be_near(name, letters, other, of_other):
                    self._alike.update(_near(name, other))
            self.private[name] = letters
        return name in self._alike

    def _nearest(self, lower: str) -> str:
        host, _, path = lower.partition("/")
        # Of a path, a whole word at least is right.
        sharing = {met.lower(): met for word in _LONG_WORD.findall(path) for met in self._by_word.get(word, ())}
        for text, known in ((lower, sharing), (host, self._by_host)):
            if near := get_close_matches(text, known, n=1, cutoff=_NEAR):
                return known[near[0]]
        return ""


class IssuerNames:
    """Rewrites the names of the issuers of one case."""

    def __init__(self, word: Callable[[str], str], private: Callable[[str], str], met: IssuersMet) -> None:
        """`word` rewrites one word, which stays one; `private` the name of an issuer that has no form of its own.

        `met` is filled on the way: what comes early is right on a second way.
        """
        self._word, self._private, self._met = word, private, met

    def disguised(self, text: str) -> str:
        """Rewrite a name. What should not stand before it or behind it, such as `https://`, stays."""
        found = _AROUND.fullmatch(text)
        assert found is not None
        scheme, name, space = found.groups()
        return f"{scheme}{self._name(name)}{space}"

    def _name(self, name: str) -> str:
        row = issuer_of(name)
        if row is not PRIVATE:
            self._met.add(name, row)
            return self._by_words(name, row)
        if meant := self._met.meant(name):
            return self._like(name, meant)
        row = issuer_of(name_meant(name.lower()).rstrip("/"))
        return self._private(name) if row is PRIVATE else self._by_words(name, row, slips=True)

    def _like(self, name: str, meant: str) -> str:
        """Rewrite a name that is meant for another, so that it has the same slips."""
        row = self._met.rows[meant]
        if get_close_matches(name.lower(), [meant.lower()], n=1, cutoff=_NEAR):
            return self._aligned(name, meant, row)
        host, slash, path = name.partition("/")
        # The path is that of another tenant.
        return f"{self._aligned(host, meant.partition('/')[0], row)}{slash}{self._by_words(path, row, slips=True)}"

    def _aligned(self, name: str, meant: str, row: Issuer) -> str:
        """Rewrite letter by letter what two names share; what one has besides is a slip."""
        right = self._by_words(meant, row)
        lowered = (name.lower(), meant.lower(), right.lower())
        if tuple(map(len, lowered)) != (len(name), len(meant), len(meant)):
            return self._by_words(name, row, slips=True)
        rewritten = ""
        for kind, start, end, at, behind in SequenceMatcher(None, *lowered[:2], autojunk=False).get_opcodes():
            mine, new = name[start:end], right[at:behind]
            rewritten += _in_case_of(mine, new) if kind == "equal" else self._slip(mine, new, _words_of(row))
        return rewritten

    def _slip(self, text: str, instead_of: str, words: frozenset[str]) -> str:
        """Keep a letter, and a word that stands elsewhere in the right name."""

        def rewritten(found: re.Match[str]) -> str:
            word = found[0].lower()
            stays = word in words or (len(word) == 1 and word != instead_of.lower())
            return found[0] if stays else self._word(found[0])

        return _WORD.sub(rewritten, text)

    def _by_words(self, name: str, row: Issuer, *, slips: bool = False) -> str:
        """Rewrite the words of a name that are not those of its row."""
        words = _words_of(row)
        regional = _OF_CLUSTERS in words
        each = _WORD_OR_REGION if slips and regional else _WORD if slips else _LABEL
        host, slash, path = name.partition("/")
        rewritten = each.sub(lambda word: self._one(word[0], words, slips=slips, regional=regional), host)
        return f"{rewritten}{slash}{each.sub(lambda word: self._one(word[0], words, slips=slips), path)}"

    def _one(self, text: str, words: frozenset[str], *, slips: bool, regional: bool = False) -> str:
        lower = text.lower()
        if lower in words or (regional and is_region(text)) or (slips and misspells_one(lower, words)):
            return text
        head = next((word for word in words if word.endswith("-") and text.startswith(word)), "")
        return head + self._word(text.removeprefix(head))


def _may_be_near(one: str, letters: frozenset[str], other: str, of_other: frozenset[str]) -> bool:
    """Say whether two names may be near as far as their lengths and their letters tell."""
    size = len(one) + len(other)
    differing = max(abs(len(one) - len(other)), len(letters ^ of_other))
    return size - differing >= _NEAR * size


def _near(one: str, other: str) -> tuple[str, ...]:
    """Give two names if one is nearly the other, else nothing."""
    either = get_close_matches(one, [other], n=1, cutoff=_NEAR) or get_close_matches(other, [one], n=1, cutoff=_NEAR)
    return (one, other) if either else ()


def misspells_one(text: str, words: frozenset[str]) -> bool:
    """Say whether a text, in lower case, is one of some words with a letter too many, too few, or another.

    A single letter is taken for none of them.
    """
    same_size = [word for word in words if abs(len(word) - len(text)) <= 1 and len(word) >= _SHORTEST]
    return len(text) > 1 and bool(same_size and get_close_matches(text, same_size, n=1, cutoff=1 - 1.5 / len(text)))


def _in_case_of(text: str, new: str) -> str:
    """Write letters in the case of those of which they take the place."""
    return "".join(letter.upper() if old.isupper() else letter.lower() for old, letter in zip(text, new, strict=True))


_AROUND = re.compile(r"(\s*(?:https?://)?)(.*?)(\s*)", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LONG_WORD = re.compile(r"\w{4,}")
_LABEL = re.compile(r"[\w-]+")
_WORD_OR_REGION = re.compile(rf"{public_words.REGION.pattern}|\w+", re.IGNORECASE)
"""Where there is a slip, a dash may stand for a dot."""
_OF_CLUSTERS = "eks"
"""A word of the only issuers that have a Region in their names."""
_NEAR = 0.9
_SHORTEST = 2


@cache
def _words_of(row: Issuer) -> frozenset[str]:
    """Give the words, in lower case, that the names of all issuers of a row have in common."""
    return frozenset(re.findall(r"[a-z][\w-]*", re.sub(r"\[[^\]]*\]|\\", "", row.name).lower()))
