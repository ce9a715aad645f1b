"""The compiled policies of one layer, ready to be asked many times."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from diagnose.evaluate import near_miss
from diagnose.evaluate.document import Document, Statement, StatementText, compile_document
from diagnose.evaluate.layers import Attached, DoesNotApply, LayerTraits
from diagnose.evaluate.memo import ObjectMemo
from diagnose.evaluate.request import ActionRequest
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import (
    Action,
    Effect,
    ElementTrace,
    Layer,
    LevelTrace,
    Match,
    Problem,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class CompiledLevel:
    """One level of a layer."""

    __slots__ = ("_briefs", "_compiled", "_policies", "name", "row", "unread_policies")

    def __init__(self, row: LayerTraits, name: str, policies: PolicySet) -> None:
        """Documents are compiled when they are first looked at."""
        self.row, self.name, self._policies, self.unread_policies = row, name, policies.policies, policies.unread
        self._compiled: list[tuple[Policy, Document]] | None = None
        self._briefs: dict[Action, StatementsFor] = {}

    @property
    def compiled(self) -> list[tuple[Policy, Document]]:
        """The policies with their documents."""
        if self._compiled is None:
            self._compiled = [(policy, compile_document(policy.document)) for policy in self._policies]
        return self._compiled

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The parts that tell nothing: what was not read, and what was read and is no policy."""
        unusable = [
            Unread(subject=f"policy {policy.name}", detail=document.flaws[0].message)
            for policy, document in self.compiled
            if not document.usable
        ]
        return (*self.unread_policies, *unusable)

    def statements_for(self, action: Action) -> "StatementsFor":
        """Give what counts for one action."""
        statements_for = self._briefs.get(action)
        if statements_for is None:
            statements_for = self._briefs[action] = StatementsFor(self, action)
        return statements_for


class StatementsFor:
    """What of one level counts for one action.

    `allow` and `deny` are settled from the start: what was not read may hold an Allow or a Deny, and counts as one
    UNKNOWN of each; an Allow without any condition settles the matter. Only the statements listed can change them;
    `always_allows` says that none can.

    INVARIANT: a level comes to what all its statements come to one by one. A law compares the two.
    """

    __slots__ = ("allow", "allows", "always_allows", "denies", "deny", "unread")

    def __init__(self, level: CompiledLevel, action: Action) -> None:
        """Sort the statements that cover the action by their effects."""
        allows: list[Statement] = []
        denies: list[Statement] = []
        unread = bool(level.unread_policies)
        for _, document in level.compiled:
            unread = unread or not document.usable
            for text in document.statements:
                if action in text.covers:
                    if text.effect is not Effect.DENY and level.row.grants:
                        allows.append(text.compiled)
                    if text.effect is not Effect.ALLOW:
                        denies.append(text.compiled)
        self.allows, self.denies = allows, denies
        self.unread = unread
        self.allow: Tri = UNKNOWN if unread else NO
        self.deny: Tri = UNKNOWN if unread else NO
        self.always_allows = False
        if not level.row.grants or (not level.row.principal and any(map(_unconditional, allows))):
            self.allow, self.allows = YES, []
            self.always_allows = not (unread or denies)


class CompiledLayer:
    """A layer's levels; none, and `why`, where the layer does not apply."""

    __slots__ = ("_may_deny", "levels", "row", "why")

    def __init__(self, row: LayerTraits, levels: list[CompiledLevel], why: str = "") -> None:
        """Take the levels; nothing is compiled yet."""
        self.row, self.levels, self.why = row, levels, why
        self._may_deny: dict[Action, list[StatementsFor]] = {}

    def levels_that_may_deny(self, action: Action) -> list[StatementsFor]:
        """Give what can keep the layer from letting an action pass: all levels but those that always do."""
        briefs = self._may_deny.get(action)
        if briefs is None:
            briefs = self._may_deny[action] = []
            for level in self.levels:
                statements_for = level.statements_for(action)
                if not statements_for.always_allows:
                    briefs.append(statements_for)
        return briefs

    def problems(self) -> tuple[Problem, ...]:
        """Name what AWS would not accept in the documents."""
        found: list[Problem] = []
        for policy, document in (compiled for level in self.levels for compiled in level.compiled):
            found += [Problem(self.row.layer, policy, flaw.pointer, flaw.message) for flaw in document.flaws]
            found += [
                Problem(self.row.layer, policy, text.pointer, message)
                for text in document.statements
                for message in _misplaced(text.compiled, self.row)
            ]
        return tuple(found)


