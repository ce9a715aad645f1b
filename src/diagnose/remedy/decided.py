"""The cases that were decided to prove fixes of one case, each once: a plan proves again what the single fixes did.

Apart from `bounds`, which counts what is remembered here as if it were decided again, so that no answer changes.
"""

from typing import NamedTuple, TypeAlias

import msgspec

from diagnose.evaluate.effort import Effort
from diagnose.evaluate.memo import Memo
from diagnose.model.case import Case
from diagnose.model.trace import Action, Decision, Layer, StatementTrace
from diagnose.model.tri import Tri

ENOUGH = 10**9
"""More than one decision can spend on trying values."""

# What decides is imported only when it is needed: loading rules takes the names of the kinds alone.


class DecidedCases:
    """Verdicts, and decisions with their traces, by the content of the case that they are of."""

    __slots__ = ("_decisions", "_traces", "_verdicts")

    def __init__(self) -> None:
        """Start with none."""
        self._decisions: Memo[_Decided] = Memo(at_once=True)
        self._traces: Memo[_Traces] = Memo(at_once=True)
        self._verdicts: dict[tuple[int, int], _Verdict] = {}

    def verdict(self, case: Case) -> tuple[Tri, Effort]:
        """Give the verdict, and the effort of which it has spent what it took to try values: it started as `ENOUGH`."""
        content = _content(msgspec.json.encode(case))
        known = self._verdicts.get(content)
        if known is None:
            from diagnose.evaluate.decision import verdict

            trying = Effort(ENOUGH)
            known = self._verdicts[content] = _Verdict(verdict(case, trying), trying.left)
        return known.verdict, Effort(known.left)

    def decision(self, case: Case) -> tuple[Decision, Effort]:
        """Give the decision, and the effort as for the verdict."""
        encoded = msgspec.json.encode(case)
        content = _content(encoded)
        known = self._decisions.find(content)
        if known is None:
            from diagnose.evaluate.decision import decide

            trying = Effort(ENOUGH)
            known = _Decided(decide(case, trying), trying.left)
            self._decisions.offer(content, known, len(encoded))
        return known.decision, Effort(known.left)

    def traces(self, case: Case, layer: Layer) -> "_Traces":
        """Give the statements of a layer, each for an action of the call; nothing is decided."""
        encoded = msgspec.json.encode(case)
        content = _content(encoded), layer
        known = self._traces.find(content)
        if known is None:
            from diagnose.evaluate.decision import traces

            known = self._traces.offer(content, tuple(traces(case, layer)), len(encoded))
        return known


_Traces: TypeAlias = tuple[tuple[Action, StatementTrace], ...]


class _Verdict(NamedTuple):
    verdict: Tri
    left: int


class _Decided(NamedTuple):
    decision: Decision
    left: int


def _content(encoded: bytes) -> tuple[int, int]:
    """Stand for a case that may be long. Python keys its hashes anew in each process: nobody can make two alike."""
    return len(encoded), hash(encoded)
