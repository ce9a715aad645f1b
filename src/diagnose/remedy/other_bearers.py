"""Who else could present a token or an assertion of the same issuer: strangers to an edit, like `outsiders`' others."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from diagnose.evaluate.pattern import glob
from diagnose.model.arn import HTTPS
from diagnose.model.case import SourceSide
from diagnose.model.federation import AWS_ROLES, SAML_ROLE, SamlAssertion, WebIdentity
from diagnose.model.issuers import lasting

_SOMEBODY = "somebody-else"
_PARTS = re.compile(r"[^:/@*{}]+")
_MOST = 40


def other_bearers(source: SourceSide) -> Iterator[SourceSide]:
    """Give bearers of another subject: one that differs in a part, here alone or wherever that part comes again.

    Where the subject is not known, there is still somebody else.

    A part is what stands between colons and slashes: an organization, a repository, a branch, a namespace, an account.
    """
    identity = source.identity
    match identity:
        case WebIdentity():
            subject = identity.claims.get("sub")
            others: Iterator[WebIdentity | SamlAssertion] = _with_other_claims(identity, subject)
        case SamlAssertion():
            others = _with_other_values(identity)
        case None if source.arn.startswith(HTTPS):
            others = iter((WebIdentity({"sub": _SOMEBODY}),))
        case None if ":saml-provider/" in source.arn:
            others = iter((SamlAssertion(subject=_SOMEBODY),))
        case None:
            return
    for number, other in enumerate(others):
        if number < _MOST:
            yield replace(source, identity=other)


def _with_other_claims(token: WebIdentity, subject: object) -> Iterator[WebIdentity]:
    for written in _of_others(subject) if isinstance(subject, str) else (_SOMEBODY,):
        yield replace(token, claims={**token.claims, "sub": written})
    for part in _parts(lasting(subject) if isinstance(subject, str) else subject):
        yield replace(token, claims=_swapped(token.claims, part))


def _with_other_values(assertion: SamlAssertion) -> Iterator[SamlAssertion]:
    of_roles = assertion.attributes.get(SAML_ROLE, ())
    personal = {**dict.fromkeys(assertion.attributes, (_SOMEBODY,)), SAML_ROLE: of_roles}
    for written in _others(assertion.subject or ""):
        yield replace(assertion, subject=written)
        yield replace(assertion, subject=written, attributes=personal)


def _of_others(subject: str) -> Iterator[str]:
    """Give subjects of others: another run of the same workload is not a stranger."""
    own = glob(lasting(subject))
    return (written for written in _others(subject) if not own(written))


def _others(subject: str) -> Iterator[str]:
    """Give subjects that are like one: longer, shorter, in other letters, with one part changed."""
    yield f"{subject}-{_SOMEBODY}"
    yield f"{_SOMEBODY}-{subject}"
    yield subject.swapcase()
    for part in _PARTS.finditer(subject):
        yield f"{subject[: part.start()]}{_SOMEBODY}{subject[part.end() :]}"
        yield f"{subject[: part.end()]}-{_SOMEBODY}{subject[part.end() :]}"
    head, colon, _ = subject.partition(":ref:")
    if colon:
        yield f"{head}:pull_request"
        yield f"{head}:environment:{_SOMEBODY}"


def _parts(subject: object) -> list[str]:
    return list(dict.fromkeys(_PARTS.findall(subject))) if isinstance(subject, str) else []


def _swapped(claims: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Put another text in the place of a part, in the subject and in every claim that has it as a part.

    Whoever has another name has other numbers, too.
    """
    whole = re.compile(rf"(?<![\w.-]){re.escape(part)}(?![\w.-])")
    return {
        name: _SOMEBODY
        if name.endswith("_id")
        else whole.sub(_SOMEBODY, value)
        if isinstance(value, str) and name not in ("iss", "aud", AWS_ROLES)
        else value
        for name, value in claims.items()
    }
