"""The places that a finding points at."""

from pathlib import Path
from typing import Any

import pytest
from tests.causes.given import BUILDER, DENY, ID, MFA, allow, identity, told, trust

OTHER_USER = {"AWS": "arn:aws:iam::111111111111:user/Builder"}


Point = tuple[str, str, bool]


def points(folder: Path, when: str, change: Any, world: str = "cross-account") -> list[Point]:
    (cause,) = told(folder, world, change, some_rule=f"when: [{when}]")
    return [(each.pointer, each.label, each.primary) for each in cause.finding.excerpts]


@pytest.mark.parametrize(
    ("when", "change", "expected"),
    [
        pytest.param(
            "{principal: {}}",
            trust(allow(OTHER_USER)),
            [("/Statement/0/Principal/AWS", "this expects user/Builder; the caller is user/builder", True)],
            id="what two ARNs share is left out",
        ),
        pytest.param(
            "{principal: {}}",
            trust(allow({"AWS": "333333333333"})),
            [
                (
                    "/Statement/0/Principal/AWS",
                    "this expects 333333333333; the caller is arn:aws:iam::111111111111:user/builder",
                    True,
                )
            ],
            id="an account id and an ARN share nothing",
        ),
        pytest.param(
            "{condition: {key: sts:ExternalId}}",
            trust(allow(BUILDER, Condition=ID)),
            [
                (
                    "/Statement/0/Condition/StringEquals/sts:ExternalId",
                    "this expects StringEquals right; the request carries acme-42",
                    True,
                )
            ],
            id="a condition",
        ),
        pytest.param(
            "{condition: {key: sts:ExternalId}}",
            trust(allow(BUILDER, Condition=ID)) | {"request": {"parameters": {"external_id": None}}},
            [
                (
                    "/Statement/0/Condition/StringEquals/sts:ExternalId",
                    "this expects StringEquals right; the request carries nothing",
                    True,
                )
            ],
            id="a key that is not there",
        ),
        pytest.param(
            "{resource: {}}",
            identity(
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/Audit"}
            ),
            [("/Statement/0/Resource", "this expects role/Audit; the role is role/Deploy", True)],
            id="a resource",
        ),
        pytest.param(
            "{action: {}}",
            identity({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}),
            [("/Statement/0/Action", "this expects s3:GetObject; the request needs sts:AssumeRole", True)],
            id="an action",
        ),
        pytest.param(
            "{statement: {effect: deny}}",
            trust(allow(BUILDER), DENY, allow({"AWS": "333333333333"})),
            [("/Statement/1", "this deny applies", True), ("/Statement/0", "this would have allowed it", False)],
            id="a Deny, and the Allow it wins over",
        ),
        pytest.param(
            "{principal: {effect: deny}}",
            trust(allow(BUILDER), DENY),
            [
                ("/Statement/1/Principal/AWS", "this denies user/builder; the caller is user/builder", True),
                ("/Statement/0", "this would have allowed it", False),
            ],
            id="the element of a Deny",
        ),
        pytest.param(
            "{layer: {}}",
            trust(allow({"Service": "ec2.amazonaws.com"}), allow(OTHER_USER)),
            [("/Statement/1/Principal/AWS", "this expects user/Builder; the caller is user/builder", True)],
            id="of a whole layer what comes nearest",
        ),
        pytest.param(
            "{condition: {key: sts:ExternalId}}, {condition: {key: aws:MultiFactorAuthPresent}}",
            trust(allow(BUILDER, Condition=ID | MFA)),
            [
                (
                    "/Statement/0/Condition/StringEquals/sts:ExternalId",
                    "this expects StringEquals right; the request carries acme-42",
                    True,
                ),
                (
                    "/Statement/0/Condition/Bool/aws:MultiFactorAuthPresent",
                    "this expects Bool true; the request carries nothing",
                    True,
                ),
            ],
            id="each element that a rule names",
        ),
        pytest.param("{match: {}}", trust(), [], id="nothing where no statement plays a part"),
    ],
)
def test_a_finding_points_at_what_was_compared(
    tmp_path: Path, when: str, change: Any, expected: list[tuple[str, str, bool]]
) -> None:
    assert points(tmp_path, when, change) == expected


def test_an_excluded_role_is_told_as_such(tmp_path: Path) -> None:
    change = identity({"Effect": "Allow", "Action": "sts:*", "NotResource": "arn:aws:iam::222222222222:role/Deploy"})
    assert points(tmp_path, "{resource: {}}", change) == [
        ("/Statement/0/NotResource", "this excludes role/Deploy; the role is role/Deploy", True)
    ]


def test_of_very_many_places_a_few_are_shown(tmp_path: Path) -> None:
    many = [allow({"AWS": f"arn:aws:iam::111111111111:user/u{number}"}) for number in range(9)]
    assert len(points(tmp_path, "{principal: {}}", trust(*many))) == 4
