"""A remedy in words: who does what, what was proved about it, and everything needed to do it."""

import shlex
from collections.abc import Iterator, Mapping
from typing import assert_never

from msgspec.structs import replace

from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Excerpt, Finding, Letter, Owner, Proof, Remedy
from diagnose.model.policy import document_text
from diagnose.model.tri import Tri
from diagnose.report.blocks import Block, Changes, Folded, Label, Listing, Paragraph, Section
from diagnose.report.layout import Tone
from diagnose.report.safe_text import in_backticks, visible
from diagnose.report.sections.gains import only_gain
from diagnose.report.sections.handover import handover
from diagnose.report.sections.headline import owner_name
from diagnose.report.sections.remaining import blocking, not_ruled_out
from diagnose.report.snippet import page_of

_TOOLS = {
    "aws-cli": ("AWS CLI", "sh"),
    "terraform": ("Terraform", "hcl"),
    "cloudformation": ("CloudFormation", "yaml"),
}
_OPEN = ("aws-cli",)
"""The command that everybody can run. Templates are for those who keep the policy in one."""

_NO_REFERENCES: Mapping[Remedy, str] = {}

_AROUND = 1
"""Unchanged lines shown around a change."""


def fixes(
    finding: Finding, case: Case, references: Mapping[Remedy, str] = _NO_REFERENCES, *, told: bool = False
) -> tuple[Section, ...]:
    """Tell the remedies of a finding, the best one first, as the finding orders them, and how they relate.

    `references` are those that were told before, each with where: `fix 1 under 2`; they are not told again. `told` says
    that the first screen has the first one, so that only what it takes to make it is left.
    """
    sections = []
    for number, remedy in enumerate(finding.remedies, 1):
        if without_kind(remedy) in references:
            continue
        above = told and number == 1
        blocks = tuple(_rest(remedy, finding, case) if above else _blocks(remedy, finding, case))
        if above and not blocks:
            continue
        relation = _relation(finding, number)
        if relation and finding.remedies[0].enough:
            blocks = tuple(replace(block, spare=True) if isinstance(block, Folded) else block for block in blocks)
        title = _title(finding, remedy, number, case, above=above)
        sections.append(Section(title, (*relation, *blocks), of=Label.FIX if above else None))
    return tuple(sections)


def fixes_before(finding: Finding, references: Mapping[Remedy, str]) -> tuple[Paragraph, ...]:
    """Say where those of its remedies are that were told before."""
    places = [place for remedy in finding.remedies if (place := references.get(without_kind(remedy))) is not None]
    if not places:
        return ()
    *most, last = places
    return (Paragraph(f"To fix it: the same as {' and '.join(filter(None, (', '.join(most), last)))}."),)


def fix_references(finding: Finding, number: int) -> dict[Remedy, str]:
    """Say where the remedies of a cause are told, which has this number."""
    where = "above" if number == 1 else f"under {number}"

    def called(remedy: Remedy, place: int) -> str:
        which = _which(finding, place)
        return "the question" if asks(remedy) else f"fix{which}" if which else "the fix"

    return {
        without_kind(remedy): f"{called(remedy, place)} {where}" for place, remedy in enumerate(finding.remedies, 1)
    }


def without_kind(remedy: Remedy) -> Remedy:
    """Leave out what nobody is shown, so that remedies that read the same are equal."""
    return replace(remedy, kind="")


