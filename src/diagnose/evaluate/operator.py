"""The condition operators: a row each.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from diagnose.evaluate.memo import of_short_texts
from diagnose.evaluate.pattern import Fragment, arn_glob, fragments_glob, glob, whole_text
from diagnose.model.lazy_pattern import lazy_pattern

ValueMatcher = Callable[[str], bool | None]
"""Says whether a value from the request context fits; None where the value cannot be compared."""


class Family(Enum):
    """What an operator compares."""

    STRING = "string"
    STRING_IGNORING_CASE = "string ignoring case"
    STRING_PATTERN = "string pattern"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    BINARY = "binary"
    ADDRESS = "address"
    ARN = "arn"
    NULL = "null"


class Operator:
    """One operator: its family, whether it is negated, and for ordered values how they are compared.

    `takes_variables` says whether policy variables are resolved in its operands.
    """

    __slots__ = ("compare", "family", "name", "negated", "takes_variables")

    def __init__(
        self, name: str, family: Family, *, negated: bool = False, compare: Callable[[Any, Any], bool] = operator.eq
    ) -> None:
        """`name` is as AWS writes it."""
        self.name, self.family, self.negated, self.compare = name, family, negated, compare
        self.takes_variables = family in _WITH_VARIABLES

    def matcher(self, fragments: tuple[Fragment, ...]) -> ValueMatcher | None:
        """Make the matcher of one operand; None if the operand is malformed."""
        short = sum(len(text) for text, _ in fragments) <= _LONGEST_REMEMBERED
        return (_remembered_matcher if short else _matcher)(self.family, self.compare, fragments)


_WITH_VARIABLES = (Family.STRING, Family.STRING_IGNORING_CASE, Family.STRING_PATTERN, Family.ARN)


_LONGEST_REMEMBERED = 256
"""Letters: what is remembered is bounded."""


def _matcher(
    family: Family, compare: Callable[[Any, Any], bool], fragments: tuple[Fragment, ...]
) -> ValueMatcher | None:
    text = whole_text(fragments)
    match family:
        case Family.STRING:
            return text.__eq__
        case Family.STRING_IGNORING_CASE:
            folded = text.casefold()
            return lambda value: value.casefold() == folded
        case Family.STRING_PATTERN:
            return glob(text) if len(fragments) == 1 and fragments[0][1] else fragments_glob(fragments, arn=False)
        case Family.ARN:
            return _arns(fragments)
        case Family.BOOL | Family.NULL:
            wanted = text.lower()
            return (lambda value: value.lower() == wanted) if wanted in ("true", "false") else None
        case Family.NUMBER:
            return _ordered(number, compare, text)
        case Family.DATE:
            return _ordered(moment, compare, text)
        case Family.ADDRESS:
            return _addresses(text)
        case Family.BINARY:
            return _ordered(_bytes, compare, text)


_remembered_matcher = lru_cache(maxsize=8192)(_matcher)


def _arns(fragments: tuple[Fragment, ...]) -> ValueMatcher | None:
    matches = (
        arn_glob(fragments[0][0]) if len(fragments) == 1 and fragments[0][1] else fragments_glob(fragments, arn=True)
    )
    if matches is None or not whole_text(fragments).startswith(("arn:", "*")):
        return None
    return lambda value: matches(value) if value.count(":") >= 5 else None


def _ordered(read: Callable[[str], Any], compare: Callable[[Any, Any], bool], text: str) -> ValueMatcher | None:
    operand = read(text)
    if operand is None:
        return None

    def matches(value: str) -> bool | None:
        given = read(value)
        return None if given is None else compare(given, operand)

    return matches


def _addresses(text: str) -> ValueMatcher | None:
    """A CIDR, or a bare address, of IPv4 or IPv6. An address of the other family is never in it."""
    addresses = address_range(text)
    if addresses is None:
        return None
    version, first, last = addresses

    def matches(value: str) -> bool | None:
        address = _address(value)
        return None if address is None else address[0] == version and first <= address[1] <= last

    return matches


@of_short_texts
def address_range(text: str) -> tuple[int, int, int] | None:
    """Read a CIDR or an address: the version, the first and the last address as numbers; None if it is neither."""
    if match := _IPV4.fullmatch(text):
        parts = [int(part or 32) for part in match.groups()]
        if max(parts[:4]) <= 255 and parts[4] <= 32:
            number_of_first, wild = int.from_bytes(parts[:4], "big"), 2 ** (32 - parts[4]) - 1
            return 4, number_of_first & ~wild, number_of_first | wild
    if not _RANGE.fullmatch(text):
        return None
    try:
        if ":" in text:  # the library makes five addresses of a network of IPv6
            address, _, prefix = text.partition("/")
            length = int(prefix or 128)
            if length > 128:
                return None
            first, wild_bits = int(IPv6Address(address)), 2 ** (128 - length) - 1
            return 6, first & ~wild_bits, first | wild_bits
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


@of_short_texts
def _address(text: str) -> tuple[int, int] | None:
    """Read an address: its version, and it as a number."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.version, int(address)


