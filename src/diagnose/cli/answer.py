"""From a case to what the user gets: diagnose, save, report, exit code."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from diagnose.cli.options import OUTPUT, Colors, Redact, RuleFolders
from diagnose.cli.output import Color, exit_code, output_width, print_result, uses_color
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.report import Format

Output = Annotated[Format, typer.Option(help="Format of the report.", rich_help_panel=OUTPUT)]


class AnswerFlags(Struct, frozen=True):
    """Flags that say how the answer is given."""

    save_case: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Save the evidence, so that --case can replay it.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    output: Output = Format.TEXT
    color: Colors = Color.AUTO
    redact: Redact = False
    rules: RuleFolders = None


def answer(case: Case, flags: AnswerFlags, expected: Verdict | None = None) -> int:
    """Diagnose a case and report it; return the exit code.

    The case is saved first, so that nothing is lost. With `redact` it is saved redacted as well: both are meant to be
    handed on.
    """
    from diagnose.loading import load_rules
    from diagnose.pipeline import diagnose
    from diagnose.report import render

    if not flags.redact:
        _save(case, flags.save_case)
    diagnosis = diagnose(case, load_rules(flags.rules or ()))
    if flags.redact:
        from diagnose.evaluate.keys.table import value_kind
        from diagnose.report.redact.redact import redact

        diagnosis = redact(diagnosis, value_kind)
        _save(diagnosis.case, flags.save_case)
    print_result(render(diagnosis, flags.output, width=output_width(), color=uses_color(flags.color)))
    return exit_code(diagnosis.verdict, expected)


def _save(case: Case, path: Path | None) -> None:
    if path is not None:
        from diagnose.collect.evidence.case_file import save_case

        save_case(case, path)
