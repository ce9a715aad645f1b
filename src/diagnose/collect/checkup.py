"""A check-up of the credentials for both sides: who they are, and what they may read, found out by reading."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from msgspec import Struct

from diagnose.aws.calls import Refusal, ask
from diagnose.aws.identity import Identity, identify
from diagnose.aws.patience import Patience, at_once
from diagnose.aws.providers import Wallet
from diagnose.aws.session import Credentials, open_credentials
from diagnose.aws.way import endpoint_of, proxy_to, seconds_behind
from diagnose.collect.permissions import Permission, permissions_of
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerArn, CallerKind, RoleArn, parse_caller
from diagnose.model.case import GLOBAL_REGION
from diagnose.model.checkup import Access, Checkup, Side, SignIn, Trial
from diagnose.model.evidence import Gap
from diagnose.model.pod import POD_IDENTITY, region_of_issuer
from diagnose.model.tri import NO, UNKNOWN, YES


class Examined(Struct, frozen=True):
    """What is to be examined. A profile that is None is the default one; `organization` is None where none is named."""

    source: str | None = None
    destination: str | None = None
    organization: str | None = None
    caller: CallerArn | None = None
    role: RoleArn | None = None
    vpc_endpoint: str | None = None


class Doors(Struct, frozen=True):
    """How profiles are opened; `asks` says whether a person is there who can be asked for an MFA code."""

    region: str | None
    endpoint_url: str | None
    patience: Patience
    wallet: Wallet
    asks: bool = False


def examine(examined: Examined, doors: Doors, now: Callable[[], datetime]) -> Checkup:
    """Ask AWS who each profile is, and call once whatever reading calls on its side. Nothing is changed.

    An organization is read with the profile named for it, else with whichever of the others work.
    """
    named = () if examined.organization is None else (examined.organization,)
    profiles = tuple(dict.fromkeys((examined.source, examined.destination, *named)))
    met = dict(zip(profiles, at_once(partial(_meet, profile, doors, now) for profile in profiles), strict=True))
    administrators = named or [profile for profile in profiles if met[profile].credentials is not None]
    steps = (
        (Side.SOURCE, examined.source, examined.caller.account if examined.caller else ""),
        (Side.DESTINATION, examined.destination, examined.role.account if examined.role else ""),
        *((Side.ORGANIZATION, profile, "") for profile in administrators),
    )
    accesses = at_once(partial(_access, side, met[profile], account, examined) for side, profile, account in steps)
    return Checkup(tuple(meeting.sign_in for meeting in met.values()), tuple(accesses))


class _Meeting(Struct, frozen=True):
    """A profile that was met; without `credentials`, it is of no use."""

    sign_in: SignIn
    credentials: Credentials | None = None


def _meet(profile: str | None, doors: Doors, now: Callable[[], datetime]) -> _Meeting:
    label = f"profile `{profile}`" if profile else "the default credentials"
    try:
        credentials = open_credentials(profile, doors.region, doors.endpoint_url, doors.patience, doors.wallet)
        label = credentials.label
        if doors.asks:
            credentials.prepare()
        identity = identify(credentials)
        behind = seconds_behind(credentials, now())
        endpoint = endpoint_of(credentials)
    except XdiagError as error:
        return _Meeting(SignIn(label, "; ".join(filter(None, (error.message, error.hint)))))
    way = (credentials.region, endpoint, proxy_to(endpoint) if endpoint else "")
    if isinstance(identity, Refusal):
        return _Meeting(SignIn(label, identity.text, "", "", "", None, *way))
    return _Meeting(_sign_in(label, identity, way, behind), credentials)


def _sign_in(label: str, identity: Identity, way: tuple[str, str, str], behind: int | None) -> SignIn:
    who = (identity.arn, identity.account, identity.provider, identity.temporary)
    return SignIn(label, "", *who, *way, behind)


def _access(side: Side, meeting: _Meeting, account: str, examined: Examined) -> Access:
    """Try what reading calls. `account` is the one that the side is about, "" where nobody said."""
    sign_in, credentials = meeting.sign_in, meeting.credentials
    if credentials is None:
        return Access(side, sign_in.label, account, "these credentials do not work")
    if account and account != sign_in.account:
        return Access(
            side, sign_in.label, account, f"these credentials are of account {sign_in.account}, not of {account}"
        )
    caller = examined.caller or parse_caller(sign_in.arn)
    named = _named(side, caller, examined, sign_in)
    wanted = [each for each in permissions_of(side) if _concerns(side, caller, each)]
    trials = at_once(partial(_try, credentials, permission, named) for permission in wanted)
    return Access(side, sign_in.label, sign_in.account, trials=tuple(trials))


def _concerns(side: Side, caller: CallerArn, permission: Permission) -> bool:
    """Say whether reading this side calls the action: a role has no groups, and only a pod has a cluster."""
    if permission.action.startswith("eks:"):
        return caller.name == POD_IDENTITY if side is Side.DESTINATION else bool(region_of_issuer(caller.arn))
    if side is not Side.SOURCE:
        return True
    of_user = any(name in permission.names for name in ("UserName", "GroupName"))
    match caller.kind:
        case CallerKind.USER:
            return "RoleName" not in permission.names
        case CallerKind.ROLE | CallerKind.SESSION:
            return not of_user
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return not of_user and "RoleName" not in permission.names


def _named(side: Side, caller: CallerArn, examined: Examined, sign_in: SignIn) -> Mapping[str, object]:
    """Give every parameter a value: those the check would send where they are known, else one that is not there."""
    role = examined.role.name if examined.role else _NOT_THERE
    own = f"arn:{parse_caller(sign_in.arn).partition}:iam::{sign_in.account}"
    return {
        "UserName": caller.name,
        "RoleName": caller.name if side is Side.SOURCE else role,
        "GroupName": _NOT_THERE,
        "PolicyName": _NOT_THERE,
        "PolicyArn": f"{own}:policy/{_NOT_THERE}",
        "OpenIDConnectProviderArn": f"{own}:oidc-provider/{_NOT_THERE}.example.com",
        "SAMLProviderArn": f"{own}:saml-provider/{_NOT_THERE}",
        "VersionId": "v1",
        "ChildId": sign_in.account,
        "TargetId": sign_in.account,
        "Filter": "SERVICE_CONTROL_POLICY",
        "PolicyId": "p-FullAWSAccess",
        "OrganizationalUnitId": "ou-0000-00000000",
        "authorizationId": "0",
        "policyUri": f"{own}:policy/{_NOT_THERE}",
        "name": _NOT_THERE,
        "clusterName": _NOT_THERE,
        "associationId": "a-0000000000000000",
        "VpcEndpointIds": [examined.vpc_endpoint or "vpce-00000000000000000"],
    }


_NOT_THERE = "xdiag-doctor"


def _try(credentials: Credentials, permission: Permission, named: Mapping[str, object]) -> Trial:
    """Call an action once. That AWS knows no such thing is an answer, too: who may not ask is told nothing."""
    if permission.action.startswith(("ec2:", "eks:")) and credentials.region == GLOBAL_REGION:
        return Trial(permission.action, UNKNOWN, "not tried, because no Region is set")
    answer = ask(credentials, permission.action, **{name: named[name] for name in permission.names})
    if not isinstance(answer, Refusal) or (answer.answered and answer.code in permission.absent):
        return Trial(permission.action, YES)
    denied = NO if answer.gap is Gap.ACCESS_DENIED else UNKNOWN
    return Trial(permission.action, denied, answer.text, permission.optional)
