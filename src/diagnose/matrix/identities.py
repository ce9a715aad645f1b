"""Who may call, and what may be called: every user and role of the dumps, as the two sides of a case."""

from collections.abc import Iterator, Set
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from diagnose.collect.evidence.account_details import AccountDetails, destination_side, source_side
from diagnose.collect.evidence.organization_file import AccountLimits
from diagnose.errors import XdiagError
from diagnose.matrix.accounts import Dumps
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.case import Case, DestinationSide, Request, Session, Snapshot, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Layer


class Source(Struct, frozen=True):
    """A user, or a role whose session calls. `name` is without its path; `unique_id` is empty where it is not known.

    `unknown` are condition keys of which nothing is known, whatever the side says.
    """

    arn: str
    account: str
    name: str
    unique_id: str
    side: SourceSide
    unknown: tuple[str, ...] = ()


class Destination(Struct, frozen=True):
    """A role, and the request that is made for it."""

    arn: str
    account: str
    request: Request
    side: DestinationSide


class Identities(Struct, frozen=True):
    """All sources and destinations; `mistakes` are about those that could not be taken."""

    sources: list[Source]
    destinations: list[Destination]
    mistakes: list[XdiagError]


def identities(dumps: Dumps, without: Set[Layer] = frozenset()) -> Identities:
    """Give every user and role of the dumps as a source, and every role as a destination, in the order of their ARNs.

    `without` are the layers of the organization of which the user has said that they have no policies.
    """
    found = Identities([], [], [])
    for details in dumps.accounts.values():
        limits = _limits(dumps, details.account, without)
        for arn in _arns(details):
            with _noting_mistakes(found):
                found.sources.append(_source(details, arn, limits))
        for role in details.roles.values():
            with _noting_mistakes(found):
                found.destinations.append(_destination(details, role.arn, limits))
    found.sources.sort(key=lambda source: source.arn)
    found.destinations.sort(key=lambda destination: destination.arn)
    return found


def source_of(side: SourceSide) -> Source:
    """Give the source that a side describes. Raises XdiagError if its ARN is not that of a caller."""
    caller = parse_caller(side.arn)
    principal = side.principal.value if isinstance(side.principal, Known) else None
    return Source(side.arn, caller.account, caller.name, principal.unique_id if principal else "", side)


def destination_of(role_arn: str, side: DestinationSide) -> Destination:
    """Give the role that a side describes. Raises XdiagError if the ARN is not that of a role."""
    return Destination(role_arn, parse_role(role_arn).account, Request(role_arn, unknown=_CHOSEN_BY_CALLER), side)


def case_of_pair(source: Source, destination: Destination) -> Case:
    """Ask whether a source can assume a role, without a VPC endpoint."""
    request = destination.request
    if source.unknown:
        request = replace(request, unknown=(*request.unknown, *source.unknown))
    return Case(request, Snapshot(source.side, destination.side, NO_ENDPOINT))


def supposed_session(session: Session) -> Session:
    """Suppose that credentials carry nothing that would limit them, nor anything to hand on."""
    return replace(
        session,
        policies=PolicySet(),
        tags=Known({}, _SUPPOSED),
        transitive_tag_keys=Known((), _SUPPOSED),
        source_identity=Known(None, _SUPPOSED),
    )


_SUPPOSED = "supposed for every pair of a matrix"
NO_ENDPOINT: Known[None] = Known(None, _SUPPOSED)
_CHOSEN_BY_CALLER = ("sts:ExternalId",)
"""What a caller may send as they please without any other permission: it is not known, not absent."""


def _arns(details: AccountDetails) -> Iterator[str]:
    yield from (user.arn for user in details.users.values())
    yield from (role.arn for role in details.roles.values())


@contextmanager
def _noting_mistakes(found: Identities) -> Iterator[None]:
    """Go on after an ARN that is not one. That of a role is met twice, as a source's and as a destination's."""
    try:
        yield
    except XdiagError as error:
        found.mistakes.append(error)


def _limits(dumps: Dumps, account: str, without: Set[Layer]) -> AccountLimits:
    gap = Unread(subject=f"organization of account {account}", detail="there is no organization.json")
    read = AccountLimits(gap, gap, gap) if dumps.organization is None else dumps.organization.limits_of(account)
    stated = "stated on the command line"
    if Layer.SCP in without:
        read = replace(read, scps=Known((), stated))
    if Layer.RCP in without:
        read = replace(read, rcps=Known((), stated))
    return read


def _source(details: AccountDetails, arn: str, limits: AccountLimits) -> Source:
    side = source_side(details, arn)
    session = supposed_session(side.session)
    return source_of(replace(side, session=session, scps=limits.scps, organization=limits.organization))


def _destination(details: AccountDetails, arn: str, limits: AccountLimits) -> Destination:
    side = destination_side(details, arn)
    return destination_of(arn, replace(side, rcps=limits.rcps, organization=limits.organization))
