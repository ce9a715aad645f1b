"""What is unknown and what it would change, and the uncertain readings of AWS's pages that a decision rests on."""

from collections.abc import Iterator

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.caller import Caller
from diagnose.evaluate.explore import Exploration
from diagnose.evaluate.keys.table import key_name
from diagnose.evaluate.possible_values import PossibleValue
from diagnose.model.key_state import Alternative, ConditionKey, KeyState
from diagnose.model.trace import (
    LIKELIEST_LAYERS,
    ActionDecision,
    BrokenStatement,
    Comparison,
    Doubt,
    Effect,
    Element,
    ElementTrace,
    GateTrace,
    Layer,
    Match,
    Note,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


def doubts(
    verdict: Tri,
    gates: tuple[GateTrace, ...],
    actions: tuple[ActionDecision, ...],
    exploration: Exploration,
    *,
    service: bool,
) -> tuple[Doubt, ...]:
    """Name every unknown that the decision met, with what depends on it. `service`: an AWS service calls."""
    distinct: dict[object, Doubt] = {}
    for doubt in (
        *_of_keys(verdict, exploration),
        *_of_layers(verdict, actions),
        *_of_comparisons(verdict, actions, {*exploration.tried, *exploration.untried}),
        *_of_gates(verdict, gates, actions, service=service),
    ):
        distinct.setdefault(doubt.about, doubt)
    return tuple(distinct.values())


def notes(authorization: Authorization, actions: tuple[ActionDecision, ...]) -> Iterator[Note]:
    """Name the readings that these decisions rest on."""
    limited = any(
        decided.match is Match.ANY
        and any(trace.layer in _LIMITS and trace.verdict is not YES for trace in decided.layers)
        for decided in actions
    )
    if authorization.same_account and authorization.call.caller.has_role and limited:
        yield Note(
            Layer.TRUST,
            "a trust policy that allows `*` in the same account is taken to override the caller's permissions "
            "boundary and session policy; AWS says so of `*` with a condition on `aws:PrincipalArn`",
            f"{_GUIDE}_elements_principal.html",
        )
    if authorization.call.caller.principal_arn == authorization.call.role.arn and any(
        decided.verdict is NO for decided in actions
    ):
        yield Note(
            Layer.TRUST,
            "a few roles that assumed themselves before 2022-06-30 may still do so without being trusted",
            "https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/",
        )
    readings = (
        _reading(statement, authorization.call.caller) for decided in actions for statement in _statements(decided)
    )
    yield from dict.fromkeys(note for note in readings if note is not None)


def _of_keys(verdict: Tri, exploration: Exploration) -> Iterator[Doubt]:
    for key, tried in exploration.tried.items():
        matters, possible = exploration.of_key(key)
        allows: tuple[Alternative, ...] = ()
        denies: tuple[Alternative, ...] = ()
        if possible is not None:
            allows = _alternatives([value for value, may in zip(tried, possible, strict=True) if may])
            denies = _alternatives([value for value, may in zip(tried, possible, strict=True) if not may])
        yield Doubt(ConditionKey(key_name(key)), min(matters, tri(verdict is UNKNOWN)), allows, denies)
    for key in exploration.untried:
        yield Doubt(ConditionKey(key_name(key)), UNKNOWN if verdict is UNKNOWN else NO)


def _alternatives(tried: list[PossibleValue]) -> tuple[Alternative, ...]:
    """Give what is particular about the values; about sets of several only where there is no value by itself."""
    single = [value.alternative for value in tried if len(value.values) <= 1]
    return tuple(dict.fromkeys(single or [value.alternative for value in tried]))


def _of_layers(verdict: Tri, actions: tuple[ActionDecision, ...]) -> Iterator[Doubt]:
    """A part that was not read may hold a Deny, so it matters as long as nothing else has settled the answer."""
    for decided in actions:
        for trace in sorted(decided.layers, key=lambda trace: LIKELIEST_LAYERS.index(trace.layer)):
            if gaps := tuple(gap for level in trace.levels for gap in level.unread):
                yield Doubt(trace.layer, tri(verdict is UNKNOWN), gaps=gaps)


def _of_comparisons(verdict: Tri, actions: tuple[ActionDecision, ...], unknown_keys: set[str]) -> Iterator[Doubt]:
    """Name what else of a statement is not certain, where the statement may apply."""
    for decided in actions:
        for statement in _statements(decided):
            if statement.verdict is not UNKNOWN:
                continue
            unknown = [element for element in statement.elements if element.verdict is UNKNOWN]
            for element in unknown:
                if not _mentions(element, unknown_keys):
                    yield Doubt(_comparison(element), tri(verdict is UNKNOWN))
            if not unknown:
                yield Doubt(BrokenStatement(statement.policy.name, statement.index), tri(verdict is UNKNOWN))


def _mentions(comparison: ElementTrace, unknown_keys: set[str]) -> bool:
    """Say whether a comparison depends on a key that is unknown, which is a doubt of its own."""
    operands = [operand.lower() for operand in comparison.wanted]
    return comparison.key.lower() in unknown_keys or any(
        f"${{{key}" in operand for key in unknown_keys for operand in operands
    )


def _comparison(trace: ElementTrace) -> Comparison:
    """Take the comparison apart from its place. All of it is known; AWS does not document the outcome."""
    if trace.element is Element.CONDITION:
        return Comparison(trace.element, trace.wanted, trace.got, trace.key, trace.operator, trace.negated)
    return Comparison(trace.element, trace.wanted, negated=trace.negated)


def _of_gates(
    verdict: Tri, gates: tuple[GateTrace, ...], actions: tuple[ActionDecision, ...], *, service: bool
) -> Iterator[Doubt]:
    for gate in gates:
        if gate.verdict is UNKNOWN:
            yield Doubt(gate.gate, tri(verdict is UNKNOWN))
    for decided in actions:
        if service and decided.match is Match.ANY and decided.verdict is UNKNOWN:
            yield Doubt(Comparison(Element.PRINCIPAL, ("*",)), tri(verdict is UNKNOWN))
        if decided.needed is UNKNOWN and decided.verdict is not YES:
            yield Doubt(decided.action, tri(verdict is UNKNOWN))


_LIMITS = (Layer.BOUNDARY, Layer.SESSION)


_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies"


def _statements(decided: ActionDecision) -> Iterator[StatementTrace]:
    for layer in decided.layers:
        for level in layer.levels:
            yield from level.statements


def _reading(statement: StatementTrace, caller: Caller) -> Note | None:
    """Name the reading that alone decides whether a statement applies, if one does."""
    failing = [element for element in statement.elements if element.verdict is NO]
    for element in failing if len(failing) == 1 else statement.elements if not failing else ():
        if reading := _of_element(element, statement.effect, caller):
            return Note(statement.layer, *reading)
    return None


def _of_element(element: ElementTrace, effect: Effect, caller: Caller) -> tuple[str, str] | None:
    """Give the reading that a comparison rests on, with AWS's page on it."""
    operator = element.operator.lower()
    if element.verdict is NO and element.reason is Reason.SET_OPERATOR_NEEDED:
        return (
            f"`{element.operator}` is taken never to be true of `{element.key}`, which may have several values; AWS "
            "says only that it requires a set operator",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    if element.verdict is NO and element.reason is Reason.OPERATOR_UNKNOWN and effect is Effect.DENY:
        return (
            f"a Deny with `{element.operator}` is taken never to apply, because AWS has no such operator; IAM does not "
            "accept such a policy",
            f"{_GUIDE}_elements_condition_operators.html",
        )
    absent = isinstance(element.got, KeyState) and element.got.absent is YES
    if element.verdict is YES and absent and operator.startswith("foranyvalue:") and operator.endswith("ifexists"):
        return (
            f"`{element.operator}` is taken to be true where `{element.key}` is absent, as AWS says of IfExists; of "
            "ForAnyValue it says that it is then false",
            f"{_GUIDE}_condition-single-vs-multi-valued-context-keys.html",
        )
    not_excepted = element.element is Element.PRINCIPAL and element.negated and element.reason is Reason.MATCHES
    if not_excepted and effect is Effect.DENY and {caller.principal_arn, caller.session_arn} & set(element.wanted):
        return (
            "a Deny with NotPrincipal is taken to exempt a caller only if the session, the role or user, and the "
            "account are all listed; AWS says that it might deny the others",
            f"{_GUIDE}_elements_notprincipal.html",
        )
    return None
