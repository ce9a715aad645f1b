"""`xdiag collect`: gather evidence for somebody else to look at."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import asdict

from diagnose.cli.case_flags import CaseFlags, EvidenceFlags, LiveFlags
from diagnose.cli.evidence import case_from_flags
from diagnose.cli.flags import with_flags
from diagnose.cli.options import ORGANIZATION, Redact, RoleArgument, SourceArgument
from diagnose.cli.request import RequestFlags
from diagnose.errors import XdiagError


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
    org: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Read whole accounts of the organization of --org-profile into this folder, and its tree with SCPs "
            "and RCPs, for `xdiag matrix` and `xdiag paths`.",
            rich_help_panel=ORGANIZATION,
        ),
    ] = None,
    role_name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The role that is assumed in each account. Default: OrganizationAccountAccessRole.",
            rich_help_panel=ORGANIZATION,
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Only this account; without it, all active ones. May be repeated.",
            rich_help_panel=ORGANIZATION,
        ),
    ] = None,
    endpoint_region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REGION",
            help="Region whose VPC endpoints for STS are read. Default: the profile's. May be repeated.",
            rich_help_panel=ORGANIZATION,
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on in a folder that has dumps already.", rich_help_panel=ORGANIZATION),
    ] = False,
) -> None:
    r"""Gather the evidence of both sides into a case file. Does not diagnose, and does not try the request.

    The file contains policies, names and tags, and no credentials; with --redact, pseudonyms instead of names.

    With --org, whole accounts instead: users, roles and their policies, identity providers and VPC endpoints for STS.
    The role in each account is assumed with a session policy that allows no more than this. Files are for their owner
    only. What was refused is said, and left out.

        xdiag collect arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --save-case ticket.json

        xdiag collect --org dumps --org-profile management

        xdiag collect --org dumps --org-profile management --resume

    Exit codes: 0 gathered, 2 something of an organization was left out and the rest gathered, or bad usage or input, 4
    no evidence could be gathered, 130 interrupted.
    """
    of_organization = {"--role-name": role_name, "--account": account, "--endpoint-region": endpoint_region}
    if org is not None:
        for what, given in {
            "the ARNs": source_arn or role_arn,
            "`--save-case`": save_case,
            "what the request carries": request != RequestFlags(),
            "`--source-profile` and `--dest-profile`": where.source_profile or where.dest_profile,
            "`--vpc-endpoint`": where.vpc_endpoint,
        }.items():
            if given:
                raise XdiagError("`--org` reads whole accounts, not a case", hint=f"leave out {what}")
        if redact:
            raise XdiagError(
                "`--org` does not go with `--redact`",
                hint="dumps hold names as they are: `--no-redact` allows that, also where `redact` is set",
            )
        _collect_organization(org, where, role_name, account or (), endpoint_region or (), resume=resume)
        return
    for flag, value in {**of_organization, "--resume": resume}.items():
        if value:
            raise XdiagError(f"`{flag}` has no effect without `--org`", hint="expected `--org DIR`")
    if source_arn is None and role_arn is None:
        raise XdiagError(
            "both ARNs are missing",
            hint="expected `SOURCE_ARN DEST_ROLE_ARN`, `DEST_ROLE_ARN` for whoever you are, or `--org DIR`",
        )
    read_here = EvidenceFlags(**asdict(where))
    case = case_from_flags(CaseFlags(source_arn, role_arn, request, read_here, attempt=False))
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


def _collect_organization(
    folder: Path,
    where: LiveFlags,
    role_name: str | None,
    accounts: Sequence[str],
    regions: Sequence[str],
    *,
    resume: bool,
) -> None:
    from diagnose.cli.collect_org import OrganizationQuestion, collect_organization

    question = OrganizationQuestion(role_name or _ROLE_NAME, tuple(accounts), tuple(regions), resume)
    if left_out := collect_organization(folder, where, question):
        raise XdiagError(
            f"{left_out:,} things were not read, and are unknown to whatever is asked of the folder",
            hint="the messages above say which, and why; `--resume` reads the accounts that are missing",
        )


_ROLE_NAME = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in an account that it creates.

Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
"""
