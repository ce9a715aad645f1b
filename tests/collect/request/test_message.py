"""What an error text says of the request."""

import json

import pytest

from diagnose.collect.request.message import asked_by_message, certain_of
from diagnose.errors import XdiagError
from diagnose.model.operation import Operation

CALLER = "arn:aws:sts::111111111111:assumed-role/App/s-1"
ROLE = "arn:aws:iam::222222222222:role/team/Deploy"
SENTENCE = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


@pytest.mark.parametrize(
    ("text", "source", "role"),
    [
        pytest.param(SENTENCE, CALLER, ROLE, id="both stand in the sentence"),
        pytest.param(
            f"{SENTENCE}\nUser: {CALLER} is not authorized to perform: iam:GetRole on resource: role x because no "
            "identity-based policy allows the iam:GetRole action",
            CALLER,
            ROLE,
            id="another call's refusal comes later",
        ),
        pytest.param(
            SENTENCE.replace("111111111111", "***") + f"\nsigned in as {CALLER}",
            CALLER,
            ROLE,
            id="the masked caller stands elsewhere in the text",
        ),
        pytest.param(
            SENTENCE.replace("111111111111", "***") + "\nsigned in as arn:aws:sts::111111111111:assumed-role/Other/s-1",
            "",
            ROLE,
            id="another caller elsewhere in the text does not fit the masked one",
        ),
        pytest.param(
            SENTENCE.replace("222222222222", "***") + f"\nrole_arn = {ROLE}",
            CALLER,
            ROLE,
            id="the masked role stands elsewhere in the text",
        ),
        pytest.param(
            SENTENCE.replace("222222222222", "***") + f"\nrole_arn = {ROLE}2 or {ROLE}",
            CALLER,
            ROLE,
            id="of two roles elsewhere in the text one fits the masked one",
        ),
        pytest.param(
            SENTENCE.replace("222222222222", "***") + f"\nrole_arn = {ROLE}2",
            CALLER,
            "",
            id="another role elsewhere in the text does not fit the masked one",
        ),
        pytest.param(
            f"Benutzer: {CALLER} ist nicht berechtigt, sts:AssumeRole auszuf\u00fchren f\u00fcr Ressource: {ROLE}",
            CALLER,
            ROLE,
            id="a translated sentence",
        ),
        pytest.param(
            f"Error: IAM Role ({ROLE}) cannot be assumed.\nThere are a number of possible causes",
            "",
            ROLE,
            id="a frame",
        ),
        pytest.param(f"tried {ROLE} and {ROLE}2, to no avail", "", "", id="two roles, and nothing to choose by"),
        pytest.param(
            f"Firehose is unable to assume role {ROLE}. Please check the role provided.",
            "firehose.amazonaws.com",
            ROLE,
            id="a service says it of itself",
        ),
    ],
)
def test_source_and_role_come_out_of_the_text(text: str, source: str, role: str) -> None:
    asked = asked_by_message(text)
    assert (asked.source, asked.role) == (source, role)
    assert asked.parameters is None


def test_an_end_that_is_masked_is_told_as_it_stands() -> None:
    asked = asked_by_message(SENTENCE.replace("111111111111", "***").replace(ROLE, "***"))
    assert (asked.source, asked.role) == ("", "")
    assert "arn:aws:sts::***:assumed-role/App/s-1" in asked.about_source
    assert "***" in asked.about_role


def test_a_refusal_of_another_call_is_told_beside() -> None:
    asked = asked_by_message(f"User: {CALLER} is not authorized to perform: s3:ListBucket on resource: b\n{SENTENCE}")
    assert "s3:ListBucket" in " ".join(asked.told)


