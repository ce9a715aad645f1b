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
from diagnose.errors import XdiagError
from diagnose.model.arn import names_service, parse_caller
from diagnose.model.case import Request
from diagnose.model.masked_arn import may_be_same_identity
from diagnose.model.operation import Operation, can_call, operation_of
from diagnose.model.pod import Pod


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
    pod: Pod | None = None
    """The pod that is asked about, as far as the flags tell."""
    attempt: bool = True
    """Whether the request may be tried for real."""
    forms: AskedFlags = AskedFlags()
    hop: Asked = Asked()
    """The call of the profile in `forms` that is asked about."""
    asked: Asked = Asked()
    own_keys: bool = False
    """Whether the source's profile signs with the keys in its section, although it asks for a role itself."""
    complete: bool = True
    """Whether what no form and no flag says was not sent."""

    def passed(self) -> "CaseFlags":
        """Let whoever passes the role be the source, and the service that was named be what it is passed to.

        An error that refuses to pass it tells who that was; where it refused somebody else, it is beside the question.

        Raises XdiagError where `--passed-by` goes with something else than a service.
        """
        passer, service = self.request.passed_by, self.source_arn
        if passer is None and self.asked.operation is Operation.PASS_ROLE and service is not None:
            if names_service(service):
                passer = self.asked.source or None
            elif not may_be_same_identity(service, self.asked.source or service):
                return replace(self, asked=replace(self.asked, operation=Operation.ASSUME_ROLE))
        if passer is None:
            return self
        if service is None or not names_service(service):
            raise XdiagError(
                "`--passed-by` needs an AWS service as the source"
                + (f", and `{service}` is not one" if service is not None else ""),
                hint="expected a service principal such as `lambda.amazonaws.com`; or the person as the source, and "
                "`--passed-to SERVICE`",
            )
        if not can_call(parse_caller(passer).kind, Operation.PASS_ROLE):
            raise XdiagError(
                f"`--passed-by {passer}` is not who passes roles", hint="expected an IAM user, a role or its session"
            )
        return replace(self, source_arn=passer, request=replace(self.request, passed_by=None, passed_to=service))

    def request_on(self, role: str, region: str | None = None) -> Request:
        """Give the request that forms and flags describe; of those who say nothing, the Region is `region`.

        From which Region an AWS service calls, nobody's own configuration says.
        """
        asked = self.asked
        if self.source_arn is not None:
            kind = parse_caller(self.source_arn).kind
            if not can_call(kind, asked.operation):
                asked = replace(asked, operation=operation_of(kind))
        base = request_of(asked, role, complete=self.complete)
        if base.region is None and self.complete and not names_service(self.source_arn or ""):
            base = replace(base, region=region)
        return request_from_flags(base, self.request)
