"""The words in which AWS refuses a call for other reasons than a missing permission: what each is about.

What never reached AWS, and what a service or a tool says in its place, has words of its own.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from msgspec import Struct

from diagnose.model.aws_error import ErrorKind
from diagnose.model.error_text.services import ASSUMING


class Wording(Struct, frozen=True):
    """A phrase that only one kind of error contains.

    `kind` is None where the code has to say it. `operation` is the API that alone answers so, `service` the principal
    of the service that alone does, `action` the permission that it is about. A `frame` is what a tool or a service says
    in words of its own: it counts where no error of AWS stands beside it, and may name the service or the role.
    """

    phrase: str
    kind: ErrorKind | None = None
    operation: str = ""
    service: str = ""
    frame: bool = False
    action: str = ""


_ASSUME_ROLE = "AssumeRole"
_WEB_IDENTITY = "AssumeRoleWithWebIdentity"
_SAML = "AssumeRoleWithSAML"
_SERVICE = ErrorKind.SERVICE_NOT_TRUSTED
_NO_TOKEN = (
    # https://github.com/aws-actions/configure-aws-credentials#oidc
    "Did you mean to set the `id-token` permission",
    "Unable to get ACTIONS_ID_TOKEN_REQUEST",
    "getIDToken call failed",
    "Web identity token file does not exist",
    "Unable to locate specified web identity token file",
    "failed to retrieve jwt from provide source",
    "WebIdentityErr: unable to read file",
)
"""What tools say that were to present a token, and have none."""
_UNSENT = (
    (ErrorKind.NO_CREDENTIALS, "Unable to locate credentials"),
    (ErrorKind.NO_CREDENTIALS, "no valid providers in chain"),
    (ErrorKind.NO_CREDENTIALS, "no valid credential sources"),
    (ErrorKind.NO_CREDENTIALS, "NoCredentialProviders"),
    (ErrorKind.NO_CREDENTIALS, "Could not load credentials from any providers"),
    (ErrorKind.NO_CREDENTIALS, "Unable to load AWS credentials from any provider in the chain"),
    (ErrorKind.NO_CREDENTIALS, "Unable to load credentials from any of the providers in the chain"),
    (ErrorKind.NO_CREDENTIALS, "Unable to get IAM security credentials from EC2 Instance Metadata Service"),
    (ErrorKind.NO_CREDENTIALS, "no EC2 IMDS role found"),
    (ErrorKind.NO_CREDENTIALS, "unable to sign request without credentials set"),
    (ErrorKind.NO_CREDENTIALS, "Missing credentials in config"),
    (ErrorKind.NO_CREDENTIALS, "CredentialsProviderError: Could not load"),
    (ErrorKind.NO_CREDENTIALS, "Credentials could not be loaded, please check your action inputs"),
    (ErrorKind.NO_CREDENTIALS, "'web-identity-token-file' must be set"),
    (ErrorKind.SIGN_IN_EXPIRED, "Error loading SSO Token"),
    (ErrorKind.SIGN_IN_EXPIRED, "SSO session associated with this profile"),
    (ErrorKind.SIGN_IN_EXPIRED, "SSO session has expired or is invalid"),
    (ErrorKind.SIGN_IN_EXPIRED, "Error when retrieving token from sso"),
    (ErrorKind.SIGN_IN_EXPIRED, "Please reauthenticate using 'aws login'"),
    (ErrorKind.PROFILE_BROKEN, "Infinite loop in credential configuration detected"),
    (ErrorKind.PROFILE_BROKEN, "Partial credentials found in"),
    (ErrorKind.PROFILE_BROKEN, "referenced in the profile"),
    (ErrorKind.PROFILE_BROKEN, "referenced in profile"),
    (ErrorKind.PROFILE_BROKEN, "must have credentials"),
    # https://github.com/aws/aws-sdk-go-v2/blob/main/config/shared_config.go
    (ErrorKind.PROFILE_BROKEN, "credential type source_profile requires role_arn"),
    (ErrorKind.PROFILE_BROKEN, "credential type credential_source requires role_arn"),
    (ErrorKind.PROFILE_BROKEN, "The config profile"),
    (ErrorKind.PROFILE_BROKEN, "failed to get shared config profile"),
    (ErrorKind.MFA_CODE_NOT_ASKED, "AssumeRoleTokenProvider"),
    (ErrorKind.MFA_CODE_NOT_ASKED, "requires multi-factor authentication, but no MFA code callback"),
    (ErrorKind.UNREACHABLE, "Could not connect to the endpoint URL"),
    (ErrorKind.UNREACHABLE, "Connect timeout on endpoint URL"),
    (ErrorKind.UNREACHABLE, "Read timeout on endpoint URL"),
    (ErrorKind.UNREACHABLE, "Socket timed out without establishing a connection"),
    (ErrorKind.UNREACHABLE, "no such host"),
    (ErrorKind.NO_CREDENTIALS, "failed to refresh cached credentials, context deadline exceeded"),
    # What the SDKs and the AWS CLI say of parameters that they do not even send, in Python, JavaScript, Go, PHP, Ruby.
    (ErrorKind.BAD_PARAMETER, "Parameter validation failed"),
    (ErrorKind.BAD_PARAMETER, "Role session name must be between 2 and 64 characters"),
    (ErrorKind.BAD_PARAMETER, "Unknown parameter in"),
    (ErrorKind.BAD_PARAMETER, "Missing required parameter in"),
    (ErrorKind.BAD_PARAMETER, "Invalid type for parameter"),
    (ErrorKind.BAD_PARAMETER, "Invalid length for parameter"),
    (ErrorKind.BAD_PARAMETER, "Invalid range for parameter"),
    (ErrorKind.BAD_PARAMETER, "found in params"),
    (ErrorKind.BAD_PARAMETER, "Missing required key"),
    (ErrorKind.BAD_PARAMETER, "Expected params."),
    (ErrorKind.BAD_PARAMETER, "validation error(s) found"),
    (ErrorKind.BAD_PARAMETER, "missing required field, AssumeRole"),
    (ErrorKind.BAD_PARAMETER, "while validating the input provided for the AssumeRole"),
    (ErrorKind.BAD_PARAMETER, "missing required parameter params["),
    (ErrorKind.BAD_PARAMETER, "unexpected value at params["),
    (ErrorKind.BAD_PARAMETER, "expected params["),
    (ErrorKind.BAD_PARAMETER, "the following arguments are required: --role-"),
    # https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting-iam.html
    (ErrorKind.KUBERNETES_REFUSED, "You must be logged in to the server"),
)

WORDINGS = (
    *(Wording(phrase, _SERVICE, frame=True) for phrase in ASSUMING),
    *(Wording(phrase, kind, frame=True) for kind, phrase in _UNSENT),
    *(Wording(phrase, ErrorKind.NO_CREDENTIALS, _WEB_IDENTITY, frame=True) for phrase in _NO_TOKEN),
    Wording("WebIdentityErr: role ARN is not set", ErrorKind.PROFILE_BROKEN, _WEB_IDENTITY, frame=True),
    Wording("Roles may not be assumed by root accounts", ErrorKind.ROOT_REFUSED, _ASSUME_ROLE),
    Wording("cannot assume a role while using a root account", ErrorKind.ROOT_REFUSED, _ASSUME_ROLE),
    Wording("MultiFactorAuthentication failed with invalid MFA one time pass code", ErrorKind.MFA_CODE_REFUSED),
    Wording(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code",
        ErrorKind.MFA_INCOMPLETE,
    ),
    Wording("must provide both MFA serial number and one time pass code", ErrorKind.MFA_INCOMPLETE),
    Wording("MultiFactorAuthentication failed", ErrorKind.MFA_DEVICE_REFUSED),
    Wording("1 hour session limit for roles assumed by role chaining", ErrorKind.OVER_CHAINING_LIMIT, _ASSUME_ROLE),
    Wording("exceeds the MaxSessionDuration", ErrorKind.OVER_ROLE_MAXIMUM),
    Wording("Packed size of", ErrorKind.PACKED_SIZE),
    Wording("STS is not activated in this region", ErrorKind.REGION_DISABLED),
    # AWS Glue says so beside an error of its own.
    Wording("You need to enable AWS Security Token Service for this region", ErrorKind.REGION_DISABLED, frame=True),
    Wording("security token included in the request is expired", ErrorKind.TOKEN_EXPIRED),
    Wording("security token included in the request is invalid", ErrorKind.TOKEN_INVALID),
    Wording("The request signature we calculated does not match", ErrorKind.SIGNATURE),
    Wording("Credential should be scoped to a valid region", ErrorKind.SIGNED_FOR_OTHER_REGION),
    Wording("Credential should be scoped to", ErrorKind.SIGNATURE),
    Wording("Signature expired", ErrorKind.CLOCK),
    Wording("Signature not yet current", ErrorKind.CLOCK),
    Wording("Request is missing Authentication Token", ErrorKind.UNSIGNED),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    Wording("Cross-account pass role is not allowed", ErrorKind.NOT_AUTHORIZED, action="iam:PassRole"),
    Wording("Invalid principal in policy", ErrorKind.PRINCIPAL_REFUSED),
    Wording("Has prohibited field", ErrorKind.POLICY_NOT_SAVED),
    Wording("may only specify STS AssumeRole", ErrorKind.POLICY_NOT_SAVED),
    Wording("Federated principals must be valid domain names", ErrorKind.POLICY_NOT_SAVED),
    Wording("The policy failed legacy parsing", ErrorKind.POLICY_MALFORMED),
    Wording("This policy contains invalid Json", ErrorKind.POLICY_MALFORMED),
    Wording("Syntax errors in policy", ErrorKind.POLICY_MALFORMED),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
    Wording("Unable to assume the service linked role", ErrorKind.SERVICE_LINKED_ROLE),
    Wording("Rate exceeded", ErrorKind.THROTTLED),
    Wording("Invalid information in one or more fields", ErrorKind.CONSOLE_REFUSED),
    Wording("Could not switch roles using the provided information", ErrorKind.CONSOLE_REFUSED),
    Wording("failed to satisfy constraint", ErrorKind.BAD_PARAMETER),
    Wording("Request ARN is invalid", ErrorKind.BAD_PARAMETER),
    Wording("Cannot call GetSessionToken with session credentials", ErrorKind.SESSION_REFUSED, "GetSessionToken"),
    Wording("Cannot call GetFederationToken with session credentials", ErrorKind.SESSION_REFUSED, "GetFederationToken"),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    Wording("No OpenIDConnect provider found in your account", ErrorKind.PROVIDER_MISSING, _WEB_IDENTITY),
    Wording("Incorrect token audience", ErrorKind.AUDIENCE_REFUSED, _WEB_IDENTITY),
    Wording("Token expired: current date/time", ErrorKind.IDENTITY_TOKEN_EXPIRED, _WEB_IDENTITY),
    Wording("Token too old", ErrorKind.IDENTITY_TOKEN_EXPIRED, _WEB_IDENTITY),
    Wording(
        "Couldn't retrieve verification key from your identity provider", ErrorKind.ISSUER_KEYS_MISSING, _WEB_IDENTITY
    ),
    Wording("HTTPS certificate doesn't match configured thumbprint", ErrorKind.THUMBPRINT_DIFFERS, _WEB_IDENTITY),
    Wording("Missing a required claim", ErrorKind.IDENTITY_CLAIM_MISSING, _WEB_IDENTITY),
    Wording("The ID Token provided is not a valid JWT", ErrorKind.IDENTITY_TOKEN_MALFORMED, _WEB_IDENTITY),
    Wording("is not present in the roles claim of the identity token", ErrorKind.ROLE_NOT_CLAIMED, _WEB_IDENTITY),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
    Wording("Response did not contain a valid SAML assertion", ErrorKind.ASSERTION_REFUSED, _SAML),
    Wording("RoleSessionName is required in AuthnResponse", ErrorKind.ASSERTION_SESSION_NAME, _SAML),
    Wording("RoleSessionName in AuthnResponse must match", ErrorKind.ASSERTION_SESSION_NAME, _SAML),
    Wording("Issuer not present in specified provider", ErrorKind.ASSERTION_ISSUER, _SAML),
    Wording("Token must be redeemed within", ErrorKind.IDENTITY_TOKEN_EXPIRED, _SAML),
    Wording("Your request included an invalid SAML response", ErrorKind.ASSERTION_REFUSED, _SAML),
    Wording("Specified provider doesn't exist", ErrorKind.PROVIDER_MISSING, _SAML),
    Wording("Response signature invalid", ErrorKind.ASSERTION_SIGNATURE, _SAML),
    Wording("Response does not contain the required audience", ErrorKind.ASSERTION_REFUSED, _SAML),
    Wording("Source Identity must match", ErrorKind.IDENTITY_REFUSED, _SAML),
    Wording("Principal ARN is invalid", ErrorKind.BAD_PARAMETER, _SAML),
    # https://github.com/Versent/saml2aws
    Wording("Supplied RoleArn not found in SAML assertion", ErrorKind.ROLE_NOT_CLAIMED, _SAML, frame=True),
    Wording("please check you are permitted to assume roles for the AWS service", ErrorKind.ASSERTION_REFUSED, _SAML),
    # What follows is said by a service that was given the role, and not to whoever calls STS.
    Wording("cannot be assumed by Lambda", _SERVICE, service="lambda.amazonaws.com"),
    Wording("cannot be assumed by AWS Backup", _SERVICE, service="backup.amazonaws.com"),
    Wording("ECS was unable to assume the role", _SERVICE, service="ecs-tasks.amazonaws.com"),
    Wording("unable to assume the configured ECS Infrastructure Role", _SERVICE, service="ecs.amazonaws.com"),
    Wording("must be assumable with edgelambda", _SERVICE, service="edgelambda.amazonaws.com"),
    Wording("because it does not exist or the trusted entity is not correct", _SERVICE, service="eks.amazonaws.com"),
    Wording("should be given assume role permissions for Glue Service", _SERVICE, service="glue.amazonaws.com"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    Wording("with trust relationship to CloudFormation service", _SERVICE, service="cloudformation.amazonaws.com"),
    Wording("Firehose is unable to assume role", _SERVICE, service="firehose.amazonaws.com"),
    Wording("Service is unable to assume the role", _SERVICE, service="glue.amazonaws.com"),
    Wording("Service is unable to assume provided role", _SERVICE, service="glue.amazonaws.com"),
    Wording("EC2 cannot assume the role", _SERVICE, service="ec2.amazonaws.com"),
    Wording("ServiceAccessDeniedException for ECSInfrastructureRole", _SERVICE, service="ecs.amazonaws.com"),
    Wording("EKS does not have permissions to assume the associated role", _SERVICE, service="pods.eks.amazonaws.com"),
    Wording("EKS was not able to assume", _SERVICE, service="eks.amazonaws.com"),
    Wording(
        "CodeDeploy does not have the permissions required to assume", _SERVICE, service="codedeploy.amazonaws.com"
    ),
    Wording("AWS Config does not have permission to assume", _SERVICE, service="config.amazonaws.com"),
    Wording("API Gateway does not have permission to assume", _SERVICE, service="apigateway.amazonaws.com"),
    Wording("is not authorized to assume IAM Role", _SERVICE, service="redshift.amazonaws.com"),
    Wording("must allow AWS EventBridge Scheduler to assume the role", _SERVICE, service="scheduler.amazonaws.com"),
    Wording("is invalid or cannot be assumed", _SERVICE, service="cloudformation.amazonaws.com"),
    Wording("The defined assume role is unable to be assumed", _SERVICE, service="ssm.amazonaws.com"),
    Wording("trust relationship allowing Cognito to assume the role", _SERVICE, service="cognito-idp.amazonaws.com"),
    Wording(
        "does not include the required permissions for: ENHANCED_MONITORING",
        _SERVICE,
        service="monitoring.rds.amazonaws.com",
    ),
    Wording(
        "Verify in IAM that the role has adequate trust relationships", _SERVICE, service="cloudtrail.amazonaws.com"
    ),
    Wording("ServiceRole: CLIENT_ERROR - Not authorized to perform", _SERVICE, service="batch.amazonaws.com"),
    Wording("is authorized to assume the provided role", _SERVICE),
    Wording("Not authorized to get credentials of role", _SERVICE, service="redshift.amazonaws.com"),
    Wording("Invalid role provided in RESOURCE_ROLE_ARN", _SERVICE, service="mediaconvert.amazonaws.com"),
    Wording("Unable to assume specified IAM Role", _SERVICE, service="amplify.amazonaws.com"),
    # https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole
    Wording("dms-vpc-role is not configured properly", _SERVICE, service="dms.amazonaws.com"),
    Wording("dms-access-for-endpoint is not configured properly", _SERVICE, service="dms.amazonaws.com"),
    Wording("dms-cloudwatch-logs-role is not configured properly", _SERVICE, service="dms.amazonaws.com"),
    Wording("allows principal", _SERVICE),
    Wording("The execution role ARN is invalid", _SERVICE),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-troubleshooting.html
    Wording("role with trust relationship to Role", ErrorKind.STACK_SET_ROLE),
    # https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html
    Wording("is unable to assume the AWSControlTowerExecution role", ErrorKind.STACK_SET_ROLE),
    # https://docs.databricks.com/aws/en/connect/unity-catalog/cloud-storage/
    Wording("found to be non self-assuming", ErrorKind.VENDOR_REFUSED),
    Wording("UC_IAM_ROLE_NON_SELF_ASSUMING", ErrorKind.VENDOR_REFUSED),
    Wording("Failed to validate credential configuration", ErrorKind.VENDOR_REFUSED),
    Wording("AWS IAM role does not have READ permissions on", ErrorKind.VENDOR_REFUSED),
    # https://docs.snowflake.com/en/user-guide/data-load-s3-config-storage-integration
    Wording("Error assuming AWS_ROLE", ErrorKind.VENDOR_REFUSED, frame=True),
    Wording("Datadog is not authorized to perform", ErrorKind.VENDOR_REFUSED),
    # These tools say that a role was refused before they print AWS's words, or instead of them.
    Wording("cannot be assumed.", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("Cannot assume IAM Role", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("Error calling AssumeRole for role", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("current credentials could not be used to assume", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("Could not assume role in target account", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("but the current credentials are for", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("aws failed with exit code", ErrorKind.ANSWER_HIDDEN, frame=True),
    Wording("Error assuming role", ErrorKind.ANSWER_HIDDEN, frame=True),
)

SUBJECTS = {"CodeBuild": "codebuild.amazonaws.com", "CodePipeline": "codepipeline.amazonaws.com"}
"""Services that write AWS's sentence with their own name where a caller would stand."""


