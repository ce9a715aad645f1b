"""The command that asks the same again; apart from `needed`, which says what to read, for each flag of a request."""

import shlex
from collections.abc import Iterator, Sequence

from diagnose.model.case import Case, Via
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.report.safe_text import visible
from diagnose.report.sections.key_questions import PRESENTED_FLAGS


def command(case: Case, flags: Sequence[str]) -> str:
    """Write the complete command that asks the same again, with these flags that say where to read.

    A token or an assertion that is read says itself who presents it.
    """
    request = case.request
    sent = request.parameters
    presented = any(flag in PRESENTED_FLAGS for flag in flags)
    given = [
        ("--external-id", sent.external_id),
        ("--session-name", sent.session_name),
        ("--duration-seconds", None if sent.duration_seconds is None else str(sent.duration_seconds)),
        ("--mfa-serial", sent.mfa_serial),
        ("--source-identity", sent.source_identity),
        *(("--tag", f"{key}={value}") for key, value in sent.tags.items()),
        *(("--transitive-tag-key", key) for key in sent.transitive_tag_keys),
        ("--via", None if request.via is Via.API else request.via.value),
        ("--region", request.region),
        ("--signed-in-as", request.signed_in_as),
        ("--passed-to", sent.passed_to),
        ("--associated-resource", sent.associated_resource),
        *(() if presented else _presented(case.snapshot.source.identity)),
    ]
    lines = [f"xdiag check {_word(request.role_arn)}"]
    if not presented:
        lines = [f"xdiag check {_word(case.source_arn)}", _word(request.role_arn)]
    words = [*flags, *(f"{flag} {_word(value)}" for flag, value in given if value is not None)]
    for word in words:
        if lines[-1].startswith("--") and len(lines[-1]) + len(word) < _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return " \\\n  ".join(lines)


def _presented(identity: WebIdentity | SamlAssertion | None) -> Iterator[tuple[str, str]]:
    """List single claims or attributes. One that is known as a whole is given as a file, which is still at hand."""
    match identity:
        case None:
            return
        case WebIdentity():
            for name, value in identity.claims.items() if not identity.complete else ():
                if isinstance(value, str) and name != "iss":
                    yield "--claim", f"{name}={value}"
        case SamlAssertion(complete=True):
            return
        case SamlAssertion():
            elements = (
                ("Issuer", identity.issuer),
                ("NameID", identity.subject),
                ("NameIDFormat", identity.subject_format),
                ("Recipient", identity.recipient),
            )
            yield from (("--saml-attribute", f"{name}={value}") for name, value in elements if value is not None)
            for name, values in identity.attributes.items():
                yield from (("--saml-attribute", f"{name}={value}") for value in values)


_WIDTH = 74
"""Columns of a line of flags."""


def _word(text: str) -> str:
    return visible(shlex.quote(text))
