"""A snapshot of both sides, read from AWS with the credentials at hand."""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from diagnose.aws.identity import Identity, identify
from diagnose.aws.patience import Later, at_once
from diagnose.aws.session import Credentials
from diagnose.collect.endpoint import read_endpoint
from diagnose.collect.guardrails import GuardrailKind, Guardrails, read_guardrails
from diagnose.collect.iam import IdentifiedCredentials, Reader, reader_of
from diagnose.collect.organization import Administrator, read_organization
from diagnose.collect.pod import read_pod
from diagnose.collect.provider import with_providers
from diagnose.collect.role import read_destination
from diagnose.collect.source import read_source, session_evidence
from diagnose.errors import NothingReadError
from diagnose.model.arn import CallerArn, CallerKind, RoleArn, account_of, parse_caller, parse_role
from diagnose.model.case import DestinationSide, Endpoint, Organization, Request, Snapshot
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Unread
from diagnose.model.pod import Pod
from diagnose.model.policy import PolicyKind


def read_snapshot(
    request: Request,
    source_arn: str,
    source: Credentials | None,
    destination: Credentials | None,
    organization: Credentials | None = None,
    *,
    vpc_endpoint: str | None = None,
    pod: Pod | None = None,
    progress: Callable[[str], None],
    now: str,
) -> Snapshot:
    """Read both sides, each with credentials of its own account; whatever cannot be read becomes a gap.

    SCPs and RCPs are read with the credentials for the organization, or else with those of a side, if they may.
    AWS does not say which VPC endpoint a request goes through, so only the one that is named is looked for. `progress`
    is called with each step before it is taken. The cluster of `pod` is read with the source's credentials, unless its
    account is known to be that of the others.

    Raises NothingGatheredError where nothing at all could be read, and XdiagError for an ARN or an endpoint that is
    not one or an AWS configuration that cannot be used.
    """
    caller, role = parse_caller(source_arn), parse_role(request.role_arn)
    endpoint = Later(lambda: _endpoint(vpc_endpoint, source, request, progress))
    distinct = list(dict.fromkeys((source, destination, organization)))
    identified = dict(zip(distinct, at_once(partial(_identified, each, progress) for each in distinct), strict=True))
    own, other, named = identified[source], identified[destination], identified[organization]
    source_reader, destination_reader = reader_of(caller.account, own, other), reader_of(role.account, other, own)
    identity = source_reader.identity if isinstance(source_reader, Reader) else None
    administrators = _administrators(named, [each for each in (own, other) if each is not None], progress)

    def guardrails(account: str, reader: Reader | Unread, kind: GuardrailKind) -> Guardrails:
        theirs = _organization_of(account, reader, administrators, progress)
        return read_guardrails(account, theirs, kind, administrators)

    reading_source = Later(lambda: read_source(caller, source_reader, progress))
    reading_rcps = Later(lambda: guardrails(role.account, destination_reader, PolicyKind.RCP))
    scps = Guardrails(NOT_SUPPLIED, NOT_SUPPLIED)
    reading_scps = Later(lambda: guardrails(caller.account, source_reader, PolicyKind.SCP) if caller.account else scps)
    reading_providers = Later(lambda: with_providers(DestinationSide(), caller, role, destination_reader, progress))
    reading_pod = Later(lambda: _pod(pod, caller, role, (own, other), request.region, progress))
    destination_side = read_destination(role, destination_reader, progress)
    providers = reading_providers.get()
    source_side, rcps, scps = reading_source.get(), reading_rcps.get(), reading_scps.get()
    snapshot = Snapshot(
        source=replace(
            source_side,
            session=session_evidence(caller, identity, request.via),
            organization=scps.organization,
            scps=scps.levels,
            pod=reading_pod.get(),
        ),
        destination=replace(
            destination_side,
            organization=rcps.organization,
            rcps=rcps.levels,
            oidc_providers=providers.oidc_providers,
            saml_providers=providers.saml_providers,
        ),
        endpoint=endpoint.get(),
        taken_at=now,
    )
    if _is_empty(snapshot):
        why = [gap.detail for gap in (source_side.principal, destination_side.role) if isinstance(gap, Unread)]
        hint = "; ".join(dict.fromkeys(filter(None, why)))
        raise NothingReadError("nothing could be read on either side", hint=hint)
    return snapshot


_NO_ENDPOINT_NAMED = Unread(detail="if the request goes through a VPC endpoint, name it with --vpc-endpoint")


def _endpoint(
    named: str | None, source: Credentials | None, request: Request, progress: Callable[[str], None]
) -> Evidence[Endpoint | None]:
    if named is None:
        return _NO_ENDPOINT_NAMED
    return read_endpoint(named, source, request.region or (source.region if source else ""), progress)


def _pod(
    pod: Pod | None,
    caller: CallerArn,
    role: RoleArn,
    given: tuple[IdentifiedCredentials | None, IdentifiedCredentials | None],
    region: str | None,
    progress: Callable[[str], None],
) -> Pod | None:
    """Read the cluster of a pod. EKS Pod Identity has cluster and role in one account; a token may be of any cluster.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
    """
    if pod is None:
        return None
    own, other = given
    issuer = caller.arn if caller.kind is CallerKind.WEB_IDENTITY else None
    account = account_of(pod.cluster) or (role.account if issuer is None else _account_of(own) or _account_of(other))
    reader = reader_of(account, own, other)
    where = region or (reader.credentials.region if isinstance(reader, Reader) else "")
    return read_pod(pod, issuer, reader, where, progress)


def _account_of(identified: IdentifiedCredentials | None) -> str:
    identity = identified.identity if identified is not None else None
    return identity.account if isinstance(identity, Identity) else ""


def _identified(credentials: Credentials | None, progress: Callable[[str], None]) -> IdentifiedCredentials | None:
    if credentials is None:
        return None
    progress(f"asking AWS who signs with {credentials.label}")
    return IdentifiedCredentials(credentials, identify(credentials))


def _administrators(
    named: IdentifiedCredentials | None, of_sides: Sequence[IdentifiedCredentials], progress: Callable[[str], None]
) -> Sequence[Administrator]:
    """Say who may read an organization's policies, the credentials that were given for it first."""
    return (
        *((Administrator(named, progress, named=True),) if named is not None else ()),
        *(Administrator(other, progress, named=False) for other in dict.fromkeys(of_sides) if other is not named),
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
