"""Commands whose help can be copied from and lists options by what they are about, and that know files from none."""

import inspect
from typing import Any

import typer
from typer.core import TyperCommand

from diagnose.errors import XdiagError


class GroupedCommand(TyperCommand):
    """A command whose help lists options under the `rich_help_panel` they name, not all in a row."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the arguments. Raises XdiagError for a file without a name, and for two on standard input."""
        rest = super().parse_args(ctx, args)
        from_standard_input = 0
        for parameter in self.params:
            if getattr(parameter.type, "name", "") != "path" or parameter.name is None:
                continue
            given = ctx.params.get(parameter.name)
            for path in given if isinstance(given, list | tuple) else [given]:
                if path == "":
                    name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar
                    hint = "expected a file or a folder; is a variable of the shell empty"
                    raise XdiagError(f"`{name}` is an empty name", hint=hint)
                from_standard_input += path == "-"
        if from_standard_input > 1:
            raise XdiagError("`-` stands for two files", hint="standard input can be read once: name the others")
        return rest

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, the groups, and what is in none. Some versions of Typer bring a click of their own."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        others: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            group = "Arguments" if parameter.param_type_name == "argument" else _group(parameter)
            row = parameter.get_help_record(ctx)
            if row is not None:
                (groups.setdefault(group, []) if group else others).append(row)
        for group, rows in (*groups.items(), ("Options", others)):
            if rows:
                with formatter.section(group):
                    formatter.write_dl(rows)


def help_text(text: str) -> str:
    """Give a docstring as help in which indented paragraphs, which are examples, keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    # A backspace on a line of its own asks not to fill the paragraph anew.
    return "\n\n".join(f"\b\n{each}" if each.startswith("    ") else each for each in paragraphs)


# Some versions of Typer bring a click of their own, others take the installed one: so the class is found from an heir.
UsageError: Any = typer.BadParameter.__base__


def as_xdiag_error(error: Any) -> XdiagError | None:
    """Word a usage error as ours; None for a missing command, for which the help has been shown."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    said = " ".join(error.format_message().split()).removesuffix(".").replace("'", "`")
    command = error.ctx.command_path if error.ctx else "xdiag"
    return XdiagError(said[:1].lower() + said[1:], hint=f"`{command} --help` tells what is expected")


def _group(option: Any) -> str:
    """Give the group of an option; "" for the few, such as `--help`, that name none."""
    return getattr(option, "rich_help_panel", None) or ""
