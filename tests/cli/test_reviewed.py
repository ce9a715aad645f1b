"""What xdiag says of itself, and of an error without an ARN, word for word: what was read once stays as it was read."""

import json
from pathlib import Path

from tests.cli.program import Program
from tests.cli.test_help import COMMANDS
from tests.reviewed import reads_as_reviewed

from diagnose.collect.request.message import certain_of

GOLDENS = Path(__file__).parent / "goldens"
LISTED = Path(__file__).parent.parent / "causes" / "listed_errors.jsonl"
SCHEMAS = ("batch", "case", "comparison", "count", "finding", "matrix", "organization")


def test_the_help_of_every_command_reads_as_it_was_reviewed(xdiag: Program) -> None:
    helps = [
        f"$ xdiag {f'{command} ' if command else ''}--help\n{xdiag(*command.split(), '--help').out}"
        for command in COMMANDS
    ]
    reads_as_reviewed(GOLDENS / "help.txt", "\n".join(helps))


def test_what_schemas_say_of_each_field_reads_as_it_was_reviewed(xdiag: Program) -> None:
    schemas = {name: json.loads(xdiag("schema", name).out) for name in SCHEMAS}
    reads_as_reviewed(GOLDENS / "schemas.json", f"{json.dumps(schemas, indent=1, ensure_ascii=False)}\n")


def test_what_an_error_proves_whoever_called_reads_as_it_was_reviewed() -> None:
    seen = dict[str, str]()
    for row in map(json.loads, LISTED.read_text(encoding="utf-8").splitlines()):
        seen.setdefault(certain_of(row["text"]), " ".join(row["text"].split())[:200])
    written = "".join(f"# {text}\n{certain or 'nothing'}\n" for certain, text in seen.items())
    reads_as_reviewed(GOLDENS / "errors.txt", written)
