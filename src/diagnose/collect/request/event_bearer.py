"""Who presented a token or an assertion, as CloudTrail's record of the call says: whose it is, and what it said.

Sources:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html#cloudtrail-integration_examples-sts-api
"""

import re
from collections.abc import Mapping
from typing import Any

from diagnose.collect.request.containers import Record, part_of, text_in
from diagnose.errors import XdiagError
from diagnose.model.arn import HTTPS, CallerKind, parse_caller
from diagnose.model.federation import (
    AWS_SOURCE_IDENTITY,
    AWS_TAGS,
    SAML_SESSION_NAME,
    SAML_SOURCE_IDENTITY,
    SAML_TAG,
    SAML_TRANSITIVE,
    SamlAssertion,
    WebIdentity,
)

MASKED = re.compile(r"(?i)\*+|x{3,}|<.*>|.*(HIDDEN|REDACTED|MASKED).*")
"""What stands for a value that somebody took out."""


def token_in(record: Record) -> tuple[str, WebIdentity]:
    """Give the issuer's URL and the claims that the record shows; the URL is empty where the record has none.

    `principalId` is the provider, the audience and the subject, with colons between them; each of the three may hold
    colons itself, so that the audience is what the other two leave.
    """
    identity, sent = part_of(record, "userIdentity"), part_of(record, "requestParameters")
    answer = part_of(record, "responseElements")
    provider = _shown(identity, "identityProvider") or _shown(answer, "provider")
    subject = _shown(identity, "userName") or _shown(answer, "subjectFromWebIdentityToken")
    whole, audience = _shown(identity, "principalId"), _shown(answer, "audience")
    before, after = f"{provider}:", f":{subject}"
    if not audience and provider and subject and whole.startswith(before) and whole.endswith(after):
        audience = whole[len(before) : -len(after)]
    tags, transitive = _tags(sent)
    claims: dict[str, Any] = {"aud": audience, "sub": subject, AWS_SOURCE_IDENTITY: _shown(sent, "sourceIdentity")}
    if tags:
        principal_tags = {key: [value] for key, value in tags.items()}
        claims[AWS_TAGS] = {"principal_tags": principal_tags, "transitive_tag_keys": list(transitive)}
    return _issuer(provider), WebIdentity({name: value for name, value in claims.items() if value})


def assertion_in(record: Record) -> tuple[str, SamlAssertion]:
    """Give the ARN of the SAML provider and what the record shows of the assertion; the ARN is empty if not recorded.

    What STS calls the audience is the `Recipient` of the assertion.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
    """
    identity, sent = part_of(record, "userIdentity"), part_of(record, "requestParameters")
    answer = part_of(record, "responseElements")
    tags, transitive = _tags(sent)
    attributes = {
        SAML_SESSION_NAME: _shown(sent, "roleSessionName"),
        SAML_SOURCE_IDENTITY: _shown(sent, "sourceIdentity"),
        **{SAML_TAG + key: value for key, value in tags.items()},
    }
    kind = _shown(answer, "subjectType")
    provider = _shown(sent, "principalArn")
    return provider if _presents(provider, CallerKind.SAML) else "", SamlAssertion(
        issuer=_shown(answer, "issuer") or None,
        subject=_shown(answer, "subject") or _shown(identity, "userName") or None,
        subject_format=(kind if ":" in kind else _FORMAT + kind) if kind else None,
        recipient=_shown(answer, "audience") or None,
        attributes={
            **{name: (value,) for name, value in attributes.items() if value},
            **({SAML_TRANSITIVE: transitive} if transitive else {}),
        },
    )


_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


def _shown(part: Mapping[str, Any], name: str) -> str:
    """Give a text; empty where there is none, or somebody took it out."""
    text = text_in(part, name)
    return "" if MASKED.fullmatch(text.strip()) else text


def _tags(sent: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read the session tags that came with the token or the assertion, and the keys that are handed on."""
    transitive = sent.get("transitiveTagKeys")
    tags = {key: value for key, value in part_of(sent, "principalTags").items() if isinstance(value, str)}
    return tags, tuple(map(str, transitive)) if isinstance(transitive, list) else ()


def _issuer(provider: str) -> str:
    """Give the issuer's URL of a provider, which is recorded by its ARN or, where it is built in, by its host."""
    arn, found, host = provider.partition(":oidc-provider/")
    url = HTTPS + (host if found else arn.removeprefix(HTTPS))
    return url if provider and _presents(url, CallerKind.WEB_IDENTITY) else ""


def _presents(source: str, kind: CallerKind) -> bool:
    try:
        return parse_caller(source).kind is kind
    except XdiagError:
        return False
