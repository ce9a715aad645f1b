"""Whether an edit has done away with the very thing that a finding is about."""

from diagnose.model.trace import (
    Action,
    Decision,
    Effect,
    GateTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.model.tri import NO, YES
from diagnose.remedy.places import same


def cleared(subject: Subject, before: Decision, after: Decision) -> bool:
    """Compare two decisions, of the case and of the edited case, at the place that a finding is about."""
    if subject.gate is not None:
        return _gate_cleared(subject.gate, after)
    if subject.layer is None:
        return set(after.blockers) < set(before.blockers) or after.verdict > before.verdict
    was, now = (_layer(decision, subject.action, subject.layer) for decision in (before, after))
    if was is None or now is None:
        # The action itself is no longer asked for: tags or a source identity are left out.
        return was is not None and _was_open(before, subject.action, was)
    if subject.statement is not None and subject.statement.effect is Effect.DENY:
        return _deny_lifted(subject.statement, was, now)
    if subject.level:
        return _level_cleared(subject.level, was, now)
    if not _was_open(before, subject.action, was):
        return False
    return _passes(after, subject.action, was, now) or _comes_nearer(subject, now)


def _gate_cleared(gate: GateTrace, after: Decision) -> bool:
    """Say whether a requirement is met: for tags the one tag's, for syntax the one parameter's."""
    closed = [other for other in after.gates if (other.gate, other.reason) == (gate.gate, gate.reason)]
    match gate.reason:
        case Reason.TAG_INHERITED | Reason.DUPLICATE_TAG:
            return not any(other.got == gate.got for other in closed)
        case Reason.BAD_SYNTAX:
            return not any(other.requirement == gate.requirement for other in closed)
    return not closed


def _layer(decision: Decision, action: Action, layer: Layer) -> LayerTrace | None:
    return next(
        (
            trace
            for decided in decision.actions
            if decided.action is action
            for trace in decided.layers
            if trace.layer is layer
        ),
        None,
    )


def _was_open(before: Decision, action: Action, was: LayerTrace) -> bool:
    """Say whether there was anything to clear: a blocker, or a doubt."""
    return _blocks(before, action, was.layer) or (was.verdict is not YES and was.needed is not NO)


def _blocks(decision: Decision, action: Action, layer: Layer) -> bool:
    return any(blocker.action is action and blocker.layer is layer for blocker in decision.blockers)


def _passes(after: Decision, action: Action, was: LayerTrace, now: LayerTrace) -> bool:
    """Say whether the layer no longer blocks: it lets the request pass, or is no longer needed to."""
    if _blocks(after, action, now.layer):
        return False
    if now.verdict is YES or now.needed is NO:
        return True
    if was.verdict is NO:
        return now.verdict is not NO
    return any(_rises(old, new) for old, new in zip(was.levels, now.levels, strict=False))


def _rises(old: LevelTrace, new: LevelTrace) -> bool:
    return new.some_allow > old.some_allow or new.some_deny < old.some_deny


def _level_cleared(name: str, was: LayerTrace, now: LayerTrace) -> bool:
    """Say whether one level of the organization has come to allow the request."""
    old, new = (next((level for level in layer.levels if level.name == name), None) for layer in (was, now))
    if old is None or new is None or new.some_deny is YES:
        return False
    return new.some_allow is YES and (old.some_allow is not YES or old.some_deny > new.some_deny)


def _deny_lifted(statement: StatementTrace, was: LayerTrace, now: LayerTrace) -> bool:
    """Say whether the Deny no longer applies, and no other statement of its policy denies in its stead."""
    old, new = (_denying(statement, layer) for layer in (was, now))
    return statement.index in old and new < old and statement.index not in new


def _denying(statement: StatementTrace, layer: LayerTrace) -> set[int]:
    return {
        other.index
        for level in layer.levels
        for other in level.statements
        if other.effect is Effect.DENY and other.verdict is not NO and same(other.policy, statement.policy)
    }


def _comes_nearer(subject: Subject, now: LayerTrace) -> bool:
    """Say whether an Allow that fell short now lacks less, and nothing but conditions.

    Several conditions of one statement are mended one by one, each with its own remedy; whom and what the
    statement allows must be right by then.
    """
    near = now.nearest_allow
    if near is None or subject.statement is None or subject.element is None:
        return False
    lacked = {(element.element, element.key.lower()) for element in subject.statement.unmet}
    lacks = {(element.element, element.key.lower()) for element in near.unmet}
    return lacks < lacked
