"""Policy documents of which a part is not known, in a form that can be decided on."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Raw, Struct

from diagnose.model.policy import UNKNOWN_PART, raw_document


class UnknownValue(Struct, frozen=True):
    """What a file does not say; `why` names what it depends on, for people."""

    why: str


Written: TypeAlias = Any
"""JSON values as a file has them, and `UnknownValue` in the place of some."""


def decidable(document: Written) -> Raw | UnknownValue:
    """Write a document so that what is known of it counts, and nothing else is taken for known.

    A statement that lists known and unknown values beside each other says as much as two statements, one with the
    known ones and one with the others, which is added at the end. Where a whole list of conditions is not known, the
    condition is not.
    """
    if isinstance(document, UnknownValue):
        return document
    if not any_unknown(document):
        return raw_document(document)
    if not isinstance(document, Mapping) or "Statement" not in document:
        return raw_document(_marked(document))
    statements = document.get("Statement", [])
    listed = list(statements) if isinstance(statements, list) else [statements]
    first, rest = [], []
    for statement in listed:
        known, *others = _split(statement) if isinstance(statement, Mapping) else (statement,)
        first.append(known)
        rest += others
    return raw_document(_marked({**document, "Statement": [*first, *rest]}))


def any_unknown(value: Written) -> bool:
    """Say whether anything in a value is not known."""
    return next(unknown_in(value), None) is not None


def unknown_in(value: Written) -> Iterator[UnknownValue]:
    """Give everything in a value that is not known."""
    match value:
        case UnknownValue():
            yield value
        case Mapping():
            for inner in value.values():
                yield from unknown_in(inner)
        case list():
            for inner in value:
                yield from unknown_in(inner)


_LISTED = ("Action", "Resource")


def _split(statement: Mapping[str, Written]) -> Iterator[Mapping[str, Written]]:
    """Give a statement with its known values, and one with the unknown ones of each of its lists."""
    statement = {key: _condition(value) if key == "Condition" else value for key, value in statement.items()}
    others: list[Mapping[str, Written]] = []
    for key in _LISTED:
        known, unknown = _parted(statement.get(key))
        if known and unknown:
            others.append({**statement, key: unknown})
            statement = {**statement, key: known}
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        parts = {kind: _parted(values) for kind, values in principal.items()}
        told = {kind: both[0] for kind, both in parts.items() if both[0]}
        untold = {kind: both[1] for kind, both in parts.items() if both[1]}
        if told and untold:
            others.append({**statement, "Principal": untold})
            statement = {**statement, "Principal": told}
    yield statement
    yield from others


def _parted(values: Written) -> tuple[list[Written], list[Written]]:
    """Part the values of an element into known and unknown ones."""
    listed = values if isinstance(values, list) else [] if values is None else [values]
    return [one for one in listed if not any_unknown(one)], [one for one in listed if any_unknown(one)]


def _condition(condition: Written) -> Written:
    """Give a condition; one of whose operators the keys are not known is not known itself."""
    if isinstance(condition, Mapping):
        return next((keys for keys in condition.values() if isinstance(keys, UnknownValue)), condition)
    return condition


def _marked(value: Written) -> Written:
    match value:
        case UnknownValue(why=why):
            return {UNKNOWN_PART: why}
        case Mapping():
            return {key: _marked(inner) for key, inner in value.items()}
        case list():
            return [_marked(inner) for inner in value]
    return value
