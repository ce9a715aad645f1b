"""The causes: what stands in the way, where, why, who can fix it, and how."""

from collections.abc import Iterator, Mapping, Sequence

from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, Diagnosis, Excerpt, Finding, Remedy
from diagnose.model.trace import COMPANIONS
from diagnose.model.tri import Tri
from diagnose.report import PageOf, Places
from diagnose.report.blocks import Block, Bullets, Label, Links, Paragraph, Section
from diagnose.report.enough import MOST_IN_FULL, MOST_LISTED, and_more, first_of_many
from diagnose.report.first_cause import BUILTIN_TITLES, BuiltinCause, builtin_cause, chosen
from diagnose.report.layout import Tone
from diagnose.report.refused import refusals
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.fixes import as_sentence, fix_references, fixes, fixes_before, without_kind
from diagnose.report.sections.headline import owner_name
from diagnose.report.sections.needed import is_anything_needed
from diagnose.report.sections.places import pointed_at

SAVE = "--save-case case.json"
"""The flag that keeps the evidence of a run."""


def causes(diagnosis: Diagnosis, *, full: bool, places: Places | None = None) -> tuple[Section, ...]:
    """Tell what the first screen left out: of its cause the rest, of the others all, in the order of the diagnosis.

    In full, also what was not read and what is possible of an action that is perhaps not needed.
    """
    builtin = builtin_cause(diagnosis)
    if builtin is BuiltinCause.UNEXPLAINED:
        return (Section(BUILTIN_TITLES[builtin], _unexplained()),)
    first = None if builtin is BuiltinCause.CONTRADICTED else chosen(diagnosis)
    others = [one for one in diagnosis.findings if one is not first and not one.is_gap]
    told = [one for one in others if not _line_is_enough(one)]
    further = told[MOST_IN_FULL:]
    in_full = [*([first] if first else []), *told[:MOST_IN_FULL]]
    references = fix_references(first, 1) if first else {}
    rest = tuple(_finding(first, diagnosis, {}, places, full=full, told=True)) if first else ()
    sections = []
    any_certain = any(_certain(one) for one in in_full if one is not first)
    for number, finding in enumerate((one for one in in_full if one is not first), 2 if first else 1):
        blocks = _finding(finding, diagnosis, references, places, full=full, in_title=not any_certain)
        sections.append(Section(finding.title, tuple(blocks), number))
        references = {**fix_references(finding, number), **references}
    in_short = [one for one in others if _line_is_enough(one) and (full or _matters(one, diagnosis))]
    gaps = [
        Section(one.title, tuple(_finding(one, diagnosis, {}, places, full=full)))
        for one in diagnosis.findings
        if one.is_gap
    ]
    return (
        *_why(rest),
        *((Section(_title(diagnosis, in_full, first), tuple(sections)),) if sections else ()),
        *_short("And, in a line each", further, references),
        *_short("Also possible", in_short, references),
        *_left_out(diagnosis.left_out.together),
        *_not_tried(diagnosis.left_out.idle),
        *([Section("What was not read", tuple(gaps))] if full and gaps else []),
    )


def sources(diagnosis: Diagnosis, *, full: bool, page_of: PageOf | None = None) -> tuple[Section, ...]:
    """Name the rules that spoke, their pages, and AWS's to read on: of each cause one, in full all, each once."""
    told = [one for one in diagnosis.findings if full or not (one.is_gap or _line_is_enough(one))]
    urls = tuple(dict.fromkeys(url for one in told for url in (one.sources if full else one.sources[:1])))
    rules = dict.fromkeys(one.rule for one in told)
    pages = tuple(page for rule in rules if page_of is not None and (page := page_of(rule)))
    blocks: list[Block] = []
    if rules:
        blocks.append(Paragraph(", ".join(map(explained_by, rules))))
    if pages:
        blocks.append(Links(pages))
    if urls:
        blocks.append(Links(urls))
    return (Section("Read more", tuple(blocks)),) if blocks else ()


def explained_by(rule: str) -> str:
    """Give the command that tells more about a rule, as a sentence has it."""
    return in_backticks(f"xdiag explain {rule}")


def invalid_policies(diagnosis: Diagnosis, places: Places | None = None) -> tuple[Section, ...]:
    """Point at what AWS rejects in a policy document: such a part was counted as granting nothing."""
    problems = diagnosis.decision.problems
    rejected = [Excerpt(one.layer, one.policy, one.pointer, one.message) for one in problems[:MOST_LISTED]]
    if not rejected:
        return ()
    drawn = pointed_at(rejected, diagnosis.case, places)
    return (Section("Policies that AWS rejects", (*drawn, *and_more(len(problems), "place"))),)


