"""AWS services that are given a role to assume, and how they say of themselves that they cannot."""

import re

from msgspec import Struct


class Service(Struct, frozen=True):
    """A service: the principal by which a trust policy names it, and the names that stand for it in error texts."""

    principal: str
    names: tuple[str, ...]


SERVICES = (
    Service("lambda.amazonaws.com", ("Lambda", "AWSLambda", "AWSLambdaInternal")),
    Service("ecs-tasks.amazonaws.com", ("ECS", "AmazonECS", "Fargate")),
    Service("ec2.amazonaws.com", ("EC2", "AmazonEC2")),
    Service("spotfleet.amazonaws.com", ("Spot Fleet",)),
    Service("eks.amazonaws.com", ("AmazonEKS",)),
    Service("pods.eks.amazonaws.com", ("EKS",)),
    Service("batch.amazonaws.com", ("Batch", "AWSBatch")),
    Service("states.amazonaws.com", ("Step Functions", "StepFunctions", "AWSStepFunctions")),
    Service("events.amazonaws.com", ("EventBridge", "CloudWatch Events")),
    Service("scheduler.amazonaws.com", ("EventBridge Scheduler", "Scheduler")),
    Service("pipes.amazonaws.com", ("EventBridge Pipes", "Pipes")),
    Service("codebuild.amazonaws.com", ("CodeBuild", "AWSCodeBuild")),
    Service("codepipeline.amazonaws.com", ("CodePipeline", "AWSCodePipeline")),
    Service("codedeploy.amazonaws.com", ("CodeDeploy", "AmazonCodeDeploy")),
    Service("cloudformation.amazonaws.com", ("CloudFormation", "AmazonCloudFormation")),
    Service("servicecatalog.amazonaws.com", ("Service Catalog",)),
    Service("elasticbeanstalk.amazonaws.com", ("Elastic Beanstalk", "ElasticBeanstalk")),
    Service("amplify.amazonaws.com", ("Amplify",)),
    Service("glue.amazonaws.com", ("Glue", "AWSGlue")),
    Service("sagemaker.amazonaws.com", ("SageMaker", "AmazonSageMaker")),
    Service("bedrock.amazonaws.com", ("Bedrock",)),
    Service("redshift.amazonaws.com", ("Redshift", "AmazonRedshift")),
    Service("elasticmapreduce.amazonaws.com", ("EMR", "AmazonElasticMapReduce", "ElasticMapReduce")),
    Service("dms.amazonaws.com", ("DMS", "Database Migration Service", "AWSDatabaseMigrationService")),
    Service("rds.amazonaws.com", ("RDS", "AmazonRDS", "Aurora")),
    Service("dax.amazonaws.com", ("DAX",)),
    Service("config.amazonaws.com", ("Config", "AmazonConfig")),
    Service("cloudtrail.amazonaws.com", ("CloudTrail", "AWSCloudTrail")),
    Service("logs.amazonaws.com", ("CloudWatch Logs", "AWSLogs")),
    Service("vpc-flow-logs.amazonaws.com", ("Flow Logs", "VPC Flow Logs")),
    Service("apigateway.amazonaws.com", ("API Gateway", "AmazonApiGateway")),
    Service("appsync.amazonaws.com", ("AppSync", "AWSAppSync")),
    Service("ssm.amazonaws.com", ("SSM", "Systems Manager", "AWSSimpleSystemsManagement", "Automation")),
    Service("firehose.amazonaws.com", ("Firehose", "AmazonKinesisFirehose")),
    Service("kinesisanalytics.amazonaws.com", ("Kinesis Analytics", "KinesisAnalytics")),
    Service("backup.amazonaws.com", ("Backup", "AWSBackup")),
    Service("cognito-idp.amazonaws.com", ("Cognito", "AWSCognitoIdentityProvider")),
    Service("iot.amazonaws.com", ("IoT", "AWSIot")),
    Service("greengrass.amazonaws.com", ("Greengrass",)),
    Service("mediaconvert.amazonaws.com", ("MediaConvert",)),
    Service("transfer.amazonaws.com", ("Transfer", "Transfer Family")),
    Service("datasync.amazonaws.com", ("DataSync",)),
    Service("appflow.amazonaws.com", ("AppFlow",)),
    Service("s3.amazonaws.com", ("S3", "AmazonS3")),
    Service("sns.amazonaws.com", ("SNS", "AmazonSNS")),
    Service("opensearchservice.amazonaws.com", ("OpenSearch", "OpenSearch Service", "AWSElasticsearch")),
    Service("kendra.amazonaws.com", ("Kendra",)),
    Service("forecast.amazonaws.com", ("Forecast",)),
    Service("personalize.amazonaws.com", ("Personalize",)),
    Service("rekognition.amazonaws.com", ("Rekognition",)),
    Service("comprehend.amazonaws.com", ("Comprehend",)),
    Service("transcribe.amazonaws.com", ("Transcribe",)),
    Service("airflow.amazonaws.com", ("MWAA", "Airflow")),
    Service("kafkaconnect.amazonaws.com", ("MSK Connect",)),
    Service("imagebuilder.amazonaws.com", ("Image Builder", "Imagebuilder")),
    Service("dlm.amazonaws.com", ("DLM", "Data Lifecycle Manager")),
    Service("fis.amazonaws.com", ("FIS",)),
    Service("lakeformation.amazonaws.com", ("Lake Formation",)),
    Service("quicksight.amazonaws.com", ("QuickSight",)),
)

