"""Statements and keys that no rule tells apart: the first of a kind is matched with the rules, and stands for all.

There may be thousands of them, each a cause for every rule that it meets. What rules say of the first of a kind they
say of the others, with the others' facts in the place of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from msgspec.structs import replace

from diagnose.causes.facts import ActionFact, Compared, ConditionFact, Fact, GapFact, PlaceholderFact, StatementFact
from diagnose.causes.match import RuleMatch, closed_fields
from diagnose.causes.nearness import distance
from diagnose.causes.ranking import SelectedCause, statement_place
from diagnose.causes.rule import Rule, Value
from diagnose.causes.vocabulary import WITHOUT_CASE
from diagnose.model.trace import DoubtKind, Effect, Reason

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
        first: list[Fact] = []
        for kind in _Things(facts, rules).kinds():
            first += chain.from_iterable(kind.things[: kind.matched])
            others = kind.things[kind.matched - 1 :]
            if len(others) > 1:
                self._like |= dict.fromkeys((id(others[0][place]) for place in kind.own), others)
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


_Facts: TypeAlias = Sequence[Fact]
_Thing: TypeAlias = tuple[object, ...]
_MOST_SHOWN = 4
"""Places of one cause of which a finding tells: its own, and three more."""
_MANY_KEYS = 8
"""Keys of one Allow statement from which on each is looked at by itself."""


class _Kind(NamedTuple):
    """What is alike: the facts of each thing. So many are matched, and the last of those stands for the others.

    What the facts in the places `own` are about is another cause for each thing; of others it is the same cause.
    """

    things: list[_Facts]
    matched: int
    own: Sequence[int]


class _Things:
    """Facts by what they are about: a statement, a key that an Allow statement tests, an unknown key.

    What rules say of one depends on no other, unless they share a key.
    """

    __slots__ = ("_about", "_kind_of", "_places", "_tested_by_allows", "_tested_by_denies")

    def __init__(self, facts: Iterable[Fact], rules: Iterable[Rule]) -> None:
        self._kind_of = _KindOfFact(rules)
        self._places: dict[int, _Thing] = {}
        self._about: dict[_Thing, list[Fact]] = {}
        self._tested_by_allows: dict[_Thing, set[_Thing]] = {}
        self._tested_by_denies: set[_Thing] = set()
        for fact in facts:
            self._about.setdefault(self._thing(fact), []).append(fact)

    def kinds(self) -> Iterable[_Kind]:
        """Give what no rule tells apart."""
        kinds: dict[object, _Kind] = {}
        for thing, facts in self._about.items():
            for content, kind in self._kinds(thing, facts):
                if content in kinds:
                    kinds[content].things.extend(kind.things)
                else:
                    kinds[content] = kind
        return kinds.values()

    def _thing(self, fact: Fact) -> _Thing:
        match fact:
            case GapFact(kind=DoubtKind.KEY):
                return "unknown key", fact.about
            case ConditionFact():
                key, place = _tested_key(fact), self._place(fact)
                if fact.effect is Effect.DENY:
                    self._tested_by_denies.add(key)
                else:
                    self._tested_by_allows.setdefault(key, set()).add(place)
                return place
            case StatementFact() | Compared():
                return self._place(fact)
        return ()

    def _place(self, fact: Fact) -> _Thing:
        """Name the place of a statement, which is the same whatever action it was looked at for."""
        statement = fact.subject.statement
        assert statement is not None, "what is said of a statement has it as its subject"
        place = self._places.get(id(statement))
        if place is None:
            place = self._places[id(statement)] = statement_place(statement)
        return place

    def _kinds(self, thing: _Thing, facts: _Facts) -> Iterator[tuple[object, _Kind]]:
        """Give a thing, or the parts of it, each with all that decides what rules say of it."""
        first = facts[0]
        if isinstance(first, GapFact) and thing:
            yield tuple(map(self._kind_of, facts)), _Kind([facts], 1, range(len(facts)))
        elif not isinstance(first, (StatementFact, Compared)):
            yield thing, _Kind([facts], 1, ())
        elif first.effect is Effect.DENY:
            yield self._of_deny(thing, facts)
        else:
            yield from self._of_allow(thing, facts)

    def _of_deny(self, thing: _Thing, facts: _Facts) -> tuple[object, _Kind]:
        """Each Deny is a cause by itself. Of comparisons that are alike in it only as many are matched as are shown."""
        if _waits_for_a_value(facts) or any(
            _tested_key(fact) in self._tested_by_allows for fact in facts if isinstance(fact, ConditionFact)
        ):
            return thing, _Kind([facts], 1, ())
        kinds = list(map(self._kind_of, facts))
        count: Counter[int] = Counter()
        shown = []
        for place, kind in enumerate(kinds):
            count[kind] += 1
            if count[kind] <= _MOST_SHOWN:
                shown.append(place)
        return tuple([kinds[place] for place in shown]), _Kind(
            [[facts[place] for place in shown]], 1, range(len(shown))
        )

    def _of_allow(self, thing: _Thing, facts: _Facts) -> Iterator[tuple[object, _Kind]]:
        """Allow statements of a level are causes together, but for each key that only one of them tests."""
        keys = [_tested_key(fact) if isinstance(fact, ConditionFact) else None for fact in facts]
        if any(key in self._tested_by_denies for key in keys):
            yield thing, _Kind([facts], 1, ())
            return
        own = [key if key is not None and len(self._tested_by_allows[key]) == 1 else None for key in keys]
        places = [place for place, key in enumerate(own) if key is not None]
        if len(places) <= _MANY_KEYS or _waits_for_a_value(facts):
            shared = [key if own[place] is None else None for place, key in enumerate(keys)]
            kind = tuple(zip(map(self._kind_of, facts), shared, strict=True)), _distance(facts)
            yield kind, _Kind([facts], _MOST_SHOWN, places)
            return
        of_key: dict[_Thing | None, list[Fact]] = {}
        for key, fact in zip(own, facts, strict=True):
            of_key.setdefault(key, []).append(fact)
        for key, some in of_key.items():
            if key is None:
                yield thing, _Kind([some], 1, ())
            else:
                yield (thing, *map(self._kind_of, some)), _Kind([some], 1, range(len(some)))


def _waits_for_a_value(facts: _Facts) -> bool:
    return any(isinstance(fact, PlaceholderFact) for fact in facts)


def _distance(facts: _Facts) -> float:
    """Say how far an Allow is from applying; the facts themselves say it, unless it is about another service."""
    foreign = any(isinstance(fact, ActionFact) and fact.reason is Reason.OTHER_SERVICE for fact in facts)
    statement = facts[0].subject.statement
    return distance(statement) if foreign and statement is not None else 0.0


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
