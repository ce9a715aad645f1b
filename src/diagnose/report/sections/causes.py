"""The causes: what stands in the way, where, why, who can fix it, and how."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, Diagnosis, Excerpt, Finding, Owner, Remedy
from diagnose.model.trace import COMPANIONS
from diagnose.report.blocks import Block, Bullets, Links, Paragraph, Section
from diagnose.report.first_cause import BUILTIN_TITLES, BuiltinCause, builtin_cause
from diagnose.report.layout import Tone
from diagnose.report.refused import refusals
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.fixes import as_sentence, fix_references, fixes, without_kind
from diagnose.report.sections.headline import owner_name
from diagnose.report.sections.places import pointed_at

SAVE = "--save-case case.json"
"""The flag that keeps the evidence of a run."""


def causes(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Tell every finding, in the order of the diagnosis; or say honestly that there is none for a denial.

    What was not read is no cause, so gaps stand under a heading of their own. The first finding is told in full,
    whatever it is.
    """
    builtin = builtin_cause(diagnosis)
    if builtin is BuiltinCause.UNEXPLAINED:
        return (Section(BUILTIN_TITLES[builtin], _unexplained()),)
    if not diagnosis.findings:
        return ()
    first, *others = diagnosis.findings
    in_full = [first, *(finding for finding in others if not _line_is_enough(finding))]
    references: dict[Remedy, str] = {}
    sections = []
    for number, finding in enumerate(in_full, 1):
        sections.append(Section(finding.title, tuple(_finding(finding, diagnosis.case, references)), number))
        references = {**fix_references(finding, number), **references}
    in_short = [finding for finding in others if _line_is_enough(finding)]
    gaps = _section(_GAPS, sections[:1] if is_gap(first) else [], filter(is_gap, in_short), references)
    also = _section("Also possible", [], (finding for finding in in_short if not is_gap(finding)), references)
    if is_gap(first):
        return (*gaps, *_section(_title(diagnosis, in_full[1:]), sections[1:], [], references), *also)
    return (*_section(_title(diagnosis, in_full), sections, [], references), *also, *gaps)


def invalid_policies(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Point at what AWS rejects in a policy document: such a part was counted as granting nothing."""
    places = [Excerpt(one.layer, one.policy, one.pointer, one.message) for one in diagnosis.decision.problems]
    return (Section("Policies that AWS rejects", pointed_at(places, diagnosis.case)),) if places else ()


def is_gap(finding: Finding) -> bool:
    """Say whether a finding is no cause, but something that was not read."""
    return finding.owner is Owner.XDIAG


def certainty_words(finding: Finding) -> str:
    """Say how sure a finding is; of what was not read, that it is not known."""
    if is_gap(finding):
        return "Not known"
    return "Certain" if finding.certainty is Certainty.CERTAIN else "Possible"


_GAPS = "Still needed"


def _line_is_enough(finding: Finding) -> bool:
    """Choose what was not read, and what is possible of an action beside the operation's own."""
    companion = finding.action in COMPANIONS
    return is_gap(finding) or (companion and finding.certainty is Certainty.POSSIBLE)


def _section(
    title: str, in_full: Sequence[Section], in_short: Iterable[Finding], references: Mapping[Remedy, str]
) -> tuple[Section, ...]:
    """Put findings under a title: those in full, then a line for each of the others; nothing where there are none."""
    short = list(in_short)
    if not in_full and not short:
        return ()
    if not short:
        return (Section(title, tuple(in_full)),)
    lines = dict.fromkeys(_line(finding, references) for finding in short)
    about = f"The JSON report has each in full; so does `xdiag explain {short[0].rule}`."
    return (Section(title, (*in_full, Bullets(tuple(lines)), Paragraph(about, Tone.DIM))),)


def _line(finding: Finding, references: Mapping[Remedy, str]) -> str:
    """Tell a finding in short: what is open, and what would settle it."""
    first = next(iter(finding.remedies), None)
    if first is None:
        return f"{finding.title}."
    place = references.get(without_kind(first))
    return f"{finding.title}. {as_sentence(f'see {place}' if place else first.text)}"


def _title(diagnosis: Diagnosis, causes_in_full: Sequence[Finding]) -> str:
    if builtin_cause(diagnosis) is BuiltinCause.CONTRADICTED:
        return "What xdiag found"
    certain = any(finding.certainty is Certainty.CERTAIN for finding in causes_in_full)
    noun = "cause" if len(causes_in_full) == 1 else "causes"
    return noun.capitalize() if certain else f"Possible {noun}"


def _finding(finding: Finding, case: Case, references: Mapping[Remedy, str]) -> Iterator[Block]:
    action = f" for {finding.action}" if finding.action in COMPANIONS else ""
    yield Paragraph(
        f"{certainty_words(finding)}{action}; rule {in_backticks(finding.rule)}.{_owner(finding, case)}", Tone.DIM
    )
    if finding.explanation:
        yield Paragraph(finding.explanation)
    if finding.unknown:
        yield Paragraph("Only possible, because this is not known:", Tone.DOUBT)
        yield Bullets(finding.unknown)
    yield from pointed_at(finding.excerpts, case)
    yield from fixes(finding, case, references)
    yield from refusals(finding)
    if finding.sources:
        yield Links(finding.sources)


def _owner(finding: Finding, case: Case) -> str:
    """Say who can fix a cause, where there is no fix that says so."""
    return "" if finding.remedies else f" To be fixed by {owner_name(finding.owner, case)}."


def _unexplained() -> tuple[Block, ...]:
    return (
        Paragraph(
            "The layers below show what blocks the request, but xdiag has no rule that says why. "
            "That is a gap in xdiag, not in your policies."
        ),
        Paragraph(
            f"Please report it with the case file: run the same command with `{SAVE}`. Check first that nothing "
            "in it is private."
        ),
    )
