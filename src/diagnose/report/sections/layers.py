"""The layers and gates as a checklist: what passes, what blocks, what cannot be told, what is not there."""

from collections import Counter
from typing import assert_never

from msgspec.structs import replace

from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis
from diagnose.model.evidence import Unread
from diagnose.model.trace import COMPANIONS, ActionDecision, Decision, Gate, GateTrace, Layer, LayerTrace, LevelTrace
from diagnose.model.tri import Tri
from diagnose.model.words import GAP_WORDS, GATE_WORDS, LAYER_WORDS, SESSION_PROPERTIES
from diagnose.report.blocks import Block, Check, Checklist, Paragraph, Section, Sign
from diagnose.report.enough import MOST_LISTED, and_more, first_of_many
from diagnose.report.layout import Tone
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.gate_answers import gate_answer
from diagnose.report.sections.headline import dest_account, iam_name, source_account


def layers(diagnosis: Diagnosis, *, full: bool) -> tuple[Section, ...]:
    """Give the checklist of the operation, and of another action where it comes out otherwise and is sure to matter.

    What blocks comes first. Where that is another action, of the operation's own only the count is given.
    """
    decision, case = diagnosis.decision, diagnosis.case
    listed: list[tuple[Check, ...]] = []
    sections: list[tuple[bool, Section]] = []
    for decided in decision.actions:
        checks = tuple(_introduced(layer, case) for layer in decided.layers)
        if decided.action not in COMPANIONS:
            listed.append(checks)
            all_of_it = (*(_gates(decision) if len(listed) == 1 else ()), *checks)
            blocks = _counted(_as_far_as_aws_looks(all_of_it, decision), diagnosis)
        elif checks not in listed and (full or decided.needed is Tri.YES):
            listed.append(checks)
            blocks = (*_need(decided), *_counted(checks, diagnosis))
        else:
            continue
        sections.append((_blocks_by_itself(decided), Section(f"What was checked for {decided.action}", blocks)))
    if not sections and decision.gates:
        return (Section("What was checked", _counted(_gates(decision), diagnosis)),)
    by_gate = any(gate.verdict is Tri.NO for gate in decision.gates)
    another_blocks = not by_gate and any(blocks for blocks, _ in sections)
    if another_blocks and not sections[0][0] and not full:
        passing = sections[0][1]
        sections[0] = (False, replace(passing, blocks=passing.blocks[:1]))
    return tuple(section for _, section in sorted(sections, key=lambda one: another_blocks and not one[0]))


def all_checks(diagnosis: Diagnosis) -> tuple[Check, ...]:
    """Give every check of the operation: what is required besides the policies, then the layers."""
    decided = [one for one in diagnosis.decision.actions if one.action not in COMPANIONS]
    checks = [layer_check(layer) for one in decided for layer in one.layers]
    return (*_gates(diagnosis.decision), *checks)


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
    name = GATE_WORDS[gate.gate].name
    if gate.verdict is Tri.YES:
        return Check(name, Sign.PASSES, "")
    sign = Sign.UNKNOWN if gate.verdict is Tri.UNKNOWN else Sign.BLOCKS
    return Check(name, sign, gate_answer(gate))


def _gates(decision: Decision) -> tuple[Check, ...]:
    """Give the gates, those that are passed by name alone."""
    return tuple(dict.fromkeys(gate_check(gate) for gate in decision.gates))


def _introduced(layer: LayerTrace, case: Case) -> Check:
    """Say what a layer is and whose, where it does not simply pass."""
    check = layer_check(layer)
    words = LAYER_WORDS[layer.layer]
    source, destination = (iam_name(account(case) or "unknown") for account in (source_account, dest_account))
    whose = words.whose.format(source=source, destination=destination)
    return replace(check, about=words.about.format(source=source, destination=destination), whose=whose)


def _blocks_by_itself(decided: ActionDecision) -> bool:
    return decided.needed is Tri.YES and any(layer_check(layer).sign is Sign.BLOCKS for layer in decided.layers)


_BEFORE_POLICIES = frozenset((Gate.TOKEN, Gate.PROVIDER, Gate.AUDIENCE, Gate.ROLE_CLAIM))
"""Where one of these refuses a request, AWS looks at no policy any more."""


