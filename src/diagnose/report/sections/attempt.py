"""What AWS said: to the live attempt, or in the error message that the user kept."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Diagnosis
from diagnose.report.blocks import Block, Paragraph, Quote, Section
from diagnose.report.first_cause import BUILTIN_TITLES, BuiltinCause, builtin_cause, computed_verdict
from diagnose.report.layout import Tone
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.causes import SAVE


def contradiction(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Say, before anything else, that AWS's answer differs: AWS is right, and what was computed is wrong."""
    if builtin_cause(diagnosis) is not BuiltinCause.CONTRADICTED:
        return ()
    blocks = (
        Paragraph(
            f"{_answer(diagnosis.case.probe)} xdiag computed: {computed_verdict(diagnosis)}. AWS is right. "
            "Either the evidence is incomplete or out of date, or xdiag's model is wrong, so do not rely on the rest "
            "of this report.",
            Tone.BAD,
        ),
        Paragraph(
            "A change made in the last few minutes would explain this: AWS takes time to apply changes everywhere."
        ),
        Paragraph(f"Otherwise please report it with the case file: run the same command with `{SAVE}`."),
    )
    return (Section(BUILTIN_TITLES[BuiltinCause.CONTRADICTED], blocks),)


def live_attempt(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Tell what AWS said to the live attempt, or why none was made; and the error that the user was given."""
    return (Section("The live attempt", tuple(_blocks(diagnosis))),)


def _blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    case = diagnosis.case
    probe = case.probe
    if probe is None or probe.outcome is ProbeOutcome.NOT_MADE:
        why = f": {probe.why}" if probe and probe.why else ""
        yield Paragraph(f"None was made{why}.")
    else:
        meaning = _meaning(diagnosis)
        yield Paragraph(f"{_answer(probe)}{f' {meaning}' if meaning else ''}")
        if probe.caller:
            yield Paragraph(f"The credentials belong to {in_backticks(probe.caller)}.")
        if probe.message:
            yield Quote(probe.message)
    yield from _message(case)


def _answer(probe: ProbeResult | None) -> str:
    if probe is None:
        return "AWS was not asked."
    code = f" ({in_backticks(probe.code)})" if probe.code else ""
    match probe.outcome:
        case ProbeOutcome.ASSUMED:
            return "AWS allowed the live attempt."
        case ProbeOutcome.ACCESS_DENIED:
            return f"AWS denied the live attempt{code}."
        case ProbeOutcome.OTHER_ERROR:
            return f"AWS answered the live attempt with another error{code}."
        case ProbeOutcome.NOT_MADE:
            return "AWS was not asked."
        case _:
            assert_never(probe.outcome)


def _meaning(diagnosis: Diagnosis) -> str:
    match diagnosis.agreement:
        case Agreement.AGREES:
            return "That is what xdiag computed, too."
        case Agreement.SETTLES:
            return "That settles what the policies left open."
        case Agreement.CONTRADICTS:
            return f"xdiag computed: {computed_verdict(diagnosis)}."
        case Agreement.INCONCLUSIVE:
            return "That does not show whether the policies allow the request."
        case Agreement.NOT_MADE:
            return ""
        case _:
            assert_never(diagnosis.agreement)


def _message(case: Case) -> Iterator[Block]:
    if case.message:
        yield Paragraph("The error that was reported:")
        yield Quote(case.message)
