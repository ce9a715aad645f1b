"""Every source by every role, decided: a row for each pair that is worth one, and a count of the others."""

from collections.abc import Iterable, Iterator, Sequence, Set

from msgspec.structs import replace

from diagnose.causes.findings import explain
from diagnose.causes.rule import Rule
from diagnose.evaluate.decision import decide, verdict
from diagnose.matrix.candidates import Callers
from diagnose.matrix.identities import Destination, Source, case_of_pair
from diagnose.matrix.rows import Counts, ExplainedPair, HalfOpen, MatrixRow
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.model.trace import Decision, Layer
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.pipeline import diagnose
from diagnose.report.first_cause import first_cause


class Matrix:
    """The pairs of sources and roles. `counts` are complete once all rows were taken.

    The sources are looked at together, the roles one after the other: they may come from an iterator.

    With `accounts`, only pairs of which one side is in one of them. With `rules`, rows name the first cause.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        roles: Iterable[Destination],
        *,
        accounts: Set[str] = frozenset(),
        rules: Sequence[Rule] | None = None,
    ) -> None:
        """Nothing is decided yet."""
        self.counts = Counts()
        self._sources, self._roles, self._accounts, self._rules = sources, roles, accounts, rules
        self._callers: Callers | None = None
        self._inside = [position for position, source in enumerate(sources) if source.account in accounts]

    def rows(self) -> Iterator[MatrixRow]:
        """Give the rows, by role and then by source, in the order in which they were given."""
        return self.rows_of(self._roles)

    def rows_of(self, roles: Iterable[Destination]) -> Iterator[MatrixRow]:
        """Give the rows of some of the roles, and count their pairs."""
        if not self._sources:
            return
        for role in roles:
            if self._callers is None:
                self._callers = Callers(self._sources, role)
            yield from self._rows_of(role, self._callers)

    def _rows_of(self, role: Destination, callers: Callers) -> Iterator[MatrixRow]:
        candidates = callers.candidates(role)
        named = candidates.named.union(callers.naming(role.arn))
        asked, pairs = candidates.unnamed | named, len(self._sources)
        if self._accounts and role.account not in self._accounts:
            asked, pairs = asked.intersection(self._inside), len(self._inside)
        self.counts.denied += pairs - len(asked)
        for position in sorted(asked):
            row = self._row(self._sources[position], role, named=position in named)
            if row is not None:
                yield row

    def _row(self, source: Source, role: Destination, *, named: bool) -> MatrixRow | None:
        """Decide one pair, and count it; None where it has no row."""
        case = case_of_pair(source, role)
        answer = verdict(case)
        if answer is YES:
            self.counts.allowed += 1
            return kind_of_pair(self._rules)(source_arn=source.arn, dest_role_arn=role.arn, verdict=Verdict.ALLOWED)
        decision = decide(case) if named and answer is NO else None
        half_open = _half_open(decision) if decision is not None else None
        if answer is UNKNOWN:
            self.counts.undetermined += 1
        elif half_open is not None:
            self.counts.half_open += 1
        else:
            self.counts.denied += 1
            return None
        row = MatrixRow(
            source_arn=source.arn,
            dest_role_arn=role.arn,
            verdict=Verdict.of(answer),
            half_open=half_open or "",
            layer=_first_blocker(decision) if decision is not None else "",
        )
        return row if self._rules is None else _explained(row, case, self._rules)


def kind_of_pair(rules: Sequence[Rule] | None) -> type[MatrixRow]:
    """Give the type of the rows that are made with these rules."""
    return MatrixRow if rules is None else ExplainedPair


def _half_open(decision: Decision) -> HalfOpen | None:
    """Say which sides of a denied pair are set up, or may be; None where neither is."""
    layers = {trace.layer: trace.verdict for trace in decision.actions[0].layers}
    trusted, granted = layers[Layer.TRUST] is not NO, layers[Layer.IDENTITY] is not NO
    if trusted and granted:
        return HalfOpen.BOTH
    if trusted:
        return HalfOpen.TRUSTED
    return HalfOpen.GRANTED if granted else None


def _first_blocker(decision: Decision) -> str:
    return next((blocker.layer or blocker.gate or "" for blocker in decision.blockers), "")


def _explained(row: MatrixRow, case: Case, rules: Sequence[Rule]) -> ExplainedPair:
    """Name the first cause. Its fixes are in no row, and so are not worked out."""
    diagnosis = diagnose(case, ())
    causes = explain(rules, case, diagnosis.decision)
    first = first_cause(replace(diagnosis, findings=tuple(cause.finding for cause in causes)))
    return ExplainedPair(
        source_arn=row.source_arn,
        dest_role_arn=row.dest_role_arn,
        verdict=row.verdict,
        half_open=row.half_open,
        layer=first.layer or row.layer,
        primary_cause=first.cause,
        primary_cause_title=first.title,
        certainty=first.certainty,
        primary_gap=first.gap,
        primary_gap_title=first.gap_title,
        depends_on=first.depends_on,
    )
