"""A remedy before its proof: what would be changed, and the case as it would then be."""

from typing import TypeAlias

from msgspec import Struct

from diagnose.model.case import Case, Request
from diagnose.model.diagnosis import Letter, NotProved, Owner
from diagnose.model.policy import Policy
from diagnose.model.trace import Layer
from diagnose.remedy.document import Json, Operation
from diagnose.remedy.kinds import Kind


class PolicyChange(Struct, frozen=True):
    """One policy, edited or new (`before` is None).

    `target` is the level of the organization that a new SCP is attached to. `document` is the whole policy
    after the edit, `operations` what leads to it. `into_permission_set` says that IAM Identity Center keeps it.
    """

    layer: Layer
    before: Policy | None
    after: Policy
    document: Json
    operations: tuple[Operation, ...]
    target: str = ""
    into_permission_set: bool = False


class VersionChange(Struct, frozen=True):
    """Another version of a managed policy becomes the default one."""

    policy: Policy
    document: Json


class Membership(Struct, frozen=True):
    """A user joins a group."""

    user: str
    group: str


class Attachment(Struct, frozen=True):
    """A managed policy is attached to a user or role."""

    policy: Policy
    to: str


class TagChange(Struct, frozen=True):
    """A tag is set on a user or role."""

    arn: str
    key: str
    value: str


class MaximumChange(Struct, frozen=True):
    """A role's maximum session duration is raised."""

    role: str
    seconds: int


class NewRole(Struct, frozen=True):
    """A role is created; `document` is its trust policy."""

    arn: str
    document: Json


class Unseen(Struct, frozen=True):
    """A policy that was not read must hold this; `document` is the least that would do."""

    document: Json


class RequestChange(Struct, frozen=True):
    """The call is made in another way."""

    before: Request
    after: Request


Change: TypeAlias = (
    PolicyChange
    | VersionChange
    | Membership
    | Attachment
    | TagChange
    | MaximumChange
    | NewRole
    | Unseen
    | RequestChange
)


class Draft(Struct, frozen=True):
    """A proposed change. `case` is the edited case; None where there is nothing to decide again.

    `narrower` is set where the change lets in every session of the source's role and not the one session alone: it is
    the change that lets in that one, to be shown beside. `letter` is what the owner is asked for, where that is not
    what the kind asks for.
    """

    kind: Kind
    owner: Owner
    text: str
    case: Case | None = None
    change: Change | None = None
    narrower: "Draft | None" = None
    letter: Letter | None = None


Attempt: TypeAlias = Draft | NotProved
"""A draft, or why there is none."""
