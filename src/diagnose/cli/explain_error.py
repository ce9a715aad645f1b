"""`xdiag explain-error`: the question under the name that people look for."""

import os
from typing import Annotated

import typer

from diagnose.cli.answer import AnswerFlags, answer
from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.file_lines import named_files
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.cli.flags import with_flags
from diagnose.cli.options import RoleArgument, SourceArgument
from diagnose.cli.presented import PresentedFlags
from diagnose.cli.question import case_question
from diagnose.cli.request import RequestFlags


@with_flags
def explain_error(
    evidence: EvidenceFlags,
    policies: PolicyFlags,
    infrastructure: InfrastructureFlags,
    request: RequestFlags,
    presents: PresentedFlags,
    how: AnswerFlags,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The error as it was printed; '-': standard input, '@FILE': a file.")
    ] = "-",
    source_arn: SourceArgument = None,
    role_arn: RoleArgument = None,
) -> None:
    """Explain the error that AWS or a tool printed: the same as 'xdiag check --message TEXT'.

    Source and role are taken from the text; name them if it does not hold them, or holds them masked. The more policies
    and claims are given, the surer the answer.

        terraform apply 2>&1 | xdiag explain-error

        xdiag explain-error "User: ... is not authorized to perform: ..."

        xdiag explain-error @error.txt --trust-policy role.json

    Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 70 a bug, 130 interrupted.
    """
    environment = os.environ if evidence.case_file is None else {}
    forms = AskedFlags(message=text)
    flags = CaseFlags(source_arn, role_arn, request, evidence, policies, infrastructure, forms=forms)
    case = case_question(flags, presents, environment).case()
    raise typer.Exit(answer(case, how, files=named_files(evidence, policies, infrastructure)))
