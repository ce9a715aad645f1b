"""Callers and roles as people write them where an ARN is wanted: a console link, an account and a name, AWS's JSON."""

import json
from urllib.parse import parse_qs, urlsplit

from diagnose.errors import XdiagError
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.masked_arn import is_account
from diagnose.model.words import printable

MYSELF = "me"
"""Stands for whoever the credentials at hand are."""


def role_arn_of(text: str) -> tuple[str, str]:
    """Give the ARN that a text stands for, and a sentence on what was taken for granted; others come back as they are.

    Raises XdiagError for a link that does not hold an account id.
    """
    if text.startswith(("https://", "http://")):
        return _of_link(text)
    if match := _ACCOUNT_AND_NAME.fullmatch(text):
        arn = f"arn:aws:iam::{match[1]}:role/{match[2]}"
        return arn, f"The role was given as `{printable(text)}`; its ARN was made of that, without a path."
    return text, ""


def caller_arn_of(text: str) -> tuple[str, str]:
    """Give the ARN in the output of `aws sts get-caller-identity`, or that of an account and a name.

    Others come back as they are. Raises XdiagError for JSON that is something else.
    """
    if text.lstrip().startswith("{"):
        return _of_identity(text), "The source is taken from the output of get-caller-identity."
    if match := _ACCOUNT_AND_ENTITY.fullmatch(text):
        service = "sts" if match[2].startswith(("assumed-role/", "federated-user/")) else "iam"
        return f"arn:aws:{service}::{match[1]}:{match[2]}", f"The source was given as `{printable(text)}`."
    return text, ""


_ACCOUNT_AND_NAME = lazy_pattern(r"(\d{12})[:/ ](?:role/)?([\w+=,.@-]+(?:/[\w+=,.@-]+)*)")
_ACCOUNT_AND_ENTITY = lazy_pattern(r"(\d{12})[:/]((?:user|role|assumed-role|federated-user)/[\w+=,.@/-]+|root)")
_PARTITIONS = (("amazonaws-us-gov.com", "aws-us-gov"), ("amazonaws.cn", "aws-cn"), ("aws.amazon.com", "aws"))


def _of_link(text: str) -> tuple[str, str]:
    """Read the console's link to switch role, which holds the role's account and name."""
    try:
        link = urlsplit(text)
        given = {key.lower(): values[-1] for key, values in parse_qs(link.query).items()}
        host = link.hostname or ""
    except ValueError:
        given, host = {}, ""
    name, account = given.get("rolename", ""), given.get("account", "").replace("-", "")
    if not name or not account:
        raise XdiagError(
            f"the link `{printable(text)}` does not name an account and a role",
            hint="expected a link of the form `https://signin.aws.amazon.com/switchrole?account=...&roleName=...`",
        )
    if not is_account(account):
        raise XdiagError(
            f"the link names the account by `{printable(given['account'])}`, which is an alias or not twelve digits",
            hint=f"ask its owner for the account id, and pass `arn:aws:iam::<account id>:role/{printable(name)}`",
        )
    partition = next((partition for end, partition in _PARTITIONS if host.endswith(end)), "aws")
    return f"arn:{partition}:iam::{account}:role/{name}", "The role is taken from a link to switch role."


def _of_identity(text: str) -> str:
    try:
        identity = json.loads(text)
    except (ValueError, RecursionError):
        identity = None
    arn = identity.get("Arn") if isinstance(identity, dict) else None
    if not isinstance(arn, str):
        raise XdiagError(
            "the source is not the output of `aws sts get-caller-identity`", hint="expected JSON with the field `Arn`"
        )
    return arn
