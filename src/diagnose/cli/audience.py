"""`xdiag audience`: whom a trust policy admits."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.model.policy import Policy, PolicyKind


def audience(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A trust policy, or a case file that contains one ('-': standard input)."),
    ],
) -> None:
    """Say whom a trust policy admits, for which actions, and whether it is open to everyone.

    Lists every statement, with every principal that it names.

        xdiag audience trust.json

        xdiag audience ticket.json

        aws iam get-role --role-name Deploy | xdiag audience -

    Exit codes: 0 whoever is admitted, 2 bad usage or input.
    """
    from diagnose.audience import audience as sum_up
    from diagnose.audience import words
    from diagnose.cli.output import print_result

    print_result(words(sum_up(trust_policy_in(file))))


def trust_policy_in(file: Path) -> Policy:
    """Read the policy from either kind of file. Raises XdiagError for any other, and where a case has none."""
    from diagnose.collect.evidence.case_file import case_from_json
    from diagnose.collect.evidence.case_sign import sign_of_case
    from diagnose.collect.evidence.policy_file import policy_from
    from diagnose.collect.input import input_name, read_bytes
    from diagnose.errors import XdiagError
    from diagnose.model.evidence import Known

    data, place = read_bytes(file), input_name(file)
    if sign_of_case(data) is None:
        return policy_from(data, PolicyKind.TRUST, place=place)
    trust = case_from_json(data, place=place).snapshot.destination.trust_policy
    if isinstance(trust, Known):
        return trust.value
    raise XdiagError(
        f"the trust policy was not read when `{place}` was made", hint="expected the trust policy itself as a file"
    )
