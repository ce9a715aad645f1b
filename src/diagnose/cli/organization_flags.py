"""What the commands about a whole organization are told by flags, beside their own help: their runs read it, too."""

from enum import StrEnum
from typing import Annotated

import typer
from msgspec import Struct

from diagnose.cli.options import REQUEST


class MatrixOutput(StrEnum):
    """What the answers to all pairs are written as."""

    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


class OrganizationLayer(StrEnum):
    """A layer of the organization that a folder of dumps may lack."""

    SCP = "scp"
    RCP = "rcp"


class ComparisonForm(StrEnum):
    """What a comparison is written as."""

    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


class PathsForm(StrEnum):
    """What ways are written as."""

    TEXT = "text"
    JSON = "json"


Outside = Annotated[
    bool,
    typer.Option(
        "--outside",
        help="Also callers that have no dump: the accounts, users, roles and organizations that trust policies name, "
        "and everybody (`*`). Their own policies are supposed to allow the call.",
    ),
]


class FirstCallFlags(Struct, frozen=True):
    """Flags that say what the first call carries: the later ones inherit of it what AWS hands on."""

    mfa: Annotated[
        bool | None,
        typer.Option(
            "--mfa/--no-mfa",
            help="Of an IAM user: the credentials of the first call carry MFA, or do not.",
            show_default=False,
            rich_help_panel=REQUEST,
        ),
    ] = None
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            metavar="KEY=VALUE",
            help="Session tag of the first call. May be repeated.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    transitive_tag_keys: Annotated[
        list[str] | None,
        typer.Option(
            "--transitive-tag-key",
            metavar="KEY",
            help="Session tag that is transitive. May be repeated.",
            rich_help_panel=REQUEST,
        ),
    ] = None
    source_identity: Annotated[
        str | None, typer.Option(metavar="NAME", help="SourceIdentity of the first call.", rich_help_panel=REQUEST)
    ] = None
