"""From flags to a case: out of a file, or live from both accounts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.output import progress
from diagnose.cli.request import Flags, requested
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Case, Request, Snapshot, SourceSide


class Where(Struct, frozen=True):
    """Where evidence comes from, live. What is None comes from the environment."""

    source_profile: str | None = None
    dest_profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    org_profile: str | None = None
    vpc_endpoint: str | None = None


def from_file(path: Path, source_arn: str | None, role_arn: str | None, flags: Flags) -> Case:
    """Read a case; ARNs that are given as well must be those of the file. Raises XdiagError where they are not.

    A live attempt that the file holds says nothing of a request that the flags have changed.
    """
    from diagnose.collect.file import read_case

    place: Path | Literal["-"] = "-" if str(path) == "-" else path
    case = read_case(place)
    for what, given, held in (
        ("source", source_arn, case.snapshot.source.arn),
        ("role", role_arn, case.request.role_arn),
    ):
        if given is not None and given != held:
            raise XdiagError(
                f"the {what} `{given}` is not the one in the case file", hint=f"the file is about `{held}`"
            )
    request = requested(case.request, flags)
    return replace(case, request=request, probe=case.probe if request == case.request else None)


def from_details(paths: Sequence[Path], source_arn: str, role_arn: str, flags: Flags) -> Case:
    """Read both sides out of the authorization details of their accounts; an account without a file stays unread.

    Raises XdiagError for a file that is none, and for one that is about neither account.
    """
    from diagnose.collect.authorization_details import destination_side, read_details, source_side

    snapshot = Snapshot(SourceSide(source_arn))
    accounts = (parse_caller(source_arn).account, parse_role(role_arn).account)
    for details in map(read_details, paths):
        if details.account not in accounts:
            raise XdiagError(
                f"`{details.place}` is about account {details.account}", hint=f"expected {' or '.join(accounts)}"
            )
        if details.account == accounts[0]:
            snapshot = replace(snapshot, source=source_side(details, source_arn))
        if details.account == accounts[1]:
            snapshot = replace(snapshot, destination=destination_side(details, role_arn))
    return Case(requested(Request(role_arn=role_arn), flags), snapshot)


def one_place(case_file: Path | None, details: Sequence[Path], where: Where, without: Sequence[str]) -> None:
    """Check that evidence comes from one place. Raises XdiagError for flags that would not be heeded."""
    if where.vpc_endpoint and "endpoint" in without:
        raise XdiagError(
            "`--without endpoint` cannot go with `--vpc-endpoint`",
            hint="expected the VPC endpoint that the request goes through, or that it goes through none",
        )
    live_flags = {
        "--source-profile": where.source_profile,
        "--dest-profile": where.dest_profile,
        "--endpoint-url": where.endpoint_url,
        "--org-profile": where.org_profile,
        "--vpc-endpoint": where.vpc_endpoint,
    }
    named = [flag for flag, given in {"--case": case_file, "--details": details, **live_flags}.items() if given]
    if len(named) > 1 and (case_file or details):
        raise XdiagError(
            f"`{named[1]}` cannot go with `{named[0]}`",
            hint="expected evidence from one place: a case file, authorization details, or AWS profiles",
        )


def both_arns(source_arn: str | None, role_arn: str | None) -> tuple[str, str]:
    """Check that both ARNs are there, and are what they should be. Raises XdiagError."""
    if source_arn is None or role_arn is None:
        missing = "both ARNs are" if source_arn is None else "the ARN of the destination role is"
        raise XdiagError(f"{missing} missing", hint="expected `SOURCE_ARN DEST_ROLE_ARN`, or `--case FILE`")
    parse_caller(source_arn)
    parse_role(role_arn)
    return source_arn, role_arn


def live(source_arn: str, role_arn: str, where: Where, flags: Flags, *, attempt: bool) -> Case:
    """Read both sides with boto3 and, if told so, try the request for real.

    Raises XdiagError for a profile that is none, NothingGatheredError where neither side could be read at all.
    """
    from diagnose.aws.session import Side, open_side
    from diagnose.collect.live import gather
    from diagnose.probe import probe

    with progress() as step:
        step("opening the profiles")
        sides: dict[str | None, Side] = {}
        for profile in (where.source_profile, where.dest_profile, where.org_profile):
            if profile not in sides:
                sides[profile] = open_side(profile, where.region, where.endpoint_url)
        source = sides[where.source_profile]
        base = requested(Request(role_arn=role_arn, region=source.region), flags)
        snapshot = gather(
            base,
            source_arn,
            source,
            sides[where.dest_profile],
            sides[where.org_profile] if where.org_profile is not None else None,
            vpc_endpoint=where.vpc_endpoint,
            progress=step,
            now=datetime.now(UTC).isoformat(),
        )
        case = Case(base, snapshot)
        if not attempt:
            return case
        step("trying sts:AssumeRole")
        return replace(case, probe=probe(case, source, mfa_code=flags.mfa_code))
