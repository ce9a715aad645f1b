"""Who calls: the source of a case, worked out as far as it is known."""

from copy import copy

from diagnose.evaluate.identity import bearer
from diagnose.model.arn import (
    RESERVED_NAME,
    RESERVED_PATH,
    CallerArn,
    CallerKind,
    RoleArn,
    parse_caller,
    split_arn,
    split_path,
)
from diagnose.model.case import Origin, SourceSide, Via
from diagnose.model.evidence import Known
from diagnose.model.issuers import issuer_of
from diagnose.model.trace import Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

FEDERATED_KINDS = frozenset((CallerKind.WEB_IDENTITY, CallerKind.SAML))
SERVICE_PATH = "/aws-service-role/"
_WITHOUT_ARN = FEDERATED_KINDS | {CallerKind.SERVICE}

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_USER, _ROLE, _SESSION, _SAML = CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION, CallerKind.SAML
_BY_ANY, _BY_ACCOUNT, _BY_USER, _BY_ROLE, _BY_SESSION = Match.ANY, Match.ACCOUNT, Match.USER, Match.ROLE, Match.SESSION


class Caller:
    """The caller of a case.

    `principal_arn` is what `aws:PrincipalArn` holds: a role's ARN with its path, never a session's; None where the
    path was not read. `names` are the values of a Principal element that name the caller, None where they are not
    all known, each with the way in which it does. `session_arn` is None where the session's name is not known.
    `unique_id` is empty where it was not read. `origin` is None where it is not known how the credentials came
    about. `has_role`: the request is made by a session of a role. `federated`: a token or an assertion is presented
    instead of a signature. `provider` is what a Principal element calls the identity provider of who does not sign:
    its ARN, or a host that is built into IAM; empty for all others, who have no `bearer` either. `region` is the
    Region from which an AWS service calls; None for all others, and where it is not known.
    """

    __slots__ = (
        "account",
        "arn",
        "bearer",
        "federated",
        "has_role",
        "kind",
        "name",
        "names",
        "origin",
        "partition",
        "principal_arn",
        "provider",
        "region",
        "session_arn",
        "session_name",
        "unique_id",
    )

    def __init__(self, source: SourceSide, via: Via) -> None:
        """Work out the caller. Raises XdiagError when the source is not an ARN of a caller."""
        caller = parse_caller(source.caller_arn)
        self.arn, self.kind, self.partition, self.account, self.name = (
            caller.arn,
            caller.kind,
            caller.partition,
            caller.account,
            caller.name,
        )
        known = source.principal.value if isinstance(source.principal, Known) else None
        self.unique_id = known.unique_id if known else ""
        self.principal_arn = _principal_arn(caller, known.arn if known else "")
        self.session_name = caller.session
        self.session_arn = caller.arn if caller.kind is _SESSION else None
        self.origin = _origin(caller, source, via)
        self.has_role = caller.kind is _ROLE or caller.kind is _SESSION
        self.federated = caller.kind in FEDERATED_KINDS
        self.bearer = bearer(source, caller.name) if self.federated else None
        self.provider = caller.arn if caller.kind is _SAML else ""
        self.names = _names(self)
        self.region: str | None = None

    def before(self, role: RoleArn, region: str | None = None) -> "Caller":
        """Give the caller of a role, in a Region.

        The identity provider of a token is looked up in the role's account; a service may be named by its Region.
        """
        caller = copy(self)
        if self.kind is CallerKind.SERVICE:
            caller.region = region
        if self.kind is CallerKind.WEB_IDENTITY:
            built_in = issuer_of(self.name).built_in
            caller.provider = self.name if built_in else oidc_provider_arn(role, self.name)
        return caller

    @property
    def path(self) -> str | None:
        """The path of the user or role: "/" or "/a/b/"; None where there is none, or it was not read."""
        arn = split_arn(self.principal_arn or "")
        return split_path(arn.resource)[1] if arn else None

    @property
    def service_linked(self) -> Tri:
        """Whether the request is made by a session of a service-linked role, which SCPs and RCPs do not reach.

        UNKNOWN where the role's path was not read, and its name looks like it.
        """
        if not self.has_role:
            return NO
        if self.principal_arn is None:
            return UNKNOWN if self.name.startswith("AWSServiceRoleFor") else NO
        # Most ARNs are nothing like it, and are not taken apart.
        return YES if SERVICE_PATH in self.principal_arn and (self.path or "").startswith(SERVICE_PATH) else NO

    @property
    def least_path(self) -> str:
        """How a role's path begins for certain: those of permission sets lie below a path of their own."""
        return RESERVED_PATH if self.name.startswith(RESERVED_NAME) else "/"

    @property
    def presumed_arn(self) -> str:
        """The caller's IAM ARN; where a role's path was not read, with as much of it as is certain."""
        if self.principal_arn is None and self.has_role:
            return f"arn:{self.partition}:iam::{self.account}:role{self.least_path}{self.name}"
        return self.principal_arn or self.arn


def oidc_provider_arn(role: RoleArn, name: str) -> str:
    """Name the OIDC provider of an issuer in a role's account. `name` is the issuer's URL without `https://`."""
    return f"arn:{role.partition}:iam::{role.account}:oidc-provider/{name}"


def _names(caller: Caller) -> dict[str, Match] | None:
    """List the ways to name a caller of whom everything is known."""
    if not caller.unique_id or caller.principal_arn is None:
        return None
    if caller.kind is not _USER and caller.session_arn is None:
        return None
    own = _BY_USER if caller.kind is _USER else _BY_ROLE
    names = {
        "*": _BY_ANY,
        caller.account: _BY_ACCOUNT,
        f"arn:{caller.partition}:iam::{caller.account}:root": _BY_ACCOUNT,
        caller.principal_arn: own,
        caller.unique_id: own,
    }
    if caller.session_arn is not None:
        names[caller.session_arn] = _BY_SESSION
    return names


def _principal_arn(caller: CallerArn, read: str) -> str | None:
    """Give the ARN that conditions see, or None where the path of a role was not read.

    A role of IAM Identity Center always has a path, so that an ARN without it was derived from a session's.
    """
    if caller.kind is _SESSION:
        return read or None
    if caller.kind in _WITHOUT_ARN:
        return None
    derived = caller.kind is _ROLE and caller.name.startswith(RESERVED_NAME)
    return None if derived and not caller.path.startswith(RESERVED_PATH) else caller.arn


def _origin(caller: CallerArn, source: SourceSide, via: Via) -> Origin | None:
    """Tell how the credentials came about, from the case or from what can only be so."""
    if isinstance(source.session.origin, Known):
        return source.session.origin.value
    if caller.kind is CallerKind.SERVICE:
        return Origin.SERVICE
    if caller.kind is CallerKind.USER and via is Via.CONSOLE:
        return Origin.CONSOLE
    if caller.name.startswith(RESERVED_NAME):
        return Origin.IDENTITY_CENTER
    return None


def chained(caller: Caller) -> Tri:
    """Say whether the one-hour limit of role chaining holds; GetSessionToken credentials count, too.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    if caller.has_role or caller.origin is Origin.GET_SESSION_TOKEN:
        return YES
    if caller.kind is CallerKind.USER and caller.origin is None:
        return UNKNOWN
    return NO
