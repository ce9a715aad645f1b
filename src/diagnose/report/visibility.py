"""How much of each side of a case was seen; apart from the JSON that says so, for rows of findings say it, too."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.case import Case, DestinationSide, SourceSide
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Level, PolicySet
from diagnose.report.json_words import Visibility


def source_visibility(case: Case) -> Visibility:
    """Say how much of the caller's side was seen: the principal, its policies, boundary and SCPs.

    What no AWS API tells, such as the session policy of a live session, is not counted.
    """
    return _visibility(list(_source(case.snapshot.source)))


def destination_visibility(case: Case) -> Visibility:
    """Say how much of the role's side was seen: the role, its trust policy and RCPs."""
    return _visibility(list(_destination(case.snapshot.destination)))


def _visibility(seen: list[bool]) -> Visibility:
    if all(seen):
        return "full"
    return "partial" if any(seen) else "none"


def _source(side: SourceSide) -> Iterator[bool]:
    yield from _read(side.principal)
    yield from _all_read(side.identity_policies)
    yield from _read(side.boundary)
    yield from _levels_read(side.scps)


def _destination(side: DestinationSide) -> Iterator[bool]:
    yield from _read(side.role)
    yield from _read(side.trust_policy)
    yield from _levels_read(side.rcps)


def _read(evidence: Evidence[object]) -> Iterator[bool]:
    match evidence:
        case Known():
            yield True
        case Unread(gap=Gap.NO_API):
            return
        case Unread():
            yield False
        case _:
            assert_never(evidence)


def _levels_read(levels: Evidence[tuple[Level, ...]]) -> Iterator[bool]:
    yield from _read(levels)
    if isinstance(levels, Known):
        for level in levels.value:
            yield from _all_read(level.policies)


def _all_read(policies: PolicySet) -> Iterator[bool]:
    """Say that policies were read where any was, or where there are none; and of each gap that it is one."""
    if policies.policies or not policies.unread:
        yield True
    for gap in policies.unread:
        yield from _read(gap)
