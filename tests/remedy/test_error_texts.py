"""What is said to do about an error that no policy decides."""

import pytest
from msgspec.structs import replace
from tests.cases import allow, trust
from tests.remedy.broken import broken, the_remedy

from diagnose.evaluate.decision import decide
from diagnose.evaluate.reported_error import aws_answer
from diagnose.loading import load_rules
from diagnose.model.aws_error import ErrorKind
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import Subject
from diagnose.pipeline import diagnose
from diagnose.remedy.fixes import error as error_steps


@pytest.mark.parametrize(
    ("message", "owner", "told"),
    [
        pytest.param(
            "User: anonymous is not authorized to perform: sts:AssumeRole", Owner.CALLER, "Sign", id="unsigned"
        ),
        pytest.param("Signature not yet current: 1 is later than 2", Owner.CALLER, "clock", id="clock"),
        pytest.param(
            "SignatureDoesNotMatch: Credential should be scoped to a valid region, not 'us-east-2'.",
            Owner.CALLER,
            "AWS_REGION",
            id="another Region",
        ),
        pytest.param(
            "No OpenIDConnect provider found in your account for https://x",
            Owner.DESTINATION,
            "`222222222222`",
            id="OIDC",
        ),
        pytest.param("Error loading SSO Token: Token for x does not exist", Owner.CALLER, "aws sso login", id="SSO"),
        pytest.param(
            "The role defined for the function cannot be assumed by Lambda.",
            Owner.DESTINATION,
            "`lambda.amazonaws.com`",
            id="a service",
        ),
        pytest.param(
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            Owner.CALLER,
            "`sub` of the token",
            id="token",
        ),
        pytest.param(
            "User: arn:aws:iam::111111111111:user/builder is not authorized to perform: sts:AssumeRole on resource:"
            " arn:aws:iam::222222222222:role/Other",
            Owner.CALLER,
            "`arn:aws:iam::222222222222:role/Other`",
            id="another role",
        ),
        pytest.param(
            "User: x is not authorized to perform: iam:GetRole on resource: role x. Not authorized to perform:"
            " sts:AssumeRole",
            Owner.SOURCE,
            "`iam:GetRole`",
            id="another call beside it",
        ),
        pytest.param(
            "User: arn:aws:iam::***:user/builder is not authorized to perform: sts:TagSession on resource: ***",
            Owner.CALLER,
            "role-skip-session-tagging",
            id="tags that a tool adds",
        ),
    ],
)
def test_an_error_is_followed_as_it_asks(message: str, owner: Owner, told: str) -> None:
    remedy = the_remedy("follow-error", Subject(), broken("cross-account", message=message))
    assert remedy.owner is owner
    assert told in remedy.text


POLICIES_DECIDE = {ErrorKind.NOT_AUTHORIZED, ErrorKind.ROOT_REFUSED, ErrorKind.CONSOLE_REFUSED, ErrorKind.OTHER}
TOLD_BY_PARTS = {ErrorKind.SERVICE_NOT_TRUSTED, ErrorKind.PRINCIPAL_REFUSED, ErrorKind.BAD_PARAMETER}
"""What to do depends on the service and its trust policy, or on what is wrong with a principal or a parameter."""
OF_OTHER_KINDS = {
    ErrorKind.MFA_CODE_REFUSED,
    ErrorKind.MFA_DEVICE_REFUSED,
    ErrorKind.MFA_INCOMPLETE,
    ErrorKind.OVER_ROLE_MAXIMUM,
    ErrorKind.OVER_CHAINING_LIMIT,
    ErrorKind.PACKED_SIZE,
    ErrorKind.POLICY_MALFORMED,
    ErrorKind.REGION_DISABLED,
    ErrorKind.TOKEN_INVALID,
    ErrorKind.TOKEN_EXPIRED,
    ErrorKind.SIGNATURE,
    ErrorKind.THROTTLED,
}
"""Remedies of their own say what to do about these."""


def test_every_kind_of_error_is_followed_or_has_another_remedy() -> None:
    assert set(ErrorKind) - POLICIES_DECIDE - OF_OTHER_KINDS - TOLD_BY_PARTS == set(error_steps.STEPS)


COPY = (
    "User arn:aws:redshift:eu-west-2:222222222222:dbuser:sales-1/awsuser is not authorized to assume IAM Role "
    "arn:aws:iam::222222222222:role/WebServer."
)
BOTH = "sts:AssumeRole and sts:TagSession"


