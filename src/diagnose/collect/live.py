"""What AWS itself tells of both sides, read with the credentials at hand."""

from collections.abc import Callable

from msgspec.structs import replace

from diagnose.aws.identity import identify
from diagnose.aws.session import Side
from diagnose.collect.destination import read_destination
from diagnose.collect.identity import read_source
from diagnose.collect.organization import read_organization
from diagnose.collect.readers import Held, Reader, reader_of
from diagnose.collect.sessions import session_of
from diagnose.errors import NothingGatheredError
from diagnose.model.arn import Caller, CallerKind, parse_caller, parse_role
from diagnose.model.case import Organization, Request, Snapshot
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known, Unread
from diagnose.model.policy import Level


def gather(
    request: Request,
    source_arn: str,
    source: Side | None,
    destination: Side | None,
    *,
    progress: Callable[[str], None],
    now: str,
) -> Snapshot:
    """Read both sides, each with credentials of its own account; whatever cannot be read becomes a gap.

    `progress` is told of each step before it is taken. The contents of SCPs and RCPs, and the VPC endpoint, are not
    looked for.

    Raises NothingGatheredError where nothing at all could be read, and XdiagError for an ARN that is none or an AWS
    configuration that cannot be used.
    """
    caller, role = parse_caller(source_arn), parse_role(request.role_arn)
    own = _held(source, progress)
    other = own if destination is source else _held(destination, progress)
    source_reader, destination_reader = reader_of(caller.account, own, other), reader_of(role.account, other, own)
    identity = source_reader.identity if isinstance(source_reader, Reader) else None

    source_side = read_source(caller, source_reader, progress)
    destination_side = read_destination(role, destination_reader, progress)
    there = read_organization(role.account, destination_reader, progress)
    here = there if caller.account == role.account else _organization_of(caller, source_reader, progress)
    snapshot = Snapshot(
        source=replace(
            source_side,
            session=session_of(caller, identity, request.via),
            organization=here,
            scps=_none_outside(here),
        ),
        destination=replace(destination_side, organization=there, rcps=_none_outside(there)),
        taken_at=now,
    )
    if _is_empty(snapshot):
        why = [gap.detail for gap in (source_side.principal, destination_side.role) if isinstance(gap, Unread)]
        hint = "; ".join(dict.fromkeys(filter(None, why)))
        raise NothingGatheredError("nothing could be read on either side", hint=hint)
    return snapshot


def _held(side: Side | None, progress: Callable[[str], None]) -> Held | None:
    if side is None:
        return None
    progress(f"asking AWS who signs with {side.label}")
    return Held(side, identify(side))


def _organization_of(
    caller: Caller, reader: Reader | Unread, progress: Callable[[str], None]
) -> Evidence[Organization | None]:
    """Read the caller's organization; an AWS service has none."""
    if caller.kind is CallerKind.SERVICE:
        return NOT_SUPPLIED
    return read_organization(caller.account, reader, progress)


def _none_outside(organization: Evidence[Organization | None]) -> Evidence[tuple[Level, ...]]:
    """An account outside any organization has no SCPs and no RCPs; of others they are not read."""
    if isinstance(organization, Known) and organization.value is None:
        return Known((), organization.source)
    return NOT_SUPPLIED


def _is_empty(snapshot: Snapshot) -> bool:
    source, destination = snapshot.source, snapshot.destination
    policies = source.identity_policies
    evidence = (
        source.principal,
        source.boundary,
        source.organization,
        destination.role,
        destination.other_roles,
        destination.organization,
    )
    return not policies.policies and bool(policies.unread) and all(isinstance(each, Unread) for each in evidence)
