"""One case, worked out once for all the actions that its call is authorised for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias, assert_never

from diagnose.evaluate.call import Call
from diagnose.evaluate.caller import Caller
from diagnose.evaluate.gates import gates, pass_every_gate
from diagnose.evaluate.keys.context import Context
from diagnose.evaluate.level import CompiledLayer, LayerAnswer, TrustMatches, answer_layer, answer_with_traces, passes
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.evaluate.request import ActionRequest
from diagnose.evaluate.sides import destination_view, endpoint_layer, source_view
from diagnose.model.arn import Arn, CallerKind, split_arn, split_path
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.trace import Action, GateTrace, Layer, Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

LayerAnswers: TypeAlias = Iterable[tuple[Layer, Tri, Tri]]
"""Layers, each with whether it grants the request and whether it denies it."""


class Authorization:
    """A call, and all that is asked of its gates and layers."""

    __slots__ = ("_destination", "_gates", "_source", "call", "context", "has_boundary", "same_account")

    def __init__(self, case: Case) -> None:
        """Raises XdiagError when the source or the role is no ARN of one."""
        self._source, self._destination = source, destination = source_view(case), destination_view(case)
        self.call = Call(case, source.caller, destination.role)
        self.context = Context(self.call)
        self.has_boundary = source.has_boundary
        self.same_account = source.caller.account == destination.role.account
        self._gates: tuple[GateTrace, ...] | None = None

    @property
    def layers(self) -> dict[Layer, CompiledLayer]:
        """The compiled policies of every layer, in the order in which AWS publishes their enforcement."""
        return {row.layer: self._sheet(row.layer) for row in ASSUME_ROLE.layers}

    @property
    def gates(self) -> tuple[GateTrace, ...]:
        """Everything that is not a policy and does not, or may not, let the request pass."""
        if self._gates is None:
            self._gates = () if self._passes_every_gate() else gates(self.call.case, self.call.caller, self.call.role)
        return self._gates

    def actions(self) -> list[tuple[Action, Tri]]:
        """Name the actions that the call is authorised for, each with whether it is needed."""
        return [(ASSUME_ROLE.action, YES), *self._companions()]

    def _companions(self) -> Iterator[tuple[Action, Tri]]:
        """Name the actions that are, or may be, needed besides AssumeRole."""
        case = self.call.case
        tags, identity = self._source.hands_on(case.snapshot.source)
        contexts = NO
        if not self.call.by_console:
            sent = case.request.parameters
            if sent.tags:
                tags = YES
            if sent.source_identity is not None:
                identity = YES
            if sent.provided_contexts:
                contexts = YES
        if tags is identity is contexts is NO:
            return
        needs = {Action.TAG_SESSION: tags, Action.SET_SOURCE_IDENTITY: identity, Action.SET_CONTEXT: contexts}
        for action in ASSUME_ROLE.companions:
            need = needs[action]
            if need is UNKNOWN and action in refused_actions(case, self.call.caller):
                yield action, YES
            elif need is not NO:
                yield action, need

    def request(self, action: Action) -> ActionRequest:
        """Put the question for one action."""
        return ActionRequest(action, self.call, self.context)

    def requests(self) -> list[ActionRequest]:
        """Put the question for every action."""
        return [self.request(action) for action, _ in self.actions()]

    def weighed(self, action: Action) -> dict[Layer, LayerAnswer]:
        """Ask every layer about one action, with traces."""
        request = self.request(action)
        return {
            layer: answer_with_traces(compiled_layer, request, self.has_boundary)
            for layer, compiled_layer in self.layers.items()
        }

    def verdict(self, action: Action) -> Tri:
        """Say whether one action is allowed, without traces, and as soon as that is certain."""
        request = ActionRequest(action, self.call, self.context)
        reach: TrustMatches = {}
        trust = self._destination.compiled_layer(Layer.TRUST, self.call.case.snapshot.destination)
        _, denied = answer_layer(trust, request, self.has_boundary, reach)
        return allowed(self.call.caller, reach, self._answers(request, denied), same_account=self.same_account)

    def allowed(self, reach: TrustMatches, answers: LayerAnswers) -> Tri:
        """Put the layers together for one action, of which `reach` is how the trust policy reaches the caller."""
        return allowed(self.call.caller, reach, answers, same_account=self.same_account)

    def together(self, is_allowed: Callable[[Action], Tri]) -> Tri:
        """Put gates and actions together: those that are needed must all pass.

        No more of them is asked than it takes to be certain.
        """
        answer = is_allowed(Action.ASSUME_ROLE)
        if answer is not NO:
            for action, need in self._companions():
                answer = min(answer, max(~need, is_allowed(action)))
            for gate in self.gates:
                answer = min(answer, gate.verdict)
        return answer

    def _passes_every_gate(self) -> bool:
        """Say, where it is soon said, that no gate has anything to say.

        INVARIANT: `gates` is then empty. A law compares the two.
        """
        case, caller, role = self.call.case, self.call.caller, self.call.role
        return (
            self._source.passes_its_gates(case.snapshot.source)
            and self._destination.passes_its_gates(case.snapshot.destination, caller)
            and caller.partition == role.partition
            and pass_every_gate(case.request.parameters)
        )

    def _sheet(self, layer: Layer) -> CompiledLayer:
        snapshot = self.call.case.snapshot
        match layer:
            case Layer.TRUST:
                return self._destination.compiled_layer(layer, snapshot.destination)
            case Layer.ENDPOINT:
                return endpoint_layer(snapshot.endpoint)
            case Layer.RCP:
                return self._source.instead_of_rcps or self._destination.compiled_layer(layer, snapshot.destination)
            case Layer.IDENTITY | Layer.SCP | Layer.BOUNDARY | Layer.SESSION:
                return self._source.compiled_layer(layer, snapshot.source)
            case _:
                assert_never(layer)

    def _answers(self, request: ActionRequest, denied: Tri) -> LayerAnswers:
        """Ask one layer after the other, after the trust policy, whether it grants and denies; all others let pass."""
        snapshot = self.call.case.snapshot
        yield Layer.TRUST, YES, denied
        for layer, compiled_layer in self._source.sheets_that_may_deny(request.action, snapshot.source):
            yield layer, *answer_layer(compiled_layer, request, self.has_boundary, {})
        rcps = self._source.instead_of_rcps or self._destination.compiled_layer(Layer.RCP, snapshot.destination)
        for compiled_layer in (rcps, endpoint_layer(snapshot.endpoint)):
            if compiled_layer.levels_that_may_deny(request.action):
                yield compiled_layer.row.layer, *answer_layer(compiled_layer, request, self.has_boundary, {})


Grants: TypeAlias = Mapping[Layer, Tri]
"""Whether the layers on the caller's side grant the request; one that does not apply grants it."""


