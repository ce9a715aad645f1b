"""Options that are declared once, as the fields of a struct, are a command's own."""

from typing import Annotated

import typer
from msgspec import Struct
from typer.testing import CliRunner

from diagnose.cli.flags import with_flags


class Flags(Struct, frozen=True):
    name: Annotated[str | None, typer.Option(help="A name.")] = None
    keys: Annotated[list[str] | None, typer.Option("--key")] = None
    loud: bool = False


@with_flags
def command(flags: Flags, place: Annotated[str, typer.Argument()] = "here") -> None:
    """Do it."""
    typer.echo(f"{place} {flags}")


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def test_options_that_are_given_reach_the_struct() -> None:
    given = run("there", "--name", "a", "--key", "b", "--key", "c", "--loud")
    assert given == f"there {Flags(name='a', keys=['b', 'c'], loud=True)}"


def test_options_that_are_left_out_have_the_struct_s_defaults() -> None:
    assert run() == f"here {Flags()}"


def test_the_help_lists_the_options_with_their_words() -> None:
    written = run("--help")
    assert "--name" in written
    assert "A name." in written
