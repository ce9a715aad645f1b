"""A remedy before its proof: what would be changed, and the case as it would then be."""

from typing import TypeAlias, assert_never

from msgspec import Struct

from diagnose.model.arn import CallerKind
from diagnose.model.case import Case, Request
from diagnose.model.diagnosis import Letter, NotProved, Owner
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Layer
from diagnose.remedy.document import Json, PatchOperation
from diagnose.remedy.names import caller_of, destination_role_name


class PolicyChange(Struct, frozen=True):
    """One policy, edited or new (`before` is None).

    `target` is the level of the organization that a new SCP is attached to. `document` is the whole policy
    after the edit, `operations` what leads to it. `into_permission_set` says that IAM Identity Center keeps it.
    """

    layer: Layer
    before: Policy | None
    after: Policy
    document: Json
    operations: tuple[PatchOperation, ...]
    target: str = ""
    into_permission_set: bool = False

    @property
    def is_in_account(self) -> bool:
        """Whether a command can save it: neither IAM Identity Center keeps it, nor is it passed with a session."""
        return not self.into_permission_set and self.layer is not Layer.SESSION


class VersionChange(Struct, frozen=True):
    """Another version of a managed policy becomes the default one."""

    policy: Policy
    document: Json


class NewMembership(Struct, frozen=True):
    """A user joins a group."""

    user: str
    group: str


class NewAttachment(Struct, frozen=True):
    """A managed policy is attached to a user or role."""

    policy: Policy
    to: str


class Removal(Struct, frozen=True):
    """A managed policy is detached from whom it is attached to, or an inline policy deleted."""

    policy: Policy


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


class NewProvider(Struct, frozen=True):
    """An OIDC identity provider is created."""

    arn: str
    url: str
    client_ids: tuple[str, ...]


class NewAudience(Struct, frozen=True):
    """An OIDC identity provider accepts one audience more."""

    arn: str
    client_id: str


class NewAssociation(Struct, frozen=True):
    """EKS Pod Identity assumes a role for a service account. `id` is that of an association that there is, or empty."""

    cluster: str
    region: str
    namespace: str
    service_account: str
    role: str
    id: str = ""


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
    | NewMembership
    | NewAttachment
    | Removal
    | TagChange
    | MaximumChange
    | NewRole
    | NewProvider
    | NewAudience
    | NewAssociation
    | Unseen
    | RequestChange
)


class Draft(Struct, frozen=True):
    """A proposed change. `case` is the edited case; None where there is nothing to decide again.

    `narrower` is set where the change allows every session of the source's role: it is the change that allows this
    one session alone, to be shown beside it. `letter` is what the owner is asked for, where that is not
    what the kind asks for. `widens` is true where others gain by the change, too, whom the text then names.
    """

    owner: Owner
    text: str
    case: Case | None = None
    change: Change | None = None
    narrower: "Draft | None" = None
    letter: Letter | None = None
    widens: bool = False


Attempt: TypeAlias = Draft | NotProved
"""A draft, or why there is none."""


class PolicyHolder(Struct, frozen=True):
    """`kind` is `user`, `role`, `group` or `endpoint`; both are empty where the policy stands by itself."""

    kind: str = ""
    name: str = ""


def holder_of(policy: Policy, case: Case) -> PolicyHolder:
    """Find the carrier of a policy of a case."""
    match policy.kind:
        case PolicyKind.TRUST:
            return PolicyHolder("role", destination_role_name(case))
        case PolicyKind.ENDPOINT:
            endpoint = case.snapshot.endpoint
            return PolicyHolder("endpoint", endpoint.value.id if isinstance(endpoint, Known) and endpoint.value else "")
        case PolicyKind.INLINE:
            if policy.group:
                return PolicyHolder("group", policy.group)
            caller = caller_of(case)
            return PolicyHolder("user" if caller.kind is CallerKind.USER else "role", caller.name)
    return PolicyHolder()


def exists_already(change: Change) -> bool:
    """Say whether a change is of something that is there: a template of it must not create it a second time."""
    match change:
        case PolicyChange(before=before):
            return before is not None
        case NewAssociation(id=id_):
            return bool(id_)
        case VersionChange() | TagChange() | MaximumChange() | NewAudience() | Removal():
            return True
        case NewMembership() | NewAttachment() | NewProvider() | NewRole() | RequestChange() | Unseen():
            return False
        case _:
            assert_never(change)


def changed_flags(before: Request, after: Request) -> tuple[str, ...]:
    """Give the flags that differ, as an argument list. What is left out now has no flag: leave its own out."""
    old, new = before.parameters, after.parameters
    flags: list[str] = []
    for flag, was, now in (
        ("--external-id", old.external_id, new.external_id),
        ("--session-name", old.session_name, new.session_name),
        ("--source-identity", old.source_identity, new.source_identity),
        ("--duration-seconds", old.duration_seconds, new.duration_seconds),
        ("--mfa-serial", old.mfa_serial, new.mfa_serial),
        ("--region", before.region, after.region),
        ("--via", before.via, after.via),
    ):
        if now != was and now is not None:
            flags += [flag, str(now)]
    if new.mfa_code_sent and not old.mfa_code_sent:
        flags += ["--mfa-code", "CODE"]
    if new.tags != old.tags:
        flags += [text for key, value in new.tags.items() for text in ("--tag", f"{key}={value}")]
    if new.transitive_tag_keys != old.transitive_tag_keys:
        flags += [text for key in new.transitive_tag_keys for text in ("--transitive-tag-key", key)]
    return tuple(flags)
