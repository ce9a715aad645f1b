"""`xdiag check`: from two ARNs to an explained answer."""

import os

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
from diagnose.cli.what_if import WhatIfFlags, expected_verdict


@with_flags
def check(
    asked: AskedFlags,
    evidence: EvidenceFlags,
    policies: PolicyFlags,
    infrastructure: InfrastructureFlags,
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

        aws iam get-role --role-name Deploy | xdiag check SOURCE_ARN \
            --trust-policy - --identity-policy ours.json

        terraform show -json plan | xdiag check SOURCE_ARN DEST_ROLE_ARN \
            --infrastructure - --planned

        xdiag check ROLE_ARN

        xdiag check --message "User: ... is not authorized to perform: ..."

        xdiag check --event record.json

        xdiag check --profile prod

        xdiag check DEST_ROLE_ARN --github octo/app --ref refs/heads/main

        xdiag check DEST_ROLE_ARN --token-file token.jwt

        xdiag check pods.eks.amazonaws.com ROLE_ARN \
            --service-account shop/cart --cluster main

        xdiag check lambda.amazonaws.com ROLE_ARN --passed-by SOURCE_ARN

    Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 4 no evidence could be gathered,
    70 a bug, 130 interrupted.
    """
    expected = expected_verdict(what_if)
    environment = os.environ if evidence.case_file is None else {}
    flags = CaseFlags(
        source_arn, role_arn, request, evidence, policies, infrastructure, attempt=not what_if.proposes, forms=asked
    )
    case = case_question(flags, presents, environment).case(what_if)
    files = named_files(evidence, policies, infrastructure)
    raise typer.Exit(answer(case, how, expected, files))
