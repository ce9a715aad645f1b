"""`xdiag config`: what is set, and where."""

import os

import typer

from diagnose.cli.help import GroupedCommand, help_text

config = typer.Typer(
    help=help_text(
        """
        Show what xdiag.toml and the environment set.

            xdiag config show

        Exit codes: 0 done, 2 a setting is not one.
        """
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)


def show() -> None:
    r"""Print every setting with its value and where it comes from.

    A flag outranks a variable, a variable the project's file (xdiag.toml in this folder, or above it in the
    repository), and that the user's (~/.config/xdiag/xdiag.toml). A file can hold:

        output = "markdown"
        redact = true
        rules = ["our-rules"]
        pages = "https://docs.example.com/xdiag"
        timeout = 10
        org-profile = "management"

        [accounts]
        111111111111 = "ours"

        xdiag config show

    Exit codes: 0 printed, 2 printed, but a setting is not one.
    """
    from diagnose.cli.output import print_result
    from diagnose.cli.settings import SETTINGS, folder_of_work, readable_settings
    from diagnose.report.safe_text import visible

    settings, mistakes = readable_settings(folder_of_work(), os.environ)
    rows = [
        (setting.name, _written(chosen.value), f"from {chosen.origin}")
        if (chosen := settings.values.get(setting.name))
        else (setting.name, "-", f"not set; {setting.variable}")
        for setting in SETTINGS
    ]
    rows += [
        (f"accounts.{account}", str(chosen.value), f"from {chosen.origin}")
        for account, chosen in sorted(settings.accounts.items())
    ]
    rows += [
        (f"{whose} file", str(path), "read" if os.path.isfile(path) else "not there")
        for whose, path in settings.files.items()
    ]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    print_result(
        "\n".join(visible(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}") for name, value, origin in rows)
    )
    if mistakes:
        raise mistakes[0]


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(str, value))
        case float():
            return f"{value:g}"
    return str(value)


config.command("show", help=help_text(show.__doc__ or ""), cls=GroupedCommand)(show)
