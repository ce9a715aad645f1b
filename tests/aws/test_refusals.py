"""What each of boto's exceptions means for who asked, without the credentials that may stand in it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions as boto

from diagnose.aws.attempts import Hope
from diagnose.aws.calls import Refusal, answer_or_refusal
from diagnose.errors import XdiagError
from diagnose.model.evidence import Gap

KEY, SHOWN = "AKIAIOSFODNN7EXAMPLE", "AKIA..."
ACTION = "iam:GetRole"


def raising(error: Exception) -> Callable[[], Any]:
    def step() -> Any:
        raise error

    return step


def refused(code: object, message: object = "no", status: int = 403, operation: str = "GetRole") -> boto.ClientError:
    answered: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(answered, operation)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        pytest.param(
            boto.UnknownServiceError(service_name="iam", known_service_names=["x"]),
            Refusal(
                Gap.NO_API,
                "UnknownServiceError",
                "the boto3 that is installed does not know iam:GetRole yet",
                advice="update boto3",
            ),
            id="a service of tomorrow",
        ),
        pytest.param(
            RuntimeError(f"expired: {KEY}"),
            Refusal(Gap.NO_CREDENTIALS, "ExpiredCredentials", f"expired: {SHOWN}"),
            id="expired although just renewed",
        ),
        pytest.param(
            boto.NoCredentialsError(),
            Refusal(Gap.NO_CREDENTIALS, "NoCredentialsError", "Unable to locate credentials"),
            id="none at all",
        ),
        pytest.param(
            boto.SSOTokenLoadError(profile_name="a", error_msg=KEY),
            Refusal(
                Gap.NO_CREDENTIALS,
                "SSOTokenLoadError",
                f"Error loading SSO Token: {SHOWN}",
                advice="run `aws sso login`",
            ),
            id="signed out",
        ),
        pytest.param(
            boto.EndpointConnectionError(endpoint_url="https://sts.example"),
            Refusal(
                Gap.UNREACHABLE,
                "EndpointConnectionError",
                'Could not connect to the endpoint URL: "https://sts.example"',
                hope=Hope.LATER,
            ),
            id="no way there",
        ),
        pytest.param(
            boto.ReadTimeoutError(endpoint_url="https://sts.example"),
            Refusal(
                Gap.UNREACHABLE,
                "ReadTimeoutError",
                'Read timeout on endpoint URL: "https://sts.example"',
                hope=Hope.LATER,
            ),
            id="no answer",
        ),
        pytest.param(
            boto.ParamValidationError(report="x"),
            Refusal(Gap.UNREACHABLE, "ParamValidationError", "Parameter validation failed:\nx"),
            id="what boto does not send",
        ),
        *(
            pytest.param(refused(code, KEY), Refusal(gap, code, SHOWN, answered=True, hope=hope), id=code)
            for code, gap, hope in (
                ("AccessDenied", Gap.ACCESS_DENIED, Hope.NONE),
                ("AccessDeniedException", Gap.ACCESS_DENIED, Hope.NONE),
                ("UnauthorizedOperation", Gap.ACCESS_DENIED, Hope.NONE),
                ("Throttling", Gap.UNREACHABLE, Hope.SOON),
                ("InternalFailure", Gap.UNREACHABLE, Hope.LATER),
                ("ACodeOfTomorrow", Gap.UNREACHABLE, Hope.NONE),
                *(
                    (code, Gap.NO_CREDENTIALS, Hope.NONE)
                    for code in (
                        *("AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature"),
                        *("IncompleteSignatureException", "InvalidAccessKeyId", "InvalidClientTokenId"),
                        *("InvalidSignatureException", "InvalidToken", "MissingAuthenticationToken"),
                        *("MissingAuthenticationTokenException", "OptInRequired", "RequestExpired"),
                        *("SignatureDoesNotMatch", "SubscriptionRequiredException", "UnrecognizedClientException"),
                    )
                ),
            )
        ),
        pytest.param(
            refused("ACodeOfTomorrow", status=503),
            Refusal(Gap.UNREACHABLE, "ACodeOfTomorrow", "no", answered=True, hope=Hope.LATER),
            id="out of service",
        ),
        pytest.param(
            refused("AccessDenied", KEY, operation="AssumeRole"),
            Refusal(
                Gap.NO_CREDENTIALS,
                "AccessDenied",
                f"no credentials, because AWS refused AssumeRole: AccessDenied: {SHOWN}",
            ),
            id="a call before the call",
        ),
        pytest.param(
            refused("AccessDenied", {"a": 1}), Refusal(Gap.ACCESS_DENIED, "AccessDenied", "", answered=True), id="odd"
        ),
    ],
)
def test_an_exception_is_a_refusal(error: Exception, refusal: Refusal) -> None:
    assert answer_or_refusal(ACTION, raising(error)) == refusal


@pytest.mark.parametrize(("status", "hope"), [(404, Hope.NONE), (503, Hope.LATER), (429, Hope.SOON)])
@pytest.mark.parametrize("code", ["", 5, None])
def test_an_error_without_a_code_is_of_somebody_else(code: object, status: int, hope: Hope) -> None:
    refusal = answer_or_refusal(ACTION, raising(refused(code, status=status)))
    assert isinstance(refusal, Refusal)
    assert (refusal.gap, refusal.code, refusal.answered, refusal.hope) == (
        Gap.UNREACHABLE,
        "ClientError",
        False,
        hope,
    )
    assert refusal.message == (
        "the answer is not one that AWS gives; it may be from a proxy, or --endpoint-url may name another server "
        "(iam:GetRole)"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(boto.NoRegionError(), "You must specify a region.", id="no Region"),
        pytest.param(boto.ProfileNotFound(profile="a"), "The config profile (a) could not be found", id="no profile"),
        pytest.param(OSError(f"no tool {KEY}"), f"no tool {SHOWN}", id="a process that is not there"),
        pytest.param(ValueError(f"no URL {KEY}"), f"no URL {SHOWN}", id="an endpoint that is no URL"),
    ],
)
def test_what_the_configuration_is_at_fault_for_is_a_mistake(error: Exception, said: str) -> None:
    with pytest.raises(XdiagError) as mistake:
        answer_or_refusal(ACTION, raising(error))
    assert mistake.value.message == f"the AWS configuration cannot be used: {said}"
    assert mistake.value.hint == "`aws configure list` shows what is read; see ~/.aws/config and ~/.aws/credentials"


def test_a_bug_is_not_caught() -> None:
    with pytest.raises(KeyError):
        answer_or_refusal(ACTION, raising(KeyError("x")))


def test_what_comes_is_the_answer() -> None:
    assert answer_or_refusal(ACTION, lambda: {"Role": {}}) == {"Role": {}}
