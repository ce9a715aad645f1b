"""Pseudonyms: the same text always gets the same one, two texts never do, and none is a text of the original.

They keep the shape that AWS gives a thing (twelve digits, `AROA...`, `o-...`, an IP address), so that ARNs can still be
taken apart and accounts told from each other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_interface
from itertools import count
from typing import TypeAlias


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
    DEVICE = "device"
    UNIT = "unit"
    KEY = "key"
    NAME = "name"


_Form: TypeAlias = Callable[[str, int], str]
"""Writes the pseudonym of a series, by its head and a number."""

ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_SHAPES: tuple[tuple[re.Pattern[str], _Form], ...] = (
    (
        re.compile(r"(?P<head>A(?:IDA|ROA|KIA|SIA|GPA|IPA|NPA|NVA|PKA|BIA|CCA|SCA))[A-Z0-9]{8,}"),
        lambda head, number: f"{head}REDACTED{number:09d}",
    ),
    (
        re.compile(r"(?P<head>vpce-svc-|vpce-|vpc-|eni-|subnet-|sg-|igw-|nat-|i-)[0-9a-f]{8,17}"),
        lambda head, number: f"{head}{number:017x}",
    ),
    (
        re.compile(r"(?P<head>ou-)[0-9a-z]{4,32}-[0-9a-z]{8,32}"),
        lambda head, number: f"{head}{number:04d}-{number:08d}",
    ),
    (re.compile(r"(?P<head>o-)[a-z0-9]{10,32}"), lambda head, number: f"{head}redacted{number:04d}"),
    (re.compile(r"(?P<head>r-)[0-9a-z]{4,32}"), lambda head, number: f"{head}{number:04d}"),
    (re.compile(r"(?P<head>p-)[0-9a-z_]{8,128}"), lambda head, number: f"{head}{number:08d}"),
    (
        re.compile(r"(?P<head>)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        lambda _, number: f"00000000-0000-4000-8000-{number:012d}",
    ),
    (
        re.compile(r"(?P<head>)[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
        lambda _, number: f"person-{number}@example.com",
    ),
    (re.compile(r"(?<![\dA-Za-z-])(?P<head>)[0-9a-f]{16}(?![\dA-Za-z])"), lambda _, number: f"{number:016x}"),
    (ACCOUNT, lambda _, number: str(number) * 12 if number < 10 else f"1{number:011d}"),
)
_ADDRESS = re.compile(
    r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?(?!\w|\.[0-9])"
    r"|(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?:/[0-9]{1,3})?(?![\w:.])"
)
_ANYWHERE = ("0.0.0.0/0", "::/0")

SHAPES = "|".join((*(pattern.pattern.replace("(?P<head>", "(?:") for pattern, _ in _SHAPES), _ADDRESS.pattern))
"""Everything that tells by its shape what it is; what is found goes to `Pseudonyms.of_shape`."""


class Pseudonyms:
    """The pseudonyms given so far. `original` is every text of the original: no pseudonym is part of it."""

    def __init__(self, original: str) -> None:
        """Start with none."""
        self._original = original
        self._given: dict[str, str] = {}
        self._counts: dict[str, Iterator[int]] = {}

    @property
    def given(self) -> Mapping[str, str]:
        """What every text seen so far is called instead."""
        return self._given

    def of(self, text: str, kind: NameKind) -> str:
        """Give the pseudonym of a name, or of what has a shape of AWS's."""
        return self.of_shape(text) or self._new(text, kind, lambda head, number: f"{head}-{number}")

    def of_shape(self, text: str) -> str:
        """Give the pseudonym of what was seen before, or has a shape of AWS's; empty for all else."""
        if text in self._given:
            return self._given[text]
        for pattern, form in _SHAPES:
            if match := pattern.fullmatch(text):
                return self._new(text, match.groupdict().get("head", "account"), form)
        return self._address(text) if _ADDRESS.fullmatch(text) else ""

    def remember(self, text: str, pseudonym: str) -> None:
        """Keep how a text that is made up of several names was rewritten."""
        self._given.setdefault(text, pseudonym)

    def _address(self, text: str) -> str:
        """Give an IP address of the ranges kept for documentation; a range keeps its size."""
        try:
            version = ip_interface(text).version
        except ValueError:
            return ""
        if text in _ANYWHERE:
            return text
        address, slash, size = text.partition("/")
        return self._new(address, f"IPv{version}", _address_form) + slash + size

    def _new(self, text: str, head: str, form: _Form) -> str:
        """Take the next pseudonym of a series that the original does not hold."""
        if text not in self._given:
            numbers = self._counts.setdefault(head, count(1))
            self._given[text] = next(new for new in (form(head, number) for number in numbers) if self._free(new))
        return self._given[text]

    def _free(self, pseudonym: str) -> bool:
        return pseudonym not in self._original


def _address_form(head: str, number: int) -> str:
    """Write addresses of the ranges for documentation and benchmarks (RFC 3849, RFC 5737, RFC 2544)."""
    if head == "IPv6":
        return f"2001:db8::{number:x}"
    return f"203.0.113.{number}" if number < 255 else f"198.18.{number >> 8}.{number & 255}"
