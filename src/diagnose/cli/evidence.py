"""Where a case comes from: a row for each source of evidence."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.options import EVIDENCE
from diagnose.cli.output import progress
from diagnose.cli.request import RequestFlags, request_from_flags
from diagnose.collect.federation.presented import Presented, as_if_in_time, with_presented
from diagnose.errors import NothingReadError, XdiagError
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import (
    Case,
    DestinationSide,
    ProbeOutcome,
    ProbeResult,
    Request,
    Session,
    Snapshot,
    SourceSide,
)
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.operation import operation_of
from diagnose.model.policy import PolicySet


class LiveFlags(Struct, frozen=True):
    """Flags that say where evidence is read live. What is None comes from the environment."""

    source_profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="AWS profile for the source's account.", rich_help_panel=EVIDENCE),
    ] = None
    dest_profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="AWS profile for the role's account.", rich_help_panel=EVIDENCE),
    ] = None
    org_profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="AWS profile of the organization's management account or of a delegated administrator: only these "
            "can read SCPs and RCPs.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    vpc_endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="VPC endpoint for STS that the request goes through; read with the source's profile.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Send all calls to this URL, for example to an emulator.", rich_help_panel=EVIDENCE
        ),
    ] = None


class EvidenceFlags(LiveFlags, frozen=True):
    """Flags that say where evidence comes from."""

    case_file: Annotated[
        Path | None,
        typer.Option(
            "--case",
            metavar="FILE",
            help="Read everything from a case file ('-': standard input).",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    details: Annotated[
        list[Path] | None,
        typer.Option(
            "--details",
            metavar="FILE",
            help="Read an account from the output of 'aws iam get-account-authorization-details'. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER",
            help="State that no such policy applies: scp, rcp, endpoint or session. May be repeated.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    message: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="The error that AWS returned. It names the action that was denied, and helps to rank the causes.",
            rich_help_panel=EVIDENCE,
        ),
    ] = None
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not try sts:AssumeRole for real.", rich_help_panel=EVIDENCE)
    ] = False


class CaseFlags(Struct, frozen=True):
    """What the command line says of a case: source, role, request and evidence."""

    source_arn: str | None
    role_arn: str | None
    request: RequestFlags
    evidence: EvidenceFlags
    presented: Presented | None = None
    attempt: bool = True
    """Whether the request may be tried for real."""


class EvidenceSource(Struct, frozen=True):
    """A place that evidence comes from, the fields of `EvidenceFlags` that select it, and its reader."""

    name: str
    flags: tuple[str, ...]
    read: Callable[[CaseFlags], Case]


def case_from_flags(flags: CaseFlags) -> Case:
    """Read a case from the source of evidence that the flags select, live by default.

    Raises XdiagError for flags that contradict each other, and for evidence that cannot be read.
    """
    evidence = flags.evidence
    case = _source(evidence).read(flags)
    if flags.presented is not None:
        case = with_presented(case, flags.presented)
    if evidence.no_probe and evidence.case_file is None:  # a case file keeps the attempt that was made for it
        case = replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why="it was disabled with --no-probe"))
    if evidence.message is not None:
        from diagnose.collect.pasted_error import pasted_error

        case = replace(case, message=pasted_error(evidence.message))
    if flags.presented is not None and not flags.presented.current and not case.message:
        case = as_if_in_time(case)
    return _without(case, evidence.without or ())


def live(source_arn: str, role_arn: str, where: LiveFlags, request: RequestFlags, *, attempt: bool) -> Case:
    """Read both sides with boto3 and, with `attempt`, try the request for real.

    Raises XdiagError for an unknown profile, NothingReadError if neither side could be read at all.
    """
    from diagnose.aws.session import Credentials, open_credentials
    from diagnose.collect.live import read_snapshot
    from diagnose.probe import probe

    with progress() as step:
        step("opening the profiles")
        sides: dict[str | None, Credentials] = {}
        for profile in (where.source_profile, where.dest_profile, where.org_profile):
            if profile not in sides:
                sides[profile] = open_credentials(profile, request.region, where.endpoint_url)
        source = sides[where.source_profile]
        base = _request(source_arn, role_arn, request, source.region)
        snapshot = read_snapshot(
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
        return replace(case, probe=probe(case, source, mfa_code=request.mfa_code))


def required_arns(source_arn: str | None, role_arn: str | None) -> tuple[str, str]:
    """Return both ARNs. Raises XdiagError if one is missing or malformed."""
    if source_arn is None or role_arn is None:
        missing = "both ARNs are" if source_arn is None else "the ARN of the destination role is"
        raise XdiagError(f"{missing} missing", hint="expected `SOURCE_ARN DEST_ROLE_ARN`, or `--case FILE`")
    parse_caller(source_arn)
    parse_role(role_arn)
    return source_arn, role_arn


def _request(source_arn: str, role_arn: str, flags: RequestFlags, region: str | None = None) -> Request:
    """Give the request that the source makes: what it is says which operation it calls."""
    operation = operation_of(parse_caller(source_arn).kind)
    return request_from_flags(Request(role_arn, operation, region=region), flags)


def _from_case_file(flags: CaseFlags) -> Case:
    """Read a case file. Raises XdiagError if an ARN on the command line is not the one in the file.

    The file's live attempt and its message are dropped if the flags change the request: AWS's answer was to another.
    """
    from diagnose.collect.case_file import read_case

    path = flags.evidence.case_file
    assert path is not None
    place: Path | Literal["-"] = "-" if str(path) == "-" else path
    case = read_case(place)
    for what, given, in_file in (
        ("source", flags.source_arn, (case.snapshot.source.arn, case.source_arn)),
        ("role", flags.role_arn, (case.request.role_arn,)),
    ):
        if given is not None and given not in in_file:
            raise XdiagError(
                f"the {what} `{given}` is not the one in the case file", hint=f"the file is about `{in_file[0]}`"
            )
    request = request_from_flags(case.request, flags.request)
    return case if request == case.request else replace(case, request=request, probe=None, message="")


def _from_details(flags: CaseFlags) -> Case:
    """Read both sides from the authorization details of their accounts; an account without a file stays unread.

    Raises XdiagError for a file that is malformed or about neither account.
    """
    from diagnose.collect.account_details import destination_side, read_details, source_side

    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    snapshot = Snapshot(SourceSide(source_arn))
    accounts = (parse_caller(source_arn).account, parse_role(role_arn).account)
    for details in map(read_details, flags.evidence.details or ()):
        if details.account not in accounts:
            raise XdiagError(
                f"`{details.place}` is about account {details.account}",
                hint=f"expected {' or '.join(filter(None, accounts))}",
            )
        if details.account == accounts[0]:
            snapshot = replace(snapshot, source=source_side(details, source_arn))
        if details.account == accounts[1]:
            snapshot = replace(snapshot, destination=destination_side(details, role_arn))
    return Case(_request(source_arn, role_arn, flags.request), snapshot)


def _live(flags: CaseFlags) -> Case:
    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    attempt = flags.attempt and not flags.evidence.no_probe
    try:
        return live(source_arn, role_arn, flags.evidence, flags.request, attempt=attempt)
    except NothingReadError as error:
        if flags.presented is None or flags.attempt:
            raise
        # What is presented and a proposed policy are enough for an answer.
        unread = Unread(Gap.NO_CREDENTIALS, role_arn, detail=error.hint)
        snapshot = Snapshot(SourceSide(source_arn), DestinationSide(role=unread))
        return Case(_request(source_arn, role_arn, flags.request), snapshot)


SOURCES = (
    EvidenceSource("a case file", ("case_file",), _from_case_file),
    EvidenceSource("authorization details", ("details",), _from_details),
    EvidenceSource("AWS profiles", tuple(field for field in LiveFlags.__struct_fields__), _live),
)
"""Every source of evidence; the last one is the default."""


def _source(flags: EvidenceFlags) -> EvidenceSource:
    """Choose the source that the flags select. Raises XdiagError for flags that would have no effect."""
    if flags.vpc_endpoint and "endpoint" in (flags.without or ()):
        raise XdiagError(
            "`--without endpoint` cannot be used with `--vpc-endpoint`",
            hint="expected one of them: the request goes through a VPC endpoint, or it does not",
        )
    named = [(source, flag) for source in SOURCES for flag in source.flags if getattr(flags, flag)]
    others = [flag for source, flag in named if source is not named[0][0]]
    if others:
        *before, last = [source.name for source in SOURCES]
        raise XdiagError(
            f"`{_option(others[0])}` cannot be used with `{_option(named[0][1])}`",
            hint=f"expected evidence from one place: {', '.join(before)}, or {last}",
        )
    return named[0][0] if named else SOURCES[-1]


def _option(flag: str) -> str:
    return "--case" if flag == "case_file" else f"--{flag.replace('_', '-')}"


def _without(case: Case, layers: Sequence[str]) -> Case:
    """Record the user's statement that some layers have no policies. Raises XdiagError for an unknown layer."""
    source, destination, endpoint = case.snapshot.source, case.snapshot.destination, case.snapshot.endpoint
    stated = "stated on the command line"
    for layer in layers:
        match layer:
            case "scp":
                source = replace(source, scps=Known((), stated))
            case "rcp":
                destination = replace(destination, rcps=Known((), stated))
            case "endpoint":
                endpoint = Known(None, stated)
            case "session":
                source = replace(source, session=_sends_nothing_more(source.session, stated))
            case _:
                raise XdiagError(
                    f"`--without {layer}`: there is no such layer",
                    hint="expected scp, rcp, endpoint or session",
                )
    return replace(case, snapshot=replace(case.snapshot, source=source, destination=destination, endpoint=endpoint))


def _sends_nothing_more(session: Session, stated: str) -> Session:
    """Return the session without a session policy; tags and source identity are absent unless they are known."""
    none: Known[tuple[str, ...]] = Known((), stated)
    return replace(
        session,
        policies=PolicySet(),
        tags=session.tags if isinstance(session.tags, Known) else Known({}, stated),
        transitive_tag_keys=session.transitive_tag_keys if isinstance(session.transitive_tag_keys, Known) else none,
        source_identity=session.source_identity if isinstance(session.source_identity, Known) else Known(None, stated),
    )
