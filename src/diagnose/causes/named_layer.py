"""The layer that AWS names, where it was read and seems to let the request pass: what in it may be to blame after all.

AWS knew the whole request, and the policies as they were then. So a Deny that seems not to apply by its conditions may
have applied, an Allow with conditions may not have, and what was read may be older or newer than what AWS evaluated.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from collections.abc import Iterable, Iterator, Sequence

from diagnose.causes.facts import AnswerFact, SuspectFact, Suspicion
from diagnose.causes.layer_facts import UNATTAINABLE
from diagnose.causes.nearness import distance
from diagnose.model.aws_error import ErrorKind, NamedLayer
from diagnose.model.trace import (
    Action,
    Decision,
    Effect,
    Element,
    Layer,
    LayerTrace,
    LevelTrace,
    StatementTrace,
    Subject,
)
from diagnose.model.tri import NO, YES


def named_layer(answers: Iterable[AnswerFact]) -> Layer | None:
    """Give the layer that AWS says refused this request; None where it names none.

    A service that may not assume a role speaks of the trust policy: it has no policies of its own.
    """
    for each in answers:
        if each.named_layer is not NamedLayer.NONE:
            return Layer(each.named_layer.value)
        if each.kind is ErrorKind.SERVICE_NOT_TRUSTED and not each.other_service:
            return Layer.TRUST
    return None


def suspects(answers: Sequence[AnswerFact], decision: Decision) -> Iterator[SuspectFact]:
    """List what may explain AWS's words, unless the layer that they name is seen to refuse the request as they say."""
    layer = named_layer(answers)
    for answer in answers:
        if layer is None or answer.named_layer is NamedLayer.NONE:
            continue
        action = _action(answer, decision)
        trace = _trace(decision, action, layer)
        if not _as_aws_says(trace, answer):
            yield from _of_layer(trace, answer, action)


def seen_to_refuse(answers: Sequence[AnswerFact], decision: Decision) -> frozenset[Layer]:
    """Give the layer that AWS names, if what was read of it refuses the request as AWS says: more need not be read."""
    layer = named_layer(answers)
    return frozenset(
        layer
        for answer in answers
        if layer is not None and answer.named_layer is not NamedLayer.NONE
        if _as_aws_says(_trace(decision, _action(answer, decision), layer), answer)
    )


def _action(answer: AnswerFact, decision: Decision) -> Action:
    """Give the action that AWS names; that of the operation, which is the first of a decision, where it names none."""
    named = next((each for each in Action if each.lower() == answer.named_action.lower()), None)
    return named or decision.actions[0].action


def _trace(decision: Decision, action: Action, layer: Layer) -> LayerTrace:
    """Find the layer; one that holds nothing where it has no part in the decision."""
    nothing = LayerTrace(layer, YES, NO, applies=False)
    traces = (each for decided in decision.actions if decided.action is action for each in decided.layers)
    return next((trace for trace in traces if trace.layer is layer), nothing)


def _as_aws_says(trace: LayerTrace, answer: AnswerFact) -> bool:
    """Say whether the layer refuses the request for what was read of it.

    AWS has reported that no service control policy allows a request in the words of an explicit deny. Whether a
    guardrail counts for an account may be open; where AWS names it, it does.
    """
    explicit = answer.explicit and (trace.layer is not Layer.SCP or answer.named_policy != "")
    denies = any(
        each.effect is Effect.DENY and each.verdict is YES for level in trace.levels for each in level.statements
    )
    refuses = trace.verdict is NO or denies or any(_allows_nothing(level) for level in trace.levels)
    return trace.applies and trace.verdict is not YES and refuses and (not explicit or denies)


def _allows_nothing(level: LevelTrace) -> bool:
    statements = (each for each in level.statements if each.effect is Effect.ALLOW)
    return not level.unread and all(each.verdict is NO for each in statements)


def _of_layer(trace: LayerTrace, answer: AnswerFact, action: Action) -> Iterator[SuspectFact]:
    statements = [statement for level in trace.levels for statement in level.statements]
    complete = not any(level.unread for level in trace.levels)
    named = [each for each in statements if answer.named_policy and _is_policy(each, answer.named_policy)]
    if answer.explicit:
        suspicion, found = Suspicion.DENY, [each for each in named or statements if _may_deny(each)]
    else:
        suspicion, found = Suspicion.ALLOW, [each for each in named or statements if _may_not_allow(each)]
    if answer.named_policy and not named:
        # The policy that AWS names is not among those that were read, so that no other is to blame.
        found = []
    elif named and not found:
        suspicion, found = Suspicion.POLICY, named[:1]
    for statement in sorted(found, key=distance):
        yield SuspectFact(
            action=action,
            layer=trace.layer,
            level=statement.level,
            suspicion=suspicion,
            explicit=answer.explicit,
            only=len(found) == 1,
            policy=statement.policy.name,
            named_policy=answer.named_policy,
            keys=tuple(dict.fromkeys(one.key for one in statement.elements if one.element is Element.CONDITION)),
            subject=Subject(action, trace.layer, statement.level, statement),
            settled=len(found) == 1 and (complete or bool(named)),
        )
    if not found and complete:
        applying = next((each for each in statements if each.effect is Effect.ALLOW and each.verdict is YES), None)
        shown = None if answer.explicit else applying
        yield SuspectFact(
            action=action,
            layer=trace.layer,
            level=shown.level if shown else "",
            suspicion=Suspicion.NOTHING,
            explicit=answer.explicit,
            present=bool(statements),
            named_policy=answer.named_policy,
            subject=Subject(action, trace.layer, shown.level if shown else "", shown),
        )


def _is_policy(statement: StatementTrace, arn: str) -> bool:
    """Say whether a statement is of the policy that AWS names: by its ARN, or by the id that ends it."""
    policy = statement.policy
    return arn in (policy.arn, policy.name) or (bool(policy.arn) and policy.arn.split("/")[1:] == arn.split("/")[1:])


def _may_deny(statement: StatementTrace) -> bool:
    """Say whether only conditions keep a Deny from applying, all of which some request could meet."""
    unmet = statement.unmet
    return (
        statement.effect is Effect.DENY
        and bool(unmet)
        and all(one.element is Element.CONDITION and one.reason not in UNATTAINABLE for one in unmet)
    )


def _may_not_allow(statement: StatementTrace) -> bool:
    """Say whether an Allow applies, or may, for the conditions that the request meets."""
    return (
        statement.effect is Effect.ALLOW
        and statement.verdict is not NO
        and any(one.element is Element.CONDITION for one in statement.elements)
    )
