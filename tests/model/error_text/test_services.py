"""What services say of a role that they were given, and what tools say in the same words."""

import pytest

from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.error_text.services import SERVICES

ROLE = "arn:aws:iam::222222222222:role/team/Deploy"
BARE = f"User: arn:aws:iam::111111111111:user/ash is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def only(paste: str) -> AwsError:
    (error,) = parse_errors(paste)
    return error


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("The role defined for the function cannot be assumed by Lambda.", "lambda"),
        (f"ECS was unable to assume the role '{ROLE}' that was provided for this task.", "ecs-tasks"),
        ('{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role x."}', "ec2"),
        ("CodeDeploy does not have the permissions required to assume the role x.", "codedeploy"),
        (f"CodePipeline is not authorized to perform AssumeRole on role {ROLE}", "codepipeline"),
        ("AWS Config does not have permission to assume the IAM role", "config"),
        (f"API Gateway does not have permission to assume the provided role {ROLE}", "apigateway"),
        (f"Firehose is unable to assume role {ROLE}. Please check the role provided.", "firehose"),
        ("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.", "scheduler"),
        ("IAM Role x cannot be assumed by AWS Backup", "backup"),
        ("Role does not have a trust relationship allowing Cognito to assume the role", "cognito-idp"),
        ("The provided role cannot be assumed by principal 'kinesisanalytics.amazonaws.com'", "kinesisanalytics"),
        ("Step Functions is not authorized to assume the role", "states"),
        ("Amazon SageMaker could not assume the role", "sagemaker"),
        ("AppSync was unable to assume role x", "appsync"),
        ("EMR doesn't have permission to assume the role x", "elasticmapreduce"),
        ("AWS DataSync can't assume the role. Verify its trust", "datasync"),
        ("Please verify that your role allows MediaConvert to assume the role", "mediaconvert"),
        ("Unable to assume role x (Service: AWSGlue; Status Code: 400)", "glue"),
        ("The role cannot be assumed by Amazon Bedrock", "bedrock"),
        (f"ERROR: Not authorized to get credentials of role {ROLE}", "redshift"),
        ("Failed to read data: Invalid role provided in RESOURCE_ROLE_ARN", "mediaconvert"),
        ("The IAM Role arn:aws:iam::222222222222:role/dms-vpc-role is not configured properly.", "dms"),
        ("!!! Unable to assume specified IAM Role. Please ensure", "amplify"),
        (f"ECS was unable to assume the configured ECS Infrastructure Role '{ROLE}'. Please verify", "ecs"),
        (
            "The function execution role must be assumable with edgelambda.amazonaws.com as well as "
            "lambda.amazonaws.com principals.",
            "edgelambda",
        ),
        (
            f"Role with arn: {ROLE}, could not be assumed because it does not exist or the trusted entity is not "
            "correct",
            "eks",
        ),
        (f"Role {ROLE} should be given assume role permissions for Glue Service.", "glue"),
        (
            "Account 111111111111 should have 'AWSCloudFormationStackSetAdministrationRole' role with trust "
            "relationship to CloudFormation service.",
            "cloudformation",
        ),
    ],
)
def test_the_service_that_speaks_is_named(text: str, service: str) -> None:
    error = only(text)
    assert (error.kind, error.service) == (ErrorKind.SERVICE_NOT_TRUSTED, f"{service}.amazonaws.com")


@pytest.mark.parametrize(
    "frame",
    [
        "unable to assume role: AccessDenied: ",
        "Failed to assume role via Lambda: AccessDenied: ",
        "cannot be assumed by user: ",
        "my-lambda: could not assume role, AccessDenied: ",
        "Error assuming role AccessDenied: ",
        f"IAM Role ({ROLE}) cannot be assumed. The credentials do not have appropriate permission to assume the role. ",
    ],
)
def test_a_tool_that_prints_the_words_of_aws_is_no_service(frame: str) -> None:
    error = only(frame + BARE)
    assert (error.kind, error.service, error.resource) == (ErrorKind.NOT_AUTHORIZED, "", ROLE)


@pytest.mark.parametrize(
    "text",
    [
        f'Error configuring the backend "s3": The role "{ROLE}" cannot be assumed.\n\n  There are a number of possible'
        " causes of this - the most common are:\n    * The credentials used in order to assume the role are invalid",
        f"Amazon.Runtime.AmazonClientException: Error calling AssumeRole for role {ROLE}",
        f"current credentials could not be used to assume '{ROLE}', but are for the right account. Proceeding anyway.",
        f"unable to assume role {ROLE}",
    ],
)
def test_a_tool_that_hides_the_words_of_aws_names_the_role_at_least(text: str) -> None:
    error = only(text)
    assert (error.kind, error.service, error.resource) == (ErrorKind.ANSWER_HIDDEN, "", ROLE)


def test_a_name_stands_for_one_service() -> None:
    names = [name for service in SERVICES for name in service.names]
    assert len(names) == len(set(names))
    assert len(SERVICES) == len({service.principal for service in SERVICES})
