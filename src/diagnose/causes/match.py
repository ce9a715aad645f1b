"""Which facts meet the patterns of a rule together.

A pattern is met where every field it names holds one of its values; lists mean any of them, in a pattern and in a
fact. A field whose value is unknown may or may not meet it: the match lists it under `unknown_fields`.

Facts that are met together speak of one thing: they share the action being authorised; they share the layer with
its level, and the statement, unless their patterns name different layers; a fact that has none of these, such as
`caller`, goes with all.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from operator import attrgetter, itemgetter

from msgspec import Struct

from diagnose.causes.all_facts import FACTS
from diagnose.causes.facts import Fact
from diagnose.causes.rule import Pattern, Rule, Value
from diagnose.causes.vocabulary import WITHOUT_CASE, fields_of
from diagnose.model.diagnosis import Owner
from diagnose.model.key_state import KeyState
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, Tri, tri
from diagnose.model.words import LAYER_WORDS

COMPARISON_FACTS = ("placeholder", "condition", "principal", "resource", "action")
_MAIN_FIRST = (
    COMPARISON_FACTS,
    ("statement",),
    ("suspect",),
    ("gate",),
    ("idle",),
    ("problem",),
    ("layer",),
    ("gap",),
    ("answer",),
    ("aside",),
)

_EXACTNESS = {FACTS[name]: place for place, names in enumerate(_MAIN_FIRST) for name in names}


def _exactness(fact: Fact) -> int:
    return _EXACTNESS.get(type(fact), len(_MAIN_FIRST))


UnknownField = tuple[Fact, str]
"""A fact, and the field of it whose value is unknown."""


class RuleMatch(Struct, frozen=True, gc=False):
    """A rule, the fact that meets each of its patterns, and what keeps it from being certain."""

    rule: Rule
    facts: tuple[Fact, ...]
    main_fact: Fact
    """The fact that the finding is about: the one with the most exact place."""
    certain: bool
    """Whether every field is known, and every fact is settled."""
    unknown_fields: tuple[UnknownField, ...] = ()

    @property
    def owner(self) -> Owner:
        """Who can fix the cause: the rule says it, or the layer that the finding is about."""
        if self.rule.owner is not None:
            return self.rule.owner
        layer = self.layer
        assert layer is not None, "a rule with `owner: layer` names a fact that has a layer: checked when it is read"
        return LAYER_WORDS[layer].owner

    @property
    def layer(self) -> Layer | None:
        """The layer that the finding is about."""
        layer = self.main_fact.subject.layer
        return layer or next((fact.subject.layer for fact in self.facts if fact.subject.layer), None)


class FactsOfName(tuple[Fact, ...]):
    """Facts of one name, in order. Rules are matched with each of their kinds, of which there are few."""

    @cached_property
    def closed(self) -> frozenset[str]:
        """The fields that hold one of a few words."""
        return closed_fields(self[0].name)

    @cached_property
    def kinds(self) -> tuple[list[tuple[int, Fact]], ...]:
        """The facts, each with its number, sorted by what stands in those fields."""
        of = attrgetter("settled", *sorted(self.closed))  # one that every fact has, as some have no others
        kinds: dict[object, list[tuple[int, Fact]]] = {}
        for number, fact in enumerate(self):
            kinds.setdefault(of(fact), []).append((number, fact))
        return tuple(kinds.values())


@cache
def closed_fields(fact: str) -> frozenset[str]:
    """Name the fields of a fact that hold one of a few words."""
    return frozenset(name for name, field in fields_of(fact).items() if field.values)


def by_name(facts: Iterable[Fact]) -> Mapping[str, FactsOfName]:
    """Sort facts by their names."""
    named: dict[str, list[Fact]] = {}
    for fact in facts:
        named.setdefault(fact.name, []).append(fact)
    return {name: FactsOfName(each) for name, each in named.items()}


def match_rule(rule: Rule, facts: Mapping[str, FactsOfName]) -> Iterator[RuleMatch]:
    """Find every set of facts, one for each pattern, that meets the rule. `facts` are sorted by name."""
    candidates: list[list[_Candidate]] = []
    for pattern in rule.when:
        matching = list(_meeting(pattern, facts[pattern.fact])) if pattern.fact in facts else []
        if not matching:
            return
        candidates.append(matching)
    yield from _join(rule, candidates, (), ())


_Candidate = tuple[Fact, tuple[UnknownField, ...]]


def _join(
    rule: Rule, candidates: list[list[_Candidate]], facts: tuple[Fact, ...], unknown: tuple[UnknownField, ...]
) -> Iterator[RuleMatch]:
    """Complete a match of the first patterns with every fact that the next one may add."""
    place = len(facts)
    for fact, more_unknown in candidates[place]:
        if facts and not all(
            _same_subject(earlier, fact, across_layers=(number, place) in rule.across_layers)
            for number, earlier in enumerate(facts)
        ):
            continue
        if place + 1 < len(candidates):
            yield from _join(rule, candidates, (*facts, fact), (*unknown, *more_unknown))
        else:
            yield _matched(rule, (*facts, fact), (*unknown, *more_unknown))


def _matched(rule: Rule, facts: tuple[Fact, ...], unknown: tuple[UnknownField, ...]) -> RuleMatch:
    main_fact = facts[0] if len(facts) == 1 else min(facts, key=_exactness)
    return RuleMatch(rule, facts, main_fact, not unknown and all(fact.settled for fact in facts), unknown)


def _meeting(pattern: Pattern, facts: FactsOfName) -> Iterator[_Candidate]:
    """Give the facts that may meet a pattern. Of many facts few differ in what it asks for."""
    closed = [(name, values) for name, values in pattern.fields if name in facts.closed]
    of_kinds: list[tuple[int, Fact, tuple[str, ...]]] = []
    for kind in facts.kinds:
        unknown = _unknown_fields(closed, kind[0][1])
        if unknown is not None:
            of_kinds += [(place, fact, unknown) for place, fact in kind]
    of_kinds.sort(key=itemgetter(0))
    texts = [(name, values) for name, values in pattern.fields if name not in facts.closed]
    if not texts:
        yield from ((fact, tuple([(fact, name) for name in unknown])) for _, fact, unknown in of_kinds)
        return
    asked = attrgetter(*(name for name, _ in texts))
    answers: dict[object, tuple[str, ...] | None] = {}
    for _, fact, unknown in of_kinds:
        given = asked(fact)
        if given not in answers:
            answers[given] = _unknown_fields(texts, fact)
        more = answers[given]
        if more is not None:
            names = (*unknown, *more)
            yield fact, tuple([(fact, name) for name, _ in pattern.fields if name in names] if names else ())


def _unknown_fields(fields: Iterable[tuple[str, tuple[Value, ...]]], fact: Fact) -> tuple[str, ...] | None:
    """Name the fields that may or may not fit; None where the fact does not meet all of them."""
    unknown: list[str] = []
    for name, values in fields:
        answer = _is_any_of(getattr(fact, name), values, without_case=name in WITHOUT_CASE)
        if answer is NO:
            return None
        if answer is UNKNOWN:
            unknown.append(name)
    return tuple(unknown)


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
            return tri("" in values if not value else any(text in values for text in value))
        case str() if without_case:
            return tri(value.lower() in values)
    return tri(value in values)


_IN_ACTION = frozenset(name for name, fact in FACTS.items() if "action" in fact.__struct_fields__)
_IN_LAYER = frozenset(name for name, fact in FACTS.items() if "layer" in fact.__struct_fields__)
_IN_LEVEL = frozenset(name for name, fact in FACTS.items() if "level" in fact.__struct_fields__)


def _same_subject(one: Fact, other: Fact, *, across_layers: bool) -> bool:
    """Say whether one rule may speak of both facts. `across_layers`: their patterns name different layers."""
    here, there, names = one.subject, other.subject, {one.name, other.name}
    if names <= _IN_ACTION and here.action is not there.action:
        return False
    if across_layers or not names <= _IN_LAYER:
        return True
    if here.layer is not there.layer:
        return False
    if names <= _IN_LEVEL and here.level != there.level:
        return False
    return here.statement is None or there.statement is None or here.statement is there.statement
