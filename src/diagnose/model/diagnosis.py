"""A diagnosis: findings, remedies with their proof, and how AWS's answer agrees with them."""

from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from diagnose.model.arn import account_of
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case
from diagnose.model.policy import Policy
from diagnose.model.trace import Blocker, Decision, Doubt, ElementTrace, Gate, GateTrace, Layer
from diagnose.model.tri import Tri


class Certainty(StrEnum):
    """How sure a finding is: all its facts were seen, or one of them is not known."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Owner(StrEnum):
    """Who can fix a cause."""

    SOURCE = "source"
    DESTINATION = "destination"
    ORGANIZATION = "organization"
    NETWORK = "network"
    CALLER = "caller"
    """Whoever makes the request: its parameters, credentials, endpoint."""
    XDIAG = "xdiag"
    """The user of xdiag: a reader's permission, a missing file."""


class Excerpt(Struct, frozen=True):
    """A place in a policy: what a finding points at.

    `pointer` is the JSON pointer of the value within the document; `label` is the comparison to print
    beside it. `primary` is false for a place that only helps to understand; `allows`, of those, for a statement that
    would have let the request pass.
    """

    layer: Layer
    policy: Policy
    pointer: str
    label: str = ""
    level: str = ""
    primary: bool = True
    allows: bool = False


class Proof(StrEnum):
    """What deciding the edited case again has shown."""

    ALLOWED = "allowed"
    CLEARS = "clears"
    """The blocker is gone; `Remedy.remaining` still stands in the way."""
    NOT_TRIED = "not_tried"
    """Not an edit that can be decided: something to be looked up, asked for, or waited for."""


class StatementPlace(Struct, frozen=True):
    """Where a statement stands: in the policy of this name, at this index; `sid` is empty where it has none."""

    policy: str
    index: int
    sid: str = ""


class RemainingBlocker(Struct, frozen=True):
    """A blocker of the edited case, with what shows why it still blocks.

    `gate` is the requirement that is not met. `statements` are the Deny statements that apply; or the one Allow from
    which nothing but `conditions` keeps the request. `levels` are those of the organization at which nothing allows.
    """

    blocker: Blocker
    gate: GateTrace | None = None
    statements: tuple[StatementPlace, ...] = ()
    conditions: tuple[ElementTrace, ...] = ()
    levels: tuple[str, ...] = ()


class Letter(StrEnum):
    """What the owner of a policy or a role is asked for."""

    CHANGE = "change"
    """To carry out the remedy."""
    MEANT = "meant"
    """Whether it is meant to be so."""
    DENY = "deny"
    """Whether the Deny that `Remedy.text` names is meant for this request, and if not, to exempt it."""
    POLICIES = "policies"
    """The policies, which could not be read."""
    STATEMENT = "statement"
    """Whether the policies, which could not be read, hold the statement of `Remedy.document`."""


class Remedy(Struct, frozen=True):
    """The smallest change that fixes a cause.

    `text` says who does what. `policy_name` and `document` hold the whole edited policy (JSON text),
    `patch` the same as RFC 6902 operations, `flags` the changed xdiag flags where it is the request that changes.
    `commands` are ready to paste, by what they are for: `aws-cli`, `terraform`, `cloudformation`.
    `remaining` is what still blocks after it, and the doubts that may; empty where nothing does or it was not tried.
    `letter` is what to write to the owner; None where whoever makes the request can do it alone.
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
    remaining: tuple[RemainingBlocker | Doubt, ...] = ()
    admits_nobody_else: Tri | None = None
    letter: Letter | None = None

    @property
    def enough(self) -> bool:
        """Whether nothing that is known stands in the way after it. What was not read may yet do so."""
        if self.proof is Proof.CLEARS:
            return not any(isinstance(remaining, RemainingBlocker) for remaining in self.remaining)
        return self.proof is Proof.ALLOWED


class NotProved(StrEnum):
    """Why no edit of a kind was proved.

    Of several reasons the first one here is given: that an edit failed its proof says more than that another one
    could not be made.
    """

    LETS_IN_OTHERS = "lets_in_others"
    OPENS_OTHER_ROLES = "opens_other_roles"
    BREAKS_SOMETHING_ELSE = "breaks_something_else"
    """A requirement that was met would no longer be."""
    CHANGES_NOTHING = "changes_nothing"
    """What the finding is about stands in the way as before."""
    TOO_MANY = "too_many"
    """There are too many combinations to try, or too many causes, within the bounds that a case has."""
    PLACEHOLDER = "placeholder"
    """It would write a value that waits to be filled in."""
    DENY_IS_MEANT = "deny_is_meant"
    """The Deny is there for this very caller or role: to lift it is a decision, not a correction."""
    AWS_MANAGED = "aws_managed"
    """The policy is AWS's own."""
    PROTECTED = "protected"
    """Nobody can edit the user or role: it is service-linked, of IAM Identity Center, or no IAM principal at all."""
    NOT_READABLE = "not_readable"
    """The policy is not JSON with a single meaning, so that it cannot be edited."""
    NOT_READ = "not_read"
    CALLER_NOT_NAMEABLE = "caller_not_nameable"
    """No policy can name this caller: the root user, a federated user."""
    ALLOWED_ALREADY = "allowed_already"
    SAME_AS_SMALLER = "same_as_smaller"
    """A smaller edit, of another kind, comes to the same and was proved."""
    NO_EDIT = "no_edit"
    """There is nothing of this kind to edit in what the finding is about."""


