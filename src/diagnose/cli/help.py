"""How commands show help and usage errors: grouped options, examples to copy, our wording."""

import inspect
from typing import Any

import typer
from typer.core import TyperCommand

from diagnose.errors import XdiagError


class GroupedCommand(TyperCommand):
    """A command whose help lists options by their `rich_help_panel`, and which checks names of files."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the arguments. Raises XdiagError for an empty file name, and for two files on standard input."""
        rest = super().parse_args(ctx, args)
        from_standard_input = 0
        for parameter in self.params:
            if getattr(parameter.type, "name", "") != "path" or parameter.name is None:
                continue
            given = ctx.params.get(parameter.name)
            for path in given if isinstance(given, list | tuple) else [given]:
                if path == "":
                    name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar
                    hint = "expected a file or a folder; is a shell variable empty"
                    raise XdiagError(f"`{name}` is empty", hint=hint)
                from_standard_input += path == "-" and parameter.name not in _WRITTEN
        if from_standard_input > 1:
            raise XdiagError(
                "`-` is given for two files", hint="standard input can be read only once: name the other file"
            )
        return rest

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, groups, and the options without a group. Some versions of Typer bring their own click."""
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
    """Turn a docstring into help whose examples, the indented paragraphs, keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    # A backspace on a line of its own tells click not to rewrap the paragraph.
    return "\n\n".join(f"\b\n{paragraph}" if paragraph.startswith("    ") else paragraph for paragraph in paragraphs)


# Some versions of Typer bring their own click, others use the installed one: take the class from its subclass.
UsageError: Any = typer.BadParameter.__base__


def as_xdiag_error(error: Any) -> XdiagError | None:
    """Word a usage error as ours; None for a missing command, after showing its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return None
    message = _out_of_range(error) or " ".join(error.format_message().split()).removesuffix(".").replace("'", "`")
    command = error.ctx.command_path if error.ctx else "xdiag"
    return XdiagError(message[:1].lower() + message[1:], hint=f"see `{command} --help`")


def _out_of_range(error: Any) -> str:
    """Say what the least and the most of a number are that is neither; empty for every other mistake."""
    number, told, _ = str(error.message).partition(" is not in the range")
    parameter = getattr(error, "param", None)
    if not told or parameter is None:
        return ""
    least, most = parameter.type.min, parameter.type.max
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"
    return f"`{parameter.opts[-1]}` must be {bounds}, and is `{float(number):g}`"


def _group(option: Any) -> str:
    """Name the group of an option; "" for the few, such as `--help`, without one."""
    return getattr(option, "rich_help_panel", None) or ""


_WRITTEN = ("to", "save_case")
"""Parameters that name a file to write, where `-` is standard output."""
