"""The call of a profile that presents a token from a file, which is read for its claims and forgotten.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from pathlib import Path

from msgspec.structs import replace

from diagnose.aws.configuration import ProfileSection
from diagnose.collect.federation.presented import Presented, token_presented
from diagnose.collect.federation.token import LONGEST_TOKEN, token_from
from diagnose.collect.input import read_bytes
from diagnose.collect.request.asked import Asked
from diagnose.errors import XdiagError
from diagnose.model.case import Parameters
from diagnose.model.operation import Operation
from diagnose.model.words import printable


def presents_token(section: ProfileSection) -> bool:
    """Say whether a profile gets its credentials for a token; then it is no matter what else could sign."""
    return "web_identity_token_file" in section and "role_arn" in section


def token_call(section: ProfileSection, shown: str) -> Asked:
    """Give the call of AssumeRoleWithWebIdentity. botocore sends a session name with it, and no duration.

    A token that is not at hand, as that of a pod is nowhere else, leaves its claims unknown, and whose it is.
    """
    role, file = str(section["role_arn"]), str(section["web_identity_token_file"])
    told = [f"Profile `{shown}` presents the token in `{printable(file)}`, and nobody signs."]
    if ignored := [key for key in _IGNORED if key in section]:
        told.append(f"Beside a token, {', '.join(ignored)} {'has' if len(ignored) == 1 else 'have'} no effect.")
    asked = Asked(
        role=role,
        operation=Operation.WITH_WEB_IDENTITY,
        parameters=Parameters(session_name=section.get("role_session_name")),
    )
    try:
        presented = _token_in(file)
    except XdiagError as error:
        about = f"profile `{shown}` presents a token, and {error.message}"
        return replace(asked, about_source=about, told=(*told, f"Its claims are not known: {error.message}."))
    return replace(asked, source=presented.source, identity=presented.forms[0], told=(*told, *presented.told))


_IGNORED = ("source_profile", "credential_source", "external_id", "mfa_serial", "duration_seconds")


def _token_in(file: str) -> Presented:
    return token_presented(token_from(read_bytes(Path(file), LONGEST_TOKEN), file))