def _certain(finding: Finding) -> bool:
    return finding.certainty is Certainty.CERTAIN


def _points(finding: Finding) -> bool:
    return finding.layer is not None or bool(finding.excerpts)


def _companion(finding: Finding) -> bool:
    return finding.action in COMPANIONS


def _line_is_enough(finding: Finding) -> bool:
    """Choose what is possible of an action beside the operation's own, or points at nothing."""
    return not _certain(finding) and (_companion(finding) or not _points(finding))


def _matters(finding: Finding, diagnosis: Diagnosis) -> bool:
    """Say whether an action is sure to be needed."""
    needed = [decided.action for decided in diagnosis.decision.actions if decided.needed is Tri.YES]
    return not _companion(finding) or finding.action in needed


def _why(rest: tuple[Block, ...]) -> tuple[Section, ...]:
    """Put what is left of the first cause under titles of its own: why, and each way to fix it."""
    why = tuple(block for block in rest if not isinstance(block, Section))
    fixing = tuple(block for block in rest if isinstance(block, Section))
    return (*([Section("Why", why, of=Label.CAUSE)] if why else []), *fixing)


def _short(title: str, findings: Sequence[Finding], references: Mapping[Remedy, str]) -> tuple[Section, ...]:
    lines = dict.fromkeys(_line(finding, references) for finding in findings)
    return (Section(title, (Bullets(tuple(lines)),)),) if lines else ()


def _left_out(count: int) -> tuple[Section, ...]:
    if not count:
        return ()
    words = "Only counted: each is another place of which the same is true as of a cause above."
    return (Section(f"{count:,} more cause{'s' if count > 1 else ''} of the same kinds", (Paragraph(words),)),)


def _not_tried(count: int) -> tuple[Section, ...]:
    if not count:
        return ()
    words = "They do not count now, and were too many to try each: some of them may allow the request."
    noun = "policies were" if count > 1 else "policy was"
    return (Section(f"{count:,} unused {noun} not tried", (Paragraph(words),)),)


def _line(finding: Finding, references: Mapping[Remedy, str]) -> str:
    """Tell a finding in short: what is open, and what would settle it."""
    first = next(iter(finding.remedies), None)
    if first is None:
        return f"{finding.title}."
    place = references.get(without_kind(first))
    return f"{finding.title}. {as_sentence(f'see {place}' if place else first.text)}"


def _title(diagnosis: Diagnosis, findings: Sequence[Finding], first: Finding | None) -> str:
    if builtin_cause(diagnosis) is BuiltinCause.CONTRADICTED:
        return "What xdiag found, which AWS contradicts"
    others = [one for one in findings if one is not first]
    noun = "cause" if len(others) == 1 else "causes"
    kind = noun if any(map(_certain, others)) else f"possible {noun}"
    return kind.capitalize() if first is None else f"{'One' if len(others) == 1 else len(others)} more {kind}"


def _finding(
    finding: Finding,
    diagnosis: Diagnosis,
    references: Mapping[Remedy, str],
    places: Places | None,
    *,
    full: bool,
    told: bool = False,
    in_title: bool = False,
) -> Iterator[Block]:
    """Tell a finding; where the first screen has told it, only what is left. What would have allowed it is for few.

    `in_title`: the title above says that it is only possible.
    """
    case = diagnosis.case
    primary = [one for one in finding.excerpts if one.primary]
    shown = [one for one in primary if (one.policy, one.pointer) == (primary[0].policy, primary[0].pointer)]
    excerpts = [one for one in finding.excerpts if not (told and one in shown) and (full or not one.allows)]
    if not told:
        about = f" It is about {finding.action}." if _companion(finding) else ""
        certainty = "" if finding.is_gap or in_title else f"{'Certain' if _certain(finding) else 'Only possible'}."
        head = f"{certainty}{about}{_owner(finding, case)}".strip() or ("Not read." if finding.is_gap else "")
        if head:
            yield Paragraph(head, Tone.DIM)
    if finding.explanation and not (told and not primary):
        yield Paragraph(finding.explanation)
    if finding.unknown and not told and not is_anything_needed(diagnosis):
        yield Paragraph("Only possible, because this is not known:", Tone.DOUBT)
        yield Bullets(first_of_many(finding.unknown))
    yield from pointed_at(excerpts, case, places)
    yield from fixes_before(finding, references)
    yield from fixes(finding, case, references, told=told and not diagnosis.plan)
    yield from refusals(finding)


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
