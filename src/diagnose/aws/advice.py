"""What to type where credentials are missing, expired or half configured: it depends on who provides them."""

import shlex
from collections.abc import Mapping
from typing import Any

_MFA = "RefreshWithMFAUnsupportedError"


def advice(profiles: Mapping[str, Mapping[str, Any]], profile: str, *, environment: bool, code: str) -> str:
    """Say what to do about credentials that do not work.

    `profiles` are the profiles of both files as botocore merges them. `environment` says that the keys come from the
    environment, and `code` what went wrong. The name in the command is that of the profile that signs: of one that
    assumes a role, it is the source.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    """
    if environment:
        return "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or `unset` all three"
    if code == _MFA:
        own = _flag(profile)
        return f"run xdiag in a terminal, or first `aws sts get-caller-identity{own}`, whose session it then uses"
    name = _signing(profiles, profile)
    keys, flag = profiles.get(name, {}), _flag(name)
    for marks, what in _BY_KEYS.items():
        if any(mark in keys for mark in marks):
            return what.format(flag=flag, file=shlex.quote(str(keys.get("web_identity_token_file", ""))))
    return _NOTHING_CONFIGURED.format(flag=flag)


# In the order in which botocore asks its providers.
_BY_KEYS: Mapping[tuple[str, ...], str] = {
    ("web_identity_token_file",): "`ls -l {file}` shows whether the token is there, and how old it is",
    ("sso_session", "sso_start_url", "sso_account_id", "sso_role_name"): "run `aws sso login{flag}`",
    ("login_session",): "run `aws login{flag}`",
    ("credential_process",): "run its `credential_process` by hand to see why",
    ("aws_access_key_id", "aws_secret_access_key"): "set new keys with `aws configure{flag}`",
}
_NOTHING_CONFIGURED = (
    "`aws configure list{flag}` shows where they are looked for, "
    "`aws configure{flag}` or `aws configure sso{flag}` sets them up"
)


def _signing(profiles: Mapping[str, Mapping[str, Any]], profile: str) -> str:
    """Follow `source_profile` to the profile whose credentials sign first."""
    followed = [profile]
    while True:
        source = profiles.get(followed[-1], {}).get("source_profile")
        if not isinstance(source, str) or source in followed or source not in profiles:
            return followed[-1]
        followed.append(source)


def _flag(profile: str) -> str:
    return "" if profile == "default" else f" --profile {shlex.quote(profile)}"
