"""`xdiag compare`: what changed between two matrices."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.file_form import form_of
from diagnose.cli.options import RuleFolders
from diagnose.cli.organization_flags import ComparisonForm, OrganizationLayer, Outside
from diagnose.cli.output import ALLOWED, DENIED, READER_LEFT
from diagnose.errors import XdiagError


class FailOnChange(StrEnum):
    """A kind of change that makes the command fail."""

    NEWLY_ALLOWED = "newly-allowed"
    NEWLY_UNDETERMINED = "newly-undetermined"
    NEWLY_DENIED = "newly-denied"
    CHANGED_CAUSE = "changed-cause"


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A file of `xdiag matrix`, or a folder of dumps.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The same of a later day.")],
    output: Annotated[
        ComparisonForm | None,
        typer.Option(
            help="Markdown or a page, which list the first hundred of each kind, or JSON with all.",
            show_default="what the file of --to is called after, else markdown",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it to this file, which appears when it is complete."),
    ] = None,
    fail_on: Annotated[
        list[FailOnChange] | None, typer.Option(help="For CI: fail if any pair changed so. May be repeated.")
    ] = None,
    without: Annotated[
        list[OrganizationLayer] | None,
        typer.Option(help="Of folders of dumps: state that there are no SCPs, or no RCPs. May be repeated."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Of folders of dumps: compare the first causes, too, which takes longer.")
    ] = False,
    outside: Outside = False,
    rules: RuleFolders = None,
) -> None:
    """Say which pairs are newly allowed, undetermined or denied, and which are still closed for another reason.

    A pair that is newly undetermined may be open to whoever brings what it depends on, such as MFA or an external ID. A
    pair without a row is denied; it may be that its user or role did not exist. Rows may be JSON lines, CSV or Parquet,
    one file or the folder that Spark writes, in any order. Memory does not grow with them.

        xdiag compare monday.parquet tuesday.parquet

        xdiag compare dumps-main dumps-branch --outside --fail-on newly-allowed

        xdiag compare monday.jsonl tuesday.jsonl --to changes.json

        xdiag compare monday.jsonl tuesday.jsonl --to changes.html

    Exit codes: 0 compared, 1 a pair changed as --fail-on says, 2 a dump was left out and the rest compared, or bad
    usage or input, 130 interrupted, 141 the reader of the result has closed the pipe.
    """
    from diagnose.cli.compare_run import write_comparison

    try:
        counts, left_out = write_comparison(
            before,
            after,
            form=form_of(to, output, _FORMS, ComparisonForm.MARKDOWN),
            to=to,
            without=without or (),
            explain=explain,
            outside=outside,
            rule_folders=rules or (),
        )
    except BrokenPipeError:
        raise typer.Exit(READER_LEFT) from None
    if left_out:
        raise XdiagError(
            f"left out {left_out:,} of the dumps or identities; the comparison is of the rest",
            hint="the messages above say which, and why",
        )
    raise typer.Exit(
        DENIED if set(map(str, fail_on or ())) & {str(kind) for kind, count in counts.items() if count} else ALLOWED
    )


_FORMS = {".json": ComparisonForm.JSON, ".html": ComparisonForm.HTML}
