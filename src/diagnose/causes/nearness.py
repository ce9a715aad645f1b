"""How near a statement comes to applying: what was compared of it, how far off it is, and what alone is in its way."""

from collections.abc import Iterable, Iterator, Sequence

from diagnose.model.trace import Element, ElementTrace, Reason, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of

CLOSE = 2
"""How far what somebody meant for this request, and wrote a little wrong, is from it."""

_ELEMENTS = tuple(Element)


def compared(statement: StatementTrace) -> tuple[ElementTrace, ...]:
    """List what was compared of a statement, element by element: each has one comparison, and each condition one."""
    return tuple(trace for element in _ELEMENTS for trace in statement.elements if trace.element is element)


def distance(statement: StatementTrace) -> float:
    """Say how far a statement is from applying: 0 where it applies; what is unknown weighs half."""
    return distance_of(compared(statement))


def distance_of(elements: Iterable[ElementTrace]) -> float:
    """Say the same of a statement whose elements are listed already."""
    return sum(_cost(each) * _DOUBT[each.verdict] for each in elements)


def nearest(statements: Sequence[StatementTrace]) -> tuple[StatementTrace, ...]:
    """Give the statements that come nearest to applying, all of them where several are as near."""
    distances = [distance(statement) for statement in statements]
    least = min(distances, default=0.0)
    return tuple(each for each, far in zip(statements, distances, strict=True) if far == least)


def alone(elements: Sequence[ElementTrace]) -> Iterator[Tri]:
    """Say of each element whether it alone keeps its statement from applying."""
    least = sorted(each.verdict for each in elements)[:2]
    for this in elements:
        least_of_others = least[1:] if this.verdict is least[0] else least[:1]
        yield all_of([~this.verdict, *least_of_others])


_UNLIKE = 8
"""Meant for something else altogether."""
_OTHER = 4
"""Of the right kind, but another one."""
_CONDITION = 1


_UNLIKE_REASONS = frozenset(
    {
        Reason.NOT_LISTED,
        Reason.OTHER_SERVICE,
        Reason.SERVICES_ONLY,
        Reason.FEDERATED_ONLY,
        Reason.SIGNERS_ONLY,
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
        Reason.OTHER_PROVIDER,
        Reason.FEDERATION_ONLY,
        Reason.ASSUME_ROLE_ONLY,
        Reason.OTHER_FEDERATION,
        Reason.COMPANION_ONLY,
    }
)


_DOUBT = {YES: 0.0, UNKNOWN: 0.5, NO: 1.0}


def _cost(trace: ElementTrace) -> int:
    if trace.element is Element.CONDITION:
        return _CONDITION
    if trace.reason in _UNLIKE_REASONS:
        return _UNLIKE
    return _OTHER if trace.reason in _OTHER_REASONS else CLOSE
