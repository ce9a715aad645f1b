"""`xdiag audience`: whom a trust policy admits."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.model.policy import Policy, PolicyKind


def audience(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A trust policy, or a case file that holds one.")],
) -> None:
    """Say whom a trust policy admits, for which actions, and whether it is open to all the world.

    Every statement is told, with every principal that it names.

        xdiag audience trust.json

        xdiag audience ticket.json

    Exit codes: 0 whomever it admits, 2 bad usage or input.
    """
    from diagnose.audience.admission import audience as sum_up
    from diagnose.audience.words import words
    from diagnose.cli.output import say

    say(words(sum_up(_trust_policy(file))))


def _trust_policy(file: Path) -> Policy:
    """Read the policy out of either kind of file."""
    from diagnose.collect.file import read_bytes, read_case, read_policy_file
    from diagnose.errors import XdiagError
    from diagnose.model.evidence import Known

    if b'"snapshot"' not in read_bytes(file):
        return read_policy_file(file, PolicyKind.TRUST)
    trust = read_case(file).snapshot.destination.trust_policy
    if isinstance(trust, Known):
        return trust.value
    raise XdiagError(f"the trust policy was not read when `{file}` was made", hint="give the policy itself as a file")
