"""Where a case comes from: a row for each source of evidence."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.asked import AskedFlags, ends_from_flags, missing, text_of
from diagnose.cli.bearer import bearer_asked_about, signs_nothing
from diagnose.cli.case_flags import CaseFlags, LiveFlags
from diagnose.cli.files import PolicyFlags
from diagnose.cli.output import progress
from diagnose.cli.request import request_from_flags
from diagnose.cli.sides import Given, pasted_policies, sides_in_infrastructure, with_sides
from diagnose.cli.without import refuse_unknown_layers, without_layers
from diagnose.collect.evidence.declared_limit import DeclaredLimits
from diagnose.collect.evidence.handed_over import InputFile, PastedPolicies
from diagnose.collect.federation.presented import as_if_in_time, with_pod, with_presented
from diagnose.collect.request.asked import with_asked, with_identity
from diagnose.collect.request.names import MYSELF
from diagnose.errors import NothingReadError, XdiagError
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import (
    Case,
    DestinationSide,
    ProbeOutcome,
    ProbeResult,
    Snapshot,
    SourceSide,
)
from diagnose.model.evidence import Gap, Unread


class EvidenceSource(Struct, frozen=True):
    """A place that evidence comes from, and the fields of the flags that select it.

    `read` gives the sides that it holds, and is None where it holds a whole case or where nothing is in files.
    """

    name: str
    flags: tuple[str, ...]
    read: Callable[[CaseFlags, str, str], Given] | None = None


def case_from_flags(flags: CaseFlags) -> Case:
    """Read a case from the sources of evidence that the flags select; a side that no file is about is read live.

    Raises XdiagError for flags that contradict each other, and for evidence that cannot be read.
    """
    evidence = flags.evidence
    refuse_contradictions(flags)
    pasted = pasted_policies(flags.policies)
    limits: tuple[DeclaredLimits, ...] = ()
    if evidence.case_file is None:
        flags = _with_ends(flags, pasted)
        case, limits = _gathered(flags, pasted)
        case = with_identity(case, flags.asked)
    else:
        case = _from_case_file(flags)
    if flags.presented is not None:
        case = with_presented(case, flags.presented)
    if flags.pod is not None:
        case = with_pod(case, flags.pod)
    if evidence.no_probe and evidence.case_file is None:  # a case file keeps the attempt that was made for it
        case = replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why="it was disabled with --no-probe"))
    if evidence.case_file is None:
        case = with_asked(case, flags.asked)
    elif flags.forms.message is not None:
        from diagnose.collect.pasted_error import pasted_error

        case = replace(case, message=pasted_error(text_of(flags.forms.message)))
    if flags.presented is not None and not flags.presented.current and not case.message:
        case = as_if_in_time(case)
    case = without_layers(case, evidence.without or ())
    if limits:
        from diagnose.collect.evidence.declared_limits import with_limits

        through = evidence.vpc_endpoint or ""
        for one in limits:
            case = replace(case, snapshot=with_limits(case.snapshot, case.request.role_arn, one, through))
    if pasted != PastedPolicies():
        from diagnose.collect.evidence.pasted import with_pasted

        case = replace(case, snapshot=with_pasted(case.snapshot, case.request.role_arn, pasted))
    if flags.presented is not None or flags.forms.message is None:
        return case
    from diagnose.collect.federation.answered import as_answered

    return as_answered(case)


def refuse_contradictions(flags: CaseFlags) -> None:
    """Raise XdiagError for flags that would have no effect, before anything is read."""
    evidence = flags.evidence
    refuse_unknown_layers(evidence.without or ())
    how = flags.infrastructure
    if (how.planned or how.parameter) and not how.infrastructure:
        flag = "--planned" if how.planned else "--parameter"
        raise XdiagError(f"`{flag}` has no effect without `--infrastructure`", hint="expected `--infrastructure FILE`")
    if evidence.vpc_endpoint and "endpoint" in (evidence.without or ()):
        raise XdiagError(
            "`--without endpoint` cannot be used with `--vpc-endpoint`",
            hint="expected one of them: the request goes through a VPC endpoint, or it does not",
        )
    if evidence.case_file is None:
        return
    if flags.forms.event is not None or flags.forms.profile is not None:
        other = "--event" if flags.forms.event is not None else "--profile"
        raise XdiagError(f"`{other}` cannot be used with `--case`", hint="expected one of them: a case has its request")
    if flags.request.passed_by is not None:
        raise XdiagError(
            "`--passed-by` cannot be used with `--case`",
            hint="expected a case whose source passes the role, and `--passed-to SERVICE`",
        )
    for source in _chosen(flags):
        if source.read is not None or source is _LIVE:
            other = next(flag for flag in source.flags if _value(flags, flag))
            raise XdiagError(
                f"`{_option(other)}` cannot be used with `--case`",
                hint=f"expected evidence from one place: {_CASE_FILE.name}, or {source.name}",
            )


def live(flags: CaseFlags, where: LiveFlags, *, read_source: bool = True, read_destination: bool = True) -> Case:
    """Read both sides, or one of them, with boto3 and, where the flags let us, try the request for real.

    Raises XdiagError for an unknown profile, NothingReadError if neither side could be read at all.
    """
    from diagnose.cli.configured import configured

    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    where = configured(where, parse_caller(source_arn).account, parse_role(role_arn).account)
    from diagnose.cli.opened import opened_profiles
    from diagnose.collect.authorization import read_authorizations, with_authorizations
    from diagnose.collect.live import read_snapshot
    from diagnose.collect.named_policy import with_named_policies
    from diagnose.collect.recorded_policy import with_recorded_policies
    from diagnose.model.authorization_record import informed
    from diagnose.model.error_text.parser import parse_errors
    from diagnose.probe import probe

    request = flags.request
    opened = opened_profiles(request.mfa_code)
    sides = {
        profile: opened.profile(
            profile, where, request.region, own_keys=flags.own_keys and profile == where.source_profile
        )
        for profile in dict.fromkeys((where.source_profile, where.dest_profile, where.org_profile))
    }
    with progress() as step:
        source = sides[where.source_profile]
        base = flags.request_on(role_arn, source.region)
        snapshot = read_snapshot(
            base,
            source_arn,
            source if read_source else None,
            sides[where.dest_profile] if read_destination else None,
            sides[where.org_profile] if where.org_profile is not None else None,
            vpc_endpoint=where.vpc_endpoint,
            pod=flags.pod,
            progress=step,
            now=datetime.now(UTC).isoformat(),
        )
        case = Case(base, snapshot)
        if flags.attempt and flags.asked.parameters is None and not flags.complete:
            why = "what the request carried is not known: name both ARNs instead, and flags such as --external-id"
            case = replace(case, probe=ProbeResult(ProbeOutcome.NOT_MADE, why=why))
        elif flags.attempt:
            step("trying sts:AssumeRole")
            case = replace(case, probe=probe(case, source, *sides.values(), mfa_code=request.mfa_code))
        said = (flags.asked.message, case.probe.message if case.probe is not None else "")
        errors = tuple(error for text in said for error in parse_errors(text))
        case = with_authorizations(case, read_authorizations(errors, case, tuple(sides.values()), step), errors)
        exact = [informed(error, case.authorizations) for error in errors]
        case = replace(case, snapshot=with_named_policies(case.snapshot, exact, tuple(sides.values())))
        return with_recorded_policies(case, errors, tuple(sides.values()), step)


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
    from diagnose.collect.evidence.case_file import read_case

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
    if request == case.request:
        return case
    return replace(case, request=request, probe=None, message="", authorizations=())


def _gathered(flags: CaseFlags, pasted: PastedPolicies) -> tuple[Case, tuple[DeclaredLimits, ...]]:
    """Take what files hold, and read live what no file is about, or what a profile was named for.

    Where there are files, credentials are welcome, but not needed.
    """
    evidence = flags.evidence
    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    given = _sides_in_files(flags, role_arn, source_arn)
    read_source = evidence.source_profile is not None or not (
        pasted.about_source or any(one.source is not None for one in given)
    )
    read_destination = evidence.dest_profile is not None or not (
        pasted.about_destination or any(one.destination is not None for one in given)
    )
    meant = flags.infrastructure.infrastructure is not None  # what AWS answers now says nothing of what is meant to be
    files = bool(given) or pasted != PastedPolicies()
    case = Case(flags.request_on(role_arn), Snapshot(SourceSide(source_arn)))
    if read_source or read_destination or any(getattr(evidence, flag) for flag in _LIVE.flags):
        try:
            tries = flags.attempt and not evidence.no_probe and not meant and read_source
            case = live(
                replace(flags, attempt=tries), evidence, read_source=read_source, read_destination=read_destination
            )
        except NothingReadError as error:
            # What is presented and a proposed policy are enough for an answer, as an error or an event is.
            asked = flags.forms != AskedFlags() or (flags.presented is not None and not flags.attempt)
            if not files:
                case = _with_nothing_read(flags, error)
            if not files and not asked and not _names_settle(case):
                raise
    for one in given:
        case = replace(case, snapshot=with_sides(case.snapshot, one))
    case = replace(case, note="; ".join(note for one in given for note in one.notes))
    return case, tuple(limit for one in given for limit in one.limits)


def _sides_in_files(flags: CaseFlags, role_arn: str, source_arn: str) -> list[Given]:
    return [source.read(flags, source_arn, role_arn) for source in _chosen(flags) if source.read is not None]


def _names_settle(case: Case) -> bool:
    """Say whether ARNs and flags alone settle it: two partitions, a role that only AWS assumes, a session too long."""
    from diagnose.evaluate.decision import verdict
    from diagnose.model.tri import NO

    return verdict(case) is NO


def _with_nothing_read(flags: CaseFlags, error: NothingReadError) -> Case:
    """Give the case of a question that can be answered without what was not read: what is certain of it is told."""
    from diagnose.collect.source import session_evidence

    source_arn, role_arn = required_arns(flags.source_arn, flags.role_arn)
    gap = Unread(Gap.NO_CREDENTIALS, detail=error.hint)
    request = flags.request_on(role_arn)
    session = session_evidence(parse_caller(source_arn), None, request.via)
    source = SourceSide(source_arn, principal=replace(gap, subject=source_arn), session=session)
    destination = DestinationSide(role=replace(gap, subject=role_arn))
    return Case(request, Snapshot(source, destination))


def _with_ends(flags: CaseFlags, pasted: PastedPolicies) -> CaseFlags:
    """Take source and role from wherever they are said. Raises XdiagError, by name, for what nobody says."""
    if flags.role_arn is None and pasted.trust is not None:
        of_policy = _role_in(pasted.trust)
        flags = replace(flags, role_arn=None if of_policy == flags.source_arn else of_policy)
    ends = ends_from_flags(flags.source_arn, flags.role_arn, flags.forms, flags.hop)
    source = ends.asked.source if ends.source is None else ends.source
    role = ends.role
    if role is None:
        raise missing(ends.asked, "role", source)
    if ends.source is None and not source:
        in_files = partial(_sides_in_files, flags, role)
        source = bearer_asked_about(ends.asked, role, pasted, in_files, flags.evidence)
    elif said := signs_nothing(source, ends.asked):
        source = ends.asked.source
        ends = replace(ends, asked=replace(ends.asked, told=(said, *ends.asked.told)))
    flags = replace(flags, role_arn=role, asked=ends.asked, complete=ends.complete)
    if ends.source is None and not source and (ends.asked.message or ends.asked.about_source):
        raise missing(ends.asked, "source", source)
    if ends.asked.parameters is None and not ends.complete:
        told = (*ends.asked.told, "What was sent with the call is not in it, and is unknown unless flags say it.")
        flags = replace(flags, asked=replace(ends.asked, told=told))
    if source == MYSELF or (ends.source is None and not source):
        parse_role(role)
        source, said = _myself(flags)
        flags = replace(flags, asked=replace(flags.asked, told=(said, *flags.asked.told)))
    return replace(flags, source_arn=source).passed()


def _myself(flags: CaseFlags) -> tuple[str, str]:
    """Ask AWS who signs with the source's credentials. Raises NothingReadError where that cannot be known."""
    from diagnose.aws.calls import Refusal
    from diagnose.aws.identity import identify
    from diagnose.cli.configured import configured
    from diagnose.cli.opened import opened_profiles

    where, request = configured(flags.evidence, "", ""), flags.request
    credentials = opened_profiles(request.mfa_code).profile(
        where.source_profile, where, request.region, own_keys=flags.own_keys
    )
    identity = identify(credentials)
    if isinstance(identity, Refusal):
        raise NothingReadError(
            f"the source is not given, and {credentials.label} cannot say who it is",
            hint=f"{identity.text}; or name the source: `SOURCE_ARN DEST_ROLE_ARN`",
        )
    return identity.arn, f"The source is whoever {credentials.label} signs for."


