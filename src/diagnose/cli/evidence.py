"""Where a case comes from: a row for each source of evidence."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.asked import AskedFlags, ends_from_flags, missing, text_of
from diagnose.cli.options import EVIDENCE
from diagnose.cli.output import progress
from diagnose.cli.request import RequestFlags, request_from_flags
from diagnose.collect.request.asked import Asked, request_of, with_asked
from diagnose.collect.request.names import MYSELF
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
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not try sts:AssumeRole for real.", rich_help_panel=EVIDENCE)
    ] = False


class CaseFlags(Struct, frozen=True):
    """What the command line says of a case: source, role, request and evidence."""

    source_arn: str | None
    role_arn: str | None
    request: RequestFlags
    evidence: EvidenceFlags
    attempt: bool = True
    """Whether the request may be tried for real."""
    forms: AskedFlags = AskedFlags()
    hop: Asked = Asked()
    """The call of the profile in `forms` that is asked about."""
    asked: Asked = Asked()
    complete: bool = True
    """Whether what no form and no flag says was not sent."""

    def request_on(self, role: str, region: str | None = None) -> Request:
        """Give the request that forms and flags describe; of those who say nothing, the Region is `region`."""
        base = request_of(self.asked, role, complete=self.complete)
        if base.region is None and self.complete:
            base = replace(base, region=region)
        return request_from_flags(base, self.request)


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
    source = _source(evidence)
    if evidence.case_file is None:
        flags = _with_ends(flags)
    elif flags.forms.event is not None or flags.forms.profile is not None:
        other = "--event" if flags.forms.event is not None else "--profile"
        raise XdiagError(f"`{other}` cannot be used with `--case`", hint="expected one of them: a case has its request")
    case = source.read(flags)
    if evidence.no_probe and evidence.case_file is None:  # a case file keeps the attempt that was made for it
        case = replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why="it was disabled with --no-probe"))
    if evidence.case_file is None:
        case = with_asked(case, flags.asked)
    elif flags.forms.message is not None:
        from diagnose.collect.pasted_error import pasted_error

        case = replace(case, message=pasted_error(text_of(flags.forms.message)))
    return _without(case, evidence.without or ())


def live(flags: CaseFlags, where: LiveFlags) -> Case:
    """Read both sides with boto3 and, where the flags let us, try the request for real.

    Raises XdiagError for an unknown profile, NothingReadError if neither side could be read at all.
    """
    from diagnose.aws.session import Credentials, open_credentials
    from diagnose.collect.live import read_snapshot
    from diagnose.probe import probe

    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    request = flags.request
    with progress() as step:
        step("opening the profiles")
        sides: dict[str | None, Credentials] = {}
        for profile in (where.source_profile, where.dest_profile, where.org_profile):
            if profile not in sides:
                sides[profile] = open_credentials(profile, request.region, where.endpoint_url)
        source = sides[where.source_profile]
        base = flags.request_on(role_arn, source.region)
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
        if not flags.attempt:
            return case
        if flags.asked.parameters is None and not flags.complete:
            why = "what the request carried is not known: say it with flags such as --external-id"
            return replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why=why))
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
                f"`{details.place}` is about account {details.account}", hint=f"expected {' or '.join(accounts)}"
            )
        if details.account == accounts[0]:
            snapshot = replace(snapshot, source=source_side(details, source_arn))
        if details.account == accounts[1]:
            snapshot = replace(snapshot, destination=destination_side(details, role_arn))
    return Case(flags.request_on(role_arn), snapshot)


def _live(flags: CaseFlags) -> Case:
    """Read live. Where the question came with AWS's answer, what is certain is told even if nothing can be read."""
    try:
        return live(replace(flags, attempt=flags.attempt and not flags.evidence.no_probe), flags.evidence)
    except NothingReadError as error:
        if flags.forms == AskedFlags():
            raise
        from diagnose.collect.source import session_evidence

        source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
        gap = Unread(Gap.NO_CREDENTIALS, detail=error.hint)
        session = session_evidence(parse_caller(source_arn), None, flags.request_on(role_arn).via)
        source = SourceSide(source_arn, principal=replace(gap, subject=source_arn), session=session)
        destination = DestinationSide(role=replace(gap, subject=role_arn))
        return Case(flags.request_on(role_arn), Snapshot(source, destination))


def _with_ends(flags: CaseFlags) -> CaseFlags:
    """Take source and role from wherever they are said. Raises XdiagError, by name, for what nobody says."""
    ends = ends_from_flags(flags.source_arn, flags.role_arn, flags.forms, flags.hop)
    source = ends.asked.source if ends.source is None else ends.source
    flags = replace(flags, role_arn=ends.role, asked=ends.asked, complete=ends.complete)
    if ends.role is None:
        raise missing(ends.asked, "role", source)
    if ends.source is None and not source and (ends.asked.message or ends.asked.about_source):
        raise missing(ends.asked, "source", source)
    if ends.asked.parameters is None and not ends.complete:
        told = (*ends.asked.told, "What was sent with the call is not in it, and is unknown unless flags say it.")
        flags = replace(flags, asked=replace(ends.asked, told=told))
    if source == MYSELF or (ends.source is None and not source):
        parse_role(ends.role)
        source, said = _myself(flags.evidence)
        flags = replace(flags, asked=replace(flags.asked, told=(said, *flags.asked.told)))
    return replace(flags, source_arn=source)


def _myself(where: LiveFlags) -> tuple[str, str]:
    """Ask AWS who signs with the source's credentials. Raises NothingReadError where that cannot be known."""
    from diagnose.aws.calls import Refusal
    from diagnose.aws.identity import identify
    from diagnose.aws.session import open_credentials

    credentials = open_credentials(where.source_profile, None, where.endpoint_url)
    identity = identify(credentials)
    if isinstance(identity, Refusal):
        raise NothingReadError(
            f"the source is not given, and {credentials.label} cannot say who it is",
            hint=f"{identity.text}; or name the source: `SOURCE_ARN DEST_ROLE_ARN`",
        )
    return identity.arn, f"The source is whoever {credentials.label} signs for."


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
