"""A layer's policies, compiled, and what they answer: level by level, with traces or without."""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from diagnose.evaluate import near_miss
from diagnose.evaluate.condition import Test
from diagnose.evaluate.document import CompiledDocument, Statement, StatementText, compile_document
from diagnose.evaluate.layers import Applies, Attached, DoesNotApply, LayerTraits
from diagnose.evaluate.memo import ObjectMemo
from diagnose.evaluate.request import ActionRequest
from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import Action, Effect, ElementTrace, Layer, LevelTrace, Match, Problem, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_ALLOW, _DENY = Effect.ALLOW, Effect.DENY

TrustMatches = dict[Match, Tri]
"""How Allow statements reach the caller, by kind of match; a kind that is missing does not reach it."""


class CompiledLayer(Struct, eq=False):
    """A layer's levels; none, and `why`, where the layer does not apply. `perhaps`: that is not known."""

    traits: LayerTraits
    levels: list["CompiledLevel"]
    why: str = ""
    perhaps: bool = False
    _may_deny: dict[Action, list["StatementsFor"]] = {}
    _problems: tuple[Problem, ...] | None = None

    def certain(self) -> "CompiledLayer":
        """Give the layer as one of which it is known that it counts."""
        return CompiledLayer(self.traits, self.levels, self.why)

    def levels_that_may_deny(self, action: Action) -> list["StatementsFor"]:
        """Give the levels that can keep an action from passing: all but those that always allow it."""
        levels = self._may_deny.get(action)
        if levels is None:
            levels = self._may_deny[action] = []
            for level in self.levels:
                statements = level.statements_for(action)
                if not statements.always_allows:
                    levels.append(statements)
        return levels

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What AWS rejects in the documents."""
        if self._problems is None:
            self._problems = tuple(self._all_problems())
        return self._problems

    def _all_problems(self) -> Iterator[Problem]:
        for policy, document in (compiled for level in self.levels for compiled in level.compiled):
            for flaw in document.flaws:
                yield Problem(self.traits.layer, policy, flaw.pointer, flaw.message)
            for text in document.statements:
                if document.unknown and document.knows_in_part(text):
                    continue
                for message in _misplaced(text.compiled, self.traits):
                    yield Problem(self.traits.layer, policy, text.pointer, message)


class CompiledLevel(Struct, eq=False):
    """One level of a layer. Documents are compiled when they are first looked at."""

    traits: LayerTraits
    name: str
    _policies: tuple[Policy, ...]
    unread_policies: tuple[Unread, ...]
    _compiled: list[tuple[Policy, CompiledDocument]] | None = None
    _statements_for: dict[Action, "StatementsFor"] = {}

    @property
    def compiled(self) -> list[tuple[Policy, CompiledDocument]]:
        """The policies with their documents."""
        if self._compiled is None:
            self._compiled = [(policy, compile_document(policy.document)) for policy in self._policies]
        return self._compiled

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What was not read, what was read and is not a policy, and parts of policies that are not known."""
        unusable = [
            Unread(subject=f"policy {policy.name}", detail=document.flaws[0].message)
            for policy, document in self.compiled
            if not document.usable
        ]
        in_part = [
            Unread(subject=f"{part.pointer} of policy {policy.name}", detail=part.message)
            for policy, document in self.compiled
            for part in document.unknown
        ]
        return (*self.unread_policies, *unusable, *in_part)

    def statements_for(self, action: Action) -> "StatementsFor":
        """Give what counts for one action."""
        statements = self._statements_for.get(action)
        if statements is None:
            statements = self._statements_for[action] = _statements_for(self, action)
        return statements


class StatementsFor(Struct, eq=False):
    """What counts of one level for one action.

    `allow` and `deny` are settled from the start: what was not read may hold an Allow or a Deny, and counts as one
    UNKNOWN of each; an Allow without any condition settles the matter. Only `allows` and `denies` can change them;
    `always_allows` says that none can.

    INVARIANT: a level comes to what all its statements come to one by one. A law compares the two.
    """

    allow: Tri
    deny: Tri
    allows: list[Statement]
    denies: list[Statement]
    unread: bool
    always_allows: bool = False


class LayerAnswer:
    """A layer's answer to one request.

    `denies` says whether some Deny applies, `grants` whether at every level some Allow does. `matches` means something
    for the trust policy alone. `levels` hold the traces.
    """

    __slots__ = ("applies", "denies", "grants", "levels", "matches", "traits", "why")

    def __init__(self, compiled_layer: CompiledLayer) -> None:
        """Start as a layer that has nothing to say."""
        self.traits, self.why, self.applies = compiled_layer.traits, compiled_layer.why, not compiled_layer.why
        self.grants, self.denies = YES, NO
        self.matches: TrustMatches = {}
        self.levels: list[LevelTrace] = []

    @property
    def passes(self) -> Tri:
        """Whether the layer lets the request pass: every level grants it, and none denies it."""
        return passes(self.grants, self.denies)


