"""Mistakes on the command line, told in the same voice as all others."""

from typing import Any

import typer

from diagnose.errors import XdiagError

# Some versions of Typer bring a click of their own, others take the installed one: so the class is found from an heir.
UsageError: Any = typer.BadParameter.__base__


def mistake(error: Any) -> XdiagError | None:
    """Word a usage error as ours; None for a missing command, for which the help has been shown."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    said = " ".join(error.format_message().split()).removesuffix(".").replace("'", "`")
    command = error.ctx.command_path if error.ctx else "xdiag"
    return XdiagError(said[:1].lower() + said[1:], hint=f"`{command} --help` tells what is expected")
