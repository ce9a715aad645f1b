"""The one live `sts:AssumeRole`, whose credentials are dropped."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from msgspec.structs import replace

from diagnose.aws.calls import Refusal, ask
from diagnose.aws.session import Credentials
from diagnose.model.case import Request

SESSION_NAME = "xdiag"
"""The session name of an attempt whose request names none."""


def assume(credentials: Credentials, request: Request, *, mfa_code: str | None) -> Refusal | None:
    """Make the request, and say how AWS refused it; None where it did not.

    The credentials in AWS's answer are dropped here, and a session policy that denies everything makes them worthless.
    The policy takes no part in the authorisation of the request itself.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    with silence():
        answer = ask(credentials.in_region(request.region), "sts:AssumeRole", **_parameters(request, mfa_code))
    if not isinstance(answer, Refusal):
        return None
    # AWS quotes a parameter that it finds malformed.
    return replace(answer, message=answer.message.replace(mfa_code, "...")) if mfa_code else answer


@contextmanager
def silence() -> Iterator[None]:
    """Keep botocore from logging the request with its MFA code, and the answer with its credentials.

    One at a time: what is kept from being logged is set for all threads.
    """
    with _ONE_AT_A_TIME:
        before = logging.root.manager.disable
        logging.disable(max(before, logging.INFO))
        try:
            yield
        finally:
            logging.disable(before)


_ONE_AT_A_TIME = Lock()
# The least that AWS issues credentials for.
_SHORTEST = 900
# Were the credentials to leak, they could do nothing.
_DENY_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'


def _parameters(request: Request, mfa_code: str | None) -> dict[str, object]:
    sent = request.parameters
    every: dict[str, object] = {
        "RoleArn": request.role_arn,
        "RoleSessionName": SESSION_NAME if sent.session_name is None else sent.session_name,
        "DurationSeconds": _SHORTEST if sent.duration_seconds is None else sent.duration_seconds,
        "Policy": _DENY_ALL,
        "ExternalId": sent.external_id,
        "SerialNumber": sent.mfa_serial,
        "TokenCode": mfa_code,
        "SourceIdentity": sent.source_identity,
        "Tags": [{"Key": key, "Value": value} for key, value in sent.tags.items()] or None,
        "TransitiveTagKeys": list(sent.transitive_tag_keys) or None,
        "ProvidedContexts": [
            {"ProviderArn": given.provider_arn, "ContextAssertion": given.assertion} for given in sent.provided_contexts
        ]
        or None,
    }
    return {name: value for name, value in every.items() if value is not None}
