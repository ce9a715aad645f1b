"""The sides of a case, worked out once and shared by all the cases that they are part of.

In a batch the same side comes again in many pairs; what is worked out is kept beside it.
"""

from functools import lru_cache

from diagnose.evaluate.caller import RESERVED_PATH, SERVICE_PATH, Asker
from diagnose.evaluate.gates import caller_gates
from diagnose.evaluate.kept import ObjectMemo
from diagnose.evaluate.layers import ENDPOINT, OF_DESTINATION, OF_SOURCE, of_endpoint
from diagnose.evaluate.sheet import Sheet, sheet_of
from diagnose.model.arn import parse_role
from diagnose.model.case import Case, DestinationSide, Endpoint, SourceSide, Via
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import UNKNOWN, tri


class SourceView:
    """The caller's side. It does not hold the side itself, beside which it is kept."""

    __slots__ = ("_open", "_plain", "_sheets", "asker", "bounded")

    def __init__(self, source: SourceSide, via: Via) -> None:
        """Raises XdiagError when the source is no ARN of a caller."""
        self.asker = Asker(source, via)
        self._plain: bool | None = None
        self._open: dict[Action, list[tuple[Layer, Sheet]]] = {}
        self._sheets: dict[Layer, Sheet] = {}
        self.bounded = tri(source.boundary.value is not None) if isinstance(source.boundary, Known) else UNKNOWN

    def plain(self, source: SourceSide) -> bool:
        """Say that the side passes every gate, and hands on neither tags nor a source identity."""
        if self._plain is None:
            self._plain = not any(caller_gates(source, self.asker)) and not self._hands_on(source)
        return self._plain

    def sheet(self, layer: Layer, source: SourceSide) -> Sheet:
        """Give the policies of a layer on this side."""
        sheet = self._sheets.get(layer)
        if sheet is None:
            row, attached = OF_SOURCE[layer]
            sheet = self._sheets[layer] = sheet_of(row, attached(source, self.asker))
        return sheet

    def open_sheets(self, action: Action, source: SourceSide) -> list[tuple[Layer, Sheet]]:
        """Give the layers on this side that can keep an action from passing."""
        found = self._open.get(action)
        if found is None:
            found = self._open[action] = []
            for layer in OF_SOURCE:
                sheet = self.sheet(layer, source)
                if sheet.pages and sheet.open_briefs(action):
                    found.append((layer, sheet))
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
    """The role's side. `plain` says that the role exists, and is one that people and roles may assume.

    It does not hold the side itself, beside which it is kept.
    """

    __slots__ = ("_sheets", "plain", "role")

    def __init__(self, destination: DestinationSide, role_arn: str) -> None:
        """Raises XdiagError when the role is no ARN of one."""
        self.role = parse_role(role_arn)
        self._sheets: dict[Layer, Sheet] = {}
        known = destination.role
        exists = not isinstance(known, Known) or (known.value is not None and known.value.arn == role_arn)
        self.plain = exists and not self.role.path.startswith((SERVICE_PATH, RESERVED_PATH))

    def sheet(self, layer: Layer, destination: DestinationSide) -> Sheet:
        """Give the policies of a layer on this side."""
        sheet = self._sheets.get(layer)
        if sheet is None:
            row, attached = OF_DESTINATION[layer]
            sheet = self._sheets[layer] = sheet_of(row, attached(destination, self.role))
        return sheet


_sources: ObjectMemo[SourceView] = ObjectMemo()
_roles: ObjectMemo[DestinationView] = ObjectMemo()
_endpoints: ObjectMemo[Sheet] = ObjectMemo()


def source_view(case: Case) -> SourceView:
    """Give the view of a case's source."""
    source, via = case.snapshot.source, case.request.via
    return _sources.find(source, via) or _sources.offer(source, via, SourceView(source, via))


def destination_view(case: Case) -> DestinationView:
    """Give the view of a case's role."""
    destination, arn = case.snapshot.destination, case.request.role_arn
    return _roles.find(destination, arn) or _roles.offer(destination, arn, DestinationView(destination, arn))


def endpoint_sheet(endpoint: Evidence[Endpoint | None]) -> Sheet:
    """Give the sheet of a VPC endpoint."""
    if isinstance(endpoint, Unread):
        return _unread_endpoint(endpoint)
    if endpoint.value is None:
        return _NO_ENDPOINT
    used = endpoint.value
    return _endpoints.find(used, "") or _endpoints.offer(used, "", sheet_of(ENDPOINT, of_endpoint(endpoint)))


@lru_cache
def _unread_endpoint(gap: Unread) -> Sheet:
    return sheet_of(ENDPOINT, of_endpoint(gap))


_NO_ENDPOINT = sheet_of(ENDPOINT, of_endpoint(Known(None)))
