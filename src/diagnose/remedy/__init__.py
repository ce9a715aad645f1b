"""What would fix a denial, and the proof: edits of a case, each decided again before it is shown."""

from collections.abc import Iterable

from diagnose.model.case import Case
from diagnose.model.diagnosis import Refused, Remedy
from diagnose.model.trace import Decision, Subject
from diagnose.remedy.kinds import REMEDIES, RemedyKind

__all__ = ["REMEDIES", "propose", "propose_plan"]

# What makes and proves remedies is imported when some are asked for: loading rules takes the names of the kinds alone.


def propose(
    kinds: Iterable[str], subject: Subject, case: Case, decision: Decision
) -> tuple[tuple[Remedy, ...], tuple[Refused, ...]]:
    """Give the smallest edit of each kind that fixes what a finding is about, with its proof; and why there is none.

    `kinds` are some of `REMEDIES`; `decision` is that on `case`.
    """
    from diagnose.remedy.proposal import remedies_of

    proposed = [remedies_of(RemedyKind(kind), subject, case, decision) for kind in kinds]
    remedies = tuple(remedy for one in proposed if not isinstance(one, Refused) for remedy in one)
    return remedies, tuple(one for one in proposed if isinstance(one, Refused))


def propose_plan(
    steps: Iterable[tuple[str, Subject]], remedies: Iterable[Remedy], case: Case, decision: Decision
) -> tuple[Remedy, ...]:
    """Give remedies that end in an allowed request when they are all carried out, in order; nothing where none do.

    It takes several things in the way of which none of the `remedies` alone clears all. `steps` are kinds with what
    each is about, in the order to try them; those that are not needed are left out.
    """
    if len(decision.blockers) < 2 or any(remedy.enough for remedy in remedies):
        return ()
    from diagnose.remedy.proposal import in_a_row

    return in_a_row(steps, case, decision)
