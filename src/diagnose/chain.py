"""Several calls, one after the other, each signed by the session that the one before gives: which of them fails.

It stands beside `pipeline`, for it decides; where the calls come from is no matter of it.
"""

from collections.abc import Iterable

from msgspec import Struct

from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.pipeline import diagnose


class Weakest(Struct, frozen=True):
    """The call of a chain that is to be explained, counted from 0, and the verdicts of all that were decided."""

    place: int
    case: Case
    verdicts: tuple[Verdict, ...]


def weakest_call(cases: Iterable[Case]) -> Weakest:
    """Find the first call that is denied; or else the first that is undetermined; or else the last.

    What comes after a denied call is never made, so that its case is not even asked for.
    """
    decided: list[tuple[Case, Verdict]] = []
    for case in cases:
        decided.append((case, diagnose(case, ()).verdict))
        if decided[-1][1] is Verdict.DENIED:
            break
    verdicts = tuple(verdict for _, verdict in decided)
    place = next(
        (verdicts.index(verdict) for verdict in (Verdict.DENIED, Verdict.UNDETERMINED) if verdict in verdicts), -1
    )
    place %= len(decided)
    return Weakest(place, decided[place][0], verdicts)
