"""Whose credentials these are, as AWS says."""

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.calls import Refusal, ask
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
    """Ask AWS, once, whose credentials these are.

    No permission is needed for it and no policy can deny it, so a refusal means the credentials or the network.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    answer = credentials.identity or ask(credentials, "sts:GetCallerIdentity")
    if isinstance(answer, Refusal):
        # A role of the profile's own that AWS refuses to give is nothing that new credentials would change.
        helps = answer.gap is Gap.NO_CREDENTIALS and answer.code != "AccessDenied"
        return replace(answer, advice=credentials.advice(answer.code)) if helps else answer
    credentials.identity = answer
    return Identity(answer["Arn"], answer["Account"], *credentials.provenance())
