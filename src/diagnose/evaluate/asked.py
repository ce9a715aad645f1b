"""One case, worked out once for all the actions that its call is authorised for."""

from collections.abc import Iterable, Iterator, Mapping

from diagnose.evaluate.gates import gates, plain
from diagnose.evaluate.grant import granted
from diagnose.evaluate.layers import PERHAPS_NOT_REACHED, RCP
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.evaluate.question import Call, Question
from diagnose.evaluate.refusal import refused_actions
from diagnose.evaluate.sheet import Sheet, sheet_of
from diagnose.evaluate.state import Maybe
from diagnose.evaluate.views import destination_view, endpoint_sheet, source_view
from diagnose.evaluate.weigh import Reach, Weighed, tally, weigh
from diagnose.model.case import Case
from diagnose.model.trace import Action, GateTrace, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri


class Asked(Call):
    """A call, and all that is asked of its layers."""

    __slots__ = ("_destination", "_source", "bounded", "same_account")

    def __init__(self, case: Case) -> None:
        """Raises XdiagError when the source or the role is no ARN of one."""
        self._source, self._destination = source, destination = source_view(case), destination_view(case)
        super().__init__(case, source.asker, destination.role)
        self.bounded = source.bounded
        self.same_account = source.asker.account == destination.role.account

    @property
    def simple(self) -> bool:
        """Whether no gate closes, and AssumeRole is the only action."""
        return (
            self._source.plain(self.case.snapshot.source)
            and self._destination.plain
            and self.asker.partition == self.role.partition
            and plain(self.case.request.parameters)
        )

    @property
    def sheets(self) -> dict[Layer, Sheet]:
        """The compiled policies of every layer, in the order in which AWS publishes their enforcement."""
        return {row.layer: self._sheet(row.layer) for row in ASSUME_ROLE.layers}

    def _sheet(self, layer: Layer) -> Sheet:
        match layer:
            case Layer.TRUST:
                return self._destination.sheet(layer, self.case.snapshot.destination)
            case Layer.ENDPOINT:
                return endpoint_sheet(self.case.snapshot.endpoint)
            case Layer.RCP:
                return self._rcp_sheet()
        return self._source.sheet(layer, self.case.snapshot.source)

    def _rcp_sheet(self) -> Sheet:
        """Give the sheet of the RCPs, which do not reach a caller that is service-linked."""
        if self.asker.service_linked:
            return _NOT_REACHED
        if self.asker.may_be_service_linked:
            return _PERHAPS_NOT_REACHED
        return self._destination.sheet(Layer.RCP, self.case.snapshot.destination)

    def gates(self) -> tuple[GateTrace, ...]:
        """Ask everything that is not a policy; only what does not pass comes back."""
        return () if self.simple else gates(self.case, self.asker, self.role)

    def actions(self) -> Iterator[tuple[Action, Tri]]:
        """Name the actions that the call is authorised for, each with whether it is needed."""
        yield ASSUME_ROLE.action, YES
        if self.simple:
            return
        sent, console = self.case.request.parameters, self.scene.by_console
        inherited = self.scene.inherited_tag_keys
        tags = YES if self.scene.sent_tags or inherited else UNKNOWN if inherited is None else NO
        carried = self.scene.inherited_source_identity
        passes_identity = sent.source_identity is not None and not console
        identity = YES if passes_identity or carried else NO
        if isinstance(carried, Maybe) and not passes_identity:
            identity = UNKNOWN
        contexts = tri(bool(sent.provided_contexts) and not console)
        needs = {Action.TAG_SESSION: tags, Action.SET_SOURCE_IDENTITY: identity, Action.SET_CONTEXT: contexts}
        for action in ASSUME_ROLE.companions:
            need = needs[action]
            if need is UNKNOWN and action in refused_actions(self.case, self.asker):
                yield action, YES
            elif need is not NO:
                yield action, need

    def question(self, action: Action) -> Question:
        """Put the question for one action."""
        return Question(action, self)

    def questions(self) -> list[Question]:
        """Put the question for every action."""
        return [self.question(action) for action, _ in self.actions()]

    def weighed(self, action: Action) -> dict[Layer, Weighed]:
        """Ask every layer about one action, with traces."""
        question = self.question(action)
        return {layer: weigh(sheet, question, self.bounded) for layer, sheet in self.sheets.items()}

    def answer(self, reach: Reach, grants: Mapping[Layer, Tri], denies: Iterable[Tri]) -> Tri:
        """Put the layers together."""
        grant = granted(self.asker, reach, grants, same_account=self.same_account)
        limits = min(grants[Layer.RCP], grants[Layer.SCP], grants[Layer.ENDPOINT])
        return min(grant, limits, ~max(denies))

    def verdict(self, action: Action) -> Tri:
        """Say whether one action is allowed, without traces, and as soon as that is certain."""
        question = self.question(action)
        reach: Reach = {}
        _, denied = tally(self._sheet(Layer.TRUST), question, self.bounded, reach)
        if not reach or denied is YES:
            return NO
        grants, denies = dict(_ALL_GRANT), [denied]
        for layer, sheet in self._behind_trust(action):
            grants[layer], denied = tally(sheet, question, self.bounded, {})
            if denied is YES:
                return NO
            denies.append(denied)
        return self.answer(reach, grants, denies)

    def _behind_trust(self, action: Action) -> list[tuple[Layer, Sheet]]:
        """Name the layers that can keep the request from passing, now that the trust policy has let it."""
        found = self._source.open_sheets(action, self.case.snapshot.source)
        for layer in (Layer.RCP, Layer.ENDPOINT):
            sheet = self._sheet(layer)
            if sheet.pages and sheet.open_briefs(action):
                found = [*found, (layer, sheet)]
        return found

    def together(self, closed: tuple[GateTrace, ...], decided: Iterable[tuple[Tri, Tri]]) -> Tri:
        """Put gates and actions together; an action counts as far as it is needed: `(needed, verdict)`."""
        passed = (any_of((~need, answer)) for need, answer in decided)
        return all_of((*(trace.verdict for trace in closed), *passed))


_NOT_REACHED = sheet_of(RCP, "the caller is a service-linked role")
_PERHAPS_NOT_REACHED = sheet_of(RCP, PERHAPS_NOT_REACHED)
_ALL_GRANT: dict[Layer, Tri] = dict.fromkeys(Layer, YES)
