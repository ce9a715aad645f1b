"""Policies that would allow the request if they counted: other versions, and policies of groups the user is not in.

Each is tried in place of, or beside, those that count, and the case is decided again.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.causes.facts import Fact, IdleFact
from diagnose.causes.terms import IdleKind
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.policy import Policy
from diagnose.model.trace import Action, ActionDecision, Decision, Layer, LayerTrace, Subject
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


def idle(case: Case, decision: Decision) -> Iterator[Fact]:
    """List the policies with which the identity policies would, or might, allow what they do not allow now."""
    waiting = [action for action in decision.actions if _fails(action)]
    if not waiting:
        return
    for policy, version, counted in _candidates(case):
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
