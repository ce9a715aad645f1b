"""In which order causes are told.

Certain before possible; what alone would turn the answer before what only helps; whom a statement is for before what
it asks of them; specific before general; what the request can change before what needs somebody else's policy, where
both are as likely. What whoever runs xdiag could not read comes after what is certain. A value that nobody knows comes
after the condition that asks for it, and a guess at why AWS refuses what was computed allowed after everything.
"""

from collections.abc import Iterable

from diagnose.causes.choose import Chosen
from diagnose.causes.facts import Compared, ConditionFact, Fact, GapFact, GateFact
from diagnose.causes.rule import Rule
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import LIKELIEST_LAYERS, Blocker, Decision, DoubtKind, Effect, Gate, Layer, LayerTrace
from diagnose.model.tri import NO, YES


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
