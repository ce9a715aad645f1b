"""Two answers put together: whether somebody may pass a role to a service, and whether the service can assume it.

It stands beside `pipeline`, which asks for both: here nothing is decided.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from diagnose.model.diagnosis import Certainty, Diagnosis, Finding, LeftOut, Proof, Remedy, Verdict
from diagnose.model.trace import Decision
from diagnose.model.tri import NO, YES
from diagnose.remedy import remaining_after


def both(passing: Diagnosis, service: Diagnosis) -> Diagnosis:
    """Give one diagnosis of the two. What AWS refused is told first; else passing the role comes first, as in time."""
    first, second = (passing, service)
    if service.answer is not None and service.answer.refuses:
        first, second = service, passing
    told = (*_not_yet_enough(first, second.decision), *_not_yet_enough(second, first.decision))
    findings = sorted(told, key=lambda finding: finding.certainty is not Certainty.CERTAIN)
    one, other = first.left_out, second.left_out
    return Diagnosis(
        passing.case,
        _decision(passing.decision, service.decision),
        min((passing.verdict, service.verdict), key=_ORDER.index),
        passing.agreement,
        tuple(findings),
        _plan(passing, service),
        first.answer or second.answer,
        LeftOut(
            one.certain + other.certain,
            one.possible + other.possible,
            one.unread + other.unread,
            one.idle + other.idle,
        ),
    )


_ORDER = (Verdict.DENIED, Verdict.UNDETERMINED, Verdict.ALLOWED)


def _decision(passing: Decision, service: Decision) -> Decision:
    return Decision(
        verdict=min(passing.verdict, service.verdict),
        same_account=passing.same_account,
        actions=(*passing.actions, *service.actions),
        gates=(*passing.gates, *service.gates),
        blockers=(*passing.blockers, *service.blockers),
        doubts=tuple(dict.fromkeys((*passing.doubts, *service.doubts))),
        problems=(*passing.problems, *service.problems),
        notes=tuple(dict.fromkeys((*passing.notes, *service.notes))),
    )


def _not_yet_enough(diagnosis: Diagnosis, other: Decision) -> Iterable[Finding]:
    """Say of each remedy of one side what remains of the other."""
    if other.verdict is YES:
        return diagnosis.findings
    return [
        replace(finding, remedies=tuple(_with_remaining(remedy, other) for remedy in finding.remedies))
        for finding in diagnosis.findings
    ]


def _with_remaining(remedy: Remedy, other: Decision) -> Remedy:
    if remedy.proof is Proof.NOT_TRIED:
        return remedy
    remaining = tuple(dict.fromkeys((*remedy.remaining, *remaining_after(other))))
    return replace(remedy, proof=Proof.CLEARS, remaining=remaining)


def _plan(passing: Diagnosis, service: Diagnosis) -> tuple[Remedy, ...]:
    """Give the remedies of both sides where both are denied; nothing where one side has none that is enough."""
    sides = [side for side in (passing, service) if side.decision.verdict is NO]
    if len(sides) < 2:
        return sides[0].plan if sides else ()
    plans = [side.plan or _first_enough(side) for side in sides]
    return tuple(remedy for plan in plans for remedy in plan) if all(plans) else ()


def _first_enough(side: Diagnosis) -> tuple[Remedy, ...]:
    remedies = (remedy for finding in side.findings for remedy in finding.remedies if remedy.proof is Proof.ALLOWED)
    return next(((remedy,) for remedy in remedies), ())
