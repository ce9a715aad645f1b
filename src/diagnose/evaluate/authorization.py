"""One case put to its gates and layers, for every action that its call must be authorised for."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from diagnose.errors import XdiagError
from diagnose.evaluate.call import call_of
from diagnose.evaluate.caller import Caller
from diagnose.evaluate.gates import gates, pass_every_gate
from diagnose.evaluate.layers import OF_DESTINATION, OF_SOURCE
from diagnose.evaluate.level import CompiledLayer, LayerAnswer, TrustMatches, answer_layer, answer_with_traces, passes
from diagnose.evaluate.operations import ASSUME_ROLE, OPERATIONS
from diagnose.evaluate.reported_error import counts, refused_actions
from diagnose.evaluate.request import ActionRequest, asked_of
from diagnose.evaluate.sides import destination_view, endpoint_layer, source_view
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.operation import can_call
from diagnose.model.trace import Action, GateTrace, Layer, Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_TRUST, _RCP, _SCP, _ENDPOINT = Layer.TRUST, Layer.RCP, Layer.SCP, Layer.ENDPOINT
_IDENTITY, _BOUNDARY, _SESSION = Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION
_BY_ACCOUNT, _BY_ROLE, _SERVICE = Match.ACCOUNT, Match.ROLE, CallerKind.SERVICE
_ON_CALLERS_SIDE = (_IDENTITY, _BOUNDARY, _SESSION)
_NOT_OF_SIGNERS = (Match.SERVICE, Match.FEDERATED)

LayerAnswers: TypeAlias = Iterable[tuple[Layer, Tri, Tri]]
"""Layers, each with whether it grants the request and whether it denies it."""


class Authorization:
    """A call, with its gates and layers and what they answer."""

    __slots__ = (
        "_companions",
        "_destination",
        "_gates",
        "_layers",
        "_source",
        "call",
        "has_boundary",
        "operation",
        "same_account",
    )

    def __init__(self, case: Case) -> None:
        """Raises XdiagError when the source is not an ARN of a caller, or the role not one of a role."""
        self._source, self._destination = source, destination = source_view(case), destination_view(case)
        caller = source.caller
        operation = case.request.operation
        if operation is not source.operation and not can_call(caller.kind, operation):
            raise XdiagError(f"`{caller.arn}` does not call {operation}, but {source.operation}")
        if caller.federated or caller.kind is _SERVICE:
            caller = caller.before(destination.role, case.request.region)
        self.call = call_of(case, caller, destination.role)
        self.operation = OPERATIONS[operation]
        self.has_boundary = source.has_boundary
        self.same_account = source.caller.account == destination.role.account
        self._companions: tuple[tuple[Action, Tri], ...] | None = None
        self._gates: tuple[GateTrace, ...] | None = None
        self._layers: dict[Layer, CompiledLayer] | None = None

    @property
    def layers(self) -> Mapping[Layer, CompiledLayer]:
        """The compiled policies of every layer, in the order in which AWS publishes their enforcement."""
        if self._layers is None:
            self._layers = {traits.layer: self._layer(traits.layer) for traits in self.operation.layers}
        return self._layers

    @property
    def gates(self) -> tuple[GateTrace, ...]:
        """Everything that is not a policy and does not, or may not, let the request pass.

        INVARIANT: where the shortcuts say that it passes, `gates` has nothing to say. A law compares the two.
        """
        if self._gates is None:
            case, caller, role = self.call.case, self.call.caller, self.call.role
            all_pass = (
                self.operation is ASSUME_ROLE
                and self._source.passes_its_gates(case.snapshot.source)
                and self._destination.passes_its_gates(case.snapshot.destination, caller)
                and caller.partition == role.partition
                and pass_every_gate(case.request.parameters)
            )
            self._gates = () if all_pass else gates(case, caller, role)
        return self._gates

    def actions(self) -> list[tuple[Action, Tri]]:
        """Name the actions that the call is authorised for, each with whether it is needed."""
        return [(self.operation.action, YES), *self.companions]

    @property
    def companions(self) -> tuple[tuple[Action, Tri], ...]:
        """The actions that are, or may be, needed besides the operation's own."""
        if self._companions is None:
            self._companions = self._needed_besides()
        return self._companions

    def _needed_besides(self) -> tuple[tuple[Action, Tri], ...]:
        case, bearer = self.call.case, self.call.caller.bearer
        if not self.operation.companions:
            return ()
        contexts = NO
        if bearer is not None:
            tags, identity = bearer.tagged, bearer.has_source_identity
        else:
            tags, identity = self._source.inherited(case.snapshot.source)
        if bearer is None and not self.call.by_console:
            sent = case.request.parameters
            if sent.tags:
                tags = YES
            if sent.source_identity is not None:
                identity = YES
            if sent.provided_contexts:
                contexts = YES
        refused = refused_actions(case, self.call.caller)
        if tags is identity is contexts is NO and not (refused and refused.intersection(self.operation.companions)):
            return ()
        needs = {Action.TAG_SESSION: tags, Action.SET_SOURCE_IDENTITY: identity, Action.SET_CONTEXT: contexts}
        # AWS names an action only where it was requested: a tool may send tags that nobody told it to.
        needs |= dict.fromkeys(refused, YES)
        return tuple((action, needs[action]) for action in self.operation.companions if needs[action] is not NO)

    def request(self, action: Action) -> ActionRequest:
        """Ask for one action."""
        return asked_of(action, self.call)

    def requests(self) -> list[ActionRequest]:
        """Ask for every action."""
        return [self.request(action) for action, _ in self.actions()]

    def answers(self, action: Action) -> dict[Layer, LayerAnswer]:
        """Ask every layer about one action, with traces."""
        request = self.request(action)
        return {
            layer: answer_with_traces(compiled_layer, request, self.has_boundary)
            for layer, compiled_layer in self.layers.items()
        }

    def verdict(self, action: Action) -> Tri:
        """Say whether one action is allowed, without traces.

        INVARIANT: the layers that are left out would not change the answer. A law compares it with that of all.
        """
        request = asked_of(action, self.call)
        if not self.operation.asks_role:
            of_source = (
                (layer.traits.layer, *answer_layer(self._counted(layer), request, self.has_boundary, {}))
                for layer in self._source.layers_that_may_deny(action, self.call.case.snapshot.source)
            )
            return self.allowed({}, of_source)
        matches: TrustMatches = {}
        trust = self._destination.compiled_layer(_TRUST, self.call.case.snapshot.destination)
        _, denied = answer_layer(trust, request, self.has_boundary, matches)
        if not matches or denied is YES:
            return NO
        answers = [(_TRUST, YES, denied)]
        for compiled_layer in self._behind_trust(action):
            counted = self._counted(compiled_layer) if compiled_layer.perhaps else compiled_layer
            grants, denied = answer_layer(counted, request, self.has_boundary, {})
            if denied is YES:
                return NO
            answers.append((compiled_layer.traits.layer, grants, denied))
        return self.allowed(matches, answers)

    def allowed(self, matches: TrustMatches, answers: LayerAnswers) -> Tri:
        """Put the layers together for one action, of which `matches` is how the trust policy reaches the caller."""
        if not self.operation.asks_role:
            return allowed(self.call.caller, _NOT_ASKED, answers, same_account=False)
        return allowed(self.call.caller, matches, answers, same_account=self.same_account)

    def needed(self, matches: TrustMatches, layer: Layer) -> Tri:
        """Say whether a layer's Allow is needed, or made superfluous by how the trust policy names the caller."""
        if not self.operation.asks_role:
            return YES
        return needed(self.call.caller, matches, layer, same_account=self.same_account)

    def combined(self, is_allowed: Callable[[Action], Tri]) -> Tri:
        """Put gates and actions together: those that are needed must all pass.

        It stops as soon as the answer is certain.
        """
        answer = is_allowed(self.operation.action)
        if answer is not NO:
            for action, need in self.companions:
                answer = min(answer, max(~need, is_allowed(action)))
            for gate in self.gates:
                answer = min(answer, gate.verdict)
        return answer

    def _layer(self, layer: Layer) -> CompiledLayer:
        snapshot = self.call.case.snapshot
        if layer in OF_SOURCE:
            return self._counted(self._source.compiled_layer(layer, snapshot.source))
        if layer is Layer.RCP and self._source.instead_of_rcps is not None:
            return self._source.instead_of_rcps
        if layer in OF_DESTINATION:
            return self._counted(self._destination.compiled_layer(layer, snapshot.destination))
        assert layer is Layer.ENDPOINT, "every layer is of a side, but for that of the endpoint"
        return endpoint_layer(snapshot.endpoint)

    def _behind_trust(self, action: Action) -> list[CompiledLayer]:
        """Name the layers that can keep an action from passing that the trust policy lets pass."""
        snapshot = self.call.case.snapshot
        layers = self._source.layers_that_may_deny(action, snapshot.source)
        rcps = self._source.instead_of_rcps or self._destination.compiled_layer(_RCP, snapshot.destination)
        for compiled_layer in (rcps, endpoint_layer(snapshot.endpoint)):
            if compiled_layer.levels and compiled_layer.levels_that_may_deny(action):
                layers = [*layers, compiled_layer]
        return layers

    def _counted(self, compiled_layer: CompiledLayer) -> CompiledLayer:
        """Let a layer count for certain that AWS names as what refused the call."""
        if compiled_layer.perhaps and counts(compiled_layer.traits.layer, self.call.case, self.call.caller):
            return compiled_layer.certain()
        return compiled_layer


