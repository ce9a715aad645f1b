"""Remedies of every kind of policy, to look at what they are rendered as."""

from typing import Any

from tests.remedy.broken import (
    about,
    allow,
    broken,
    deny,
    document,
    identity,
    on,
    the_remedy,
    trust,
)

from diagnose.model.diagnosis import Remedy
from diagnose.model.trace import Effect, Element, Layer

OTHER = "arn:aws:iam::222222222222:role/Other"


def command(remedy: Remedy) -> str:
    return dict(remedy.commands)["aws-cli"]


def in_identity(**policy: Any) -> Remedy:
    case = broken("cross-account", identity_policies=identity(on(OTHER), **policy))
    return the_remedy("allow-role-in-identity", about(case, Layer.IDENTITY), case)


def in_trust() -> Remedy:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": "333333333333"})))
    return the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case)


def in_endpoint() -> Remedy:
    own = {"value": {"policy": {"value": {"document": document(allow("*", Resource=OTHER))}}}}
    case = broken("endpoint", endpoint=own)
    return the_remedy("allow-in-endpoint", about(case, Layer.ENDPOINT), case)


def in_scp() -> Remedy:
    guard = {
        "name": "Guard",
        "kind": "scp",
        "arn": "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-guard123",
        "document": document(deny(Resource="*")),
    }
    case = broken("organization", scps={"value": {"0": {"policies": {"policies": {"1": guard}}}}})
    return the_remedy("exempt-from-deny", about(case, Layer.SCP, effect=Effect.DENY), case)


def in_group() -> Remedy:
    case = broken(
        "cross-account",
        identity_policies=identity(on("arn:aws:iam::222222222222:role/deploy"), attached_to="group devs"),
    )
    return the_remedy("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case)


MANAGED = {"kind": "managed", "arn": "arn:aws:iam::111111111111:policy/Deploy"}
