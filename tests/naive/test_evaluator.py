"""The naive evaluator against answers worked out by hand from AWS's documentation."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.naive.evaluator import allowed
from tests.naive.request import UnsettledError

from diagnose.model.case import (
    Case,
    DestinationSide,
    Origin,
    Parameters,
    Principal,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
)
from diagnose.model.evidence import Known
from diagnose.model.policy import Level, Policy, PolicySet, raw_document

NEAR, FAR = "arn:aws:iam::111111111111:role/Deploy", "arn:aws:iam::222222222222:role/Deploy"
USER, ROLE = "arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/team/App"
SESSION, ROOT = "arn:aws:sts::111111111111:assumed-role/App/sess-1", "arn:aws:iam::111111111111:root"
ALL: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NOTHING: dict[str, Any] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
LEVEL = {**ALL, "Principal": "*"}


def trusting(principal: str, condition: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:*", "Condition": condition or {}} | more


def policies(*statements: dict[str, Any]) -> tuple[Policy, ...]:
    return tuple(Policy("P", raw_document({"Version": "2012-10-17", "Statement": one})) for one in statements)


def levels(*statements: dict[str, Any]) -> Known[tuple[Level, ...]]:
    return Known(tuple(Level("level", policies=PolicySet(policies(one))) for one in statements))


def case(
    arn: str,
    role: str,
    trust: dict[str, Any],
    *,
    identity: dict[str, Any] = ALL,
    boundary: dict[str, Any] | None = None,
    session: dict[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    sent: Mapping[str, Any] | None = None,
    **more: Any,
) -> Case:
    is_user = ":user/" in arn
    return Case(
        Request(role, parameters=Parameters(**{"session_name": "sess-9", **(sent or {})}), region="eu-west-1"),
        Snapshot(
            SourceSide(
                arn,
                principal=Known(Principal(USER if is_user else ROLE, "AIDA1" if is_user else "AROA1", Known({}))),
                identity_policies=PolicySet(policies(identity)),
                boundary=Known(policies(boundary)[0] if boundary else None),
                session=Session(
                    Known(Origin.LONG_TERM if is_user else Origin.ASSUME_ROLE),
                    PolicySet(policies(session) if session else ()),
                    Known(tags or {}),
                    Known(tuple(tags or {})),
                    Known(None),
                    Known(False),
                    issued_at=None if is_user else "2026-03-02T09:00:00Z",
                ),
                scps=more.get("scps", Known(())),
                organization=Known(None),
            ),
            DestinationSide(
                role=Known(Role(role, "AROA2", Known({"team": "red"}), Known(7200))),
                trust_policy=Known(policies(trust)[0]),
                rcps=more.get("rcps", Known(())),
                organization=Known(None),
            ),
            Known(None),
            "2026-03-02T09:30:00Z",
        ),
    )


@pytest.mark.parametrize(
    ("arn", "role", "principal", "layers", "expected"),
    [
        pytest.param(USER, NEAR, USER, {"identity": NOTHING, "boundary": NOTHING}, True, id="a named user"),
        pytest.param(USER, NEAR, ROOT, {"identity": NOTHING}, False, id="a trusted account delegates"),
        pytest.param(USER, NEAR, ROOT, {}, True, id="and they may allow it"),
        pytest.param(USER, NEAR, "AIDA1", {"identity": NOTHING}, True, id="an id stands for its user"),
        pytest.param(USER, NEAR, "AIDA2", {}, False, id="the id of a user since deleted is nobody's"),
        pytest.param(USER, NEAR, "*", {"identity": NOTHING}, True, id="everyone is allowed in the same account"),
        pytest.param(SESSION, NEAR, ROLE, {"identity": NOTHING}, True, id="a named role needs no identity policy"),
        pytest.param(SESSION, NEAR, ROLE, {"boundary": NOTHING}, False, id="a boundary limits a named role"),
        pytest.param(SESSION, NEAR, ROLE, {"session": NOTHING}, False, id="a session policy limits a named role"),
        pytest.param(SESSION, NEAR, SESSION, {"boundary": NOTHING, "session": NOTHING}, True, id="not a named session"),
        pytest.param(SESSION, NEAR, ROOT, {"session": NOTHING}, False, id="a session policy limits a trusted account"),
        pytest.param(SESSION, NEAR, NEAR, {}, False, id="another role is another principal"),
        pytest.param(SESSION, FAR, SESSION, {"identity": NOTHING}, False, id="across accounts a name is not enough"),
        pytest.param(SESSION, FAR, SESSION, {}, True, id="across accounts both sides allow"),
        pytest.param(USER, FAR, "*", {"identity": NOTHING}, False, id="across accounts everyone needs leave at home"),
        pytest.param(USER, FAR, USER, {"boundary": NOTHING}, False, id="across accounts a boundary always limits"),
        pytest.param(USER, FAR, USER, {"scps": levels(ALL, NOTHING)}, False, id="one level of SCPs is silent"),
        pytest.param(USER, FAR, USER, {"scps": levels(ALL, ALL)}, True, id="every level of SCPs allows"),
        pytest.param(USER, FAR, USER, {"rcps": levels(LEVEL, LEVEL | {"Effect": "Deny"})}, False, id="an RCP denies"),
        pytest.param(USER, NEAR, USER, {"identity": ALL | {"Effect": "Deny"}}, False, id="a Deny wins"),
        pytest.param(USER, FAR, USER, {"sent": {"duration_seconds": 7200}}, True, id="as long as the role allows"),
        pytest.param(USER, FAR, USER, {"sent": {"duration_seconds": 7201}}, False, id="longer than the role allows"),
        pytest.param(SESSION, FAR, ROLE, {"sent": {"duration_seconds": 3601}}, False, id="chained, an hour at most"),
        pytest.param(
            SESSION, FAR, ROLE, {"tags": {"a": "b"}, "sent": {"tags": {"A": "c"}}}, False, id="a tag handed on"
        ),
    ],
)
def test_layers_and_gates(arn: str, role: str, principal: str, layers: Mapping[str, Any], expected: bool) -> None:
    assert allowed(case(arn, role, trusting(principal), **layers)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param({"StringEquals": {"sts:EXTERNALID": "acme"}}, True, id="names of keys ignore case"),
        pytest.param({"StringEquals": {"sts:ExternalId": "Acme"}}, False, id="values do not"),
        pytest.param({"StringEquals": {"sts:ExternalId": "ac*"}}, False, id="an asterisk is literal in StringEquals"),
        pytest.param({"StringLike": {"sts:ExternalId": "ac*"}}, True, id="but not in StringLike"),
        pytest.param({"StringLike": {"sts:ExternalId": "ac${*}"}}, False, id="unless written as a variable"),
        pytest.param({"StringNotEquals": {"sts:ExternalId": ["x", "acme"]}}, False, id="a negated list matches none"),
        pytest.param({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True, id="negated, a missing key holds"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False, id="positive, a missing key fails"),
        pytest.param({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True, id="IfExists forgives it"),
        pytest.param({"Null": {"aws:PrincipalOrgID": "true"}}, True, id="Null tells it"),
        pytest.param({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}, True, id="all of nothing"),
        pytest.param({"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}}, False, id="any of nothing"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, id="no MFA with long-term keys"),
        pytest.param({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True, id="and no key to fail"),
        pytest.param({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}}, True, id="wildcards in parts"),
        pytest.param({"ArnLike": {"aws:PrincipalArn": "arn:aws:*:user/alice"}}, False, id="not across its colons"),
        pytest.param({"StringEquals": {"aws:username": "${aws:username}"}}, True, id="a variable"),
        pytest.param({"StringEquals": {"aws:username": "${aws:PrincipalTag/x, 'alice'}"}}, True, id="with a default"),
        pytest.param({"StringNotEquals": {"aws:username": "${aws:PrincipalTag/x}"}}, True, id="without a value"),
        pytest.param({"DateLessThan": {"aws:CurrentTime": "2026-03-02T11:31:00+02:00"}}, True, id="times have zones"),
        pytest.param({"NumericGreaterThan": {"aws:EpochTime": "1772443800"}}, False, id="not later"),
        pytest.param({"StringEquals": {"aws:ResourceTag/TEAM": "red"}}, True, id="the role's tags"),
    ],
)
def test_conditions(condition: Mapping[str, Any], expected: bool) -> None:
    assert allowed(case(USER, FAR, trusting(USER, condition), sent={"external_id": "acme"})) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        pytest.param("arn:aws:iam::*:role/D?p*", True, id="wildcards"),
        pytest.param(
            "arn:aws:iam::222222222222:role/${aws:PrincipalTag/x, 'Deploy'}", True, id="a variable in the name"
        ),
        pytest.param("arn:aws:iam::${aws:ResourceAccount}:role/Deploy", False, id="no variable before the fifth colon"),
        pytest.param("arn:aws:i?m::333333333333:role/Deploy", False, id="another account, whatever the service"),
        pytest.param("arn:aws:iam::*", True, id="an asterisk goes on beyond its colon"),
        pytest.param("arn:aws:iam::222222222222*", True, id="behind the account, too"),
        pytest.param("arn:aws:iam:*:role/Deploy", True, id="and over two parts"),
        pytest.param("arn:aws:iam::*Deploy", False, id="but not from within a part"),
        pytest.param("arn:aws:iam::222222222222:*", True, id="whatever the account has"),
        pytest.param("arn:aws:iam::222222222222:role/team/Deploy", False, id="another path"),
        pytest.param("arn:aws:sts::222222222222:assumed-role/Deploy/*", False, id="a session of the role"),
    ],
)
def test_resources(resource: str, expected: bool) -> None:
    assert allowed(case(USER, FAR, trusting(USER), identity=ALL | {"Resource": resource})) is expected


@pytest.mark.parametrize(
    ("resource", "condition"),
    [
        pytest.param("arn:aws:i?m::222222222222:role/Deploy", {}, id="a wildcard in the service"),
        pytest.param("arn:aws:iam::222222222222:ro*", {}, id="a type cut short"),
        pytest.param("arn:aws:iam::222222222222:*/Deploy", {}, id="any type"),
        pytest.param(
            "*", {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "x"}}, id="any of nothing, if it exists"
        ),
        pytest.param("*", {"ForAllValues:Null": {"aws:TagKeys": "true"}}, id="Null of all values"),
        pytest.param("*", {"ArnLike": {"aws:PrincipalArn": "*"}}, id="a lone asterisk for an ARN"),
    ],
)
def test_what_aws_leaves_open_is_not_settled(resource: str, condition: Mapping[str, Any]) -> None:
    statement = ALL | {"Resource": resource, "Condition": condition}
    with pytest.raises(UnsettledError):
        allowed(case(USER, FAR, trusting(USER), identity=statement))


def test_every_action_is_authorised_with_the_keys_it_sees() -> None:
    asked = {"StringEquals": {"sts:ExternalId": "acme"}}
    sent = {"external_id": "acme", "tags": {"a": "b"}}
    assert not allowed(case(USER, FAR, trusting(USER, asked), sent=sent))
    assert allowed(case(USER, FAR, trusting(USER), sent=sent))
    assert not allowed(case(USER, FAR, trusting(USER, Action="sts:AssumeRole"), sent=sent))
    named = {"StringEquals": {"aws:username": "${sts:RoleSessionName}"}}
    assert allowed(case(USER, FAR, trusting(USER, named), sent={"session_name": "alice"}))
    assert not allowed(case(USER, FAR, trusting(USER, named), sent={"session_name": "alice", "tags": {"a": "b"}}))


def test_what_the_documentation_leaves_open_is_not_settled() -> None:
    with pytest.raises(UnsettledError, match="everyone needs no leave"):
        allowed(case(USER, NEAR, trusting("*"), boundary=NOTHING))
    assert allowed(case(USER, NEAR, trusting("*"), boundary=ALL))
