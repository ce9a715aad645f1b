"""What an AWS service tells of the resource that it calls for, as far as AWS says what that is."""

import pytest
from tests.cases import allow, case, trust

from diagnose.evaluate.decision import decide
from diagnose.evaluate.keys.service import meant_source_arn
from diagnose.model.case import Case
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ROLE = "222222222222"
GROUP = "arn:aws:scheduler:eu-west-1:222222222222:schedule-group"


def asking(service: str, condition: dict[str, dict[str, str]]) -> Case:
    statement = allow({"Service": service}, Action="sts:*", Condition=condition)
    return case("service", {"snapshot": {"source": {"arn": service}}}, trust_policy=trust(statement))


@pytest.mark.parametrize(
    ("key", "wanted", "expected"),
    [
        pytest.param("aws:SourceAccount", ROLE, YES, id="the role's account"),
        pytest.param("aws:SourceAccount", "333333333333", NO, id="another account"),
        pytest.param("aws:SourceArn", "arn:aws:scheduler:*:222222222222:schedule-group/*", YES, id="any group"),
        pytest.param("aws:SourceArn", f"{GROUP}/default", UNKNOWN, id="one group"),
        pytest.param(
            "aws:SourceArn", "arn:aws:scheduler:eu-west-1:222222222222:schedule/default/*", NO, id="schedules"
        ),
        pytest.param("aws:SourceArn", "arn:aws:scheduler:*:333333333333:schedule-group/*", NO, id="another's groups"),
    ],
)
def test_the_scheduler_tells_its_schedule_group(key: str, wanted: str, expected: Tri) -> None:
    assert (
        decide(
            asking("scheduler.amazonaws.com", {"ArnLike" if "arn:" in wanted else "StringEquals": {key: wanted}})
        ).verdict
        is expected
    )


@pytest.mark.parametrize(
    ("service", "wanted", "expected"),
    [
        pytest.param("ecs-tasks", "arn:aws:ecs:*:222222222222:*", YES, id="tasks of ECS in the account"),
        pytest.param("ecs-tasks", "arn:aws:ecs:*:333333333333:*", NO, id="tasks of ECS in another account"),
        pytest.param("ecs-tasks", "arn:aws:ecs:eu-west-1:222222222222:cluster/shop", UNKNOWN, id="one cluster"),
        pytest.param("states", "arn:aws:states:*:222222222222:stateMachine:*", YES, id="any state machine"),
        pytest.param("states", "arn:aws:states:*:222222222222:execution:*", NO, id="executions"),
        pytest.param("pods.eks", "arn:aws:eks:*:222222222222:cluster/*", YES, id="any cluster"),
        pytest.param("pods.eks", "arn:aws:eks:*:222222222222:podidentityassociation/*", NO, id="associations"),
        pytest.param("rolesanywhere", "arn:aws:rolesanywhere:*:222222222222:trust-anchor/*", YES, id="any anchor"),
        pytest.param("rolesanywhere", "arn:aws:rolesanywhere:*:222222222222:profile/*", NO, id="profiles"),
        pytest.param("bedrock", "arn:aws:bedrock:*:222222222222:*", YES, id="anything of Bedrock"),
        pytest.param("bedrock", "arn:aws:bedrock:*:222222222222:agent/*", UNKNOWN, id="agents of Bedrock"),
        pytest.param("personalize", "arn:aws:personalize:*:333333333333:*", NO, id="Personalize of another account"),
        pytest.param("appstream", "arn:aws:appstream:*:222222222222:fleet/*", UNKNOWN, id="fleets"),
        pytest.param("lambda", "arn:aws:lambda:*:222222222222:function:*", UNKNOWN, id="Lambda may send it or not"),
        pytest.param("codebuild", "arn:aws:codebuild:*:222222222222:project/*", UNKNOWN, id="and so may CodeBuild"),
    ],
)
def test_each_service_tells_what_its_page_says(service: str, wanted: str, expected: Tri) -> None:
    assert decide(asking(f"{service}.amazonaws.com", {"ArnLike": {"aws:SourceArn": wanted}})).verdict is expected


def test_of_a_service_that_is_not_listed_nothing_is_taken_for_known() -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:eu-west-1:222222222222:schedule/default/*"}}
    assert decide(asking("ec2.amazonaws.com", condition)).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("service", "wanted", "meant"),
    [
        ("scheduler.amazonaws.com", "arn:aws:scheduler:eu-west-1:222222222222:schedule/ops/nightly-*", f"{GROUP}/ops"),
        ("scheduler.amazonaws.com", "arn:aws:scheduler:eu-west-1:222222222222:schedule/*", f"{GROUP}/*"),
        ("scheduler.amazonaws.com", f"{GROUP}/ops", None),
        (
            "ecs-tasks.amazonaws.com",
            "arn:aws:ecs:eu-west-1:222222222222:cluster/shop",
            "arn:aws:ecs:eu-west-1:222222222222:*",
        ),
        (
            "states.amazonaws.com",
            "arn:aws:states:eu-west-1:222222222222:execution:Orders:*",
            "arn:aws:states:eu-west-1:222222222222:stateMachine:Orders",
        ),
        (
            "pods.eks.amazonaws.com",
            "arn:aws:eks:*:222222222222:podidentityassociation/shop/a-1",
            "arn:aws:eks:*:222222222222:cluster/shop",
        ),
        ("bedrock.amazonaws.com", "arn:aws:bedrock:*:222222222222:agent/*", None),
        ("ec2.amazonaws.com", "arn:aws:scheduler:eu-west-1:222222222222:schedule/ops/nightly", None),
    ],
)
def test_a_schedule_means_its_group(service: str, wanted: str, meant: str | None) -> None:
    assert meant_source_arn(service, wanted) == meant
