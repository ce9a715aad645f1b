"""What is said about a diagnosis, in which order, once. Every format for people renders this and nothing else."""

from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.report.blocks import NamedValues, Outline
from diagnose.report.layout import Tone
from diagnose.report.sections.attempt import contradiction, live_attempt
from diagnose.report.sections.causes import SAVE, causes, invalid_policies
from diagnose.report.sections.fixes import joint_fix
from diagnose.report.sections.headline import ends, headline
from diagnose.report.sections.layers import layers
from diagnose.report.sections.unseen import unseen
from diagnose.report.sections.verdict import verdict_section
from diagnose.version import VERSION

_TONES = {Verdict.ALLOWED: Tone.GOOD, Verdict.DENIED: Tone.BAD, Verdict.UNDETERMINED: Tone.DOUBT}


def outline(diagnosis: Diagnosis) -> Outline:
    """Put a diagnosis in order: the answer, its causes and their fixes, then the evidence, then what is missing.

    Where AWS contradicts what was computed, that comes first: nothing after it can be relied on.
    """
    return Outline(
        headline(diagnosis),
        _TONES[diagnosis.verdict],
        (
            NamedValues(ends(diagnosis)),
            *contradiction(diagnosis),
            *verdict_section(diagnosis),
            *joint_fix(diagnosis),
            *causes(diagnosis),
            *invalid_policies(diagnosis),
            *layers(diagnosis.decision),
            *unseen(diagnosis),
            *live_attempt(diagnosis),
        ),
        _footer(diagnosis),
    )


def _footer(diagnosis: Diagnosis) -> tuple[str, ...]:
    taken = diagnosis.case.snapshot.taken_at
    evidence = f"evidence of {taken}" if taken else "evidence without a date"
    return (
        f"xdiag {VERSION}, on {evidence}.",
        "Line numbers count the policies as they are printed here.",
        f"To keep the evidence as a case file, run again with `{SAVE}`.",
    )
