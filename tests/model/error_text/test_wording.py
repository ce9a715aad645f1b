"""Errors in the wording of AWS and in the frames of the tools that print them; what each says is written by eye.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
"""

from typing import Any

import pytest

from diagnose.model.aws_error import ErrorKind
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.error_text.wording import WORDINGS
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES

CALLER = "arn:aws:sts::111111111111:assumed-role/App/session-1"
ROLE = "arn:aws:iam::222222222222:role/team/Deploy"
SCP = "arn:aws:organizations::333333333333:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
BARE = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
EXPIRED = "The security token included in the request is expired"
DENIED: dict[str, Any] = {
    "kind": ErrorKind.NOT_AUTHORIZED,
    "code": "AccessDenied",
    "operation": "AssumeRole",
    "action": "sts:AssumeRole",
    "resource": ROLE,
    "caller": CALLER,
}
TERRAFORM = """\
╷
│ Error: Cannot assume IAM Role
│
│   with provider["registry.terraform.io/hashicorp/aws"],
│   on main.tf line 10, in provider "aws":
│   10: provider "aws" {
│
│ IAM Role (arn:aws:iam::222222222222:role/team/Deploy) cannot be assumed.
│
│ There are a number of possible causes of this - the most common are:
│   * The credentials used in order to assume the role are invalid
│   * The role ARN is not valid
│
│ Error: operation error STS: AssumeRole, https response error StatusCode:
│ 403, RequestID: 0f1e-2d, api error AccessDenied: User:
│ arn:aws:sts::111111111111:assumed-role/App/session-1 is not authorized to
│ perform: sts:AssumeRole on resource:
│ arn:aws:iam::222222222222:role/team/Deploy
╵
"""
PHP = (
    'Error executing "AssumeRole" on "https://sts.eu-west-1.amazonaws.com"; AWS HTTP error: Client error: '
    "`POST https://sts.eu-west-1.amazonaws.com` resulted in a `403 Forbidden` response:\n<ErrorResponse"
    ' xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>AccessDenied'
    f"</Code>\n    <Message>User: arn:aws:sts: (truncated...)\n AccessDenied (client): {BARE} - <ErrorResponse"
    f' xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>AccessDenied</Code><Message>{BARE}</Message>'
    "</Error><RequestId>ab-12</RequestId></ErrorResponse>"
)
RUST = (
    'ServiceError(ServiceError { source: Unhandled(Unhandled { source: ErrorMetadata { code: Some("AccessDenied"),'
    f' message: Some("{BARE}"), extras: Some({{"aws_request_id": "rid-1"}}) }}, meta: ErrorMetadata {{'
    f' code: Some("AccessDenied"), message: Some("{BARE}") }} }}) }})'
)


