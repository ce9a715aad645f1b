"""Generated cases in which everything is known: about half of them such that AWS says yes.

A world starts favourable, with noise that should not matter; then up to three things are broken. The same seed
always gives the same case. Alphabets are small so that near misses are frequent.
"""

from random import Random

from tests.naive.breaks import break_some
from tests.naive.documents import favourable, focused, haphazard, wrapped
from tests.naive.draft import Draft

from diagnose.model.case import (
    Case,
    DestinationSide,
    Endpoint,
    Organization,
    Origin,
    Parameters,
    Principal,
    ProvidedContext,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
    Via,
)
from diagnose.model.evidence import Known
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet

HOME, FAR, STRANGER, MANAGEMENT = "111111111111", "222222222222", "333333333333", "999999999999"
IDS = {"alice": "AIDAALICEEXAMPLE00001", "bob": "AIDABOBEXAMPLE0000001"}
ROLES = (("/team/", "App"), ("/", "Web"), ("/team/", "App"), ("/a/b/", "Web"))
SSO = ("/aws-reserved/sso.amazonaws.com/eu-west-1/", "AWSReservedSSO_Dev_0123456789abcdef")
SERVICE_LINKED = ("/aws-service-role/autoscaling.amazonaws.com/", "AWSServiceRoleForAutoScaling")
ROLE_ORIGINS = (Origin.ASSUME_ROLE, Origin.ASSUME_ROLE, Origin.EC2, Origin.SERVICE, Origin.SAML, Origin.WEB_IDENTITY)
TAKEN, ISSUED = "2026-03-02T09:30:00Z", "2026-03-02T09:00:00Z"


def case(seed: int) -> Case:
    """Give the case of a seed."""
    rng = Random(seed)
    draft = Draft(rng)
    draft.quiet = rng.random() < 0.35
    _set_caller(draft)
    _set_role(draft)
    _set_organizations(draft)
    _set_request(draft)
    draft.freeze = _assembled
    write = focused if draft.quiet else haphazard if rng.random() < 0.1 else favourable
    write(draft)
    break_some(draft, rng.choice((0, 0, 1) if draft.quiet else (0, 0, 0, 0, 1, 1, 2, 3)))
    return _assembled(draft)


def _set_caller(draft: Draft) -> None:
    rng = draft.rng
    draft.partition = rng.choices(("aws", "aws-us-gov"), (12, 1))[0]
    iam = f"arn:{draft.partition}:iam::{HOME}"
    match rng.choices(("user", "session", "role", "service"), (38, 44, 8, 10))[0]:
        case "user":
            path, name = rng.choice((("/", "alice"), ("/ops/", "bob")))
            draft.arn = f"{iam}:user{path}{name}"
            draft.principal = Principal(draft.arn, IDS[name], Known(draft.some_tags()))
            draft.origin = rng.choices((Origin.LONG_TERM, Origin.GET_SESSION_TOKEN, Origin.CONSOLE), (6, 3, 1))[0]
            if draft.origin is not Origin.LONG_TERM:
                draft.mfa, draft.issued_at = rng.random() < 0.6, ISSUED
                draft.mfa_age = rng.choice((30, 1800, 7200)) if draft.mfa else None
        case "service":
            draft.partition, draft.origin = "aws", Origin.SERVICE
            draft.arn = rng.choice(("ec2.amazonaws.com", "lambda.amazonaws.com"))
        case kind:
            path, name = rng.choices((*ROLES, SSO, SERVICE_LINKED), (4, 4, 4, 4, 3, 1))[0]
            draft.origin, draft.issued_at = rng.choice(ROLE_ORIGINS), ISSUED
            if (path, name) == SSO:
                draft.origin = Origin.IDENTITY_CENTER
            if (path, name) == SERVICE_LINKED:
                draft.origin = Origin.SERVICE
            instance = draft.origin is Origin.EC2
            session = "i-0a1b2c3d4e5f60718" if instance else rng.choice(("sess-1", "sess-2", "alice"))
            arn = f"{iam}:role{path}{name}"
            draft.principal = Principal(arn, f"AROA{name.upper()[:6]}EXAMPLE01", Known(draft.some_tags()))
            draft.arn = arn if kind == "role" else f"arn:{draft.partition}:sts::{HOME}:assumed-role/{name}/{session}"
            if draft.origin in (Origin.ASSUME_ROLE, Origin.SAML, Origin.WEB_IDENTITY, Origin.IDENTITY_CENTER):
                draft.session_tags = draft.some_tags()
                if rng.random() < 0.2:
                    draft.session_tags = {key.swapcase(): value for key, value in draft.session_tags.items()}
                if rng.random() < 0.3:
                    draft.transitive = tuple(draft.session_tags)[:1]
                if rng.random() < 0.2:
                    draft.source_identity = rng.choice(("alice", "bob"))


