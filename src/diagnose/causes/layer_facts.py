"""The facts of the layers: what denies an action, and what fails to allow it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from diagnose.causes.claims import ClaimMiss, claim_miss, claim_of
from diagnose.causes.facts import (
    ActionFact,
    Compared,
    ConditionFact,
    Fact,
    LayerFact,
    LayerVerdict,
    MatchFact,
    PlaceholderFact,
    PrincipalFact,
    Reach,
    ResourceFact,
    StatementFact,
)
from diagnose.causes.nearness import alone, compared, distance_of, nearest
from diagnose.evaluate.condition import SetOperator, parse_operator
from diagnose.evaluate.keys.table import group_of, traits_of
from diagnose.evaluate.level import passes
from diagnose.evaluate.operations import ASSUME_ROLE, OPERATIONS
from diagnose.evaluate.operator import Family
from diagnose.model.arn import account_of
from diagnose.model.condition_keys import Presence, Quantifier
from diagnose.model.key_state import KeyState
from diagnose.model.known_accounts import Acquaintance, acquaintance
from diagnose.model.placeholder import placeholder_in
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Effect,
    Element,
    ElementTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Match,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, any_of


def of_action(decision: ActionDecision) -> Iterator[Fact]:
    """List the facts about why one action is not, or may not be, allowed."""
    for layer in decision.layers:
        if layer.applies and layer.verdict is not YES and not (layer.needed is UNKNOWN and _is_waived(decision)):
            for level in layer.levels:
                yield from _level(decision, layer, level)
    trust = next((layer for layer in decision.layers if layer.layer is Layer.TRUST), None)
    if decision.verdict is not YES and trust is not None:
        about = Subject(decision.action, Layer.TRUST)
        yield MatchFact(action=decision.action, match=_matched(decision, trust), subject=about)


def _matched(decision: ActionDecision, trust: LayerTrace) -> Reach | None:
    """Say how the trust policy reaches the caller, or does if what it depends on is met; None where that is open."""
    if decision.match is not None or trust.verdict is NO:
        return Reach(decision.match.value) if decision.match is not None else Reach.NONE
    open_ = {
        statement.match
        for level in trust.levels
        for statement in level.statements
        if statement.effect is Effect.ALLOW and statement.verdict is UNKNOWN
    }
    [*others, match] = open_ or {None}
    return Reach(match.value) if match is not None and not others else None


def _is_waived(decision: ActionDecision) -> bool:
    """Say whether an Allow of the caller's own is not needed, though the trust policy denies or is undetermined.

    It is needed only where that may let the whole account in; or, where it denies, comes nearest to that.
    """
    trust = next((layer for layer in decision.layers if layer.layer is Layer.TRUST), None)
    if trust is not None and trust.verdict is UNKNOWN:
        return _matched(decision, trust) not in (None, Reach.ACCOUNT)
    if trust is None or trust.verdict is YES:
        return False
    allows = [each for level in trust.levels for each in level.statements if each.effect is Effect.ALLOW]
    return not any(statement.match is Match.ACCOUNT for statement in nearest(allows))


def as_bool(answer: Tri) -> bool | None:
    """Give an answer as facts hold it: None where it is unknown."""
    return None if answer is UNKNOWN else answer is YES


def _level(decision: ActionDecision, layer: LayerTrace, level: LevelTrace) -> Iterator[Fact]:
    """List the facts of one level, unless it passes or nothing of it was read."""
    granted = any_of((level.some_allow, ~layer.needed))
    verdict = passes(granted, level.some_deny)
    if verdict is YES or (level.unread and not level.statements):
        return
    # Where it is not known whether the action is asked for at all, what stands in its way is a possible cause.
    settled = verdict is NO and decision.needed is YES
    yield LayerFact(
        action=decision.action,
        layer=layer.layer,
        level=level.name,
        verdict=None if verdict is UNKNOWN else LayerVerdict.DENIED,
        explicit=as_bool(level.some_deny),
        granted=as_bool(granted),
        needed=as_bool(layer.needed),
        empty=not level.statements,
        subject=Subject(decision.action, layer.layer, level.name),
        settled=settled,
    )
    if granted is not YES:
        yield from _statements(decision, level, Effect.ALLOW, settled=settled)
    yield from _statements(decision, level, Effect.DENY, settled=settled)


def _statements(decision: ActionDecision, level: LevelTrace, effect: Effect, *, settled: bool) -> Iterator[Fact]:
    """List an Allow that fails or may fail, a Deny that applies or may apply, and the comparisons that make it so."""
    bears = (NO, UNKNOWN) if effect is Effect.ALLOW else (YES, UNKNOWN)
    statements = list(_telling(each for each in level.statements if each.effect is effect and each.verdict in bears))
    elements_of = list(map(compared, statements))
    distances = list(map(distance_of, elements_of))
    least = min(distances, default=0.0)
    for statement, elements, distance in zip(statements, elements_of, distances, strict=True):
        certain = settled and statement.verdict is not UNKNOWN
        near = distance == least
        yield _statement(decision, statement, near=near, settled=certain)
        foreign = effect is Effect.ALLOW and _about_another_service(elements)
        for trace, by_itself in zip(elements, alone(elements), strict=True):
            # What else keeps a statement from applying that is about another service says nothing of this request.
            if trace.verdict in bears and (not foreign or trace.element is Element.ACTION):
                shared = {
                    "action": decision.action,
                    "layer": statement.layer,
                    "level": statement.level,
                    "effect": effect,
                    "holds": as_bool(trace.verdict),
                    "reason": _reason(trace),
                    "alone": as_bool(by_itself) if effect is Effect.ALLOW else False,
                    "nearest": near,
                    "negated": trace.negated,
                    "wanted": trace.wanted,
                    "got": trace.got,
                    "subject": Subject(decision.action, statement.layer, statement.level, statement, trace),
                    "settled": certain and trace.verdict is not UNKNOWN,
                }
                yield _of_element(shared, trace)
                if effect is Effect.ALLOW or trace.negated:
                    yield from _placeholder(shared, trace)


def _telling(statements: Iterable[StatementTrace]) -> Iterator[StatementTrace]:
    """Leave out statements that have nothing to compare, but for the first of a policy: their others say no more."""
    empty: set[int] = set()
    for statement in statements:
        if statement.elements or id(statement.policy) not in empty:
            yield statement
        if not statement.elements:
            empty.add(id(statement.policy))


def _about_another_service(elements: Iterable[ElementTrace]) -> bool:
    return any(each.verdict is NO and each.reason is Reason.OTHER_SERVICE for each in elements)


_Shared: TypeAlias = Mapping[str, Any]
"""The fields of `Compared`, which every comparison has. There may be thousands, each made a fact only once."""


def _placeholder(shared: _Shared, trace: ElementTrace) -> Iterator[PlaceholderFact]:
    """Find the first placeholder among what a comparison wants."""
    unfilled = next(filter(None, map(placeholder_in, trace.wanted)), None)
    if unfilled is not None:
        yield PlaceholderFact(**shared, element=trace.element, form=unfilled.form, text=unfilled.text)


def _statement(decision: ActionDecision, statement: StatementTrace, *, near: bool, settled: bool) -> StatementFact:
    policy = statement.policy
    return StatementFact(
        action=decision.action,
        layer=statement.layer,
        level=statement.level,
        effect=statement.effect,
        applies=as_bool(statement.verdict),
        nearest=near,
        policy=policy.name,
        policy_kind=policy.kind,
        from_group=policy.group != "",
        aws_managed=policy.arn.split(":")[4:5] == ["aws"],
        sid=statement.sid,
        match=_reach(statement),
        subject=Subject(decision.action, statement.layer, statement.level, statement),
        settled=settled,
    )


def _reach(statement: StatementTrace) -> Reach | None:
    """Say in which way a statement reaches the caller; None where its Principal may or may not be the caller."""
    if statement.match is not None:
        return Reach(statement.match.value)
    principals = [trace for trace in statement.elements if trace.element is Element.PRINCIPAL]
    return None if any(trace.verdict is UNKNOWN for trace in principals) else Reach.NONE


def _of_element(shared: _Shared, trace: ElementTrace) -> Compared:
    """Give what every comparison has the form of its element."""
    match trace.element:
        case Element.ACTION:
            return ActionFact(**shared, in_full=_in_full(trace))
        case Element.PRINCIPAL:
            return PrincipalFact(**shared, whose=_whose(trace))
        case Element.RESOURCE:
            return ResourceFact(**shared, whose=_whose(trace))
        case Element.CONDITION:
            return _of_condition(shared, trace)


def _whose(trace: ElementTrace) -> Acquaintance:
    """Say whose account the policy names, unless the case is itself written with accounts of examples."""
    if acquaintance(account_of(trace.only_got)) is Acquaintance.EXAMPLE:
        return Acquaintance.NOBODY
    kinds = {acquaintance(account_of(value) or value) for value in trace.wanted}
    return kinds.pop() if len(kinds) == 1 else Acquaintance.NOBODY


def _in_full(trace: ElementTrace) -> bool:
    return trace.verdict is YES and not trace.negated and not set("*?") & set("".join(trace.wanted))


def _of_condition(shared: _Shared, trace: ElementTrace) -> ConditionFact:
    sets, operator, if_exists = parse_operator(trace.operator)
    negated = trace.negated
    if operator is not None and operator.family is Family.NULL:
        # `Null` with `true` asks what a negated operator asks: that the request does not carry something.
        negated = {value.lower() for value in trace.wanted} == {"true"}
    return ConditionFact(
        **(shared if negated is trace.negated else {**shared, "negated": negated}),
        key=trace.key,
        family=trace.key.partition("/")[0],
        operator=trace.operator,
        if_exists=if_exists,
        set_operator=_QUANTIFIERS[sets],
        attainable=trace.reason not in UNATTAINABLE,
        key_group=group_of(trace.key),
        sent=_presence(trace.key, shared["action"]),
        absent=_absent(trace),
        claim=claim_of(trace.key),
        miss=claim_miss(trace.key, trace.wanted, trace.got) if not negated else ClaimMiss.NONE,
    )


def _presence(key: str, action: Action) -> Presence:
    """Say how often a call carries a key; of what a call needs besides, as often as AssumeRole does."""
    traits = traits_of(key.lower())
    operation = next((each for each in OPERATIONS.values() if each.action is action), ASSUME_ROLE)
    return Presence.NEVER if traits is None else operation.sent(traits)


_QUANTIFIERS = {
    SetOperator.NONE: Quantifier.NONE,
    SetOperator.ANY: Quantifier.FOR_ANY_VALUE,
    SetOperator.ALL: Quantifier.FOR_ALL_VALUES,
}


UNATTAINABLE = frozenset(
    {
        Reason.OPERATOR_UNKNOWN,
        Reason.OPERAND_MALFORMED,
        Reason.MALFORMED,
        Reason.SET_OPERATOR_NEEDED,
        Reason.WILDCARD_IS_LITERAL,
        Reason.VARIABLE_IS_LITERAL,
        Reason.VARIABLE_UNRESOLVED,
        Reason.KEY_NEVER_SENT,
        Reason.KEY_MISSPELT,
        Reason.KEY_NOT_IN_ACTION,
        Reason.KEY_NOT_FOR_CALLER,
        Reason.KEY_OF_OTHER_PROVIDER,
        Reason.KEY_WITHOUT_CLAIM,
        Reason.CLAIM_WITHOUT_KEY,
    }
)
"""Why a condition cannot be met by any request of such a caller: what is wrong is how it is written."""


def _reason(trace: ElementTrace) -> Reason | None:
    """Give the reason of a comparison; of a principal that may or may not fit, the one reason why it might not fit.

    Without the caller's unique id or the name of its session, only an id or a session can be in doubt.
    """
    if trace.reason is not Reason.NOT_TOLD:
        return trace.reason
    if trace.element is not Element.PRINCIPAL or trace.negated:
        return None
    return Reason.OTHER_SESSION if ":assumed-role/" in trace.only_wanted else Reason.STALE_ID


def _absent(trace: ElementTrace) -> bool | None:
    """Say whether the request lacks a condition's key; None where it may or may not."""
    return as_bool(trace.got.absent) if isinstance(trace.got, KeyState) else False
