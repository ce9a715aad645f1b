"""`xdiag collect`: gather without judging, so that somebody else can look at it."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.gather import Where, both_arns, live
from diagnose.cli.options import (
    ContextValues,
    DestProfile,
    DurationSeconds,
    EndpointUrl,
    ExternalId,
    OrgProfile,
    Redact,
    Region,
    RequestVia,
    RoleArn,
    SessionName,
    SignedInAs,
    SourceArn,
    SourceIdentity,
    SourceProfile,
    Tags,
    TransitiveTagKeys,
    UnknownKeys,
    VpcEndpoint,
)
from diagnose.cli.request import Flags


def collect(
    source_arn: SourceArn = None,
    role_arn: RoleArn = None,
    save_case: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the case file; standard output if left out.")
    ] = None,
    source_profile: SourceProfile = None,
    dest_profile: DestProfile = None,
    org_profile: OrgProfile = None,
    vpc_endpoint: VpcEndpoint = None,
    region: Region = None,
    endpoint_url: EndpointUrl = None,
    external_id: ExternalId = None,
    session_name: SessionName = None,
    duration_seconds: DurationSeconds = None,
    tags: Tags = None,
    transitive_tag_keys: TransitiveTagKeys = None,
    source_identity: SourceIdentity = None,
    context: ContextValues = None,
    unknown: UnknownKeys = None,
    via: RequestVia = None,
    signed_in_as: SignedInAs = None,
    redact: Redact = False,
) -> None:
    r"""Gather what both sides hold into a case file, without judging it and without trying the request.

    The file holds policies, names and tags, and no credentials. With --redact it holds pseudonyms instead of names.

        xdiag collect arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --save-case ticket.json

    Exit codes: 0 gathered, 2 bad usage or input, 4 no evidence could be gathered, 130 interrupted.
    """
    source_arn, role_arn = both_arns(source_arn, role_arn)
    flags = Flags(
        external_id=external_id,
        session_name=session_name,
        duration_seconds=duration_seconds,
        tags=tags,
        transitive_tag_keys=transitive_tag_keys,
        source_identity=source_identity,
        context=context,
        unknown=unknown,
        via=via,
        signed_in_as=signed_in_as,
        region=region,
    )
    where = Where(source_profile, dest_profile, region, endpoint_url, org_profile, vpc_endpoint)
    case = live(source_arn, role_arn, where, flags, attempt=False)
    if redact:
        from diagnose.evaluate.keys.table import value_kind
        from diagnose.report.redact import redact_case

        case = redact_case(case, value_kind)

    from diagnose.cli.output import say
    from diagnose.collect.file import case_as_json
    from diagnose.collect.file import save_case as save

    if save_case is None:
        say(case_as_json(case).decode())
    else:
        save(case, save_case)
        typer.echo(f"wrote {save_case}", err=True)
