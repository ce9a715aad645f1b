"""The layers: a row each. They differ in which policies count, for whom, and which elements those have.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Callable
from typing import TypeAlias, final

from msgspec import Struct

from diagnose.evaluate.caller import SERVICE_PATH, Caller
from diagnose.evaluate.memo import ObjectMemo
from diagnose.model.arn import CallerKind, RoleArn
from diagnose.model.case import DestinationSide, Endpoint, Organization, SourceSide
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Level, Policy, PolicySet
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, YES

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
# And what most values are is asked for: that a value is not of a struct's type is told five times as slowly.
_SERVICE, _ROOT = CallerKind.SERVICE, CallerKind.ROOT


class Applies(Struct, frozen=True, weakref=True):
    """A layer that counts, with its levels: name and policies of each. All but SCP and RCP have one, without a name.

    `perhaps`: it is not known whether it counts.
    """

    levels: tuple[tuple[str, PolicySet], ...]
    perhaps: bool = False


@final
class DoesNotApply(Struct, frozen=True):
    """A layer that has nothing to say."""

    why: str


Attached: TypeAlias = Applies | DoesNotApply


class LayerTraits(Struct, frozen=True):
    """One layer.

    `principal` and `resource` say whether its statements have such an element: it is then needed; an element
    that the layer does not have is a flaw. `grants` is false where an Allow is always there, so that only a Deny
    counts. `levels`: its policies are attached to the levels of an organization.
    """

    layer: Layer
    principal: bool = False
    resource: bool = True
    grants: bool = True
    levels: bool = False


# RCPFullAWSAccess is attached everywhere and cannot be detached.
RCP = LayerTraits(Layer.RCP, principal=True, grants=False, levels=True)
SCP = LayerTraits(Layer.SCP, levels=True)
ENDPOINT = LayerTraits(Layer.ENDPOINT, principal=True)
TRUST = LayerTraits(Layer.TRUST, principal=True, resource=False)
IDENTITY = LayerTraits(Layer.IDENTITY)
BOUNDARY = LayerTraits(Layer.BOUNDARY)
SESSION = LayerTraits(Layer.SESSION)
LAYERS = (RCP, SCP, ENDPOINT, TRUST, IDENTITY, BOUNDARY, SESSION)


def of_endpoint(endpoint: Evidence[Endpoint | None]) -> Attached:
    """Give the policy of the VPC endpoint that the request travels through."""
    if not isinstance(endpoint, Known):
        return _unread(endpoint)
    return _only(endpoint.value.policy) if endpoint.value is not None else DoesNotApply("no VPC endpoint is used")


def _scps(source: SourceSide, caller: Caller) -> Attached:
    """SCPs apply to the caller's account, but neither to its service-linked roles nor to AWS services.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    if caller.kind is _SERVICE:
        return DoesNotApply("the caller is an AWS service")
    linked = caller.service_linked
    if linked is not NO:
        return DoesNotApply("the caller is a service-linked role") if linked is YES else PERHAPS_NOT_REACHED
    return _of_organization(source.scps, source.organization, caller.account)


def _identity(source: SourceSide, caller: Caller) -> Attached:
    """No identity-based policy restricts a root user; only SCPs do.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
    """
    if caller.kind is _SERVICE:
        return DoesNotApply("AWS services have no identity-based policies")
    if caller.kind is _ROOT:
        return DoesNotApply("root users have no identity-based policies")
    return Applies((("", source.identity_policies),))


def _boundary(source: SourceSide, caller: Caller) -> Attached:
    if caller.kind is _SERVICE:
        return DoesNotApply("AWS services have no permissions boundary")
    if caller.kind is _ROOT:
        return DoesNotApply("root users have no permissions boundary")
    boundary = source.boundary
    if not isinstance(boundary, Known):
        return _unread(boundary)
    return DoesNotApply("no permissions boundary is set") if boundary.value is None else _one(boundary.value)


def _session(source: SourceSide, caller: Caller) -> Attached:
    """Only the sessions of roles and of federated users can have session policies."""
    if not caller.has_role:
        return DoesNotApply("only role sessions have session policies")
    policies = source.session.policies
    if not (policies.policies or policies.unread):
        return DoesNotApply("no session policy was passed")
    return Applies((("", policies),))


def _trust(destination: DestinationSide, _: RoleArn) -> Attached:
    return _only(destination.trust_policy)


def _rcps(destination: DestinationSide, role: RoleArn) -> Attached:
    """RCPs apply to the role's account, for every caller, but not where either side is a service-linked role.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    if role.path.startswith(SERVICE_PATH):
        return DoesNotApply("the role is service-linked")
    return _of_organization(destination.rcps, destination.organization, role.account)


def _of_organization(
    levels: Evidence[tuple[Level, ...]], organization: Evidence[Organization | None], account: str
) -> Attached:
    """Give the policies of an organization that reach an account; none reaches the management account.

    Which account that is has to be read, too, unless it is stated that they apply.
    """
    known = organization.value if isinstance(organization, Known) else None
    if known is not None and known.management_account == account:
        return DoesNotApply("the account is the organization's management account")
    if isinstance(levels, Known) and levels.value:
        settled = isinstance(organization, Known) or any(level.stated for level in levels.value)
        key = "" if settled else "perhaps"
        return _attached.find(levels, key) or _attached.offer(levels, key, _levels(levels.value, perhaps=key != ""))
    if isinstance(organization, Known) and known is None:
        return DoesNotApply("the account is not in an organization")
    return DoesNotApply("none apply") if isinstance(levels, Known) else _unread(levels)


_attached: ObjectMemo[Applies] = ObjectMemo()
"""What organizations attach, which is the same for many accounts."""


def _levels(levels: tuple[Level, ...], *, perhaps: bool) -> Applies:
    named = [(level.name or level.target, level.policies) for level in levels]
    return Applies(tuple(named), perhaps)


def _only(evidence: Evidence[Policy]) -> Attached:
    """Give a layer that always has exactly one policy."""
    return _one(evidence.value) if isinstance(evidence, Known) else _unread(evidence)


def _one(policy: Policy) -> Attached:
    return Applies((("", PolicySet((policy,))),))


def _unread(gap: Unread) -> Attached:
    return Applies((("", PolicySet(unread=(gap,))),))


OF_SOURCE: dict[Layer, tuple[LayerTraits, Callable[[SourceSide, Caller], Attached]]] = {
    Layer.IDENTITY: (IDENTITY, _identity),
    Layer.SCP: (SCP, _scps),
    Layer.BOUNDARY: (BOUNDARY, _boundary),
    Layer.SESSION: (SESSION, _session),
}
OF_DESTINATION: dict[Layer, tuple[LayerTraits, Callable[[DestinationSide, RoleArn], Attached]]] = {
    Layer.RCP: (RCP, _rcps),
    Layer.TRUST: (TRUST, _trust),
}
PERHAPS_NOT_REACHED = _unread(Unread(subject="whether the caller is service-linked"))
"""Of a caller who may be a service-linked role, which no policy of an organization reaches."""
