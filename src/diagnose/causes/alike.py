"""Statements and keys that no rule tells apart: the first of a kind is matched with the rules, and stands for all.

There may be thousands of them, each a cause for every rule that it meets. What rules say of the first of a kind they
say of the others, with the others' facts in the place of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec.structs import replace

from diagnose.causes.facts import Compared, ConditionFact, Fact, GapFact, PlaceholderFact, StatementFact
from diagnose.causes.match import RuleMatch, closed_fields
from diagnose.causes.ranking import SelectedCause, statement_place
from diagnose.causes.rule import Rule, Value
from diagnose.causes.vocabulary import WITHOUT_CASE
from diagnose.model.trace import DoubtKind, Effect

FEW = 200
"""Facts up to which each is matched by itself: sorting them would take as long."""


class Alike:
    """The facts of a case; `first` are those that are to be matched, in their order."""

    __slots__ = ("_like", "_number", "first")

    def __init__(self, facts: Sequence[Fact], rules: Iterable[Rule], few: int = FEW) -> None:
        """Sort the facts, unless there are no more than a `few`."""
        self.first = facts
        self._like: dict[int, list[_Facts]] = {}
        self._number: dict[int, int] = {}
        if len(facts) <= few:
            return
        self._number = {id(fact): number for number, fact in enumerate(facts)}
        things = _Things(facts, rules)
        first = list(things.facts_of_none)
        for alike in things.kinds():
            first += alike[0]
            self._like |= dict.fromkeys(map(id, alike[0]), alike)
        self.first = sorted(first, key=lambda fact: self._number[id(fact)])

    def causes(self, selected: Iterable[SelectedCause], most: int) -> list[SelectedCause]:
        """Give the causes of all facts, those of each rule in the order of the facts; `selected` are of the first.

        Of what is alike so many are given at most; the last of them counts the others.
        """
        if not self._like:
            return list(selected)
        causes = [cause for first in selected for cause in self._of_all(first, most)]
        return sorted(causes, key=self._place)

    def _of_all(self, cause: SelectedCause, most: int) -> Iterator[SelectedCause]:
        """Repeat a cause for each thing that is like the one that it is about."""
        first, *others = self._like.get(id(cause.best.main_fact), ((),))
        yield cause
        for number, facts in enumerate(others[: most - 1], start=2):
            same = _with_facts(dict(zip(map(id, first), facts, strict=True)), cause)
            yield replace(same, more=len(others) + 1 - most) if number == most else same

    def _place(self, cause: SelectedCause) -> int:
        return min(self._number[id(match.main_fact)] for match in (cause.best, *cause.elsewhere))


_Facts: TypeAlias = list[Fact]
_Thing: TypeAlias = tuple[object, ...]
_MOST_IN_A_STATEMENT = 4
"""Comparisons of one kind that are looked at in one Deny statement: a finding shows no more places."""


class _Things:
    """Facts by what they are about: a Deny statement, a key that Allow statements test at a level, an unknown key.

    What a rule says of one thing depends on no other, unless they share a key.
    """

    __slots__ = ("_about", "_allow_keys", "_deny_keys", "_kind_of", "_places", "facts_of_none")

    def __init__(self, facts: Iterable[Fact], rules: Iterable[Rule]) -> None:
        self._kind_of = _KindOfFact(rules)
        self._places: dict[int, _Thing] = {}
        self._about: dict[_Thing, _Facts] = {}
        self._allow_keys: set[_Thing] = set()
        self._deny_keys: set[_Thing] = set()
        self.facts_of_none: _Facts = []
        for fact in facts:
            thing = self._thing(fact)
            (self.facts_of_none if thing is None else self._about.setdefault(thing, [])).append(fact)

    def kinds(self) -> Iterable[list[_Facts]]:
        """Give what is alike: the facts of each thing that no rule tells apart, one by one."""
        kinds: dict[object, list[_Facts]] = {}
        for thing, facts in self._about.items():
            kind, telling = self._kind(thing, facts)
            kinds.setdefault(kind, []).append(telling)
        return kinds.values()

    def _thing(self, fact: Fact) -> _Thing | None:
        match fact:
            case GapFact(kind=DoubtKind.KEY):
                return "unknown key", fact.about
            case StatementFact(effect=Effect.DENY) | Compared(effect=Effect.DENY):
                if isinstance(fact, ConditionFact):
                    self._deny_keys.add(_tested_key(fact))
                return self._place(fact)
            case ConditionFact():
                key = _tested_key(fact)
                self._allow_keys.add(key)
                return key
        return None

    def _place(self, fact: Fact) -> _Thing:
        """Name the place of a statement, which is the same whatever action it was looked at for."""
        statement = fact.subject.statement
        assert statement is not None, "what is said of a statement has it as its subject"
        place = self._places.get(id(statement))
        if place is None:
            place = self._places[id(statement)] = statement_place(statement)
        return place

    def _kind(self, thing: _Thing, facts: _Facts) -> tuple[object, _Facts]:
        """Say all that decides what rules say of a thing, and give those of its facts that tell it."""
        if isinstance(facts[0], GapFact):
            return tuple(map(self._kind_of, facts)), facts
        keys = {_tested_key(fact) for fact in facts if isinstance(fact, ConditionFact)}
        of_others = keys & (self._deny_keys if thing in self._allow_keys else self._allow_keys)
        if of_others or any(isinstance(fact, PlaceholderFact) for fact in facts):
            return thing, facts
        if thing in self._allow_keys:
            return tuple((self._kind_of(fact), id(fact.subject.statement)) for fact in facts), facts
        count: dict[int, int] = {}
        telling: list[tuple[int, Fact]] = []
        for fact in facts:
            kind = self._kind_of(fact)
            count[kind] = count.get(kind, 0) + 1
            if count[kind] <= _MOST_IN_A_STATEMENT:
                telling.append((kind, fact))
        return tuple(kind for kind, _ in telling), [fact for _, fact in telling]


def _tested_key(fact: ConditionFact) -> _Thing:
    return fact.layer, fact.level, fact.key.lower()


class _KindOfFact:
    """Numbers for facts: two of one number meet the same patterns of the rules, and leave as much open."""

    __slots__ = ("_asked", "_numbers", "_read")

    def __init__(self, rules: Iterable[Rule]) -> None:
        asked: dict[str, dict[str, set[Value]]] = {}
        for pattern in (pattern for rule in rules for pattern in rule.when):
            for name, values in pattern.fields:
                if name not in closed_fields(pattern.fact):
                    asked.setdefault(pattern.fact, {}).setdefault(name, set()).update(values)
        self._asked = {
            fact: [(name, frozenset(values)) for name, values in each.items()] for fact, each in asked.items()
        }
        self._read: dict[type[Fact], attrgetter[Any]] = {}
        self._numbers: dict[object, int] = {}

    def __call__(self, fact: Fact) -> int:
        read = self._read.get(type(fact))
        if read is None:
            level = ("level",) if "level" in fact.__struct_fields__ else ()
            read = self._read[type(fact)] = attrgetter("settled", *level, *sorted(closed_fields(fact.name)))
        texts = [_of_asked(getattr(fact, name), values, name) for name, values in self._asked.get(fact.name, ())]
        return self._numbers.setdefault((type(fact), read(fact), *texts), len(self._numbers))


def _of_asked(value: object, asked: frozenset[Value], name: str) -> object:
    """Say which of the values that rules ask for a text has; where it cannot be said, the text itself."""
    if isinstance(value, tuple):
        return asked.intersection(value or ("",))
    if not isinstance(value, str):
        return value
    text = value.lower() if name in WITHOUT_CASE else value
    return text if text in asked else False


def _with_facts(facts: Mapping[int, Fact], cause: SelectedCause) -> SelectedCause:
    """Say of other facts what a cause says of those whose identities they have."""

    def same(match: RuleMatch) -> RuleMatch:
        return replace(
            match,
            facts=tuple([facts.get(id(fact), fact) for fact in match.facts]),
            main_fact=facts.get(id(match.main_fact), match.main_fact),
            unknown_fields=tuple([(facts.get(id(fact), fact), name) for fact, name in match.unknown_fields]),
        )

    return SelectedCause(same(cause.best), cause.actions, tuple(map(same, cause.elsewhere)))
