"""The sides of a case, worked out once and shared by all the cases that they are part of.

In a batch the same side comes again in many pairs; what is worked out is remembered beside it.
"""

from msgspec import Struct

from diagnose.evaluate.call import inherited_source_identity, inherited_tag_keys
from diagnose.evaluate.caller import Caller
from diagnose.evaluate.gates import caller_gates, role_gates
from diagnose.evaluate.keys.service import passed_by_service
from diagnose.evaluate.layers import (
    ENDPOINT,
    OF_DESTINATION,
    OF_SOURCE,
    PERHAPS_NOT_REACHED,
    RCP,
    DoesNotApply,
    of_endpoint,
)
from diagnose.evaluate.level import CompiledLayer, compile_layer
from diagnose.evaluate.memo import Memo, ObjectMemo
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.arn import CallerKind, RoleArn, parse_role
from diagnose.model.case import Case, DestinationSide, Endpoint, SourceSide, Via
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.key_state import ABSENT, UnknownState
from diagnose.model.operation import Operation, operation_of
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_SERVICE = CallerKind.SERVICE


class SourceView(Struct, eq=False):
    """The caller's side. It does not hold the side itself, beside which it is remembered.

    `instead_of_rcps` is what counts in place of the role's RCPs, which do not reach a caller that is service-linked.
    """

    caller: Caller
    operation: Operation
    has_boundary: Tri
    instead_of_rcps: CompiledLayer | None
    _inherited: tuple[Tri, Tri] | None = None
    _passes: bool | None = None
    _may_deny: dict[Action, list[CompiledLayer]] = {}
    _layers: dict[Layer, CompiledLayer] = {}

    def passes_its_gates(self, source: SourceSide) -> bool:
        """Say that the gates that are about the caller alone let it pass."""
        if self._passes is None:
            self._passes = source.pod is None and not any(caller_gates(source, self.caller))
        return self._passes

    def inherited(self, source: SourceSide) -> tuple[Tri, Tri]:
        """Say whether a new session inherits tags from the caller's, and whether a source identity."""
        if self._inherited is None:
            keys, identity = inherited_tag_keys(source, self.caller), inherited_source_identity(source, self.caller)
            passed = passed_by_service(source, self.caller)
            self._inherited = (
                (YES, tri(passed.source_identity))
                if passed is not None
                else (
                    UNKNOWN if keys is None else tri(keys != ()),
                    UNKNOWN if isinstance(identity, UnknownState) else tri(identity != ABSENT),
                )
            )
        return self._inherited

    def compiled_layer(self, layer: Layer, source: SourceSide) -> CompiledLayer:
        """Give the policies of a layer on this side."""
        compiled_layer = self._layers.get(layer)
        if compiled_layer is None:
            traits, attached = OF_SOURCE[layer]
            compiled_layer = self._layers[layer] = compile_layer(traits, attached(source, self.caller))
        return compiled_layer

    def layers_that_may_deny(self, action: Action, source: SourceSide) -> list[CompiledLayer]:
        """Give the layers on this side that can keep an action from passing."""
        layers = self._may_deny.get(action)
        if layers is None:
            layers = self._may_deny[action] = []
            for layer in _OF_SOURCE[self.operation]:
                compiled_layer = self.compiled_layer(layer, source)
                if compiled_layer.levels and compiled_layer.levels_that_may_deny(action):
                    layers.append(compiled_layer)
        return layers


class DestinationView(Struct, eq=False):
    """The role's side. It does not hold the side itself, beside which it is remembered."""

    role: RoleArn
    _passes: dict[bool, bool] = {}
    _layers: dict[Layer, CompiledLayer] = {}

    def passes_its_gates(self, destination: DestinationSide, caller: Caller) -> bool:
        """Say that the gates that are about the role let such a caller pass."""
        service = caller.kind is _SERVICE
        passes = self._passes.get(service)
        if passes is None:
            passes = self._passes[service] = not any(role_gates(destination, self.role, service=service))
        return passes

    def compiled_layer(self, layer: Layer, destination: DestinationSide) -> CompiledLayer:
        """Give the policies of a layer on this side."""
        compiled_layer = self._layers.get(layer)
        if compiled_layer is None:
            traits, attached = OF_DESTINATION[layer]
            compiled_layer = self._layers[layer] = compile_layer(traits, attached(destination, self.role))
        return compiled_layer


def source_view(case: Case) -> SourceView:
    """Give the view of a case's source. Raises XdiagError when that is not an ARN of a caller."""
    source, via = case.snapshot.source, case.request.via
    return _sources.find(source, via) or _sources.offer(source, via, _viewed(source, via))


def _viewed(source: SourceSide, via: Via) -> SourceView:
    caller = Caller(source, via)
    has_boundary = tri(source.boundary.value is not None) if isinstance(source.boundary, Known) else UNKNOWN
    return SourceView(caller, operation_of(caller.kind), has_boundary, _instead_of_rcps(caller))


def destination_view(case: Case) -> DestinationView:
    """Give the view of a case's role. Raises XdiagError when that is not an ARN of a role."""
    destination, arn = case.snapshot.destination, case.request.role_arn
    return _roles.find(destination, arn) or _roles.offer(destination, arn, DestinationView(parse_role(arn)))


def endpoint_layer(endpoint: Evidence[Endpoint | None]) -> CompiledLayer:
    """Give the policy of a VPC endpoint, compiled."""
    if not isinstance(endpoint, Known):
        return _unread_endpoint(endpoint)
    if endpoint.value is None:
        return _NO_ENDPOINT
    used = endpoint.value
    return _endpoints.find(used, "") or _endpoints.offer(used, "", compile_layer(ENDPOINT, of_endpoint(endpoint)))


_OF_SOURCE = {
    operation: [layer for layer, (traits, _) in OF_SOURCE.items() if traits in every.layers]
    for operation, every in OPERATIONS.items()
}
"""The layers on the caller's side that an operation has."""
_sources: ObjectMemo[SourceView] = ObjectMemo()
_roles: ObjectMemo[DestinationView] = ObjectMemo()
_endpoints: ObjectMemo[CompiledLayer] = ObjectMemo()
_NOT_REACHED = compile_layer(RCP, DoesNotApply("the caller is a service-linked role"))
_PERHAPS_NOT_REACHED = compile_layer(RCP, PERHAPS_NOT_REACHED)


def _instead_of_rcps(caller: Caller) -> CompiledLayer | None:
    linked = caller.service_linked
    if linked is NO:
        return None
    return _NOT_REACHED if linked is YES else _PERHAPS_NOT_REACHED


def _unread_endpoint(gap: Unread) -> CompiledLayer:
    size = len(gap.subject) + len(gap.detail) + len(gap.permission)
    return _unread_endpoints.find(gap) or _unread_endpoints.offer(gap, compile_layer(ENDPOINT, of_endpoint(gap)), size)


_unread_endpoints: Memo[CompiledLayer] = Memo(at_once=True)


_NO_ENDPOINT = compile_layer(ENDPOINT, of_endpoint(Known(None)))
