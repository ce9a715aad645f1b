"""Worlds with something broken in them, what the finding would be about, and the remedy."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from diagnose import remedy
from diagnose.causes.change import changed
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Remedy
from diagnose.model.trace import Action, Decision, Effect, Element, Gate, Layer, StatementTrace, Subject
from diagnose.model.tri import YES

Json = Any
BUILDER = "arn:aws:iam::111111111111:user/builder"
APP = "arn:aws:iam::111111111111:role/team/App"
DEPLOY = "arn:aws:iam::222222222222:role/Deploy"
WORLDS = Path(__file__).parents[2] / "fixtures" / "worlds"


def broken(world: str, **change: Json) -> Case:
    """Give a world with a merge patch made in it: `request`, and parts of the snapshot by name.

    `organization` is the source's, `theirs` the destination's.
    """
    patch = {name: change.pop(name) for name in ("request",) if name in change}
    snapshot: Json = {name: change[name] for name in ("endpoint",) if name in change}
    source = {name: change[name] for name in _SOURCE if name in change}
    destination = {name: change[name] for name in _DESTINATION if name in change}
    assert set(change) <= {*snapshot, *source, *destination, "theirs"}, "no such part of a snapshot"
    if "theirs" in change:
        destination["organization"] = change["theirs"]
    whole = changed(_world(world), {**patch, "snapshot": {**snapshot, "source": source, "destination": destination}})
    return msgspec.json.decode(msgspec.json.encode(whole), type=Case)


def document(*statements: Json, **more: Json) -> Json:
    """Make a policy document."""
    return {"Version": "2012-10-17", **more, "Statement": list(statements)}


def trust(*statements: Json, **more: Json) -> Json:
    """Make another trust policy."""
    return {"value": {"document": {"Statement": list(statements), **more}}}


def identity(*statements: Json, **policy: Json) -> Json:
    """Make the source's one policy another."""
    return {"policies": {"0": {**policy, "document": {"Statement": list(statements)}}}}


def allow(principal: Json, action: Json = "sts:AssumeRole", **more: Json) -> Json:
    """Make a trust statement that allows."""
    return {"Effect": "Allow", "Principal": principal, "Action": action} | more


def on(resource: Json, action: Json = "sts:AssumeRole", **more: Json) -> Json:
    """Make a statement of an identity policy that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def deny(action: Json = "sts:AssumeRole", **more: Json) -> Json:
    """Make a statement that denies."""
    return {"Effect": "Deny", "Action": action} | more


def about(
    case: Case,
    layer: Layer,
    element: Element | None = None,
    *,
    key: str = "",
    action: Action = Action.ASSUME_ROLE,
    effect: Effect = Effect.ALLOW,
    level: str = "",
    index: int | None = None,
) -> Subject:
    """Give what a finding on a layer would be about: the layer, or a statement of it, or a comparison in that."""
    found = [one for one in _statements(decide(case), layer, action) if one.effect is effect]
    if index is not None:
        found = [one for one in found if one.index == index]
    if level:
        found = [one for one in found if one.level == level]
    if element is None and effect is Effect.ALLOW:
        return Subject(action, layer, level)
    if element is None:
        return Subject(
            action, layer, found[0].level, next(one for one in found if one.verdict is not YES or effect is Effect.DENY)
        )
    for statement in found:
        for trace in statement.elements:
            if trace.element is element and (not key or trace.key.lower() == key.lower()) and trace.verdict is not YES:
                return Subject(action, layer, statement.level, statement, trace)
    raise AssertionError(f"nothing is wrong with the {element} in {layer}")


def gate(case: Case, wanted: Gate) -> Subject:
    """Give what a finding on a gate would be about."""
    return Subject(gate=next(one for one in decide(case).gates if one.gate is wanted))


def propose(kind: str, subject: Subject, case: Case) -> tuple[Remedy, ...]:
    """Propose remedies of one kind for a case as it is."""
    return remedy.propose([kind], subject, case, decide(case))[0]


def refusal(kind: str, subject: Subject, case: Case) -> NotProved:
    """Say why no remedy of a kind is proposed."""
    remedies, (refused,) = remedy.propose([kind], subject, case, decide(case))
    assert remedies == ()
    assert refused.kind == kind
    return refused.reason


def the_remedy(kind: str, subject: Subject, case: Case) -> Remedy:
    """Give the one remedy that is proposed."""
    (found,) = propose(kind, subject, case)
    return found


def edited(found: Remedy) -> Json:
    """Give the whole edited document."""
    return json.loads(found.document)


def _statements(decision: Decision, layer: Layer, action: Action) -> list[StatementTrace]:
    return [
        statement
        for decided in decision.actions
        if decided.action is action
        for trace in decided.layers
        if trace.layer is layer
        for level in trace.levels
        for statement in level.statements
    ]


@cache
def _world(name: str) -> Json:
    return json.loads((WORLDS / f"{name}.json").read_text(encoding="utf-8"))


_SOURCE = (
    "arn",
    "principal",
    "identity_policies",
    "idle_policies",
    "boundary",
    "session",
    "scps",
    "organization",
)
_DESTINATION = ("role", "trust_policy", "rcps", "other_roles")
