"""What a reader needs at once: what AWS said, the cause and its place, the fix, who makes it, what was checked."""

from collections.abc import Iterator, Mapping

from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Finding, Owner, Verdict
from diagnose.model.evidence import Known
from diagnose.model.operation import Operation
from diagnose.model.trace import COMPANIONS, LIKELIEST_LAYERS, ActionDecision, Layer
from diagnose.model.tri import Tri
from diagnose.model.words import LAYER_WORDS
from diagnose.report import Places
from diagnose.report.blocks import Block, Label, NamedValues, Section, Sign, Snippet
from diagnose.report.first_cause import BUILTIN_TITLES, BuiltinCause, builtin_cause, chosen, computed_verdict
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.attempt import answer_words, error_in_short
from diagnose.report.sections.fixes import as_sentence, asks, checked_words
from diagnose.report.sections.headline import headline, owner_name
from diagnose.report.sections.layers import all_checks
from diagnose.report.sections.needed import (
    TITLE,
    Need,
    asks_for_error,
    decides_cause,
    is_anything_needed,
    need_of,
    needed_besides,
    needs,
    still_needed,
)
from diagnose.report.sections.places import place_of, pointed_at
from diagnose.report.sections.recorded import recorded_in_short
from diagnose.report.sections.verdict import reach_words


def first_screen(diagnosis: Diagnosis, places: Places | None = None) -> tuple[Block, ...]:
    """Tell the answer so that it fits a screen of 24 lines."""
    return tuple(_blocks(diagnosis, places))


