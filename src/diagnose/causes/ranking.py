"""Which of the rules that are met are told: the most exact of those that say the same, each cause once."""

from collections.abc import Iterable, Sequence
from math import inf

from msgspec import Struct

from diagnose.causes.facts import Compared, ConditionFact, Fact, GapFact, GateFact, IdleFact, ProblemFact
from diagnose.causes.layer_facts import distance
from diagnose.causes.match import ELEMENTS, Bound
from diagnose.causes.rule import Rule
from diagnose.causes.vocabulary import fields_of
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import (
    LIKELIEST_LAYERS,
    Action,
    Blocker,
    Decision,
    DoubtKind,
    Effect,
    Gate,
    Layer,
    LayerTrace,
    StatementTrace,
)
from diagnose.model.tri import NO, YES


class Chosen(Struct, frozen=True):
    """One cause to be told: its best evidence, the actions it keeps from being allowed, and where else it holds."""

    best: Bound
    actions: tuple[Action, ...] = ()
    elsewhere: tuple[Bound, ...] = ()


def choose(met: Iterable[Bound]) -> tuple[Chosen, ...]:
    """Leave out what commits to more than is known, then what a more exact rule says, and put together the rest."""
    modest = _least_committed(list(met))
    exact = [each for each in modest if not any(_replaces(other, each) for other in modest)]
    groups: dict[object, list[Bound]] = {}
    for each in exact:
        groups.setdefault(_same_cause(each), []).append(each)
    return tuple(_together(group) for group in groups.values())


def place_of(statement: StatementTrace) -> tuple[object, ...]:
    """Name a statement's place, which is the same whichever action it was looked at for."""
    policy = statement.policy
    return statement.layer, statement.level, policy.kind, policy.arn, policy.name, policy.attached_to, statement.index


def in_order(causes: Iterable[Chosen], decision: Decision) -> tuple[Chosen, ...]:
    """Sort causes as they are to be told."""
    return tuple(sorted(causes, key=lambda cause: _key(cause, decision)))


def turns(cause: Chosen, decision: Decision) -> bool:
    """Say whether mending this cause alone would turn the answer: it is behind everything that stands in the way."""
    if not decision.blockers or not cause.best.certain:
        return False
    chief = cause.best.chief
    if isinstance(chief, GateFact):
        return all(blocker.gate is chief.gate for blocker in decision.blockers)
    layer = chief.subject.layer
    if layer is None or "layer" not in chief.__struct_fields__:
        return False
    return all(_is_behind(blocker, layer, cause) for blocker in decision.blockers) and all(
        _alone_in(trace, chief)
        for each in decision.actions
        if each.action in cause.actions
        for trace in each.layers
        if trace.layer is layer
    )


def _least_committed(met: list[Bound]) -> list[Bound]:
    """Of rules that tell ways apart which could not be told, keep the one that commits to the least.

    Where nobody knows how a comparison came out, ten rules with ten reasons would all be possible. A rule about the
    same fact that does not ask for its reason commits to none.
    """
    kept: dict[object, tuple[int, float, str]] = {}
    for each in met:
        for tie in _ties(each):
            about = [other for other in met if any(id(fact) == tie[0] for fact in other.facts)]
            kept[tie] = min(_commitment(other, tie) for other in about)
    return [each for each in met if all(kept[tie][2] == each.rule.id for tie in _ties(each))]


def _ties(bound: Bound) -> list[tuple[int, str]]:
    """List the untold fields whose words tell rules apart; a flag alone does not."""
    return [(id(fact), name) for fact, name in bound.untold if len(fields_of(fact.name)[name].values) > 2]


def _commitment(bound: Bound, tie: tuple[int, str]) -> tuple[int, float, str]:
    """Rank a rule: the most fields that were told, then the most ways allowed for the one that was not.

    A rule that names its layer tells no more of the layer than one that may be met in any.
    """
    named_fields = [name for pattern in bound.rule.when for name, _ in pattern.fields if name != "layer"]
    told = len(named_fields) - len(bound.untold)
    named = [
        len(values)
        for pattern, fact in zip(bound.rule.when, bound.facts, strict=True)
        for name, values in pattern.fields
        if (id(fact), name) == tie
    ]
    return -told, -sum(named) if named else -inf, bound.rule.id


def _replaces(specific: Bound, general: Bound) -> bool:
    """Say whether a more exact rule says, at least as surely, what a general one says of the same thing."""
    if general.rule.id not in specific.rule.replaces or specific.certain < general.certain:
        return False
    one, other = specific.chief, general.chief
    if _share(one, other, "action") and one.subject.action is not other.subject.action:
        return False
    if not _share(one, other, "layer"):
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