def _set_role(draft: Draft) -> None:
    rng = draft.rng
    account = rng.choices((HOME, FAR), (45, 55))[0]
    path = rng.choice(("/", "/team/", "/service-role/"))
    name = "Deploy"
    if draft.is_service and rng.random() < 0.2:
        path, name = f"/aws-service-role/{draft.arn}/", "AWSServiceRoleForIt"
    draft.account = account
    draft.role_arn = f"arn:{draft.partition}:iam::{account}:role{path}{name}"
    maximum = rng.choice((3600, 7200, 43200))
    draft.role = Role(draft.role_arn, "AROADEPLOYEXAMPLE0001", Known(draft.some_tags()), Known(maximum))


def _set_organizations(draft: Draft) -> None:
    rng = draft.rng
    one = Organization("o-aaaa", "o-aaaa/r-aa11/ou-aa11-1/", MANAGEMENT)
    other = Organization("o-bbbb", "o-bbbb/r-bb22/ou-bb22-1/", MANAGEMENT)
    own = Organization("o-aaaa", "o-aaaa/r-aa11/", HOME)
    draft.home = None if draft.is_service else rng.choices((None, one, own), (4, 6, 1))[0]
    draft.far = rng.choice((None, one, other))
    if draft.account == HOME and not draft.is_service:
        draft.far = draft.home
    if draft.far is one and draft.account == FAR and rng.random() < 0.15:
        draft.far = Organization("o-aaaa", "o-aaaa/r-aa11/", FAR)


def _set_request(draft: Draft) -> None:
    rng, context, sent = draft.rng, draft.context, draft.sent
    plain = rng.random() < (0.2 if draft.quiet else 0.5) or draft.is_service
    draft.via = rng.choice((Via.API, Via.CLI))
    sent["session_name"] = rng.choice(("sess-1", "alice", "i-0a1b2c3d4e5f60718"))
    draft.region = rng.choice(("eu-west-1", "eu-west-1", "us-east-1"))
    if not plain and rng.random() < 0.5:
        sent["external_id"] = rng.choice(("acme-41", "ACME-41", "x:y/z"))
    if not plain and rng.random() < 0.35:
        inherited = {key.lower() for key in draft.transitive}
        sent["tags"] = {k: v for k, v in draft.some_tags().items() if k.lower() not in inherited}
        if rng.random() < 0.4:
            sent["transitive_tag_keys"] = tuple(sent["tags"])[: rng.choice((1, 3))]
    if not plain and rng.random() < 0.25:
        sent["source_identity"] = draft.source_identity or rng.choice(("alice", "bob"))
    if not plain and rng.random() < 0.06:
        providers = ("IdentityCenter", "Other")[: rng.choice((1, 2))]
        sent["provided_contexts"] = tuple(
            ProvidedContext(f"arn:aws:iam::aws:contextProvider/{provider}", "token") for provider in providers
        )
    if draft.origin is Origin.LONG_TERM and rng.random() < 0.25:
        name = draft.arn.rpartition("/")[2]
        sent |= {"mfa_serial": f"arn:{draft.partition}:iam::{HOME}:mfa/{name}", "mfa_code_sent": True}
    if rng.random() < 0.2:
        sent["duration_seconds"] = rng.choice((900, 1800, 3600, 3600, 7200))
    context["aws:UserAgent"] = (rng.choice(("aws-cli/2.31.0", "agent *x")),)
    if not draft.is_service and rng.random() < 0.3:
        draft.endpoint = Endpoint(rng.choice(("vpce-aa", "vpce-bb")), rng.choice(("vpc-aa", "vpc-bb")), HOME)
        context["aws:VpcSourceIp"] = ("10.0.4.17",)
    else:
        context["aws:SourceIp"] = (rng.choice(("203.0.113.24", "203.0.113.24", "2001:db8::7")),)
        draft.region = rng.choice((draft.region, draft.region, "aws-global"))
    if draft.partition != "aws":
        draft.region = "us-gov-west-1"
    if draft.is_service:
        instance = f"arn:aws:ec2:eu-west-1:{draft.account}:instance/i-1"
        context["aws:SourceAccount"] = rng.choice(((draft.account,), (STRANGER,), ()))
        context["aws:SourceArn"] = rng.choice(((instance,), ()))
        context["aws:SourceOrgID"] = (draft.far.id,) if draft.far else ()
        context["aws:SourceOrgPaths"] = (draft.far.path,) if draft.far else ()
    if rng.random() < 0.15:
        key, values = rng.choice(
            (
                ("aws:CurrentTime", ("2026-03-02T23:30:00Z",)),
                ("aws:PrincipalTag/team", ("red",)),
                ("AWS:principaltag/Team", ()),
                ("aws:MultiFactorAuthPresent", ("true",)),
                ("aws:MultiFactorAuthPresent", ()),
                ("aws:RequestedRegion", ("eu-west-3",)),
                ("sts:ExternalId", ("acme-41",)),
                ("aws:ResourceOrgID", ()),
                ("aws:PrincipalOrgPaths", ("o-aaaa/r-aa11/ou-aa11-1/", "o-bbbb/r-bb22/")),
                ("aws:TagKeys", ("team", "Env")),
            )
        )
        context[key] = values


