"""`xdiag facts`: what a rule can see in a case."""

from pathlib import Path
from typing import Annotated

import typer


def facts(
    case_file: Annotated[Path, typer.Argument(metavar="CASE", help="A case file ('-': standard input).")],
) -> None:
    """Print the facts of a case in the very form that a rule's `when` takes.

    A new rule is written by deleting lines.

        xdiag facts ticket.json

    Exit codes: 0 whatever the verdict is, 2 bad usage or input.
    """
    from diagnose.causes.gather import gather
    from diagnose.causes.show import facts_as_yaml
    from diagnose.cli.output import say
    from diagnose.evaluate.decision import decide
    from diagnose.loading import load_case

    case = load_case(case_file)
    say(facts_as_yaml(gather(case, decide(case))) or "# allowed: there is nothing to explain\n")
