"""`xdiag explain-error`: the question under the name that people look for."""

from typing import Annotated

import typer

from diagnose.cli.answer import AnswerFlags, answer
from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.evidence import case_from_flags
from diagnose.cli.flags import with_flags
from diagnose.cli.options import RoleArgument, SourceArgument
from diagnose.cli.request import RequestFlags


@with_flags
def explain_error(
    evidence: EvidenceFlags,
    request: RequestFlags,
    how: AnswerFlags,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The error as it was printed; '-': standard input, '@FILE': a file.")
    ] = "-",
    source_arn: SourceArgument = None,
    role_arn: RoleArgument = None,
) -> None:
    """Explain the error that AWS or a tool printed: the same as 'xdiag check --message TEXT'.

    Source and role are taken from the text; name them if it does not hold them, or holds them masked.

        terraform apply 2>&1 | xdiag explain-error

        xdiag explain-error "User: ... is not authorized to perform: ..."

    Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 70 a bug, 130 interrupted.
    """
    case = case_from_flags(CaseFlags(source_arn, role_arn, request, evidence, forms=AskedFlags(message=text)))
    raise typer.Exit(answer(case, how))
