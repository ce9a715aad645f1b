"""Help texts in which the examples can be copied, and in which options stand by what they are about."""

import inspect
from typing import Any

from typer.core import TyperCommand


class GroupedCommand(TyperCommand):
    """A command whose help lists options under the `rich_help_panel` they name, not all in a row."""

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


def kept(text: str) -> str:
    """Give a docstring as help in which indented paragraphs, which are examples, keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    # A backspace on a line of its own asks not to fill the paragraph anew.
    return "\n\n".join(f"\b\n{each}" if each.startswith("    ") else each for each in paragraphs)


def _group(option: Any) -> str:
    """Give the group of an option; "" for the few, such as `--help`, that name none."""
    return getattr(option, "rich_help_panel", None) or ""
