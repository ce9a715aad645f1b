"""From a case to what the user gets: diagnose, save, report, exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from diagnose.cli.file_lines import NamedFiles
from diagnose.cli.options import OUTPUT, Colors, Redact, RuleFolders
from diagnose.cli.output import Color, exit_code, output_width, print_note, print_result, uses_color
from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.report import MACHINE_FORMATS, Detail, Format, Screen

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
    query: Annotated[
        str | None,
        typer.Option(
            metavar="EXPRESSION",
            help="Print only what this JMESPath expression selects of the report for machines (JSON if none is named).",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Fill this Jinja2 template with the fields of the JSON report.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    color: Colors = Color.AUTO
    full: Annotated[
        bool,
        typer.Option("--full", help="Tell everything: whole policies, templates, letters.", rich_help_panel=OUTPUT),
    ] = False
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Tell the first screen only: at most 2,900 characters.", rich_help_panel=OUTPUT),
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Tell verdict, cause and fix on one line.", rich_help_panel=OUTPUT),
    ] = False
    ascii: Annotated[
        bool, typer.Option("--ascii", help="Write text in ASCII characters only.", rich_help_panel=OUTPUT)
    ] = False
    write_fix: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the fix as files into a new folder: commands, policies, templates, letters. None is run.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    pages: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Where the site with a page for each cause is; reports then lead there.",
            rich_help_panel=OUTPUT,
        ),
    ] = None
    redact: Redact = False
    rules: RuleFolders = None


def answer(case: Case, flags: AnswerFlags, expected: Verdict | None = None, files: NamedFiles = ()) -> int:
    """Diagnose a case and report it; return the exit code.

    `files` are those that the policies came from, for a report that points at their lines.
    The case is saved first, so that nothing is lost. With `redact` it is saved redacted as well: both are meant to be
    handed on.

    Raises XdiagError where a redacted case would have another answer, and for flags that do not go together.
    """
    detail = _detail(flags)
    write = _writer(flags, detail, case, files)
    if flags.write_fix is not None:
        from diagnose.cli.fix_folder import require_new

        require_new(flags.write_fix)
    from diagnose.loading import load_rules
    from diagnose.pipeline import diagnose

    if not flags.redact:
        _save(case, flags.save_case)
    rules = load_rules(flags.rules or ())
    diagnosis = diagnose(case, rules)
    if flags.redact:
        from diagnose.cli.redaction import deciding
        from diagnose.report.redact.redact import redact

        diagnosis = redact(diagnosis, deciding(rules))
        _save(diagnosis.case, flags.save_case)
    print_result(write(diagnosis))
    if flags.write_fix is not None:
        _write_fix(diagnosis, flags.write_fix)
    return exit_code(diagnosis.verdict, expected)


def _writer(flags: AnswerFlags, detail: Detail, case: Case, files: NamedFiles) -> Callable[[Diagnosis], str]:
    """Choose how the report is written. Raises XdiagError for an expression or a template that is wrong."""
    places, page_of, edits = None, None, None
    if flags.pages is not None:
        from diagnose.cli.page_links import pages_at

        page_of = pages_at(flags.pages)
    if files and not flags.redact:
        from diagnose.cli.file_lines import places_in

        places, edits = places_in(files, case)
    screen = Screen(places=places, page_of=page_of, edits=edits)
    if flags.query is not None:
        return _selecting(flags.query, flags.output, screen)
    if flags.template is not None:
        from diagnose.cli.template_file import template_from
        from diagnose.report.template import filled

        template = template_from(flags.template)
        return lambda diagnosis: filled(diagnosis, template, screen)
    from diagnose.report import render

    return lambda diagnosis: render(
        diagnosis,
        flags.output,
        width=output_width(),
        color=uses_color(flags.color),
        detail=detail,
        ascii=flags.ascii,
        places=places,
        page_of=page_of,
        edits=edits,
    )


def _selecting(expression: str, form: Format, screen: Screen) -> Callable[[Diagnosis], str]:
    from diagnose.report.query import read_query, selected, written_values
    from diagnose.report.safe_text import ascii_json

    query = read_query(expression)

    def write(diagnosis: Diagnosis) -> str:
        value = selected(written_values(diagnosis, Format.JSON if form is Format.TEXT else form, screen), query)
        if value is None:
            print_note("`--query` selects nothing of this report; `xdiag schema diagnosis` lists the fields")
        if form is Format.FINDINGS and isinstance(value, list):
            return "".join(f"{ascii_json(one)}\n" for one in value)
        return ascii_json(value, indent=2)

    return write


def _detail(flags: AnswerFlags) -> Detail:
    """Read how much is told. Raises XdiagError for flags that contradict each other, or that another format ignores."""
    asked = {"--full": flags.full, "--brief": flags.brief, "--quiet": flags.quiet}
    given = [flag for flag, on in asked.items() if on]
    if len(given) > 1:
        raise XdiagError(f"`{given[0]}` and `{given[1]}` contradict each other", hint="expected one of them")
    own = [flag for flag, value in (("--query", flags.query), ("--template", flags.template)) if value is not None]
    if len(own) > 1:
        raise XdiagError("`--query` and `--template` contradict each other", hint="expected one of them")
    if own and flags.output is not Format.TEXT and not (flags.query is not None and flags.output in MACHINE_FORMATS):
        raise XdiagError(
            f"`{own[0]}` does not go with `--output {flags.output}`", hint="expected it with `--output text`"
        )
    of_text = [*given, *(["--ascii"] if flags.ascii else [])]
    form = own[0] if own else f"--output {flags.output}"
    if of_text and (own or flags.output is not Format.TEXT):
        raise XdiagError(f"`{of_text[0]}` does not go with `{form}`", hint="expected it with `--output text`")
    if flags.output is Format.SARIF and flags.redact:
        raise XdiagError(
            "`--output sarif` does not go with `--redact`",
            hint="it points at lines of files, which are not redacted: expected `--no-redact`",
        )
    if flags.write_fix is not None and flags.redact:
        raise XdiagError(
            "`--write-fix` does not go with `--redact`",
            hint="a fix with pseudonyms changes nothing: expected `--no-redact`",
        )
    return {"--full": Detail.FULL, "--brief": Detail.BRIEF, "--quiet": Detail.LINE}.get("".join(given), Detail.USUAL)


def _write_fix(diagnosis: Diagnosis, folder: Path) -> None:
    from diagnose.cli.fix_folder import write_files
    from diagnose.report.fix_files import fix_files

    files = fix_files(diagnosis)
    if not files:
        print_note("there is no checked fix to write; see the report")
        return
    write_files(files, folder)
    print_note(f"wrote {', '.join(files)} to `{folder}`; read them before you run anything")


def _save(case: Case, path: Path | None) -> None:
    if path is not None:
        from diagnose.collect.evidence.case_file import save_case

        if str(path) == "-":
            from diagnose.collect.evidence.case_file import case_as_json

            print_result(case_as_json(case).decode())
        else:
            save_case(case, path)