def compile_layer(row: LayerTraits, attached: Attached) -> CompiledLayer:
    """Give the sheet of what is attached."""
    if isinstance(attached, DoesNotApply):
        return _idle_sheet(row, attached.why)
    make = _page_of_level if row.levels else CompiledLevel
    return CompiledLayer(row, [make(row, name, policies) for name, policies in attached.levels])


TrustMatches = dict[Match, Tri]
"""How Allow statements reach the caller, by kind of match; a kind that is not there does not reach it."""


def passes(some_allow: Tri, some_deny: Tri) -> Tri:
    """Put Allow and Deny together: a request passes where some Allow applies and no Deny does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    return min(some_allow, ~some_deny)


class LayerAnswer:
    """A layer's answer to one question.

    `passes` is its verdict; `denies` whether some Deny applies; `grants` whether at every level some Allow
    does. `reach` means something for the trust policy alone. `levels` hold the traces.
    """

    __slots__ = ("applies", "denies", "grants", "levels", "reach", "row", "why")

    def __init__(self, compiled_layer: CompiledLayer) -> None:
        """Start as a layer that has nothing to say."""
        self.row, self.why, self.applies = compiled_layer.row, compiled_layer.why, not compiled_layer.why
        self.grants, self.denies = YES, NO
        self.reach: TrustMatches = {}
        self.levels: list[LevelTrace] = []

    @property
    def passes(self) -> Tri:
        """Whether the layer lets the request pass: every level grants it, and none denies it."""
        return passes(self.grants, self.denies)


def answer_with_traces(compiled_layer: CompiledLayer, request: ActionRequest, has_boundary: Tri) -> LayerAnswer:
    """Ask a layer, with traces. `has_boundary` says whether the caller has a permissions boundary."""
    answer = LayerAnswer(compiled_layer)
    for level in compiled_layer.levels:
        statements_for = level.statements_for(request.action)
        if statements_for.unread:
            answer.reach.update(dict.fromkeys(Match, UNKNOWN))
        traces = [
            _trace(text, policy, level, request, has_boundary)
            for policy, document in level.compiled
            for text in document.statements
        ]
        allow, deny = _tally(statements_for, compiled_layer.row, request, has_boundary, answer.reach)
        answer.grants, answer.denies = min(answer.grants, allow), max(answer.denies, deny)
        answer.levels.append(LevelTrace(level.name, allow, deny, tuple(traces), level.unread))
    return answer


def answer_layer(
    compiled_layer: CompiledLayer, request: ActionRequest, has_boundary: Tri, reach: TrustMatches
) -> tuple[Tri, Tri]:
    """Ask a layer, without traces: whether it grants, and whether it denies. `reach` is added to."""
    grants, denies = YES, NO
    for statements_for in compiled_layer.levels_that_may_deny(request.action):
        if statements_for.unread and compiled_layer.row.principal:
            reach.update(dict.fromkeys(Match, UNKNOWN))
        allow, deny = _tally(statements_for, compiled_layer.row, request, has_boundary, reach)
        if allow < grants:
            grants = allow
        if deny > denies:
            denies = deny
    return grants, denies


def could_apply(text: StatementText, row: LayerTraits, requests: Iterable[ActionRequest], has_boundary: Tri) -> bool:
    """Say whether a statement applies, or may, to any of the questions."""
    return any(
        request.action in text.covers and _applies(text.compiled, row, request, has_boundary)[0] is not NO
        for request in requests
    )


@lru_cache
def _idle_sheet(row: LayerTraits, why: str) -> CompiledLayer:
    """Give the sheet of a layer that does not apply, which is the same for everybody."""
    return CompiledLayer(row, [], why)


_pages: ObjectMemo[CompiledLevel] = ObjectMemo()


def _page_of_level(row: LayerTraits, name: str, policies: PolicySet) -> CompiledLevel:
    """Give the page of an organization's level, which is the same for many accounts."""
    key = f"{row.layer} {name}"
    return _pages.find(policies, key) or _pages.offer(policies, key, CompiledLevel(row, name, policies))


