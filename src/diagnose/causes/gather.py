"""From a decision to the facts that bear on it.

Nothing is gathered of what lets the request pass, and nothing at all where the request is allowed and AWS did not
say otherwise, except that the credentials at hand are somebody else's. What is certain of a layer that may yet pass is
unsettled: it can only be a possible cause.
"""

from collections.abc import Iterator
from itertools import islice
from typing import assert_never

from msgspec.structs import replace

from diagnose.causes.answers import asides, attempts_by_others, aws_answers, is_about_other_question
from diagnose.causes.claims import audience_difference, provider_difference
from diagnose.causes.clusters import with_clusters
from diagnose.causes.facts import (
    Fact,
    GapFact,
    GapSide,
    GateFact,
    IdleFact,
    IdleKind,
    LayerVerdict,
    ProblemFact,
)
from diagnose.causes.layer_facts import as_bool, of_action
from diagnose.causes.named_layer import seen_to_refuse, suspects
from diagnose.causes.situation import situation
from diagnose.evaluate.decision import decide
from diagnose.evaluate.keys.table import traits_of
from diagnose.evaluate.near_miss import how_arns_differ
from diagnose.model.case import Case
from diagnose.model.condition_keys import FilledBy
from diagnose.model.evidence import Unread
from diagnose.model.key_state import ConditionKey
from diagnose.model.policy import Policy
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
    LayerTrace,
    Reason,
    Subject,
)
from diagnose.model.trace_words import asked_words, offered_words, subject_words
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


def gather_facts(case: Case, decision: Decision) -> tuple[Fact, ...]:
    """List what was established about why the request is not, or may not be, allowed."""
    answers, attempts = tuple(aws_answers(case, _computed(decision.verdict))), tuple(attempts_by_others(case))
    if decision.verdict is YES and not answers:
        return attempts
    told = (*answers, *asides(case), *attempts)
    if is_about_other_question(case):
        return (*situation(case), *told)
    return (
        *with_clusters((fact for action in _asked(decision) for fact in of_action(action)), case),
        *_gates(decision),
        *unused_policies(case, decision),
        *_gaps(decision, seen_to_refuse(answers, decision)),
        *_problems(decision),
        *situation(case),
        *told,
        *suspects(answers, decision),
    )


def unused_policies(case: Case, decision: Decision) -> Iterator[Fact]:
    """List the policies with which the identity policies would, or might, allow what they do not allow now.

    Of so many that deciding with each would take too long the first are tried; `unused_and_untried` counts the others.
    """
    waiting = _waiting(decision)
    if not waiting:
        return
    for policy, version, counted in islice(_candidates(case), _most_tried(case)):
        again = decide(_with(case, counted))
        for before in waiting:
            verdict = _verdict(again, before.action)
            if verdict > _identity(before).verdict:
                yield IdleFact(
                    action=before.action,
                    kind=IdleKind.OTHER_VERSION if version else IdleKind.NOT_ATTACHED,
                    policy=policy.name,
                    version=version,
                    carrier="" if version else policy.attached_to,
                    allows=None if verdict is UNKNOWN else True,
                    subject=Subject(before.action, Layer.IDENTITY),
                    settled=verdict is YES and _identity(before).verdict is NO,
                )


def unused_and_untried(case: Case, decision: Decision) -> int:
    """Count the policies, and versions of them, with which it was not decided whether they would allow more."""
    if not _waiting(decision) or (decision.verdict is YES or is_about_other_question(case)):
        return 0
    source = case.snapshot.source
    versions = sum(len(policy.other_versions) for policy in source.identity_policies.policies)
    return max(0, versions + len(source.idle_policies) - _most_tried(case))


_FEWEST_TRIED = 3
_MOST_DECIDED_AGAIN = 400_000
"""Bytes of identity policies that are decided of once more, all candidates together."""


def _waiting(decision: Decision) -> list[ActionDecision]:
    return [action for action in decision.actions if _fails(action)]


def _most_tried(case: Case) -> int:
    size = 1 + sum(len(bytes(each.document)) for each in case.snapshot.source.identity_policies.policies)
    return max(_FEWEST_TRIED, _MOST_DECIDED_AGAIN // size)


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
                passed=as_bool(trace.verdict),
                reason=None if trace.reason is Reason.NOT_TOLD else trace.reason,
                parameter=trace.parameter or "",
                difference=_difference(trace),
                wanted=asked_words(trace),
                got=offered_words(trace),
                subject=Subject(gate=trace),
                settled=trace.verdict is NO,
            )


