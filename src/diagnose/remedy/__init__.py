"""What fixes a denial, and the proof: edits of a case, each decided again before it is shown."""

from collections.abc import Iterable, Iterator

from diagnose.model.case import Case
from diagnose.model.diagnosis import Refused, RemainingBlocker, Remedy
from diagnose.model.trace import Decision, Doubt, Subject
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.kinds import REMEDIES, RemedyKind

__all__ = ["REMEDIES", "Bounds", "propose", "propose_plan", "remaining_after"]

# What makes and proves remedies is imported only when it is needed: loading rules takes the names of the kinds alone.


def propose(
    kinds: Iterable[str], subject: Subject, case: Case, decision: Decision, bounds: Bounds | None = None
) -> tuple[tuple[Remedy, ...], tuple[Refused, ...]]:
    """Give the smallest edit of each kind that fixes what a finding is about, proved, or why there is none.

    Where there is none, and what it is about depends on a key that is not known, that is to be found out before
    anybody is asked what is meant.

    `kinds` are some of `REMEDIES`; `decision` is that on `case`. `bounds` are shared by all that is proposed for it.
    """
    from diagnose.remedy.fixes.advice import open_keys
    from diagnose.remedy.proposal import remedies_of

    outcomes = [remedies_of(RemedyKind(kind), subject, case, decision, bounds) for kind in kinds]
    given = [remedy for outcome in outcomes if not isinstance(outcome, Refused) for remedy in outcome]
    if given and given[0].kind == RemedyKind.ASK_OWNER and open_keys(subject):
        outcomes.insert(0, remedies_of(RemedyKind.GIVE_EVIDENCE, subject, case, decision, bounds))
    remedies = (remedy for outcome in outcomes if not isinstance(outcome, Refused) for remedy in outcome)
    return tuple(_each_edit_once(remedies)), tuple(outcome for outcome in outcomes if isinstance(outcome, Refused))


def _each_edit_once(remedies: Iterable[Remedy]) -> Iterator[Remedy]:
    """Leave out what another kind has come to before: nobody can choose between two fixes that are one."""
    seen = set()
    for remedy in remedies:
        edit = remedy.policy_name, remedy.document, remedy.flags, remedy.commands
        if not any(edit):
            yield remedy
        elif edit not in seen:
            seen.add(edit)
            yield remedy


def remaining_after(decision: Decision) -> tuple[RemainingBlocker | Doubt, ...]:
    """Give what blocks a decided case, then the doubts that may matter; nothing where it is allowed."""
    from diagnose.remedy.proof import remaining

    return remaining(decision)


def propose_plan(
    steps: Iterable[tuple[str, Subject]],
    remedies: Iterable[Remedy],
    case: Case,
    decision: Decision,
    bounds: Bounds | None = None,
) -> tuple[Remedy, ...]:
    """Give remedies that end in an allowed request when they are all carried out, in order; nothing where none do.

    There is none where one of the `remedies` is enough alone. `steps` are kinds with what each is about, in the order
    to try them; those that are not needed are left out. `bounds` are those of the remedies: what they decided is not
    decided again, and a plan has as much room as they had.
    """
    given = list(steps)
    if len({id(subject) for _, subject in given}) < 2 or any(remedy.enough for remedy in remedies):
        return ()
    from diagnose.remedy.proposal import needed_in_a_row

    plan = needed_in_a_row(given, case, decision, bounds)
    return plan if len(plan) > 1 else ()