CODES = {
    "AccessDenied": ErrorKind.NOT_AUTHORIZED,
    "AssumeRoleUnauthorizedAccess": ErrorKind.SERVICE_NOT_TRUSTED,
    "ExpiredToken": ErrorKind.TOKEN_EXPIRED,
    "IncompleteSignature": ErrorKind.SIGNATURE,
    "IDPCommunicationError": ErrorKind.ISSUER_KEYS_MISSING,
    "IDPRejectedClaim": ErrorKind.IDENTITY_REFUSED,
    "InvalidClientTokenId": ErrorKind.TOKEN_INVALID,
    "InvalidIdentityToken": ErrorKind.IDENTITY_REFUSED,
    "MalformedPolicyDocument": ErrorKind.POLICY_MALFORMED,
    "MissingAuthenticationToken": ErrorKind.UNSIGNED,
    "PackedPolicyTooLarge": ErrorKind.PACKED_SIZE,
    "RegionDisabled": ErrorKind.REGION_DISABLED,
    "SignatureDoesNotMatch": ErrorKind.SIGNATURE,
    "Throttling": ErrorKind.THROTTLED,
    "ValidationError": ErrorKind.BAD_PARAMETER,
}
"""What an error is about, by its code without `Exception` at the end."""


OPERATION_OF_CODE = {
    "IDPCommunicationError": _WEB_IDENTITY,
    "IDPRejectedClaim": _WEB_IDENTITY,
    "InvalidIdentityToken": _WEB_IDENTITY,
}
"""The operation that answers with a code; AssumeRoleWithSAML may, too, where the text speaks of SAML.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""


def code_in_short(code: str) -> str:
    """Give an error code as AWS's API writes it: the SDKs add `Exception`, or `ErrorException`, and change capitals."""
    return _SHORT.get(code.removesuffix("Exception").lower(), code.removesuffix("Exception"))


def kind_of(text: str, code: str) -> ErrorKind:
    """Say what an error is about whose words are not known."""
    otherwise = ErrorKind.BAD_PARAMETER if text.endswith("is invalid") else ErrorKind.OTHER
    return CODES.get(code_in_short(code), otherwise)


_SHORT = {code.lower(): code for code in CODES}
