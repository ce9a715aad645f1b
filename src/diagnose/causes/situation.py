"""The facts that hold whatever the policies say: who calls, which role, how the call is made."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from diagnose.causes.facts import AccountFact, CallerFact, Fact, RequestFact, RoleFact, RoleKind
from diagnose.errors import XdiagError
from diagnose.evaluate.caller import SERVICE_PATH, Caller
from diagnose.evaluate.foreign import Foreign, foreign_account
from diagnose.evaluate.reported_error import refused_actions
from diagnose.model.arn import RESERVED_NAME, RESERVED_PATH, parse_role
from diagnose.model.case import GLOBAL_REGION, Case, Organization, Principal, Role
from diagnose.model.evidence import Evidence, Known
from diagnose.model.trace import Action

PROPAGATION = timedelta(minutes=5)
"""IAM is eventually consistent; what is younger than this may not have arrived everywhere.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

_T = TypeVar("_T")


def situation(case: Case) -> tuple[Fact, ...]:
    """Describe the caller, the role and the request; nothing where their ARNs cannot be read."""
    try:
        caller = Caller(case.snapshot.source, case.request.via)
        role = parse_role(case.request.role_arn)
    except XdiagError:
        return ()
    return (
        _caller(case, caller, role.account),
        _role(case, role.path),
        _request(case, caller, role.account, role.name),
        *_account(case),
    )


def _caller(case: Case, caller: Caller, account: str) -> CallerFact:
    source, organization = case.snapshot.source, case.snapshot.source.organization
    theirs = case.snapshot.destination.organization
    return CallerFact(
        kind=caller.kind,
        arn=caller.presumed_arn,
        origin=caller.origin,
        exists=_of(source.principal, lambda principal: principal is not None),
        same_account=caller.account == account,
        reserved=(caller.path or "").startswith(RESERVED_PATH) or caller.name.startswith(RESERVED_NAME),
        mfa=_of(source.session.mfa, lambda mfa: mfa),
        has_boundary=_of(source.boundary, lambda boundary: boundary is not None),
        in_organization=_of(organization, lambda known: known is not None),
        same_organization=_same(organization, theirs),
        management_account=_of(
            organization, lambda known: known is not None and known.management_account == caller.account
        ),
        new=isinstance(source.principal, Known) and _new(source.principal.value, case.snapshot.taken_at),
    )


def _account(case: Case) -> Iterator[AccountFact]:
    foreign = foreign_account(case)
    if foreign is not None:
        yield AccountFact(
            account=foreign.account,
            foreign=foreign.kind,
            meant=foreign.meant,
            vendor=foreign.vendor,
            named=foreign.named,
            # An account that differs in a digit may well exist, and be meant.
            settled=foreign.kind is not Foreign.TYPO,
        )


def _role(case: Case, path: str) -> RoleFact:
    role = case.snapshot.destination.role
    kind = RoleKind.NORMAL
    if path.startswith(SERVICE_PATH):
        kind = RoleKind.SERVICE_LINKED
    elif path.startswith(RESERVED_PATH):
        kind = RoleKind.RESERVED
    return RoleFact(
        kind=kind,
        exists=_of(role, lambda known: known is not None),
        new=isinstance(role, Known) and _new(role.value, case.snapshot.taken_at),
    )


def _request(case: Case, caller: Caller, account: str, name: str) -> RequestFact:
    request, session, endpoint = case.request, case.snapshot.source.session, case.snapshot.endpoint
    refused = refused_actions(case, caller)
    return RequestFact(
        operation=request.operation,
        via=request.via,
        chained=caller.has_role,
        switched=request.signed_in_as is not None,
        self_assumption=caller.has_role and (caller.account, caller.name) == (account, name),
        external_id_sent=request.parameters.external_id is not None,
        tags_sent=bool(request.parameters.tags),
        tags_inherited=_of(session.transitive_tag_keys, bool, unread=Action.TAG_SESSION in refused or None),
        source_identity_sent=request.parameters.source_identity is not None,
        source_identity_inherited=_of(
            session.source_identity,
            lambda known: known is not None,
            unread=Action.SET_SOURCE_IDENTITY in refused or None,
        ),
        global_endpoint=None if request.region is None else request.region == GLOBAL_REGION,
        through_endpoint=_of(endpoint, lambda known: known is not None),
        foreign_endpoint=_of(
            endpoint, lambda known: known is not None and known.owner not in ("", caller.account, account)
        ),
    )


def _of(evidence: Evidence[_T], answer: Callable[[_T], bool | None], *, unread: bool | None = None) -> bool | None:
    """Ask a question of evidence; `unread` is the answer where it was not read."""
    return answer(evidence.value) if isinstance(evidence, Known) else unread


def _same(one: Evidence[Organization | None], other: Evidence[Organization | None]) -> bool | None:
    if isinstance(one, Known) and isinstance(other, Known):
        return one.value is not None and other.value is not None and one.value.id == other.value.id
    absent = any(isinstance(side, Known) and side.value is None for side in (one, other))
    return False if absent else None


def _new(entity: Principal | Role | None, taken: str) -> bool:
    """Say whether it is known that a user or role was created shortly before; most are not, and few times are kept."""
    try:
        return entity is not None and timedelta() <= _since(entity.created_at, taken) < PROPAGATION
    except (ValueError, TypeError):
        return False


def _since(created: str, taken: str) -> timedelta:
    return datetime.fromisoformat(taken) - datetime.fromisoformat(created)
