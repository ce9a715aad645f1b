"""The causes: what stands in the way, where, why, who can mend it, and how."""

from collections.abc import Iterator, Mapping, Sequence

from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, Diagnosis, Excerpt, Finding, Owner, Remedy
from diagnose.model.trace import Action
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
    """Tell every finding, in the order of the diagnosis; or say honestly that there is none for a denial."""
    found = builtin_cause(diagnosis)
    if found is BuiltinCause.UNEXPLAINED:
        return (Section(BUILTIN_TITLES[found], _unexplained()),)
    if not diagnosis.findings:
        return ()
    first, *others = diagnosis.findings
    told = [first, *(finding for finding in others if not _in_short(finding))]
    same: dict[Remedy, str] = {}
    sections = []
    for number, finding in enumerate(told, 1):
        sections.append(Section(finding.title, tuple(_cause(finding, diagnosis.case, same)), number))
        same = {**fix_references(finding, number), **same}
    in_short = [finding for finding in others if _in_short(finding)]
    return (Section(_title(diagnosis), tuple(sections)), *_also(in_short, same))


def _in_short(finding: Finding) -> bool:
    """Say whether a line is enough: for what was not read, and for what is possible of an action beside AssumeRole."""
    companion = finding.action not in ("", Action.ASSUME_ROLE.value)
    return finding.owner is Owner.XDIAG or (companion and finding.certainty is Certainty.POSSIBLE)


def _also(findings: Sequence[Finding], same: Mapping[Remedy, str]) -> tuple[Section, ...]:
    if not findings:
        return ()
    lines = dict.fromkeys(_line(finding, same) for finding in findings)
    about = f"Each in full in the JSON report, or with `xdiag explain {findings[0].rule}`, say."
    return (Section("Also open", (Bullets(tuple(lines)), Paragraph(about, Tone.DIM))),)


def _line(finding: Finding, same: Mapping[Remedy, str]) -> str:
    """Tell a finding in short: what is open, and what would settle it."""
    first = next(iter(finding.remedies), None)
    if first is None:
        return f"{finding.title}."
    place = same.get(without_kind(first))
    return f"{finding.title}. {as_sentence(f'see {place}' if place else first.text)}"


def invalid_policies(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Point at what AWS would not accept in a policy document: such a part was counted as granting nothing."""
    found = diagnosis.decision.problems
    places = [Excerpt(one.layer, one.policy, one.pointer, one.message) for one in found]
    if not places:
        return ()
    return (Section("Policies that AWS would not accept as they are", pointed_at(places, diagnosis.case)),)


def _title(diagnosis: Diagnosis) -> str:
    if builtin_cause(diagnosis) is BuiltinCause.CONTRADICTED:
        return "What xdiag had found"
    certain = any(finding.certainty is Certainty.CERTAIN for finding in diagnosis.findings)
    one = len(diagnosis.findings) == 1
    if certain:
        return "Cause" if one else "Causes"
    return "Possible cause" if one else "Possible causes"


def _cause(finding: Finding, case: Case, same: Mapping[Remedy, str]) -> Iterator[Block]:
    sure = certainty_words(finding)
    action = f" for {finding.action}" if finding.action not in ("", "sts:AssumeRole") else ""
    yield Paragraph(f"{sure}{action}; rule {in_backticks(finding.rule)}.{_owner(finding, case)}", Tone.DIM)
    if finding.explanation:
        yield Paragraph(finding.explanation)
    if finding.unknown:
        yield Paragraph("Only possible, because this is not known:", Tone.DOUBT)
        yield Bullets(finding.unknown)
    yield from pointed_at(finding.excerpts, case)
    yield from fixes(finding, case, same)
    yield from refusals(finding)
    if finding.sources:
        yield Links(finding.sources)


def certainty_words(finding: Finding) -> str:
    """Say how sure a finding is; of what was not read, that it is not known."""
    if finding.owner is Owner.XDIAG:
        return "Not known"
    return "Certain" if finding.certainty is Certainty.CERTAIN else "Possible"


def _owner(finding: Finding, case: Case) -> str:
    """Say who can mend a cause, where there is no fix that says so."""
    return "" if finding.remedies else f" To be mended by {owner_name(finding.owner, case)}."


def _unexplained() -> tuple[Block, ...]:
    return (
        Paragraph(
            "The layers below say what stands in the way, but xdiag has no rule that says why. "
            "That is a gap in xdiag, not in your policies."
        ),
        Paragraph(
            f"Please report it with the case file: run the same command with `{SAVE}`, and look through it first."
        ),
    )
