"""What an AWS profile asks for: a call for each role on the way, and who signs the first.

Everything is told from the configuration alone, as botocore reads it, but for the claims of a token.

Sources:
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.configuration import Configuration, ProfileSection
from diagnose.collect.digits import whole_number
from diagnose.collect.request.asked import Asked
from diagnose.collect.request.profile_region import ChosenRegion, region_of
from diagnose.collect.request.profile_slips import check_role_section, check_signer, idle_keys, not_found, remarks_on
from diagnose.collect.request.profile_token import presents_token, token_call
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.case import Origin, Parameters, Session
from diagnose.model.evidence import Known
from diagnose.model.operation import FEDERATED
from diagnose.model.policy import PolicySet
from diagnose.model.words import printable


class Hop(Struct, frozen=True):
    """A call that a profile makes: for the role in its section, signed by whoever stands before it.

    `source` is the role of the hop before, or its session where the configuration names it; empty of the first hop.
    """

    profile: str
    role: str
    source: str
    asked: Asked


class Chain(Struct, frozen=True):
    """The calls of a profile in the order in which they are made; none where it names no role.

    `signer` is the profile whose credentials sign the first, None where they come from elsewhere: `signed_by` says
    what they are. `source` is their ARN, where the configuration holds it. Nobody signs where the first hop presents
    a token.
    """

    hops: tuple[Hop, ...]
    signer: str | None
    signed_by: str
    source: str = ""
    own_keys: bool = False
    """Whether it is the keys in the signer's section that sign, although it asks for a role itself."""
    idle: str = ""
    """What a profile without a role has that only one with a role can use."""


def chain_of(configuration: Configuration, name: str, environment: Mapping[str, str]) -> Chain:
    """Follow a profile from role to role to whoever signs.

    Raises XdiagError for a profile that cannot work, with what to change in which section.
    """
    if name not in configuration.profiles:
        raise not_found(configuration, name)
    region = region_of(configuration, name, environment)
    sections: list[tuple[str, ProfileSection]] = []
    signer: str | None = name
    visited = [name]
    while signer is not None:
        section = configuration.profiles[signer]
        keys = _has_keys(section)
        if presents_token(section) or "role_arn" not in section or (keys and len(sections) > 0):
            break
        check_role_section(configuration, signer, visited)
        sections.append((signer, section))
        signer = section.get("source_profile")
        if signer is not None:
            visited.append(signer)
            if signer == sections[-1][0]:
                break
    if sections or signer == name:
        try:
            check_signer(configuration, signer, name, asked_for=bool(sections))
        except XdiagError as error:
            beside = [remark for profile, section in sections for remark in remarks_on(configuration, profile, section)]
            raise XdiagError(error.message, hint=" ".join((error.hint + "." * bool(beside), *beside))) from None
    bearer = _bearer(configuration, signer, name, len(sections) + 1)
    hops: list[Hop] = [] if bearer is None else [replace(bearer, asked=_at(bearer.asked, region))]
    source, known = _signs(configuration, signer, sections)
    count = len(hops) + len(sections)
    for profile, section in reversed(sections):
        role = str(section["role_arn"])
        parse_role(role)
        parameters = _parameters(section)
        told = [_call(profile, name, len(hops) + 1, count), *remarks_on(configuration, profile, section)]
        if hops:
            told.append("The session of the role before it signs: MFA and session tags are not handed on to this call.")
        session = _handed_on(known, first=len(hops) == 1) if hops else _of_signer(known)
        hops.append(
            Hop(
                profile,
                role,
                _session_of(hops[-1]) if hops else "",
                _at(Asked(role=role, parameters=parameters, session=session, told=tuple(told)), region),
            )
        )
    section = configuration.profiles[signer] if signer is not None else {}
    own_keys = bearer is None and _has_keys(section) and "role_arn" in section
    idle = "" if hops else idle_keys(configuration.profiles[name], name)
    return Chain(tuple(hops), signer if bearer is None else None, known, source, own_keys, idle)


