"""One-or-many values of a policy document, each with its place."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec import Struct

from diagnose.model.json_text import Repeated, repeated_keys
from diagnose.model.pointer import escaped

PlacedText = tuple[str, str]
"""A text, and the JSON pointer to it."""


class Texts(Struct, eq=False):
    """One-or-many texts, in order. Their places are worked out when they are asked for, which is seldom.

    `pointer` is the JSON pointer to the text, or to the list of them. `alone` says that the one text is not in a list,
    so that the pointer is its own.
    """

    texts: tuple[str, ...]
    pointer: str
    alone: bool

    def __iter__(self) -> Iterator[PlacedText]:
        """Give every text with its place."""
        if self.alone:
            return iter(((self.texts[0], self.pointer),))
        return ((text, f"{self.pointer}/{index}") for index, text in enumerate(self.texts))


def repeats(value: object, *keys: str) -> bool:
    """Say whether an object has one of these keys more than once, so that it is not clear which value counts."""
    return type(value) is Repeated and any(key in value.keys_repeated for key in keys)


def has_only(value: Mapping[str, object], known: frozenset[str]) -> bool:
    """Say whether an object has no other keys than these, and each of them once at most."""
    return known.issuperset(value) and type(value) is not Repeated


def unknown_keys(value: Mapping[str, object], known: Set[str]) -> Sequence[str]:
    """Name the keys of an object that are not known."""
    return [key for key in value if key not in known]


def all_texts(values: list[object]) -> bool:
    """Say whether a list has nothing but texts."""
    for value in values:  # noqa: SIM110  # a generator takes three times as long, and this runs for every list
        if type(value) is not str:
            return False
    return True


class Flaw:
    """Something in a document that AWS rejects. `pointer` is a JSON pointer to it."""

    __slots__ = ("message", "pointer")

    def __init__(self, pointer: str, message: str) -> None:
        """`message` says what is wrong, in lower case."""
        self.pointer, self.message = pointer, message


class Flaws(Struct, eq=False):
    """The flaws of a part of a document, collected while it is read.

    `broken` says that because of one of them the part cannot be read; with the others it is clear what it means.
    """

    broken: bool = False
    # Almost no part has any: a list of its own for each would be made for nothing.
    _noted: list[Flaw] | None = None

    @property
    def all(self) -> Sequence[Flaw]:
        """All that were noted, in their order."""
        return self._noted or ()

    def note(self, pointer: str, message: str) -> None:
        """Note a flaw with which the part can still be read."""
        if self._noted is None:
            self._noted = []
        self._noted.append(Flaw(pointer, message))

    def add(self, pointer: str, message: str) -> None:
        """Note a flaw because of which the part cannot be read."""
        self.broken = True
        self.note(pointer, message)

    def repeated(self, value: object, pointer: str) -> bool:
        """Note the keys that an object repeats, if it does: it is not clear which of their values counts."""
        keys = repeated_keys(value)
        for key in keys:
            self.add(f"{pointer}/{escaped(key)}", f"`{key}` appears more than once")
        return bool(keys)

    def texts(self, value: object, pointer: str, *, unquoted: bool = False) -> Texts | None:
        """Read one-or-many texts; None where something is not a text.

        Only in conditions may numbers and booleans be `unquoted`.
        """
        if isinstance(value, str):
            return Texts((value,), pointer, alone=True)
        if isinstance(value, list) and all_texts(value):
            return Texts(tuple(value), pointer, alone=False)
        texts: list[str] = []
        readable = True
        for text, place, item in _scalars(value, pointer, unquoted=unquoted):
            if text is None:
                self.add(place, _not_text(item))
                readable = False
            else:
                texts.append(text)
        return Texts(tuple(texts), pointer, alone=not isinstance(value, list)) if readable else None


def _not_text(value: object) -> str:
    """Say what stands where text belongs; a function of CloudFormation was copied out of its template."""
    if isinstance(value, dict) and len(value) == 1 and (name := next(iter(value))).startswith(_FUNCTIONS):
        return f"`{name}` is a function of CloudFormation, which IAM does not know: put in the value that it stands for"
    return "expected text"


_FUNCTIONS = ("Fn::", "Ref", "!Sub", "!Ref", "!GetAtt")


def _scalars(value: object, pointer: str, *, unquoted: bool) -> Iterator[tuple[str | None, str, object]]:
    """Walk a value that may be one or a list of them, each with its place; None stands for what is not a text.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield _scalar(item, unquoted=unquoted), f"{pointer}/{index}", item
    else:
        yield _scalar(value, unquoted=unquoted), pointer, value


def _scalar(value: object, *, unquoted: bool) -> str | None:
    """Give a JSON scalar as policies compare it; None for null, lists and objects."""
    match value:
        case str():
            return value
        case bool() | int() | float() if unquoted:
            return json.dumps(value)
    return None
