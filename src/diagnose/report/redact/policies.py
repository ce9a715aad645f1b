"""Policy documents, pointers into them and patches of them, rewritten with pseudonyms.

Everything in a document is the customer's but for what the policy language and AWS prescribe: the elements, the
operators, actions, condition keys, service principals, and values that are numbers, dates or truth values.
"""

import json
from typing import assert_never

from msgspec import Raw

from diagnose.model.condition_keys import ValueKind
from diagnose.model.json_text import Node, Number, Object, parse
from diagnose.model.pointer import below, split
from diagnose.model.policy import UNKNOWN_PART, document_text
from diagnose.report.redact import public_words
from diagnose.report.redact.pseudonyms import NameKind
from diagnose.report.redact.sentences import Disguise
from diagnose.report.snippet import printed

Keys = tuple[str, ...]
"""The keys that lead to a value, without the places in lists."""

_ACTIONS = ("action", "notaction")


def disguised_document(document: Raw, disguise: Disguise) -> Raw:
    """Rewrite a document. Text that is no JSON is rewritten like a message, and kept as JSON text."""
    text = document_text(document)
    try:
        return Raw(disguised_json(text, disguise).encode())
    except (ValueError, RecursionError):
        return Raw(json.dumps(disguise.message(text)).encode())


def disguised_json(text: str, disguise: Disguise) -> str:
    """Rewrite a document given as JSON text. Raises ValueError where it is none."""
    return "\n".join(printed(_node(parse(text), (), disguise)).lines)


def disguised_pointer(pointer: str, disguise: Disguise) -> str:
    """Rewrite a JSON pointer so that it leads to the same value of the rewritten document."""
    keys: Keys = ()
    tokens = []
    for name in split(pointer):
        tokens.append(name if name.isdecimal() or name == "-" else _key(name, keys, disguise))
        keys = keys if name.isdecimal() else (*keys, name)
    return below("", *tokens)


def disguised_patch(text: str, disguise: Disguise) -> str:
    """Rewrite an RFC 6902 patch given as JSON text; one that cannot be read is left out."""
    try:
        operations = parse(text)
    except (ValueError, RecursionError):
        return ""
    listed = operations if isinstance(operations, list) else [operations]
    rewritten: list[Node] = [_operation(one, disguise) for one in listed if isinstance(one, Object)]
    return "\n".join(printed(rewritten).lines)


def disguised_values(key: str, values: tuple[str, ...], disguise: Disguise) -> tuple[str, ...]:
    """Rewrite the values that a request has for a condition key."""
    return tuple(_condition_value(value, key, "", disguise) for value in values)


def _operation(operation: Object, disguise: Disguise) -> Object:
    members = dict(operation.members)
    keys = tuple(token for token in split(str(members.get("path"))) if not token.isdecimal() and token != "-")
    rewritten: list[tuple[str, Node]] = []
    for name, value in operation.members:
        if name == "value":
            rewritten.append((name, _node(value, keys, disguise)))
        elif name in ("path", "from"):
            rewritten.append((name, disguised_pointer(str(value), disguise)))
        elif name == "op":
            rewritten.append((name, value))
    return Object(rewritten)


def _node(node: Node, keys: Keys, disguise: Disguise) -> Node:
    match node:
        case Object(members=members):
            return Object(
                [(_key(name, keys, disguise), _node(value, (*keys, name), disguise)) for name, value in members]
            )
        case list():
            return [_node(value, keys, disguise) for value in node]
        case Number():
            return _number(node, disguise)
        case str():
            return _text(node, keys, disguise)
    return node


def _key(name: str, keys: Keys, disguise: Disguise) -> str:
    """Rewrite a key by what stands around it: operators and condition keys have places of their own."""
    if name == UNKNOWN_PART:
        return name
    if keys[-1:] == ("Condition",):
        return name if public_words.OPERATOR.fullmatch(name) else disguise.value(name, NameKind.KEY)
    if keys[-2:-1] == ("Condition",):
        return disguise.key(name)
    return name if name in public_words.POLICY_ELEMENTS else disguise.value(name, NameKind.KEY)


def _number(node: Number, disguise: Disguise) -> Number:
    """Keep a short number; a long one may be an account id without its quotes."""
    return node if len(node) <= 6 else Number(disguise.value(f"{node:0>12}"[:12], NameKind.VALUE))


def _text(text: str, keys: Keys, disguise: Disguise) -> str:
    last = keys[-1].lower() if keys else ""
    if keys[-3:-2] == ("Condition",):
        return _condition_value(text, keys[-1], keys[-2], disguise)
    if last in _ACTIONS and public_words.ACTION.fullmatch(text):
        return text
    if (last == "effect" and text in public_words.POLICY_ELEMENTS) or (
        last == "version" and public_words.TIME.fullmatch(text)
    ):
        return text
    if last == "sid":
        return disguise.value(text, NameKind.STATEMENT)
    return disguise.value(text, NameKind.NAME)


def _condition_value(text: str, key: str, operator: str, disguise: Disguise) -> str:
    """Rewrite an operand of a condition, or a value of the request, by its key and its operator."""
    value = disguise.value_kind(key)
    if (value in _OF_AWS or public_words.EXACT_OPERATOR.fullmatch(operator)) and _exact(text):
        return text
    rewrite = disguise.path if value is ValueKind.IDS else disguise.value
    return rewrite(text, _kind(value))


_OF_AWS = (ValueKind.TRUTH, ValueKind.TIME, ValueKind.NUMBER, ValueKind.WORD)


def _exact(text: str) -> bool:
    """Say whether a text is a truth value, a number, a time, a Region or a type of principal."""
    return (
        bool(public_words.EXACT.fullmatch(text) or public_words.REGION.fullmatch(text))
        or text in public_words.PRINCIPAL_TYPES
    )


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
