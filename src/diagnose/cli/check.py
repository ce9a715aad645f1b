"""`xdiag check`: from two ARNs to an explained answer."""

import os

import typer

from diagnose.cli.answer import AnswerFlags, answer
from diagnose.cli.evidence import CaseFlags, EvidenceFlags, case_from_flags
from diagnose.cli.flags import with_flags
from diagnose.cli.options import RoleArgument, SourceArgument
from diagnose.cli.presented import PresentedFlags, ends_of, presented_by, settled
from diagnose.cli.request import RequestFlags
from diagnose.cli.what_if import WhatIfFlags, expected_verdict, with_proposals


@with_flags
def check(
    evidence: EvidenceFlags,
    request: RequestFlags,
    presents: PresentedFlags,
    what_if: WhatIfFlags,
    how: AnswerFlags,
    source_arn: SourceArgument = None,
    role_arn: RoleArgument = None,
) -> None:
    r"""Say whether a principal can assume a role, and if not: why, where, and what would fix it.

    Reads both sides with AWS profiles (or from a file), decides as AWS would, names the causes, and tries
    sts:AssumeRole with a session policy that makes the credentials useless.

        xdiag check arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy \
            --source-profile ours --dest-profile theirs --external-id acme-42

        xdiag check --case ticket.json --output markdown

        aws iam get-account-authorization-details > ours.json
        xdiag check SOURCE_ARN DEST_ROLE_ARN \
            --details ours.json --details theirs.json

        xdiag check DEST_ROLE_ARN --github octo/app --ref refs/heads/main

        xdiag check DEST_ROLE_ARN --token-file token.jwt

    Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 4 no evidence could be gathered,
    70 a bug, 130 interrupted.
    """
    expected = expected_verdict(what_if)
    environment = os.environ if evidence.case_file is None else {}
    presented = presented_by(presents, source_arn, role_arn, environment)
    source_arn, role_arn = ends_of(presented, source_arn, role_arn)
    flags = CaseFlags(source_arn, role_arn, request, evidence, presented, attempt=not what_if.proposes)
    case = with_proposals(case_from_flags(flags), what_if)
    raise typer.Exit(answer(settled(case, presented), how, expected))