class Refused(Struct, frozen=True):
    """A kind of remedy that was looked for, and of which no edit was proved."""

    kind: str
    reason: NotProved


class Finding(Struct, frozen=True):
    """One cause, named.

    `refused` are the kinds of remedy that its rule names and that could not be proved. `unknown` says what keeps a
    possible finding from being certain.
    `formerly` holds the ids that its rule had before. `gate` is the requirement that it is about, if any.
    """

    rule: str
    certainty: Certainty
    owner: Owner
    title: str
    explanation: str
    layer: Layer | None = None
    excerpts: tuple[Excerpt, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    refused: tuple[Refused, ...] = ()
    sources: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    action: str = ""
    formerly: tuple[str, ...] = ()
    gate: Gate | None = None

    @property
    def is_gap(self) -> bool:
        """Whether it is no cause, but says what was not read."""
        return self.owner is Owner.XDIAG


class LeftOut(Struct, frozen=True):
    """How many causes are counted and not told: each is of a rule that has spoken, of a place like those before it.

    `unread` are no causes: as many findings say of something else that it was not read. Nor are `idle`: policies, and
    versions of them, that do not count now, and were too many to decide with each whether it would allow the request.
    """

    certain: int = 0
    possible: int = 0
    unread: int = 0
    idle: int = 0

    @property
    def together(self) -> int:
        """All causes of them."""
        return self.certain + self.possible


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

    @classmethod
    def of(cls, allowed: Tri) -> "Verdict":
        """Give the verdict that says whether a request is allowed."""
        return _BY_ANSWER[allowed]


# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_BY_ANSWER = (Verdict.DENIED, Verdict.UNDETERMINED, Verdict.ALLOWED)


class AwsAnswer(Struct, frozen=True):
    """The error with which AWS answered: in the message that came with the case, or to the live attempt.

    `refuses` says that it is about this very request. `by_policy` says whether a policy is to blame; AWS refuses a
    request for other reasons, too: expired credentials, a Region, too many requests.
    """

    kind: ErrorKind
    code: str = ""
    refuses: bool = False
    by_policy: Tri = Tri.UNKNOWN
    masked: bool = False
    """Somebody blanked an account in the error."""
    other_role: str = ""
    """The ARN of the role that the error names, where it is not the one that was asked for."""
    other_call: str = ""
    """The action or the operation that the error is about, where it is not the one that was asked about."""


class Diagnosis(Struct, frozen=True):
    """All that a report may use. `verdict` is AWS's where it was asked, else what was computed.

    A request that AWS refused is denied, whatever was computed. `plan` holds remedies that together end in an allowed
    request, where one alone does not. `left_out` counts the causes for which `findings` has no room.
    """

    case: Case
    decision: Decision
    verdict: Verdict
    agreement: Agreement = Agreement.NOT_MADE
    findings: tuple[Finding, ...] = ()
    plan: tuple[Remedy, ...] = ()
    answer: AwsAnswer | None = None
    left_out: LeftOut = LeftOut()

    @property
    def refused_though_allowed(self) -> bool:
        """Whether AWS refused what the policies that were read allow."""
        refused = self.answer is not None and self.answer.refuses
        return refused and self.verdict is Verdict.DENIED and self.decision.verdict is Tri.YES

    @property
    def refused_though_open(self) -> bool:
        """Whether the error that came with the case alone says that AWS refused it: what was read settles nothing."""
        settled_by_error = self.agreement is not Agreement.SETTLES and self.decision.verdict is Tri.UNKNOWN
        return settled_by_error and self.verdict is Verdict.DENIED


def account_behind(owner: Owner, case: Case) -> str:
    """Give the account that belongs to an owner; empty for those who own no account."""
    match owner:
        case Owner.SOURCE:
            return account_of(case.snapshot.source.arn)
        case Owner.DESTINATION:
            return account_of(case.destination_arn)
        case Owner.ORGANIZATION | Owner.NETWORK | Owner.CALLER | Owner.XDIAG:
            return ""
        case _:
            assert_never(owner)
