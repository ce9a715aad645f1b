"""The AWS configuration of this machine as botocore reads it, without the secrets in it."""

import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from diagnose.errors import XdiagError

ProfileSection: TypeAlias = Mapping[str, Any]
"""The keys of a section, in lower case; a value is a text, or again a mapping where lines are indented."""


class Configuration(Struct, frozen=True):
    """Both files. `profiles` are put together as botocore does: the credentials file counts before the other.

    `in_config` and `in_credentials` are the names of all sections as they are written. Of secrets only their presence
    is kept, as the text `...`.
    """

    profiles: Mapping[str, ProfileSection] = {}
    sso_sessions: Mapping[str, ProfileSection] = {}
    services: Mapping[str, ProfileSection] = {}
    in_config: tuple[str, ...] = ()
    in_credentials: tuple[str, ...] = ()


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """Read the files that the environment names, or those in the home folder. A file that is not there is empty.

    Raises XdiagError for a file that botocore cannot read.
    """
    # botocore costs more than all else, and those who ask of no profile need none of it.
    from botocore.configloader import build_profile_map

    config_file, credentials_file = _files(environment)
    check_sizes(environment)
    raw = _sections(config_file)
    config = build_profile_map(raw) if raw else {}
    credentials = _sections(credentials_file)
    profiles = {name: dict(section) for name, section in config.get("profiles", {}).items()}
    for name, section in credentials.items():
        profiles[name] = {**profiles.get(name, {}), **section}
    return Configuration(
        profiles={name: _without_secrets(section) for name, section in profiles.items()},
        sso_sessions=config.get("sso_sessions", {}),
        services=config.get("services", {}),
        in_config=tuple(raw),
        in_credentials=tuple(credentials),
    )


def check_sizes(environment: Mapping[str, str]) -> None:
    """Raise XdiagError for a file that is too large for a configuration: botocore reads it whole, line by line."""
    for path in _files(environment):
        real = os.path.expanduser(os.path.expandvars(path))  # as botocore does
        if os.path.isfile(real) and os.path.getsize(real) > _LARGEST:
            raise XdiagError(
                f"the AWS configuration `{path}` is larger than {_LARGEST // 2**20} MB", hint="is it the right file?"
            )


_LARGEST = 16 * 2**20
_SECRETS = ("aws_secret_access_key", "aws_session_token", "aws_security_token")


def _files(environment: Mapping[str, str]) -> tuple[str, str]:
    home = environment.get("HOME", "~")
    return (
        environment.get("AWS_CONFIG_FILE") or os.path.join(home, ".aws", "config"),
        environment.get("AWS_SHARED_CREDENTIALS_FILE") or os.path.join(home, ".aws", "credentials"),
    )


def _sections(path: str) -> dict[str, Any]:
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import ConfigNotFound, ConfigParseError

    try:
        sections: dict[str, Any] = raw_config_parse(path)
    except ConfigNotFound:
        return {}
    except ConfigParseError as error:
        why = str(error.kwargs.get("error", "")).partition("\n")[0]
        twice = "twice" if "already exists" in why else "not a configuration"
        hint = "a section stands in it twice" if twice == "twice" else "see the lines before and after a `[...]`"
        raise XdiagError(f"the AWS configuration `{path}` cannot be read", hint=hint) from None
    return sections


def _without_secrets(section: ProfileSection) -> ProfileSection:
    return {key: "..." if key in _SECRETS else value for key, value in section.items()}
