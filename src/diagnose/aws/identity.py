"""Whose credentials one side holds."""

from msgspec import Struct

from diagnose.aws.calls import Refusal, attempt
from diagnose.aws.session import Side


class Identity(Struct, frozen=True):
    """What `sts:GetCallerIdentity` says, and how the credentials were come by.

    `provider` is botocore's name for where they were found (`env`, `sso`, `iam-role`, ...). `temporary` is None where
    their key does not tell.
    """

    arn: str
    account: str
    provider: str = ""
    temporary: bool | None = None


def identify(side: Side) -> Identity | Refusal:
    """Ask AWS whose credentials these are.

    No permission is needed for it and no policy can deny it, so a refusal means the credentials or the network.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """

    def step() -> Identity:
        answer = side.client("sts").get_caller_identity()
        return Identity(answer["Arn"], answer["Account"], *side.provenance())

    return attempt("sts:GetCallerIdentity", step)
