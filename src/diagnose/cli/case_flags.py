"""The flags that make up a case: who asks for what, and where evidence comes from. Readers of evidence share them."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.asked import AskedFlags
from diagnose.cli.completion import profiles
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.cli.options import EVIDENCE
from diagnose.cli.request import RequestFlags, request_from_flags
from diagnose.collect.federation.presented import Presented
from diagnose.collect.request.asked import Asked, request_of
from diagnose.model.arn import parse_caller
from diagnose.model.case import Request
from diagnose.model.operation import operation_of


class LiveFlags(Struct, frozen=True):
    """Flags that say where evidence is read live. What is None comes from the environment."""

    source_profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="AWS profile for the source's account.",
            rich_help_panel=EVIDENCE,
            autocompletion=profiles,
        ),
    ] = None
    dest_profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="AWS profile for the role's account.",
            rich_help_panel=EVIDENCE,
            autocompletion=profiles,
        ),
    ] = None
    org_profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="AWS profile of the organization's management account or of a delegated administrator: only these "
            "can read SCPs and RCPs.",
            rich_help_panel=EVIDENCE,
            autocompletion=profiles,
        ),
    ] = None
    vpc_endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="VPC endpoint for STS that the request goes through; read with the source's profile.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Send all calls to this URL, for example to an emulator.", rich_help_panel=EVIDENCE
        ),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            help="Time for all calls to AWS together. What is not read by then is a gap. Default: 30.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None


class EvidenceFlags(LiveFlags, frozen=True):
    """Flags that say where evidence comes from."""

    case_file: Annotated[
        Path | None,
        typer.Option(
            "--case",
            metavar="FILE",
            help="Read everything from a case file ('-': standard input).",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    details: Annotated[
        list[Path] | None,
        typer.Option(
            "--details",
            metavar="FILE",
            help="Read an account from the output of 'aws iam get-account-authorization-details'. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER",
            help="State that no such policy applies, or none but those that are given: identity, scp, rcp, boundary, "
            "endpoint or session. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not try sts:AssumeRole for real.", rich_help_panel=EVIDENCE)
    ] = False


class CaseFlags(Struct, frozen=True):
    """What the command line says of a case: source, role, request and evidence."""

    source_arn: str | None
    role_arn: str | None
    request: RequestFlags
    evidence: EvidenceFlags
    policies: PolicyFlags = PolicyFlags()
    infrastructure: InfrastructureFlags = InfrastructureFlags()
    presented: Presented | None = None
    attempt: bool = True
    """Whether the request may be tried for real."""
    forms: AskedFlags = AskedFlags()
    hop: Asked = Asked()
    """The call of the profile in `forms` that is asked about."""
    asked: Asked = Asked()
    complete: bool = True
    """Whether what no form and no flag says was not sent."""

    def request_on(self, role: str, region: str | None = None) -> Request:
        """Give the request that forms and flags describe; of those who say nothing, the Region is `region`."""
        base = request_of(self.asked, role, complete=self.complete)
        if self.source_arn is not None:
            base = replace(base, operation=operation_of(parse_caller(self.source_arn).kind))
        if base.region is None and self.complete:
            base = replace(base, region=region)
        return request_from_flags(base, self.request)
