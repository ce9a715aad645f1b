"""Which facts meet the patterns of a rule together.

A pattern is met where every field it names holds one of its values; lists mean any of them, in a pattern and in a
fact. A field that could not be told is met by half, and what it would have said is kept as `untold`.

Facts that are met together speak of one thing: they share the action being authorised; they share the layer with
its level, and the statement, unless their patterns name different layers; a fact that has none of these, such as
`caller`, goes with all.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from diagnose.causes.facts import FACTS, Fact
from diagnose.causes.rule import Pattern, Rule, Value
from diagnose.causes.vocabulary import WITHOUT_CASE
from diagnose.model.diagnosis import Owner
from diagnose.model.key_state import KeyState
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, Tri, tri
from diagnose.model.words import LAYER_WORDS

ELEMENTS = ("condition", "principal", "resource", "action")
_CHIEF = (ELEMENTS, ("statement",), ("gate",), ("idle",), ("problem",), ("layer",), ("gap",), ("answer",))

Untold = tuple[Fact, str]
"""A fact, and the field of it that could not be told."""


class Bound(Struct, frozen=True):
    """A rule, the fact that meets each of its patterns, and what keeps it from being certain."""

    rule: Rule
    facts: tuple[Fact, ...]
    untold: tuple[Untold, ...] = ()

    @property
    def certain(self) -> bool:
        """Every field was told, and every fact is settled."""
        return not self.untold and all(fact.settled for fact in self.facts)

    @property
    def owner(self) -> Owner:
        """Who can mend the cause: the rule says it, or the layer that the finding is about."""
        if self.rule.owner is not None:
            return self.rule.owner
        layer = self.layer
        assert layer is not None, "a rule with `owner: layer` names a fact that has a layer: checked when it is read"
        return LAYER_WORDS[layer].owner

    @property
    def layer(self) -> Layer | None:
        """The layer that the finding is about."""
        layer = self.chief.subject.layer
        return layer or next((fact.subject.layer for fact in self.facts if fact.subject.layer), None)

    @property
    def chief(self) -> Fact:
        """The fact that the finding is about: the one with the most exact place."""
        for names in _CHIEF:
            for fact in self.facts:
                if fact.name in names:
                    return fact
        return self.facts[0]


def bind(rule: Rule, facts: Mapping[str, Sequence[Fact]]) -> Iterator[Bound]:
    """Find every set of facts, one for each pattern, that meets the rule. `facts` are sorted by name."""
    met: list[list[tuple[Fact, tuple[Untold, ...]]]] = []
    for pattern in rule.when:
        found = [
            (fact, missing) for fact in facts.get(pattern.fact, ()) if (missing := _meets(pattern, fact)) is not None
        ]
        if not found:
            return
        met.append(found)
    yield from _join(rule, met, (), ())


def _join(
    rule: Rule,
    met: list[list[tuple[Fact, tuple[Untold, ...]]]],
    facts: tuple[Fact, ...],
    untold: tuple[Untold, ...],
) -> Iterator[Bound]:
    place = len(facts)
    if place == len(met):
        yield Bound(rule, facts, untold)
        return
    for fact, missing in met[place]:
        if all(_together(other, fact, (number, place) in rule.apart) for number, other in enumerate(facts)):
            yield from _join(rule, met, (*facts, fact), (*untold, *missing))


def _meets(pattern: Pattern, fact: Fact) -> tuple[Untold, ...] | None:
    """Give the fields that were met by half, or None where the fact does not meet the pattern."""
    untold: list[Untold] = []
    for name, values in pattern.fields:
        answer = _is_any_of(getattr(fact, name), values, without_case=name in WITHOUT_CASE)
        if answer is NO:
            return None
        if answer is UNKNOWN:
            untold.append((fact, name))
    return tuple(untold)


def _is_any_of(value: object, values: tuple[Value, ...], *, without_case: bool) -> Tri:
    """Say whether a field has one of these values. Of a field with several, one of them is enough.

    A field that holds nothing is empty text, and so is the key that a request lacks.
    """
    match value:
        case None | KeyState(options=None):
            return UNKNOWN
        case KeyState(options=options):
            answers = {_is_any_of(option, values, without_case=without_case) for option in options or ()}
            return answers.pop() if len(answers) == 1 else UNKNOWN
        case tuple():
            return tri("" in values if not value else any(one in values for one in value))
        case str() if without_case:
            return tri(value.lower() in values)
    return tri(value in values)


_IN_ACTION = frozenset(name for name, fact in FACTS.items() if "action" in fact.__struct_fields__)
_IN_LAYER = frozenset(name for name, fact in FACTS.items() if "layer" in fact.__struct_fields__)
_IN_LEVEL = frozenset(name for name, fact in FACTS.items() if "level" in fact.__struct_fields__)


def _together(one: Fact, other: Fact, apart: bool) -> bool:
    """Say whether two facts may be met by one rule. `apart`: their patterns name different layers."""
    here, there = one.subject, other.subject
    if {one.name, other.name} <= _IN_ACTION and here.action is not there.action:
        return False
    if apart or not {one.name, other.name} <= _IN_LAYER:
        return True
    if here.layer is not there.layer:
        return False
    if {one.name, other.name} <= _IN_LEVEL and here.level != there.level:
        return False
    return here.statement is None or there.statement is None or here.statement is there.statement
