"""`xdiag schema`: the JSON Schemas of what xdiag reads and writes."""

from enum import StrEnum
from typing import Annotated

import typer


class Subject(StrEnum):
    """What a schema describes."""

    CASE = "case"
    DIAGNOSIS = "diagnosis"


def schema(
    subject: Annotated[
        Subject,
        typer.Argument(metavar="case|diagnosis", help="case: what --case reads; diagnosis: what --output json writes."),
    ],
) -> None:
    """Print a JSON Schema.

        xdiag schema case > case.schema.json

    Exit codes: 0 printed, 2 bad usage.
    """
    import json

    from diagnose.cli.output import say

    say(json.dumps(_schema(subject), indent=2))


def _schema(subject: Subject) -> dict[str, object]:
    match subject:
        case Subject.CASE:
            from diagnose.collect.case_schema import case_schema

            return case_schema()
        case Subject.DIAGNOSIS:
            from diagnose.report.json import diagnosis_schema

            return diagnosis_schema()