@pytest.mark.parametrize(
    ("service", "message", "told"),
    [
        pytest.param("redshift.amazonaws.com", COPY, ["--cluster-identifier sales-1 "], id="attached, it is trusted"),
        pytest.param(
            "ec2.amazonaws.com", COPY, ["modify-cluster-iam-roles", "`redshift.amazonaws.com`"], id="asked of another"
        ),
        pytest.param(
            "ec2.amazonaws.com",
            "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
            [BOTH],
            id="pods send tags",
        ),
    ],
)
def test_a_trust_policy_that_lets_the_service_in_is_left_alone(service: str, message: str, told: list[str]) -> None:
    principal = {"Service": service}
    case = broken("service", {"snapshot": {"source": {"arn": service}}}, trust_policy=trust(allow(principal)))
    found = [draft.text for draft in error_steps.follow_error(Subject(), replace(case, message=message), decide(case))]
    assert [words in text for words, text in zip(told, found, strict=True)] == [True] * len(told)


UNKNOWN_NAME = "Write `ExternalId` instead of `{}`, which AssumeRole does not know"
MISSING, EMPTY = "Pass `{}`, which every call needs", "Pass a value for `{}`:"
FOUND = "operation error STS: AssumeRole, 2 validation error(s) found.\n- {}, AssumeRoleInput.{}.\n"
REFUSED_BY_STS = (
    "An error occurred (ValidationError) when calling the AssumeRole operation: 1 validation error detected: Value {} "
    "at '{}' failed to satisfy constraint: Member must"
)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('Parameter validation failed:\nUnknown parameter in input: "External_ID"', UNKNOWN_NAME.format("External_ID")),
        ("UnexpectedParameter: Unexpected key 'ExternalID' found in params", UNKNOWN_NAME.format("ExternalID")),
        ("ArgumentError: unexpected value at params[:externalid]", UNKNOWN_NAME.format("externalid")),
        ("Unexpected key 'Foo' found in params", "Leave out `Foo`, which AssumeRole does not know: it takes RoleArn,"),
        ('Missing required parameter in input: "RoleSessionName"', MISSING.format("RoleSessionName")),
        ("MissingRequiredParameter: Missing required key 'RoleArn' in params", MISSING.format("RoleArn")),
        (FOUND.format("missing required field", "RoleSessionName"), MISSING.format("RoleSessionName")),
        (
            "Found 1 error while validating the input provided for the AssumeRole operation:\n[RoleArn] is missing and "
            "is a required parameter",
            MISSING.format("RoleArn"),
        ),
        ("ArgumentError: missing required parameter params[:role_session_name]", MISSING.format("RoleSessionName")),
        ("aws: error: the following arguments are required: --role-session-name", MISSING.format("RoleSessionName")),
        (
            "Invalid type for parameter RoleArn, value: None, type: <class 'NoneType'>, valid types: <class 'str'>",
            EMPTY.format("RoleArn"),
        ),
        ("Invalid length for parameter RoleArn, value: 0, valid min length: 20", EMPTY.format("RoleArn")),
        ("expected params[:role_arn] to be a String, got value nil (class: NilClass)", EMPTY.format("RoleArn")),
        (REFUSED_BY_STS.format("null", "roleArn"), EMPTY.format("RoleArn")),
        ("Expected params.Tags to be an Array", "Pass `Tags` as the type that the error names"),
        (
            "Invalid range for parameter DurationSeconds, value: 60, valid min value: 900",
            "Pass `DurationSeconds` as the error asks: 900 to 43200, and no more than the role's maximum",
        ),
        (FOUND.format("minimum field size of 20", "RoleArn"), "Pass `RoleArn` as the error asks: the whole ARN,"),
        (REFUSED_BY_STS.format("'a b'", "roleSessionName"), "Pass `RoleSessionName` as the error asks: 2 to 64"),
        ("ValidationError: Request ARN is invalid", "Pass `RoleArn` as the whole ARN,"),
        ("ValidationError: x is invalid", "Correct the parameter that the error names"),
    ],
)
def test_a_refused_parameter_is_named_with_what_to_pass(message: str, told: str) -> None:
    case = broken("cross-account", message=message)
    answer = aws_answer(case)
    assert answer is not None
    assert answer.kind is ErrorKind.BAD_PARAMETER
    remedy = the_remedy("follow-error", Subject(), case)
    assert (remedy.owner, remedy.text[: len(told)]) == (Owner.CALLER, told)


OF_EVERY_CALL = ["RoleArn", "DurationSeconds", "Policy", "PolicyArns"]
OF_ASSUME_ROLE = ["RoleSessionName", "ExternalId", "SerialNumber", "TokenCode", "SourceIdentity", "Tags"]


