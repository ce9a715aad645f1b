"""AWS's error texts, sorted by what they are about."""

import pytest
from tests.causes.given import case

from diagnose.causes.answers import aws_answers
from diagnose.causes.facts import AnswerFact, Speaker
from diagnose.model.aws_error import ErrorKind, NamedLayer
from diagnose.model.case import ProbeOutcome

DENIED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    "User: arn:aws:iam::111111111111:user/builder is not authorized to perform: sts:AssumeRole "
    "on resource: arn:aws:iam::222222222222:role/Deploy"
)


def read(message: str, world: str = "cross-account") -> AnswerFact:
    (answer,) = aws_answers(case(world, {"message": message}))
    return answer


@pytest.mark.parametrize(
    ("ending", "layer", "explicit"),
    [
        ("", NamedLayer.NONE, False),
        (" because no identity-based policy allows the sts:AssumeRole action", NamedLayer.IDENTITY, False),
        (" with an explicit deny in an identity-based policy", NamedLayer.IDENTITY, True),
        (" because no permissions boundary allows the sts:AssumeRole action", NamedLayer.BOUNDARY, False),
        (" because no session policy allows the sts:AssumeRole action", NamedLayer.SESSION, False),
        (" with an explicit deny in a sessions policy", NamedLayer.SESSION, True),
        (
            " with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-a",
            NamedLayer.SCP,
            True,
        ),
        (" with an explicit deny in a resource control policy", NamedLayer.RCP, True),
        (" because no VPC endpoint policy allows the sts:AssumeRole action", NamedLayer.ENDPOINT, False),
        (
            " with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            NamedLayer.SCP,
            True,
        ),
        (" because no role trust policy allows the sts:AssumeRole action", NamedLayer.TRUST, False),
        (" because no resource-based policy allows the sts:AssumeRole action", NamedLayer.TRUST, False),
    ],
)
def test_the_layer_that_aws_names_is_read(ending: str, layer: NamedLayer, explicit: bool) -> None:
    answer = read(DENIED + ending)
    assert (answer.named_layer, answer.explicit) == (layer, explicit)
    assert (answer.kind, answer.code, answer.named_action) == (
        ErrorKind.NOT_AUTHORIZED,
        "AccessDenied",
        "sts:AssumeRole",
    )
    assert answer.outcome is ProbeOutcome.ACCESS_DENIED


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Roles may not be assumed by root accounts.", ErrorKind.ROOT_REFUSED),
        ("MultiFactorAuthentication failed with invalid MFA one time pass code. ", ErrorKind.MFA_CODE_REFUSED),
        ("MultiFactorAuthentication failed, unable to validate MFA code.", ErrorKind.MFA_DEVICE_REFUSED),
        (
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            ErrorKind.MFA_INCOMPLETE,
        ),
        (
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ErrorKind.OVER_ROLE_MAXIMUM,
        ),
        (
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ErrorKind.OVER_CHAINING_LIMIT,
        ),
        ("Packed size of session tags consumes 112% of allotted space.", ErrorKind.PACKED_SIZE),
        ("STS is not activated in this region for account:222222222222.", ErrorKind.REGION_DISABLED),
        ("The security token included in the request is invalid.", ErrorKind.TOKEN_INVALID),
        ("The security token included in the request is expired", ErrorKind.TOKEN_EXPIRED),
        ("An error occurred (SignatureDoesNotMatch) when calling", ErrorKind.SIGNATURE),
        ("An error occurred (IncompleteSignature) when calling", ErrorKind.SIGNATURE),
        ("An error occurred (MissingAuthenticationToken) when calling", ErrorKind.UNSIGNED),
        ("An error occurred (Throttling) when calling: Rate exceeded", ErrorKind.THROTTLED),
        ('MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:..."', ErrorKind.PRINCIPAL_REFUSED),
        ("MalformedPolicyDocument: Has prohibited field Resource", ErrorKind.POLICY_NOT_SAVED),
        (
            "(MalformedPolicyDocument) when calling the GetFederationToken operation: Syntax errors",
            ErrorKind.POLICY_MALFORMED,
        ),
        (
            "(MalformedPolicyDocument) when calling the CreatePolicy operation: Syntax errors",
            ErrorKind.POLICY_NOT_SAVED,
        ),
        *(
            (f"{said}: {words}", kind)
            for words in (
                "MalformedPolicyDocument: The policy failed legacy parsing",
                "Has prohibited field Principal",
                "This policy contains invalid Json",
            )
            for said, kind in (
                ("Error calling AssumeRole for role arn:aws:iam::222222222222:role/Deploy", ErrorKind.POLICY_MALFORMED),
                ("(Service: AWSSecurityTokenService; Status Code: 400)", ErrorKind.POLICY_MALFORMED),
                ("software.amazon.awssdk.services.sts.model (Service: Sts)", ErrorKind.POLICY_MALFORMED),
                ("at node_modules/@aws-sdk/client-sts/index.js", ErrorKind.POLICY_MALFORMED),
                ("Error creating IAM policy ci", ErrorKind.POLICY_NOT_SAVED),
                ("Error updating IAM Role (ci) assume role policy", ErrorKind.POLICY_NOT_SAVED),
                ("(Service: AmazonIdentityManagement; Status Code: 400)", ErrorKind.POLICY_NOT_SAVED),
                ("com.amazonaws.services.identitymanagement.model", ErrorKind.POLICY_NOT_SAVED),
                ("(Service: Iam, Status Code: 400)", ErrorKind.POLICY_NOT_SAVED),
                ("at node_modules/@aws-sdk/client-iam/index.js", ErrorKind.POLICY_NOT_SAVED),
            )
        ),
        ("The policy failed legacy parsing", ErrorKind.POLICY_MALFORMED),
        ("(Service: Sts) (Service: Iam) Syntax errors in policy", ErrorKind.POLICY_MALFORMED),
        ("(Service: Sts) (Service: Iam) Has prohibited field Principal", ErrorKind.POLICY_NOT_SAVED),
        (
            "(MalformedPolicyDocument) when calling the AssumeRole operation: x (Service: Iam)",
            ErrorKind.POLICY_MALFORMED,
        ),
        ("Invalid information in one or more fields. Check your information", ErrorKind.CONSOLE_REFUSED),
        ("The role defined for the function cannot be assumed by Lambda.", ErrorKind.SERVICE_NOT_TRUSTED),
        ("1 validation error detected: Value failed to satisfy constraint", ErrorKind.BAD_PARAMETER),
        ("is not authorized to perform: iam:PassRole on resource", ErrorKind.NOT_AUTHORIZED),
        ("Not authorized to perform sts:AssumeRoleWithWebIdentity", ErrorKind.NOT_AUTHORIZED),
        ("something else went wrong", ErrorKind.OTHER),
    ],
)
def test_an_error_is_sorted_by_what_it_is_about(message: str, kind: ErrorKind) -> None:
    assert read(message).kind is kind


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("User: x is not authorized to perform: sts:TagSession on resource: y", "sts:TagSession"),
        ("Not authorized to perform sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity"),
        ("Access denied", ""),
    ],
)
def test_the_action_that_aws_names_is_read(message: str, action: str) -> None:
    assert read(message).named_action == action


