"""`xdiag paths`: the ways to a role over other roles."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.flags import with_flags
from diagnose.cli.organization_flags import FirstCallFlags, OrganizationLayer, PathsForm
from diagnose.cli.output import exit_code
from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Verdict


@with_flags
def paths(
    first: FirstCallFlags,
    source_arn: Annotated[
        str, typer.Argument(metavar="SOURCE_ARN", help="A user, a role or a session of one that is in the dumps.")
    ],
    role_arn: Annotated[
        str, typer.Argument(metavar="DEST_ROLE_ARN", help="The role that is to be assumed in the end.")
    ],
    dumps: Annotated[
        Path,
        typer.Option(
            "--dumps", metavar="DIR", help="A folder of dumps, as `xdiag matrix` takes it.", show_default=False
        ),
    ],
    max_hops: Annotated[int, typer.Option(min=1, max=8, metavar="N", help="The most calls that a way may have.")] = 3,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="The most ways that are shown.")] = 10,
    output: Annotated[PathsForm, typer.Option(help="Text, or JSON for programs.")] = PathsForm.TEXT,
    without: Annotated[
        list[OrganizationLayer] | None,
        typer.Option(help="State that there are no SCPs, or no RCPs. May be repeated."),
    ] = None,
) -> None:
    r"""Find the ways to a role over other roles, the shortest first, from dumps, without credentials.

    Each call is decided as AWS would, signed by the session that the call before gives: without MFA, with transitive
    tags and the source identity, for an hour at most. What callers may choose, such as an external ID, is not known: a
    way that depends on it may be open. Ways lead over the roles in the dumps only.

        xdiag paths arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --dumps dumps

        xdiag paths SOURCE_ARN DEST_ROLE_ARN --dumps dumps --max-hops 4 \
            --source-identity ci --tag team=red --transitive-tag-key team

    Exit codes: 0 a way is open, 1 none is, 2 a dump was left out and the rest searched, or bad usage or input, 3 it
    depends on what is not known, 130 interrupted.
    """
    from diagnose.cli.paths_run import PathsQuestion, write_paths

    question = PathsQuestion(source_arn, role_arn, first, max_hops, limit)
    answer, left_out = write_paths(question, dumps, form=output, without=without or ())
    if left_out:
        raise XdiagError(
            f"left out {left_out:,} of the dumps or identities; the ways are over the rest",
            hint="the messages above say which, and why",
        )
    raise typer.Exit(exit_code(Verdict.of(answer)))
