"""One-or-many values of a policy document, each with its place."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set

from diagnose.model.json_text import UNSURE, read_at_once

Placed = tuple[str, str]
"""A value as text, and the JSON pointer to it."""


class Texts:
    """One-or-many texts, in order. Where each stands is worked out when somebody asks: mostly nobody does.

    `alone` says that the one text is not in a list, so that `pointer` is its own.
    """

    __slots__ = ("alone", "pointer", "texts")

    def __init__(self, texts: tuple[str, ...], pointer: str, *, alone: bool) -> None:
        """`pointer` is the JSON pointer to the text, or to the list of them."""
        self.texts, self.pointer, self.alone = texts, pointer, alone

    def __iter__(self) -> Iterator[Placed]:
        """Give every text with its place."""
        if self.alone:
            return iter(((self.texts[0], self.pointer),))
        return ((text, f"{self.pointer}/{index}") for index, text in enumerate(self.texts))


class Repeated(dict[str, object]):
    """A JSON object in which a key stands more than once; `keys_repeated` names them."""

    keys_repeated: tuple[str, ...] = ()


def read_json(content: bytes) -> object:
    """Read JSON; an object that repeats keys remembers which. Raises ValueError and RecursionError as `json` does."""
    read = read_at_once(content)
    return _reader.decode(content.decode("utf-8", "replace")) if read is UNSURE else read


def _json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of a document that is read; where a key is repeated, remember which."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    repeated = Repeated(made)
    keys = [key for key, _ in pairs]
    repeated.keys_repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return repeated


_reader = json.JSONDecoder(object_pairs_hook=_json_object)


def repeated_keys(value: object) -> tuple[str, ...]:
    """Name the keys that stand more than once in an object."""
    return value.keys_repeated if type(value) is Repeated else ()


def repeats(value: object, *keys: str) -> bool:
    """Say whether an object has one of these keys more than once, so that its value cannot be told."""
    return type(value) is Repeated and any(key in value.keys_repeated for key in keys)


def is_plain(value: Mapping[str, object], known: Set[str]) -> bool:
    """Say whether an object has keys that are known alone, each of them once."""
    return value.keys() <= known and type(value) is not Repeated


def unknown_keys(value: Mapping[str, object], known: Set[str]) -> Sequence[str]:
    """Name the keys of an object that are not among those that are known."""
    return [key for key in value if key not in known]


def all_texts(values: list[object]) -> bool:
    """Say whether a list holds texts alone."""
    for value in values:  # noqa: SIM110  # a generator takes three times as long, and this runs for every list
        if not isinstance(value, str):
            return False
    return True


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
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token
