"""A cause as its file describes it, checked and ready to be matched."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from diagnose.model.diagnosis import Owner

Value = bool | str
PatternFields = tuple[tuple[str, tuple[Value, ...]], ...]


class Pattern(Struct, frozen=True, gc=False):
    """One line of `when`: the name of a fact, and for each field the values of which any will do."""

    fact: str
    fields: PatternFields = ()


class Rule(Struct, frozen=True, omit_defaults=True):
    """One cause.

    `owner` is None where it is the owner of the layer that the finding is about. `formerly` holds the ids by which
    the rule is still found: its own of before, or those of the rules that were merged into it. `replaces` holds the
    ids in `instead_of`, and those in theirs, and so on. `general` is true where another rule replaces this one.
    `across_layers` holds the pairs of patterns that name different layers, whose facts need not share one. `own` is a
    user's rule, not one that comes with xdiag. `notes` says what of the file is understood, but out of date.
    """

    id: str
    folder: str
    title: str
    owner: Owner | None
    when: tuple[Pattern, ...]
    explain: str
    remedies: tuple[str, ...]
    sources: tuple[str, ...]
    instead_of: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    general: bool = False
    across_layers: tuple[tuple[int, int], ...] = ()
    own: bool = False
    notes: tuple[str, ...] = ()


def rule_by_id(rules: Sequence[Rule], name: str) -> Rule | None:
    """Find a rule by its id, or by one that it had before; None if there is none."""
    return next((rule for rule in rules if name == rule.id or name in rule.formerly), None)


class Example(Struct, frozen=True):
    """A world with one thing changed, and what the rule then says: `certain`, `possible` or `silent`.

    `change` is a merge patch of the world. `also` lists the other rules that are then certain.
    """

    name: str
    world: str
    change: Any
    then: str
    also: tuple[str, ...] = ()