def _difference(trace: GateTrace) -> Reason:
    """Say how the role, the provider or the audience that is asked for differs from the one that there is."""
    if trace.reason is Reason.AUDIENCE_NOT_REGISTERED and trace.wanted:
        return audience_difference(trace.wanted, trace.got)
    if trace.reason is Reason.NO_SUCH_PROVIDER and trace.got:
        return provider_difference(trace.wanted, trace.got[0])
    if trace.reason is not Reason.NO_SUCH_ROLE or not trace.got:
        return Reason.MATCHES
    return how_arns_differ(trace.wanted, trace.got[0])


def _gaps(decision: Decision, explained: frozenset[Layer]) -> Iterator[Fact]:
    for doubt in decision.doubts:
        if isinstance(doubt.about, Layer) and (not doubt.gaps or doubt.about in explained):
            # All of the layer was read, and only whether it counts was not; or what was read is what AWS speaks of.
            continue
        for gap in doubt.gaps or (Unread(),):
            yield GapFact(
                about=doubt.about,
                kind=doubt.kind,
                what=subject_words(doubt),
                family=doubt.about.name.partition("/")[0] if isinstance(doubt.about, ConditionKey) else "",
                side=_side(doubt),
                gap=gap.gap,
                permission=gap.permission,
                detail=gap.detail or gap.subject,
                matters=as_bool(doubt.matters),
                subject=Subject(layer=doubt.about if isinstance(doubt.about, Layer) else None),
            )


def _problems(decision: Decision) -> Iterator[Fact]:
    """List what AWS rejects of a policy, each kind of mistake once: a fact does not say in which places."""
    kinds = {(each.layer, id(each.policy), each.message): each for each in reversed(decision.problems)}
    for problem in reversed(kinds.values()):
        policy = problem.policy
        yield ProblemFact(
            layer=problem.layer,
            policy=policy.name,
            policy_kind=policy.kind,
            message=problem.message,
            subject=Subject(layer=problem.layer),
        )


def _side(doubt: Doubt) -> GapSide:
    """Say which side somebody has to look at."""
    match doubt.about:
        case ConditionKey(name=key):
            return _side_of_key(key)
        case Layer.TRUST | Layer.RCP | Gate.ROLE | Gate.DURATION | Gate.PROVIDER | Gate.AUDIENCE | Gate.ASSOCIATION:
            return GapSide.DESTINATION
        case Layer.ENDPOINT | Gate.PARAMETERS | Gate.CONSOLE | Gate.PARTITION:
            return GapSide.REQUEST
        case Layer() | Gate() | Action() | Comparison() | BrokenStatement():
            return GapSide.SOURCE
        case _:
            assert_never(doubt.about)


def _side_of_key(key: str) -> GapSide:
    """What AWS has no key for can only be asked of whoever makes the request."""
    traits = traits_of(key.lower())
    filled_by = FilledBy.OTHER_OPERATION if traits is None else traits.filled_by
    match filled_by:
        case FilledBy.CALLER | FilledBy.USER | FilledBy.SERVICE | FilledBy.INSTANCE | FilledBy.SIGN_IN:
            return GapSide.SOURCE
        case FilledBy.ROLE:
            return GapSide.DESTINATION
        case FilledBy.PARAMETER | FilledBy.CALL | FilledBy.OTHER_OPERATION:
            return GapSide.REQUEST
        case _:
            assert_never(filled_by)


def _candidates(case: Case) -> Iterator[tuple[Policy, str, tuple[Policy, ...]]]:
    """Give every idle document: its policy, its version if it is one, and what would count if it did."""
    counting = case.snapshot.source.identity_policies.policies
    for place, policy in enumerate(counting):
        for other in policy.other_versions:
            edited = replace(policy, document=other.document, version=other.version)
            yield policy, other.version, (*counting[:place], edited, *counting[place + 1 :])
    for policy in case.snapshot.source.idle_policies:
        yield policy, "", (*counting, policy)


def _with(case: Case, policies: tuple[Policy, ...]) -> Case:
    source = case.snapshot.source
    edited = replace(source, identity_policies=replace(source.identity_policies, policies=policies))
    return replace(case, snapshot=replace(case.snapshot, source=edited))


def _fails(action: ActionDecision) -> bool:
    layer = _identity(action)
    return layer.applies and layer.verdict is not YES


def _verdict(decision: Decision, action: Action) -> Tri:
    return next((_identity(each).verdict for each in decision.actions if each.action is action), NO)


def _identity(action: ActionDecision) -> LayerTrace:
    """Give the identity layer; one that passes where there is none, as for a service principal."""
    passes = LayerTrace(Layer.IDENTITY, YES, NO, applies=False)
    return next((layer for layer in action.layers if layer.layer is Layer.IDENTITY), passes)
