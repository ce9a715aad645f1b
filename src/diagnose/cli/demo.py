"""`xdiag demo`: bundled cases; the first answer needs no AWS account."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.answer import AnswerFlags, answer
from diagnose.cli.completion import demo_names
from diagnose.cli.demo_files import demo_files
from diagnose.cli.flags import with_flags
from diagnose.errors import XdiagError

FIRST = "wrong-principal"


@with_flags
def demo(
    how: AnswerFlags,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the case; see --list.", autocompletion=demo_names)
    ] = FIRST,
    list_them: Annotated[bool, typer.Option("--list", help="List the bundled cases.")] = False,
) -> None:
    """Diagnose a bundled broken pair of accounts.

        xdiag demo --list

        xdiag demo external-id

    Exit codes: 0 whatever the verdict, 2 bad usage.
    """
    from diagnose.cli.output import print_result

    cases = demo_files()
    if list_them:
        print_result("\n".join(f"{known:<24} {_title(path)}" for known, path in cases.items()))
        return
    if name not in cases:
        raise XdiagError(f"there is no demo `{name}`", hint=f"expected one of {', '.join(cases)}")

    from diagnose.loading import load_case

    answer(load_case(cases[name]), how)


def _title(path: Path) -> str:
    from diagnose.loading import load_case

    return load_case(path).note
