"""`xdiag collect`: gather without judging, so that somebody else can look at it."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.evidence import LiveFlags, live, required_arns
from diagnose.cli.flags import with_flags
from diagnose.cli.options import Redact, RoleArgument, SourceArgument
from diagnose.cli.request import RequestFlags


@with_flags
def collect(
    where: LiveFlags,
    request: RequestFlags,
    source_arn: SourceArgument = None,
    role_arn: RoleArgument = None,
    save_case: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the case file; standard output if left out.")
    ] = None,
    redact: Redact = False,
) -> None:
    r"""Gather what both sides hold into a case file, without judging it and without trying the request.

    The file holds policies, names and tags, and no credentials. With --redact it holds pseudonyms instead of names.

        xdiag collect arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --save-case ticket.json

    Exit codes: 0 gathered, 2 bad usage or input, 4 no evidence could be gathered, 130 interrupted.
    """
    case = live(*required_arns(source_arn, role_arn), where, request, attempt=False)
    if redact:
        from diagnose.evaluate.keys.table import value_kind
        from diagnose.report.redact.redact import redact_case

        case = redact_case(case, value_kind)

    from diagnose.cli.output import print_result
    from diagnose.collect.case_file import case_as_json
    from diagnose.collect.case_file import save_case as save

    if save_case is None:
        print_result(case_as_json(case).decode())
    else:
        save(case, save_case)
        typer.echo(f"wrote {save_case}", err=True)
