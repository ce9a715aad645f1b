"""`xdiag permissions`: what a reader must be allowed to do, as a policy."""

from typing import Annotated

import typer

from diagnose.model.checkup import Side


def permissions(
    sides: Annotated[
        list[Side] | None,
        typer.Option("--for", help="The side to be read. May be repeated; all three if it is not given."),
    ] = None,
) -> None:
    r"""Print the least IAM policy that lets xdiag read a side, ready to attach. It allows reading only.

    For a VPC endpoint that --vpc-endpoint names, ec2:DescribeVpcEndpoints is in the source's policy.

        xdiag permissions --for source > reader.json

        xdiag permissions --for organization

    Exit codes: 0 printed, 2 bad usage.
    """
    from diagnose.cli.output import print_result
    from diagnose.collect.permissions import reading_policy

    print_result(reading_policy(tuple(dict.fromkeys(sides or Side))))
