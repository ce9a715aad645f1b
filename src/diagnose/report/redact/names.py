"""Names of a case: what each is the name of, and how they are met, one after another."""

from enum import StrEnum
from typing import Protocol


class NameKind(StrEnum):
    """What a name is the name of. The first kind seen stays: a text has one pseudonym whatever it names."""

    ROLE = "role"
    USER = "user"
    GROUP = "group"
    POLICY = "policy"
    SESSION = "session"
    STATEMENT = "statement"
    PATH = "path"
    EXTERNAL_ID = "external-id"
    SOURCE_IDENTITY = "source-identity"
    TAG = "tag"
    VALUE = "value"
    PROVIDER = "provider"
    HOST = "host"
    """What an issuer's URL begins with. It keeps its dots, without which it would name no issuer."""
    DEVICE = "device"
    UNIT = "unit"
    KEY = "key"
    NAME = "name"


class Names(Protocol):
    """What a text is taken apart for."""

    def name(self, text: str, kind: NameKind, *, fills: bool) -> str:
        """Rewrite a whole name. `fills` says that a variable of a policy may stand for it."""

    def public(self, text: str) -> str:
        """Rewrite a name that AWS gives: it stays, unless a pattern tells it from names that cannot."""

    def piece(self, text: str) -> str:
        """Rewrite a piece of a name: what a pattern has beside a wildcard or a variable."""

    def ending(self, text: str) -> str:
        """Rewrite a piece with which a word of AWS's may begin or end, as `r` ends `user` in `*r/Deploy`."""

    def address(self, text: str) -> str:
        """Rewrite an IP address or a range."""

    def number(self, text: str) -> str:
        """Rewrite a number or a date that a policy compares as such."""

    def keep_shape(self, text: str) -> None:
        """Learn that not only what this text is the name of matters, but how it is written."""

    def relate(self, text: str) -> None:
        """Learn that it matters how much this name looks like others of which that is so."""

    def keep_length(self) -> None:
        """Learn that the length of names matters: a pattern has a `?`."""

    def compose(self) -> None:
        """Learn that a policy composes names: it has a variable beside other text."""


class Survey:
    """All names of a case, before any has a pseudonym. Rewrites nothing."""

    def __init__(self) -> None:
        """Start with none."""
        self.kinds: dict[str, NameKind] = {}
        self.known: dict[str, None] = {}
        self.pieces: set[str] = set()
        self.endings: set[str] = set()
        self.numbers: set[str] = set()
        self.addresses: set[str] = set()
        self.values: set[str] = set()
        self.shaped: set[str] = set()
        self.related: set[str] = set()
        self.length_matters = self.composes = False

    def name(self, text: str, kind: NameKind, *, fills: bool) -> str:
        """Note a name."""
        if kind is NameKind.HOST:
            self.kinds[text] = kind
        self.kinds.setdefault(text, kind)
        if fills:
            self.values.add(text)
        return text

    def public(self, text: str) -> str:
        """Note a name that AWS gives."""
        self.known[text] = None
        return text

    def piece(self, text: str) -> str:
        """Note a piece."""
        self.pieces.add(text)
        return text

    def ending(self, text: str) -> str:
        """Note a piece with which a word of AWS's may begin or end."""
        self.endings.add(text)
        return text

    def address(self, text: str) -> str:
        """Note an address."""
        self.addresses.add(text)
        return text

    def number(self, text: str) -> str:
        """Note a number."""
        self.numbers.add(text)
        return text

    def keep_shape(self, text: str) -> None:
        """Note that how a text is written matters."""
        self.shaped.add(text)

    def relate(self, text: str) -> None:
        """Note a name among those that must look like each other as much as before."""
        self.related.add(text)

    def keep_length(self) -> None:
        """Note that the length of names matters."""
        self.length_matters = True

    def compose(self) -> None:
        """Note that names are composed of others."""
        self.composes = True
