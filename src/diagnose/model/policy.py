"""Policies as they were read: text with a name, and where it comes from."""

import json
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import unquote

from msgspec import Raw, Struct, field

from diagnose.model.evidence import NOT_SUPPLIED, Unread

LANGUAGE_WITH_VARIABLES = "2012-10-17"
"""The current version of the policy language. In the one before it, and where none is named, `${...}` is mere text.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

LARGEST_DOCUMENT = 131_072
"""Bytes of a document that is read. IAM holds at most 20,480 characters of any policy here, without white space."""

UNKNOWN_PART = "xdiag:unknown"
"""The one key of an object that stands in a document for a part that is not known; its value says why, for people."""


class PolicyKind(StrEnum):
    """How a policy is stored, which decides how it is edited."""

    INLINE = "inline"
    MANAGED = "managed"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"
    ENDPOINT = "endpoint"
    SESSION = "session"


class AttachmentKind(StrEnum):
    """What an identity policy is attached to, where that is not the principal itself."""

    GROUP = "group"
    USER = "user"
    ROLE = "role"
    OTHER = "other"
    """Whatever the case calls it."""


class Attachment(Struct, frozen=True):
    """What a policy is attached to. As text it is what a case file holds: `group devs`."""

    kind: AttachmentKind
    name: str

    def __str__(self) -> str:
        return self.name if self.kind is AttachmentKind.OTHER else f"{self.kind} {self.name}"


def attachment(text: str) -> Attachment:
    """Read what a case file holds: the kind and, behind a space, the name; or anything."""
    kind, _, name = text.partition(" ")
    if name and kind in (AttachmentKind.GROUP, AttachmentKind.USER, AttachmentKind.ROLE):
        return Attachment(AttachmentKind(kind), name)
    return Attachment(AttachmentKind.OTHER, text)


class PolicyVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a managed policy that is not the default one, and so has no effect."""

    version: str
    document: Raw


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """One policy document and what is needed to find it again.

    `document` is JSON: the policy itself, or a string that holds it (plain, or percent-encoded
    as the IAM API returns it). It is kept as text so that duplicate keys stay visible.
    `attached_to` names what it is attached to where that is not the principal itself: `group devs`.
    """

    name: str
    document: Raw
    kind: PolicyKind = PolicyKind.INLINE
    arn: str = ""
    attached_to: str = ""
    version: str = ""
    other_versions: tuple[PolicyVersion, ...] = ()

    @property
    def attachment(self) -> Attachment | None:
        """What the policy is attached to; None where that is the principal itself."""
        return attachment(self.attached_to) if self.attached_to else None

    @property
    def group(self) -> str:
        """The name of the group that the policy is attached to; empty where that is not a group."""
        holder = self.attachment
        return holder.name if holder is not None and holder.kind is AttachmentKind.GROUP else ""


class PolicySet(Struct, frozen=True, forbid_unknown_fields=True, weakref=True):
    """Policies that count together, and those of them that could not be read.

    The set is complete only when `unread` is empty; `PolicySet()` says "looked, there is none".
    """

    policies: tuple[Policy, ...] = ()
    unread: tuple[Unread, ...] = ()


def merge_policy_sets(sets: Iterable[PolicySet]) -> PolicySet:
    """Put sets that count together into one."""
    parts = tuple(sets)
    return PolicySet(
        tuple(policy for part in parts for policy in part.policies),
        tuple(gap for part in parts for gap in part.unread),
    )


NO_POLICIES_SUPPLIED = PolicySet(unread=(NOT_SUPPLIED,))


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """What is attached at one level of an organization: its root, an OU, or the account.

    `stated`: whoever asks says that policies of it apply to the account, which so does not manage its organization.
    """

    target: str
    name: str = ""
    policies: PolicySet = field(default_factory=lambda: NO_POLICIES_SUPPLIED)
    stated: bool = False


def document_text(document: Raw) -> str:
    """Give a document as JSON text: as it is, or out of the string (maybe percent-encoded) that holds it.

    The text may still be anything; whether it is a policy, deciding finds out.
    The IAM API percent-encodes documents (RFC 3986), so `+` stands for itself.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
    """
    text = bytes(document).decode("utf-8", "replace").strip()
    if not text.startswith('"'):
        return text
    try:
        inner = str(json.loads(text)).strip()
    except ValueError:
        return text
    return unquote(inner) if inner[:1] == "%" else inner


def raw_document(document: object) -> Raw:
    """Wrap a document given as Python values into the form that `Policy` keeps."""
    return Raw(json.dumps(document, ensure_ascii=False).encode())
