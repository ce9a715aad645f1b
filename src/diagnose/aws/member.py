"""Credentials of another account of the organization, by a role in it. They can do no more than read, and stay here."""

import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from diagnose.aws.assume import SESSION_NAME, silence
from diagnose.aws.calls import Refusal, ask
from diagnose.aws.patience import Patience
from diagnose.aws.session import Credentials


def member_credentials(
    administrator: Credentials, role_arn: str, actions: Sequence[str], patience: Patience
) -> Credentials | Refusal:
    """Assume a role, and give credentials that may take these actions at the most; or say how AWS refused it.

    They are kept in memory only, and never renewed. `patience` is for this call and for those that are made with them.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    with silence():
        answer = ask(
            _Within(administrator, patience),
            "sts:AssumeRole",
            RoleArn=role_arn,
            RoleSessionName=SESSION_NAME,
            DurationSeconds=_AN_HOUR,
            Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}),
        )
    if isinstance(answer, Refusal):
        return answer
    return administrator.of_session(answer["Credentials"], f"role {role_arn}", patience)


_AN_HOUR = 3600
"""The longest that a session of a session may last."""


class _Within(Struct, frozen=True):
    """Credentials whose calls have a time of their own."""

    credentials: Credentials
    patience: Patience

    @property
    def attempts(self) -> int | None:
        return self.credentials.attempts

    def client(self, service: str) -> Any:
        return self.credentials.client(service)
