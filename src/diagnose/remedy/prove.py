"""The proof of a draft: the edited case is decided again, and nobody else gains by it."""

from msgspec import Struct

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof, RemainingBlocker
from diagnose.model.trace import Decision, Doubt, Effect, Layer, Subject
from diagnose.model.tri import NO, YES, Tri
from diagnose.remedy.clearing import cleared
from diagnose.remedy.draft import Draft, NewRole, PolicyChange
from diagnose.remedy.kinds import Kind
from diagnose.remedy.leftover import remaining
from diagnose.remedy.other_roles import opens_no_other_role
from diagnose.remedy.strangers import admits_nobody_else

_OWN_LAYERS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


class Proven(Struct, frozen=True):
    """What a proof has shown. `decision` is that on the edited case; None where nothing was decided."""

    proof: Proof
    remaining: tuple[RemainingBlocker | Doubt, ...] = ()
    admits_nobody_else: Tri | None = None
    decision: Decision | None = None


def prove(draft: Draft, subject: Subject, case: Case, decision: Decision) -> Proven | NotProved:
    """Prove that a draft mends what it claims to, and no more.

    What was not read stays unknown: it is listed as not ruled out, and is no reason to refuse.
    """
    if draft.case is None:
        return Proven(Proof.NOT_TRIED)
    if decision.verdict is YES:
        return NotProved.ALLOWED_ALREADY
    after = decide(draft.case)
    if not cleared(subject, decision, after):
        return NotProved.CHANGES_NOTHING
    if _closed(after) - _closed(decision):
        return NotProved.BREAKS_SOMETHING_ELSE
    admits = _gains(draft, draft.case, subject, case)
    if isinstance(admits, NotProved):
        return admits
    proof = Proof.ALLOWED if after.verdict is YES else Proof.CLEARS
    return Proven(proof, remaining(after), admits, after)


def _closed(decision: Decision) -> set[tuple[object, ...]]:
    """Name the requirements that are not met; an edit may bring up a new layer, but not a new mistake."""
    return {gate.requirement for gate in decision.gates if gate.verdict is NO}


def _gains(draft: Draft, edited: Case, subject: Subject, case: Case) -> Tri | NotProved | None:
    """Say whether nobody gains by the edit but the source, and it gains no role but the destination.

    That is said of trust policies, endpoints and Deny statements, else it is None: an Allow in the source's own
    policies may not open another role, but it can let in nobody else.
    """
    layer = _layer(draft)
    if layer is None:
        return None
    narrows_deny = draft.kind is Kind.EXEMPT_FROM_DENY or (
        subject.statement is not None and subject.statement.effect is Effect.DENY
    )
    if layer in _OWN_LAYERS or (layer in (Layer.SCP, Layer.ENDPOINT) and not narrows_deny):
        roles = opens_no_other_role(case, edited, layer, deny=narrows_deny)
        if roles is NO:
            return NotProved.OPENS_OTHER_ROLES
        if layer is not Layer.ENDPOINT:
            return roles if narrows_deny else None
    admits = admits_nobody_else(case, edited, layer, deny=narrows_deny, sessions=draft.narrower is not None)
    return NotProved.LETS_IN_OTHERS if admits is NO else admits


def _layer(draft: Draft) -> Layer | None:
    match draft.change:
        case PolicyChange(layer=layer):
            return layer
        case NewRole():
            return Layer.TRUST
    return None
