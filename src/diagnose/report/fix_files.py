"""A fix as files: commands, whole policies, templates, the letter to its owner. Nothing here runs them."""

from collections.abc import Iterator, Mapping

from diagnose.model.diagnosis import Diagnosis, Proof, Remedy
from diagnose.report.safe_text import visible
from diagnose.report.sections.fixes import as_sentence, proof_words
from diagnose.report.sections.handover import handover
from diagnose.report.sections.headline import headline, owner_name
from diagnose.report.snippet import page_of


def fix_files(diagnosis: Diagnosis) -> Mapping[str, str]:
    """Give the files by name. Names are ours alone: nothing that stands in a policy has part in them.

    Where only several changes together are enough, they are steps to be made in order; else each file is of a fix that
    is enough by itself. Empty where there is none.
    """
    files: dict[str, str] = {}
    if diagnosis.plan:
        for number, remedy in enumerate(diagnosis.plan, 1):
            files.update(_files(f"step-{number}", remedy, diagnosis))
        return files
    fixes = (remedy for finding in diagnosis.findings for remedy in finding.remedies)
    for number, remedy in enumerate(dict.fromkeys(one for one in fixes if one.enough and _is_change(one)), 1):
        files.update(_files(f"fix-{number}", remedy, diagnosis))
    return files


_SUFFIXES = {"aws-cli": "sh", "terraform": "tf", "cloudformation": "cloudformation.yaml"}


def _is_change(remedy: Remedy) -> bool:
    return bool(remedy.commands or remedy.document) and remedy.proof is not Proof.NOT_TRIED


def _files(stem: str, remedy: Remedy, diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    notes = [
        headline(diagnosis),
        as_sentence(remedy.text),
        f"To be made by {owner_name(remedy.owner, diagnosis.case)}.",
        proof_words(remedy, diagnosis.case),
    ]
    # A note stays in its comment, whatever is in it.
    comment = "".join(f"# {visible(note)}\n" for note in notes)
    for what, text in remedy.commands:
        head = "#!/bin/sh\n" if what == "aws-cli" else ""
        strict = "set -eu\n" if what == "aws-cli" else ""
        yield f"{stem}.{_SUFFIXES[what]}", f"{head}{comment}{strict}\n{_shown(text)}"
    if remedy.document:
        yield f"{stem}.json", "\n".join(page_of(remedy.document).lines) + "\n"
    letter = handover(remedy, diagnosis.case)
    if letter:
        yield f"{stem}.letter.txt", _shown(letter)


def _shown(text: str) -> str:
    """Write lines without anything that hides, reorders or overwrites others: in JSON an escape means the same."""
    return "".join(f"{visible(line)}\n" for line in text.strip("\n").split("\n"))
