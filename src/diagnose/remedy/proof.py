"""The proof of a draft: the edited case is decided again, and nobody else gains by it."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof, RemainingBlocker, StatementPlace
from diagnose.model.trace import (
    Action,
    Blocker,
    Decision,
    Doubt,
    Effect,
    GateTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.model.tri import NO, YES, Tri
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.case_edit import same
from diagnose.remedy.change import Draft, NewRole, PolicyChange
from diagnose.remedy.names import OWN_LAYERS
from diagnose.remedy.outsiders import admits_nobody_else, opens_no_other_role
from diagnose.remedy.unfilled import writes_placeholder


def remaining(after: Decision) -> tuple[RemainingBlocker | Doubt, ...]:
    """Give what blocks the edited case, then the doubts that may matter; nothing where it is allowed."""
    if after.verdict is YES:
        return ()
    doubts = (doubt for doubt in after.doubts if doubt.matters is not NO)
    return tuple(dict.fromkeys([*(_explained(blocker, after) for blocker in after.blockers), *doubts]))


class Proven(Struct, frozen=True):
    """What a proof has shown. `decision` is that on the edited case; None where nothing was decided."""

    proof: Proof
    remaining: tuple[RemainingBlocker | Doubt, ...] = ()
    admits_nobody_else: Tri | None = None
    decision: Decision | None = None


def prove(
    draft: Draft, subject: Subject, case: Case, decision: Decision, bounds: Bounds | None = None
) -> Proven | NotProved:
    """Prove that a draft fixes what it claims to, and nothing more.

    What was not read stays unknown: it is listed among what remains, and is not a reason to refuse.
    """
    if writes_placeholder(draft.change):
        return NotProved.PLACEHOLDER
    if draft.case is None:
        return Proven(Proof.NOT_TRIED)
    if decision.verdict is YES:
        return NotProved.ALLOWED_ALREADY
    bounds = bounds or Bounds(case)
    if bounds.reached:
        return NotProved.TOO_MANY
    if bounds.ends_with_decision and _edits_deny(draft, subject, decision):
        return NotProved.TOO_MANY if _lifts_deny(draft.case, subject, decision, bounds) else NotProved.CHANGES_NOTHING
    after = bounds.decision(draft.case)
    if not cleared(subject, decision, after):
        return NotProved.CHANGES_NOTHING
    if _closed(after) - _closed(decision):
        return NotProved.BREAKS_SOMETHING_ELSE
    admits = _gains(draft, draft.case, subject, case, bounds)
    if isinstance(admits, NotProved):
        return admits
    proof = Proof.ALLOWED if after.verdict is YES else Proof.CLEARS
    return Proven(proof, remaining(after), admits, after)


def cleared(subject: Subject, before: Decision, after: Decision) -> bool:
    """Compare two decisions, of the case and of the edited case, at the place that a finding is about."""
    if subject.gate is not None:
        return _gate_cleared(subject.gate, after)
    if subject.layer is None:
        return set(after.blockers) < set(before.blockers) or after.verdict > before.verdict
    was, now = (_layer_trace(decision, subject.action, subject.layer) for decision in (before, after))
    if was is None or now is None:
        # The action itself is no longer asked for: tags or a source identity are left out.
        return was is not None and _was_open(before, subject.action, was)
    if subject.statement is not None and subject.statement.effect is Effect.DENY:
        return _deny_lifted(subject.statement, _statements(was), _statements(now))
    if subject.level:
        return _level_cleared(subject.level, was, now)
    if not _was_open(before, subject.action, was):
        return False
    return _passes(after, subject.action, was, now) or _comes_nearer(subject, now)


def _edits_deny(draft: Draft, subject: Subject, decision: Decision) -> bool:
    """Say whether a draft edits the policy of the Deny that a finding is about, so that it is asked who gains by it.

    Nothing but the policy changes, and so no gate, unless it is one that depends on what another identity may do.
    """
    statement, layer = subject.statement, _edited_layer(draft)
    return (
        statement is not None
        and statement.effect is Effect.DENY
        and layer is not None
        and layer is subject.layer
        and not draft.widens
        and isinstance(draft.change, PolicyChange)
        and not any(gate.reason is Reason.SECOND_SWITCH for gate in decision.gates)
    )


def _lifts_deny(edited: Case, subject: Subject, before: Decision, bounds: Bounds) -> bool:
    """Say whether a Deny no longer applies, where there is no room to find out what else an edit comes to."""
    statement, layer = subject.statement, subject.layer
    assert statement is not None
    assert layer is not None
    was = _layer_trace(before, subject.action, layer)
    now = [trace for action, trace in bounds.last_traces(edited, layer) if action is subject.action]
    return was is not None and _deny_lifted(statement, _statements(was), now)


def _closed(decision: Decision) -> set[tuple[object, ...]]:
    """Name the requirements that are not met; an edit may bring up a new layer, but not a new mistake."""
    return {gate.requirement for gate in decision.gates if gate.verdict is NO}


def _gains(draft: Draft, edited: Case, subject: Subject, case: Case, bounds: Bounds) -> Tri | NotProved | None:
    """Say whether nobody gains by the edit but the source, and it gains no role but the destination.

    This is asked of trust policies, endpoints and Deny statements, else it is None: an Allow in the source's own
    policies may not open another role, but it cannot allow anybody else. Nor is it asked where the draft says itself
    who gains.
    """
    layer = _edited_layer(draft)
    if layer is None or draft.widens:
        return None
    narrows_deny = subject.statement is not None and subject.statement.effect is Effect.DENY
    if layer in OWN_LAYERS or (layer in (Layer.SCP, Layer.ENDPOINT) and not narrows_deny):
        roles = opens_no_other_role(case, edited, layer, bounds, deny=narrows_deny)
        if roles is None:
            return NotProved.TOO_MANY
        if roles is NO:
            return NotProved.OPENS_OTHER_ROLES
        if layer is not Layer.ENDPOINT:
            return roles if narrows_deny else None
    admits = admits_nobody_else(case, edited, layer, bounds, deny=narrows_deny, sessions=draft.narrower is not None)
    if admits is None:
        return NotProved.TOO_MANY
    return NotProved.LETS_IN_OTHERS if admits is NO else admits


def _edited_layer(draft: Draft) -> Layer | None:
    match draft.change:
        case PolicyChange(layer=layer):
            return layer
        case NewRole():
            return Layer.TRUST
    return None


def _gate_cleared(gate: GateTrace, after: Decision) -> bool:
    """Say whether a requirement is met: for tags the one tag's, for syntax the one parameter's."""
    closed = [other for other in after.gates if (other.gate, other.reason) == (gate.gate, gate.reason)]
    match gate.reason:
        case Reason.TAG_INHERITED | Reason.DUPLICATE_TAG:
            return not any(other.got == gate.got for other in closed)
        case Reason.BAD_SYNTAX:
            return not any(other.requirement == gate.requirement for other in closed)
    return not closed


def _layer_trace(decision: Decision, action: Action, layer: Layer) -> LayerTrace | None:
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


def _deny_lifted(statement: StatementTrace, was: Iterable[StatementTrace], now: Iterable[StatementTrace]) -> bool:
    """Say whether the Deny no longer applies, and no other statement of its policy denies in its stead."""
    old, new = (_denying_statements(statement, statements) for statements in (was, now))
    return statement.index in old and new < old and statement.index not in new


def _denying_statements(statement: StatementTrace, statements: Iterable[StatementTrace]) -> set[int]:
    return {
        other.index
        for other in statements
        if other.effect is Effect.DENY and other.verdict is not NO and same(other.policy, statement.policy)
    }


def _statements(layer: LayerTrace) -> Iterator[StatementTrace]:
    return (statement for level in layer.levels for statement in level.statements)


def _comes_nearer(subject: Subject, now: LayerTrace) -> bool:
    """Say whether an Allow that fell short now lacks less, and nothing but conditions.

    Several conditions of one statement are fixed one by one, each with its own remedy; the statement must already
    allow the right caller and role.
    """
    near = now.nearest_allow
    if near is None or subject.statement is None or subject.element is None:
        return False
    lacked = {(element.element, element.key.lower()) for element in subject.statement.unmet}
    lacks = {(element.element, element.key.lower()) for element in near.unmet}
    return lacks < lacked


def _explained(blocker: Blocker, after: Decision) -> RemainingBlocker:
    if blocker.gate is not None:
        closed = (gate for gate in after.gates if gate.gate is blocker.gate and gate.verdict is NO)
        return RemainingBlocker(blocker, gate=next(closed, None))
    layer = after.layer_of(blocker)
    if layer is None:
        return RemainingBlocker(blocker)
    if blocker.explicit:
        return RemainingBlocker(blocker, statements=tuple(_place(statement) for statement in _denying(layer)))
    near = layer.nearest_allow
    if near is not None:
        return RemainingBlocker(blocker, statements=(_place(near),), conditions=near.unmet)
    levels = tuple(level.name for level in layer.levels if level.name and level.some_allow is NO)
    return RemainingBlocker(blocker, levels=levels)


def _denying(layer: LayerTrace) -> Iterator[StatementTrace]:
    return (
        statement
        for level in layer.levels
        for statement in level.statements
        if statement.effect is Effect.DENY and statement.verdict is YES
    )


def _place(statement: StatementTrace) -> StatementPlace:
    return StatementPlace(statement.policy.name, statement.index, statement.sid)