def number(text: str) -> Decimal | None:
    """Read an integer or a decimal number, exactly; None if it is neither."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """Read an ISO 8601 date in one of W3C's forms, or seconds since 1970, as such seconds; None if it is neither.

    A date may end after the year, the month or the day, or have a time. A time without a zone, which W3C does not
    have, is taken for one in UTC. Four digits are a year.

    Source: https://www.w3.org/TR/NOTE-datetime
    """
    if not _DATE.fullmatch(text):
        return number(text)
    whole = f"{text}-01-01" if len(text) == len("YYYY") else f"{text}-01" if len(text) == len("YYYY-MM") else text
    try:
        read = datetime.fromisoformat(whole)
    except ValueError:
        return None
    since = (read if read.tzinfo else read.replace(tzinfo=UTC)) - _EPOCH
    return Decimal(since // timedelta(microseconds=1)) / 1_000_000


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


_NUMBER = lazy_pattern(r"[+-]?[0-9]+(\.[0-9]+)?")
_DATE = lazy_pattern(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
# Python takes a netmask in place of the prefix, and the name of a network card behind the address.
_IPV4 = lazy_pattern(r"{0}\.{0}\.{0}\.{0}(?:/([0-9]{{1,2}}))?".format("(0|[1-9][0-9]{0,2})"))  # which most are
_RANGE = lazy_pattern(r"[^/%]+(/[0-9]+)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ROWS = (
    Operator("StringEquals", Family.STRING),
    Operator("StringNotEquals", Family.STRING, negated=True),
    Operator("StringEqualsIgnoreCase", Family.STRING_IGNORING_CASE),
    Operator("StringNotEqualsIgnoreCase", Family.STRING_IGNORING_CASE, negated=True),
    Operator("StringLike", Family.STRING_PATTERN),
    Operator("StringNotLike", Family.STRING_PATTERN, negated=True),
    Operator("NumericEquals", Family.NUMBER),
    Operator("NumericNotEquals", Family.NUMBER, negated=True),
    Operator("NumericLessThan", Family.NUMBER, compare=operator.lt),
    Operator("NumericLessThanEquals", Family.NUMBER, compare=operator.le),
    Operator("NumericGreaterThan", Family.NUMBER, compare=operator.gt),
    Operator("NumericGreaterThanEquals", Family.NUMBER, compare=operator.ge),
    Operator("DateEquals", Family.DATE),
    Operator("DateNotEquals", Family.DATE, negated=True),
    Operator("DateLessThan", Family.DATE, compare=operator.lt),
    Operator("DateLessThanEquals", Family.DATE, compare=operator.le),
    Operator("DateGreaterThan", Family.DATE, compare=operator.gt),
    Operator("DateGreaterThanEquals", Family.DATE, compare=operator.ge),
    Operator("Bool", Family.BOOL),
    Operator("BinaryEquals", Family.BINARY),
    Operator("IpAddress", Family.ADDRESS),
    Operator("NotIpAddress", Family.ADDRESS, negated=True),
    Operator("ArnEquals", Family.ARN),
    Operator("ArnLike", Family.ARN),
    Operator("ArnNotEquals", Family.ARN, negated=True),
    Operator("ArnNotLike", Family.ARN, negated=True),
    Operator("Null", Family.NULL),
)
OPERATORS = {row.name.lower(): row for row in _ROWS}
