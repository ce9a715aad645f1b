"""From a decision to the facts that bear on it.

Nothing is gathered of what lets the request pass, and nothing at all where the request is allowed and AWS did not
say otherwise. What is certain of a layer that may yet pass is unsettled: it can only be a possible cause.
"""

from collections.abc import Iterator
from typing import assert_never

from diagnose.causes.facts import Fact, GapFact, GateFact, ProblemFact
from diagnose.causes.idle import idle
from diagnose.causes.layered import of_action, told
from diagnose.causes.said import answers
from diagnose.causes.situation import situation
from diagnose.causes.terms import LayerVerdict, Side
from diagnose.evaluate.difference import how_arns_differ
from diagnose.evaluate.keys.table import traits_of
from diagnose.model.case import Case
from diagnose.model.condition_keys import FilledBy
from diagnose.model.evidence import Unread
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import (
    Action,
    ActionDecision,
    BrokenStatement,
    Comparison,
    Decision,
    Doubt,
    Gate,
    GateTrace,
    Layer,
    Reason,
    Subject,
)
from diagnose.model.trace_words import asked_words, offered_words, subject_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


def gather(case: Case, decision: Decision) -> tuple[Fact, ...]:
    """List what was established about why the request is not, or may not be, allowed."""
    answered = tuple(answers(case, _computed(decision.verdict)))
    if decision.verdict is YES and not answered:
        return ()
    return (
        *(fact for action in _asked(decision) for fact in of_action(action)),
        *_gates(decision),
        *idle(case, decision),
        *_gaps(decision),
        *_problems(decision),
        *situation(case),
        *answered,
    )


def _computed(verdict: Tri) -> LayerVerdict | None:
    if verdict is UNKNOWN:
        return None
    return LayerVerdict.ALLOWED if verdict is YES else LayerVerdict.DENIED


def _asked(decision: Decision) -> Iterator[ActionDecision]:
    """Give the actions to talk of. One that is perhaps not asked for can only add doubt to a denial: it waits."""
    for action in decision.actions:
        if action.needed is YES or decision.verdict is not NO:
            yield action


def _gates(decision: Decision) -> Iterator[Fact]:
    for trace in decision.gates:
        if trace.verdict is not YES:
            yield GateFact(
                gate=trace.gate,
                passed=told(trace.verdict),
                reason=None if trace.reason is Reason.NOT_TOLD else trace.reason,
                parameter=trace.parameter or "",
                difference=_difference(trace),
                wanted=asked_words(trace),
                got=offered_words(trace),
                subject=Subject(gate=trace),
                settled=trace.verdict is NO,
            )


def _difference(trace: GateTrace) -> Reason:
    """Say how the role that is asked for differs from the one that there is."""
    if trace.reason is not Reason.NO_SUCH_ROLE or not trace.got:
        return Reason.MATCHES
    return how_arns_differ(trace.wanted, trace.got[0])


def _gaps(decision: Decision) -> Iterator[Fact]:
    for doubt in decision.doubts:
        for gap in doubt.gaps or (Unread(),):
            yield GapFact(
                kind=doubt.kind,
                what=subject_words(doubt),
                family=doubt.about.name.partition("/")[0] if isinstance(doubt.about, ConditionKey) else "",
                side=_side(doubt),
                gap=gap.gap,
                permission=gap.permission,
                detail=gap.detail or gap.subject,
                matters=told(doubt.matters),
                subject=Subject(layer=doubt.about if isinstance(doubt.about, Layer) else None),
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


def _side(doubt: Doubt) -> Side:
    """Say which side somebody has to look at."""
    match doubt.about:
        case ConditionKey(name=key):
            return _side_of_key(key)
        case Layer.TRUST | Layer.RCP | Gate.ROLE | Gate.DURATION:
            return Side.DESTINATION
        case Layer.ENDPOINT | Gate.PARAMETERS | Gate.CONSOLE | Gate.PARTITION:
            return Side.REQUEST
        case Layer() | Gate() | Action() | Comparison() | BrokenStatement():
            return Side.SOURCE
        case _:
            assert_never(doubt.about)


def _side_of_key(key: str) -> Side:
    """What AWS has no key for can only be asked of whoever makes the request."""
    traits = traits_of(key.lower())
    filled_by = FilledBy.OTHER_OPERATION if traits is None else traits.filled_by
    match filled_by:
        case FilledBy.CALLER | FilledBy.USER | FilledBy.SERVICE | FilledBy.INSTANCE | FilledBy.SIGN_IN:
            return Side.SOURCE
        case FilledBy.ROLE:
            return Side.DESTINATION
        case FilledBy.PARAMETER | FilledBy.CALL | FilledBy.OTHER_OPERATION:
            return Side.REQUEST
        case _:
            assert_never(filled_by)
