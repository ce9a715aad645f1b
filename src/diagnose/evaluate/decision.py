"""Case -> Decision: every authorised action through every layer, and the gates that the request must pass.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.console import after_switch, console_case, second_switch
from diagnose.evaluate.doubts import doubts, notes
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.explore import Exploration, explore
from diagnose.evaluate.level import LayerAnswer, TrustMatches, answer_with_traces
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case, Via
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Blocker,
    Decision,
    GateTrace,
    Layer,
    LayerTrace,
    Match,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_CONSOLE = Via.CONSOLE


def decide(case: Case, effort: Effort | None = None) -> Decision:
    """Say what AWS would answer, and why.

    The `effort` is what may be spent on trying values, besides the limit that there is for every decision.

    Raises XdiagError when the source is not an ARN of a caller, or the role not one of a role.
    """
    switched = second_switch(case)
    authorization = Authorization(console_case(case))
    caller = authorization.call.caller
    gates = authorization.gates
    actions = tuple(_decided(authorization, action, need) for action, need in authorization.actions())
    answer = authorization.combined({decided.action: decided.verdict for decided in actions}.__getitem__)
    exploration = explore(authorization, effort)
    if answer is UNKNOWN and exploration.tried:
        answer = exploration.verdict
        actions = tuple(_settled(decided, exploration) for decided in actions)
    if switched is not None:
        gate = replace(switched, verdict=after_switch(switched, answer))
        gates, answer = (gate, *gates), gate.verdict
    return Decision(
        verdict=answer,
        same_account=authorization.same_account,
        actions=actions,
        gates=gates,
        blockers=tuple(_blockers(answer, gates, actions)),
        doubts=doubts(
            answer,
            gates,
            actions,
            exploration,
            star_unsure=caller.kind is CallerKind.SERVICE or caller.federated,
            perhaps=tuple(layer for layer, compiled in authorization.layers.items() if compiled.perhaps),
        ),
        problems=tuple(
            problem for compiled_layer in authorization.layers.values() for problem in compiled_layer.problems
        ),
        notes=tuple(notes(authorization, actions)),
    )


def verdict(case: Case, effort: Effort | None = None) -> Tri:
    """Say whether AWS would allow the request, without a trace: the same answer as `decide`, much sooner.

    The `effort` is as for `decide`.

    Raises XdiagError when the source is not an ARN of a caller, or the role not one of a role.
    """
    switched = second_switch(case) if case.request.via is _CONSOLE else None
    authorization = Authorization(case if switched is None else console_case(case))
    answer = authorization.combined(authorization.verdict)
    if answer is UNKNOWN and (exploration := explore(authorization, effort)).tried:
        answer = exploration.verdict
    return answer if switched is None else after_switch(switched, answer)


def traces(case: Case, layer: Layer) -> Iterator[tuple[Action, StatementTrace]]:
    """Compare the statements of one layer with every action of the call, and decide nothing: as `decide` has them."""
    authorization = Authorization(console_case(case))
    compiled_layer = authorization.layers.get(layer)
    if compiled_layer is None:
        return
    for request in authorization.requests():
        answer = answer_with_traces(compiled_layer, request, authorization.has_boundary)
        yield from ((request.action, statement) for level in answer.levels for statement in level.statements)


def _decided(authorization: Authorization, action: Action, need: Tri) -> ActionDecision:
    """Decide one action, with its traces."""
    answers = authorization.answers(action)
    matches = answers[Layer.TRUST].matches if authorization.operation.asks_role else {}
    return ActionDecision(
        action,
        authorization.allowed(matches, [(layer, answer.grants, answer.denies) for layer, answer in answers.items()]),
        tuple(_trace(authorization, answer, matches) for answer in answers.values()),
        next((match for match in Match if matches.get(match) is YES), None),
        need,
    )


def _trace(authorization: Authorization, answer: LayerAnswer, matches: TrustMatches) -> LayerTrace:
    return LayerTrace(
        answer.traits.layer,
        answer.passes,
        answer.denies,
        tuple(answer.levels),
        answer.applies,
        authorization.needed(matches, answer.traits.layer),
        answer.why,
    )


def _settled(decided: ActionDecision, exploration: Exploration) -> ActionDecision:
    """Settle the layers whose answer, or of which the need, is the same whatever the unknown keys are."""
    action = decided.action
    layers = tuple(
        replace(
            trace,
            verdict=exploration.passes(action, trace.layer) if trace.verdict is UNKNOWN else trace.verdict,
            needed=exploration.needed(action, trace.layer) if trace.needed is UNKNOWN else trace.needed,
        )
        for trace in decided.layers
    )
    return replace(decided, layers=layers)


def _blockers(answer: Tri, gates: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> Iterator[Blocker]:
    """Name everything that certainly stands in the way by itself; or else the layers that together do.

    Where it is not known who would make the request, nothing does: another identity's policies would count.
    """
    if any(gate.reason is Reason.SECOND_SWITCH and gate.verdict is UNKNOWN for gate in gates):
        return
    blockers = [Blocker(gate=gate.gate) for gate in gates if gate.verdict is NO]
    for decided in actions:
        if decided.needed is YES:
            blockers += [
                Blocker(decided.action, trace.layer, explicit=trace.explicit is YES)
                for trace in decided.layers
                if trace.explicit is YES or (trace.verdict is NO and trace.needed is YES)
            ]
    if answer is NO and not blockers:
        blockers = [
            Blocker(decided.action, trace.layer)
            for decided in actions
            for trace in decided.layers
            if decided.needed is YES
            and trace.verdict is not YES
            and (trace.needed is not NO or trace.explicit is UNKNOWN)
        ]
    yield from blockers
