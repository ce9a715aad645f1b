"""What AWS said: to the live attempt, or in the error message that the user kept."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias, assert_never

from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Diagnosis
from diagnose.report.blocks import Block, Paragraph, Quote, Section
from diagnose.report.first_cause import BUILTIN_TITLES, BuiltinCause, builtin_cause, computed_verdict
from diagnose.report.latest_texts import of_latest_texts
from diagnose.report.layout import Tone
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.causes import SAVE


def contradiction(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Say, before anything else, that AWS's answer differs: AWS is right, and what was computed is wrong."""
    if builtin_cause(diagnosis) is not BuiltinCause.CONTRADICTED:
        return ()
    blocks = (
        Paragraph(
            f"{answer_words(diagnosis.case.probe)} xdiag computed: {computed_verdict(diagnosis)}. AWS is right. "
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


def live_attempt(diagnosis: Diagnosis, *, full: bool = False) -> tuple[Section, ...]:
    """Tell what AWS said to the live attempt, or why none was made; and the error that the user was given.

    An error is not told again where the first screen leaves nothing out of it but what stands under "The request"; in
    full it is, unless it stands there whole.
    """
    sections = []
    blocks = tuple(_blocks(diagnosis))
    if blocks:
        sections.append(Section("The live attempt", blocks))
    message = diagnosis.case.message
    left_out = _left_out(message, diagnosis.answer.code if diagnosis.answer is not None else "")
    if left_out if full else not _told_elsewhere(left_out, diagnosis):
        sections.append(Section("The error, in full", (Quote(message),)))
    return tuple(sections)


def error_in_short(message: str, code: str = "") -> str:
    """Put an error on one line of some 130 characters. What AWS blames stands at the end, so the middle is left out.

    Of what a tool has put around it as much is left out as is needed to show what AWS said, from its `code` on.
    """
    words, spans = _shown(message, code)
    starts = [start for start, _ in spans]
    ends = [0, *(end for _, end in spans)]
    parts = [
        f"{'… ' if start > before else ''}{' '.join(words[start:end])}"
        for before, start, end in zip(ends[:-1], starts, ends[1:], strict=True)
        if end > start
    ]
    return " ".join([*parts, "…"] if ends[-1] < len(words) else parts)


def answer_words(probe: ProbeResult | None) -> str:
    """Say what AWS answered to the live attempt."""
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


_LONGEST = 136
"""Characters of an error that are shown on the first screen."""

_LAST_WORDS = 9
"""Words at its end that are: `with an explicit deny in a service control policy`."""


_BOX = "│╷╵|"
"""What Terraform draws around an error."""
_GAP = re.compile(rf"\n[ \t{_BOX}]*\n|\n[ \t{_BOX}]*(?=at )")
"""An empty line, or a line that says where in a program an error was met: what AWS said does not go on behind it."""

_Span: TypeAlias = tuple[int, int]
"""The first word that is shown, and the first that no longer is."""


def _shown(message: str, code: str) -> tuple[list[str], list[_Span]]:
    """Give the words of an error, and those of them with which its short form begins and ends."""
    parts = _words_in_parts(message)
    words = [word for part in parts for word in part]
    if len(" ".join(words)) <= _LONGEST:
        return words, [(0, len(words))]
    first = 0
    for part in parts:
        coded = next((place for place, word in enumerate(part, first) if code and code in word), None)
        if coded is not None:
            end = first + len(part)
            spans = _ends(words, first, end)
            met = any(start <= coded < stop for start, stop in spans)
            return words, spans if met else _ends(words, coded, end, least=1)
        first += len(part)
    return words, _ends(words, 0, len(words))


@of_latest_texts
def _words_in_parts(message: str) -> tuple[tuple[str, ...], ...]:
    """Give the words of an error by the parts that gaps are between; it is told in several places."""
    return tuple(tuple(word for word in part.split() if word.strip(_BOX)) for part in _GAP.split(message))


def _ends(words: Sequence[str], first: int, end: int, *, least: int = 0) -> list[_Span]:
    """Give the beginning, of so many words at least, and the end of a part of an error that is too long."""
    if len(" ".join(words[first:end])) <= _LONGEST:
        return [(first, end)]
    tail = max(first, end - _LAST_WORDS)
    room, head = _LONGEST - len(" ".join(words[tail:end])), min(first + least, tail)
    while head < tail and len(" ".join(words[first : head + 1])) < room:
        head += 1
    return [(first, head), (tail, end)]


def _left_out(message: str, code: str) -> list[str]:
    """List the words of an error that its short form leaves out."""
    words, spans = _shown(message, code)
    left_out: list[str] = []
    behind = 0
    for start, end in spans:
        left_out += words[behind:start]
        behind = end
    return left_out + words[behind:]


def _told_elsewhere(words: Sequence[str], diagnosis: Diagnosis) -> bool:
    """Say whether words of an error tell nothing that stands neither on the first screen nor under "The request"."""
    case = diagnosis.case
    code = diagnosis.answer.code if diagnosis.answer is not None else ""
    known = {*_OF_EVERY_ERROR, case.snapshot.source.arn, case.source_arn, case.request.role_arn, code}
    known |= {str(case.request.operation), f"sts:{case.request.operation}"}
    return all(word.strip("():,;.") in known for word in words)


_OF_EVERY_ERROR = frozenset(
    (
        *("An", "error", "occurred", "when", "calling", "the", "operation"),
        *("User", "is", "not", "authorized", "to", "perform", "on", "resource"),
    )
)
"""Words that AWS and its tools put around what an error says."""


def _blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    probe = diagnosis.case.probe
    if probe is None or probe.outcome is ProbeOutcome.NOT_MADE:
        if probe is not None and probe.why:
            yield Paragraph(f"None was made: {probe.why}.")
        return
    meaning = _meaning(diagnosis)
    yield Paragraph(f"{answer_words(probe)}{f' {meaning}' if meaning else ''}")
    if probe.caller:
        yield Paragraph(f"The credentials belong to {in_backticks(probe.caller)}.")
    if probe.message:
        yield Quote(probe.message)


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
