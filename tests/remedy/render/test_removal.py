"""The AWS CLI command that takes a policy away, by what it is attached to."""

import pytest
from msgspec import Raw
from tests.remedy.broken import broken

from diagnose.model.policy import Policy, PolicyKind
from diagnose.remedy.change import Removal
from diagnose.remedy.render.aws_cli import aws_cli

RAW, ARN = Raw(b"{}"), "arn:aws:iam::111111111111:policy/Guard"
USER, ROLE = "cross-account", "cross-account-role"
GUARD = Policy("Guard", RAW, PolicyKind.MANAGED, arn=ARN)


@pytest.mark.parametrize(
    ("world", "policy", "lines"),
    [
        (USER, GUARD, ["aws iam detach-user-policy", "--user-name builder", f"--policy-arn {ARN}"]),
        (ROLE, GUARD, ["aws iam detach-role-policy", "--role-name App", f"--policy-arn {ARN}"]),
        (
            USER,
            Policy("Guard", RAW, PolicyKind.MANAGED, arn=ARN, attached_to="group devs"),
            ["aws iam detach-group-policy", "--group-name devs", f"--policy-arn {ARN}"],
        ),
        (USER, Policy("own", RAW), ["aws iam delete-user-policy", "--user-name builder", "--policy-name own"]),
        (ROLE, Policy("own", RAW), ["aws iam delete-role-policy", "--role-name App", "--policy-name own"]),
        (
            USER,
            Policy("own", RAW, attached_to="group devs"),
            ["aws iam delete-group-policy", "--group-name devs", "--policy-name own"],
        ),
        (USER, Policy("Guard", RAW, PolicyKind.MANAGED), []),
        (USER, Policy("o wn", RAW), []),
        ("service", GUARD, []),
    ],
)
def test_a_policy_is_taken_from_whom_it_is_attached_to(world: str, policy: Policy, lines: list[str]) -> None:
    assert aws_cli(Removal(policy), broken(world)) == " \\\n  ".join(lines)
