"""Cases to ask about: everything is known and AWS says yes, but for what a test changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.decision import decide
from diagnose.evaluate.keys.context import state_of
from diagnose.model.arn import CallerKind, parse_caller
from diagnose.model.case import (
    Case,
    DestinationSide,
    Endpoint,
    Organization,
    Origin,
    Parameters,
    Principal,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
    Via,
)
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.key_state import UnknownState
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Element,
    ElementTrace,
    Gate,
    GateTrace,
    Layer,
    LayerTrace,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import Tri

Statement = dict[str, Any]

HOME, FAR, THIRD = "111111111111", "222222222222", "333333333333"
USER = f"arn:aws:iam::{HOME}:user/team/alice"
ROLE = f"arn:aws:iam::{HOME}:role/team/App"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/App/nightly"
ROOT = f"arn:aws:iam::{HOME}:root"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/alice"
SERVICE = "ec2.amazonaws.com"
SSO_ROLE = f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef"
SSO_SESSION = f"arn:aws:sts::{HOME}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/alice@example.com"
USER_ID, ROLE_ID = "AIDAALICEEXAMPLE00001", "AROAAPPEXAMPLE0000001"
DESTINATION = f"arn:aws:iam::{FAR}:role/ops/Deploy"
LOCAL = f"arn:aws:iam::{HOME}:role/ops/Deploy"
TAKEN = "2026-03-02T09:30:00Z"

STS = {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}
NOTHING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
GAP = Unread(subject="a test")

NO_POLICIES = PolicySet()
NO_LEVELS: Known[tuple[Level, ...]] = Known(())
NO_ORGANIZATION: Known[Organization | None] = Known(None)
NO_ENDPOINT: Known[Endpoint | None] = Known(None)
NO_TAGS: Known[Mapping[str, str]] = Known({})
NO_NAMES: Known[tuple[str, ...]] = Known(())
NO_IDENTITY: Known[str | None] = Known(None)
NO_MFA = Known(False)
TWELVE_HOURS = Known(43200)
NAMED = Parameters(session_name="nightly")

UNKNOWN_STATE = "anything"
PRESENT = "some value"


def trusts(principal: object, action: object = "sts:*", effect: str = "Allow", **more: object) -> Statement:
    """Write a statement of a trust policy."""
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


def policy(
    *statements: object, version: str | None = "2012-10-17", name: str = "policy", kind: PolicyKind = PolicyKind.INLINE
) -> Policy:
    """Write a policy whose `Statement` is a list."""
    written: dict[str, object] = {"Version": version} if version else {}
    return Policy(name, raw_document(written | {"Statement": list(statements)}), kind)


def policies(*statements: object) -> PolicySet:
    """Write a set of one policy."""
    return PolicySet((policy(*statements),))


def levels(*each: Sequence[Statement]) -> Known[tuple[Level, ...]]:
    """Write the levels of an organization, each with one policy of those statements."""
    return Known(
        tuple(Level(f"level-{number}", policies=policies(*statements)) for number, statements in enumerate(each))
    )


def case(
    source: str = USER,
    role: str = DESTINATION,
    *,
    trust: Sequence[object] | Policy | Unread | None = None,
    identity: Sequence[object] | PolicySet = (STS,),
    boundary: Sequence[object] | Unread | None = None,
    session_policy: Sequence[object] | PolicySet = NO_POLICIES,
    scps: Evidence[tuple[Level, ...]] = NO_LEVELS,
    rcps: Evidence[tuple[Level, ...]] = NO_LEVELS,
    endpoint: Evidence[Endpoint | None] = NO_ENDPOINT,
    endpoint_policy: Sequence[object] | None = None,
    origin: Origin | None = None,
    principal: Evidence[Principal | None] | None = None,
    tags: Mapping[str, str] | None = None,
    session_tags: Evidence[Mapping[str, str]] = NO_TAGS,
    transitive: Evidence[tuple[str, ...]] = NO_NAMES,
    source_identity: Evidence[str | None] = NO_IDENTITY,
    mfa: Evidence[bool] = NO_MFA,
    mfa_age: int | None = None,
    issued_at: str | None = None,
    organization: Evidence[Organization | None] = NO_ORGANIZATION,
    far_organization: Evidence[Organization | None] = NO_ORGANIZATION,
    role_tags: Evidence[Mapping[str, str]] = NO_TAGS,
    role_evidence: Evidence[Role | None] | None = None,
    max_session: Evidence[int] = TWELVE_HOURS,
    other_roles: Evidence[tuple[str, ...]] = NO_NAMES,
    parameters: Parameters = NAMED,
    via: Via = Via.API,
    region: str | None = "eu-west-1",
    context: Mapping[str, tuple[str, ...]] | None = None,
    unknown: tuple[str, ...] = (),
    signed_in_as: str | None = None,
    taken_at: str = TAKEN,
) -> Case:
    """Make a case. Lists of statements stand for a policy of them; trust is to the caller's account or service."""
    caller = parse_caller(source)
    if trust is None:
        named = {"Service": source} if caller.kind is CallerKind.SERVICE else {"AWS": caller.account}
        trust = (trusts(named),)
    if endpoint_policy is not None:
        endpoint = Known(Endpoint("vpce-1", vpc="vpc-1", policy=Known(policy(*endpoint_policy))))
    return Case(
        request=Request(
            role_arn=role,
            via=via,
            parameters=parameters,
            region=region,
            context=context or {},
            unknown=unknown,
            signed_in_as=signed_in_as,
        ),
        snapshot=Snapshot(
            source=SourceSide(
                arn=source,
                principal=principal if principal is not None else _principal(source, tags),
                identity_policies=identity if isinstance(identity, PolicySet) else policies(*identity),
                boundary=boundary
                if isinstance(boundary, Unread)
                else Known(None if boundary is None else policy(*boundary)),
                session=Session(
                    origin=Known(origin) if origin else _usual_origin(source),
                    policies=session_policy if isinstance(session_policy, PolicySet) else policies(*session_policy),
                    tags=session_tags,
                    transitive_tag_keys=transitive,
                    source_identity=source_identity,
                    mfa=mfa,
                    mfa_age=mfa_age,
                    issued_at=issued_at,
                ),
                scps=scps,
                organization=organization,
            ),
            destination=DestinationSide(
                role=role_evidence
                if role_evidence is not None
                else Known(Role(role, "AROADEPLOYEXAMPLE0001", role_tags, max_session)),
                trust_policy=trust
                if isinstance(trust, Unread)
                else Known(trust if isinstance(trust, Policy) else policy(*trust, kind=PolicyKind.TRUST)),
                rcps=rcps,
                organization=far_organization,
                other_roles=other_roles,
            ),
            endpoint=endpoint,
            taken_at=taken_at,
        ),
    )