def _role_in(trust: InputFile) -> str | None:
    from diagnose.collect.evidence.pasted import role_in

    return role_in(trust) or None


def _from_details(flags: CaseFlags, source_arn: str, role_arn: str) -> Given:
    from diagnose.cli.details import sides_in_details

    return sides_in_details(flags.evidence.details or (), source_arn, role_arn)


def _from_infrastructure(flags: CaseFlags, source_arn: str, role_arn: str) -> Given:
    complete = "identity" in (flags.evidence.without or ())
    return sides_in_infrastructure(flags.infrastructure, source_arn, role_arn, complete=complete)


_CASE_FILE = EvidenceSource("a case file", ("case_file",))
_LIVE = EvidenceSource("AWS profiles", tuple(field for field in LiveFlags.__struct_fields__))

SOURCES = (
    _CASE_FILE,
    EvidenceSource("infrastructure as code", ("infrastructure",), _from_infrastructure),
    EvidenceSource("authorization details", ("details",), _from_details),
    EvidenceSource("policies in files", tuple(field for field in PolicyFlags.__struct_fields__)),
    _LIVE,
)
"""Every source of evidence. A case file holds both sides, and only single policies can be added to it; the others can
be used together."""


def _chosen(flags: CaseFlags) -> list[EvidenceSource]:
    return [source for source in SOURCES if any(_value(flags, flag) for flag in source.flags)]


def _value(flags: CaseFlags, flag: str) -> object:
    holders = (flags.evidence, flags.policies, flags.infrastructure)
    return next(getattr(holder, flag) for holder in holders if flag in holder.__struct_fields__)


def _option(flag: str) -> str:
    return "--case" if flag == "case_file" else f"--{flag.replace('_', '-')}"
