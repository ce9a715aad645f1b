"""What the diagnoses of these tests are made of."""

from collections.abc import Sequence

from msgspec import Struct

from diagnose.model.case import (
    Case,
    DestinationSide,
    Origin,
    Principal,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
)
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Effect,
    Element,
    ElementTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Match,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

TAKEN = "2026-11-23T16:02:00Z"
GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
REFUSED = "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}{why}"


class Names(Struct, frozen=True):
    """Everything in a diagnosis that belongs to the customer."""

    source_account: str = "111111111111"
    dest_account: str = "222222222222"
    user: str = "alice"
    path: str = "ci"
    caller: str = "deployer"
    session: str = "build-42"
    role: str = "Deploy"
    external_id: str = "acme-42"
    other_external_id: str = "ACME-42"
    identity_policy: str = "AssumeDeploy"
    scp: str = "DenySts"
    unit: str = "Workloads"
    group: str = "devs"
    sid: str = "LetCiIn"

    @property
    def user_arn(self) -> str:
        return f"arn:aws:iam::{self.source_account}:user/{self.user}"

    @property
    def caller_arn(self) -> str:
        return f"arn:aws:iam::{self.source_account}:role/{self.path}/{self.caller}"

    @property
    def session_arn(self) -> str:
        return f"arn:aws:sts::{self.source_account}:assumed-role/{self.caller}/{self.session}"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.dest_account}:role/{self.role}"


NAMES = Names()


def trusting(principal: str | list[str], *, sid: str = "") -> dict[str, list[dict[str, object]]]:
    statement: dict[str, object] = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return document_of({"Sid": sid, **statement} if sid else statement)


def allowing(action: str, resource: str) -> dict[str, list[dict[str, object]]]:
    return document_of({"Effect": "Allow", "Action": action, "Resource": resource})


def document_of(statement: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    return {"Version": "2012-10-17", "Statement": [statement]}  # type: ignore[dict-item]  # a version is no list


def policy_of(name: str, kind: PolicyKind, document: object, attached_to: str = "") -> Policy:
    return Policy(name, raw_document(document), kind, attached_to=attached_to)


def identity_of(names: Names) -> Policy:
    return policy_of(names.identity_policy, PolicyKind.INLINE, allowing("sts:AssumeRole", names.role_arn))


def comparison(
    element: Element, verdict: Tri, reason: Reason, pointer: str, *, wanted: str = "", got: str = ""
) -> ElementTrace:
    key = pointer.rpartition("/")[2] if element is Element.CONDITION else ""
    return ElementTrace(element, verdict, reason, pointer, (wanted,) if wanted else (), got, key)


def principal_fits(arn: str) -> ElementTrace:
    pointer = "/Statement/0/Principal/AWS"
    return comparison(Element.PRINCIPAL, YES, Reason.MATCHES, pointer, wanted=arn, got=arn)


def resource_fits(names: Names) -> ElementTrace:
    arn = names.role_arn
    return comparison(Element.RESOURCE, YES, Reason.MATCHES, "/Statement/0/Resource", wanted=arn, got=arn)


def statement_of(
    layer: Layer, policy: Policy, verdict: Tri, sid: str, element: ElementTrace, effect: Effect = Effect.ALLOW
) -> StatementTrace:
    return StatementTrace(layer, "", policy, 0, sid, effect, verdict, (element,))


def layer_of(
    layer: Layer, verdict: Tri, statements: Sequence[StatementTrace], *, unread: Sequence[Unread] = (), why: str = ""
) -> LayerTrace:
    level = LevelTrace("", verdict, NO, tuple(statements), tuple(unread))
    return LayerTrace(layer, verdict, UNKNOWN if unread else NO, (level,), why=why)


def unread_layer(layer: Layer, names: Names, permission: str) -> LayerTrace:
    gap = Unread(Gap.ACCESS_DENIED, f"service control policies of {names.source_account}", permission)
    return layer_of(layer, UNKNOWN, [], unread=[gap])


def decided_with(verdict: Tri, match: Match | None = None, **layers: LayerTrace) -> ActionDecision:
    """Decide AssumeRole; a layer that is not given is not there."""
    return ActionDecision(
        Action.ASSUME_ROLE,
        verdict,
        tuple(layers.get(layer.value) or LayerTrace(layer, YES, NO, applies=False) for layer in Layer),
        match,
    )


def case_of(names: Names, source: str, trust: Policy, identity: Sequence[Policy]) -> Case:
    behind = names.user_arn if source == names.user_arn else names.caller_arn
    return Case(
        Request(names.role_arn),
        Snapshot(
            SourceSide(
                source,
                Known(Principal(behind, "AROAEXAMPLECALLER0001", Known({"team": "payments"}))),
                PolicySet(tuple(identity)),
                boundary=Known(None),
                session=Session(origin=Known(Origin.ASSUME_ROLE)),
            ),
            DestinationSide(Known(Role(names.role_arn, "AROAEXAMPLEDESTINAT01")), Known(trust), Known(())),
            Known(None),
            TAKEN,
        ),
    )
