"""The sides of a case, worked out once and shared by all the cases that they are part of.

In a batch the same side comes again in many pairs. A side is recognised by identity: the views keep it alive, so that
its identity cannot pass to another.
"""

from diagnose.evaluate.caller import RESERVED_PATH, SERVICE_PATH, Asker
from diagnose.evaluate.gates import caller_gates
from diagnose.evaluate.kept import Kept
from diagnose.evaluate.layers import ENDPOINT, OF_DESTINATION, OF_SOURCE, RCP, of_endpoint
from diagnose.evaluate.sheet import Sheet
from diagnose.model.arn import parse_role
from diagnose.model.case import Case, DestinationSide, Endpoint, SourceSide, Via
from diagnose.model.evidence import Evidence, Known
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import UNKNOWN, tri


class SourceView:
    """The caller's side. `plain` says that it passes every gate and hands on neither tags nor a source identity."""

    __slots__ = ("_open", "_sheets", "_source", "asker", "bounded", "plain")

    def __init__(self, source: SourceSide, via: Via) -> None:
        """Raises XdiagError when the source is no ARN of a caller."""
        self.asker = Asker(source, via)
        self._source = source
        self._open: dict[Action, tuple[tuple[Layer, Sheet], ...]] = {}
        self._sheets: dict[Layer, Sheet] = {}
        self.bounded = tri(source.boundary.value is not None) if isinstance(source.boundary, Known) else UNKNOWN
        self.plain = not any(caller_gates(source, self.asker)) and not self._hands_on(source)

    def sheet(self, layer: Layer) -> Sheet:
        """Give the policies of a layer on this side."""
        sheet = self._sheets.get(layer)
        if sheet is None:
            row, attached = OF_SOURCE[layer]
            sheet = self._sheets[layer] = Sheet(row, attached(self._source, self.asker))
        return sheet

    def open_sheets(self, action: Action) -> tuple[tuple[Layer, Sheet], ...]:
        """Give the layers on this side that can keep an action from passing."""
        found = self._open.get(action)
        if found is None:
            sheets = ((layer, self.sheet(layer)) for layer in OF_SOURCE)
            found = self._open[action] = tuple(one for one in sheets if one[1].open_briefs(action))
        return found

    def _hands_on(self, source: SourceSide) -> bool:
        session = source.session
        return self.asker.has_role and not (
            isinstance(session.transitive_tag_keys, Known)
            and not session.transitive_tag_keys.value
            and isinstance(session.source_identity, Known)
            and session.source_identity.value is None
        )


class DestinationView:
    """The role's side. `plain` says that the role exists, and is one that people and roles may assume."""

    __slots__ = ("_destination", "_sheets", "plain", "role")

    def __init__(self, destination: DestinationSide, role_arn: str) -> None:
        """Raises XdiagError when the role is no ARN of one."""
        self.role = parse_role(role_arn)
        self._destination = destination
        self._sheets: dict[Layer, Sheet] = {}
        known = destination.role
        exists = not isinstance(known, Known) or (known.value is not None and known.value.arn == role_arn)
        self.plain = exists and not self.role.path.startswith((SERVICE_PATH, RESERVED_PATH))

    def sheet(self, layer: Layer) -> Sheet:
        """Give the policies of a layer on this side."""
        sheet = self._sheets.get(layer)
        if sheet is None:
            row, attached = OF_DESTINATION[layer]
            sheet = self._sheets[layer] = Sheet(row, attached(self._destination, self.role))
        return sheet


_sources: Kept[SourceView] = Kept()
_destinations: Kept[DestinationView] = Kept()
_endpoints: Kept[Sheet] = Kept()


def source_view(case: Case) -> SourceView:
    """Give the view of a case's source."""
    source, via = case.snapshot.source, case.request.via
    key = (id(source), via)
    return _sources.find(key) or _sources.make(key, lambda: SourceView(source, via), alive=source)


def destination_view(case: Case) -> DestinationView:
    """Give the view of a case's role."""
    destination, arn = case.snapshot.destination, case.request.role_arn
    key = (id(destination), arn)
    return _destinations.find(key) or _destinations.make(
        key, lambda: DestinationView(destination, arn), alive=destination
    )


def endpoint_sheet(endpoint: Evidence[Endpoint | None]) -> Sheet:
    """Give the sheet of a VPC endpoint."""
    if isinstance(endpoint, Known) and endpoint.value is None:
        return _NO_ENDPOINT
    key = id(endpoint)
    return _endpoints.find(key) or _endpoints.make(key, lambda: Sheet(ENDPOINT, of_endpoint(endpoint)), alive=endpoint)


def rcp_sheet(source: SourceView, destination: DestinationView) -> Sheet:
    """Give the sheet of the RCPs, which do not reach a caller that is service-linked."""
    return _NOT_REACHED if source.asker.service_linked else destination.sheet(Layer.RCP)


_NO_ENDPOINT = Sheet(ENDPOINT, of_endpoint(Known(None)))
_NOT_REACHED = Sheet(RCP, "the caller is a service-linked role")
