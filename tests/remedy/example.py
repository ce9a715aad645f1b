"""What an example of a remedy is, and what examples are made of."""

from typing import Any, NamedTuple

from tests.remedy.broken import BUILDER, about, allow, broken, document, gate, trust

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof
from diagnose.model.trace import Action, Effect, Element, Gate, GateTrace, Layer, Reason, Subject
from diagnose.model.tri import NO


class Example(NamedTuple):
    """A remedy of `kind` for what `subject` says of `case` is proved to be `proof`; None: it is not shown.

    `refused` says why; None where the kind edits nothing, and has nothing to say.
    """

    kind: str
    name: str
    case: Case
    subject: Subject
    proof: Proof | None
    refused: NotProved | None


TAGS, SOURCE_IDENTITY = Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY
ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}
USER = {"AWS": BUILDER}
OTHER = "arn:aws:iam::222222222222:role/Other"
ALLOWED, CLEARS, NOT_TRIED, REFUSED = Proof.ALLOWED, Proof.CLEARS, Proof.NOT_TRIED, None


def of_layer(layer: Layer, element: Element | None = None, **more: Any) -> Any:
    return lambda case: about(case, layer, element, **more)


def of_gate(wanted: Gate) -> Any:
    return lambda case: gate(case, wanted)


def condition(key: str, layer: Layer = Layer.TRUST, **more: Any) -> Any:
    return lambda case: about(case, layer, Element.CONDITION, key=key, **more)


def example(kind: str, name: str, case: Case, subject: Any, outcome: Proof | NotProved | None) -> Example:
    proof = outcome if isinstance(outcome, Proof) else None
    refused = outcome if isinstance(outcome, NotProved) else None
    return Example(kind, name, case, subject(case) if callable(subject) else subject, proof, refused)


IDENTITY, TRUST = of_layer(Layer.IDENTITY), of_layer(Layer.TRUST)
WHOM = of_layer(Layer.TRUST, Element.PRINCIPAL)
IDENTITY_DENIES = of_layer(Layer.IDENTITY, effect=Effect.DENY)
BOUNDARY = {
    "name": "Boundary",
    "kind": "managed",
    "arn": "arn:aws:iam::111111111111:policy/Boundary",
}
SCP = {
    "name": "Guard",
    "kind": "scp",
    "arn": "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-guard123",
}
EXTERNAL = {"StringEquals": {"sts:ExternalId": "acme-42"}}
SAVED = {"kind": "managed", "arn": "arn:aws:iam::111111111111:policy/assume-deploy", "version": "v2"}


def with_condition(condition: Any, world: str = "cross-account", **more: Any) -> Case:
    principal = ACCOUNT if more.pop("whole_account", False) else USER
    return broken(world, trust_policy=trust(allow(principal, Condition=condition)), **more)


def bounded(*statements: Any, world: str = "tagged") -> Case:
    return broken(world, boundary={"value": {**BOUNDARY, "document": document(*statements)}})


def with_scp(*statements: Any) -> Case:
    added = {**SCP, "document": document(*statements)}
    return broken("organization", scps={"value": {"0": {"policies": {"policies": {"1": added}}}}})


def asked(**parameters: Any) -> Case:
    return broken("cross-account", request={"parameters": parameters})


NO_POLICY = broken("cross-account", identity_policies={"policies": []})
IDLE = {
    "name": "AssumeDeploy",
    "kind": "managed",
    "arn": "arn:aws:iam::111111111111:policy/AssumeDeploy",
    "attached_to": "group deployers",
}
GONE = {"role": {"value": None}, "trust_policy": {"evidence": "unread"}}
ROOT = broken("cross-account", arn="arn:aws:iam::111111111111:root")
NO_TROUBLE = Subject(gate=GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE))
