"""What is told: findings, remedies with their proof, and what the live attempt said of them."""

from enum import StrEnum

from msgspec import Struct

from diagnose.model.case import Case
from diagnose.model.policy import Policy
from diagnose.model.trace import Decision, Layer
from diagnose.model.tri import Tri


class Certainty(StrEnum):
    """How sure a finding is: all its facts were seen, or one of them could not be told."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Owner(StrEnum):
    """Who can mend a cause."""

    SOURCE = "source"
    DESTINATION = "destination"
    ORGANIZATION = "organization"
    NETWORK = "network"
    CALLER = "caller"
    """Whoever makes the request: its parameters, credentials, endpoint."""
    XDIAG = "xdiag"
    """Whoever runs xdiag: a reader's permission, a missing file."""


class Excerpt(Struct, frozen=True):
    """A place in a policy: what a finding points at.

    `pointer` is the JSON pointer of the value within the document; `label` is the comparison to print
    beside it. `primary` is false for a place that only helps to understand.
    """

    layer: Layer
    policy: Policy
    pointer: str
    label: str = ""
    level: str = ""
    primary: bool = True


class Proof(StrEnum):
    """What deciding the edited case again has shown."""

    ALLOWED = "allowed"
    CLEARS = "clears"
    """The blocker is gone; `Remedy.remaining` still stands in the way."""
    NOT_TRIED = "not_tried"
    """Not an edit that can be decided: something to be looked up, asked for, or waited for."""


class Remedy(Struct, frozen=True):
    """The smallest change that mends a cause.

    `text` says who does what. `policy_name` and `document` hold the whole edited policy (JSON text),
    `patch` the same as RFC 6902 operations, `flags` the changed xdiag flags where it is the request that changes.
    `commands` are ready to paste, by what they are for: `aws-cli`, `terraform`, `cloudformation`.
    `remaining` names in words what still blocks after it. `handover` is the paragraph to send to the owner, where that
    is somebody else.
    """

    kind: str
    owner: Owner
    text: str
    proof: Proof = Proof.NOT_TRIED
    policy_name: str = ""
    document: str = ""
    patch: str = ""
    flags: tuple[str, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    remaining: tuple[str, ...] = ()
    admits_nobody_else: Tri | None = None
    handover: str = ""


class Finding(Struct, frozen=True):
    """One cause, named. `unknown` says what keeps a possible finding from being certain.

    `formerly` holds the ids that its rule had before.
    """

    rule: str
    certainty: Certainty
    owner: Owner
    title: str
    explanation: str
    layer: Layer | None = None
    excerpts: tuple[Excerpt, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    sources: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    action: str = ""
    formerly: tuple[str, ...] = ()


class Agreement(StrEnum):
    """Whether AWS's answer to the live attempt is the one that was computed."""

    AGREES = "agrees"
    SETTLES = "settles"
    """The decision was undetermined, and AWS's answer settles it."""
    CONTRADICTS = "contradicts"
    NOT_MADE = "not_made"
    INCONCLUSIVE = "inconclusive"
    """AWS answered with something that says neither yes nor no, such as an expired token."""


class Verdict(StrEnum):
    """The answer to the user's question."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


class Diagnosis(Struct, frozen=True):
    """All that a report may use. `verdict` is AWS's where it was asked, else what was computed.

    `plan` holds remedies that together end in an allowed request, where one alone does not.
    """

    case: Case
    decision: Decision
    verdict: Verdict
    agreement: Agreement = Agreement.NOT_MADE
    findings: tuple[Finding, ...] = ()
    plan: tuple[Remedy, ...] = ()
