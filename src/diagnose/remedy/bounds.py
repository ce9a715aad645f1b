"""How much is proved and written for one case before the rest is refused: counted, so that the answer is the same."""

from collections.abc import Sequence

import msgspec

from diagnose.evaluate.effort import Effort
from diagnose.model.case import Case
from diagnose.model.trace import Action, Decision, Layer, StatementTrace
from diagnose.model.tri import Tri
from diagnose.remedy.change import Attempt, Draft, PolicyChange
from diagnose.remedy.decided import ENOUGH, DecidedCases

_STEPS = 3_000
_STEPS_MORE_PER_KILOBYTE = 5
_LETTERS = 60_000
_LETTERS_OF_AN_OBJECT = 40
_TRIED_IN_ONE_STEP = 50
_FOR_TRACES = 8
_DRAFTED_IN_ONE_STEP = 1000


class Bounds:
    """What may yet be decided and written. A decision costs by the size of its policies, more where values are tried.

    `decisions` counts those that were made.
    """

    __slots__ = ("_decided_cases", "_kilobytes", "_letters", "_steps", "decisions")

    def __init__(self, case: Case) -> None:
        """Set the bounds for the proofs of one case: a larger one may take longer."""
        snapshot = msgspec.json.encode(case.snapshot)
        # The shortest statement, of two letters, takes as long to decide as one of a hundred.
        kilobytes = max(len(snapshot), _LETTERS_OF_AN_OBJECT * snapshot.count(b"{")) // 1000
        self._begin(kilobytes, DecidedCases())

    def anew(self) -> "Bounds":
        """Give the bounds as they were before anything was counted, for more proofs of the same case."""
        bounds = Bounds.__new__(Bounds)
        bounds._begin(self._kilobytes, self._decided_cases)
        return bounds

    def _begin(self, kilobytes: int, decided_cases: DecidedCases) -> None:
        self._kilobytes, self._decided_cases = kilobytes, decided_cases
        self._steps = Effort(_STEPS + _STEPS_MORE_PER_KILOBYTE * kilobytes)
        self._letters = Effort(_LETTERS)
        self.decisions = 0

    @property
    def reached(self) -> bool:
        """Whether no more may be tried."""
        return self._steps.spent or self._letters.spent

    @property
    def ends_with_decision(self) -> bool:
        """Whether there is room for one decision with traces, and for nothing behind it."""
        return not self.reached and self._steps.left <= self._steps_of_decision

    @property
    def _steps_of_decision(self) -> int:
        return 1 + _FOR_TRACES * self._kilobytes

    def verdict(self, case: Case) -> Tri:
        """Say whether AWS would allow an edited case, and count it."""
        answer, trying = self._decided_cases.verdict(case)
        self.decided(trying)
        return answer

    def decision(self, case: Case) -> Decision:
        """Decide an edited case with traces, and count it."""
        decision, trying = self._decided_cases.decision(case)
        self.decided(trying, traces=True)
        return decision

    def traces(self, case: Case, layer: Layer) -> Sequence[tuple[Action, StatementTrace]]:
        """Compare the statements of one layer of a case that may or may not be allowed; it counts as a decision.

        INVARIANT: of such a case the verdict takes the same effort as the decision.
        """
        _, trying = self._decided_cases.verdict(case)
        self.decided(trying, traces=True)
        return self._decided_cases.traces(case, layer)

    def last_traces(self, case: Case, layer: Layer) -> Sequence[tuple[Action, StatementTrace]]:
        """Compare the statements of one layer instead of a decision behind which nothing is tried: it counts as one."""
        assert self.ends_with_decision
        self.decided(Effort(ENOUGH), traces=True)
        return self._decided_cases.traces(case, layer)

    def decided(self, trying: Effort, *, traces: bool = False) -> None:
        """Count a decision: what it spent on `trying` values, and whether it has traces."""
        self.decisions += 1
        tried = ENOUGH - trying.left
        steps = self._kilobytes if tried else self._kilobytes // 40
        self._steps.spend((self._steps_of_decision if traces else 1 + steps) + tried // _TRIED_IN_ONE_STEP)

    def searched(self) -> None:
        """Count a search for what to edit, which reads the policies of a layer."""
        self._steps.spend(1 + self._kilobytes // 10)

    def drafted(self, attempt: Attempt) -> None:
        """Count an edit that was made, proved or not: its policy was read, copied and put into the case."""
        change = attempt.change if isinstance(attempt, Draft) else None
        document = len(bytes(change.after.document)) if isinstance(change, PolicyChange) else 0
        self._steps.spend(1 + document // _DRAFTED_IN_ONE_STEP + self._kilobytes // 40)

    def written(self, document: str) -> None:
        """Count an edited policy, which a report writes out in several forms."""
        self._letters.spend(len(document))