def test_what_is_certain_whoever_called_is_said() -> None:
    unsigned = SENTENCE.replace(CALLER, "anonymous")
    assert "not signed" in certain_of(asked_by_message(unsigned).message)
    assert "expired" in certain_of("The security token included in the request is expired")
    assert certain_of(SENTENCE) == ""

    assert "a parameter of the request" in certain_of("An error occurred (ValidationError): x is invalid")
    of_assertion = "An error occurred (ValidationError) when calling the AssumeRoleWithSAML operation: "
    assert "before the provider's" in certain_of(f"{of_assertion}Request ARN is invalid")


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        pytest.param(
            'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:role/build"',
            "refused to save a policy",
            id="a principal of a policy to be saved",
        ),
        pytest.param(
            "An error occurred (MalformedPolicyDocument) when calling CreateRole: Has prohibited field Resource",
            "refused to save a policy as it is written",
            id="a field that a trust policy has not",
        ),
        pytest.param(
            "(MalformedPolicyDocument) when calling the AssumeRole operation: Syntax errors in policy.",
            "does not accept a policy as it is written",
            id="a policy that was sent",
        ),
        pytest.param(
            "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
            "cannot assume its service-linked role",
            id="a service-linked role",
        ),
        pytest.param(
            "No OpenIDConnect provider found in your account for https://gitlab.com",
            "account has no OIDC provider",
            id="no provider for the issuer",
        ),
        pytest.param("Incorrect token audience", "audience is none of those", id="an audience that is not listed"),
        pytest.param(
            "ExpiredTokenException: Token expired: current date/time 2 must be before the expiration date/time 1",
            "no credentials of AWS have expired",
            id="a token that is too old",
        ),
        pytest.param(
            "Couldn't retrieve verification key from your identity provider",
            "could not get the keys of the issuer",
            id="keys that AWS cannot get",
        ),
        pytest.param(
            "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            "does not match the thumbprint",
            id="another certificate",
        ),
    ],
)
def test_what_an_error_about_a_provider_or_a_principal_proves_needs_no_arn(text: str, certain: str) -> None:
    assert certain in certain_of(text)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("arn:aws:iam::222222222222:user/team/Ann", "a user, and nobody can assume a user"),
        ("arn:aws:iam::222222222222:root", "a user, and nobody can assume a user"),
        ("arn:aws:sts::222222222222:assumed-role/Deploy/s-1", "such as `arn:aws:iam::222222222222:role/Deploy`"),
        ("arn:aws:s3:::bucket", "masked, cut, or not a role"),
    ],
)
def test_what_was_sent_in_place_of_a_role_is_told_as_what_it_is(sent: str, said: str) -> None:
    asked = asked_by_message(SENTENCE.replace(ROLE, sent))
    assert (asked.source, asked.role) == (CALLER, "")
    assert said in asked.about_role


OF_OTHER_CALLS = (
    'MalformedPolicyDocument: Invalid principal in policy: "AWS":"{}"',
    "MalformedPolicyDocument: Has prohibited field Resource, in {}",
    "Unable to assume the service linked role. Please verify that the ECS service linked role exists. {}",
)


@pytest.mark.parametrize("named", [ROLE, CALLER, "arn:aws:iam::111111111111:user/build"])
@pytest.mark.parametrize("text", OF_OTHER_CALLS)
def test_what_an_error_about_another_call_names_is_neither_source_nor_role(text: str, named: str) -> None:
    asked = asked_by_message(text.format(named))
    assert (asked.source, asked.role) == ("", "")
    assert "about no call of AssumeRole" in asked.about_role


@pytest.mark.parametrize("text", OF_OTHER_CALLS)
def test_an_end_that_is_masked_is_not_filled_from_an_error_about_another_call(text: str) -> None:
    masked = SENTENCE.replace("111111111111", "***").replace("222222222222", "***")
    for named in (CALLER, ROLE):
        beside = f"{masked}\n{text.format(named)}"
        assert (asked_by_message(beside).source, asked_by_message(beside).role) == ("", "")
        again = asked_by_message(f"as {named}\n{beside}")
        assert named in (again.source, again.role)


def test_nothing_is_no_question() -> None:
    with pytest.raises(XdiagError, match="empty"):
        asked_by_message(" \n")


def test_an_error_about_another_call_names_no_role() -> None:
    asked = asked_by_message(f"User: {CALLER} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/k")
    assert (asked.source, asked.role) == (CALLER, "")
    assert asked.about_role == "the error refuses s3:PutObject, which assumes no role"


@pytest.mark.parametrize(
    ("caller", "action", "assumed"),
    [
        ("arn:aws:sts::111111111111:assumed-role/App/i-0abc", "kms:GenerateDataKey", True),
        ("arn:aws:sts::111111111111:assumed-role/App/i-0abc", "sts:GetSessionToken", True),
        ("arn:aws:sts::111111111111:assumed-role/App/i-0abc", "sts:TagSession", False),
        ("arn:aws:sts::111111111111:assumed-role/App/i-0abc", "iam:PassRole", False),
        ("arn:aws:iam::111111111111:user/ci", "kms:GenerateDataKey", False),
        ("arn:aws:sts::***:assumed-role/App/i-0abc", "kms:GenerateDataKey", False),
        ("anonymous", "s3:GetObject", False),
    ],
)
def test_what_a_session_was_refused_comes_after_its_role(caller: str, action: str, assumed: bool) -> None:
    said = certain_of(
        f"User: {caller} is not authorized to perform: {action} on resource: arn:aws:kms:eu-west-1::key/k"
    )
    if assumed:
        assert said.startswith(f"the role `App` was assumed: its session was refused {action}")
    else:
        assert "was assumed" not in said


