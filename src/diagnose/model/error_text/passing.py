"""Which service a role was passed to, by the name of the API in whose answer iam:PassRole is refused.

IAM's sentence names the role and not the service, which is what `iam:PassedToService` holds.
"""

import re


def passed_to(operation: str) -> str | None:
    """Give the principal of the service that an API passes a role to; None where the name does not tell, or one of two.

    Some names of Lambda's APIs end in the date of their version.
    """
    return _SERVICES.get(_DATED.sub("", operation))


_DATED = re.compile(r"\d{8}(v\d)?$")
_APIS = {
    "lambda.amazonaws.com": ("CreateFunction", "UpdateFunctionConfiguration"),
    "ecs-tasks.amazonaws.com": ("RunTask", "StartTask", "RegisterTaskDefinition", "RegisterJobDefinition"),
    "ec2.amazonaws.com": (
        "RunInstances",
        "AssociateIamInstanceProfile",
        "ReplaceIamInstanceProfileAssociation",
        "AddRoleToInstanceProfile",
        "CreateLaunchConfiguration",
    ),
    "states.amazonaws.com": ("CreateStateMachine", "UpdateStateMachine"),
    "scheduler.amazonaws.com": ("CreateSchedule", "UpdateSchedule"),
    "pipes.amazonaws.com": ("CreatePipe", "UpdatePipe"),
    "events.amazonaws.com": ("PutTargets",),
    "codepipeline.amazonaws.com": ("CreatePipeline", "UpdatePipeline"),
    "codedeploy.amazonaws.com": ("CreateDeploymentGroup", "UpdateDeploymentGroup"),
    "cloudformation.amazonaws.com": ("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet", "CreateStackSet"),
    "glue.amazonaws.com": ("CreateCrawler", "UpdateCrawler", "CreateDevEndpoint"),
    "sagemaker.amazonaws.com": (
        "CreateNotebookInstance",
        "CreateTrainingJob",
        "CreateProcessingJob",
        "CreateModel",
        "CreateUserProfile",
    ),
    "firehose.amazonaws.com": ("CreateDeliveryStream",),
    "config.amazonaws.com": ("PutConfigurationRecorder",),
    "cloudtrail.amazonaws.com": ("CreateTrail", "UpdateTrail"),
    "ssm.amazonaws.com": ("StartAutomationExecution", "RegisterTaskWithMaintenanceWindow"),
    "vpc-flow-logs.amazonaws.com": ("CreateFlowLogs",),
    "batch.amazonaws.com": ("CreateComputeEnvironment",),
    "backup.amazonaws.com": ("CreateBackupSelection", "StartBackupJob", "StartRestoreJob"),
    "dlm.amazonaws.com": ("CreateLifecyclePolicy",),
    "fis.amazonaws.com": ("CreateExperimentTemplate",),
    "pods.eks.amazonaws.com": ("CreatePodIdentityAssociation", "UpdatePodIdentityAssociation"),
}
_SERVICES = {api: service for service, apis in _APIS.items() for api in apis}
