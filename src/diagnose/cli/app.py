"""The commands, in the order in which `xdiag --help` lists them; each is imported when it is run."""

import os
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from diagnose.cli.help import GroupedCommand, help_text


class Listed(NamedTuple):
    """A command, or a group of commands, as the help lists it. `module` is the one of `cli` that defines it.

    What stands on `cli` itself is named from the package that `cli` is in, with a dot before.

    INVARIANT: `purpose` is the first sentence of its own help, which would have to be imported to be read. A test
    compares the two.
    """

    module: str
    purpose: str


COMMANDS = {
    "audience": Listed(
        "audience", "Say whom a trust policy admits, for which actions, and whether it is open to everyone."
    ),
    "batch": Listed("batch", "Decide many cases: a case a line in, a verdict a line out, in the same order."),
    "check": Listed(
        "check", "Say whether a principal can assume a role, and if not: why, where, and what would fix it."
    ),
    "collect": Listed("collect", "Gather the evidence of both sides into a case file."),
    "compare": Listed(
        "compare",
        "Say which pairs are newly allowed, undetermined or denied, and which are still closed for another reason.",
    ),
    "demo": Listed("demo", "Diagnose a bundled broken pair of accounts."),
    "doctor": Listed("doctor", "Say who each profile is, how it reaches AWS, and what it may read on each side."),
    "explain": Listed("rules", "Explain one cause: what it is, what it looks like, how to fix it."),
    "explain-error": Listed(
        "explain_error", "Explain the error that AWS or a tool printed: the same as 'xdiag check --message TEXT'."
    ),
    "facts": Listed("rules", "Print the facts of a case in the form that a rule's `when` takes."),
    "matrix": Listed(
        "matrix", "Decide which user and role can assume which role, from dumps of all accounts, without credentials."
    ),
    "paths": Listed(
        "paths",
        "Find the ways to a role over other roles, the shortest first, from dumps, without credentials.",
    ),
    "permissions": Listed("permissions", "Print the least IAM policy that lets xdiag read a side, ready to attach."),
    "schema": Listed("schema", "Print a JSON Schema."),
    "config": Listed("config", "Show what xdiag.toml and the environment set."),
    "rules": Listed("rules", "List, show, check and draft the rules that name causes."),
    "serve": Listed(
        ".serve.command",
        "Serve agents over standard input and output: the questions of xdiag as tools, its rules as resources.",
    ),
}


_FOR_HELP = "diagnose.for_help"
"""Whether a command is asked for its help, in what Click keeps of a run."""


class CommandsByName(TyperGroup):
    """The commands. Listing them takes their names and what they are for; only the one that is run is imported."""

    def __init__(self, **settings: Any) -> None:
        """Let something that has only a name and a help stand for each command."""
        stand_ins = {name: TyperCommand(name, help=listed.purpose) for name, listed in COMMANDS.items()}
        super().__init__(**{**settings, "commands": stand_ins})

    def format_commands(self, _: Any, formatter: Any) -> None:
        """List what each command is for in whole: Click would cut it off within the line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.purpose) for name, listed in COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that the arguments begin with; none where the shell completes what there is not."""
        name, _, rest = super().resolve_command(ctx, args)
        ctx.meta[_FOR_HELP] = "--help" in rest
        return name, None if name is None else command_named(name), rest


def command_named(name: str) -> Any:
    """Import a command and build it. In its module, it is called as on the command line."""
    command = getattr(import_module(f".{COMMANDS[name].module}", "diagnose.cli"), name.replace("-", "_"))
    if isinstance(command, typer.Typer):
        return get_group(command)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, help=help_text(command.__doc__ or ""), cls=GroupedCommand)(command)
    return get_command(alone)


app = typer.Typer(
    name="xdiag",
    cls=CommandsByName,
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
    """Define the options that come before a command, and take the defaults from what is set.

    A mistake in the settings ends those commands only whose answer would be another for it.
    """
    from diagnose.cli.settings import defaults, folder_of_work, readable_settings

    settings, mistakes = readable_settings(folder_of_work(), os.environ)
    if mistakes and context.invoked_subcommand not in _WITHOUT_SETTINGS and not context.meta.get(_FOR_HELP):
        raise mistakes[0]
    if mistakes and context.invoked_subcommand != "config":
        from diagnose.cli.output import print_warning

        print_warning(mistakes[0], "going on without it")
    context.default_map = defaults(settings)


_WITHOUT_SETTINGS = ("config", "demo", "explain", "permissions", "rules", "schema")
"""The commands that answer without what is set: they teach, or say what is wrong with it."""
