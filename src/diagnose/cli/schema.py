"""`xdiag schema`: the JSON Schemas of what xdiag reads and writes."""

from enum import StrEnum
from typing import Annotated

import typer


class SchemaName(StrEnum):
    """A schema that xdiag publishes."""

    CASE = "case"
    DIAGNOSIS = "diagnosis"
    FINDING = "finding"
    COUNT = "count"
    BATCH = "batch"
    MATRIX = "matrix"
    COMPARISON = "comparison"
    ORGANIZATION = "organization"


def schema(
    name: Annotated[
        SchemaName,
        typer.Argument(
            metavar="case|diagnosis|finding|count|batch|matrix|comparison|organization",
            help="case: what --case reads; diagnosis: what --output json writes; finding: a row of --output findings; "
            "count: a row of --output counts; batch: a row of `xdiag batch`; matrix: a row of `xdiag matrix`; "
            "comparison: what `xdiag compare --output json` writes; organization: the file `organization.json` of "
            "`xdiag matrix`.",
        ),
    ],
) -> None:
    """Print a JSON Schema.

        xdiag schema case > case.schema.json

    Exit codes: 0 printed, 2 bad usage.
    """
    import json

    from diagnose.cli.output import print_result

    print_result(json.dumps(_schema(name), indent=2))


def _schema(name: SchemaName) -> dict[str, object]:
    match name:
        case SchemaName.CASE:
            from diagnose.collect.evidence.case_schema import case_schema

            return case_schema()
        case SchemaName.DIAGNOSIS:
            from diagnose.report.json import diagnosis_schema

            return diagnosis_schema()
        case SchemaName.FINDING:
            from diagnose.report.findings import finding_schema

            return finding_schema()
        case SchemaName.COUNT:
            from diagnose.report.counts import count_schema

            return count_schema()
        case SchemaName.BATCH:
            from diagnose.batch import batch_schema

            return batch_schema()
        case SchemaName.MATRIX:
            from diagnose.matrix.rows import matrix_schema

            return matrix_schema()
        case SchemaName.COMPARISON:
            from diagnose.matrix.compare import comparison_schema

            return comparison_schema()
        case SchemaName.ORGANIZATION:
            from diagnose.collect.evidence.organization_file import organization_schema

            return organization_schema()