def _unconditional(statement: Statement) -> bool:
    resources = statement.resources
    everything = resources is not None and resources.everything and not resources.negated
    return everything and not (statement.broken or statement.tests or statement.principals)


def _misplaced(statement: Statement, row: LayerTraits) -> list[str]:
    """Name the elements that a statement of this layer must have or cannot have."""
    found = []
    if row.principal and statement.principals is None:
        found.append("the statement has no `Principal` that can be told")
    if row.layer is Layer.TRUST and statement.principals is not None and statement.principals.negated:
        found.append("a trust policy has no `NotPrincipal`: use `*` with a condition on `aws:PrincipalArn`")
    if not row.principal and statement.principals is not None:
        found.append("a policy of this kind has no `Principal`: it is about whoever it is attached to")
    if row.resource and statement.resources is None:
        found.append("the statement has neither a `Resource` nor a `NotResource` that can be told")
    if not row.resource and statement.resources is not None:
        found.append("a trust policy has no `Resource`: it is about the role that carries it")
    return found


def _tally(
    statements_for: StatementsFor, row: LayerTraits, request: ActionRequest, has_boundary: Tri, reach: TrustMatches
) -> tuple[Tri, Tri]:
    """Add up the statements of one level."""
    allow, deny = statements_for.allow, statements_for.deny
    for statement in statements_for.allows:
        answer, met = _applies(statement, row, request, has_boundary)
        if answer is not NO:
            if answer > allow:
                allow = answer
            for match, reached in met:
                certain = min(answer, reached)
                if certain > reach.get(match, NO):
                    reach[match] = certain
    for statement in statements_for.denies:
        answer, _ = _applies(statement, row, request, has_boundary)
        if answer is not NO:
            deny = max(deny, answer)
    return allow, deny


def _trace(
    text: StatementText, policy: Policy, level: CompiledLevel, request: ActionRequest, has_boundary: Tri
) -> StatementTrace:
    """Compare every element of one statement, and say how."""
    answer: Tri = NO
    met: Sequence[tuple[Match, Tri]] = ()
    if request.action in text.covers:
        answer, met = _applies(text.compiled, level.row, request, has_boundary)
    reached = [match for match, certain in met if certain is YES]
    return StatementTrace(
        level.row.layer,
        level.name,
        policy,
        text.index,
        text.sid,
        text.effect or Effect.DENY,
        answer,
        _elements(text.compiled, level.row, request, has_boundary),
        next((match for match in Match if match in reached), None),
        text.alone,
    )


def _applies(
    statement: Statement, row: LayerTraits, request: ActionRequest, has_boundary: Tri
) -> tuple[Tri, Sequence[tuple[Match, Tri]]]:
    """Say whether a statement about the action applies: all its elements hold. What cannot be told is never certain."""
    met: Sequence[tuple[Match, Tri]] = ()
    answer = UNKNOWN if statement.broken else YES
    if row.principal:
        if statement.principals is None:
            answer, met = UNKNOWN, [(match, UNKNOWN) for match in Match]
        else:
            met = statement.principals.reach(request.caller, has_boundary=has_boundary)
            reached = NO
            for _, certain in met:
                if certain > reached:
                    reached = certain
            if reached < answer:
                answer = reached
    elif statement.principals is not None:
        answer = UNKNOWN
    if answer is not NO and row.resource:
        answer = min(answer, statement.resources.holds(request) if statement.resources is not None else UNKNOWN)
    if answer is not NO:
        for test in statement.tests:
            answer = min(answer, test.holds(request))
            if answer is NO:
                break
    return answer, met


def _elements(
    statement: Statement, row: LayerTraits, request: ActionRequest, has_boundary: Tri
) -> tuple[ElementTrace, ...]:
    """Compare every element, and say how."""
    traces: list[ElementTrace] = []
    if statement.actions is not None:
        traces.append(statement.actions.trace(request))
    if row.principal and statement.principals is not None:
        traces.append(statement.principals.trace(request, has_boundary=has_boundary))
    if row.resource and statement.resources is not None:
        traces.append(statement.resources.trace(request))
    traces += [near_miss.trace(test, request) for test in statement.tests]
    return tuple(traces)
