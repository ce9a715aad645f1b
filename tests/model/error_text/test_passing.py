"""Which service an API passes a role to."""

import pytest

from diagnose.model.error_text.passing import passed_to


@pytest.mark.parametrize(
    ("operation", "service"),
    [
        ("CreateFunction", "lambda.amazonaws.com"),
        ("CreateFunction20150331", "lambda.amazonaws.com"),
        ("UpdateFunctionConfiguration20150331v2", "lambda.amazonaws.com"),
        ("RunTask", "ecs-tasks.amazonaws.com"),
        ("RunInstances", "ec2.amazonaws.com"),
        ("CreateCluster", None),
        ("CreateJob", None),
        ("", None),
    ],
)
def test_the_name_of_an_api_tells_the_service_where_it_can_be_one_alone(operation: str, service: str | None) -> None:
    assert passed_to(operation) == service
