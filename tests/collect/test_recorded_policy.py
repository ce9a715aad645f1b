"""The policies that AWS recorded to deny the request fill layers that were not read, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from botocore.stub import Stubber
from tests.aws.answers import page
from tests.cases import BUILDER, DEPLOY, case
from tests.collect.test_authorization import ID, SCP, UNIT, answer, check, client, error, evaluation, matched, sides

from diagnose.aws.session import Credentials
from diagnose.collect.authorization import read_authorizations, with_authorizations
from diagnose.collect.recorded_policy import with_recorded_policies
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Level, PolicySet, document_text
from diagnose.model.trace import Layer
from diagnose.pipeline import diagnose

__all__ = ["sides"]

DETAILS, POLICY = "get_request_authorization_details", "get_request_authorization_policy"
FENCE: Any = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Rest", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NoRoles", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": DEPLOY},
    ],
}
UNREAD = {"evidence": "unread", "gap": "access_denied", "permission": "organizations:ListPoliciesForTarget"}
MANAGED = "arn:aws:iam::111111111111:policy/Fence"
TRUST_URI = "trust-1"
Sides = tuple[Credentials, Credentials]


def denied(kind: str, uri: str = SCP, target: str = "", effect: str = "EXPLICIT_DENY") -> dict[str, Any]:
    return evaluation(check(kind, effect, matched(uri, "NoRoles"), target=target))


DENIED_BY_SCP = denied("SERVICE_CONTROL_POLICY", target=UNIT)


def followed(
    one: Case,
    sides: Sides,
    *evaluations: Mapping[str, Any],
    uri: str = SCP,
    caller: str = BUILDER,
    document: Any = None,
    code: str = "",
) -> Case:
    """Follow up an error; `uri` is the policy that is asked for, none where it is empty."""
    there, here = sides
    said = error(caller=caller)
    with Stubber(client(there)), Stubber(client(here)) as aws:
        aws.add_response(DETAILS, answer(*evaluations), {"authorizationId": ID})
        records = read_authorizations([said], one, sides, lambda _: None)
        one = with_authorizations(one, records, [said])
        if uri and not code:
            aws.add_response(POLICY, {"policyDocument": document or FENCE}, {"authorizationId": ID, "policyUri": uri})
        elif uri:
            aws.add_client_error(POLICY, code, "no")
        one = with_recorded_policies(one, [said], [here], lambda _: None)
        aws.assert_no_pending_responses()
    return one


def levels(one: Case) -> tuple[Level, ...]:
    scps = one.snapshot.source.scps
    assert isinstance(scps, Known)
    return scps.value


def test_a_service_control_policy_that_nobody_here_may_read_is_read_and_its_level_keeps_the_gap(sides: Sides) -> None:
    one = followed(case("cross-account", scps=UNREAD), sides, DENIED_BY_SCP)
    [level] = levels(one)
    assert level.target == "ou-ab12-c3d4e5f6"
    [policy] = level.policies.policies
    assert (policy.arn, policy.name) == (SCP, "p-a1b2c3d4")
    assert json.loads(document_text(policy.document)) == FENCE
    [left] = level.policies.unread
    assert left.permission == "organizations:ListPoliciesForTarget"


def test_the_cause_is_certain_then_and_points_at_the_statement(sides: Sides) -> None:
    one = followed(case("cross-account", scps=UNREAD), sides, DENIED_BY_SCP)
    assert [(blocker.layer, blocker.explicit) for blocker in decide(one).blockers] == [(Layer.SCP, True)]
    first = diagnose(one, load_rules()).findings[0]
    assert (first.certainty, first.layer) == ("certain", Layer.SCP)
    assert "NoRoles" in first.explanation
    assert {(excerpt.policy.arn, excerpt.pointer) for excerpt in first.excerpts if excerpt.primary} == {
        (SCP, "/Statement/1")
    }


def test_a_deny_of_something_else_leaves_the_layer_in_doubt(sides: Sides) -> None:
    # The document is that of another role: AWS knows better, but nothing is allowed by what was not read.
    other = case("cross-account", {"request": {"role_arn": f"{DEPLOY}2"}}, scps=UNREAD)
    one = followed(other, sides, {**DENIED_BY_SCP, "resource": f"{DEPLOY}2"})
    assert [doubt.about for doubt in decide(one).doubts if doubt.about is Layer.SCP] == [Layer.SCP]


@pytest.mark.parametrize(
    ("part", "change", "evaluated", "uri"),
    [
        pytest.param("rcps", UNREAD, denied("RESOURCE_CONTROL_POLICY", target=UNIT), SCP, id="of resources"),
        pytest.param("boundary", UNREAD, denied("PERMISSIONS_BOUNDARY", MANAGED), MANAGED, id="a boundary"),
        pytest.param("trust_policy", UNREAD, denied("RESOURCE", TRUST_URI), TRUST_URI, id="the trust policy"),
        pytest.param(
            "identity_policies", {"unread": [UNREAD]}, denied("PRINCIPAL", MANAGED), MANAGED, id="a managed policy"
        ),
    ],
)
def test_every_layer_of_a_policy_with_a_name_is_filled(
    part: str, change: Any, evaluated: Mapping[str, Any], uri: str, sides: Sides
) -> None:
    statement = {"Sid": "NoRoles", "Effect": "Deny", "Action": "sts:AssumeRole"}
    whom = {"trust_policy": {"Principal": "*"}, "rcps": {"Principal": "*", "Resource": "*"}}.get(
        part, {"Resource": "*"}
    )
    written = {"Version": "2012-10-17", "Statement": [{**statement, **whom}]}
    one = followed(case("cross-account", **{part: change}), sides, evaluated, uri=uri, document=written)
    snapshot = one.snapshot
    read = {
        "rcps": snapshot.destination.rcps,
        "boundary": snapshot.source.boundary,
        "trust_policy": snapshot.destination.trust_policy,
        "identity_policies": Known(snapshot.source.identity_policies),
    }[part]
    assert isinstance(read, Known)
    assert b"NoRoles" in msgspec.json.encode(read.value)
    assert [blocker.explicit for blocker in decide(one).blockers] == [True]


@pytest.mark.parametrize(
    ("one", "evaluated"),
    [
        pytest.param(case("cross-account"), DENIED_BY_SCP, id="the layer was read whole"),
        pytest.param(
            case("cross-account", identity_policies={"policies": [], "unread": [UNREAD]}),
            denied("PRINCIPAL", "inline-1"),
            id="an inline policy has no name",
        ),
        pytest.param(
            case("cross-account", scps=UNREAD),
            {**DENIED_BY_SCP, "resource": "arn:aws:iam::222222222222:role/Other"},
            id="it is about another role",
        ),
        pytest.param(
            case("cross-account", scps=UNREAD),
            denied("SERVICE_CONTROL_POLICY", target=UNIT, effect="IMPLICIT_DENY"),
            id="nothing in it denies",
        ),
        pytest.param(case("cross-account"), denied("VPC_ENDPOINT", "endpoint-1"), id="an endpoint is more than that"),
    ],
)
def test_nothing_else_is_asked_for(one: Case, evaluated: Mapping[str, Any], sides: Sides) -> None:
    asked = followed(one, sides, evaluated, uri="")
    assert asked.snapshot == one.snapshot
    assert [record.unread for record in asked.authorizations] == [()]


def test_the_record_of_another_caller_fills_nothing(sides: Sides) -> None:
    one = case("cross-account", scps=UNREAD)
    other = "arn:aws:iam::111111111111:user/somebody"
    assert followed(one, sides, DENIED_BY_SCP, uri="", caller=other).snapshot == one.snapshot


def test_one_that_may_not_be_read_leaves_the_gap_as_it_is(sides: Sides) -> None:
    one = case("cross-account", scps=UNREAD)
    refused = followed(one, sides, DENIED_BY_SCP, code="AccessDeniedException")
    assert refused.snapshot == one.snapshot
    [record] = refused.authorizations
    said = Unread(Gap.ACCESS_DENIED, f"policy {SCP}", "iam:GetRequestAuthorizationPolicy", "AccessDeniedException: no")
    assert record.unread == (said,)


def test_a_policy_joins_its_level_where_the_others_of_it_were_read(sides: Sides) -> None:
    read = {"name": "FullAWSAccess", "document": FENCE, "kind": "scp", "arn": "arn:aws:organizations::aws:policy/a"}
    known = [
        {"target": "ou-ab12-c3d4e5f6", "policies": {"policies": [read], "unread": [UNREAD]}},
        {"target": "111111111111", "policies": {"policies": [read]}},
    ]
    one = case("cross-account", scps={"evidence": "known", "value": known})
    unit, account = levels(followed(one, sides, DENIED_BY_SCP))
    assert [policy.arn for policy in unit.policies.policies] == [read["arn"], SCP]
    assert len(unit.policies.unread) == 1
    assert account.policies == PolicySet(levels(one)[1].policies.policies)


@pytest.mark.parametrize("document", [None, [], "{}", {}, {"Statement": "Deny"}, {"Statement": [1]}])
def test_what_is_no_policy_is_not_taken_for_one(document: Any, sides: Sides) -> None:
    one = case("cross-account", scps=UNREAD)
    said = error()
    with Stubber(client(sides[1])) as aws:
        aws.add_response(DETAILS, answer(DENIED_BY_SCP))
        one = with_authorizations(one, read_authorizations([said], one, sides[1:], lambda _: None), [said])
    page(client(sides[1]), 200, json.dumps({"policyDocument": document}).encode())
    broken = with_recorded_policies(one, [said], sides[1:], lambda _: None)
    assert broken.snapshot == one.snapshot
    assert [gap.gap for gap in broken.authorizations[0].unread] == [Gap.UNREACHABLE]
