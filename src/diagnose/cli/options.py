"""The options that several commands share, by the types that their parameters have."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.output import Color
from diagnose.model.case import Via

EVIDENCE, REQUEST, WHAT_IF, OUTPUT = "Evidence", "The request", "What if", "Output"
"""The groups in which the help lists options."""

SourceArn = Annotated[
    str | None,
    typer.Argument(
        metavar="SOURCE_ARN",
        help="Who makes the request: an IAM user, an IAM role, an assumed-role session, or a service principal.",
        show_default=False,
    ),
]
RoleArn = Annotated[
    str | None,
    typer.Argument(metavar="DEST_ROLE_ARN", help="The role that is to be assumed.", show_default=False),
]

CaseFile = Annotated[
    Path | None,
    typer.Option(
        "--case",
        metavar="FILE",
        help="Read everything from a case file ('-': standard input).",
        rich_help_panel=EVIDENCE,
    ),
]
Details = Annotated[
    list[Path] | None,
    typer.Option(
        "--details",
        metavar="FILE",
        help="Read an account from what 'aws iam get-account-authorization-details' printed. May be repeated.",
        rich_help_panel=EVIDENCE,
    ),
]
SourceProfile = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="AWS profile for the source's account.", rich_help_panel=EVIDENCE),
]
DestProfile = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="AWS profile for the role's account.", rich_help_panel=EVIDENCE),
]
OrgProfile = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="AWS profile for the organization: of its management account or a delegated administrator, who alone may "
        "read SCPs and RCPs.",
        rich_help_panel=EVIDENCE,
    ),
]
VpcEndpoint = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="VPC endpoint for STS that the request goes through; read with the source's profile.",
        rich_help_panel=EVIDENCE,
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        metavar="REGION",
        help="Region of the STS endpoint; aws-global for sts.amazonaws.com.",
        rich_help_panel=EVIDENCE,
    ),
]
EndpointUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Send all calls here instead, to an emulator, say.", rich_help_panel=EVIDENCE),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="LAYER",
        help="State that there is none: scp, rcp, endpoint or session. May be repeated.",
        rich_help_panel=EVIDENCE,
    ),
]

ExternalId = Annotated[str | None, typer.Option(metavar="ID", help="ExternalId that is sent.", rich_help_panel=REQUEST)]
SessionName = Annotated[
    str | None, typer.Option(metavar="NAME", help="RoleSessionName that is sent.", rich_help_panel=REQUEST)
]
DurationSeconds = Annotated[
    int | None, typer.Option(metavar="SECONDS", help="DurationSeconds that is sent.", rich_help_panel=REQUEST)
]
MfaSerial = Annotated[
    str | None, typer.Option(metavar="SERIAL", help="SerialNumber that is sent.", rich_help_panel=REQUEST)
]
MfaCode = Annotated[
    str | None,
    typer.Option(
        metavar="CODE", help="TokenCode that is sent; used for the attempt, never kept.", rich_help_panel=REQUEST
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag", metavar="KEY=VALUE", help="Session tag that is sent. May be repeated.", rich_help_panel=REQUEST
    ),
]
TransitiveTagKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--transitive-tag-key", metavar="KEY", help="Tag that is handed on. May be repeated.", rich_help_panel=REQUEST
    ),
]
SourceIdentity = Annotated[
    str | None, typer.Option(metavar="NAME", help="SourceIdentity that is sent.", rich_help_panel=REQUEST)
]
ContextValues = Annotated[
    list[str] | None,
    typer.Option(
        "--context",
        metavar="KEY=VALUE",
        help="Value of a condition key; 'KEY=' states that it is absent. May be repeated.",
        rich_help_panel=REQUEST,
    ),
]
UnknownKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--unknown",
        metavar="KEY",
        help="Condition key that nobody can tell. May be repeated.",
        rich_help_panel=REQUEST,
    ),
]
RequestVia = Annotated[
    Via | None, typer.Option("--via", help="How the request is made.", show_default=False, rich_help_panel=REQUEST)
]
SignedInAs = Annotated[
    str | None,
    typer.Option(
        metavar="ARN",
        help="Console only: who signed in, if the source is a role that was switched to.",
        rich_help_panel=REQUEST,
    ),
]

Message = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="The error that AWS gave: it tells which action was asked for, and helps to rank the causes.",
        rich_help_panel=EVIDENCE,
    ),
]
Colors = Annotated[Color, typer.Option("--color", help="When to colour text.", rich_help_panel=OUTPUT)]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact",
        help="Replace accounts, names and ids by pseudonyms that stay distinct, in a saved case too.",
        rich_help_panel=OUTPUT,
    ),
]
RuleFolders = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", metavar="DIR", help="Add the rules of a folder to ours. May be repeated.", rich_help_panel=OUTPUT
    ),
]
