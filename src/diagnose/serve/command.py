"""`xdiag serve`: the agents' server. Apart from `cli`, which it stands on."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.clock import time_in
from diagnose.cli.options import RuleFolders
from diagnose.errors import XdiagError


def serve(
    mcp: Annotated[bool, typer.Option("--mcp", help="Speak the Model Context Protocol.")] = False,
    files: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Let agents name files below this folder. May be repeated."),
    ] = None,
    allow_attempt: Annotated[
        bool, typer.Option("--allow-attempt", help="Let agents have sts:AssumeRole tried for real.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--call-timeout", metavar="SECONDS", min=0.1, help="Time for one call of a tool.")
    ] = 120,
    redact: Annotated[
        bool, typer.Option("--redact/--no-redact", help="Replace accounts, names and ids by pseudonyms in answers.")
    ] = False,
    rules: RuleFolders = None,
) -> None:
    """Serve agents over standard input and output: the questions of xdiag as tools, its rules as resources.

    Nothing is changed, in AWS or here. Agents name AWS profiles, and see no credentials. Needs
    `pip install 'xdiag[mcp]'`.

        xdiag serve --mcp

        xdiag serve --mcp --files ~/tickets

    Exit codes: 0 the client has left, 2 bad usage, 130 interrupted.
    """
    if not mcp:
        raise XdiagError("it is not said which protocol to speak", hint="expected `xdiag serve --mcp`")
    try:
        from diagnose.serve.server import serve_agents
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("anyio", "mcp", "mcp_types"):
            raise
        raise XdiagError("agents cannot be served: mcp is not installed", hint="pip install 'xdiag[mcp]'") from None
    from diagnose.loading import load_rules
    from diagnose.serve.documents import readable
    from diagnose.serve.tools import Premises

    seconds = time_in("--call-timeout", seconds)
    folders = tuple(rules or ())
    premises = Premises(load_rules(folders), folders, readable(files or ()), allow_attempt, redact)
    _serve_until_left(lambda: serve_agents(premises, seconds))


def _serve_until_left(serve_all: Callable[[], None]) -> None:
    """Serve, and end at once: neither a call that was given up nor the wait for a line may keep the process."""

    def leave(code: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)

    signal.signal(signal.SIGINT, lambda _number, _frame: leave(130))
    serve_all()
    leave(0)
