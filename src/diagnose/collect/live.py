"""A snapshot of both sides, read from AWS with the credentials at hand."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from diagnose.aws.identity import identify
from diagnose.aws.session import Credentials
from diagnose.collect.endpoint import read_endpoint
from diagnose.collect.guardrails import Guardrails, read_guardrails
from diagnose.collect.iam import IdentifiedCredentials, Reader, reader_of
from diagnose.collect.organization import Administrator, read_organization
from diagnose.collect.role import read_destination
from diagnose.collect.source import read_source, session_evidence
from diagnose.errors import NothingReadError
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Endpoint, Organization, Request, Snapshot
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Unread
from diagnose.model.policy import PolicyKind


def read_snapshot(
    request: Request,
    source_arn: str,
    source: Credentials | None,
    destination: Credentials | None,
    organization: Credentials | None = None,
    *,
    vpc_endpoint: str | None = None,
    progress: Callable[[str], None],
    now: str,
) -> Snapshot:
    """Read both sides, each with credentials of its own account; whatever cannot be read becomes a gap.

    SCPs and RCPs are read with the credentials for the organization, or else with those of a side, if they may.
    AWS does not say which VPC endpoint a request goes through, so only the one that is named is looked for. `progress`
    is called with each step before it is taken.

    Raises NothingGatheredError where nothing at all could be read, and XdiagError for an ARN or an endpoint that is
    not one or an AWS configuration that cannot be used.
    """
    caller, role = parse_caller(source_arn), parse_role(request.role_arn)
    endpoint: Evidence[Endpoint | None] = _NO_ENDPOINT_NAMED
    if vpc_endpoint is not None:
        region = request.region or (source.region if source else "")
        endpoint = read_endpoint(vpc_endpoint, source, region, progress)
    own = _identified(source, progress)
    other = own if destination is source else _identified(destination, progress)
    source_reader, destination_reader = reader_of(caller.account, own, other), reader_of(role.account, other, own)
    identity = source_reader.identity if isinstance(source_reader, Reader) else None
    source_side = read_source(caller, source_reader, progress)
    destination_side = read_destination(role, destination_reader, progress)

    administrators = _administrators(organization, [each for each in (own, other) if each is not None], progress)
    there = _organization_of(role.account, destination_reader, administrators, progress)
    rcps = read_guardrails(role.account, there, PolicyKind.RCP, administrators)
    scps = Guardrails(NOT_SUPPLIED, NOT_SUPPLIED)
    if caller.account:  # neither a service nor who presents a token has one
        here = _organization_of(caller.account, source_reader, administrators, progress)
        scps = read_guardrails(caller.account, here, PolicyKind.SCP, administrators)
    snapshot = Snapshot(
        source=replace(
            source_side,
            session=session_evidence(caller, identity, request.via),
            organization=scps.organization,
            scps=scps.levels,
        ),
        destination=replace(destination_side, organization=rcps.organization, rcps=rcps.levels),
        endpoint=endpoint,
        taken_at=now,
    )
    if _is_empty(snapshot):
        why = [gap.detail for gap in (source_side.principal, destination_side.role) if isinstance(gap, Unread)]
        hint = "; ".join(dict.fromkeys(filter(None, why)))
        raise NothingReadError("nothing could be read on either side", hint=hint)
    return snapshot


_NO_ENDPOINT_NAMED = Unread(detail="if the request goes through a VPC endpoint, name it with --vpc-endpoint")


def _identified(credentials: Credentials | None, progress: Callable[[str], None]) -> IdentifiedCredentials | None:
    if credentials is None:
        return None
    progress(f"asking AWS who signs with {credentials.label}")
    return IdentifiedCredentials(credentials, identify(credentials))


def _administrators(
    organization: Credentials | None, of_sides: Sequence[IdentifiedCredentials], progress: Callable[[str], None]
) -> Sequence[Administrator]:
    """Say who may read an organization's policies, the credentials that were given for it first."""
    known = {identified.credentials: identified for identified in of_sides}
    named = known.get(organization) or _identified(organization, progress) if organization is not None else None
    return (
        *((Administrator(named, progress, named=True),) if named is not None else ()),
        *(Administrator(other, progress, named=False) for other in known.values() if other is not named),
    )


def _organization_of(
    account: str,
    reader: Reader | Unread,
    administrators: Sequence[Administrator],
    progress: Callable[[str], None],
) -> Evidence[Organization | None]:
    """Read the organization of an account; with credentials that read it anyway, once."""
    for administrator in administrators:
        if administrator.account == account:
            return administrator.organization
    return read_organization(account, reader, progress)


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
