"""`xdiag doctor`: whether the credentials at hand can answer a question at all."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.flags import with_flags
from diagnose.cli.options import REQUEST, RoleArgument, SourceArgument, ends_typed


@with_flags
def doctor(
    where: LiveFlags,
    source_arn: SourceArgument = None,
    role_arn: RoleArgument = None,
    region: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="The Region that STS is called in.", rich_help_panel=REQUEST),
    ] = None,
) -> None:
    r"""Say who each profile is, how it reaches AWS, and what it may read on each side.

    Calls once whatever `xdiag check` would call; with the ARNs, about these principals. Without the source's ARN, the
    source is whoever its profile is. Changes nothing, and does not try the request.

        xdiag doctor --source-profile ours --dest-profile theirs

        xdiag doctor arn:aws:iam::111111111111:user/ci \
            arn:aws:iam::222222222222:role/Deploy --org-profile management

    Exit codes: 0 everything can be read on both sides, 1 something cannot, 2 bad usage.
    """
    from diagnose.aws.patience import TIMEOUT, Patience
    from diagnose.aws.providers import Wallet
    from diagnose.cli.clock import beginning, time_in
    from diagnose.cli.configured import configured
    from diagnose.cli.output import print_result, terminal_given_back
    from diagnose.collect.checkup import Doors, Examined, examine
    from diagnose.collect.request.names import MYSELF
    from diagnose.model.arn import parse_caller, parse_role
    from diagnose.report.checkup import checkup_text

    source_arn, role_arn = ends_typed(source_arn, role_arn)
    source_arn = None if source_arn == MYSELF else source_arn
    caller = None if source_arn is None else parse_caller(source_arn)
    role = None if role_arn is None else parse_role(role_arn)
    where = configured(where, caller.account if caller else "", role.account if role else "")
    examined = Examined(where.source_profile, where.dest_profile, where.org_profile, caller, role, where.vpc_endpoint)
    patience = Patience(TIMEOUT if where.timeout is None else time_in("--timeout", where.timeout))
    patience.begin(beginning())
    doors = Doors(region, where.endpoint_url, patience, Wallet(), sys.stdin.isatty())
    with terminal_given_back():
        checkup = examine(examined, doors, lambda: datetime.now(UTC))
    print_result(checkup_text(checkup))
    raise typer.Exit(0 if checkup.sound else 1)
