"""How near a statement comes to applying: which statement was meant for this request.

A policy holds statements for many callers and actions. Those that come nearest are the ones worth talking of;
that an `ec2.amazonaws.com` statement does not fit an IAM user is no cause where another one names the user.
"""

from collections.abc import Iterable, Sequence

from diagnose.model.trace import Element, ElementTrace, Reason, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of

_UNLIKE = 8
"""Meant for something else altogether."""
_OTHER = 4
"""Of the right kind, but another one."""
_NEAR_MISS = 2
_CONDITION = 1

_UNLIKE_REASONS = frozenset(
    {
        Reason.NOT_LISTED,
        Reason.OTHER_SERVICE,
        Reason.SERVICES_ONLY,
        Reason.FEDERATED_ONLY,
        Reason.NEVER_A_PRINCIPAL,
        Reason.NOT_AN_ARN,
    }
)
_OTHER_REASONS = frozenset(
    {
        Reason.OTHER_PARTITION,
        Reason.OTHER_ACCOUNT,
        Reason.OTHER_TYPE,
        Reason.OTHER_NAME,
        Reason.OTHER_ID,
        Reason.OTHER_SERVICE_PRINCIPAL,
        Reason.FEDERATION_ONLY,
        Reason.COMPANION_ONLY,
    }
)


class Compared:
    """One element of a statement: the comparison that tells most of it, and whether the element holds."""

    __slots__ = ("holds", "trace")

    def __init__(self, trace: ElementTrace, holds: Tri) -> None:
        """Keep the nearest comparison and the answer of the whole element."""
        self.trace, self.holds = trace, holds


def compared(statement: StatementTrace) -> tuple[Compared, ...]:
    """List the elements of a statement: each condition, and of the others the value that comes nearest."""
    elements: list[Compared] = []
    for element in Element:
        traces = [trace for trace in statement.elements if trace.element is element]
        if element is Element.CONDITION:
            elements += [Compared(trace, trace.verdict) for trace in traces]
        elif traces:
            verdicts = [trace.verdict for trace in traces]
            holds = all_of(verdicts) if traces[0].negated else any_of(verdicts)
            # One that holds says nothing of why the element fails, and the other way round.
            telling = [trace for trace in traces if trace.verdict is holds]
            elements.append(Compared(min(telling, key=_cost), holds))
    return tuple(elements)


def distance(statement: StatementTrace) -> float:
    """Say how far a statement is from applying: 0 where it applies; what is unknown weighs half."""
    return sum(_cost(each.trace) * _DOUBT[each.holds] for each in compared(statement))


def nearest(statements: Sequence[StatementTrace]) -> tuple[StatementTrace, ...]:
    """Give the statements that come nearest to applying, all of them where several are as near."""
    distances = [distance(statement) for statement in statements]
    least = min(distances, default=0.0)
    return tuple(each for each, far in zip(statements, distances, strict=True) if far == least)


def alone(this: Compared, elements: Iterable[Compared]) -> Tri:
    """Say whether this element alone keeps its statement from applying."""
    return all_of([~this.holds, *(other.holds for other in elements if other is not this)])


_DOUBT = {YES: 0.0, UNKNOWN: 0.5, NO: 1.0}


def _cost(trace: ElementTrace) -> int:
    if trace.element is Element.CONDITION:
        return _CONDITION
    if trace.reason in _UNLIKE_REASONS:
        return _UNLIKE
    return _OTHER if trace.reason in _OTHER_REASONS else _NEAR_MISS
