"""Whom to ask for what was not read: the side that has it."""

from typing import Any

import pytest
from tests.causes.given import BUILDER, allow, case, trust

from diagnose.causes.facts import GapFact, GapSide
from diagnose.causes.gather import gather_facts
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case

UNREAD: Any = {"evidence": "unread", "gap": "not_supplied"}
SOURCE, DESTINATION, REQUEST = GapSide.SOURCE, GapSide.DESTINATION, GapSide.REQUEST


def sides(given: Case) -> dict[str, GapSide]:
    """Give, by what is not known, the side that has it."""
    facts = gather_facts(given, decide(given))
    return {fact.what: fact.side for fact in facts if isinstance(fact, GapFact)}


@pytest.mark.parametrize(
    ("world", "change", "what", "side"),
    [
        pytest.param("cross-account", {"destination": {"trust_policy": UNREAD}}, "trust", DESTINATION, id="trust"),
        pytest.param("organization", {"destination": {"rcps": UNREAD}}, "rcp", DESTINATION, id="RCPs"),
        pytest.param("organization", {"source": {"scps": UNREAD}}, "scp", SOURCE, id="SCPs"),
        pytest.param("cross-account", {"source": {"boundary": UNREAD}}, "boundary", SOURCE, id="the boundary"),
        pytest.param("cross-account", {"endpoint": UNREAD}, "endpoint", REQUEST, id="the endpoint"),
        pytest.param(
            "github", {"destination": {"oidc_providers": UNREAD}}, "provider", DESTINATION, id="the identity provider"
        ),
        pytest.param(
            "pod", {"source": {"pod": {"clusters": UNREAD}}}, "association", DESTINATION, id="the pod's association"
        ),
    ],
)
def test_a_layer_or_a_gate_that_was_not_read_belongs_to_a_side(
    world: str, change: Any, what: str, side: GapSide
) -> None:
    assert sides(case(world, {"snapshot": change}))[what] is side


def test_a_maximum_that_was_not_read_is_of_the_role() -> None:
    asked = {"request": {"parameters": {"duration_seconds": 7200}}}
    unread = {"snapshot": {"destination": {"role": {"value": {"max_session_seconds": UNREAD}}}}}
    assert sides(case("cross-account", asked, unread))["duration"] is DESTINATION


@pytest.mark.parametrize(
    ("key", "side"),
    [
        pytest.param("aws:PrincipalArn", SOURCE, id="the caller"),
        pytest.param("aws:username", SOURCE, id="a user"),
        pytest.param("aws:Ec2InstanceSourceVpc", SOURCE, id="an instance"),
        pytest.param("aws:SourceAccount", SOURCE, id="a service"),
        pytest.param("aws:FederatedProvider", SOURCE, id="how the caller signed in"),
        pytest.param("iam:ResourceTag/team", DESTINATION, id="the role"),
        pytest.param("sts:RoleSessionName", REQUEST, id="a parameter"),
        pytest.param("aws:SecureTransport", REQUEST, id="the call"),
        pytest.param("s3:prefix", REQUEST, id="another operation"),
    ],
)
def test_a_key_belongs_to_whoever_gives_its_value(key: str, side: GapSide) -> None:
    given = case(
        "cross-account",
        trust(allow(BUILDER, Condition={"StringEquals": {key: "x"}})) | {"request": {"unknown": [key]}},
    )
    assert sides(given)[key] is side