def allowed(caller: Caller, reach: TrustMatches, answers: LayerAnswers, *, same_account: bool) -> Tri:
    """Put the layers together for one action. A layer that is not among the answers lets it pass.

    `reach` is the trust policy's. No more answers are asked for than it takes to be certain.
    """
    if not reach:
        return NO
    grants, denied = dict(_ALL_GRANT), NO
    for layer, grants_it, denies_it in answers:
        if denies_it is YES:
            return NO
        grants[layer], denied = grants_it, max(denied, denies_it)
    limits = min(grants[Layer.RCP], grants[Layer.SCP], grants[Layer.ENDPOINT])
    return passes(min(granted(caller, reach, grants, same_account=same_account), limits), denied)


def granted(caller: Caller, reach: TrustMatches, grants: Grants, *, same_account: bool) -> Tri:
    """Say whether the trust policy, and what else its match calls for, allow the request. Denies count elsewhere.

    `reach` is the trust policy's.
    """
    if not reach:
        return NO
    identity, boundary, session = grants[Layer.IDENTITY], grants[Layer.BOUNDARY], grants[Layer.SESSION]
    if caller.kind is CallerKind.SERVICE:
        # Whether `*` takes in AWS services is not documented.
        return max(reach.get(Match.SERVICE, NO), min(UNKNOWN, reach.get(Match.ANY, NO)))
    if not same_account:
        return min(_reached(reach), identity, boundary, session)
    by_account = min(reach.get(Match.ACCOUNT, NO), identity, boundary, session)
    by_role = min(reach.get(Match.ROLE, NO), boundary, session) if caller.has_role else NO
    return max(_direct(caller, reach), by_role, by_account)


def needed(caller: Caller, reach: TrustMatches, layer: Layer, *, same_account: bool) -> Tri:
    """Say whether a layer's Allow is needed, or made superfluous by how the trust policy names the caller.

    UNKNOWN also where nothing in the trust policy reaches the caller: it depends on how that is mended.
    """
    if layer not in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION):
        return YES
    if caller.kind is CallerKind.SERVICE:
        return NO
    if not same_account:
        return YES
    by_role = reach.get(Match.ROLE, NO) if caller.has_role else NO
    waived = max(_direct(caller, reach), by_role if layer is Layer.IDENTITY else NO)
    if waived is not NO:
        return ~waived
    return YES if _reached(reach) is not NO else UNKNOWN


def refused_actions(case: Case, caller: Caller) -> frozenset[Action]:
    """Name the actions that AWS refused, says the message or the live attempt. What speaks of another call is left out.

    An error need not tell whom it refused, nor on which role.
    """
    return frozenset(
        _ACTIONS[error.action.lower()]
        for error in _errors(case)
        if error.action.lower() in _ACTIONS
        and _may_be_of(_signer(error), caller)
        and (error.resource == case.request.role_arn or not error.resource.startswith("arn:"))
    )


