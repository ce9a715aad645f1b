"""A world is a whole case in which AWS says yes and nothing is unknown: the ground that examples stand on."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from diagnose.evaluate.decision import decide
from diagnose.model.arn import CallerKind, parse_caller, parse_role
from diagnose.model.case import Case, Principal, Role, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.operation import FEDERATED, Operation, operation_of
from diagnose.model.policy import Policy, document_text
from diagnose.model.tri import NO, YES

WORLDS = sorted((Path(__file__).parent.parent / "fixtures" / "worlds").glob("*.json"))
every_world = pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)


def test_there_are_worlds() -> None:
    assert len(WORLDS) >= 14


@every_world
def test_a_world_names_real_arns(path: Path) -> None:
    case = _read(path)
    caller = parse_caller(case.snapshot.source.arn)
    role = parse_role(case.request.role_arn)
    match case.snapshot.destination.role:
        case Known(Role() as described):
            assert described.arn == role.arn
        case _:
            pytest.fail("the role is not known")
    match case.snapshot.source.principal:
        case Known(Principal() as principal):
            behind = parse_caller(principal.arn)
            assert (behind.account, behind.name) == (caller.account, caller.name)
            assert behind.path
        case Known(None):
            assert caller.kind is CallerKind.SERVICE
        case Unread():
            assert operation_of(caller.kind) is not Operation.ASSUME_ROLE


@every_world
def test_a_world_leaves_nothing_unread(path: Path) -> None:
    case = msgspec.json.decode(msgspec.json.encode(_read(path)))
    signed = case["request"]["operation"] not in FEDERATED
    ignored = "/snapshot/destination/" if signed else "/snapshot/source/"
    names = ("oidc_providers", "saml_providers") if signed else SourceSide.__struct_fields__
    unread = {place for place, value in _walk(case) if isinstance(value, dict) and "gap" in value}
    assert {place for place in unread if not place.startswith(tuple(ignored + name for name in names))} == set()


@every_world
def test_every_document_in_a_world_is_a_policy_of_the_current_language(path: Path) -> None:
    documents = [msgspec.json.decode(document_text(policy.document)) for policy in _policies(_read(path))]
    assert documents
    for document in documents:
        assert document["Version"] == "2012-10-17"
        assert all(statement["Effect"] in ("Allow", "Deny") for statement in document["Statement"])


@every_world
def test_a_world_is_allowed_and_no_doubt_matters(path: Path) -> None:
    decision = decide(_read(path))
    assert (decision.verdict, decision.blockers) == (YES, ())
    assert [doubt.about for doubt in decision.doubts if doubt.matters is not NO] == []
    assert (decision.problems, decision.notes) == ((), ())


def _read(path: Path) -> Case:
    return msgspec.json.decode(path.read_bytes(), type=Case)


def _walk(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    yield place, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _walk(part, f"{place}/{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _walk(part, f"{place}/{index}")


def _policies(case: Case) -> Iterator[Policy]:
    source, destination = case.snapshot.source, case.snapshot.destination
    yield from source.identity_policies.policies
    yield from source.session.policies.policies
    for levels in (source.scps, destination.rcps):
        if isinstance(levels, Known):
            for level in levels.value:
                yield from level.policies.policies
    for single in (source.boundary, destination.trust_policy):
        if isinstance(single, Known) and single.value is not None:
            yield single.value
    if isinstance(case.snapshot.endpoint, Known) and case.snapshot.endpoint.value is not None:
        policy = case.snapshot.endpoint.value.policy
        if isinstance(policy, Known):
            yield policy.value