def described(hop: Hop) -> str:
    """Word the call that a hop makes, for those who cannot see it in a report."""
    sent = hop.asked.parameters or Parameters()
    if hop.asked.operation in FEDERATED:
        return f"profile `{printable(hop.profile)}` asks for {hop.role} with a token"
    parts = [
        f"session name `{printable(sent.session_name)}`" if sent.session_name else "a generated session name",
        *([f"external ID `{printable(sent.external_id)}`"] if sent.external_id else ["no external ID"]),
        *([f"MFA device `{printable(sent.mfa_serial)}`"] if sent.mfa_serial else []),
        *([f"{sent.duration_seconds} seconds"] if sent.duration_seconds else []),
        f"at {hop.asked.region}" if hop.asked.region else "",
    ]
    return f"profile `{printable(hop.profile)}` asks for {hop.role} with {', '.join(filter(None, parts))}"


def _bearer(configuration: Configuration, signer: str | None, name: str, count: int) -> Hop | None:
    """Give the first call where it is made with a token, and not signed."""
    section = configuration.profiles[signer] if signer is not None else {}
    if signer is None or not presents_token(section):
        return None
    parse_role(str(section["role_arn"]))
    asked = token_call(section, printable(signer))
    told = (_call(signer, name, 1, count), *asked.told, *remarks_on(configuration, signer, section))
    return Hop(signer, asked.role, "", replace(asked, told=told))


def _call(profile: str, name: str, place: int, count: int) -> str:
    which = "The request is" if count == 1 else f"This is call {place} of {count}, it is"
    needed = f", as `{printable(name)}` needs it" if profile != name else ""
    return f"{which} what profile `{printable(profile)}` asks for{needed}."


def _at(asked: Asked, region: ChosenRegion) -> Asked:
    told = (*asked.told, region.told) if region.told else asked.told
    return replace(asked, region=region.region, context=region.context, told=told)


def _has_keys(section: ProfileSection) -> bool:
    return "aws_access_key_id" in section and "aws_secret_access_key" in section


def _signs(
    configuration: Configuration, signer: str | None, sections: list[tuple[str, ProfileSection]]
) -> tuple[str, str]:
    """Give the ARN of who signs the first call, if the configuration holds it, and what their credentials are."""
    if signer is None:
        return "", str(sections[-1][1].get("credential_source", ""))
    section = configuration.profiles[signer]
    if presents_token(section):
        return "", _TOKEN
    if _has_keys(section):
        return str(section.get("x_principal_arn", "")), "a session" if "aws_session_token" in section else "keys"
    if "sso_session" in section or "sso_start_url" in section:
        return "", "a sign-in with IAM Identity Center"
    if "login_session" in section:
        return "", "a console sign-in"
    return "", "a process" if "credential_process" in section else "whatever the environment has"


def _parameters(section: ProfileSection) -> Parameters:
    """Read what botocore sends: a duration that is not a number is left out, and session tags are not known to it."""
    duration, serial = str(section.get("duration_seconds", "")), section.get("mfa_serial")
    return Parameters(
        session_name=section.get("role_session_name"),
        external_id=section.get("external_id"),
        duration_seconds=whole_number(duration.strip()),
        mfa_serial=serial,
        mfa_code_sent=serial is not None,
    )


_TOKEN = "a web identity token"


def _session_of(hop: Hop) -> str:
    """Name the session that a hop makes; only its role, where the name is generated."""
    role = parse_role(hop.role)
    name = hop.asked.parameters.session_name if hop.asked.parameters else None
    return f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.name}/{name}" if name else hop.role


def _of_signer(signed_by: str) -> Session:
    """Say what the session of whoever signs the first call is; a user's keys know of no MFA but that of the call."""
    if signed_by != "keys":
        return Session()
    return Session(origin=Known(Origin.LONG_TERM, "the profile"), mfa=Known(False, "the profile"))


def _handed_on(signed_by: str, *, first: bool) -> Session:
    """Say what the session of a hop before carries: botocore sends neither tags nor a session policy with it.

    `first` says that this hop was the first, whose session may be that of a token. What an earlier session handed on is
    known only where a user signed, whose keys carry nothing.
    """
    origin = Origin.WEB_IDENTITY if first and signed_by == _TOKEN else Origin.ASSUME_ROLE
    session = Session(origin=Known(origin, "the profile"), policies=PolicySet(), mfa=Known(False, "the profile"))
    if signed_by != "keys":
        return session
    return Session(
        origin=session.origin,
        policies=PolicySet(),
        mfa=session.mfa,
        tags=Known({}, "the profile"),
        transitive_tag_keys=Known((), "the profile"),
        source_identity=Known(None, "the profile"),
    )