def reported_error(case: Case) -> AwsError | None:
    """Give the error that came with the case: of several, the one that is about its call."""
    return _about_the_call(_parsed(case.message), case) if case.message else None


def probe_error(case: Case) -> AwsError | None:
    """Give AWS's answer to the live attempt, where it was an error."""
    probe = case.probe
    return _about_the_call(_parsed(probe.message, probe.code), case) if probe is not None else None


def aws_answer(case: Case) -> AwsError | None:
    """Give the error that was reported, or else the text that answered the live attempt."""
    return reported_error(case) or (probe_error(case) if case.probe and case.probe.message else None)


def same_identity(one: str, another: str) -> bool:
    """Say whether two ARNs may be of one identity. A session is its role's, whatever the role's path.

    An account that is not twelve digits was masked before it was pasted, so it may be any.
    """
    return one == another or _alike(_stem(one), _stem(another))


_ALL_GRANT: dict[Layer, Tri] = dict.fromkeys(Layer, YES)


def _direct(caller: Caller, reach: TrustMatches) -> Tri:
    """Say whether the trust policy names the caller so that, within the account, nothing else is needed.

    For a role's session and `*` the guide says that no boundary and no session policy limits it, by way of
    the condition on `aws:PrincipalArn`; that this holds for a bare `*` is inferred.
    """
    named = Match.SESSION if caller.has_role else Match.USER
    return max(reach.get(named, NO), reach.get(Match.ANY, NO))


def _reached(reach: TrustMatches) -> Tri:
    """Say whether the trust policy reaches the caller in any way."""
    return max([NO, *(answer for match, answer in reach.items() if match is not Match.SERVICE)])


_ACTIONS = {action.lower(): action for action in Action}


@lru_cache(maxsize=16)
def _parsed(text: str, code: str = "") -> tuple[AwsError, ...]:
    """Take a text apart: one case is decided many times over, and its error stays the same."""
    from diagnose.model.error_text.parser import parse_errors

    return parse_errors(text, code=code)


def _errors(case: Case) -> Iterator[AwsError]:
    if case.message:
        yield from _parsed(case.message)
    if case.probe is not None and case.probe.outcome is ProbeOutcome.ACCESS_DENIED:
        yield from _parsed(case.probe.message, case.probe.code)


def _about_the_call(errors: Sequence[AwsError], case: Case) -> AwsError | None:
    """Choose the error that is about the call of a case.

    It is one of an AssumeRole call rather than of another; about this role, and this caller; one that names a layer;
    and else the last: the earlier ones say how things stood before, or on the way here.
    """
    ranked = [
        (
            _of_assume_role(error),
            not error.resource.startswith("arn:") or _same_arn(error.resource, case.request.role_arn),
            not _signer(error) or same_identity(_signer(error), case.snapshot.source.arn),
            error.layer is not None,
            place,
        )
        for place, error in enumerate(errors)
    ]
    return errors[max(ranked)[-1]] if ranked else None


def _of_assume_role(error: AwsError) -> bool:
    if error.action:
        return error.action.lower() in _ACTIONS
    return error.operation == "AssumeRole" or (not error.operation and error.kind is not ErrorKind.OTHER)


def _signer(error: AwsError) -> str:
    return error.caller if error.caller.startswith("arn:") else ""


def _may_be_of(signer: str, caller: Caller) -> bool:
    """Say whether AWS speaks of the source; of a role without a session any session of it will do."""
    if caller.kind is CallerKind.ROLE:
        session = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/"
        return not signer or signer.startswith(session)
    return signer in ("", caller.arn)


def _same_arn(one: str, another: str) -> bool:
    """Say whether two ARNs may be the same: but for an account that was masked, they are equal."""
    arns = [split_arn(text) for text in (one, another)]
    parts = [(arn.partition, _account(arn), arn.resource) for arn in arns if arn is not None]
    return one == another or (len(parts) == 2 and _alike(*parts))


def _alike(one: tuple[str | None, ...], another: tuple[str | None, ...]) -> bool:
    return len(one) == len(another) and all(a is None or b is None or a == b for a, b in zip(one, another, strict=True))


def _account(arn: Arn) -> str | None:
    return arn.account if len(arn.account) == 12 and arn.account.isdecimal() else None


def _stem(text: str) -> tuple[str | None, ...]:
    """Reduce an ARN to what a session and its role have in common: partition, account, name. None stands for any."""
    arn = split_arn(text)
    if arn is None:
        return (text,)
    account = _account(arn)
    kind, _, name = split_path(arn.resource)
    match kind:
        case "assumed-role" if "/" in arn.resource:
            return arn.partition, account, "role", arn.resource.split("/", 2)[1]
        case "role":
            return arn.partition, account, "role", name
    return arn.partition, account, arn.resource