def _refused_before_policies(decision: Decision) -> bool:
    return any(gate.gate in _BEFORE_POLICIES and gate.verdict is Tri.NO for gate in decision.gates)


def _as_far_as_aws_looks(checks: tuple[Check, ...], decision: Decision) -> tuple[Check, ...]:
    """Say of policies at which AWS does not get to look what they would answer; a role that is not there has none."""
    unseen = _refused_before_policies(decision)
    missing = any(gate.gate is Gate.ROLE and gate.verdict is Tri.NO for gate in decision.gates)
    return tuple(_seen_by_aws(one, unseen=unseen, missing=missing) for one in checks)


def _seen_by_aws(check: Check, *, unseen: bool, missing: bool) -> Check:
    if missing and check.sign is Sign.UNKNOWN and check.name == LAYER_WORDS[Layer.TRUST].policies:
        return replace(check, sign=Sign.NONE, answer="there is no role")
    if unseen and check.sign is Sign.PASSES and check.answer:
        return replace(check, answer="would allow it")
    return check


def _need(decided: ActionDecision) -> tuple[Block, ...]:
    if decided.needed is Tri.YES:
        return ()
    of_session = SESSION_PROPERTIES[decided.action]
    return (Paragraph(f"Needed only if the caller's session has {of_session}, which is not known."),)


def _counted(checks: tuple[Check, ...], diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Count the checks, list those with something to tell, and name the others in a sentence."""
    in_play = [one for one in checks if one.sign is not Sign.NONE]
    blocking, unknown = (sum(one.sign is sign for one in in_play) for sign in (Sign.BLOCKS, Sign.UNKNOWN))
    rows = _together([one for one in in_play if one.answer])
    passed = [one.name for one in in_play if not one.answer]
    reasons = dict.fromkeys(one.answer for one in checks if one.sign is Sign.NONE)
    absent = [
        f"{', '.join(one.name for one in checks if one.sign is Sign.NONE and one.answer == reason)} ({reason})"
        for reason in reasons
    ]
    blocks: list[Block] = [Paragraph(_count(blocking, unknown, len(in_play), diagnosis))]
    if rows:
        blocks += [Checklist(rows[:MOST_LISTED]), *and_more(len(rows))]
    if passed:
        blocks.append(Paragraph(f"Also passed: {', '.join(passed)}.", Tone.DIM))
    if absent:
        blocks.append(Paragraph(f"Not in play: {'; '.join(absent)}.", Tone.DIM))
    return tuple(blocks)


def _together(rows: list[Check]) -> tuple[Check, ...]:
    """Put what is not known for the same reason on one line, below the rest: none of it says more than its name."""
    same = Counter(one.answer for one in rows if one.sign is Sign.UNKNOWN)
    alike = {answer for answer, count in same.items() if count >= _ALIKE}
    told = [one for one in rows if one.sign is not Sign.UNKNOWN or one.answer not in alike]
    for answer in (one for one in same if one in alike):
        names = [
            f"{one.name} ({one.whose})" if one.whose else one.name
            for one in rows
            if one.sign is Sign.UNKNOWN and one.answer == answer
        ]
        told.append(
            Check(
                f"{len(names)} others" if told else f"{len(names)} checks",
                Sign.UNKNOWN,
                f"{answer}: {', '.join(names)}",
            )
        )
    return tuple(told)


_ALIKE = 2
"""Rows from which on one line is better."""


def _count(blocking: int, unknown: int, total: int, diagnosis: Diagnosis) -> str:
    open_ones = f"; {unknown} of {total} {_be(unknown)} not known" if unknown else ""
    if blocking:
        which = f"{blocking} of {total} {'blocks' if blocking == 1 else 'block'} the request"
        if _refused_before_policies(diagnosis.decision):
            return f"{which}, and AWS then looks at no policy."
        return f"{which}{f'; {unknown} {_be(unknown)} not known' if unknown else ''}."
    if diagnosis.answer is not None and diagnosis.answer.refuses and diagnosis.decision.verdict is not Tri.NO:
        return f"AWS refused the request; nothing that was read does{open_ones}."
    return f"Nothing that was read blocks the request{open_ones}." if unknown else "Nothing blocks the request."


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


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
    return f" at {', '.join(first_of_many(names))}" if names else ""


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