_NOT_ASKED: TrustMatches = {Match.ACCOUNT: YES}
"""Where the role has no say, the caller's own policies decide, as they do where a trust policy lets an account in."""

Grants: TypeAlias = Mapping[Layer, Tri]
"""Whether the layers on the caller's side grant the request; one that does not apply grants it."""


def allowed(caller: Caller, matches: TrustMatches, answers: LayerAnswers, *, same_account: bool) -> Tri:
    """Put the layers together for one action. A layer that is not among the answers lets it pass.

    `matches` is the trust policy's.
    """
    grants, denied = dict(_ALL_GRANT), NO
    for layer, grants_it, denies_it in answers:
        grants[layer] = grants_it
        if denies_it > denied:
            denied = denies_it
    limits = min(grants[_RCP], grants[_SCP], grants[_ENDPOINT])
    return passes(min(granted(caller, matches, grants, same_account=same_account), limits), denied)


def granted(caller: Caller, matches: TrustMatches, grants: Grants, *, same_account: bool) -> Tri:
    """Say whether the trust policy, and what else its match calls for, allow the request. Denies count elsewhere.

    `matches` is the trust policy's.
    """
    if not matches:
        return NO
    identity, boundary, session = grants[_IDENTITY], grants[_BOUNDARY], grants[_SESSION]
    if caller.kind is _SERVICE or caller.federated:
        # Whether `*` includes AWS services, and whoever does not sign, is not documented.
        named = Match.FEDERATED if caller.federated else Match.SERVICE
        return max(matches.get(named, NO), min(UNKNOWN, matches.get(Match.ANY, NO)))
    if not same_account:
        return min(_reached(matches), identity, boundary, session)
    by_account = min(matches.get(_BY_ACCOUNT, NO), identity, boundary, session)
    by_role = min(matches.get(_BY_ROLE, NO), boundary, session) if caller.has_role else NO
    return max(_direct(caller, matches), by_role, by_account)