def says(text: str) -> list[dict[str, Any]]:
    """Give what each error says, but for its text and what is empty."""
    empty = {"": "", "http_status": None, "layer": None, "explicit": UNKNOWN, "says_explicit": False}
    return [
        {
            name: value
            for name in error.__struct_fields__
            if name != "text" and (value := getattr(error, name)) != empty.get(name, "")
        }
        for error in parse_errors(text)
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            f"Aws::STS::Errors::AccessDenied ({BARE} because no resource-based policy allows the sts:AssumeRole action"
            "):\n  app/models/upload.rb:17:in `creds'",
            {**DENIED, "layer": Layer.TRUST, "explicit": NO},
            id="Ruby",
        ),
        pytest.param(
            f'{{"level":"error","msg":"error requesting credentials: AccessDenied: {BARE}\\n\\tstatus code: 403,'
            ' request id: 01b4ba14-9af0","pod.iam.role":"external-dns","time":"2026-08-08T09:47:04Z"}',
            {**DENIED, "http_status": 403, "request_id": "01b4ba14-9af0"},
            id="Go in a JSON log",
        ),
        pytest.param(
            f'{{"Message":"{{\\"error\\":\\"AccessDenied: {BARE}\\\\n\\\\tstatus code: 403, request id: r-9\\"}}"}}',
            {**DENIED, "http_status": 403, "request_id": "r-9"},
            id="Go in JSON in JSON",
        ),
        pytest.param(
            "WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform"
            " sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 5d1c",
            {
                "kind": ErrorKind.NOT_AUTHORIZED,
                "code": "AccessDenied",
                "http_status": 403,
                "operation": "AssumeRoleWithWebIdentity",
                "action": "sts:AssumeRoleWithWebIdentity",
                "request_id": "5d1c",
            },
            id="Go with a token",
        ),
        pytest.param(
            '{"Message":"{\\"error\\":\\"User: arn:aws:iam::\\\\u003cN\\\\u003e:user/ash is not authorized to perform:'
            ' sts:TagSession\\"}"}',
            {
                "kind": ErrorKind.NOT_AUTHORIZED,
                "action": "sts:TagSession",
                "caller": "arn:aws:iam::<N>:user/ash",
            },
            id="a mask in JSON in JSON",
        ),
        pytest.param(
            f"Code: StackFailed\nReason: Code: AccessDenied\nMessage: {BARE}",
            DENIED,
            id="the code next to the sentence",
        ),
        pytest.param(f"{BARE}/RateExceeded", {**DENIED, "code": None, "resource": f"{ROLE}/RateExceeded"}, id="a name"),
        pytest.param(TERRAFORM, {**DENIED, "http_status": 403, "request_id": "0f1e-2d"}, id="Terraform, wrapped"),
        pytest.param(
            f"software.amazon.awssdk.services.sts.model.StsException: {BARE} (Service: Sts, Status Code: 403, Request"
            " ID: 0a1b-2c, Extended Request ID: null) (SDK Attempt Count: 1)",
            {**DENIED, "code": None, "http_status": 403, "request_id": "0a1b-2c"},
            id="Java 2, which gives no code",
        ),
        pytest.param(
            f"AccessDenied: {BARE}\n    at Request.extractError (/x/protocol/query.js:50:29) {{\n  code:"
            " 'AccessDenied', time: 2020-01-01,\n  requestId: 'abc-1',\n  statusCode: 403,\n  retryable: false\n}",
            {**DENIED, "http_status": 403, "request_id": "abc-1"},
            id="JavaScript 2",
        ),
        pytest.param(
            f"AccessDenied: {BARE}\n    at x {{\n  '$fault': 'client',\n  '$metadata': {{ httpStatusCode: 403,"
            " requestId: 'f-1', attempts: 1 },\n  Type: 'Sender',\n  Code: 'AccessDenied'\n}",
            {**DENIED, "http_status": 403, "request_id": "f-1"},
            id="JavaScript 3",
        ),
        pytest.param(
            f"Amazon.Runtime.AmazonClientException: Error calling AssumeRole for role {ROLE} --->"
            f" Amazon.SecurityToken.AmazonSecurityTokenServiceException: {BARE} --->"
            " Amazon.Runtime.Internal.HttpErrorResponseException",
            {**DENIED, "code": None},
            id=".NET",
        ),
        pytest.param(PHP, {**DENIED, "http_status": 403, "request_id": "ab-12"}, id="PHP, which says it twice"),
        pytest.param(RUST, {**DENIED, "request_id": "rid-1"}, id="Rust, which says it twice"),
        pytest.param(
            f"&lt;ErrorResponse&gt;&lt;Error&gt;&lt;Code&gt;AccessDenied&lt;/Code&gt;&lt;Message&gt;{BARE}"
            "&lt;/Message&gt;&lt;/Error&gt;&lt;RequestId&gt;q-7&lt;/RequestId&gt;&lt;/ErrorResponse&gt;",
            {**DENIED, "request_id": "q-7"},
            id="XML in a ticket",
        ),
        pytest.param(
            '{"errorMessage": "An error occurred (AccessDenied) when calling the AssumeRole operation: '
            f'{BARE}", "errorType": "ClientError", "requestId": "5e1c", "stackTrace": []}}',
            DENIED,
            id="AWS Lambda, whose own request the id is of",
        ),
        pytest.param(
            f"rpc error: code = Unknown desc = operation error STS: AssumeRole, https response error StatusCode: 403,"
            f" RequestID: <REDACTED>, api error AccessDenied: {BARE}",
            {**DENIED, "http_status": 403},
            id="gRPC, whose code is not AWS's",
        ),
        pytest.param(
            f"rpc error: code = Unknown desc = {BARE}", {**DENIED, "code": None}, id="gRPC, which hides AWS's code"
        ),
        pytest.param(f"调用 AssumeRole 操作时出错 (AccessDenied): {BARE}", DENIED, id="a CLI in Chinese"),
        pytest.param(
            f"003167 (42601): Error assuming AWS_ROLE:\n{BARE}", {**DENIED, "code": None}, id="Snowflake's own numbers"
        ),
        pytest.param(
            "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam:::user/ash is"
            " not authorized to perform: sts:AssumeRole on resource: arn:aws:iam:::role/dash",
            {**DENIED, "caller": "arn:aws:iam:::user/ash", "resource": "arn:aws:iam:::role/dash"},
            id="accounts that were blanked",
        ),
        pytest.param(
            "##[error]User: arn:aws:sts::***:assumed-role/gh/x is not authorized to perform: sts:TagSession on"
            " resource: ***",
            {
                "kind": ErrorKind.NOT_AUTHORIZED,
                "action": "sts:TagSession",
                "resource": "***",
                "caller": "arn:aws:sts::***:assumed-role/gh/x",
            },
            id="GitHub's masks",
        ),
        pytest.param(
            "User: arn:aws:sts::<ACCOUNT_ID>:assumed-role/app/s1 is not authorized to perform: sts:AssumeRole on"
            " resource: arn:aws:iam::<ACCOUNT_ID>:role/Deploy",
            {
                "kind": ErrorKind.NOT_AUTHORIZED,
                "operation": "AssumeRole",
                "action": "sts:AssumeRole",
                "resource": "arn:aws:iam::<ACCOUNT_ID>:role/Deploy",
                "caller": "arn:aws:sts::<ACCOUNT_ID>:assumed-role/app/s1",
            },
            id="masks in angle brackets",
        ),
        pytest.param(
            f"assumed-role/App/session-1 is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
            {**DENIED, "code": None, "caller": "arn:***:sts::***:assumed-role/App/session-1"},
            id="a caller whose beginning was lost",
        ),
        pytest.param(
            f"User: anonymous is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
            {**DENIED, "kind": ErrorKind.UNSIGNED, "code": None, "caller": "anonymous"},
            id="a request that was not signed",
        ),
        pytest.param(
            f"{BARE} with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            {**DENIED, "code": None, "layer": Layer.SCP, "says_explicit": True},
            id="an SCP that is called an endpoint policy",
        ),
        pytest.param(
            f"An error occurred (AccessDenied) when calling the AssumeRole operation: {BARE} with an explicit deny in a"
            f" service control policy, with policy ARN: {SCP}. Go to https://us-east-1.console.aws.amazon.com/iam/home"
            "?region=us-east-1#/authorization-details/ABC123DEF for complete details, or call the"
            " GetRequestAuthorizationDetails API with the following authorization id: ABC123DEF",
            {
                **DENIED,
                "layer": Layer.SCP,
                "explicit": YES,
                "says_explicit": True,
                "policy_arn": SCP,
                "authorization_id": "ABC123DEF",
                "authorization_region": "us-east-1",
            },
            id="the newest form, with policy and authorization id",
        ),
        pytest.param(
            "An error occurred (AccessDenied) when calling the CreateFunction operation: User:"
            f" {CALLER} is not authorized to perform: iam:PassRole on resource: {ROLE} because no identity-based policy"
            " allows the iam:PassRole action",
            {
                **DENIED,
                "operation": "CreateFunction",
                "action": "iam:PassRole",
                "layer": Layer.IDENTITY,
                "explicit": NO,
            },
            id="another API, which wants to hand the role over",
        ),
        pytest.param(
            f"User: {CALLER} is not authorized to perform: iam:GetRole on resource: role Deploy because no"
            " identity-based policy allows the iam:GetRole action",
            {
                "kind": ErrorKind.NOT_AUTHORIZED,
                "action": "iam:GetRole",
                "resource": "role Deploy",
                "caller": CALLER,
                "layer": Layer.IDENTITY,
                "explicit": NO,
            },
            id="a resource in words",
        ),
        pytest.param(
            "An error occurred (SignatureDoesNotMatch) when calling the AssumeRole operation: Credential should be"
            " scoped to a valid region, not 'us-east-2'.",
            {"kind": ErrorKind.SIGNED_FOR_OTHER_REGION, "code": "SignatureDoesNotMatch", "operation": "AssumeRole"},
            id="a signature for another Region",
        ),
        pytest.param(
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No"
            " OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
            {
                "kind": ErrorKind.PROVIDER_MISSING,
                "code": "InvalidIdentityToken",
                "operation": "AssumeRoleWithWebIdentity",
            },
            id="a missing provider",
        ),
        pytest.param(
            "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference"
            " AssumeRoleWithWebIdentity documentation for requirements",
            {
                "kind": ErrorKind.ISSUER_KEYS_MISSING,
                "code": "InvalidIdentityToken",
                "operation": "AssumeRoleWithWebIdentity",
            },
            id="a token whose operation no frame names",
        ),
        pytest.param(
            "Response did not contain a valid SAML assertion",
            {"kind": ErrorKind.ASSERTION_REFUSED, "operation": "AssumeRoleWithSAML"},
            id="SAML",
        ),
        pytest.param(
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64} (Service: AWSSecurityTokenService;"
            " Status Code: 400; Error Code: InvalidIdentityToken)",
            {
                "kind": ErrorKind.ASSERTION_SESSION_NAME,
                "code": "InvalidIdentityToken",
                "http_status": 400,
                "operation": "AssumeRoleWithSAML",
            },
            id="SAML: the session name",
        ),
        pytest.param(
            "Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error"
            " Code: AuthSamlInvalidSamlResponseException)",
            {
                "kind": ErrorKind.ASSERTION_ISSUER,
                "code": "AuthSamlInvalidSamlResponseException",
                "http_status": 400,
                "operation": "AssumeRoleWithSAML",
            },
            id="SAML: the issuer",
        ),
        pytest.param(
            "Response signature invalid (Service: AWSSecurityTokenService; Status Code: 400; Error Code:"
            " InvalidIdentityToken)",
            {
                "kind": ErrorKind.ASSERTION_SIGNATURE,
                "code": "InvalidIdentityToken",
                "http_status": 400,
                "operation": "AssumeRoleWithSAML",
            },
            id="SAML: the signature",
        ),
        pytest.param(
            "An error occurred (ValidationError) when calling the AssumeRole operation: 2 validation errors detected:"
            " Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression"
            " pattern: [\\w+=,.@-]*; Value 'x' at 'externalId' failed to satisfy constraint: Member must have length"
            " greater than or equal to 2",
            {"kind": ErrorKind.BAD_PARAMETER, "code": "ValidationError", "operation": "AssumeRole"},
            id="two parameters in one answer",
        ),
        pytest.param(
            "An error occurred (Surprise) when calling the AssumeRole operation: nobody has seen this yet",
            {"kind": ErrorKind.OTHER, "code": "Surprise", "operation": "AssumeRole"},
            id="words that are not known",
        ),
        pytest.param(
            "error: You must be logged in to the server", {"kind": ErrorKind.KUBERNETES_REFUSED}, id="no error of AWS"
        ),
        pytest.param(
            "com.amazonaws.services.glue.model.AccessDeniedException: You need to enable AWS Security Token Service for"
            f" this region. Service is unable to assume the role {ROLE} to access null. Please verify the role's"
            " TrustPolicy. (Service: AWSGlue; Status Code: 400; Error Code: AccessDeniedException; Request ID: 1f2e;"
            " Proxy: null)",
            {
                "kind": ErrorKind.SERVICE_NOT_TRUSTED,
                "code": "AccessDeniedException",
                "http_status": 400,
                "resource": ROLE,
                "service": "glue.amazonaws.com",
                "request_id": "1f2e",
            },
            id="AWS Glue",
        ),
        pytest.param(
            "The role defined for the function cannot be assumed by Lambda.",
            {"kind": ErrorKind.SERVICE_NOT_TRUSTED, "service": "lambda.amazonaws.com"},
            id="AWS Lambda",
        ),
        pytest.param(
            f"An error occurred (ValidationException) when calling the CreateTrainingJob operation: Could not assume"
            f" role {ROLE}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume"
            " the role.",
            {
                "kind": ErrorKind.SERVICE_NOT_TRUSTED,
                "code": "ValidationException",
                "operation": "CreateTrainingJob",
                "resource": ROLE,
                "service": "sagemaker.amazonaws.com",
            },
            id="a principal that is printed",
        ),
        pytest.param(
            "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is"
            " authorized to assume the provided role.",
            {
                "kind": ErrorKind.SERVICE_NOT_TRUSTED,
                "code": "AccessDeniedException",
                "service": "states.amazonaws.com",
            },
            id="AWS Step Functions",
        ),
        pytest.param(
            "CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that: 1) The"
            " provided service role exists",
            {
                "kind": ErrorKind.SERVICE_NOT_TRUSTED,
                "operation": "AssumeRole",
                "action": "sts:AssumeRole",
                "service": "codebuild.amazonaws.com",
            },
            id="a service in the words of a denial",
        ),
        pytest.param(
            "operation error EKS Auth: AssumeRoleForPodIdentity, https response error StatusCode: 400, RequestID: p-1,"
            " AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated"
            " role.",
            {
                "kind": ErrorKind.SERVICE_NOT_TRUSTED,
                "code": "AccessDeniedException",
                "http_status": 400,
                "operation": "AssumeRoleForPodIdentity",
                "service": "pods.eks.amazonaws.com",
                "request_id": "p-1",
            },
            id="EKS Pod Identity",
        ),
    ],
)
def test_an_error_says(text: str, error: dict[str, Any]) -> None:
    assert says(text) == [{name: value for name, value in error.items() if value is not None}]


