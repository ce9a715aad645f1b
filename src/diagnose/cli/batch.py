"""`xdiag batch`: a case a line in, a verdict a line out."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.file_form import form_of
from diagnose.cli.options import RuleFolders
from diagnose.cli.output import ALLOWED, DENIED, READER_LEFT, UNDETERMINED
from diagnose.errors import XdiagError
from diagnose.report import Lines


class BatchOutput(StrEnum):
    """What the answers to a batch are written as."""

    JSONL = "jsonl"
    CSV = "csv"
    FINDINGS = "findings"
    COUNTS = "counts"
    HTML = "html"


class FailOn(StrEnum):
    """A verdict that makes the command fail."""

    DENIED = "denied"
    UNDETERMINED = "undetermined"


def batch(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Cases, one a line ('-': standard input), or a file of CloudTrail.")
    ],
    output: Annotated[
        BatchOutput | None,
        typer.Option(
            help="JSON objects, CSV with a header line for spreadsheets, a JSON object a finding, how many answers "
            "have the same verdict, cause, account and role, or a page with counts and a table.",
            show_default="what the file of --to is called after, else jsonl",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the rows to this file. Without --resume it is overwritten."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Number of processes.")] = 1,
    explain: Annotated[bool, typer.Option("--explain", help="Add the first cause, its title, layer and certainty.")] = (
        False
    ),
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Continue after the rows in the file of --to; an incomplete last row is dropped. Every earlier case "
            "must have a row, and the last row must come out the same; what the others say is not looked at.",
        ),
    ] = False,
    fail_on: Annotated[
        list[FailOn] | None, typer.Option(help="For CI: fail if any row has this verdict. May be repeated.")
    ] = None,
    rules: RuleFolders = None,
) -> None:
    """Decide many cases: a case a line in, a verdict a line out, in the same order.

    A line that is not a case becomes a row with an error; so does one of more than 16 MB. Blank lines make no row, but
    count as lines. Memory does not grow with the input.

    A page counts all answers by cause and layer, and lists the first 2,000, those that are not allowed before others.
    Counts are rows of `xdiag.count/1`, the largest first; those of several files are put together by adding up `count`.

    Of a file of CloudTrail every refused call of AssumeRole makes a row; what fails most is listed on standard error.

        jq -c . tickets/*.json | xdiag batch - --explain

        xdiag batch cases.jsonl --to verdicts.csv

        xdiag batch cloudtrail.json.gz --explain

        xdiag batch cloudtrail.json.gz --output counts

        xdiag batch cases.jsonl --to findings.jsonl --output findings

        xdiag batch cases.jsonl --to verdicts.jsonl --jobs 4 --resume

        xdiag batch cases.jsonl --to verdicts.html

    Exit codes: 0 every row has a verdict, 2 a row has an error, or bad usage, 130 interrupted, 141 the reader of the
    rows has closed the pipe. With --fail-on: 1 a row is denied, 3 a row is undetermined; errors come first, then
    denials.
    """
    from diagnose.cli.batch_run import run, run_at_once

    output = form_of(to, output, _FORMS, BatchOutput.JSONL)
    try:
        if output in (BatchOutput.HTML, BatchOutput.COUNTS):
            from diagnose.cli.whole_batch import CountedBatch, PageOfBatch

            if resume:
                raise XdiagError(
                    f"`--resume` does not go with `--output {output}`", hint="expected `--output jsonl` or `csv`"
                )
            whole = PageOfBatch() if output is BatchOutput.HTML else CountedBatch()
            counted = run_at_once(file, whole, to=to, jobs=jobs, rule_folders=rules or ())
        else:
            counted = run(
                file,
                form=Lines.CSV if output is BatchOutput.CSV else Lines.JSONL,
                to=to,
                jobs=jobs,
                explain=explain,
                findings=output is BatchOutput.FINDINGS,
                resume=resume,
                rule_folders=rules or (),
            )
    except BrokenPipeError:
        raise typer.Exit(READER_LEFT) from None
    if failed := counted.get("", 0):
        raise XdiagError(
            f"{failed:,} of {sum(counted.values()):,} rows have an error instead of a verdict",
            hint="their field `error` says what is wrong with the line, `hint` what was expected",
        )
    raise typer.Exit(_code(counted, fail_on or ()))


_FORMS = {".csv": BatchOutput.CSV, ".html": BatchOutput.HTML}


def _code(counted: Mapping[str, int], fail_on: Sequence[FailOn]) -> int:
    failed = [verdict for verdict in FailOn if verdict in fail_on and counted.get(verdict, 0)]
    return _CODES[failed[0]] if failed else ALLOWED


_CODES = {FailOn.DENIED: DENIED, FailOn.UNDETERMINED: UNDETERMINED}
