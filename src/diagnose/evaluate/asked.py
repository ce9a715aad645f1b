"""One case, worked out once for all the actions that its call is authorised for."""

from collections.abc import Callable, Iterator
from typing import assert_never

from diagnose.evaluate.gates import gates, pass_every_gate
from diagnose.evaluate.grant import LayerAnswers, allowed
from diagnose.evaluate.keys.context import Context
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.evaluate.question import Question
from diagnose.evaluate.refusal import refused_actions
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.sheet import Sheet
from diagnose.evaluate.views import destination_view, endpoint_sheet, source_view
from diagnose.evaluate.weigh import Reach, Weighed, tally, weigh
from diagnose.model.case import Case
from diagnose.model.trace import Action, GateTrace, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class Asked:
    """A call, and all that is asked of its gates and layers."""

    __slots__ = ("_destination", "_gates", "_source", "context", "has_boundary", "same_account", "scene")

    def __init__(self, case: Case) -> None:
        """Raises XdiagError when the source or the role is no ARN of one."""
        self._source, self._destination = source, destination = source_view(case), destination_view(case)
        self.scene = Scene(case, source.asker, destination.role)
        self.context = Context(self.scene)
        self.has_boundary = source.has_boundary
        self.same_account = source.asker.account == destination.role.account
        self._gates: tuple[GateTrace, ...] | None = None

    @property
    def sheets(self) -> dict[Layer, Sheet]:
        """The compiled policies of every layer, in the order in which AWS publishes their enforcement."""
        return {row.layer: self._sheet(row.layer) for row in ASSUME_ROLE.layers}

    @property
    def gates(self) -> tuple[GateTrace, ...]:
        """Everything that is not a policy and does not, or may not, let the request pass."""
        if self._gates is None:
            self._gates = () if self._passes_every_gate() else gates(self.scene.case, self.scene.asker, self.scene.role)
        return self._gates

    def actions(self) -> list[tuple[Action, Tri]]:
        """Name the actions that the call is authorised for, each with whether it is needed."""
        return [(ASSUME_ROLE.action, YES), *self._companions()]

    def _companions(self) -> Iterator[tuple[Action, Tri]]:
        """Name the actions that are, or may be, needed besides AssumeRole."""
        case = self.scene.case
        tags, identity = self._source.hands_on(case.snapshot.source)
        contexts = NO
        if not self.scene.by_console:
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
            if need is UNKNOWN and action in refused_actions(case, self.scene.asker):
                yield action, YES
            elif need is not NO:
                yield action, need

    def question(self, action: Action) -> Question:
        """Put the question for one action."""
        return Question(action, self.scene, self.context)

    def questions(self) -> list[Question]:
        """Put the question for every action."""
        return [self.question(action) for action, _ in self.actions()]

    def weighed(self, action: Action) -> dict[Layer, Weighed]:
        """Ask every layer about one action, with traces."""
        question = self.question(action)
        return {layer: weigh(sheet, question, self.has_boundary) for layer, sheet in self.sheets.items()}

    def verdict(self, action: Action) -> Tri:
        """Say whether one action is allowed, without traces, and as soon as that is certain."""
        question = Question(action, self.scene, self.context)
        reach: Reach = {}
        trust = self._destination.sheet(Layer.TRUST, self.scene.case.snapshot.destination)
        _, denied = tally(trust, question, self.has_boundary, reach)
        return allowed(self.scene.asker, reach, self._answers(question, denied), same_account=self.same_account)

    def allowed(self, reach: Reach, answers: LayerAnswers) -> Tri:
        """Put the layers together for one action, of which `reach` is how the trust policy reaches the caller."""
        return allowed(self.scene.asker, reach, answers, same_account=self.same_account)

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
        case, asker, role = self.scene.case, self.scene.asker, self.scene.role
        return (
            self._source.passes_its_gates(case.snapshot.source)
            and self._destination.passes_its_gates(case.snapshot.destination, asker)
            and asker.partition == role.partition
            and pass_every_gate(case.request.parameters)
        )

    def _sheet(self, layer: Layer) -> Sheet:
        snapshot = self.scene.case.snapshot
        match layer:
            case Layer.TRUST:
                return self._destination.sheet(layer, snapshot.destination)
            case Layer.ENDPOINT:
                return endpoint_sheet(snapshot.endpoint)
            case Layer.RCP:
                return self._source.instead_of_rcps or self._destination.sheet(layer, snapshot.destination)
            case Layer.IDENTITY | Layer.SCP | Layer.BOUNDARY | Layer.SESSION:
                return self._source.sheet(layer, snapshot.source)
            case _:
                assert_never(layer)

    def _answers(self, question: Question, denied: Tri) -> LayerAnswers:
        """Ask one layer after the other, after the trust policy, whether it grants and denies; all others let pass."""
        snapshot = self.scene.case.snapshot
        yield Layer.TRUST, YES, denied
        for layer, sheet in self._source.sheets_that_may_deny(question.action, snapshot.source):
            yield layer, *tally(sheet, question, self.has_boundary, {})
        rcps = self._source.instead_of_rcps or self._destination.sheet(Layer.RCP, snapshot.destination)
        for sheet in (rcps, endpoint_sheet(snapshot.endpoint)):
            if sheet.levels_that_may_deny(question.action):
                yield sheet.row.layer, *tally(sheet, question, self.has_boundary, {})
