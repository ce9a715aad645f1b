"""What remedies say, to be read like prose. `XDIAG_UPDATE_GOLDENS=1 pytest tests/remedy/test_reviewed.py` rewrites it,
and fails where it has changed: read the diff."""

import json
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace
from tests.remedy.broken import broken, propose
from tests.remedy.examples import EXAMPLES
from tests.remedy.situations import SITUATIONS
from tests.reviewed import reads_as_reviewed

from diagnose.model.diagnosis import Remedy
from diagnose.model.trace import Subject
from diagnose.remedy.table import KINDS

GOLDENS = Path(__file__).parent / "goldens"
LISTED = Path(__file__).parent.parent / "causes" / "listed_errors.jsonl"
WORLDS = {"AssumeRoleWithWebIdentity": "github", "AssumeRoleWithSAML": "saml"}
OF_ERRORS = (
    "follow-error",
    "renew-credentials",
    "use-identity",
    "correct-source-arn",
    *(kind.value for kind, traits in KINDS.items() if traits.advice),
)


def test_the_remedy_of_every_example_reads_as_it_was_reviewed() -> None:
    told = {f"{one.kind}: {one.name}": propose(one.kind, one.subject, one.case) for one in EXAMPLES}
    _same("examples.txt", told)


def test_the_remedy_in_every_other_situation_reads_as_it_was_reviewed() -> None:
    told = {f"{one.kind}: {one.name}": propose(one.kind, one.subject, one.case) for one in SITUATIONS}
    assert len(told) == len(SITUATIONS)
    _same("situations.txt", told)


def test_what_to_do_about_every_listed_error_reads_as_it_was_reviewed() -> None:
    told, seen = dict[str, tuple[Remedy, ...]](), set[str]()
    for row in map(json.loads, LISTED.read_text(encoding="utf-8").splitlines()):
        case = replace(broken(WORLDS.get(row["operation"], "cross-account")), message=row["text"])
        remedies = [remedy for kind in OF_ERRORS for remedy in propose(kind, Subject(), case)]
        told[" ".join(row["text"].split())[:200]] = tuple(one for one in remedies if one.text not in seen)
        seen.update(one.text for one in remedies)
    _same("errors.txt", told)


def _same(name: str, told: dict[str, tuple[Remedy, ...]]) -> None:
    written = "".join(f"{line}\n" for heading, remedies in told.items() for line in _lines(heading, remedies))
    reads_as_reviewed(GOLDENS / name, written)


def _lines(heading: str, remedies: tuple[Remedy, ...]) -> Iterator[str]:
    if remedies:
        yield f"# {heading}"
    for remedy in remedies:
        yield f"{remedy.owner}, {remedy.proof}: {remedy.text}"
        if remedy.flags:
            yield f"    flags: {' '.join(remedy.flags)}"
        for command in (text for use, text in remedy.commands if use == "aws-cli"):
            yield from (f"    {line}" for line in command.splitlines())
