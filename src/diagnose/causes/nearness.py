"""How near a statement comes to applying: what explains best of each element why it does not, and how far off it is."""

from collections.abc import Iterable, Iterator, Sequence

from diagnose.model.trace import Element, ElementTrace, Reason, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of

CLOSE = 2
"""How far what somebody meant for this request, and wrote a little wrong, is from it."""

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_ELEMENTS, _CONDITION_ELEMENT = tuple(Element), Element.CONDITION


class ComparedElement:
    """One element of a statement: the comparison that explains it best, and whether the element holds."""

    __slots__ = ("holds", "trace")

    def __init__(self, trace: ElementTrace, holds: Tri) -> None:
        """Keep the nearest comparison and the answer of the whole element."""
        self.trace, self.holds = trace, holds


def compared(statement: StatementTrace) -> tuple[ComparedElement, ...]:
    """List the elements of a statement: each condition, and of the others the value that comes nearest."""
    elements: list[ComparedElement] = []
    for element in _ELEMENTS if statement.elements else ():
        traces = [trace for trace in statement.elements if trace.element is element]
        if element is _CONDITION_ELEMENT or len(traces) == 1:
            elements += [ComparedElement(trace, trace.verdict) for trace in traces]
        elif traces:
            verdicts = [trace.verdict for trace in traces]
            holds = all_of(verdicts) if traces[0].negated else any_of(verdicts)
            # One that holds says nothing of why the element fails, and the other way round.
            telling = [trace for trace in traces if trace.verdict is holds]
            elements.append(ComparedElement(min(telling, key=_cost), holds))
    return tuple(elements)


def distance(statement: StatementTrace) -> float:
    """Say how far a statement is from applying: 0 where it applies; what is unknown weighs half."""
    return distance_of(compared(statement))


def distance_of(elements: Iterable[ComparedElement]) -> float:
    """Say the same of a statement whose elements are listed already."""
    return sum(_cost(each.trace) * _DOUBT[each.holds] for each in elements)


def nearest(statements: Sequence[StatementTrace]) -> tuple[StatementTrace, ...]:
    """Give the statements that come nearest to applying, all of them where several are as near."""
    distances = [distance(statement) for statement in statements]
    least = min(distances, default=0.0)
    return tuple(each for each, far in zip(statements, distances, strict=True) if far == least)


def alone(elements: Sequence[ComparedElement]) -> Iterator[Tri]:
    """Say of each element whether it alone keeps its statement from applying."""
    least = sorted(each.holds for each in elements)[:2]
    for this in elements:
        least_of_others = least[1:] if this.holds is least[0] else least[:1]
        yield all_of([~this.holds, *least_of_others])


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
