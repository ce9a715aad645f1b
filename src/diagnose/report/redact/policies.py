"""Policy documents, rewritten with pseudonyms.

Everything in a document is the customer's but for what the policy language and AWS prescribe: the elements, the
operators, actions, condition keys, service principals, and values that are numbers, dates or truth values.
"""

import json
import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import assert_never

from msgspec import Raw

from diagnose.model.condition_keys import ValueKind
from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.policy import LARGEST_DOCUMENT, UNKNOWN_PART, document_text
from diagnose.report.redact import public_words
from diagnose.report.redact.disguise import Disguise
from diagnose.report.redact.messages import disguised_message
from diagnose.report.redact.names import NameKind
from diagnose.report.redact.pseudonyms import ACCOUNT
from diagnose.report.redact.slips import nearest_word, within_a_slip, without_more
from diagnose.report.redact.words_of_aws import beginning_of_arn, is_action, is_service_of_actions

Keys = tuple[str, ...]
"""The keys that lead to a value, without the places in lists."""


class Documents:
    """Reads each document once, however often it is rewritten. One that is not JSON is read as a message."""

    def __init__(self) -> None:
        """Start with none."""
        self._read: dict[bytes, Node] = {}
        self._broken: dict[bytes, str] = {}

    def disguised(self, document: Raw, disguise: Disguise, known: Mapping[str, str]) -> Raw:
        """Rewrite a document. `known` are the names of the case, each with its pseudonym."""
        content = bytes(document)
        if content not in self._read and content not in self._broken:
            text = document_text(document)
            try:
                self._read[content] = parse(text)
            except (ValueError, RecursionError):
                self._broken[content] = text
        disguise.in_policy = True
        try:
            if content in self._broken:
                return Raw(json.dumps(disguised_message(self._broken[content], disguise, known)).encode())
            written = "".join(_written(_node(self._read[content], (), disguise))).encode("utf-8", "surrogatepass")
            # What is too large to be read stays so without its spaces.
            return Raw(written.ljust(LARGEST_DOCUMENT + 1) if len(content) > LARGEST_DOCUMENT else written)
        finally:
            disguise.in_policy = False


def disguised_values(key: str, values: tuple[str, ...], disguise: Disguise) -> tuple[str, ...]:
    """Rewrite the values that a request has for a condition key."""
    return tuple(_condition_value(value, key, "", disguise) for value in values)


def _written(node: Node) -> list[str]:
    """Write JSON as it was, without its spaces: pseudonyms take more room than some names."""
    match node:
        case Object(members=members):
            parts = [[",", json.dumps(name), ":", *_written(value)] for name, value in members]
            return ["{", *[text for part in parts for text in part][1:], "}"]
        case list():
            parts = [[",", *_written(value)] for value in node]
            return ["[", *[text for part in parts for text in part][1:], "]"]
        case Number():
            return [node]
    return [json.dumps(node)]


def _node(node: Node, keys: Keys, disguise: Disguise) -> Node:
    match node:
        case Object(members=members):
            return Object(
                [(_key(name, keys, disguise), _node(value, (*keys, name), disguise)) for name, value in members]
            )
        case list():
            return [_node(value, keys, disguise) for value in node]
        case Number():
            return _number(node, keys, disguise)
        case str():
            return _text(node, keys, disguise)
    return node


def _key(name: str, keys: Keys, disguise: Disguise) -> str:
    """Rewrite a key by what stands around it: operators and condition keys have places of their own."""
    if name == UNKNOWN_PART:
        return name
    if keys[-1:] == ("Condition",):
        return _operator(name, disguise)
    if keys[-2:-1] == ("Condition",):
        disguise.learned.add(name, keys[-1])
        return disguise.key(name)
    return name if _is_nearly(name, public_words.POLICY_ELEMENTS) else disguise.value(name, NameKind.KEY)


def _operator(text: str, disguise: Disguise) -> str:
    """Keep an operator, and what AWS puts before it; of what is nearly one, what may be a name goes."""
    before, colon, name = text.rpartition(":")
    if name.lower() in _OPERATORS and before + colon in ("", *public_words.SET_OPERATORS):
        return text
    operator, set_operator = nearest_word(name.strip(), _OPERATORS), nearest_word(before + colon, _SET_OPERATORS)
    if not operator:
        return disguise.value(text, NameKind.KEY)
    if set_operator or not colon:
        prefix = without_more(before + colon, set_operator, disguise.stand_in)
    else:
        prefix = disguise.value(before, NameKind.KEY) + colon
    return prefix + without_more(name, operator, disguise.stand_in)


_SET_OPERATORS = tuple(map(str.lower, public_words.SET_OPERATORS))
_OPERATORS = frozenset(f"{name}{suffix}".lower() for name in public_words.OPERATOR_NAMES for suffix in ("", "IfExists"))