def needed(caller: Caller, matches: TrustMatches, layer: Layer, *, same_account: bool) -> Tri:
    """Say whether a layer's Allow is needed, or made superfluous by how the trust policy names the caller.

    UNKNOWN also where nothing in the trust policy reaches the caller: it depends on how that is fixed.
    """
    if layer not in _ON_CALLERS_SIDE:
        return YES
    if caller.kind is _SERVICE or caller.federated:
        return NO
    if not same_account:
        return YES
    by_role = matches.get(_BY_ROLE, NO) if caller.has_role else NO
    waived = max(_direct(caller, matches), by_role if layer is _IDENTITY else NO)
    if waived is not NO:
        return ~waived
    return YES if _reached(matches) is not NO else UNKNOWN


_ALL_GRANT: dict[Layer, Tri] = dict.fromkeys(Layer, YES)


def _direct(caller: Caller, matches: TrustMatches) -> Tri:
    """Say whether the trust policy names the caller so that, within the account, nothing else is needed.

    For a role's session and `*` the guide says that no boundary and no session policy limits it, by way of
    the condition on `aws:PrincipalArn`; that this holds for a bare `*` is inferred.
    """
    named = Match.SESSION if caller.has_role else Match.USER
    return max(matches.get(named, NO), matches.get(Match.ANY, NO))


def _reached(matches: TrustMatches) -> Tri:
    """Say whether the trust policy reaches the caller in any way."""
    reached = NO
    for match, answer in matches.items():
        if answer > reached and match not in _NOT_OF_SIGNERS:
            reached = answer
    return reached