@pytest.mark.parametrize("wording", [wording for wording in WORDINGS if wording.kind or wording.service])
def test_every_known_phrase_is_recognised_within_a_sentence_that_a_terminal_broke(wording: Any) -> None:
    middle = len(wording.phrase) // 2
    (error,) = parse_errors(f"It says: {wording.phrase[:middle]}\n{wording.phrase[middle:].upper()} of it")
    # What any service may say tells nothing where no service is named.
    nameless = wording.frame and wording.kind is ErrorKind.SERVICE_NOT_TRUSTED
    assert error.kind is (ErrorKind.ANSWER_HIDDEN if nameless else wording.kind or ErrorKind.OTHER)
    assert (error.operation, error.service) == (wording.operation, wording.service)


GET_ROLE = f"User: {CALLER} is not authorized to perform: iam:GetRole on resource: role x"


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        pytest.param(
            "An error occurred (Throttling) when calling the AssumeRole operation (reached max retries: 4): Rate"
            f" exceeded\nAn error occurred (AccessDenied) when calling the AssumeRole operation: {BARE}\nAn error"
            " occurred (NoSuchBucket) when calling the ListObjects operation: what",
            [
                ("throttled", "Throttling", "AssumeRole", ""),
                ("not_authorized", "AccessDenied", "AssumeRole", ""),
                ("other", "NoSuchBucket", "ListObjects", ""),
            ],
            id="three of the CLI",
        ),
        pytest.param(
            f"AccessDenied: {BARE}\n\tstatus code: 403, request id: r-1\nExpiredToken: {EXPIRED}\n\tstatus code: 400,"
            " request id: r-2",
            [("not_authorized", "AccessDenied", "AssumeRole", "r-1"), ("token_expired", "ExpiredToken", "", "r-2")],
            id="two of Go",
        ),
        pytest.param(
            f"operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: r-1, api error"
            f" AccessDenied: {BARE} | operation error S3: ListBuckets, https response error StatusCode: 400, RequestID:"
            f" r-2, api error ExpiredToken: {EXPIRED}",
            [
                ("not_authorized", "AccessDenied", "AssumeRole", "r-1"),
                ("token_expired", "ExpiredToken", "ListBuckets", "r-2"),
            ],
            id="two of Go on one line",
        ),
        pytest.param(
            f"{BARE}\noperation error S3: ListBuckets, https response error StatusCode: 400, RequestID: r-2, api error"
            " NoSuchBucket: what",
            [("not_authorized", "", "AssumeRole", ""), ("other", "NoSuchBucket", "ListBuckets", "r-2")],
            id="one of Go in words that are not known",
        ),
        pytest.param(
            f"{BARE}\noperation error S3: ListBuckets, https response error StatusCode: 400,\nRequestID: r-2, api error"
            f" ExpiredToken: {EXPIRED}",
            [("not_authorized", "", "AssumeRole", ""), ("token_expired", "ExpiredToken", "ListBuckets", "r-2")],
            id="one of Go that was wrapped",
        ),
        pytest.param(
            f'[{{"Message":"{BARE}","Code":"AccessDenied"}},{{"Message":"{EXPIRED}","Code":"ExpiredToken"}}]',
            [("not_authorized", "AccessDenied", "AssumeRole", ""), ("token_expired", "ExpiredToken", "", "")],
            id="two of JSON, whose codes stand behind",
        ),
        pytest.param(
            f'[{{"Code":"AccessDenied","Message":"{BARE}"}},{{"Code":"ExpiredToken","Message":"{EXPIRED}"}}]',
            [("not_authorized", "AccessDenied", "AssumeRole", ""), ("token_expired", "ExpiredToken", "", "")],
            id="two of JSON, whose codes stand before",
        ),
        pytest.param(
            f"{BARE} (Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: r-1)"
            f" {EXPIRED} (Service: AmazonS3; Status Code: 400; Error Code: ExpiredToken; Request ID: r-2)",
            [("not_authorized", "AccessDenied", "AssumeRole", "r-1"), ("token_expired", "ExpiredToken", "", "r-2")],
            id="two of Java on one line",
        ),
        pytest.param(
            f"##[error]{GET_ROLE}\n##[error]{BARE}",
            [("not_authorized", "", "", ""), ("not_authorized", "", "AssumeRole", "")],
            id="two sentences",
        ),
        pytest.param(
            f"AccessDenied: {BARE}\n{GET_ROLE}\n{BARE}\n\tstatus code: 403, request id: r-3",
            [("not_authorized", "", "", ""), ("not_authorized", "AccessDenied", "AssumeRole", "r-3")],
            id="one that is repeated stands where it stood last",
        ),
        pytest.param(
            f"{'starting up. ' * 40_000}{BARE}{' and on it goes.' * 5000}",
            [("not_authorized", "", "AssumeRole", "")],
            id="the end of a log that is too long to be read",
        ),
    ],
)
def test_a_paste_has_all_of_its_errors(text: str, errors: list[tuple[str, str, str, str]]) -> None:
    assert [(error.kind, error.code, error.operation, error.request_id) for error in parse_errors(text)] == errors


def test_who_is_refused_stands_in_the_sentence_itself() -> None:
    assert [error.caller for error in parse_errors(f"{BARE}\nNot authorized to perform sts:TagSession")] == [CALLER, ""]


def test_a_sentence_of_a_service_stays_as_it_is() -> None:
    text = "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::222222222222:role/Deploy"
    (error,) = parse_errors(text)
    assert (error.text, error.service) == (text, "codepipeline.amazonaws.com")


def test_the_texts_of_several_errors_say_the_same_again() -> None:
    before = parse_errors(
        f"{BARE} with an explicit deny in a service control policy: {SCP}\n{GET_ROLE}\nExpiredToken: {EXPIRED}"
    )
    assert len(before) == 3
    assert parse_errors("\n".join(error.text for error in before)) == before


def test_a_code_that_an_sdk_gives_is_the_errors_own() -> None:
    (error,) = parse_errors("it is over", code="ExpiredToken")
    assert (error.kind, error.code) == (ErrorKind.TOKEN_EXPIRED, "ExpiredToken")
    (error,) = parse_errors("", code="PackedPolicyTooLarge")
    assert (error.kind, error.text) == (ErrorKind.PACKED_SIZE, "")
