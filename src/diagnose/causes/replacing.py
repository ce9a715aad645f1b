"""Which matches say more exactly what others say of the same thing, without comparing each with every other."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from diagnose.causes.facts import ConditionFact, Fact, GapFact, GateFact, PlaceholderFact
from diagnose.causes.match import RuleMatch
from diagnose.causes.rule import Rule
from diagnose.model.trace import DoubtKind, Effect


class Replacements:
    """The matches of more exact rules, filed by their rule and by what they are about.

    Those of a rule are filed when something first asks for them, and found by their place: there may be thousands of
    matches at each of thousands of places.
    """

    __slots__ = ("_filed", "_of_rule", "_rivals", "_unfilled")

    def __init__(self, matches: Iterable[RuleMatch]) -> None:
        """Sort every match by its rule.

        INVARIANT: of matches of one rule that are filed under one thing and are as certain, of one action and in one
        place, either all or none replace what looks there. So the first of them stands for all. To what has no layer
        the places are all the same.
        """
        self._of_rule: dict[str, list[RuleMatch]] = {}
        self._unfilled: dict[_Thing, dict[object, RuleMatch]] = {}
        self._filed: dict[str, _Filed] = {}
        self._rivals: dict[str, list[str]] = {}
        rules: dict[str, Rule] = {}
        for match in matches:
            rules.setdefault(match.rule.id, match.rule)
            self._of_rule.setdefault(match.rule.id, []).append(match)
            fact = match.main_fact
            if isinstance(fact, PlaceholderFact):
                self._unfilled.setdefault(_comparison(fact), {}).setdefault(match.certain, match)
        for rule in rules.values():
            for general in rule.replaces:
                self._rivals.setdefault(general, []).append(rule.id)

    def replace(self, general: RuleMatch) -> bool:
        """Say whether another match says the same more exactly."""
        fact = general.main_fact
        unfilled = self._unfilled.get(_comparison(fact), {}) if self._unfilled else {}
        if any(replaces(rival, general) for rival in unfilled.values()):
            return True
        rivals = self._rivals.get(general.rule.id)
        if rivals is None:
            return False
        things = [(place, *thing) for place in _places_looked_up(fact) for thing in _looked_up(fact)]
        for filed in map(self._of, rivals):
            for thing in things:
                found = filed.get(thing)
                if found is not None and any(replaces(rival, general) for rival in found.values()):
                    return True
        return False

    def _of(self, rule: str) -> "_Filed":
        filed = self._filed.get(rule)
        if filed is None:
            filed = self._filed[rule] = {}
            for match in self._of_rule[rule]:
                fact = match.main_fact
                kind, places = (match.certain, _action(fact)), (None, _place(fact))
                for thing in _filed_under(fact):
                    for place in places:
                        filed.setdefault((place, *thing), {}).setdefault(kind, match)
        return filed


def replaces(specific: RuleMatch, general: RuleMatch) -> bool:
    """Say whether a more exact rule says, at least as surely, what a general one says of the same thing."""
    one, other = specific.main_fact, general.main_fact
    if specific.certain >= general.certain and _is_for_want_of_a_value(one, other):
        return True
    if general.rule.id not in specific.rule.replaces or specific.certain < general.certain:
        return False
    if _has(one, "action") and _has(other, "action") and one.subject.action is not other.subject.action:
        return False
    if not (_has(one, "layer") and _has(other, "layer")):
        return _of_one_thing(one, other)
    here, there = one.subject, other.subject
    if (here.layer, here.level) != (there.layer, there.level):
        return False
    if here.statement is None or there.statement is None:
        return True
    if there.statement.effect is Effect.DENY:
        return here.statement is there.statement
    if isinstance(one, ConditionFact) and isinstance(other, ConditionFact):
        return one.key.lower() == other.key.lower()
    return True


_Thing: TypeAlias = tuple[object, ...]
_NO_LAYER = ()
_Filed: TypeAlias = dict[_Thing, dict[object, RuleMatch]]
"""Matches of one rule by their place, None for any, and by what they are about; one of each action and certainty."""


def _filed_under(fact: Fact) -> Iterator[_Thing]:
    """Give every way in which something that a match may replace looks for it."""
    yield ("anything",)
    match fact:
        case GateFact():
            yield "gate", fact.subject.gate
        case GapFact():
            yield "gap", fact.about
            if fact.kind is not DoubtKind.KEY:
                yield ("gap but of a key",)
    if not isinstance(fact, GateFact):
        yield ("no gate",)
    if not isinstance(fact, GapFact):
        yield ("no gap",)
    if fact.subject.statement is None or not _has(fact, "layer"):
        yield ("no statement",)
        return
    yield "statement", id(fact.subject.statement)
    yield ("key", fact.key.lower()) if isinstance(fact, ConditionFact) else ("no key",)


def _looked_up(fact: Fact) -> tuple[_Thing, ...]:
    """Say where to look for what may replace a match."""
    match fact:
        case GateFact():
            return ("gate", fact.subject.gate), ("no gate",)
        case GapFact(kind=DoubtKind.KEY):
            return ("gap", fact.about), ("no gap",)
        case GapFact():
            return ("gap", fact.about), ("gap but of a key",), ("no gap",)
    statement = fact.subject.statement
    if statement is None or not _has(fact, "layer"):
        return (("anything",),)
    if statement.effect is Effect.DENY:
        return ("statement", id(statement)), ("no statement",)
    if isinstance(fact, ConditionFact):
        return ("key", fact.key.lower()), ("no key",), ("no statement",)
    return (("anything",),)


def _comparison(fact: Fact) -> _Thing:
    return fact.subject.action, id(fact.subject.element)


def _action(fact: Fact) -> object:
    return fact.subject.action if _has(fact, "action") else None


def _place(fact: Fact) -> object:
    return (fact.subject.layer, fact.subject.level) if _has(fact, "layer") else _NO_LAYER


def _places_looked_up(fact: Fact) -> tuple[object, ...]:
    """Say where to look for what may replace a match: in its place, or anywhere where it has none."""
    return (_place(fact), _NO_LAYER) if _has(fact, "layer") else (None,)


def _is_for_want_of_a_value(one: Fact, other: Fact) -> bool:
    """Say whether a placeholder made a comparison come out as it did, so that nothing else can be said of it."""
    if not isinstance(one, PlaceholderFact) or isinstance(other, PlaceholderFact):
        return False
    return one.subject.action is other.subject.action and one.subject.element is other.subject.element


def _of_one_thing(one: Fact, other: Fact) -> bool:
    """Say whether two facts without a layer may stand for each other: not two parameters, nor two condition keys."""
    if isinstance(one, GateFact) and isinstance(other, GateFact):
        return one.subject.gate == other.subject.gate
    if isinstance(one, GapFact) and isinstance(other, GapFact) and DoubtKind.KEY in (one.kind, other.kind):
        return one.about == other.about
    return True


def _has(fact: Fact, field: str) -> bool:
    return field in fact.__struct_fields__
