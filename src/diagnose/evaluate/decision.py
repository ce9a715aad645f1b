"""Case -> Decision: every authorised action through every layer, and what else the request must pass.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.console import as_the_console_asks, second_switch
from diagnose.evaluate.context import Context
from diagnose.evaluate.doubts import doubts
from diagnose.evaluate.gates import gates
from diagnose.evaluate.grant import granted, needed
from diagnose.evaluate.layers import ROWS, Attached
from diagnose.evaluate.question import Question
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import Maybe
from diagnose.evaluate.weigh import Weighed, problems, weigh
from diagnose.model.arn import parse_role
from diagnose.model.case import Case, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Blocker,
    Decision,
    GateTrace,
    Layer,
    LayerTrace,
    Match,
    Note,
    Problem,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri


def decide(case: Case) -> Decision:
    """Say what AWS would answer, and why.

    Raises XdiagError when the source or the role is no ARN of one.
    """
    switched = second_switch(case)
    asked = _Asked(as_the_console_asks(case))
    actions = tuple(asked.decided(action, need) for action, need in asked.actions())
    closed = gates(asked.case, asked.asker, asked.role)
    verdict = _together(closed, actions)
    if switched is not None:
        gate = GateTrace(switched.gate, min(switched.verdict, verdict), switched.reason, switched.wanted, switched.got)
        closed, verdict = (gate, *closed), gate.verdict
    return Decision(
        verdict=verdict,
        same_account=asked.same_account,
        actions=actions,
        gates=closed,
        blockers=tuple(_blockers(closed, actions)),
        doubts=doubts(closed, actions),
        problems=asked.problems(),
        notes=tuple(asked.notes(actions)),
    )


def verdict(case: Case) -> Tri:
    """Say whether AWS would allow the request, without a trace: the same answer as `decide`, much sooner.

    Raises XdiagError when the source or the role is no ARN of one.
    """
    switched = second_switch(case)
    asked = _Asked(as_the_console_asks(case))
    answer = all_of(trace.verdict for trace in gates(asked.case, asked.asker, asked.role))
    for action, need in asked.actions():
        if answer is NO:
            break
        answer = min(answer, max(~need, asked.answer(asked.answers(action, traced=False))))
    return answer if switched is None else min(switched.verdict, answer)


class _Asked:
    """One case, worked out once for all its actions."""

    __slots__ = ("asker", "attached", "bounded", "case", "context", "role", "same_account", "scene")

    def __init__(self, case: Case) -> None:
        self.case = case
        self.asker, self.role = Asker(case), parse_role(case.request.role_arn)
        self.same_account = self.asker.account == self.role.account
        self.scene = Scene(case, self.asker, self.role)
        self.context = Context(self.scene)
        self.attached: dict[Layer, Attached] = {row.layer: row.attached(case, self.asker, self.role) for row in ROWS}
        boundary = case.snapshot.source.boundary
        self.bounded = tri(boundary.value is not None) if isinstance(boundary, Known) else UNKNOWN

    def actions(self) -> Iterator[tuple[Action, Tri]]:
        """Name the actions that the call is authorised for, each with whether it is needed."""
        yield Action.ASSUME_ROLE, YES
        sent, console = self.case.request.parameters, self.case.request.via is Via.CONSOLE
        inherited = self.scene.inherited_tag_keys
        tags = YES if self.scene.sent_tags or inherited else UNKNOWN if inherited is None else NO
        carried = self.scene.inherited_source_identity
        passes_identity = sent.source_identity is not None and not console
        identity = YES if passes_identity or carried else NO
        if isinstance(carried, Maybe) and not passes_identity:
            identity = UNKNOWN
        contexts = tri(bool(sent.provided_contexts) and not console)
        for action, need in (
            (Action.TAG_SESSION, tags),
            (Action.SET_SOURCE_IDENTITY, identity),
            (Action.SET_CONTEXT, contexts),
        ):
            if need is not NO:
                yield action, need

    def answers(self, action: Action, *, traced: bool) -> dict[Layer, Weighed]:
        """Ask every layer about one action."""
        question = Question(action, self.asker, self.role.arn, self.context)
        return {row.layer: weigh(row, self.attached[row.layer], question, self.bounded, traced=traced) for row in ROWS}

    def answer(self, answers: dict[Layer, Weighed]) -> Tri:
        """Put the layers together."""
        grant = granted(self.asker, answers, same_account=self.same_account)
        limits = (answers[layer].grants for layer in (Layer.RCP, Layer.SCP, Layer.ENDPOINT))
        return all_of((grant, *limits, *(~weighed.denies for weighed in answers.values())))

    def decided(self, action: Action, need: Tri) -> ActionDecision:
        """Decide one action, with its traces."""
        answers = self.answers(action, traced=True)
        reach = answers[Layer.TRUST].reach
        return ActionDecision(
            action,
            self.answer(answers),
            tuple(self._trace(weighed, answers) for weighed in answers.values()),
            next((match for match in Match if reach.get(match) is YES), None),
            need,
        )

    def _trace(self, weighed: Weighed, answers: dict[Layer, Weighed]) -> LayerTrace:
        return LayerTrace(
            weighed.row.layer,
            weighed.passes,
            weighed.denies,
            tuple(weighed.levels),
            weighed.applies,
            needed(self.asker, answers, weighed.row.layer, same_account=self.same_account),
            weighed.why,
        )

    def problems(self) -> tuple[Problem, ...]:
        """Name what AWS would not accept in any document."""
        return tuple(problem for row in ROWS for problem in problems(row, self.attached[row.layer]))

    def notes(self, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
        """Name the readings that are likely, not certain, and that this decision rests on."""
        for decided in actions:
            limited = any(
                trace.verdict is not YES and trace.layer in _LIMITS for trace in decided.layers if trace.applies
            )
            if self.same_account and self.asker.has_role and decided.match is Match.ANY and limited:
                yield Note(
                    Layer.TRUST,
                    "a trust policy that allows `*` in the same account is taken to stand above the caller's "
                    "permissions boundary and session policy; AWS says so of `*` with a test of `aws:PrincipalArn`",
                    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
                )
        if self.asker.has_role and self.asker.principal_arn == self.role.arn and actions[0].verdict is NO:
            yield Note(
                Layer.TRUST,
                "a few roles that assumed themselves before 2022-06-30 may still do so without being trusted",
                "https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/",
            )


_LIMITS = (Layer.BOUNDARY, Layer.SESSION)


def _together(closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> Tri:
    passed = (any_of((~decided.needed, decided.verdict)) for decided in actions)
    return all_of((*(trace.verdict for trace in closed), *passed))


def _blockers(closed: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...]) -> Iterator[Blocker]:
    """Name everything that certainly stands in the way by itself."""
    for gate in closed:
        if gate.verdict is NO:
            yield Blocker(gate=gate.gate)
    for decided in actions:
        if decided.needed is not YES:
            continue
        for trace in decided.layers:
            if trace.explicit is YES or (trace.verdict is NO and trace.needed is YES):
                yield Blocker(decided.action, trace.layer, explicit=trace.explicit is YES)
