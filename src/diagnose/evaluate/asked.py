"""One case, worked out once for all the actions that its call is authorised for."""

from collections.abc import Iterable, Iterator

from diagnose.evaluate.caller import Asker
from diagnose.evaluate.context import Context
from diagnose.evaluate.gates import gates
from diagnose.evaluate.grant import granted
from diagnose.evaluate.layers import ROWS, Attached
from diagnose.evaluate.question import Question
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import Maybe
from diagnose.evaluate.weigh import Weighed, weigh
from diagnose.model.arn import parse_role
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, GateTrace, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri


class Asked:
    """One case, worked out once for all its actions."""

    __slots__ = ("asker", "attached", "bounded", "case", "context", "role", "same_account", "scene")

    def __init__(self, case: Case) -> None:
        """Raises XdiagError when the source or the role is no ARN of one."""
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
        sent, console = self.case.request.parameters, self.scene.by_console
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

    def questions(self) -> list[Question]:
        """Put the question once for every action."""
        return [Question(action, self.asker, self.role.arn, self.context) for action, _ in self.actions()]

    def answers(self, action: Action, *, traced: bool) -> dict[Layer, Weighed]:
        """Ask every layer about one action."""
        question = Question(action, self.asker, self.role.arn, self.context)
        return {row.layer: weigh(row, self.attached[row.layer], question, self.bounded, traced=traced) for row in ROWS}

    def answer(self, answers: dict[Layer, Weighed]) -> Tri:
        """Put the layers together."""
        grant = granted(self.asker, answers, same_account=self.same_account)
        limits = (answers[layer].grants for layer in (Layer.RCP, Layer.SCP, Layer.ENDPOINT))
        return all_of((grant, *limits, *(~weighed.denies for weighed in answers.values())))

    def together(self, closed: tuple[GateTrace, ...], decided: Iterable[tuple[Tri, Tri]]) -> Tri:
        """Put gates and actions together; an action counts as far as it is needed: `(needed, verdict)`."""
        passed = (any_of((~need, answer)) for need, answer in decided)
        return all_of((*(trace.verdict for trace in closed), *passed))

    def gates(self) -> tuple[GateTrace, ...]:
        """Ask everything that is not a policy; only what does not pass comes back."""
        return gates(self.case, self.asker, self.role)
