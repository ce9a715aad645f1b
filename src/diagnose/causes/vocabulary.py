"""What a pattern may say: the facts with their fields, and the values of each."""

import json
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, get_args, get_origin

from msgspec import Meta, Struct, structs

from diagnose.causes.all_facts import FACTS, seen
from diagnose.causes.facts import HIDDEN, Fact
from diagnose.model.key_state import KeyState
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.trace import Reason
from diagnose.model.trace_words import got_words

WITHOUT_CASE = frozenset({"key", "family"})
"""PatternFields compared without regard to case, as AWS compares condition keys."""


class Field(Struct, frozen=True):
    """A field of a fact. `values` are the words it may hold; none where it is free text.

    `may_be_unknown` says that the field has no value at times. A reason that is not known is such a case, so
    `not_told` is not a word of a pattern.
    """

    name: str
    description: str
    values: tuple[str, ...]
    flag: bool
    may_be_unknown: bool


@cache
def fields_of(fact: str) -> dict[str, Field]:
    """Describe the fields of a fact that rules may name, in order."""
    return {
        field.name: _field(field.name, field.type) for field in structs.fields(FACTS[fact]) if field.name not in HIDDEN
    }


def near(word: str, words: list[str]) -> str:
    """Give a hint for a word that is none of `words`: the one it looks like, or all of them; of many, the first."""
    from difflib import get_close_matches  # only a mistake needs it

    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`"
    more = len(words) - _MOST_LISTED
    rest = f" and {more} more: see rules/README.md" if more > 1 else ""
    return f"expected one of {', '.join(words[:_MOST_LISTED] if rest else words)}{rest}"


_MOST_LISTED = 20
"""Words. There are some 85 reasons, in 1,600 characters, and nobody looks for one among them."""


def facts_as_yaml(facts: Iterable[Fact]) -> str:
    """Write one fact a line, without its empty fields. What is unknown stands in a comment."""
    lines = []
    for fact in facts:
        fields, unknown = [], []
        for name, value in seen(fact).items():
            match value:
                case None | KeyState(options=None, like=""):
                    unknown.append(name)
                case KeyState(known=None):
                    unknown.append(f"{name} ({json.dumps(got_words(value))})")
                case "" | () | KeyState(known=()):
                    pass
                case KeyState():
                    fields.append(f"{name}: {_as_yaml(value.known)}")
                case _:
                    fields.append(f"{name}: {_as_yaml(value)}")
        comment = f"  # unknown: {', '.join(unknown)}" if unknown else ""
        lines.append(f"- {fact.name}: {{{', '.join(fields)}}}{comment}\n")
    return "".join(lines)


def _field(name: str, hint: object) -> Field:
    description = ""
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        description = next((note.description or "" for note in notes if isinstance(note, Meta)), "")
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    kind = next(each for each in kinds if each is not NoneType)
    if kind is bool:
        values: tuple[str, ...] = ("true", "false")
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        values = tuple(member.value for member in kind if member is not Reason.NOT_TOLD)
    else:
        values = ()
    return Field(name, description, values, flag=kind is bool, may_be_unknown=NoneType in kinds)


_UNQUOTED = lazy_pattern(r"[A-Za-z][\w:./-]*\w|[A-Za-z]")
_OTHER_TYPES = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def _as_yaml(value: object) -> str:
    """Write a value as YAML; texts that YAML might read as something else are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        values = ", ".join(map(_as_yaml, value))
        return values if len(value) == 1 else f"[{values}]"
    text = str(value)
    unquoted = _UNQUOTED.fullmatch(text) and text.lower() not in _OTHER_TYPES
    return text if unquoted else json.dumps(text)