def _assembled(draft: Draft) -> Case:
    parts = draft.parts
    endpoint = draft.endpoint
    if endpoint:
        policy = _policies(draft, "endpoint", PolicyKind.ENDPOINT)[0]
        endpoint = Endpoint(endpoint.id, endpoint.vpc, endpoint.owner, Known(policy))
    boundary = _policies(draft, "boundary", PolicyKind.MANAGED) if parts["boundary"] else ()
    trust = _policies(draft, "trust", PolicyKind.TRUST)[0]
    request = Request(
        role_arn=draft.role_arn,
        via=draft.via,
        parameters=Parameters(**draft.sent),
        region=draft.region,
        context=dict(draft.context),
    )
    session = Session(
        origin=Known(draft.origin),
        policies=PolicySet(_policies(draft, "session", PolicyKind.SESSION)),
        tags=Known(draft.session_tags),
        transitive_tag_keys=Known(draft.transitive),
        source_identity=Known(draft.source_identity),
        mfa=Known(draft.mfa),
        mfa_age=draft.mfa_age,
        issued_at=draft.issued_at,
    )
    source = SourceSide(
        arn=draft.arn,
        principal=Known(draft.principal),
        identity_policies=PolicySet(_policies(draft, "identity", PolicyKind.INLINE)),
        boundary=Known(boundary[0] if boundary else None),
        session=session,
        scps=Known(_levels(draft, "scp", PolicyKind.SCP)),
        organization=Known(draft.home),
    )
    destination = DestinationSide(
        role=Known(draft.role),
        trust_policy=Known(trust),
        rcps=Known(_levels(draft, "rcp", PolicyKind.RCP)),
        organization=Known(draft.far),
        other_roles=Known(()),
    )
    return Case(request, Snapshot(source, destination, Known(endpoint), TAKEN))


def _policies(draft: Draft, layer: str, kind: PolicyKind, level: int = 0) -> tuple[Policy, ...]:
    levels = draft.parts[layer]
    documents = levels[level] if levels else []
    return tuple(
        Policy(f"{layer}-{level}-{index}", wrapped(document, index + len(draft.arn)), kind)
        for index, document in enumerate(documents)
    )


def _levels(draft: Draft, layer: str, kind: PolicyKind) -> tuple[Level, ...]:
    return tuple(
        Level(f"{layer}-level-{index}", policies=PolicySet(_policies(draft, layer, kind, index)))
        for index in range(len(draft.parts[layer]))
    )
