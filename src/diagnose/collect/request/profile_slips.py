"""What is wrong in an AWS configuration: slips that keep a profile from working, and those that change what it asks.

Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from diagnose.aws.configuration import Configuration, ProfileSection
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.words import printable

CREDENTIAL_SOURCES = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
ROLE_KEYS = (
    "role_arn",
    "source_profile",
    "credential_source",
    "external_id",
    "role_session_name",
    "duration_seconds",
    "mfa_serial",
    "web_identity_token_file",
)
"""The keys of a section that an AssumeRole is made of."""


def not_found(configuration: Configuration, name: str) -> XdiagError:
    """Say that there is no such profile, and what was probably meant for it."""
    shown = printable(name)
    message = f"there is no AWS profile `{shown}`"
    if name in configuration.in_config and name != "default":
        return XdiagError(message, hint=f"in the config file, `[{shown}]` must be written `[profile {shown}]`")
    for section in configuration.in_credentials:
        if section.split() == ["profile", *name.split()]:
            return XdiagError(
                message, hint=f"in the credentials file, `[{printable(section)}]` must be written `[{shown}]`"
            )
    folded = {known.strip().lower(): known for known in configuration.profiles}
    near = [folded[name.strip().lower()]] if name.strip().lower() in folded else []
    near = near or get_close_matches(name, list(configuration.profiles), n=1)
    if near:
        return XdiagError(message, hint=f"did you mean `{printable(near[0])}`")
    return XdiagError(message, hint="`aws configure list-profiles` lists the profiles")


def check_role_section(configuration: Configuration, name: str, visited: Sequence[str]) -> None:
    """Raise XdiagError where the section of a profile with a role cannot work. `visited` is the way to it."""
    section, shown = configuration.profiles[name], printable(name)
    _check_role_arn(section, shown)
    source, credentials = section.get("source_profile"), section.get("credential_source")
    if source is not None and credentials is not None:
        raise XdiagError(
            f"profile `{shown}` has both `source_profile` and `credential_source`", hint="remove one of them"
        )
    if source is None and credentials is None:
        raise XdiagError(
            f"profile `{shown}` has a role, but neither `source_profile` nor `credential_source`: nobody would sign",
            hint=_who_could_sign(configuration, name),
        )
    if credentials is not None and credentials not in CREDENTIAL_SOURCES:
        near = get_close_matches(str(credentials).lower(), [known.lower() for known in CREDENTIAL_SOURCES], n=1)
        hint = next((f"did you mean `{known}`" for known in CREDENTIAL_SOURCES if near == [known.lower()]), "")
        raise XdiagError(
            f"`credential_source = {printable(str(credentials))}` in profile `{shown}` is not one",
            hint=hint or f"expected one of {', '.join(CREDENTIAL_SOURCES)}",
        )
    if source is not None:
        _check_source(configuration, name, str(source), visited)
    session = section.get("role_session_name")
    if session is not None and not re.fullmatch(r"[\w+=,.@-]{2,64}", str(session), re.ASCII):
        raise XdiagError(
            f"`role_session_name = {printable(str(session))}` in profile `{shown}` is not a session name",
            hint="expected 2 to 64 letters, digits, and signs of `_+=,.@-`, without spaces or comments",
        )


def check_signer(configuration: Configuration, signer: str | None, name: str, *, asked_for: bool) -> None:
    """Raise XdiagError where the profile that signs the first call has no credentials, or incomplete ones."""
    if signer is None:
        return
    section, shown = configuration.profiles[signer], printable(signer)
    if "aws_access_key_id" in section and "aws_secret_access_key" in section:
        return
    session = section.get("sso_session")
    if session is not None and session not in configuration.sso_sessions:
        raise XdiagError(
            f"profile `{shown}` names the sso-session `{printable(str(session))}`, which does not exist",
            hint=f"add `[sso-session {printable(str(session))}]` to the config file, with sso_region and sso_start_url",
        )
    if session is not None or "sso_start_url" in section:
        of_session = configuration.sso_sessions.get(str(session), {})
        for key in ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name"):
            both = (section.get(key), of_session.get(key))
            if both == (None, None):
                raise XdiagError(
                    f"profile `{shown}` signs in with IAM Identity Center, but has no `{key}`", hint="add it"
                )
            if None not in both and both[0] != both[1]:
                raise XdiagError(f"profile `{shown}` and its sso-session differ in `{key}`", hint="remove one of them")
        return
    if any(key in section for key in ("credential_process", "login_session")):
        return
    if "web_identity_token_file" in section:
        if "role_arn" in section:
            return
        raise XdiagError(
            f"profile `{shown}` has `web_identity_token_file`, but no `role_arn`",
            hint="add the `role_arn` of the role that the token is presented for",
        )
    if asked_for and signer != name:
        raise XdiagError(
            f"the source profile `{shown}` has no credentials",
            hint=f"add keys or an sso_session to `{shown}`, or name another source_profile; if a tool such as "
            f"aws-vault keeps its keys, let that run xdiag: `aws-vault exec {shown} -- xdiag check ROLE_ARN`",
        )


def remarks_on(configuration: Configuration, name: str, section: ProfileSection) -> Iterator[str]:
    """Tell what works, but may not be what somebody meant."""
    shown = printable(name)
    if "duration_seconds" in section and not str(section["duration_seconds"]).strip().isdecimal():
        yield f"duration_seconds = {printable(str(section['duration_seconds']))} is not a number: boto3 leaves it out."
    for key in ("external_id", "role_session_name", "mfa_serial"):
        value = str(section.get(key, ""))
        if re.search(r"\s[#;]", value) or value.startswith(('"', "'")):
            yield f"{key} is sent as it stands, comment and quotes included: `{printable(value)}`."
    source = section.get("source_profile")
    of_source = configuration.profiles.get(str(source), {}) if source != name else {}
    for key in ("external_id", "mfa_serial"):
        places = {str(source): of_source, "default": configuration.profiles.get("default", {})}
        for place, other in places.items():
            if key in other and key not in section and "role_arn" not in other:
                yield f"`{key}` stands in `{printable(place)}`, where it has no effect: it belongs in `{shown}`."
    if "role_arn" in of_source and "aws_access_key_id" in of_source:
        yield f"The keys in `{printable(str(source))}` sign: its own role_arn is skipped."
    if {"session_tags", "transitive_session_tags", "source_identity"}.intersection(section):
        yield (
            "session_tags, transitive_session_tags and source_identity are aws-vault's: the AWS CLI and boto3 do not "
            f"send them. With aws-vault, pass {_flags_of_aws_vault(section)}: the caller then needs sts:TagSession."
        )
    for key in section:
        meant = _MEANT.get(re.sub(r"[^a-z]", "", key))
        if meant and key != meant and meant not in section:
            yield f"No SDK knows the key `{printable(key)}`: write `{meant}`."


def idle_keys(section: ProfileSection, name: str) -> str:
    """Say of a profile without a role which keys would need one; empty where it has none of them."""
    keys = [key for key in ("source_profile", "credential_source") if key in section]
    if not keys:
        return ""
    return (
        f"`{keys[0]}` in profile `{printable(name)}` has no effect without `role_arn`, and some SDKs refuse it: remove "
        "it, or add the role; or "
    )


_MEANT = {
    **{key.replace("_", ""): key for key in ROLE_KEYS},
    "sessionname": "role_session_name",
    "rolesession": "role_session_name",
    "source": "source_profile",
    "sourceprofiles": "source_profile",
    "duration": "duration_seconds",
    "durationsecond": "duration_seconds",
    "sessionduration": "duration_seconds",
    "mfa": "mfa_serial",
    "mfaserialnumber": "mfa_serial",
    "mfadevice": "mfa_serial",
    "externalids": "external_id",
}


def _flags_of_aws_vault(section: ProfileSection) -> str:
    def listed(key: str) -> list[str]:
        return [printable(part.strip()) for part in str(section.get(key, "")).split(",") if part.strip()]

    flags = [f"--tag {tag}" for tag in listed("session_tags")]
    flags += [f"--transitive-tag-key {key}" for key in listed("transitive_session_tags")]
    return " ".join((*flags, *(f"--source-identity {name}" for name in listed("source_identity"))))


def _check_role_arn(section: ProfileSection, shown: str) -> None:
    role = str(section["role_arn"])
    if re.search(r"\s[#;]", role):
        raise XdiagError(
            f"`role_arn` in profile `{shown}` has a comment on its line, which becomes part of the ARN",
            hint="put the comment on a line of its own",
        )
    try:
        parse_role(role)
    except XdiagError as error:
        raise XdiagError(f"`role_arn` in profile `{shown}`: {error.message}", hint=error.hint) from None


def _check_source(configuration: Configuration, name: str, source: str, visited: Sequence[str]) -> None:
    shown = printable(name)
    if "\n" in source:
        raise XdiagError(
            f"a line under `source_profile` in profile `{shown}` is indented, and so becomes part of its value",
            hint="remove the spaces at the beginning of the line",
        )
    if source not in configuration.profiles:
        hint = not_found(configuration, source).hint
        raise XdiagError(f"the source_profile `{printable(source)}` of profile `{shown}` does not exist", hint=hint)
    if source not in visited:
        return
    keys = configuration.profiles[source]
    if source == name and "aws_access_key_id" in keys and "aws_secret_access_key" in keys:
        return
    way = " -> ".join(printable(one) for one in (*visited[visited.index(source) :], source))
    hint = "one of them needs credentials of its own" if source != name else "name a profile that has credentials"
    raise XdiagError(f"the source profiles go round in a circle: {way}", hint=hint)


def _who_could_sign(configuration: Configuration, name: str) -> str:
    section, shown = configuration.profiles[name], printable(name)
    if "aws_access_key_id" in section:
        return f"the keys in it are not used: add `source_profile = {shown}` if they are to sign"
    if "sso_session" in section or "sso_start_url" in section:
        return "move the sso_ keys to a profile of their own, and name that one as `source_profile`"
    return "add `source_profile = <the profile that signs>`"
