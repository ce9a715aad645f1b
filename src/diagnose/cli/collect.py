"""`xdiag collect`: gather evidence for somebody else to look at."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.case_flags import CaseFlags, EvidenceFlags, LiveFlags
from diagnose.cli.evidence import live
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
        Path | None, typer.Option(metavar="FILE", help="Write the case to this file. Default: standard output.")
    ] = None,
    redact: Redact = False,
) -> None:
    r"""Gather the evidence of both sides into a case file. Does not diagnose, and does not try the request.

    The file contains policies, names and tags, and no credentials; with --redact, pseudonyms instead of names.

        xdiag collect arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --save-case ticket.json

    Exit codes: 0 gathered, 2 bad usage or input, 4 no evidence could be gathered, 130 interrupted.
    """
    case = live(CaseFlags(source_arn, role_arn, request, EvidenceFlags(), attempt=False).passed(), where)
    if redact:
        from diagnose.cli.redaction import deciding
        from diagnose.loading import load_rules
        from diagnose.report.redact.redact import redact_case

        case = redact_case(case, deciding(load_rules()))

    from diagnose.cli.output import print_result
    from diagnose.collect.evidence.case_file import case_as_json
    from diagnose.collect.evidence.case_file import save_case as save

    if save_case is None or str(save_case) == "-":
        print_result(case_as_json(case).decode())
    else:
        save(case, save_case)
        typer.echo(f"wrote {save_case}", err=True)