@pytest.mark.parametrize(
    ("world", "seen", "other"),
    [
        pytest.param("cross-account", "arn:aws:iam::111111111111:user/builder", False, id="the source"),
        pytest.param("cross-account", "arn:aws:iam::111111111111:user/auditor", True, id="another user"),
        pytest.param("cross-account-role", "arn:aws:sts::111111111111:assumed-role/App/other", False, id="its role"),
        pytest.param("cross-account-role", "arn:aws:iam::111111111111:role/team/App", False, id="the role itself"),
        pytest.param(
            "cross-account-role", "arn:aws:sts::111111111111:assumed-role/Ci/build-7", True, id="another role"
        ),
        pytest.param("cross-account-role", "arn:aws:sts::333333333333:assumed-role/App/a", True, id="another account"),
    ],
)
def test_the_caller_that_aws_saw_is_compared_with_the_source(world: str, seen: str, other: bool) -> None:
    message = f"User: {seen} is not authorized to perform: sts:AssumeRole"
    assert read(message, world).other_caller is other


@pytest.mark.parametrize(
    ("action", "other"),
    [
        ("sts:AssumeRole", False),
        ("sts:tagsession", False),
        ("sts:AssumeRoleWithWebIdentity", True),
        ("iam:PassRole", True),
        ("s3:GetObject", True),
    ],
)
def test_an_action_that_no_assume_role_call_needs_is_marked(action: str, other: bool) -> None:
    assert read(f"User: x is not authorized to perform: {action} on resource: y").other_action is other


def test_a_message_that_names_no_action_names_no_other_one() -> None:
    assert read("Access denied").other_action is False


def test_the_caller_that_aws_saw_is_kept() -> None:
    assert read(DENIED).caller == "arn:aws:iam::111111111111:user/builder"
    (answer,) = aws_answers(
        case("cross-account", {"probe": {"outcome": "access_denied", "caller": "arn:aws:iam::1:root"}})
    )
    assert answer.caller == "arn:aws:iam::1:root"


def test_a_request_that_was_not_signed_is_not_somebody_elses() -> None:
    answer = read("User: anonymous is not authorized to perform: sts:AssumeRole")
    assert (answer.caller, answer.other_caller) == ("", False)


def test_an_account_that_was_masked_may_be_the_sources() -> None:
    denied = "User: arn:aws:iam::{}:user/{} is not authorized to perform: sts:AssumeRole"
    assert read(denied.format("***", "builder")).other_caller is False
    assert read(denied.format("***", "auditor")).other_caller is True


def test_of_several_errors_the_one_about_the_call_is_read() -> None:
    other = DENIED.replace("sts:AssumeRole", "iam:GetRole") + " because no identity-based policy allows the iam:GetRole"
    answer = read(f"{other}\n{DENIED} with an explicit deny in a service control policy")
    assert (answer.named_action, answer.named_layer) == ("sts:AssumeRole", NamedLayer.SCP)


def test_a_message_that_names_no_caller_speaks_of_the_source() -> None:
    assert read("Access denied").other_caller is False


@pytest.mark.parametrize(
    ("probe", "speakers"),
    [
        ({"outcome": "access_denied", "code": "AccessDenied", "message": DENIED}, [Speaker.PROBE]),
        ({"outcome": "other_error", "code": "ExpiredToken", "message": ""}, [Speaker.PROBE]),
        ({"outcome": "assumed"}, []),
        ({"outcome": "not_made", "why": "no credentials"}, []),
    ],
)
def test_only_a_refusal_is_an_answer_worth_a_rule(probe: dict[str, str], speakers: list[Speaker]) -> None:
    assert [answer.by for answer in aws_answers(case("cross-account", {"probe": probe}))] == speakers


def test_a_code_tells_where_the_text_is_not_known() -> None:
    (answer,) = aws_answers(case("cross-account", {"probe": {"outcome": "other_error", "code": "ExpiredToken"}}))
    assert (answer.kind, answer.outcome) == (ErrorKind.TOKEN_EXPIRED, ProbeOutcome.OTHER_ERROR)
