"""The commands, in the order in which `xdiag --help` lists them."""

import os

import typer

from diagnose.cli.audience import audience
from diagnose.cli.batch import batch
from diagnose.cli.check import check
from diagnose.cli.collect import collect
from diagnose.cli.compare import compare
from diagnose.cli.config import config
from diagnose.cli.demo import demo
from diagnose.cli.doctor import doctor
from diagnose.cli.explain_error import explain_error
from diagnose.cli.help import GroupedCommand, help_text
from diagnose.cli.matrix import matrix
from diagnose.cli.permissions import permissions
from diagnose.cli.rules import explain, facts, rules
from diagnose.cli.schema import schema
from diagnose.cli.settings import defaults, folder_of_work, read_settings

app = typer.Typer(
    name="xdiag",
    help=help_text(
        """
        Say why sts:AssumeRole from one principal to one role fails, point at the line of the policy, and prove the
        smallest fix.

            xdiag check arn:aws:iam::111111111111:user/ci \\
                arn:aws:iam::222222222222:role/Deploy

            xdiag check --case ticket.json

            xdiag demo

        Exit codes: 0 allowed, 1 denied, 2 bad usage or input, 3 undetermined, 4 no evidence could be gathered,
        70 a bug, 130 interrupted.
        """
    ),
    no_args_is_help=True,
    # Rich would cost every start 40 ms, and a traceback is for a bug report, not for decoration.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from diagnose.version import VERSION

        typer.echo(f"xdiag {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    _: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version and exit."),
) -> None:
    """Define the options that come before a command, and take the defaults from what is set."""
    context.default_map = defaults(read_settings(folder_of_work(), os.environ))


for command in (
    audience,
    batch,
    check,
    collect,
    compare,
    demo,
    doctor,
    explain,
    explain_error,
    facts,
    matrix,
    permissions,
    schema,
):
    app.command(help=help_text(command.__doc__ or ""), cls=GroupedCommand)(command)
app.add_typer(config, name="config")
app.add_typer(rules, name="rules")
