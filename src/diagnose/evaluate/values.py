"""One-or-many values of a policy document, each with its place."""

import json
from collections.abc import Iterator

Placed = tuple[str, str]
"""A value as text, and the JSON pointer to it."""


class Repeated(dict[str, object]):
    """A JSON object in which a key stands more than once; `keys_repeated` names them."""

    keys_repeated: tuple[str, ...] = ()


def json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of a document that is read; where a key is repeated, remember which."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = Repeated(made)
    keys = [key for key, _ in pairs]
    repeated.keys_repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return repeated


def repeated_keys(value: object) -> tuple[str, ...]:
    """Name the keys that stand more than once in an object."""
    return value.keys_repeated if isinstance(value, Repeated) else ()


def listed(value: object, pointer: str, *, unquoted: bool) -> Iterator[tuple[str | None, str]]:
    """Walk a value that may be one or a list of them; None stands for what is no text.

    With `unquoted`, numbers and booleans may be written without quotes.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield scalar(item, unquoted=unquoted), f"{pointer}/{index}"
    else:
        yield scalar(value, unquoted=unquoted), pointer


def scalar(value: object, *, unquoted: bool) -> str | None:
    """Give a JSON scalar as policies compare it; None for null, lists and objects."""
    match value:
        case str():
            return value
        case bool() | int() | float() if unquoted:
            return json.dumps(value)
    return None


def escaped(token: str) -> str:
    """Escape an object's key for a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")
