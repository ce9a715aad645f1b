"""Users and roles as infrastructure files declare them, and the sides of a request that come of them.

Such a file says what somebody means to have; it does not say what there is besides.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from msgspec import Raw, Struct
from msgspec.structs import replace

from diagnose.collect.evidence.declared_limit import DeclaredLimits
from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, parse_caller, parse_role, split_arn, split_path
from diagnose.model.case import DestinationSide, Principal, Role, Session, SourceSide
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.federation import OidcProvider, SamlProvider
from diagnose.model.policy import Policy, PolicyKind, PolicySet


class Declared(Struct, frozen=True):
    """A user, role or group. `arn` is "" where the account is not known; `name` is "" where the name is not.

    `address` is what the file calls it. `gone` says that it will not exist any more, `absent` why it is not there yet.
    """

    kind: str
    address: str
    arn: str = ""
    name: str = ""
    path: str = "/"
    unique_id: str = ""
    trust: Raw | UnknownValue | None = None
    tags: Evidence[Mapping[str, str]] = Unread()
    max_session_seconds: Evidence[int] = Unread()
    boundary: Evidence[Policy | None] = Unread()
    policies: PolicySet = PolicySet()
    groups: tuple[str, ...] = ()
    gone: bool = False
    absent: str = ""


class Declaration(Struct, frozen=True):
    """What a file declares. `source` names it, and which of its states, `notes` what it was read with: for people."""

    place: str
    source: str
    entities: tuple[Declared, ...]
    notes: tuple[str, ...] = ()
    providers: tuple[OidcProvider | SamlProvider, ...] = ()
    limits: DeclaredLimits = DeclaredLimits()


def declared_source(
    declarations: Sequence[Declaration], source_arn: str, *, complete: bool = False
) -> SourceSide | None:
    """Give what the files declare of a caller; None where none of them declares it.

    A file may leave out policies that were attached in another way. Further ones stay unread, unless the user says that
    it is `complete`.

    Raises XdiagError for an ARN that is not one of a caller.
    """
    caller = parse_caller(source_arn)
    match caller.kind:
        case CallerKind.USER:
            kind = "user"
        case CallerKind.ROLE | CallerKind.SESSION:
            kind = "role"
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return None
        case _:
            assert_never(caller.kind)
    found = _find(declarations, kind, caller.account, caller.name)
    if found is None:
        return None
    file, one = found
    if one.gone:
        gap = Unread(subject=source_arn, detail=f"{file.source} removes it")
        return SourceSide(source_arn, Known(None, file.source), PolicySet(unread=(gap,)), boundary=gap)
    if one.absent:
        gap = Unread(subject=source_arn, detail=one.absent)
        return SourceSide(source_arn, gap, PolicySet(unread=(gap,)), boundary=gap)
    arn = one.arn or f"arn:{caller.partition}:iam::{caller.account}:{kind}{one.path}{caller.name}"
    session = Session()
    if caller.kind is CallerKind.USER:
        # A user has no session policy, session tags or source identity: `sts:GetSessionToken` takes none of them.
        session = Session(
            policies=PolicySet(), tags=Known({}), transitive_tag_keys=Known(()), source_identity=Known(None)
        )
    others = Unread(
        subject=f"further policies of {source_arn}",
        detail=f"{file.source} may not hold them all; `--without identity` says that there are no others",
    )
    return SourceSide(
        source_arn,
        Known(Principal(arn, one.unique_id, one.tags), file.source),
        one.policies if complete else replace(one.policies, unread=(*one.policies.unread, others)),
        boundary=one.boundary,
        session=session,
    )


def declared_destination(
    declarations: Sequence[Declaration], role_arn: str, source_arn: str = ""
) -> DestinationSide | None:
    """Give what the files declare of a role, and of the identity provider that the source, if any, presents.

    None where none of them declares the role. Raises XdiagError for an ARN that is not a role's, or not a caller's.
    """
    side = _declared_role(declarations, role_arn)
    return side and declared_provider(declarations, side, role_arn, source_arn)


def declared_provider(
    declarations: Sequence[Declaration], side: DestinationSide, role_arn: str, source_arn: str
) -> DestinationSide:
    """Add the identity provider that the source presents, if the files declare it, to the side of a role."""
    if not source_arn:
        return side
    caller, role = parse_caller(source_arn), parse_role(role_arn)
    account = f"arn:{role.partition}:iam::{role.account}"
    for file in declarations:
        for one in file.providers:
            match one:
                case OidcProvider(name=caller.name) if caller.kind is CallerKind.WEB_IDENTITY:
                    own = replace(one, arn=f"{account}:oidc-provider/{one.name}")
                    return replace(side, oidc_providers=Known((own,), file.source))
                case SamlProvider() if caller.arn == f"{account}:saml-provider/{one.name}":
                    return replace(side, saml_providers=Known((replace(one, arn=caller.arn),), file.source))
    return side


def _declared_role(declarations: Sequence[Declaration], role_arn: str) -> DestinationSide | None:
    role = parse_role(role_arn)
    found = _find(declarations, "role", role.account, role.name)
    if found is None:
        return None
    file, one = found
    if one.gone:
        gap = Unread(subject=role_arn, detail=f"{file.source} removes it")
        return DestinationSide(Known(None, file.source), gap)
    if one.absent:
        gap = Unread(subject=role_arn, detail=one.absent)
        return DestinationSide(gap, gap)
    arn = one.arn or f"arn:{role.partition}:iam::{role.account}:role{one.path}{role.name}"
    if arn != role_arn:
        gap = Unread(subject=role_arn, detail=f"{file.source} has the role under another path")
        return DestinationSide(Known(None, file.source), gap, other_roles=Known((arn,), file.source))
    known = Known(Role(arn, one.unique_id, one.tags, one.max_session_seconds), file.source)
    match one.trust:
        case None:
            return DestinationSide(
                known, Unread(subject=f"trust policy of {arn}", detail=f"it is not in {file.source}")
            )
        case UnknownValue(why=why):
            return DestinationSide(known, Unread(subject=f"trust policy of {arn}", detail=why))
        case trust:
            return DestinationSide(known, Known(Policy(role.name, trust, PolicyKind.TRUST), file.source))


def not_declared(declarations: Sequence[Declaration], source_arn: str, role_arn: str) -> XdiagError:
    """Say that files are about neither side, and which roles they declare."""
    places = ", ".join(f"`{quotable(file.place)}`" for file in declarations)
    roles = [one.arn or one.name or one.address for file in declarations for one in file.entities if one.kind == "role"]
    some = ", ".join(f"`{quotable(role)}`" for role in roles[:_MOST_NAMED]) + (
        " ..." if len(roles) > _MOST_NAMED else ""
    )
    return XdiagError(
        f"{places} declares neither `{quotable(source_arn)}` nor `{quotable(role_arn)}`",
        hint=f"its roles are {some}" if roles else "it declares no role",
    )


_MOST_NAMED = 5


def _find(
    declarations: Iterable[Declaration], kind: str, account: str, name: str
) -> tuple[Declaration, Declared] | None:
    """Find a user or role by its name, which is unique in its account; where accounts are not known, the only one."""
    entities = [(file, one) for file in declarations for one in file.entities]
    named = [(file, one) for file, one in entities if (one.kind, one.name) == (kind, name)]
    exact = [pair for pair in named if (arn := split_arn(pair[1].arn)) and arn.account == account]
    open_accounts = [pair for pair in named if not pair[1].arn]
    candidates = exact or open_accounts
    return candidates[0] if len(candidates) == 1 or exact else None


def name_of(arn: str) -> str:
    """Give the name in the ARN of a user, a role or a policy; "" where the text is none."""
    parts = split_arn(arn)
    return split_path(parts.resource)[2] if parts else ""
