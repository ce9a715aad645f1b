"""The policy for a reader: what reading calls on each side, no more and no less."""

import json
from collections import defaultdict

import pytest
from tests.aws.imitation import MANAGEMENT, Imitation
from tests.cases import FIXTURES
from tests.fuzz.fuzz_answers import home, worlds

from diagnose.aws.promises import PROMISES
from diagnose.collect.permissions import PERMISSIONS, permissions_of, reading_policy, with_permissions
from diagnose.model.checkup import Side

_NEEDS_NONE = {"sts:GetCallerIdentity"}
_NOT_READING = {"sts:AssumeRole"}


@pytest.fixture(scope="module")
def called() -> dict[Side, set[str]]:
    """What the credentials of each side call while every world is read."""
    calls: dict[str, set[str]] = defaultdict(set)
    answer = Imitation.respond

    def noted(self: Imitation, client: object, action: str, sent: dict[str, object], arn: str) -> tuple[int, bytes]:
        calls[arn].add(action)
        return answer(self, client, action, sent, arn)

    with pytest.MonkeyPatch.context() as patch, home():
        patch.setattr(Imitation, "respond", noted)
        read = worlds()
    of_side = {
        side: set[str]().union(*(calls[world.arns[at]] for world in read.values())) for at, side in enumerate(Side)
    }
    assert calls[f"arn:aws:iam::{MANAGEMENT}:user/reader"] == of_side[Side.ORGANIZATION]
    return of_side


def test_a_permission_is_a_row_and_every_api_that_is_called_has_one() -> None:
    actions = [permission.action for permission in PERMISSIONS]
    assert len(actions) == len(set(actions))
    assert set(actions) == set(PROMISES) - _NEEDS_NONE - _NOT_READING


@pytest.mark.parametrize("side", Side)
def test_a_side_needs_what_is_called_there_and_nothing_else(side: Side, called: dict[Side, set[str]]) -> None:
    # Any credentials may turn out to be an administrator's, and are tried; others are refused, and need it not.
    tried = {"organizations:ListParents"} if side is not Side.ORGANIZATION else set()
    assert {permission.action for permission in permissions_of(side)} == called[side] - _NEEDS_NONE - tried


def test_a_policy_allows_reading_and_nothing_else() -> None:
    policy = json.loads(reading_policy(tuple(Side)))
    assert policy["Version"] == "2012-10-17"
    assert [statement["Effect"] for statement in policy["Statement"]] == ["Allow"] * 3
    assert all(statement["Sid"].isalnum() for statement in policy["Statement"])
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {action.partition(":")[2][:3] for action in allowed} == {"Get", "Lis", "Des"}


def test_the_readme_lists_what_the_policies_allow() -> None:
    readme = (FIXTURES.parent / "README.md").read_text(encoding="utf-8")
    assert with_permissions(readme) == readme, "run `make docs`"
    for permission in PERMISSIONS:
        assert f"`{permission.action}`" in readme