def _principal(source: str, tags: Mapping[str, str] | None) -> Known[Principal | None]:
    described = {
        CallerKind.USER: (source, USER_ID),
        CallerKind.ROLE: (source, ROLE_ID),
        CallerKind.SESSION: (SSO_ROLE if "AWSReservedSSO" in source else ROLE, ROLE_ID),
    }.get(parse_caller(source).kind)
    return Known(Principal(*described, tags=Known(tags or {})) if described else None)


def _usual_origin(source: str) -> Evidence[Origin]:
    match parse_caller(source).kind:
        case CallerKind.USER:
            return Known(Origin.LONG_TERM)
        case CallerKind.ROLE | CallerKind.SESSION:
            return Known(Origin.IDENTITY_CENTER if "AWSReservedSSO" in source else Origin.ASSUME_ROLE)
    return GAP


def answered(one: Case, action: Action = Action.ASSUME_ROLE) -> ActionDecision:
    """Give the decision on one action."""
    return next(decided for decided in decide(one).actions if decided.action is action)


def layer(one: Case, which: Layer, action: Action = Action.ASSUME_ROLE) -> LayerTrace:
    """Give the trace of one layer."""
    return next(trace for trace in answered(one, action).layers if trace.layer is which)


def statement(one: Case, which: Layer, number: int = 0, action: Action = Action.ASSUME_ROLE) -> StatementTrace:
    """Give the trace of one statement, counted through the levels of its layer."""
    return [each for level in layer(one, which, action).levels for each in level.statements][number]


def element(
    one: Case, which: Layer, kind: Element, number: int = 0, action: Action = Action.ASSUME_ROLE
) -> ElementTrace:
    """Give the trace of the first element of a kind in one statement."""
    return next(each for each in statement(one, which, number, action).elements if each.element is kind)


def on_key(
    operator: str,
    key: str,
    values: object,
    *,
    action: Action = Action.ASSUME_ROLE,
    version: str | None = "2012-10-17",
    source: str = USER,
    **more: Any,
) -> ElementTrace:
    """Give the trace of one test in a trust policy that else lets the caller in."""
    caller = parse_caller(source)
    named = {"Service": source} if caller.kind is CallerKind.SERVICE else {"AWS": caller.account}
    trust = policy(trusts(named, Condition={operator: {key: values}}), version=version, kind=PolicyKind.TRUST)
    return element(case(source, trust=trust, **more), Layer.TRUST, Element.CONDITION, action=action)


def outcome(trace: ElementTrace) -> tuple[Tri, Reason, str]:
    """Give what a test asserts of a comparison: its verdict, its reason and its place."""
    return trace.verdict, trace.reason, trace.pointer


def gate(one: Case, which: Gate) -> list[GateTrace]:
    """Give what a gate says; nothing where the request passes it."""
    return [trace for trace in decide(one).gates if trace.gate is which]


def told(one: Case, key: str) -> object:
    """Give a key's state: its values, `()` for absent, what is known of it, or `anything`."""
    state = state_of(key.lower(), Authorization(one).call)
    if not isinstance(state, UnknownState):
        return state
    if state.options is not None:
        return frozenset(state.options)
    if state.like:
        return f"like {state.like}"
    return PRESENT if state.present else UNKNOWN_STATE
