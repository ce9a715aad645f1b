"""One-or-many values of a policy document, each with its place."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set

from diagnose.model.json_text import Repeated, repeated_keys
from diagnose.model.pointer import escaped

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


class Flaw:
    """Something in a document that AWS would not accept. `pointer` is a JSON pointer to it."""

    __slots__ = ("message", "pointer")

    def __init__(self, pointer: str, message: str) -> None:
        """`message` says what is wrong, in lower case."""
        self.pointer, self.message = pointer, message


class Flaws:
    """The flaws of a part of a document, found while it is read.

    `broken` says that one of them keeps the part from being told; of the others it is clear what comes of them.
    """

    __slots__ = ("broken", "found")

    def __init__(self) -> None:
        """Start without any."""
        self.found: list[Flaw] = []
        self.broken = False

    def note(self, pointer: str, message: str) -> None:
        """Note a flaw beside which the part can still be told."""
        self.found.append(Flaw(pointer, message))

    def add(self, pointer: str, message: str) -> None:
        """Note a flaw that keeps the part from being told."""
        self.broken = True
        self.note(pointer, message)

    def repeated(self, value: object, pointer: str) -> bool:
        """Note the keys that an object repeats, if it does: which of their values counts cannot be told."""
        keys = repeated_keys(value)
        for key in keys:
            self.add(f"{pointer}/{escaped(key)}", f"`{key}` stands here more than once")
        return bool(keys)

    def texts(self, value: object, pointer: str, *, unquoted: bool = False) -> Texts | None:
        """Read one-or-many texts; None where something is no text.

        Only in conditions may numbers and booleans be `unquoted`.
        """
        if isinstance(value, str):
            return Texts((value,), pointer, alone=True)
        if isinstance(value, list) and all_texts(value):
            return Texts(tuple(value), pointer, alone=False)
        texts: list[str] = []
        told = True
        for text, place in listed(value, pointer, unquoted=unquoted):
            if text is None:
                self.add(place, "expected text")
                told = False
            else:
                texts.append(text)
        return Texts(tuple(texts), pointer, alone=not isinstance(value, list)) if told else None
