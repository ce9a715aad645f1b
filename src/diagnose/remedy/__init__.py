"""What would mend a denial, and the proof: edits of a case, each decided again before it is shown."""

from collections.abc import Iterable

from diagnose.model.case import Case
from diagnose.model.diagnosis import Remedy
from diagnose.model.trace import Decision, Subject
from diagnose.remedy.kinds import REMEDIES

__all__ = ["REMEDIES", "plan", "propose"]


def propose(kind: str, subject: Subject, case: Case, decision: Decision) -> tuple[Remedy, ...]:
    """Give the smallest edit of a kind that mends what a finding is about, with its proof; nothing where none does.

    `kind` is one of `REMEDIES`; `decision` is that on `case`.
    """
    from diagnose.remedy.proposal import proposed

    return proposed(kind, subject, case, decision)


def plan(steps: Iterable[tuple[str, Subject]], case: Case, decision: Decision) -> tuple[Remedy, ...]:
    """Give remedies that end in an allowed request when they are all carried out, in order; nothing where none do.

    `steps` are kinds with what each is about, in the order to try them; those that are not needed are left out.
    """
    from diagnose.remedy.planning import planned

    return planned(steps, case, decision)