def compile_layer(traits: LayerTraits, attached: Attached) -> CompiledLayer:
    """Compile what is attached at a layer."""
    if type(attached) is DoesNotApply:
        return _inapplicable(traits, attached.why)
    if not traits.levels:
        return _compile(traits, attached)
    layer = traits.layer
    return _shared_layers.find(attached, layer) or _shared_layers.offer(attached, layer, _compile(traits, attached))


def passes(some_allow: Tri, some_deny: Tri) -> Tri:
    """Put Allow and Deny together: a request passes where some Allow applies and no Deny does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    return some_allow if some_deny is NO else min(some_allow, ~some_deny)


def answer_with_traces(compiled_layer: CompiledLayer, request: ActionRequest, has_boundary: Tri) -> LayerAnswer:
    """Ask a layer, with traces. `has_boundary` says whether the caller has a permissions boundary."""
    answer = LayerAnswer(compiled_layer)
    for level in compiled_layer.levels:
        statements = level.statements_for(request.action)
        if statements.unread:
            answer.matches.update(dict.fromkeys(Match, UNKNOWN))
        traces = [
            _trace(text, policy, level, request, has_boundary)
            for policy, document in level.compiled
            for text in document.statements
        ]
        allow, deny = _put_together(statements, compiled_layer.traits, request, has_boundary, answer.matches)
        if compiled_layer.perhaps:
            allow, deny = max(allow, UNKNOWN), min(deny, UNKNOWN)
        answer.grants, answer.denies = min(answer.grants, allow), max(answer.denies, deny)
        answer.levels.append(LevelTrace(level.name, allow, deny, tuple(traces), level.unread))
    return answer


def answer_layer(
    compiled_layer: CompiledLayer, request: ActionRequest, has_boundary: Tri, matches: TrustMatches
) -> tuple[Tri, Tri]:
    """Ask a layer, without traces: whether it grants, and whether it denies. `matches` is added to."""
    grants, denies = YES, NO
    for statements in compiled_layer.levels_that_may_deny(request.action):
        if statements.unread and compiled_layer.traits.principal:
            matches.update(dict.fromkeys(Match, UNKNOWN))
        allow, deny = _put_together(statements, compiled_layer.traits, request, has_boundary, matches)
        if allow < grants:
            grants = allow
        if deny > denies:
            denies = deny
    if compiled_layer.perhaps:
        return max(grants, UNKNOWN), min(denies, UNKNOWN)
    return grants, denies


def applies(
    statement: Statement,
    traits: LayerTraits,
    request: ActionRequest,
    has_boundary: Tri,
    *,
    leaving_out: Container[str] = (),  # keys in lower case
) -> tuple[Tri, Sequence[tuple[Match, Tri]]]:
    """Say whether a statement about the action applies, all but its tests of some keys, and how it matches."""
    tests = [test for test in statement.tests if test.lower not in leaving_out] if leaving_out else statement.tests
    return _applies(statement, tests, traits, request, has_boundary)


def depends_on_context(
    text: StatementText, traits: LayerTraits, requests: Iterable[ActionRequest], has_boundary: Tri
) -> bool:
    """Say whether a statement looks condition keys up, and applies, or may apply, to any of the requests."""
    for request in requests:
        if request.action in text.covers:
            statement = text.compiled
            if not statement.looks_up:
                return False
            if _applies(statement, statement.tests, traits, request, has_boundary)[0] is not NO:
                return True
    return False


def _misplaced(statement: Statement, traits: LayerTraits) -> list[str]:
    """Name the elements that a statement of this layer must have or cannot have."""
    messages = []
    if traits.principal and statement.principals is None:
        messages.append("the statement has no `Principal` that can be read")
    if traits.layer is Layer.TRUST and statement.principals is not None and statement.principals.negated:
        messages.append("a trust policy cannot have `NotPrincipal`: use `*` with a condition on `aws:PrincipalArn`")
    if not traits.principal and statement.principals is not None:
        messages.append("a policy of this kind cannot have `Principal`: it is about the identity it is attached to")
    if traits.resource and statement.resources is None:
        messages.append("the statement has neither `Resource` nor `NotResource` that can be read")
    if not traits.resource and statement.resources is not None:
        messages.append("a trust policy cannot have `Resource`: it is about the role it belongs to")
    return messages


def _unconditional(statement: Statement) -> bool:
    resources = statement.resources
    everything = resources is not None and resources.everything and not resources.negated
    return everything and not (statement.broken or statement.tests or statement.principals)


def _statements_for(level: CompiledLevel, action: Action) -> StatementsFor:
    """Sort the statements that cover the action by their effects."""
    allows: list[Statement] = []
    denies: list[Statement] = []
    unread, grants = level.unread_policies != (), level.traits.grants
    for _, document in level.compiled:
        unread = unread or not document.usable
        for text in document.statements:
            if action in text.covers:
                if grants and text.effect is not _DENY:
                    allows.append(text.compiled)
                if text.effect is not _ALLOW:
                    denies.append(text.compiled)
    settled = UNKNOWN if unread else NO
    if not grants or (not level.traits.principal and any(map(_unconditional, allows))):
        return StatementsFor(YES, settled, [], denies, unread, always_allows=not (unread or denies))
    return StatementsFor(settled, settled, allows, denies, unread)


@lru_cache  # of our own words
def _inapplicable(traits: LayerTraits, why: str) -> CompiledLayer:
    """Give a layer that does not apply, which is the same for everybody."""
    return CompiledLayer(traits, [], why)


_shared_layers: ObjectMemo[CompiledLayer] = ObjectMemo()
_shared_levels: ObjectMemo[CompiledLevel] = ObjectMemo()
"""What is attached in an organization, which is the same for many accounts."""


def _compile(traits: LayerTraits, attached: Applies) -> CompiledLayer:
    levels = [_level(traits, name, policies) for name, policies in attached.levels]
    return CompiledLayer(traits, levels, perhaps=attached.perhaps)


def _level(traits: LayerTraits, name: str, policies: PolicySet) -> CompiledLevel:
    key = traits.layer + name
    if traits.levels and (known := _shared_levels.find(policies, key)):
        return known
    level = CompiledLevel(traits, name, policies.policies, policies.unread)
    return _shared_levels.offer(policies, key, level) if traits.levels else level


def _trace(
    text: StatementText, policy: Policy, level: CompiledLevel, request: ActionRequest, has_boundary: Tri
) -> StatementTrace:
    """Compare every element of one statement, and say how."""
    verdict: Tri = NO
    matches: Sequence[tuple[Match, Tri]] = ()
    if request.action in text.covers:
        statement = text.compiled
        verdict, matches = _applies(statement, statement.tests, level.traits, request, has_boundary)
    return StatementTrace(
        level.traits.layer,
        level.name,
        policy,
        text.index,
        text.sid,
        text.effect or Effect.DENY,
        verdict,
        _elements(text.compiled, level.traits, request, has_boundary),
        _first([match for match, reaches in matches if reaches is YES]),
        text.alone,
    )


def _first(matches: Sequence[Match]) -> Match | None:
    """Give the match that asks the least of other layers."""
    return next((match for match in Match if match in matches), None) if matches else None


def _elements(
    statement: Statement, traits: LayerTraits, request: ActionRequest, has_boundary: Tri
) -> tuple[ElementTrace, ...]:
    traces: list[ElementTrace] = []
    if statement.actions is not None:
        traces.append(statement.actions.trace(request))
    if traits.principal and statement.principals is not None:
        traces.append(statement.principals.trace(request, has_boundary=has_boundary))
    if traits.resource and statement.resources is not None:
        traces.append(statement.resources.trace(request))
    traces += [near_miss.trace(test, request) for test in statement.tests]
    return tuple(traces)


def _put_together(
    statements: StatementsFor, traits: LayerTraits, request: ActionRequest, has_boundary: Tri, matches: TrustMatches
) -> tuple[Tri, Tri]:
    """Say whether some Allow of a level applies, and whether some Deny does. `matches` is added to."""
    allow, deny = statements.allow, statements.deny
    for statement in statements.allows:
        applies, by_match = _applies(statement, statement.tests, traits, request, has_boundary)
        if applies is not NO:
            if applies > allow:
                allow = applies
            for match, reaches in by_match:
                certain = min(applies, reaches)
                if certain > matches.get(match, NO):
                    matches[match] = certain
    for statement in statements.denies:
        applies, _ = _applies(statement, statement.tests, traits, request, has_boundary)
        if applies > deny:
            deny = applies
    return allow, deny


def _applies(
    statement: Statement, tests: Sequence[Test], traits: LayerTraits, request: ActionRequest, has_boundary: Tri
) -> tuple[Tri, Sequence[tuple[Match, Tri]]]:
    """Say whether a statement about the action applies, which is when all its elements hold, and how it matches.

    Of its conditions it has these `tests`. With an element that cannot be read it never certainly applies.
    """
    matches: Sequence[tuple[Match, Tri]] = ()
    answer = UNKNOWN if statement.broken else YES
    if traits.principal:
        if statement.principals is None:
            answer, matches = UNKNOWN, [(match, UNKNOWN) for match in Match]
        else:
            matches = statement.principals.matches(request.caller, has_boundary=has_boundary)
            best = NO
            for _, reaches in matches:
                if reaches > best:
                    best = reaches
            if best < answer:
                answer = best
    elif statement.principals is not None:
        answer = UNKNOWN
    if answer is not NO and traits.resource:
        holds = statement.resources.holds(request) if statement.resources is not None else UNKNOWN
        if holds < answer:
            answer = holds
    if answer is not NO:
        for test in tests:
            holds = test.holds(request)
            if holds < answer:
                answer = holds
                if answer is NO:
                    break
    return answer, matches
