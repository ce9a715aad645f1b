"""`xdiag matrix`: who can assume what in a whole organization."""

from pathlib import Path
from typing import Annotated

import typer

from diagnose.cli.file_form import form_of
from diagnose.cli.options import RuleFolders
from diagnose.cli.organization_flags import MatrixOutput, OrganizationLayer, Outside
from diagnose.cli.output import READER_LEFT
from diagnose.errors import XdiagError


def matrix(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="A folder with a file an account, and the organization's tree in `organization.json`."
        ),
    ],
    output: Annotated[
        MatrixOutput | None,
        typer.Option(
            help="JSON objects, CSV with a header line for spreadsheets, or a page with counts and a table.",
            show_default="what the file of --to is called after, else jsonl",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the rows to this file, which appears when it is complete; as Parquet if "
            "it is called `….parquet`, as a page if it is called `….html`, as CSV if it is called `….csv`.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", help="Only users and roles with this ARN; `*` is a wildcard. May be repeated."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", help="Only roles to assume with this ARN; `*` is a wildcard. May be repeated."),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only pairs with a side in this account. May be repeated."),
    ] = None,
    without: Annotated[
        list[OrganizationLayer] | None,
        typer.Option(help="State that there are no SCPs, or no RCPs. May be repeated."),
    ] = None,
    outside: Outside = False,
    sides: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Decide nothing, but write what there is to decide to `sources.parquet` and `roles.parquet` in DIR, "
            "for Spark and other engines.",
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Number of processes.")] = 1,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with the rows that an interrupted run has left beside the file of --to. Dumps, rules and "
            "options must be the same.",
        ),
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Add the first cause, its title and certainty.")] = False,
    rules: RuleFolders = None,
) -> None:
    """Decide which user and role can assume which role, from dumps of all accounts, without credentials.

    There is a row for every pair that is allowed, and for every pair of which that depends on what is not known, such
    as MFA or the external ID. A denied pair has one if it is half open: one side names the other by its ARN and would
    allow the call, and the other side does not (`trusted`, `granted`), or something else denies it (`both`). All other
    pairs are denied, and counted.

    A role calls as its session. Sessions are supposed to carry no session policy, no tags and no source identity, and
    requests to go through no VPC endpoint and to send no tags. Without `organization.json` SCPs and RCPs are not known:
    give the file, or state with --without that there are none. Its form is in `xdiag schema organization`.

    With --outside there are rows for who may come in from elsewhere: `*` for anybody with an AWS account, `...:root`
    for an account without a dump, a vendor's or one of yours, `o-...` for another organization. Services and identity
    providers are not among them: `xdiag audience` names those of one role.

    A page names the first causes, as --explain does. It counts all rows by cause and layer, and lists 2,000 of them,
    some of each verdict; how many more there are stands on it and on standard error. --account, --source and --role
    make them fewer.

        aws iam get-account-authorization-details > dumps/111111111111.json

        xdiag matrix dumps --to matrix.jsonl

        xdiag matrix dumps --role "arn:aws:iam::*:role/Admin" --explain

        xdiag matrix dumps --without scp --without rcp --to matrix.jsonl

        xdiag matrix dumps --outside --to outside.html

        xdiag matrix dumps --to matrix.parquet --jobs 2 --resume

    Parquet needs `pip install 'xdiag[arrow]'`.

    Exit codes: 0 every file was used, 2 a file was left out and the rest done, or bad usage or input, 130 interrupted,
    141 the reader of the rows has closed the pipe.
    """
    from diagnose.cli.matrix_run import Narrowing, write_matrix, write_sides

    only = Narrowing(tuple(source or ()), tuple(role or ()), frozenset(account or ()))
    if sides is not None:
        _check_alone(to=to, account=account, explain=explain, resume=resume, outside=outside)
        left_out = write_sides(folder, to=sides, only=only, without=without or ())
    else:
        try:
            left_out = write_matrix(
                folder,
                form=form_of(to, output, _FORMS, MatrixOutput.JSONL),
                to=to,
                only=only,
                without=without or (),
                explain=explain,
                outside=outside,
                rule_folders=rules or (),
                jobs=jobs,
                resume=resume,
            )
        except BrokenPipeError:
            raise typer.Exit(READER_LEFT) from None
    if left_out:
        raise XdiagError(
            f"left out {left_out:,} of the dumps or identities; the rows are about the rest",
            hint="the messages above say which, and why",
        )


_FORMS = {".csv": MatrixOutput.CSV, ".html": MatrixOutput.HTML}


def _check_alone(**others: object) -> None:
    """Raise XdiagError for a flag that says how pairs are decided, where none is."""
    for name, value in others.items():
        if value:
            raise XdiagError(f"`--sides` decides nothing, and `--{name}` is about pairs", hint="leave out one of them")
