"""The layers and gates as a checklist: what passes, what blocks, what cannot be told, what is not there."""

from typing import assert_never

from diagnose.model.evidence import Unread
from diagnose.model.trace import COMPANIONS, ActionDecision, Decision, GateTrace, LayerTrace, LevelTrace
from diagnose.model.trace_words import asked_words, offered_words
from diagnose.model.tri import Tri
from diagnose.model.words import GAP_WORDS, LAYER_WORDS, SESSION_PROPERTIES
from diagnose.report.blocks import Block, Check, Checklist, Paragraph, Section, Sign
from diagnose.report.safe_text import in_backticks


def layers(decision: Decision) -> tuple[Section, ...]:
    """Give the checklist of the operation, and of another action where it comes out otherwise, and failing gates."""
    listed: list[tuple[Check, ...]] = []
    sections = []
    for decided in decision.actions:
        checks = tuple(layer_check(layer) for layer in decided.layers)
        if decided.action not in COMPANIONS or checks not in listed:
            listed.append(checks)
            sections.append(Section(f"Policy layers for {decided.action}", (*_need(decided), *_action(checks))))
    failing = [gate for gate in decision.gates if gate.verdict is not Tri.YES]
    if failing:
        sections.append(Section("Besides the policies", (Checklist(tuple(gate_check(gate) for gate in failing)),)))
    return tuple(sections)


def layer_check(layer: LayerTrace) -> Check:
    """Say in a few words what a layer answers."""
    name = LAYER_WORDS[layer.layer].policies
    why = f": {layer.why}" if layer.why else ""
    if not layer.applies:
        return Check(name, Sign.NONE, layer.why or LAYER_WORDS[layer.layer].none)
    match layer.verdict:
        case Tri.YES:
            superfluous = " (not required)" if layer.needed is Tri.NO else ""
            return Check(name, Sign.PASSES, f"allowed{superfluous}{why}")
        case Tri.NO:
            return Check(name, *_denied(layer, why))
        case Tri.UNKNOWN:
            return Check(name, Sign.UNKNOWN, f"{_unknown(layer)}{why}")
        case _:
            assert_never(layer.verdict)


def gate_check(gate: GateTrace) -> Check:
    """Say what a gate asks and what it got."""
    sides = [f"{word} {text}" for word, text in (("wanted", asked_words(gate)), ("got", offered_words(gate))) if text]
    sign = {Tri.YES: Sign.PASSES, Tri.UNKNOWN: Sign.UNKNOWN, Tri.NO: Sign.BLOCKS}[gate.verdict]
    reason = gate.reason.replace("_", " ")
    return Check(gate.gate, sign, f"{reason}: {', '.join(sides)}" if sides else reason)


def _need(decided: ActionDecision) -> tuple[Block, ...]:
    if decided.needed is Tri.YES:
        return ()
    of_session = SESSION_PROPERTIES[decided.action]
    return (Paragraph(f"Needed only if the caller's session has {of_session}, which is not known."),)


def _action(checks: tuple[Check, ...]) -> tuple[Block, ...]:
    signs = [one.sign for one in checks]
    stands, unknown = signs.count(Sign.BLOCKS), signs.count(Sign.UNKNOWN)
    total = len(checks)
    verb = "blocks" if stands == 1 else "block"
    count = f"{stands} of {total} layers {verb} the request" if stands else f"None of {total} layers blocks the request"
    doubt = f"; {unknown} {'is' if unknown == 1 else 'are'} unknown" if unknown else ""
    return Paragraph(f"{count}{doubt}."), Checklist(checks)


def _denied(layer: LayerTrace, why: str) -> tuple[Sign, str]:
    """Say how a layer denies. Without a Deny it stands in the way only where its Allow is needed."""
    if layer.explicit is Tri.YES or layer.needed is Tri.YES:
        return Sign.BLOCKS, f"denied{_how(layer)}{_where(layer)}{why}"
    if layer.needed is Tri.NO and layer.explicit is Tri.NO:
        return Sign.NONE, f"not required{why}"
    return Sign.UNKNOWN, f"no Allow; whether one is required is not known{why}"


def _how(layer: LayerTrace) -> str:
    match layer.explicit:
        case Tri.YES:
            return " (explicit Deny)"
        case Tri.NO:
            return " (no Allow)"
        case Tri.UNKNOWN:
            return " (explicit Deny or no Allow)"
        case _:
            assert_never(layer.explicit)


def _where(layer: LayerTrace) -> str:
    """Name the levels of an organization that deny."""
    names = [in_backticks(level.name) for level in layer.levels if level.name and _denies(level)]
    return f" at {', '.join(names)}" if names else ""


def _denies(level: LevelTrace) -> bool:
    return level.some_allow is Tri.NO or level.some_deny is Tri.YES


def _unknown(layer: LayerTrace) -> str:
    """Say why nobody can tell: nothing was read, not all was, or the request itself is not known well enough."""
    unread: list[Unread] = [one for level in layer.levels for one in level.unread]
    read = any(level.statements for level in layer.levels)
    if unread and not read:
        return GAP_WORDS[unread[0].gap]
    if unread:
        return f"read in part; the rest: {GAP_WORDS[unread[0].gap]}"
    return "depends on request values that are not known" if read else "not known"
