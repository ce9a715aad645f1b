"""What still stands in the way after an edit."""

from collections.abc import Iterator

from diagnose.model.diagnosis import RemainingBlocker, StatementPlace
from diagnose.model.trace import (
    Blocker,
    Decision,
    Doubt,
    Effect,
    LayerTrace,
    StatementTrace,
)
from diagnose.model.tri import NO, YES


def remaining(after: Decision) -> tuple[RemainingBlocker | Doubt, ...]:
    """Give what blocks the edited case, then the doubts that may matter; nothing where it is allowed."""
    if after.verdict is YES:
        return ()
    doubts = (doubt for doubt in after.doubts if doubt.matters is not NO)
    return tuple(dict.fromkeys([*(_explained(blocker, after) for blocker in after.blockers), *doubts]))


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
