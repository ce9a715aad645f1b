"""The sides of a case, worked out once and shared by all the cases that they are part of.

In a batch the same side comes again in many pairs. A side is recognised by identity: the views keep it alive, so that
its identity cannot pass to another.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from diagnose.evaluate.caller import RESERVED_PATH, SERVICE_PATH, Asker
from diagnose.evaluate.gates import caller_gates
from diagnose.evaluate.layers import ENDPOINT, OF_DESTINATION, OF_SOURCE, RCP, of_endpoint
from diagnose.evaluate.sheet import Sheet
from diagnose.model.arn import parse_role
from diagnose.model.case import Case, DestinationSide, Endpoint, SourceSide, Via
from diagnose.model.evidence import Evidence, Known
from diagnose.model.trace import Layer
from diagnose.model.tri import UNKNOWN, tri

_MOST_KEPT = 50_000
V = TypeVar("V")


class SourceView:
    """The caller's side. `plain` says that it passes every gate and hands on neither tags nor a source identity."""

    __slots__ = ("asker", "bounded", "plain", "sheets")

    def __init__(self, source: SourceSide, via: Via) -> None:
        """Raises XdiagError when the source is no ARN of a caller."""
        self.asker = Asker(source, via)
        self.sheets = {row.layer: Sheet(row, attached(source, self.asker)) for row, attached in OF_SOURCE}
        self.bounded = tri(source.boundary.value is not None) if isinstance(source.boundary, Known) else UNKNOWN
        self.plain = not any(caller_gates(source, self.asker)) and not self._hands_on(source)

    def _hands_on(self, source: SourceSide) -> bool:
        session = source.session
        return self.asker.has_role and not (
            session.transitive_tag_keys == _NOTHING_HANDED_ON
            and isinstance(session.source_identity, Known)
            and session.source_identity.value is None
        )


_NOTHING_HANDED_ON: Known[tuple[str, ...]] = Known(())


class DestinationView:
    """The role's side. `plain` says that the role exists, and is one that people and roles may assume."""

    __slots__ = ("plain", "role", "sheets")

    def __init__(self, destination: DestinationSide, role_arn: str) -> None:
        """Raises XdiagError when the role is no ARN of one."""
        self.role = parse_role(role_arn)
        self.sheets = {row.layer: Sheet(row, attached(destination, self.role)) for row, attached in OF_DESTINATION}
        known = destination.role
        exists = not isinstance(known, Known) or (known.value is not None and known.value.arn == role_arn)
        self.plain = exists and not self.role.path.startswith((SERVICE_PATH, RESERVED_PATH))


class _Kept(Generic[V]):
    """Values by the identity of what they were made of, and one more key."""

    def __init__(self) -> None:
        self._values: dict[tuple[int, object], tuple[object, V]] = {}

    def get(self, of: object, key: object, make: Callable[[], V]) -> V:
        """Give the value, made anew only if it is not there. The oldest go together, which is seldom."""
        found = self._values.get((id(of), key))
        if found is not None:
            return found[1]
        if len(self._values) >= _MOST_KEPT:
            self._values.clear()
        value = make()
        self._values[id(of), key] = (of, value)
        return value


_sources: _Kept[SourceView] = _Kept()
_destinations: _Kept[DestinationView] = _Kept()
_endpoints: _Kept[Sheet] = _Kept()


def source_view(case: Case) -> SourceView:
    """Give the view of a case's source."""
    source, via = case.snapshot.source, case.request.via
    return _sources.get(source, via, lambda: SourceView(source, via))


def destination_view(case: Case) -> DestinationView:
    """Give the view of a case's role."""
    destination, role_arn = case.snapshot.destination, case.request.role_arn
    return _destinations.get(destination, role_arn, lambda: DestinationView(destination, role_arn))


def endpoint_sheet(endpoint: Evidence[Endpoint | None]) -> Sheet:
    """Give the sheet of a VPC endpoint."""
    return _endpoints.get(endpoint, None, lambda: Sheet(ENDPOINT, of_endpoint(endpoint)))


def rcp_sheet(source: SourceView, destination: DestinationView) -> Sheet:
    """Give the sheet of the RCPs, which do not reach a caller that is service-linked."""
    return _NOT_REACHED if source.asker.service_linked else destination.sheets[Layer.RCP]


_NOT_REACHED = Sheet(RCP, "the caller is a service-linked role")