def test_the_role_that_a_pod_wanted_is_told_beside_the_one_that_was_refused() -> None:
    refused = (
        "AccessDenied: User: arn:aws:sts::111111111111:assumed-role/nodes/i-08 is not authorized to perform: "
        "sts:AssumeRole on resource: arn:aws:iam::111111111111:role/kiam-server"
    )
    logged = json.dumps({"level": "error", "msg": refused, "pod.iam.role": "external-dns"})
    asked = asked_by_message(logged)
    assert asked.role == "arn:aws:iam::111111111111:role/kiam-server"
    assert "The pod asked for the role external-dns, which refused nobody" in " ".join(asked.told)
    own = json.dumps({"msg": refused, "pod.iam.role": "arn:aws:iam::111111111111:role/kiam-server"})
    assert "The pod" not in " ".join(asked_by_message(own).told)


PASSING = (
    "An error occurred (AccessDeniedException) when calling the {} operation: User: "
    "arn:aws:iam::111111111111:user/airflow is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::111111111111:role/ecs-task"
)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        pytest.param(PASSING.format("RunTask"), "ecs-tasks.amazonaws.com", id="the API tells the service"),
        pytest.param(PASSING.format("CreateCluster"), None, id="an API of several services"),
        pytest.param(PASSING.partition("operation: ")[2], None, id="the sentence alone"),
        pytest.param(
            "User: arn:aws:iam::111111111111:user/airflow is not authorized to perform: ecs:TagResource\n"
            + PASSING.format("RunTask")
            + "\nUser: arn:aws:iam::111111111111:user/airflow is not authorized to perform: logs:GetLogEvents",
            "ecs-tasks.amazonaws.com",
            id="among refusals of other calls",
        ),
    ],
)
def test_a_refusal_to_pass_a_role_is_a_question_of_its_own(text: str, service: str | None) -> None:
    asked = asked_by_message(text)
    assert (asked.source, asked.role) == (
        "arn:aws:iam::111111111111:user/airflow",
        "arn:aws:iam::111111111111:role/ecs-task",
    )
    assert (asked.operation, asked.passed_to) == (Operation.PASS_ROLE, service)


def test_a_refusal_to_assume_comes_before_one_to_pass() -> None:
    asked = asked_by_message(f"{SENTENCE}\n{PASSING.format('RunTask')}")
    assert (asked.role, asked.operation, asked.passed_to) == (ROLE, Operation.ASSUME_ROLE, None)


def test_the_role_stands_in_the_body_of_the_request_that_an_sdk_logs() -> None:
    asked = asked_by_message(
        "DEBUG Request\nPOST / HTTP/1.1\nHost: sts.eu-central-1.amazonaws.com\n\nAction=AssumeRole&DurationSeconds=900&"
        "RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2Fteam%2FDeploy&RoleSessionName=session\nDEBUG Response\n"
        "<Error><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid."
        "</Message></Error>"
    )
    assert (asked.role, asked.operation) == (ROLE, Operation.ASSUME_ROLE)


def test_the_parameters_that_an_sdk_logs_name_the_operation() -> None:
    asked = asked_by_message('Parameters: ({"Action":["AssumeRoleWithSAML"]})\nRequest ARN is invalid')
    assert asked.operation is Operation.WITH_SAML


@pytest.mark.parametrize("kind", ["user", "instance-profile"])
def test_what_was_sent_in_place_of_a_role_is_named(kind: str) -> None:
    sent = f"arn:aws:iam::111111111111:{kind}/app"
    asked = asked_by_message(f"One or more errors occurred. ({SENTENCE.replace(ROLE, sent)})\n  Source=System.Private")
    assert f"the error has it as `{sent}`, which is a" in asked.about_role
    assert kind in asked.about_role.replace(sent, "")
    assert asked.about_role.endswith("`RoleArn` must be the ARN of a role")
