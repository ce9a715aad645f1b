"""A cause as its file tells it, checked and ready to be matched."""

from typing import Any

from msgspec import Struct

from diagnose.model.diagnosis import Owner

Value = bool | str
Fields = tuple[tuple[str, tuple[Value, ...]], ...]


class Pattern(Struct, frozen=True):
    """One line of `when`: the name of a fact, and for each field the values of which any will do."""

    fact: str
    fields: Fields = ()


class Rule(Struct, frozen=True):
    """One cause.

    `replaces` holds the ids in `instead_of`, and those in theirs, and so on. `general` is true where another rule
    replaces this one. `apart` holds the pairs of patterns that name different layers, and so may meet across them.
    """

    id: str
    folder: str
    title: str
    owner: Owner
    when: tuple[Pattern, ...]
    explain: str
    remedies: tuple[str, ...]
    sources: tuple[str, ...]
    instead_of: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    general: bool = False
    apart: tuple[tuple[int, int], ...] = ()


class Example(Struct, frozen=True):
    """A world with one thing changed, and what the rule then says: `certain`, `possible` or `silent`.

    `change` is a merge patch of the world. `also` lists the other rules that are then certain.
    """

    name: str
    world: str
    change: Any
    then: str
    also: tuple[str, ...] = ()
