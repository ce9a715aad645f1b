"""What is said about a diagnosis, in which order, once. Every format for people renders this and nothing else."""

from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Verdict
from diagnose.report import Screen
from diagnose.report.blocks import NamedValues, Outline, Section
from diagnose.report.first_cause import chosen
from diagnose.report.layout import Tone
from diagnose.report.sections.attempt import contradiction, live_attempt
from diagnose.report.sections.causes import SAVE, causes, invalid_policies, sources
from diagnose.report.sections.first_screen import first_screen, still_needed_later
from diagnose.report.sections.fixes import joint_fix
from diagnose.report.sections.headline import ends, headline
from diagnose.report.sections.layers import layers
from diagnose.report.sections.recorded import recorded
from diagnose.report.sections.unseen import unseen
from diagnose.report.sections.verdict import verdict_section
from diagnose.version import VERSION

_NOWHERE = Screen()
_TONES = {Verdict.ALLOWED: Tone.GOOD, Verdict.DENIED: Tone.BAD, Verdict.UNDETERMINED: Tone.DOUBT}


def outline(diagnosis: Diagnosis, *, full: bool = False, screen: Screen = _NOWHERE) -> Outline:
    """Put a diagnosis in order: the answer, its cause and fix on one screen, then the rest, then the evidence.

    Where AWS contradicts what was computed, that comes first: nothing after it can be relied on. What AWS itself
    allowed needs no more than the first screen. `full` adds what few readers need. Of the screen only `places` and
    `page_of` matter.
    """
    first = first_screen(diagnosis, screen.places)
    tone = _TONES[diagnosis.verdict]
    if not full and _allowed_by_aws(diagnosis):
        return Outline(headline(diagnosis), tone, first, (), _footer(diagnosis)[:1])
    later, cause = still_needed_later(diagnosis), chosen(diagnosis)
    open_cause = cause is not None and cause.certainty is not Certainty.CERTAIN
    return Outline(
        headline(diagnosis),
        tone,
        first,
        (
            *recorded(diagnosis),
            *contradiction(diagnosis),
            *joint_fix(diagnosis),
            *(later if open_cause else ()),
            *causes(diagnosis, full=full, places=screen.places),
            *(() if open_cause else later),
            *verdict_section(diagnosis, screen.places),
            *invalid_policies(diagnosis, screen.places),
            *layers(diagnosis, full=full),
            *unseen(diagnosis, full=full),
            *live_attempt(diagnosis, full=full),
            Section("The request", (NamedValues(ends(diagnosis)),)),
            *sources(diagnosis, full=full, page_of=screen.page_of),
        ),
        _footer(diagnosis),
    )


def _allowed_by_aws(diagnosis: Diagnosis) -> bool:
    settled = diagnosis.agreement in (Agreement.AGREES, Agreement.SETTLES)
    return settled and diagnosis.verdict is Verdict.ALLOWED and not diagnosis.findings


def _footer(diagnosis: Diagnosis) -> tuple[str, ...]:
    taken = diagnosis.case.snapshot.taken_at
    evidence = f"evidence of {taken}" if taken else "evidence without a date"
    return (
        f"xdiag {VERSION}, on {evidence}.",
        f"To keep the evidence as a case file, run again with `{SAVE}`.",
    )