@pytest.mark.parametrize(
    ("world", "operation", "names"),
    [
        pytest.param(
            "cross-account",
            "AssumeRole",
            [*OF_EVERY_CALL, *OF_ASSUME_ROLE, "TransitiveTagKeys", "ProvidedContexts"],
            id="AssumeRole",
        ),
        pytest.param(
            "github",
            "AssumeRoleWithWebIdentity",
            [*OF_EVERY_CALL, "RoleSessionName", "WebIdentityToken", "ProviderId"],
            id="WebIdentity",
        ),
        pytest.param("saml", "AssumeRoleWithSAML", [*OF_EVERY_CALL, "PrincipalArn", "SAMLAssertion"], id="SAML"),
    ],
)
def test_each_parameter_of_an_operation_is_named_as_the_api_has_it(
    world: str, operation: str, names: list[str]
) -> None:
    for name in names:
        message = f'Unknown parameter in input: "{name.lower()}x", must be one of: RoleArn'
        text = the_remedy("follow-error", Subject(), broken(world, message=message)).text
        assert text == f"Write `{name}` instead of `{name.lower()}x`, which {operation} does not know"
    message = 'Unknown parameter in input: "Colour", must be one of: RoleArn'
    offered = the_remedy("follow-error", Subject(), broken(world, message=message)).text.partition(" takes ")[2]
    assert sorted(offered.split(", ")) == sorted(names)


def test_a_call_with_a_token_is_told_its_own_parameters() -> None:
    case = broken("github", message="Unexpected key 'WebIdentity' found in params")
    assert (
        "instead of `WebIdentity`, which AssumeRoleWithWebIdentity" in the_remedy("follow-error", Subject(), case).text
    )


def test_the_arns_of_an_assertion_may_stand_the_wrong_way_round() -> None:
    message = (
        "An error occurred (ValidationError) when calling the AssumeRoleWithSAML operation: Request ARN is invalid"
    )
    text = the_remedy("follow-error", Subject(), broken("saml", message=message)).text
    assert "the role's ARN before the provider's in the attribute `Role`" in text


PASSED = "User: arn:aws:iam::111111111111:user/builder is not authorized to perform: iam:PassRole on resource: {}{}"
ROLE_OF_TASKS = "arn:aws:iam::111111111111:role/Deploy"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            PASSED.format(ROLE_OF_TASKS, " because no identity-based policy allows the iam:PassRole action"),
            f"Allow `iam:PassRole` on `{ROLE_OF_TASKS}` to `arn:aws:iam::111111111111:user/builder`, with the "
            "condition `iam:PassedToService` `ecs-tasks.amazonaws.com`",
        ),
        (
            PASSED.format("arn:aws:iam::222222222222:role/Deploy", ""),
            "Hand the service a role of account `111111111111`, the caller's own: no permission lets it pass",
        ),
        ("AccessDeniedException: Cross-account pass role is not allowed.", "Hand the service a role of account"),
        (
            PASSED.format(ROLE_OF_TASKS, " with an explicit deny in an identity-based policy"),
            "Have the policy that the error names changed by whoever owns it",
        ),
        (
            PASSED.format(ROLE_OF_TASKS, "").replace("iam:PassRole", "s3:GetObject"),
            "Allow the action that the error names, `s3:GetObject`, on the one resource that it names",
        ),
    ],
)
def test_an_error_about_another_call_is_no_reason_to_let_its_caller_assume_the_role(message: str, told: str) -> None:
    of_tasks = trust(allow({"Service": "ecs-tasks.amazonaws.com"}))
    case = broken("cross-account", message=message, trust_policy=of_tasks)
    first, *others = diagnose(case, load_rules(())).findings
    assert [remedy.text[: len(told)] for remedy in first.remedies] == [told]
    if "s3:" not in message:
        assert others == []


SAVING = 'MalformedPolicyDocument: Invalid principal in policy: "AWS":"{principal}"'


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        pytest.param("arn:aws:iam::12345678910:role/Orchestration", "has 11", id="eleven digits"),
        pytest.param("12345678910", "has 11", id="eleven digits alone"),
        pytest.param(
            "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef",
            "`aws iam get-role --role-name AWSReservedSSO_Dev_0123456789abcdef --query Role.Arn`",
            id="the path of a permission set's role",
        ),
        pytest.param("arn:aws:iam::111111111111:role/App*", "`ArnLike`", id="a wildcard"),
        pytest.param("arn:aws:iam::111111111111:group/Devs", "never a principal", id="a group"),
        pytest.param("arn:aws:iam::111111111111:role/App", "created seconds ago", id="one that may be too new"),
    ],
)
def test_what_is_wrong_with_a_principal_is_read_off_it(principal: str, words: str) -> None:
    for message in (SAVING.format(principal=principal), SAVING.format(principal=principal).replace('"', '\\"')):
        case = broken("cross-account", message=message)
        [draft] = error_steps.follow_error(Subject(), case, decide(case))
        assert words in draft.text


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("MalformedPolicyDocument: Invalid principal in policy", id="it is not named"),
        pytest.param('MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"x"', id="it is of another kind"),
    ],
)
def test_a_principal_that_cannot_be_read_off_is_left_to_the_reader(message: str) -> None:
    case = broken("cross-account", message=message)
    [draft] = error_steps.follow_error(Subject(), case, decide(case))
    assert draft.owner is Owner.DESTINATION
    assert draft.text == "Correct the principal that the error names: it must exist, with exactly this path and name"