def _number(node: Number, keys: Keys, disguise: Disguise) -> Number:
    """Keep a short number, unless it is compared with a tag; a long one may be an account id without its quotes."""
    if keys[-3:-2] == ("Condition",):
        return Number(_compared(node, keys, disguise))
    return node if len(node) <= 6 else Number(disguise.value(str(node), NameKind.VALUE))


def _compared(node: Number, keys: Keys, disguise: Disguise) -> str:
    """Rewrite a number as it is compared: what takes its place must be one, too, for it has no quotes."""
    number = node if _WHOLE.fullmatch(node) else json.dumps(float(node))
    if not _DIGITS.fullmatch(number):
        return node
    if not ACCOUNT.fullmatch(number):
        disguise.names.keep_shape(number)
    return _condition_value(number, keys[-1], keys[-2], disguise)


_WHOLE = re.compile(r"-?[0-9]+")
_DIGITS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def _text(text: str, keys: Keys, disguise: Disguise) -> str:
    last = keys[-1].lower() if keys else ""
    if keys[-3:-2] == ("Condition",):
        return _condition_value(text, keys[-1], keys[-2], disguise)
    if last in ("action", "notaction"):
        return _action(text, disguise)
    if (last == "effect" and _is_nearly(text, ("Allow", "Deny"))) or (
        last == "version" and public_words.TIME.fullmatch(text)
    ):
        return text
    if last == "service":
        return disguise.service(text)
    if last == "sid":
        return disguise.value(text, NameKind.STATEMENT)
    return disguise.arn(text, NameKind.NAME) if last in _OF_ARNS else disguise.value(text, NameKind.NAME)


_OF_ARNS = frozenset(("resource", "notresource", "aws"))


def _is_nearly(text: str, words: Collection[str]) -> bool:
    """Say whether a text is a word of AWS's, or was meant for one."""
    if text in words:
        return True
    lower = text.strip().lower()
    return any(
        lower == word.lower() or (len(word) >= _SHORTEST and within_a_slip(lower, word.lower())) for word in words
    )


_SHORTEST = 4
"""Letters of a word of which a slip is still known for it."""


def _action(text: str, disguise: Disguise) -> str:
    """Keep an action of AWS's; of what is nearly one that is asked for here, what may be a name goes."""
    if is_action(text):
        return text
    before, colon, name = text.rpartition(":")
    meant = nearest_word(re.sub(r"[^a-z]", "", name.lower()), _NAMES_OF_ACTIONS)
    if not colon and not meant:
        return disguise.value(text, NameKind.NAME)
    prefix = before if is_service_of_actions(before) else disguise.value(before, NameKind.NAME)
    of_name = without_more(name, meant, disguise.stand_in) if meant else disguise.value(name, NameKind.NAME)
    return f"{prefix}{colon}{of_name}"


_NAMES_OF_ACTIONS = (*public_words.STS_ACTIONS, *(f"sts{name}" for name in public_words.STS_ACTIONS))
"""And as they are where the colon is missing."""


def _condition_value(text: str, key: str, operator: str, disguise: Disguise) -> str:
    """Rewrite an operand of a condition, or a value of the request, by its key and its operator."""
    value = disguise.keys.value_kind(key)
    kind = _kind(value)
    if operator.lower().rpartition(":")[2].startswith("null"):
        return text if text.lower() in ("true", "false") else disguise.value(text, kind)
    if value is ValueKind.WORD:
        return disguise.word(text, kind)
    if value in (ValueKind.TRUTH, ValueKind.TIME, ValueKind.NUMBER):
        return text if _is_exact(text) else disguise.value(text, kind)
    if value is ValueKind.IDS:
        return disguise.ids(text, kind)
    if value is ValueKind.ARN and beginning_of_arn(text):
        return disguise.arn(text, kind)
    return disguise.value_of(key, text, kind)


def _is_exact(text: str) -> bool:
    """Say whether a text is a truth value, a number or a time, or was meant for one: there is no name in it."""
    if public_words.EXACT.fullmatch(text) or any(fnmatchcase(word, text.lower()) for word in ("true", "false")):
        return True
    return not re.search(r"[0-9]{11}", text) and re.fullmatch(r"[-0-9:.,+TZ_/ *?]+", text) is not None


def _kind(value: ValueKind) -> NameKind:
    match value:
        case ValueKind.EXTERNAL_ID:
            return NameKind.EXTERNAL_ID
        case ValueKind.SESSION_NAME | ValueKind.IDS:
            return NameKind.SESSION
        case ValueKind.SOURCE_IDENTITY:
            return NameKind.SOURCE_IDENTITY
        case ValueKind.USER_NAME:
            return NameKind.USER
        case ValueKind.TAG_KEY:
            return NameKind.TAG
        case ValueKind.TRUTH | ValueKind.TIME | ValueKind.NUMBER | ValueKind.WORD:
            return NameKind.VALUE
        case ValueKind.ARN | ValueKind.TAG_VALUE | ValueKind.TEXT:
            return NameKind.VALUE
        case _:
            assert_never(value)
