"""Two matrices of one organization: which pairs changed, and how."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.matrix.rows import ExplainedPair
from diagnose.model.diagnosis import Verdict
from diagnose.report.json_words import published_schema

COMPARISON_SCHEMA = "xdiag.comparison/1"

Pair: TypeAlias = tuple[str, str]
"""The ARNs of a role and of a source: rows are compared in the order of their pairs."""


class ChangeKind(StrEnum):
    """How the answer to a pair changed, the most urgent first."""

    NEWLY_ALLOWED = "newly-allowed"
    """It is allowed, and was denied or undetermined."""
    NEWLY_UNDETERMINED = "newly-undetermined"
    """It depends on what is not known, such as MFA or an external ID, and was denied or allowed."""
    NEWLY_DENIED = "newly-denied"
    """It is denied, and was allowed or undetermined."""
    CHANGED_CAUSE = "changed-cause"
    """It is still denied or still undetermined, for another reason, or with another half set up."""


class PairState(Struct, frozen=True):
    """What a matrix says of a pair, without its ARNs."""

    verdict: str
    half_open: str
    layer: str
    primary_cause: str
    primary_cause_title: str
    primary_gap_title: str = ""


class PairChange(Struct, frozen=True):
    """A pair that changed.

    None stands for no row: the pair is denied, and neither side names the other, or one of them does not exist.
    """

    change: ChangeKind
    source_arn: str
    dest_role_arn: str
    before: PairState | None
    after: PairState | None


class MatrixComparison(Struct, frozen=True, kw_only=True, tag_field="schema", tag=COMPARISON_SCHEMA):
    """All that changed, as `--output json` writes it: in parts, so that nothing makes one of these as a whole.

    INVARIANT: others rely on the names and the meaning of these fields, and of those of a change. Within version 1 a
    field may be added; none is renamed, removed, or given another meaning.
    """

    before: Annotated[str, Meta(description="Where the earlier matrix is.")]
    after: Annotated[str, Meta(description="Where the later matrix is.")]
    changes: Annotated[
        list[PairChange],
        Meta(description="The pairs that changed, by role and source. null for a side without a row: it is denied."),
    ]
    counts: Annotated[dict[ChangeKind, int], Meta(description="How many pairs changed in which way, all kinds named.")]


def comparison_schema() -> dict[str, object]:
    """Give the JSON Schema of a comparison."""
    return published_schema(MatrixComparison)


def pair_of(row: ExplainedPair) -> Pair:
    """Give what rows are in the order of."""
    return row.dest_role_arn, row.source_arn


def changes(before: Iterator[ExplainedPair], after: Iterator[ExplainedPair]) -> Iterator[PairChange]:
    """Give the pairs that changed, in their order. Rows whose cause was not asked for have an empty one.

    Both must be in the order of their pairs. Only one row of each is looked at at a time.

    Raises XdiagError for two rows about one pair.
    """
    before, after = _each_once(before), _each_once(after)
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and pair_of(old) < pair_of(new)):
            now, then, old = None, old, next(before, None)
        elif old is None or pair_of(new) < pair_of(old):
            now, then, new = new, None, next(after, None)
        else:
            now, then, old, new = new, old, next(before, None), next(after, None)
        kind = _kind(then, now)
        named = now or then
        if kind is not None and named is not None:
            yield PairChange(kind, named.source_arn, named.dest_role_arn, _state(then), _state(now))


def _each_once(rows: Iterator[ExplainedPair]) -> Iterator[ExplainedPair]:
    last: Pair | None = None
    for row in rows:
        if pair_of(row) == last:
            raise XdiagError(
                f"one matrix has two rows about `{quotable(row.source_arn)}` and `{quotable(row.dest_role_arn)}`",
                hint="expected the rows of one run",
            )
        last = pair_of(row)
        yield row


def _kind(then: ExplainedPair | None, now: ExplainedPair | None) -> ChangeKind | None:
    """Say how a pair changed; None where it did not. A pair without a row is denied."""
    was, is_ = (Verdict.DENIED if row is None else Verdict(row.verdict) for row in (then, now))
    if was is not is_:
        return _BY_VERDICT[is_]
    return ChangeKind.CHANGED_CAUSE if is_ is not Verdict.ALLOWED and _differ(then, now) else None


_BY_VERDICT = {
    Verdict.ALLOWED: ChangeKind.NEWLY_ALLOWED,
    Verdict.UNDETERMINED: ChangeKind.NEWLY_UNDETERMINED,
    Verdict.DENIED: ChangeKind.NEWLY_DENIED,
}


def _differ(then: ExplainedPair | None, now: ExplainedPair | None) -> bool:
    """Say whether two answers of one verdict have different causes, as far as both matrices name them.

    Where only one of them was made with its causes, its layers are those of the causes: they cannot be compared.
    """
    if then is None or now is None:
        return then is not now
    if then.half_open != now.half_open:
        return True
    if bool(then.primary_cause) is not bool(now.primary_cause):
        return False
    return (then.layer, then.primary_cause) != (now.layer, now.primary_cause)


def _state(row: ExplainedPair | None) -> PairState | None:
    if row is None:
        return None
    return PairState(
        row.verdict, row.half_open, row.layer, row.primary_cause, row.primary_cause_title, row.primary_gap_title
    )