def joint_fix(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Tell how to make the changes that together end in an allowed request, where no single one does."""
    if not diagnosis.plan:
        return ()
    steps = tuple(
        Section(f"Step {number}, by {owner_name(remedy.owner, diagnosis.case)}", tuple(_step(remedy)))
        for number, remedy in enumerate(diagnosis.plan, 1)
    )
    return (Section("Everything that has to change", steps),)


def proof_words(remedy: Remedy, case: Case) -> str:
    """Say in a sentence what deciding the edited case again has shown, and whom else the edit lets in."""
    if remedy.proof is Proof.NOT_TRIED:
        return f"Not checked: {_NOT_CHECKED}."
    return f"Checked: {checked_words(remedy, case)}"


def checked_words(remedy: Remedy, case: Case, *, whole_plan: bool = False, in_short: bool = False) -> str:
    """Say the same after the word "checked"; empty of what is no change at all, but a question or a reading.

    `in_short` only counts what was not read, where that is a lot.
    """
    if whole_plan:
        allowed = remedy.proof is Proof.ALLOWED
        outcome = "the request is allowed" if allowed else "nothing that was read blocks it"
        return f"with all of these, {outcome}; with fewer, it stays denied."
    if remedy.proof is Proof.NOT_TRIED and (remedy.owner is Owner.XDIAG or remedy.letter is not None):
        return ""
    return " ".join(filter(None, (_proof(remedy, in_short=in_short), _others(remedy, case))))


def asks(remedy: Remedy) -> bool:
    """Say whether it is a question to the owner, and no change yet."""
    return remedy.letter in (Letter.MEANT, Letter.DENY, Letter.POLICIES, Letter.STATEMENT)


def edited_place(remedy: Remedy, finding: Finding) -> Excerpt | None:
    """Find a place in the policy that a remedy edits among those the finding points at."""
    if not remedy.document:
        return None
    return next((one for one in finding.excerpts if one.policy.name == remedy.policy_name), None)


def as_sentence(text: str) -> str:
    """Write what is to be done as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _step(remedy: Remedy) -> Iterator[Block]:
    """Tell one step. Its command holds the edits before it, so that steps on one policy do not undo each other."""
    yield Paragraph(as_sentence(remedy.text))
    copied = [_command(what, text) for what, text in remedy.commands if what in _OPEN]
    if remedy.document:
        pretty = "\n".join(page_of(remedy.document).lines)
        yield Folded((*copied, Listing(_document_title(remedy), "json", pretty)))
    else:
        yield from copied


def _relation(finding: Finding, number: int) -> tuple[Paragraph, ...]:
    """Say how a fix relates to the first one, which changes least."""
    first, remedy = finding.remedies[0], finding.remedies[number - 1]
    if number == 1 or asks(remedy) or Owner.XDIAG in (first.owner, remedy.owner):
        return ()
    if not (first.enough and remedy.enough):
        either = first.proof is Proof.NOT_TRIED and remedy.enough and not asks(first)
        return (Paragraph("Instead of fix 1, not in addition to it.", Tone.DIM),) if either else ()
    safer = first.admits_nobody_else is Tri.YES and remedy.admits_nobody_else is not Tri.YES
    wider = ", which lets in nobody else" if safer and remedy.admits_nobody_else is not None else ""
    return (Paragraph(f"Instead of fix 1{wider}; either is enough.", Tone.DIM),)


def _title(finding: Finding, remedy: Remedy, number: int, case: Case, *, above: bool) -> str:
    """Name the fix and who makes it. What was not read needs no fix: you give it to xdiag."""
    which = _which(finding, number)
    if remedy.owner is Owner.XDIAG:
        return f"What you can do{which}"
    if above:
        only_message = handover(remedy, case) and not (remedy.document or remedy.commands or remedy.flags)
        return f"How to {'ask for' if only_message else 'make'} {f'fix{which}' if which else 'the fix'}"
    owner = owner_name(remedy.owner, case)
    if not asks(remedy):
        return f"Fix{which}, by {owner}"
    first_change = next((one for one in finding.remedies if not asks(one)), None)
    unsure = number > 1 and first_change and first_change.owner is remedy.owner
    return f"First, if in doubt, ask {owner}" if unsure else f"Ask {owner}"


def _which(finding: Finding, number: int) -> str:
    """Give the number of a fix in its title, empty where it is the only change."""
    changes = [one for one in finding.remedies if not asks(one)]
    return f" {number}" if len(changes) > 1 or (changes and asks(finding.remedies[0])) else ""


def _blocks(remedy: Remedy, finding: Finding, case: Case) -> Iterator[Block]:
    yield Paragraph(as_sentence(remedy.text))
    checked = checked_words(remedy, case)
    if checked:
        proved = remedy.proof is not Proof.NOT_TRIED
        yield Paragraph(proof_words(remedy, case), Tone.GOOD if proved else Tone.DOUBT)
    yield from _rest(remedy, finding, case)


def _rest(remedy: Remedy, finding: Finding, case: Case) -> Iterator[Block]:
    """Give what it takes to make a change: the changed lines, the commands, whole documents where they are wanted.

    Of a change that is not enough by itself nothing is given to copy: the plan has all that are.
    """
    if remedy.proof is Proof.CLEARS and not remedy.enough:
        return
    if remedy.flags:
        yield Listing("To check it, run xdiag with", "sh", visible(" ".join(_word(flag) for flag in remedy.flags)))
    changed = _changes(remedy, finding)
    if changed:
        yield Changes(changed)
    whole = bool(remedy.document)
    commands = [(what, _command(what, text)) for what, text in remedy.commands]
    unfolded = [one for what, one in commands if what in _OPEN and not whole]
    folded = [one for what, one in commands if what not in _OPEN or whole]
    if remedy.document:
        pretty = "\n".join(page_of(remedy.document).lines)
        (folded if changed or folded else unfolded).append(Listing(_document_title(remedy), "json", pretty))
    message = handover(remedy, case)
    if message:
        beside = handover(remedy, case, beside=True) if changed and remedy.document else None
        if remedy.letter in _SAID_ABOVE:
            beside = ""
        folded.append(Listing("message to the owner", "text", message, beside))
    yield from unfolded
    if folded:
        yield Folded(tuple(folded))


_SAID_ABOVE = (Letter.MEANT, Letter.DENY)
"""Messages that put the sentence above them to the owner, and nothing else."""


def _word(flag: str) -> str:
    """Quote a flag for the shell unless it is quoted already: its value may come out of somebody's policy."""
    try:
        quoted_already = shlex.join(shlex.split(flag)) == flag
    except ValueError:
        quoted_already = False
    return flag if quoted_already else shlex.quote(flag)


def _command(what: str, text: str) -> Listing:
    title, language = _TOOLS.get(what, (what, ""))
    return Listing(title, language, text)


def _document_title(remedy: Remedy) -> str:
    if remedy.letter is Letter.STATEMENT:
        return "what the policy must contain"
    return (
        f"policy {in_backticks(remedy.policy_name)} after the edit"
        if remedy.policy_name
        else "the policy after the edit"
    )


_NOT_CHECKED = "it changes no policy, so only a new attempt will tell"


def _proof(remedy: Remedy, *, in_short: bool) -> str:
    match remedy.proof:
        case Proof.ALLOWED:
            return f"with this {'edit' if remedy.document or remedy.patch else 'change'}, the request is allowed."
        case Proof.CLEARS if not remedy.enough:
            return (
                f"this removes the cause, but is not enough by itself. Still blocking: {'; '.join(blocking(remedy))}."
            )
        case Proof.CLEARS if remedy.remaining:
            return f"this removes the cause. If it still fails, check {not_ruled_out(remedy, in_short=in_short)}."
        case Proof.CLEARS:
            return "this removes the cause; the rest depends on what is not known."
        case Proof.NOT_TRIED:
            return f"no: {_NOT_CHECKED}."
        case _:
            assert_never(remedy.proof)


def _others(remedy: Remedy, case: Case) -> str:
    match remedy.admits_nobody_else:
        case None:
            return ""
        case Tri.YES:
            return only_gain(remedy, case)
        case Tri.NO:
            return "Others gain access, too: review it before you apply it."
        case Tri.UNKNOWN:
            return "Whether anybody else gains access is not known."
        case _:
            assert_never(remedy.admits_nobody_else)


def _changes(remedy: Remedy, finding: Finding) -> tuple[str, ...]:
    """Compare the edited policy with the one it edits, line by line; empty where that one is not at hand."""
    place = edited_place(remedy, finding)
    if place is None:
        return ()
    from difflib import unified_diff  # here, for it costs start-up time

    old, new = page_of(document_text(place.policy.document)).lines, page_of(remedy.document).lines
    compared = list(unified_diff(old, new, lineterm="", n=_AROUND))[2:]
    return tuple("..." if line.startswith("@@") else line for line in compared)[1:]