ASSUMING = (
    "be assumed by",
    "unable to assume",
    "not able to assume",
    "cannot assume",
    "can't assume",
    "can not assume",
    "could not assume",
    "couldn't assume",
    "failed to assume",
    "permission to assume",
    "permissions to assume",
    "permissions required to assume",
    "authorized to assume",
    "to assume the role",
    "to assume the provided role",
    "to assume this role",
    "unable to be assumed",
)
"""What a service says of a role that it was given, and also what tools say before they print AWS's own words."""


def service_named(before: str, after: str) -> str:
    """Give the principal of the service that says that it cannot assume a role; empty where none does.

    `before` ends, and `after` begins, with words of `ASSUMING`. A principal that is printed outdoes a name.
    """
    whole = before + after
    if printed := _PRINTED.search(whole):
        return printed[1]
    name = _BY.search(after) or _SUBJECT.search(before)
    if name is None:
        name = _TO_ASSUME.search(whole) or _SDK.search(whole)
    return _PRINCIPALS[name[1]] if name else ""


_PRINCIPALS = {name: service.principal for service in SERVICES for name in service.names}
_NAME = r"(?:(?:AWS|Amazon|the)\s)*(" + "|".join(sorted(map(re.escape, _PRINCIPALS), key=len, reverse=True)) + r")\b"
_PRINTED = re.compile(
    r"(?<![\w./@-])(?!sts\.)([a-z][a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){0,2}\.amazonaws\.com(?:\.cn)?)(?![\w/.-]*[\w/])"
)
_BY = re.compile(r"^(?:[\w' ]{0,40}?\bassumed\s)?by\s" + _NAME)
_SUBJECT = re.compile(
    r"(?:^|[^\w-])" + _NAME + r"(?:\s(?:service|Automation|function))?"
    r"(?:\s(?:is|was|has been|does|do|did|has|will be|needs?))?(?:\s?n[o']t)?"
    r"(?:\s(?:have|granted))?(?:\s(?:the|sufficient|enough|required|necessary))*\s?$"
)
_TO_ASSUME = re.compile(r"\b(?:allow|allows|allowing|trust|trusts|lets?|for|grants?|with)\s" + _NAME + r"(?:\sto)?\s")
_SDK = re.compile(r"\(Service: (" + "|".join(map(re.escape, _PRINCIPALS)) + r")[;,]")