def still_needed_later(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """List what is needed and not on the first screen: of a cause that is only possible, that has what decides."""
    finding = chosen(diagnosis) if builtin_cause(diagnosis) is None else None
    if finding is None:
        return needed_besides(diagnosis, told=_MOST_NEEDED)
    if finding.certainty is Certainty.CERTAIN:
        return still_needed(diagnosis)
    return needed_besides(diagnosis, told=1, run=True)


_MOST_NEEDED = 3
"""Things that are needed for which the first screen has room."""


def one_line(diagnosis: Diagnosis) -> str:
    """Tell the answer, the cause, the fix and who makes it on one line."""
    parts = [f"{headline(diagnosis)}."]
    builtin, finding = builtin_cause(diagnosis), chosen(diagnosis)
    if builtin is not None:
        parts.append(f"{BUILTIN_TITLES[builtin]}.")
    elif finding is not None:
        word = "Cause" if finding.certainty is Certainty.CERTAIN else "Possible cause"
        parts.append(f"{word}: {finding.title}.")
        for name, value in _fix(finding, diagnosis):
            parts.append(value if name.startswith("  ") else f"{name}: {value}")
    else:
        parts += [f"{TITLE}: {need.what}" for need in needs(diagnosis)[:1]]
    line = " ".join(" ".join(parts).split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"


_LINE = 500
"""Characters of the one line."""


def _blocks(diagnosis: Diagnosis, places: Places | None) -> Iterator[Block]:
    said = _aws_said(diagnosis)
    builtin = builtin_cause(diagnosis)
    finding = chosen(diagnosis)
    if builtin is not None:
        yield NamedValues((*said, *_builtin(builtin, diagnosis)))
    elif finding is None:
        rows = (*said, *_nothing(diagnosis))
        if rows:
            yield NamedValues(rows)
    else:
        yield from _cause(finding, said, diagnosis, places)
    if builtin is not None or finding is None:
        yield from still_needed(diagnosis, most=_MOST_NEEDED)


def _aws_said(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """Give the answer to the live attempt, the error that came with the case and AWS's record, as short as can be."""
    rows = []
    if diagnosis.case.request.asked_as is not None:
        rows.append((Label.CALLER, _in_place_of(diagnosis.case, diagnosis.case.request.asked_as)))
    probe = diagnosis.case.probe
    if probe is not None and probe.outcome is not ProbeOutcome.NOT_MADE:
        words = f" {error_in_short(probe.message)}" if probe.message else ""
        rows.append((Label.AWS_SAID, f"{answer_words(probe)}{words}"))
    if diagnosis.case.message:
        code = diagnosis.answer.code if diagnosis.answer is not None else ""
        rows.append((Label.ERROR, error_in_short(diagnosis.case.message, code)))
    if words := recorded_in_short(diagnosis.case):
        rows.append((Label.RECORDED, words))
    return tuple(rows)


def _in_place_of(case: Case, asked_as: str) -> str:
    """Say that another made the call than was asked about; the headline says who."""
    sent = "an assertion" if case.request.operation is Operation.WITH_SAML else "a token"
    return f"not {in_backticks(asked_as)}, which was asked about: a call with {sent} is not signed."


def _builtin(builtin: BuiltinCause, diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    yield Label.CAUSE, f"{BUILTIN_TITLES[builtin]}."
    match builtin:
        case BuiltinCause.CONTRADICTED:
            yield "xdiag", f"computed: {computed_verdict(diagnosis)}. AWS is right; do not rely on the rest."
        case BuiltinCause.UNEXPLAINED:
            yield Label.CHECKS, _counted(diagnosis)


def _nothing(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    """Say what is certain where no cause is told."""
    decided = next((one for one in diagnosis.decision.actions if one.action not in COMPANIONS), None)
    if diagnosis.verdict is Verdict.ALLOWED:
        if decided is not None and decided.match is not None:
            yield Label.WHY, f"The trust policy {reach_words(decided.match)}{_and_the_caller(decided)}."
        if diagnosis.agreement is Agreement.SETTLES:
            yield Label.CHECKS, "The policies that were read do not settle it; AWS does."
            return
    else:
        if not _read_anything(diagnosis):
            yield Label.CAUSE, "Not known, for no policy was read."
            return
        yield Label.CAUSE, f"Not in what was read{_what_allows(diagnosis)}."
        yield from _look_at(diagnosis)
        return
    if all_checks(diagnosis):
        yield Label.CHECKS, _counted(diagnosis)


def _what_allows(diagnosis: Diagnosis) -> str:
    """Name what was read and lets the request pass."""
    layers = {words.policies for words in LAYER_WORDS.values()}
    passing = [one.name for one in all_checks(diagnosis) if one.sign is Sign.PASSES and one.name in layers]
    if not passing:
        return ""
    *most, last = passing
    if most:
        return f": {', '.join(most)} and {last} allow it"
    return f": the {last} allow{'' if last == LAYER_WORDS[Layer.IDENTITY].policies else 's'} it"


def _look_at(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    """Say which of the layers that were not read is the likeliest to deny, and why.

    AWS gives the same error, without a reason, for a role that does not exist.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html
    """
    unread = {one.about for one in diagnosis.decision.doubts if one.matters is not Tri.NO and one.gaps}
    likeliest = next((layer for layer in LIKELIEST_LAYERS if layer in unread), None)
    if likeliest is None:
        return
    refused = diagnosis.answer is not None and diagnosis.answer.refuses
    unsure = refused and not isinstance(diagnosis.case.snapshot.destination.role, Known)
    same = " AWS gives the same error where the role does not exist." if unsure else ""
    whole = LAYER_WORDS[likeliest].whole
    order = f"the error's full text first, then {whole}" if asks_for_error(diagnosis) else f"{whole} first"
    yield Label.LOOK_AT, f"{order}: {_LIKELY[likeliest]}.{same if likeliest is Layer.TRUST else ''}"


_LIKELY: Mapping[Layer, str] = {
    Layer.TRUST: "it must name the caller, or its account, and its conditions must be met",
    Layer.IDENTITY: "they must allow the action on this role, unless a trust policy of their account names the caller",
    Layer.BOUNDARY: "that of the caller must allow the action on this role, too",
    Layer.SESSION: "where one was passed, it must allow the action on this role, too",
    Layer.SCP: "they must allow the action at every level of the organization, and none may deny it",
    Layer.RCP: "none of them may deny the action",
    Layer.ENDPOINT: "where the call goes through a VPC endpoint, its policy must allow the action on this role",
}
"""Why to look at a layer that was not read. Of several the first of `LIKELIEST_LAYERS` counts."""


def _and_the_caller(decided: ActionDecision) -> str:
    identity = next((layer for layer in decided.layers if layer.layer is Layer.IDENTITY), None)
    allowed = identity is not None and identity.applies and identity.verdict is Tri.YES
    return ", and the caller's own policies allow it" if allowed else ""


def _read_anything(diagnosis: Diagnosis) -> bool:
    return any(check.sign in (Sign.PASSES, Sign.BLOCKS) for check in all_checks(diagnosis))


def _counted(diagnosis: Diagnosis) -> str:
    checks = [check for check in all_checks(diagnosis) if check.sign is not Sign.NONE]
    blocking = [check.name for check in checks if check.sign is Sign.BLOCKS]
    unknown = sum(check.sign is Sign.UNKNOWN for check in checks)
    passed = sum(check.sign is Sign.PASSES for check in checks)
    parts = [f"{passed} of {len(checks)} pass"]
    if blocking:
        parts.append(f"{len(blocking)} block{'s' if len(blocking) == 1 else ''} ({', '.join(blocking)})")
    if unknown:
        parts.append(f"{unknown} {'is' if unknown == 1 else 'are'} not known")
    return f"{'; '.join(parts)}."


def _cause(
    finding: Finding, said: tuple[tuple[str, str], ...], diagnosis: Diagnosis, places: Places | None
) -> Iterator[Block]:
    case = diagnosis.case
    word = Label.CAUSE if finding.certainty is Certainty.CERTAIN else Label.POSSIBLE
    primary = [one for one in finding.excerpts if one.primary][:1]
    rows = [*said, (word, f"{finding.title}{_of_action(finding)}.")]
    if primary:
        rows.append((Label.WHERE, f"{place_of(primary[0], case, places)}:"))
        same = [
            one for one in finding.excerpts if one.policy == primary[0].policy and one.pointer == primary[0].pointer
        ]
        yield NamedValues(tuple(rows))
        yield from (block for block in pointed_at(same, case) if isinstance(block, Snippet))
        rows = []
    elif finding.explanation:
        rows.append((Label.WHY, finding.explanation))
    # A place says beside it what is not known.
    if finding.unknown and not primary and not is_anything_needed(diagnosis):
        rows.append((Label.OPEN, f"{', '.join(finding.unknown)} is not known."))
    needed = needs(diagnosis) if finding.certainty is not Certainty.CERTAIN else ()
    # To find out what is open is then all that can be done yet: it is told in full, and no fix beside it.
    open_alone = bool(needed) and decides_cause(diagnosis) and _gives_evidence(finding)
    if needed:
        besides = f" {len(needed) - 1} more, below." if needed[1:] else ""
        first = f"{needed[0].what} {needed[0].how}" if open_alone else _in_short(needed[0])
        rows.append((Label.OPEN, f"{first}{besides}"))
    if not open_alone:
        rows += _fix(finding, diagnosis)
    # Of what is only possible, the row above says it.
    need = need_of(finding.layer, diagnosis) if finding.certainty is Certainty.CERTAIN else None
    if need is not None:
        rows.append((Label.OR, f"run xdiag again so that it reads this: {need.how}"))
    others = [one for one in diagnosis.findings if one is not finding and one.certainty is Certainty.CERTAIN]
    others = [one for one in others if not one.is_gap]
    if others and not diagnosis.plan:
        rows.append((Label.ALSO, f"{len(others)} more, below: {'; '.join(one.title for one in others[:2])}."))
    if rows:
        yield NamedValues(tuple(rows))


def _gives_evidence(finding: Finding) -> bool:
    """Say whether its first fix is to give xdiag something."""
    return bool(finding.remedies) and finding.remedies[0].owner is Owner.XDIAG


def _in_short(need: Need) -> str:
    """Tell a thing that is needed with the flag that reads it, and without other ways."""
    flags = " and ".join(map(in_backticks, need.flags))
    if flags:
        return f"{need.what} {flags} {'read' if need.flags[1:] else 'reads'} it."
    return f"{need.what} {'Run again with the answer: ' if need.stated else ''}{need.how}"


def _of_action(finding: Finding) -> str:
    told = finding.action not in COMPANIONS or finding.action in finding.title
    return "" if told else f" (this is about {finding.action})"


def _fix(finding: Finding, diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    case = diagnosis.case
    if diagnosis.plan:
        last = diagnosis.plan[-1]
        yield Label.FIX, f"{len(diagnosis.plan)} changes, all of them needed:"
        steps: dict[str, list[str]] = {}
        for number, step in enumerate(diagnosis.plan, 1):
            yield f"  {number}.", as_sentence(step.text)
            steps.setdefault(owner_name(step.owner, case), []).append(str(number))
        each = [f"{who} ({', '.join(numbers)})" if len(steps) > 1 else who for who, numbers in steps.items()]
        yield Label.WHO, f"{'; '.join(each)}."
        yield Label.CHECKED, checked_words(last, case, whole_plan=True)
        return
    remedy = next(iter(finding.remedies), None)
    if remedy is None:
        yield Label.WHO, f"{owner_name(finding.owner, case)}."
        return
    yield Label.DO if remedy.owner is Owner.XDIAG else Label.FIX, as_sentence(remedy.text)
    yield Label.WHO, f"{owner_name(remedy.owner, case)}{'; ask them' if asks(remedy) else ''}."
    checked = checked_words(remedy, case, in_short=True)
    if checked:
        yield Label.CHECKED, checked
