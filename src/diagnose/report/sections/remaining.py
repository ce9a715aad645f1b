"""What still stands in the way after a fix, in words."""

from collections.abc import Iterable
from typing import assert_never

from diagnose.model.diagnosis import RemainingBlocker, Remedy, StatementPlace
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import Action, BrokenStatement, Comparison, Doubt, ElementTrace, Gate, Layer
from diagnose.model.trace_words import got_words, subject_words, wanted_words
from diagnose.model.words import GATE_WORDS, LAYER_WORDS, SESSION_PROPERTIES
from diagnose.report.enough import first_of_many
from diagnose.report.sections.gate_answers import gate_answer

_ONE_POLICY = (Layer.TRUST, Layer.BOUNDARY, Layer.ENDPOINT)


def remaining_words(remedy: Remedy) -> tuple[str, ...]:
    """Name all that remains, one by one: what blocks, then what is not ruled out, which says so of itself."""
    return (
        *blocking(remedy),
        *first_of_many(f"not ruled out: {words}" for words in _distinct(map(_open, _doubts(remedy)))),
    )


def blocking(remedy: Remedy) -> tuple[str, ...]:
    """Name what certainly blocks after a fix."""
    return first_of_many(_distinct(_blocks(one) for one in remedy.remaining if isinstance(one, RemainingBlocker)))


def not_ruled_out(remedy: Remedy, *, in_short: bool = False) -> str:
    """Name what may yet block after a fix: "the session policy and the VPC endpoint policy (not read)".

    In short many layers are counted, for the checklist has them all, and what is not known is one list.
    """
    doubts = _doubts(remedy)
    layers = _distinct(_layer(doubt.about) for doubt in doubts if isinstance(doubt.about, Layer))
    of_session = _distinct(SESSION_PROPERTIES[doubt.about] for doubt in doubts if isinstance(doubt.about, Action))
    if in_short and len(layers) > _MOST_NAMED:
        layers, of_session = (f"the {len(layers)} kinds of policy marked ? below",), ()
    others = _distinct(_open(doubt) for doubt in doubts if not isinstance(doubt.about, Layer | Action))
    keys = _distinct(
        f"the condition on `{doubt.about.name}`" for doubt in doubts if isinstance(doubt.about, ConditionKey)
    )
    if in_short and keys and len(keys) == len(others):
        marked = ("what is marked ? below",) if layers else ()
        return f"{_listed((*first_of_many(keys), *marked, *of_session))} (not known)"
    return "; ".join(
        (
            *first_of_many(others),
            *([f"{_listed(layers)} (not read)"] if layers else []),
            *([f"{_listed(of_session)} of the caller's session (not known)"] if of_session else []),
        )
    )


_MOST_NAMED = 2
"""Layers that a sentence of the first screen names."""


def _listed(words: tuple[str, ...]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _doubts(remedy: Remedy) -> list[Doubt]:
    return [one for one in remedy.remaining if isinstance(one, Doubt)]


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _blocks(remaining: RemainingBlocker) -> str:
    blocker = remaining.blocker
    action = blocker.action or Action.ASSUME_ROLE
    if blocker.gate is not None:
        why = f": {gate_answer(remaining.gate)}" if remaining.gate is not None else ""
        return f"{GATE_WORDS[blocker.gate].refused} is refused{why}"
    if blocker.layer is None:
        return f"`{action}` is refused"
    words = LAYER_WORDS[blocker.layer].policy
    statements = " and ".join(first_of_many(_statement(place) for place in remaining.statements))
    if blocker.explicit:
        return f"an explicit Deny of `{action}` in the {words} {statements}".rstrip()
    if remaining.conditions:
        wants = " and ".join(first_of_many(_condition(element) for element in remaining.conditions))
        return f"the {words} {statements} allows `{action}` only where {wants}"
    if blocker.layer in _ONE_POLICY:
        return f"the {words} does not allow `{action}`"
    levels = " and ".join(first_of_many(f"`{level}`" for level in remaining.levels))
    return f"no {words} allows `{action}`{f' at {levels}' if levels else ''}"


def _statement(place: StatementPlace) -> str:
    name = f"statement `{place.sid}`" if place.sid else f"statement {place.index + 1}"
    return f"`{place.policy}` ({name})"


def _condition(element: ElementTrace) -> str:
    words = got_words(element.got)
    settled = isinstance(element.got, str) or element.got.known is not None
    got = (f"it is `{words}`" if settled else f"it is {words}") if words else "there is none"
    return f"`{element.key}` {element.operator} `{wanted_words(element)}` ({got})"


def _open(doubt: Doubt) -> str:
    match doubt.about:
        case ConditionKey(name=name):
            return f"a condition on `{name}`, whose value is not known"
        case Layer():
            return f"{_layer(doubt.about)}, which was not read, or only in part"
        case Gate():
            return f"{GATE_WORDS[doubt.about].refused}, which could not be checked"
        case Action():
            return f"{SESSION_PROPERTIES[doubt.about]} of the caller's session, for which `{doubt.about}` is needed"
        case Comparison() | BrokenStatement():
            return f"{subject_words(doubt)}, which is not known"
        case _:
            assert_never(doubt.about)


def _layer(layer: Layer) -> str:
    return f"the {LAYER_WORDS[layer].policy}"