def _of_one_thing(one: Fact, other: Fact) -> bool:
    """Say whether two facts without a layer may stand for each other: not two parameters, nor two condition keys."""
    if isinstance(one, GateFact) and isinstance(other, GateFact):
        return one.subject.gate == other.subject.gate
    if isinstance(one, GapFact) and isinstance(other, GapFact) and DoubtKind.KEY in (one.kind, other.kind):
        return one.what == other.what
    return True


def _share(one: Fact, other: Fact, field: str) -> bool:
    return field in one.__struct_fields__ and field in other.__struct_fields__


def _same_cause(bound: Bound) -> object:
    """Name what a finding is about: of several statements any of which would do, only the nearest is told."""
    chief, rule = bound.chief, bound.rule.id
    subject = chief.subject
    match chief:
        case GateFact():
            return rule, subject.gate
        case IdleFact():
            return rule, chief.policy, chief.version
        case ProblemFact():
            return rule, chief.layer, chief.policy, chief.message
        case GapFact(kind=DoubtKind.LAYER) if not _asks_for(bound, "gap", "what"):
            return rule
        case GapFact():
            return rule, chief.permission or chief.what
    if subject.statement is None:
        return rule, subject.layer, subject.level
    if subject.statement.effect is Effect.DENY:
        return rule, place_of(subject.statement)
    return rule, subject.layer, subject.level, chief.key.lower() if isinstance(chief, ConditionFact) else ""


def _asks_for(bound: Bound, fact: str, field: str) -> bool:
    """Say whether a rule tells facts of a name apart by a field; if not, any of them stands for all."""
    return any(field in dict(pattern.fields) for pattern in bound.rule.when if pattern.fact == fact)


def _together(group: Sequence[Bound]) -> Chosen:
    best = min(group, key=_rank)
    same = [each for each in group if each.certain == best.certain]
    actions = {each.chief.subject.action: None for each in same if "action" in each.chief.__struct_fields__}
    places = {_where(best.chief): best}
    for each in sorted(group, key=_rank):
        places.setdefault(_where(each.chief), each)
    return Chosen(best, tuple(actions), tuple(each for each in places.values() if each is not best))


def _rank(bound: Bound) -> tuple[bool, float]:
    """Rank evidence for one cause: certain before possible, then the nearest."""
    statement = bound.chief.subject.statement
    return not bound.certain, distance(statement) if statement else 0.0


def _where(fact: Fact) -> object:
    if fact.subject.statement is None:
        return None
    pointer = fact.subject.element.pointer if fact.name in ELEMENTS and fact.subject.element else ""
    return (*place_of(fact.subject.statement), pointer)


def _key(cause: Chosen, decision: Decision) -> tuple[bool, int, bool, bool, bool, bool, bool, int, str]:
    rule, chief = cause.best.rule, cause.best.chief
    remote = _remoteness(rule, chief)
    alone = turns(cause, decision)
    return (
        not cause.best.certain or remote > 0,
        remote,
        cause.best.owner is Owner.XDIAG,
        not alone,
        not alone and isinstance(chief, ConditionFact),
        rule.general,
        cause.best.owner is not Owner.CALLER,
        _place(chief),
        rule.id,
    )


def _remoteness(rule: Rule, chief: Fact) -> int:
    """Say how far a finding is from a cause that was seen: a value that nobody knows, or a guess at AWS's answer."""
    if isinstance(chief, GapFact) and chief.kind is DoubtKind.KEY:
        return 1
    return 2 if any(field == "computed" for pattern in rule.when for field, _ in pattern.fields) else 0


def _place(chief: Fact) -> int:
    """Rank by AWS's order: what is checked before any policy, then the layers as they are enforced."""
    if isinstance(chief, GateFact):
        return list(Gate).index(chief.gate)
    layer = chief.subject.layer
    order = LIKELIEST_LAYERS if isinstance(chief, GapFact) else tuple(Layer)
    return len(Gate) + (order.index(layer) if layer else len(Layer))


def _is_behind(blocker: Blocker, layer: Layer, cause: Chosen) -> bool:
    return blocker.layer is layer and blocker.action in cause.actions


def _alone_in(trace: LayerTrace, chief: Fact) -> bool:
    """Say whether nothing else in its layer keeps the request from passing."""
    failing = [level for level in trace.levels if level.some_deny is not NO or level.some_allow is not YES]
    if trace.needed is YES and len(failing) > 1:
        return False
    denies = sum(
        statement.effect is Effect.DENY and statement.verdict is not NO
        for level in trace.levels
        for statement in level.statements
    )
    statement = chief.subject.statement
    if statement is not None and statement.effect is Effect.DENY:
        return denies == 1 and all(level.some_allow is YES for level in trace.levels if trace.needed is YES)
    return denies == 0 and (not isinstance(chief, Compared) or chief.alone is True)
