"""Whose credentials these are, as AWS says."""

from msgspec import Struct

from diagnose.aws.calls import NOT_AWS, Refusal, answer_or_refusal
from diagnose.aws.session import Credentials
from diagnose.model.evidence import Gap


class Identity(Struct, frozen=True):
    """What `sts:GetCallerIdentity` says, and how the credentials were come by.

    `provider` is botocore's name for where they were found (`env`, `sso`, `iam-role`, ...). `temporary` is None where
    their key does not show it.
    """

    arn: str
    account: str
    provider: str = ""
    temporary: bool | None = None


def identify(credentials: Credentials) -> Identity | Refusal:
    """Ask AWS whose credentials these are.

    No permission is needed for it and no policy can deny it, so a refusal means the credentials or the network.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """

    def step() -> Identity | Refusal:
        try:
            answer = credentials.client("sts").get_caller_identity()
            arn, account = answer["Arn"], answer["Account"]
        except KeyError as error:
            # A page that happens to be XML; botocore looks in it for the answer, and so do we.
            return Refusal(Gap.UNREACHABLE, type(error).__name__, NOT_AWS)
        return Identity(arn, account, *credentials.provenance())

    return answer_or_refusal("sts:GetCallerIdentity", step)
