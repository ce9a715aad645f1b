"""What still stands in the way after an edit, in words."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Proof, Remedy
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import (
    Action,
    Blocker,
    BrokenStatement,
    Comparison,
    Decision,
    Doubt,
    Effect,
    Element,
    ElementTrace,
    Gate,
    Layer,
    LayerTrace,
    LevelTrace,
    StatementTrace,
)
from diagnose.model.trace_words import asked_words, got_words, offered_words, subject_words, wanted_words
from diagnose.model.tri import NO, YES
from diagnose.model.words import GATE_WORDS, LAYER_WORDS

_ONE_POLICY = (Layer.TRUST, Layer.BOUNDARY, Layer.ENDPOINT)

NOT_RULED_OUT = "not ruled out: "
"""How what was not read, and may yet block, is told apart from what blocks."""


def enough(remedy: Remedy) -> bool:
    """Say whether nothing that is known stands in the way after a remedy. What was not read may yet do so."""
    if remedy.proof is Proof.CLEARS:
        return all(each.startswith(NOT_RULED_OUT) for each in remedy.remaining)
    return remedy.proof is Proof.ALLOWED


def remaining(after: Decision) -> tuple[str, ...]:
    """Name what blocks the edited case, and what could not be ruled out; nothing where it is allowed."""
    if after.verdict is YES:
        return ()
    told = [*(_blocked(blocker, after) for blocker in after.blockers), *_not_ruled_out(after)]
    return tuple(dict.fromkeys(told)) or (f"{NOT_RULED_OUT}something that could not be told",)


def unmet(statement: StatementTrace) -> tuple[ElementTrace, ...]:
    """Give the elements of a statement that keep it from applying, or may."""
    return tuple(element for element in statement.elements if element.verdict is not YES)


def nearest_allow(layer: LayerTrace) -> StatementTrace | None:
    """Find the Allow statement from which only conditions keep the request, and the fewest of them."""
    candidates = [
        statement
        for level in layer.levels
        for statement in level.statements
        if statement.effect is Effect.ALLOW
        and (missing := unmet(statement))
        and all(element.element is Element.CONDITION for element in missing)
    ]
    return min(candidates, key=lambda statement: len(unmet(statement)), default=None)


def trace_of(decision: Decision, blocker: Blocker) -> LayerTrace | None:
    """Find the layer that a blocker is about."""
    return next(
        (
            layer
            for decided in decision.actions
            if decided.action is blocker.action
            for layer in decided.layers
            if layer.layer is blocker.layer
        ),
        None,
    )


def _blocked(blocker: Blocker, after: Decision) -> str:
    if blocker.gate is not None:
        trace = next((gate for gate in after.gates if gate.gate is blocker.gate and gate.verdict is NO), None)
        told = (
            f", wanted: `{asked_words(trace)}`, got: `{offered_words(trace)}`" if trace and asked_words(trace) else ""
        )
        return f"{GATE_WORDS[blocker.gate].refused} is refused{told}"
    layer = trace_of(after, blocker)
    action = blocker.action or Action.ASSUME_ROLE
    if layer is None:
        return f"`{action}` is refused"
    words = LAYER_WORDS[layer.layer].policy
    if blocker.explicit:
        denying = [_statement_words(statement) for level in layer.levels for statement in _denying(level)]
        return f"an explicit Deny of `{action}` in the {words} {' and '.join(denying)}".rstrip()
    near = nearest_allow(layer)
    if near is not None:
        wants = " and ".join(_condition_words(element) for element in unmet(near))
        return f"the {words} {_statement_words(near)} allows `{action}` only where {wants}"
    lacking = [f"`{level.name}`" for level in layer.levels if level.name and level.some_allow is NO]
    if layer.layer in _ONE_POLICY:
        return f"the {words} does not allow `{action}`"
    where = f" at {' and '.join(lacking)}" if lacking else ""
    return f"no {words} allows `{action}`{where}"


def _denying(level: LevelTrace) -> Iterator[StatementTrace]:
    return (statement for statement in level.statements if statement.effect is Effect.DENY and statement.verdict is YES)


def _statement_words(statement: StatementTrace) -> str:
    name = f"statement `{statement.sid}`" if statement.sid else f"statement {statement.index + 1}"
    return f"`{statement.policy.name}` ({name})"


def _condition_words(element: ElementTrace) -> str:
    words = got_words(element.got)
    got = f"it is `{words}`" if words else "there is none"
    return f"`{element.key}` {element.operator} `{wanted_words(element)}` ({got})"


def _not_ruled_out(after: Decision) -> Iterator[str]:
    for doubt in after.doubts:
        if doubt.matters is not NO:
            yield f"{NOT_RULED_OUT}{_doubt_words(doubt)}"


def _doubt_words(doubt: Doubt) -> str:
    match doubt.about:
        case ConditionKey(name=name):
            return f"a condition on `{name}`, whose value is not known"
        case Layer():
            return f"the {LAYER_WORDS[doubt.about].policy}, which was not read, or not wholly"
        case Gate():
            return f"{GATE_WORDS[doubt.about].refused}, which could not be checked"
        case Action():
            return f"that the session hands something on, for which `{doubt.about}` is needed as well"
        case Comparison() | BrokenStatement():
            return f"{subject_words(doubt)}, which nobody can tell"
        case _:
            assert_never(doubt.about)
