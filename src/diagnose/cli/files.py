"""Evidence in files, for which no credentials are needed: policies that are pasted, and infrastructure as code."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from diagnose.cli.options import EVIDENCE


class PolicyFlags(Struct, frozen=True):
    """Files with policies that are in force: documents, or what AWS commands print of them."""

    trust_policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The role's trust policy as it is: the document, or the output of 'aws iam get-role' ('-': standard "
            "input; so for the following).",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    identity_policy: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="An identity-based policy of the source as it is, or the output of an AWS command that prints or "
            "lists some. May be repeated: those that are given are taken for all there are.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    boundary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The source's permissions boundary as it is.", rich_help_panel=EVIDENCE),
    ] = None
    scp: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="An SCP that applies to the source's account, taken not to be its organization's management account. "
            "May be repeated. Others may apply too, unless '--without scp' says that none does.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    rcp: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="An RCP that applies to the role's account; likewise.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    session_policy: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A session policy of the source's session. May be repeated.", rich_help_panel=EVIDENCE
        ),
    ] = None
    endpoint_policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The policy of the VPC endpoint that the request goes through.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None


class InfrastructureFlags(Struct, frozen=True):
    """Files of infrastructure as code."""

    infrastructure: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="What 'terraform show -json' prints of a state or a plan, or a template of CloudFormation, SAM or "
            "the CDK. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="The value of a template's parameter; its default counts otherwise. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    planned: Annotated[
        bool,
        typer.Option(
            "--planned", help="Of a plan of Terraform, take what it makes, not what there is.", rich_help_panel=EVIDENCE
        ),
    ] = False
