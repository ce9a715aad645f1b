"""Case -> Decision: every authorised action through every layer, and what else the request must pass.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.authorization import Authorization, needed
from diagnose.evaluate.console import as_switched, as_the_console_asks, second_switch
from diagnose.evaluate.doubts import doubts, notes
from diagnose.evaluate.explore import Exploration, explore
from diagnose.evaluate.level import LayerAnswer, TrustMatches
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
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


def decide(case: Case) -> Decision:
    """Say what AWS would answer, and why.

    Raises XdiagError when the source or the role is no ARN of one.
    """
    switched = second_switch(case)
    authorization = Authorization(as_the_console_asks(case))
    closed = authorization.gates
    actions = tuple(_decided(authorization, action, need) for action, need in authorization.actions())
    answer = authorization.together({decided.action: decided.verdict for decided in actions}.__getitem__)
    exploration = explore(authorization)
    if answer is UNKNOWN and exploration.outcomes:
        answer = exploration.verdict
        actions = tuple(_settled(decided, exploration) for decided in actions)
    if switched is not None:
        gate = replace(switched, verdict=as_switched(switched, answer))
        closed, answer = (gate, *closed), gate.verdict
    return Decision(
        verdict=answer,
        same_account=authorization.same_account,
        actions=actions,
        gates=closed,
        blockers=tuple(_blockers(answer, closed, actions)),
        doubts=doubts(
            answer, closed, actions, exploration, service=authorization.call.caller.kind is CallerKind.SERVICE
        ),
        problems=tuple(
            problem for compiled_layer in authorization.layers.values() for problem in compiled_layer.problems()
        ),
        notes=tuple(notes(authorization, actions)),
    )


def verdict(case: Case) -> Tri:
    """Say whether AWS would allow the request, without a trace: the same answer as `decide`, much sooner.

    Raises XdiagError when the source or the role is no ARN of one.
    """
    switched = second_switch(case) if case.request.via is Via.CONSOLE else None
    authorization = Authorization(case if switched is None else as_the_console_asks(case))
    answer = authorization.together(authorization.verdict)
    if answer is UNKNOWN and (exploration := explore(authorization)).outcomes:
        answer = exploration.verdict
    return answer if switched is None else as_switched(switched, answer)


def _decided(authorization: Authorization, action: Action, need: Tri) -> ActionDecision:
    """Decide one action, with its traces."""
    answers = authorization.answers(action)
    reach = answers[Layer.TRUST].reach
    return ActionDecision(
        action,
        authorization.allowed(reach, [(layer, weighed.grants, weighed.denies) for layer, weighed in answers.items()]),
        tuple(_trace(authorization, weighed, reach) for weighed in answers.values()),
        next((match for match in Match if reach.get(match) is YES), None),
        need,
    )


def _trace(authorization: Authorization, weighed: LayerAnswer, reach: TrustMatches) -> LayerTrace:
    return LayerTrace(
        weighed.row.layer,
        weighed.passes,
        weighed.denies,
        tuple(weighed.levels),
        weighed.applies,
        needed(authorization.call.caller, reach, weighed.row.layer, same_account=authorization.same_account),
        weighed.why,
    )


def _settled(decided: ActionDecision, exploration: Exploration) -> ActionDecision:
    """Settle the layers whose answer is the same whatever the unknown keys are."""
    layers = tuple(
        replace(trace, verdict=exploration.passes(decided.action, trace.layer)) if trace.verdict is UNKNOWN else trace
        for trace in decided.layers
    )
    return replace(decided, layers=layers)


def _blockers(answer: Tri, closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> Iterator[Blocker]:
    """Name everything that certainly stands in the way by itself; or else the layers that together do.

    Nothing does where it is not known who would ask: another identity's policies would count.
    """
    if any(gate.reason is Reason.SECOND_SWITCH and gate.verdict is UNKNOWN for gate in closed):
        return
    found = [Blocker(gate=gate.gate) for gate in closed if gate.verdict is NO]
    for decided in actions:
        if decided.needed is YES:
            found += [
                Blocker(decided.action, trace.layer, explicit=trace.explicit is YES)
                for trace in decided.layers
                if trace.explicit is YES or (trace.verdict is NO and trace.needed is YES)
            ]
    if answer is NO and not found:
        found = [
            Blocker(decided.action, trace.layer)
            for decided in actions
            for trace in decided.layers
            if decided.needed is YES and trace.verdict is UNKNOWN
        ]
    yield from found
