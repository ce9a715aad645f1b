"""From a decision to the facts that bear on it.

Nothing is gathered of what lets the request pass, and nothing at all where the request is allowed and AWS did not
say otherwise. What is certain of a layer that may yet pass is unsettled: it can only be a possible cause.
"""

from collections.abc import Iterator

from diagnose.causes.facts import (
    ActionFact,
    Compared,
    ConditionFact,
    Fact,
    GapFact,
    GateFact,
    LayerFact,
    MatchFact,
    PrincipalFact,
    ProblemFact,
    ResourceFact,
    StatementFact,
)
from diagnose.causes.idle import idle
from diagnose.causes.nearness import alone, compared, nearest
from diagnose.causes.said import answers
from diagnose.causes.situation import situation
from diagnose.causes.terms import LayerVerdict, Reach, Side
from diagnose.evaluate.difference import how_arns_differ
from diagnose.model.case import Case
from diagnose.model.evidence import Unread
from diagnose.model.trace import (
    ActionDecision,
    Decision,
    Doubt,
    DoubtKind,
    Effect,
    Element,
    ElementTrace,
    Gate,
    GateTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of


def gather(case: Case, decision: Decision) -> tuple[Fact, ...]:
    """List what was established about why the request is not, or may not be, allowed."""
    answered = tuple(answers(case))
    if decision.verdict is YES and not answered:
        return ()
    return (
        *(fact for action in _asked(decision) for fact in _action(action)),
        *_gates(decision),
        *idle(case, decision),
        *_gaps(decision),
        *_problems(decision),
        *situation(case),
        *answered,
    )


def _asked(decision: Decision) -> Iterator[ActionDecision]:
    """Give the actions to talk of. One that is perhaps not asked for can only add doubt to a denial: it waits."""
    for action in decision.actions:
        if action.needed is YES or decision.verdict is not NO:
            yield action


def _action(decision: ActionDecision) -> Iterator[Fact]:
    for layer in decision.layers:
        if layer.applies and layer.verdict is not YES:
            for level in layer.levels:
                yield from _level(decision, layer, level)
    if decision.verdict is not YES:
        reached = Reach(decision.match.value) if decision.match else Reach.NONE
        trust = next((layer for layer in decision.layers if layer.layer is Layer.TRUST), None)
        told = decision.match is not None or (trust is not None and trust.verdict is NO)
        yield MatchFact(
            action=decision.action, match=reached if told else None, subject=Subject(decision.action, Layer.TRUST)
        )


def _level(decision: ActionDecision, layer: LayerTrace, level: LevelTrace) -> Iterator[Fact]:
    """List the facts of one level, unless it passes or nothing of it was read."""
    granted = any_of((level.some_allow, ~layer.needed))
    verdict = all_of((granted, ~level.some_deny))
    if verdict is YES or (level.unread and not level.statements):
        return
    # Where it is not known whether the action is asked for at all, what stands in its way is a possible cause.
    settled = verdict is NO and decision.needed is YES
    yield LayerFact(
        action=decision.action,
        layer=layer.layer,
        level=level.name,
        verdict=None if verdict is UNKNOWN else LayerVerdict.DENIED,
        explicit=told(level.some_deny),
        granted=told(granted),
        needed=told(layer.needed),
        empty=not level.statements,
        subject=Subject(decision.action, layer.layer, level.name),
        settled=settled,
    )
    if granted is not YES:
        yield from _statements(decision, level, Effect.ALLOW, settled=settled)
    if level.some_deny is not NO:
        yield from _statements(decision, level, Effect.DENY, settled=settled)


def _statements(decision: ActionDecision, level: LevelTrace, effect: Effect, *, settled: bool) -> Iterator[Fact]:
    """List an Allow that fails or may fail, a Deny that applies or may apply, and the comparisons that make it so."""
    bears = (NO, UNKNOWN) if effect is Effect.ALLOW else (YES, UNKNOWN)
    statements = [each for each in level.statements if each.effect is effect and each.verdict in bears]
    close = nearest(statements)
    for statement in statements:
        certain = settled and statement.verdict is not UNKNOWN
        near = any(statement is each for each in close)
        yield _statement(decision, statement, near=near, settled=certain)
        elements = compared(statement)
        for this in elements:
            if this.holds in bears:
                trace = this.trace
                shared = Compared(
                    action=decision.action,
                    layer=statement.layer,
                    level=statement.level,
                    effect=effect,
                    holds=told(this.holds),
                    reason=_reason(trace),
                    alone=told(alone(this, elements)) if effect is Effect.ALLOW else False,
                    nearest=near,
                    negated=trace.negated,
                    wanted=trace.wanted,
                    got=trace.got,
                    subject=Subject(decision.action, statement.layer, statement.level, statement, trace),
                    settled=certain and this.holds is not UNKNOWN,
                )
                yield _of_element(shared, trace)


def _statement(decision: ActionDecision, statement: StatementTrace, *, near: bool, settled: bool) -> StatementFact:
    policy = statement.policy
    return StatementFact(
        action=decision.action,
        layer=statement.layer,
        level=statement.level,
        effect=statement.effect,
        applies=told(statement.verdict),
        nearest=near,
        policy=policy.name,
        policy_kind=policy.kind,
        from_group=policy.attached_to.startswith("group "),
        aws_managed=policy.arn.split(":")[4:5] == ["aws"],
        sid=statement.sid,
        subject=Subject(decision.action, statement.layer, statement.level, statement),
        settled=settled,
    )


def _of_element(shared: Compared, trace: ElementTrace) -> Compared:
    """Give what every comparison has the form of its element."""
    fields = {name: getattr(shared, name) for name in shared.__struct_fields__}
    match trace.element:
        case Element.ACTION:
            return ActionFact(**fields)
        case Element.PRINCIPAL:
            return PrincipalFact(**fields)
        case Element.RESOURCE:
            return ResourceFact(**fields)
        case Element.CONDITION:
            family = trace.key.partition("/")[0]
            return ConditionFact(**fields, key=trace.key, family=family, operator=trace.operator, absent=_absent(trace))


def _reason(trace: ElementTrace) -> Reason | None:
    """Give the reason of a comparison; of a principal that cannot be told, the one reason why it might not fit.

    Without the caller's unique id or the name of its session, only an id or a session can be in doubt.
    """
    if trace.reason is not Reason.NOT_TOLD:
        return trace.reason
    if trace.element is not Element.PRINCIPAL or trace.negated:
        return None
    return Reason.OTHER_SESSION if ":assumed-role/" in trace.wanted else Reason.STALE_ID


def _absent(trace: ElementTrace) -> bool | None:
    """Say whether the request lacks a condition's key; None where it may or may not."""
    if trace.reason is Reason.NOT_TOLD or "absent" in trace.got.split(" or "):
        return None
    return trace.got == ""


def _gates(decision: Decision) -> Iterator[Fact]:
    for trace in decision.gates:
        if trace.verdict is not YES:
            yield GateFact(
                gate=trace.gate,
                passed=told(trace.verdict),
                reason=None if trace.reason is Reason.NOT_TOLD else trace.reason,
                parameter=_parameter(trace),
                difference=how_arns_differ(trace.wanted, trace.got) if _near_role(trace) else Reason.MATCHES,
                wanted=trace.wanted,
                got=trace.got,
                subject=Subject(gate=trace),
                settled=trace.verdict is NO,
            )


def _parameter(trace: GateTrace) -> str:
    """Find the parameter in what AWS asks for: `ExternalId: 2 to 1224 letters ...`."""
    name, colon, _ = trace.wanted.partition(":")
    return name if trace.gate is Gate.PARAMETERS and colon else ""


def _near_role(trace: GateTrace) -> bool:
    return trace.reason is Reason.NO_SUCH_ROLE and trace.got != ""


def _gaps(decision: Decision) -> Iterator[Fact]:
    for doubt in decision.doubts:
        for gap in doubt.gaps or (Unread(),):
            yield GapFact(
                kind=doubt.kind,
                what=doubt.subject,
                side=_side(doubt),
                gap=gap.gap,
                permission=gap.permission,
                detail=gap.detail or gap.subject,
                matters=told(doubt.matters),
                subject=Subject(layer=_layer(doubt)),
            )


def _problems(decision: Decision) -> Iterator[Fact]:
    for problem in decision.problems:
        policy = problem.policy
        yield ProblemFact(
            layer=problem.layer,
            policy=policy.name,
            policy_kind=policy.kind,
            message=problem.message,
            subject=Subject(layer=problem.layer),
        )


def told(answer: Tri) -> bool | None:
    """Give an answer as facts hold it: None where it is unknown."""
    return None if answer is UNKNOWN else answer is YES


def _layer(doubt: Doubt) -> Layer | None:
    return Layer(doubt.subject) if doubt.kind is DoubtKind.LAYER else None


_DESTINATION = frozenset({Layer.TRUST, Layer.RCP, Gate.ROLE, Gate.DURATION})
_REQUEST = frozenset({Layer.ENDPOINT, Gate.PARAMETERS, Gate.CONSOLE, Gate.PARTITION})


def _side(doubt: Doubt) -> Side:
    """Say which side somebody has to look at."""
    if doubt.kind is DoubtKind.KEY:
        return Side.DESTINATION if "resource" in doubt.subject.lower() else Side.REQUEST
    if doubt.subject in _DESTINATION:
        return Side.DESTINATION
    return Side.REQUEST if doubt.subject in _REQUEST else Side.SOURCE
