"""Every shortcut against the long way: with traces and without, and by trying values.

They are compared on all that there is: worlds, worlds of which one thing less is known, rule examples, known answers.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from math import prod
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.authoring.examples import changed
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.console import console_case
from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.explore import explore
from diagnose.evaluate.gates import gates
from diagnose.evaluate.level import CompiledLevel, TrustMatches, answer_layer
from diagnose.evaluate.possible_values import PossibleValue
from diagnose.model.case import Case, Origin, Parameters, ProvidedContext, Request, Role, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import Effect, Layer, LevelTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri
from tests.evaluate.cases import (
    DESTINATION,
    FAR,
    FEDERATED,
    GAP,
    HOME,
    LOCAL,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    SSO_SESSION,
    STS,
    USER,
    case,
    trusts,
)
from tests.evaluate.changes import WORLDS, fades
from tests.test_known_answers import ANSWERS

SERVICE_LINKED = f"arn:aws:iam::{FAR}:role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForEC2"
RESERVED = f"arn:aws:iam::{FAR}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"
CHINESE = f"arn:aws-cn:iam::{FAR}:role/Deploy"


def _worlds() -> Iterator[Case]:
    for world in WORLDS.values():
        yield world
        for fade in fades(world).values():
            yield fade(world)


def _examples() -> Iterator[Case]:
    for examples in load_examples(rule_folders()).values():
        for example in examples:
            yield _changed(example.world, example.change)


def _answers() -> Iterator[Case]:
    for _, answer in ANSWERS:
        yield _changed(answer.world, answer.change)


def _changed(world: str, change: Any) -> Case:
    made = changed(msgspec.json.decode(msgspec.json.encode(WORLDS[world])), change)
    return msgspec.json.decode(msgspec.json.encode(made), type=Case)


def _oddities() -> Iterator[Case]:
    """Statements without an effect, without elements, and that are none; levels of all kinds; an unread part."""
    odd: list[object] = [
        STS,
        STS | {"Effect": "Perhaps"},
        {"Effect": "Allow"},
        "no statement",
        STS | {"Effect": "Deny"},
    ]
    for one, other in product(odd, repeat=2):
        yield case(identity=[one, other])
        yield case(trust=[trusts({"AWS": HOME}), one, other])
        yield case(boundary=[one, other], session_policy=[other], source=SESSION, role=LOCAL)


@cache
def everything(name: str) -> list[Case]:
    return list({"worlds": _worlds, "examples": _examples, "answers": _answers, "oddities": _oddities}[name]())


of_everything = pytest.mark.parametrize("name", ["worlds", "examples", "answers", "oddities"])


@of_everything
def test_deciding_with_traces_and_without_is_the_same(name: str) -> None:
    for one in everything(name):
        assert decide(one).verdict is verdict(one), one


@of_everything
def test_an_action_is_decided_by_all_the_layers_and_by_those_that_can_deny_it(name: str) -> None:
    for authorization in _asked(name):
        for action, _ in authorization.actions():
            layers = authorization.answers(action)
            answers = [(layer, answer.grants, answer.denies) for layer, answer in layers.items()]
            matches = layers[Layer.TRUST].matches if authorization.operation.asks_role else {}
            assert authorization.verdict(action) is authorization.allowed(matches, answers)


@of_everything
def test_a_layer_comes_to_the_same_with_traces_and_without(name: str) -> None:
    for authorization in _asked(name):
        for action, _ in authorization.actions():
            for layer, answer in authorization.answers(action).items():
                matches: TrustMatches = {}
                without_traces = answer_layer(
                    authorization.layers[layer], authorization.request(action), authorization.has_boundary, matches
                )
                assert without_traces == (answer.grants, answer.denies)
                assert answer.grants is all_of(level.some_allow for level in answer.levels)
                assert answer.denies is any_of(level.some_deny for level in answer.levels)
                if layer is Layer.TRUST:
                    assert matches == answer.matches


@of_everything
def test_a_level_comes_to_what_its_statements_come_to_one_by_one(name: str) -> None:
    for authorization in _asked(name):
        for action, _ in authorization.actions():
            for layer, answer in authorization.answers(action).items():
                for compiled, level in zip(authorization.layers[layer].levels, answer.levels, strict=True):
                    assert (level.some_allow, level.some_deny) == _one_by_one(compiled, level)


def _by_trying_each(authorization: Authorization, tried: dict[str, list[PossibleValue]]) -> dict[tuple[int, ...], Tri]:
    """Decide once for every choice of values."""
    before = {key: authorization.call.states[key] for key in tried}
    outcomes = {}
    for places in product(*(range(len(values)) for values in tried.values())):
        for (key, values), place in zip(tried.items(), places, strict=True):
            authorization.call.states[key] = values[place].values
        outcomes[places] = authorization.combined(authorization.verdict)
    authorization.call.states.update(before)
    return outcomes


@of_everything
def test_trying_values_comes_to_what_every_choice_of_them_does(name: str) -> None:
    for authorization in _asked(name):
        exploration = explore(authorization)
        if prod(map(len, exploration.tried.values())) > 200:
            continue
        outcomes = _by_trying_each(authorization, exploration.tried)
        if exploration.tried:
            distinct = set(outcomes.values())
            assert exploration.verdict is (distinct.pop() if len(distinct) == 1 else UNKNOWN)
        for place, (key, values) in enumerate(exploration.tried.items()):
            possible = {places[place] for places, outcome in outcomes.items() if outcome is not NO}
            rows: dict[tuple[int, ...], set[Tri]] = {}
            for places, outcome in outcomes.items():
                rows.setdefault((*places[:place], *places[place + 1 :]), set()).add(outcome)
            matters = any(len(row) > 1 for row in rows.values())
            assert exploration.of_key(key) == (tri(matters), [index in possible for index in range(len(values))])


@of_everything
def test_gates_are_passed_over_only_where_they_have_nothing_to_say(name: str) -> None:
    for authorization in _asked(name):
        assert authorization.gates == gates(authorization.call.case, authorization.call.caller, authorization.call.role)


SENT: dict[str, object] = {
    "external_id": "acme-42",
    "duration_seconds": 7200,
    "mfa_serial": f"arn:aws:iam::{HOME}:mfa/alice",
    "mfa_code_sent": True,
    "source_identity": "alice",
    "tags": {"team": "red"},
    "transitive_tag_keys": ("team",),
    "provider_id": "www.amazon.com",
    "provided_contexts": (ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
    "passed_to": "ec2.amazonaws.com",
    "associated_resource": f"arn:aws:ec2:eu-west-1:{FAR}:instance/i-0123456789abcdef0",
}
PARAMETERS = [
    Parameters(),
    Parameters(session_name="nightly"),
    Parameters(session_name="a b"),
    Parameters(session_name="nightly", external_id="a b"),
    Parameters(session_name="", external_id="x"),
    Parameters(session_name="nightly", duration_seconds=99999),
    *(Parameters(session_name="nightly", **{name: value}) for name, value in SENT.items()),  # type: ignore[arg-type]
]
SOURCES = [
    case(source, origin=origin, transitive=transitive, source_identity=identity, principal=principal).snapshot.source
    for source in (SERVICE, USER, ROLE, SESSION, SSO_SESSION, ROOT, FEDERATED)
    for origin in (None, Origin.ASSUME_ROOT, Origin.GET_SESSION_TOKEN)
    for transitive, identity in ((Known(()), Known(None)), (Known(("team",)), Known("bob")), (GAP, GAP))
    for principal in (None, Known(None), GAP)
]
ROLES = [
    (role, case(role=role, role_evidence=evidence, max_session=maximum).snapshot.destination)
    for role in (DESTINATION, LOCAL, SERVICE_LINKED, RESERVED, CHINESE)
    for evidence in (None, Known(None), Known(Role(f"arn:aws:iam::{FAR}:role/other/Deploy")), GAP)
    for maximum in (Known(3600), GAP)
]


@pytest.mark.parametrize("sent", PARAMETERS, ids=lambda sent: str(sent)[:60])
def test_no_gate_is_passed_over_whoever_calls_whichever_role_with_whatever(sent: Parameters) -> None:
    """Sides are shared, so that most of what is asked of them is remembered from another pair."""
    base = case()
    for source, (role, destination), via in product(SOURCES, ROLES, (Via.API, Via.CONSOLE)):
        request = Request(role, via=via, parameters=sent)
        one = replace(base, request=request, snapshot=replace(base.snapshot, source=source, destination=destination))
        authorization = Authorization(one)
        assert authorization.gates == gates(one, authorization.call.caller, authorization.call.role)


def test_the_parameters_that_are_tried_are_all_that_there_are() -> None:
    assert {"session_name", *SENT} == set(Parameters.__struct_fields__)


def _asked(name: str) -> Iterator[Authorization]:
    for one in everything(name):
        yield Authorization(console_case(one))


def _one_by_one(compiled: CompiledLevel, level: LevelTrace) -> tuple[Tri, Tri]:
    """Add up a level from the traces of its statements; one whose effect cannot be told counts as either."""
    effects = [statement.effect for _, document in compiled.compiled for statement in document.statements]
    unread = [UNKNOWN for _ in level.unread]
    by_effect = {
        effect: [trace.verdict for trace, own in zip(level.statements, effects, strict=True) if own in (effect, None)]
        for effect in Effect
    }
    some_allow = any_of([*by_effect[Effect.ALLOW], *unread]) if compiled.traits.grants else YES
    return some_allow, any_of([*by_effect[Effect.DENY], *unread])
