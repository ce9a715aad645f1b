"""What still stands in the way after a fix, in words."""

from collections.abc import Iterable
from typing import assert_never

from diagnose.model.diagnosis import RemainingBlocker, Remedy, StatementPlace
from diagnose.model.trace import Action, Doubt, DoubtKind, ElementTrace, Gate, GateTrace, Layer
from diagnose.remedy.places import LAYER_WORDS

_GATE_WORDS = {
    Gate.PARAMETERS: "a parameter of the request",
    Gate.CALLER: "the kind of caller",
    Gate.PARTITION: "the partition",
    Gate.ROLE: "the role that is asked for",
    Gate.CONSOLE: "the way the console makes the request",
    Gate.DURATION: "the duration that is asked for",
}
_ONE_POLICY = (Layer.TRUST, Layer.BOUNDARY, Layer.ENDPOINT)


def remaining_words(remedy: Remedy) -> tuple[str, ...]:
    """Name all that remains, one by one: what blocks, then what is not ruled out, which says so of itself."""
    return (*blocking(remedy), *(f"not ruled out: {words}" for words in _each(map(_open, _doubts(remedy)))))


def blocking(remedy: Remedy) -> tuple[str, ...]:
    """Name what certainly blocks after a fix."""
    return _each(_blocks(one) for one in remedy.remaining if isinstance(one, RemainingBlocker))


def not_ruled_out(remedy: Remedy) -> str:
    """Name what may yet block after a fix. Of several layers that were not read, that is said once."""
    doubts = _doubts(remedy)
    unread = _each(_layer(doubt) for doubt in doubts if doubt.kind is DoubtKind.LAYER)
    if len(unread) < 2:
        return "; ".join(_each(map(_open, doubts)))
    others = _each(_open(doubt) for doubt in doubts if doubt.kind is not DoubtKind.LAYER)
    layers = f"{', '.join(unread[:-1])} and {unread[-1]}, which were not read, or not wholly"
    return "; ".join((*others, layers))


def _doubts(remedy: Remedy) -> list[Doubt]:
    return [one for one in remedy.remaining if isinstance(one, Doubt)]


def _each(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _blocks(remaining: RemainingBlocker) -> str:
    blocker = remaining.blocker
    action = blocker.action or Action.ASSUME_ROLE
    if blocker.gate is not None:
        return f"{_GATE_WORDS[blocker.gate]} is refused{_both_sides(remaining.gate)}"
    if blocker.layer is None:
        return f"`{action}` is refused"
    words = LAYER_WORDS[blocker.layer]
    statements = " and ".join(_statement(place) for place in remaining.statements)
    if blocker.explicit:
        return f"an explicit Deny of `{action}` in the {words} {statements}".rstrip()
    if remaining.conditions:
        wants = " and ".join(_condition(element) for element in remaining.conditions)
        return f"the {words} {statements} allows `{action}` only where {wants}"
    if blocker.layer in _ONE_POLICY:
        return f"the {words} does not allow `{action}`"
    levels = " and ".join(f"`{level}`" for level in remaining.levels)
    return f"no {words} allows `{action}`{f' at {levels}' if levels else ''}"


def _both_sides(gate: GateTrace | None) -> str:
    return f", wanted: `{gate.wanted}`, got: `{gate.got}`" if gate and gate.wanted else ""


def _statement(place: StatementPlace) -> str:
    name = f"statement `{place.sid}`" if place.sid else f"statement {place.index + 1}"
    return f"`{place.policy}` ({name})"


def _condition(element: ElementTrace) -> str:
    got = f"it is `{element.got}`" if element.got else "there is none"
    return f"`{element.key}` {element.operator} `{element.wanted}` ({got})"


def _open(doubt: Doubt) -> str:
    match doubt.kind:
        case DoubtKind.KEY:
            return f"a condition on `{doubt.subject}`, whose value is not known"
        case DoubtKind.LAYER:
            return f"{_layer(doubt)}, which was not read, or not wholly"
        case DoubtKind.GATE:
            return f"{_GATE_WORDS[Gate(doubt.subject)]}, which could not be checked"
        case DoubtKind.COMPARISON:
            return f"{doubt.subject}, which nobody can tell"
        case DoubtKind.ACTION:
            return f"that the session hands something on, for which `{doubt.subject}` is needed as well"
        case _:
            assert_never(doubt.kind)


def _layer(doubt: Doubt) -> str:
    return f"the {LAYER_WORDS[Layer(doubt.subject)]}"
