"""`xdiag check`: from two ARNs to an explained answer."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from diagnose.cli.gather import Where, both_arns, from_details, from_file, live, one_place
from diagnose.cli.options import (
    EVIDENCE,
    OUTPUT,
    WHAT_IF,
    CaseFile,
    Colors,
    ContextValues,
    DestProfile,
    Details,
    DurationSeconds,
    EndpointUrl,
    ExternalId,
    Message,
    MfaCode,
    MfaSerial,
    OrgProfile,
    Redact,
    Region,
    RequestVia,
    RoleArn,
    RuleFolders,
    SessionName,
    SignedInAs,
    SourceArn,
    SourceIdentity,
    SourceProfile,
    Tags,
    TransitiveTagKeys,
    UnknownKeys,
    VpcEndpoint,
    Without,
)
from diagnose.cli.output import Color
from diagnose.cli.proposals import Proposals
from diagnose.cli.request import Flags, without
from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.report import Format


def check(
    source_arn: SourceArn = None,
    role_arn: RoleArn = None,
    case_file: CaseFile = None,
    details: Details = None,
    source_profile: SourceProfile = None,
    dest_profile: DestProfile = None,
    org_profile: OrgProfile = None,
    vpc_endpoint: VpcEndpoint = None,
    region: Region = None,
    endpoint_url: EndpointUrl = None,
    without_layers: Without = None,
    external_id: ExternalId = None,
    session_name: SessionName = None,
    duration_seconds: DurationSeconds = None,
    mfa_serial: MfaSerial = None,
    mfa_code: MfaCode = None,
    tags: Tags = None,
    transitive_tag_keys: TransitiveTagKeys = None,
    source_identity: SourceIdentity = None,
    context: ContextValues = None,
    unknown: UnknownKeys = None,
    via: RequestVia = None,
    signed_in_as: SignedInAs = None,
    message: Message = None,
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not try sts:AssumeRole for real.", rich_help_panel=EVIDENCE)
    ] = False,
    with_trust_policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Decide with this trust policy instead.", rich_help_panel=WHAT_IF),
    ] = None,
    with_identity_policy: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Decide with this identity-based policy as well. May be repeated.",
            rich_help_panel=WHAT_IF,
        ),
    ] = None,
    with_boundary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Decide with this permissions boundary instead.", rich_help_panel=WHAT_IF),
    ] = None,
    with_scp: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Decide with this SCP at the account as well. May be repeated.",
            rich_help_panel=WHAT_IF,
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="allowed|denied", help="Exit with 0 if this is the verdict, for CI.", rich_help_panel=WHAT_IF
        ),
    ] = None,
    save_case: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep what was gathered, so that it can be replayed with --case.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option(help="What the report is written as.", rich_help_panel=OUTPUT)
    ] = Format.TEXT,
    color: Colors = Color.AUTO,
    redact: Redact = False,
    rules: RuleFolders = None,
) -> None:
    r"""Say whether a principal can assume a role, and if not, why, where, and what would mend it.

    Reads both sides with the AWS profiles given (or from a case file), decides as AWS would, names the causes,
    and then tries sts:AssumeRole with a session policy that makes the credentials worthless.

        xdiag check arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy \
            --source-profile ours --dest-profile theirs --external-id acme-42

        xdiag check --case ticket.json --output markdown

        aws iam get-account-authorization-details > ours.json
        xdiag check SOURCE_ARN DEST_ROLE_ARN \
            --details ours.json --details theirs.json

    Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 4 no evidence could be gathered,
    70 a bug, 130 interrupted.
    """
    flags = Flags(
        external_id=external_id,
        session_name=session_name,
        duration_seconds=duration_seconds,
        mfa_serial=mfa_serial,
        mfa_code=mfa_code,
        tags=tags,
        transitive_tag_keys=transitive_tag_keys,
        source_identity=source_identity,
        context=context,
        unknown=unknown,
        via=via,
        signed_in_as=signed_in_as,
        region=region,
    )
    proposals = Proposals(with_trust_policy, with_identity_policy or (), with_boundary, with_scp or ())
    expected = proposals.expected(expect)
    where = Where(source_profile, dest_profile, region, endpoint_url, org_profile, vpc_endpoint)
    one_place(case_file, details or (), where, without_layers or ())
    if case_file is not None:
        case = from_file(case_file, source_arn, role_arn, flags)
    else:
        source, role = both_arns(source_arn, role_arn)
        if details:
            case = from_details(details, source, role, flags)
        else:
            case = live(source, role, where, flags, attempt=not no_probe and not proposals)
        if no_probe:
            case = replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why="it was turned off with --no-probe"))
    case = proposals.applied(without(case, without_layers or ()), message)

    from diagnose.cli.finish import finish

    raise typer.Exit(
        finish(
            case,
            save_to=save_case,
            output=output,
            color=color,
            redacted=redact,
            rule_folders=rules or (),
            expected=expected,
        )
    )
