"""What an AWS profile asks for: a call for each role on the way, and who signs the first.

Everything is told from the configuration alone, as botocore reads it.

Sources:
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from collections.abc import Mapping

from msgspec import Struct

from diagnose.aws.configuration import Configuration, ProfileSection
from diagnose.collect.request.asked import Asked
from diagnose.collect.request.profile_region import region_of
from diagnose.collect.request.profile_slips import check_role_section, check_signer, not_found, remarks_on
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.case import Origin, Parameters, Session
from diagnose.model.evidence import Known
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
    what they are. `source` is their ARN, where the configuration holds it.
    """

    hops: tuple[Hop, ...]
    signer: str | None
    signed_by: str
    source: str = ""


def chain_of(configuration: Configuration, name: str, environment: Mapping[str, str]) -> Chain:
    """Follow a profile from role to role to whoever signs.

    Raises XdiagError for a profile that cannot work, with what to change in which section.
    """
    if name not in configuration.profiles:
        raise not_found(configuration, name)
    top = configuration.profiles[name]
    if "role_arn" in top and "web_identity_token_file" in top:
        raise XdiagError(
            f"profile `{printable(name)}` calls AssumeRoleWithWebIdentity for {printable(str(top['role_arn']))}, "
            f"with the token in `{printable(str(top['web_identity_token_file']))}`: nobody signs",
            hint="the role's trust policy must name the token's provider, and fit its `aud` and `sub`; source_profile "
            "is ignored beside a token",
        )
    region = region_of(configuration, name, environment)
    sections: list[tuple[str, ProfileSection]] = []
    signer: str | None = name
    visited = [name]
    while signer is not None:
        section = configuration.profiles[signer]
        keys = _has_keys(section)
        asks = "role_arn" in section and "web_identity_token_file" not in section
        if not asks or (keys and len(sections) > 0):
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
    hops: list[Hop] = []
    source, known = _signs(configuration, signer, sections)
    for place, (profile, section) in enumerate(reversed(sections)):
        role = str(section["role_arn"])
        parse_role(role)
        parameters = _parameters(section)
        told = [
            f"{'The request is' if len(sections) == 1 else f'This is call {place + 1} of {len(sections)}, it is'} "
            f"what profile `{printable(profile)}` asks for"
            f"{', as `' + printable(name) + '` needs it' if profile != name else ''}.",
            *remarks_on(configuration, profile, section),
        ]
        if hops:
            told.append("The session of the role before it signs: MFA and session tags are not handed on to this call.")
        if region.told:
            told.append(region.told)
        session = _handed_on(known) if hops else Session()
        hops.append(
            Hop(
                profile,
                role,
                _session_of(hops[-1]) if hops else "",
                Asked(
                    role=role,
                    parameters=parameters,
                    region=region.region,
                    context=region.context,
                    session=session,
                    told=tuple(told),
                ),
            )
        )
    return Chain(tuple(hops), signer, known, source)


def described(hop: Hop) -> str:
    """Word the call that a hop makes, for those who cannot see it in a report."""
    sent = hop.asked.parameters or Parameters()
    parts = [
        f"session name `{printable(sent.session_name)}`" if sent.session_name else "a generated session name",
        *([f"external ID `{printable(sent.external_id)}`"] if sent.external_id else ["no external ID"]),
        *([f"MFA device `{printable(sent.mfa_serial)}`"] if sent.mfa_serial else []),
        *([f"{sent.duration_seconds} seconds"] if sent.duration_seconds else []),
        f"at {hop.asked.region}" if hop.asked.region else "",
    ]
    return f"profile `{printable(hop.profile)}` asks for {hop.role} with {', '.join(filter(None, parts))}"


def _has_keys(section: ProfileSection) -> bool:
    return "aws_access_key_id" in section and "aws_secret_access_key" in section


def _signs(
    configuration: Configuration, signer: str | None, sections: list[tuple[str, ProfileSection]]
) -> tuple[str, str]:
    """Give the ARN of who signs the first call, if the configuration holds it, and what their credentials are."""
    if signer is None:
        return "", str(sections[-1][1].get("credential_source", ""))
    section = configuration.profiles[signer]
    if _has_keys(section):
        return str(section.get("x_principal_arn", "")), "a session" if "aws_session_token" in section else "keys"
    if "web_identity_token_file" in section and "role_arn" in section:
        return str(section["role_arn"]), "a web identity token"
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
        duration_seconds=int(duration) if duration.strip().isdecimal() else None,
        mfa_serial=serial,
        mfa_code_sent=serial is not None,
    )


def _session_of(hop: Hop) -> str:
    """Name the session that a hop makes; only its role, where the name is generated."""
    role = parse_role(hop.role)
    name = hop.asked.parameters.session_name if hop.asked.parameters else None
    return f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.name}/{name}" if name else hop.role


def _handed_on(signed_by: str) -> Session:
    """Say what the session of a hop before carries: botocore sends neither tags nor a session policy with it.

    What an earlier session handed on is known only where a user signed, whose keys carry nothing.
    """
    session = Session(
        origin=Known(Origin.ASSUME_ROLE, "the profile"), policies=PolicySet(), mfa=Known(False, "the profile")
    )
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
