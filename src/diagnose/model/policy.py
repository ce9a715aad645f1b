"""Policies as they were read: text with a name, and where it comes from."""

import json
from enum import StrEnum
from urllib.parse import unquote

from msgspec import Raw, Struct, field

from diagnose.model.evidence import NOT_SUPPLIED, Unread


class PolicyKind(StrEnum):
    """How a policy is stored, which decides how it is edited."""

    INLINE = "inline"
    MANAGED = "managed"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"
    ENDPOINT = "endpoint"
    SESSION = "session"


class PolicyVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a managed policy that is not the default one, and so has no effect."""

    version: str
    document: Raw


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """One policy document and what is needed to find it again.

    `document` is JSON: the policy itself, or a string that holds it (plain, or percent-encoded
    as the IAM API returns it). It is kept as text so that duplicate keys stay visible.
    `attached_to` names the carrier where that is not the principal itself: `group devs`.
    """

    name: str
    document: Raw
    kind: PolicyKind = PolicyKind.INLINE
    arn: str = ""
    attached_to: str = ""
    version: str = ""
    other_versions: tuple[PolicyVersion, ...] = ()


class PolicySet(Struct, frozen=True, forbid_unknown_fields=True, weakref=True):
    """Policies that count together, and those of them that could not be read.

    The set is complete only when `unread` is empty; `PolicySet()` says "looked, there is none".
    """

    policies: tuple[Policy, ...] = ()
    unread: tuple[Unread, ...] = ()


NO_POLICIES_SUPPLIED = PolicySet(unread=(NOT_SUPPLIED,))


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """What is attached at one level of an organization: its root, an OU, or the account."""

    target: str
    name: str = ""
    policies: PolicySet = field(default_factory=lambda: NO_POLICIES_SUPPLIED)


def document_text(document: Raw) -> str:
    """Give a document as JSON text: as it is, or out of the string (maybe percent-encoded) that holds it.

    The text may still be anything; that it is a policy is for the evaluation to find out.
    The IAM API percent-encodes documents (RFC 3986), so `+` stands for itself.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
    """
    text = bytes(document).decode("utf-8", "replace").strip()
    if not text.startswith('"'):
        return text
    try:
        held = str(json.loads(text)).strip()
    except ValueError:
        return text
    return unquote(held) if held[:1] == "%" else held


def raw_document(document: object) -> Raw:
    """Wrap a document given as Python values into the form that `Policy` keeps."""
    return Raw(json.dumps(document, ensure_ascii=False).encode())
