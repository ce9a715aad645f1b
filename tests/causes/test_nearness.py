"""Which statement was meant for the request."""

from typing import Any

import pytest
from tests.causes.given import allow, case, trust

from diagnose.causes.nearness import alone, compared, nearest
from diagnose.evaluate.decision import decide
from diagnose.model.trace import Element, Layer, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES

SERVICE = allow({"Service": "ec2.amazonaws.com"})
OTHER_USER = allow({"AWS": "arn:aws:iam::111111111111:user/auditor"})
OTHER_ACCOUNT = allow({"AWS": "333333333333"})
OTHER_CASE = allow({"AWS": "arn:aws:iam::111111111111:user/Builder"})
BUILDER: dict[str, Any] = {"AWS": "arn:aws:iam::111111111111:user/builder"}
ANOTHER_ID = {"StringEquals": {"sts:ExternalId": "other"}}
NO_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TWO_CONDITIONS = allow(BUILDER, Condition=ANOTHER_ID | NO_MFA)
ONE_CONDITION = allow(BUILDER, Condition=ANOTHER_ID)
FEDERATION = allow(BUILDER, Action="sts:AssumeRoleWithSAML")


def statements(*given: dict[str, Any], **request: Any) -> tuple[StatementTrace, ...]:
    decision = decide(case("cross-account", trust(*given) | {"request": request}))
    (layer,) = (layer for layer in decision.actions[0].layers if layer.layer is Layer.TRUST)
    return layer.levels[0].statements


@pytest.mark.parametrize(
    ("given", "places"),
    [
        pytest.param([SERVICE, ONE_CONDITION], [1], id="the caller's statement before a service's"),
        pytest.param([SERVICE, TWO_CONDITIONS], [1], id="two conditions before a service's"),
        pytest.param([OTHER_USER, TWO_CONDITIONS], [1], id="two conditions before another user's"),
        pytest.param([TWO_CONDITIONS, ONE_CONDITION], [1], id="one condition before two"),
        pytest.param([OTHER_USER, OTHER_CASE], [1], id="a near miss before another user"),
        pytest.param([SERVICE, OTHER_ACCOUNT], [1], id="another account before a service"),
        pytest.param([OTHER_ACCOUNT, FEDERATION], [0, 1], id="another action is as far as another account"),
        pytest.param([OTHER_USER, OTHER_ACCOUNT], [0, 1], id="another user is as far as another account"),
        pytest.param([], [], id="nothing is nearest to nothing"),
    ],
)
def test_the_nearest_statement_is_the_one_that_was_meant(given: list[dict[str, Any]], places: list[int]) -> None:
    assert [statement.index for statement in nearest(statements(*given))] == places


def test_what_is_unknown_is_nearer_than_what_fails() -> None:
    doubtful = allow(BUILDER, Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    found = nearest(statements(ONE_CONDITION, doubtful, unknown=["aws:SourceIp"]))
    assert [statement.index for statement in found] == [1]


@pytest.mark.parametrize(
    ("given", "unknown", "answers"),
    [
        pytest.param(ONE_CONDITION, [], {"sts:ExternalId": YES}, id="one condition is alone"),
        pytest.param(
            TWO_CONDITIONS, [], {"sts:ExternalId": NO, "aws:MultiFactorAuthPresent": NO}, id="of two neither is alone"
        ),
        pytest.param(
            TWO_CONDITIONS,
            ["sts:ExternalId"],
            {"sts:ExternalId": NO, "aws:MultiFactorAuthPresent": UNKNOWN},
            id="whether one is alone depends on one that is unknown",
        ),
    ],
)
def test_an_element_is_alone_where_all_others_hold(given: dict[str, Any], unknown: list[str], answers: object) -> None:
    (statement,) = statements(given, unknown=unknown)
    elements = compared(statement)
    by_itself = zip(elements, alone(elements), strict=True)
    assert {one.key: answer for one, answer in by_itself if one.element is Element.CONDITION} == answers


OF_BUILDER = "arn:aws:iam::111111111111:user/builder"
NEAR = "arn:aws:iam::111111111111:user/Builder"
FAR = "arn:aws:iam::333333333333:user/auditor"


@pytest.mark.parametrize(
    ("given", "element", "holds", "place"),
    [
        pytest.param(allow({"AWS": [NEAR, OF_BUILDER, FAR]}), Element.PRINCIPAL, YES, "1", id="the one that is it"),
        pytest.param(allow({"AWS": [FAR, NEAR, FAR]}), Element.PRINCIPAL, NO, "1", id="of others the nearest"),
        pytest.param(allow({"AWS": [FAR, f"{FAR}2"]}), Element.PRINCIPAL, NO, "0", id="of several as near the first"),
        pytest.param(
            {"Effect": "Allow", "Principal": BUILDER, "NotAction": ["s3:*", "sts:AssumeRole", "ec2:*"]},
            Element.ACTION,
            NO,
            "1",
            id="the action that is excluded",
        ),
    ],
)
def test_of_several_values_one_explains_the_element(
    given: dict[str, Any], element: Element, holds: object, place: str
) -> None:
    (statement,) = statements(given)
    (found,) = (one for one in compared(statement) if one.element is element)
    assert found.verdict is holds
    assert found.pointer.rpartition("/")[2] == place
