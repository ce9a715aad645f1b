"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.output import Color
from diagnose.model.arn import is_role_arn

ASKED, EVIDENCE, REQUEST, WHAT_IF, OUTPUT = "The question", "Evidence", "The request", "What if", "Output"
PRESENTED, ORGANIZATION = "A token or an assertion", "A whole organization"
"""The groups in which help lists options."""

SourceArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="SOURCE_ARN",
        help="Who makes the request: an IAM user, an IAM role, an assumed-role session, a service principal, or 'me': "
        "whoever the credentials are. That is who is meant where it is left out.",
        show_default=False,
    ),
]
RoleArgument = Annotated[
    str | None,
    typer.Argument(metavar="DEST_ROLE_ARN", help="The role to assume.", show_default=False),
]


def ends_typed(source: str | None, role: str | None) -> tuple[str | None, str | None]:
    """Give source and role as they were typed, of which a lone argument is the role if it is one."""
    return (None, source) if role is None and source is not None and is_role_arn(source) else (source, role)


Colors = Annotated[Color, typer.Option("--color", help="When to colour text reports.", rich_help_panel=OUTPUT)]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact/--no-redact",
        help="Replace accounts, names and ids by pseudonyms, in a saved case too.",
        rich_help_panel=OUTPUT,
    ),
]
RuleFolders = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", metavar="DIR", help="Use the rules in this folder as well. May be repeated.", rich_help_panel=OUTPUT
    ),
]
