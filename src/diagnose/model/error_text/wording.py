"""The words in which AWS refuses a call for other reasons than a missing permission: what each is about.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re

from msgspec import Struct

from diagnose.model.aws_error import ErrorKind


class Wording(Struct, frozen=True):
    """A phrase that only one kind of error contains.

    `kind` is None where the code has to say it. `operation` is the API that alone answers so, `service` the principal
    of the service that alone does.
    """

    phrase: str
    kind: ErrorKind | None = None
    operation: str = ""
    service: str = ""


_WEB_IDENTITY = "AssumeRoleWithWebIdentity"
_SAML = "AssumeRoleWithSAML"
_SERVICE = ErrorKind.SERVICE_NOT_TRUSTED

WORDINGS = (
    Wording("Roles may not be assumed by root accounts", ErrorKind.ROOT_REFUSED),
    Wording("MultiFactorAuthentication failed with invalid MFA one time pass code", ErrorKind.MFA_CODE_REFUSED),
    Wording(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code",
        ErrorKind.MFA_INCOMPLETE,
    ),
    Wording("must provide both MFA serial number and one time pass code", ErrorKind.MFA_INCOMPLETE),
    Wording("MultiFactorAuthentication failed", ErrorKind.MFA_DEVICE_REFUSED),
    Wording("1 hour session limit for roles assumed by role chaining", ErrorKind.OVER_CHAINING_LIMIT),
    Wording("exceeds the MaxSessionDuration", ErrorKind.OVER_ROLE_MAXIMUM),
    Wording("Packed size of", ErrorKind.PACKED_SIZE),
    Wording("STS is not activated in this region", ErrorKind.REGION_DISABLED),
    Wording("security token included in the request is expired", ErrorKind.TOKEN_EXPIRED),
    Wording("security token included in the request is invalid", ErrorKind.TOKEN_INVALID),
    Wording("The request signature we calculated does not match", ErrorKind.SIGNATURE),
    Wording("Credential should be scoped to", ErrorKind.SIGNATURE),
    Wording("Signature expired", ErrorKind.SIGNATURE),
    Wording("Signature not yet current", ErrorKind.SIGNATURE),
    Wording("Invalid principal in policy", ErrorKind.PRINCIPAL_REFUSED),
    Wording("Has prohibited field", ErrorKind.POLICY_MALFORMED),
    Wording("may only specify STS AssumeRole", ErrorKind.POLICY_MALFORMED),
    Wording("Rate exceeded", ErrorKind.THROTTLED),
    Wording("Invalid information in one or more fields", ErrorKind.CONSOLE_REFUSED),
    Wording("failed to satisfy constraint", ErrorKind.BAD_PARAMETER),
    Wording("Request ARN is invalid", ErrorKind.BAD_PARAMETER),
    Wording("Cannot call GetSessionToken with session credentials", operation="GetSessionToken"),
    Wording("Cannot call GetFederationToken with session credentials", operation="GetFederationToken"),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    Wording("No OpenIDConnect provider found in your account", ErrorKind.PROVIDER_MISSING, operation=_WEB_IDENTITY),
    Wording("Incorrect token audience", ErrorKind.AUDIENCE_REFUSED, operation=_WEB_IDENTITY),
    Wording("Token expired: current date/time", ErrorKind.IDENTITY_EXPIRED, operation=_WEB_IDENTITY),
    Wording("Token too old", ErrorKind.IDENTITY_EXPIRED, operation=_WEB_IDENTITY),
    Wording(
        "Couldn't retrieve verification key from your identity provider",
        ErrorKind.ISSUER_UNREACHABLE,
        operation=_WEB_IDENTITY,
    ),
    Wording(
        "HTTPS certificate doesn't match configured thumbprint", ErrorKind.ISSUER_UNREACHABLE, operation=_WEB_IDENTITY
    ),
    Wording("Missing a required claim", ErrorKind.IDENTITY_REFUSED, operation=_WEB_IDENTITY),
    Wording("The ID Token provided is not a valid JWT", ErrorKind.IDENTITY_REFUSED, operation=_WEB_IDENTITY),
    Wording(
        "is not present in the roles claim of the identity token",
        ErrorKind.ROLE_NOT_CLAIMED,
        operation=_WEB_IDENTITY,
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
    Wording("Response did not contain a valid SAML assertion", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    Wording("RoleSessionName is required in AuthnResponse", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    Wording("RoleSessionName in AuthnResponse must match", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    Wording("Response signature invalid", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    Wording("Specified provider doesn't exist", ErrorKind.PROVIDER_MISSING, operation=_SAML),
    Wording("Issuer not present in specified provider", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    Wording("Token must be redeemed within", ErrorKind.IDENTITY_EXPIRED, operation=_SAML),
    Wording("Your request included an invalid SAML response", ErrorKind.IDENTITY_REFUSED, operation=_SAML),
    # What follows is said by a service that was given the role, and not to whoever calls STS.
    Wording("cannot be assumed by", _SERVICE),
    Wording("unable to assume the role", _SERVICE),
    Wording("unable to assume role", _SERVICE),
    Wording("cannot be assumed by Lambda", _SERVICE, service="lambda.amazonaws.com"),
    Wording("cannot be assumed by AWS Backup", _SERVICE, service="backup.amazonaws.com"),
    Wording("ECS was unable to assume the role", _SERVICE, service="ecs-tasks.amazonaws.com"),
    Wording("Firehose is unable to assume role", _SERVICE, service="firehose.amazonaws.com"),
    Wording("Service is unable to assume the role", _SERVICE, service="glue.amazonaws.com"),
    Wording("Service is unable to assume provided role", service="glue.amazonaws.com"),
    Wording("EC2 cannot assume the role", service="ec2.amazonaws.com"),
    Wording("ServiceAccessDeniedException for ECSInfrastructureRole", service="ecs.amazonaws.com"),
    Wording("EKS does not have permissions to assume the associated role", service="pods.eks.amazonaws.com"),
    Wording("CodeDeploy does not have the permissions required to assume", service="codedeploy.amazonaws.com"),
    Wording("AWS Config does not have permission to assume", service="config.amazonaws.com"),
    Wording("API Gateway does not have permission to assume", service="apigateway.amazonaws.com"),
    Wording("is not authorized to assume IAM Role", service="redshift.amazonaws.com"),
    Wording("must allow AWS EventBridge Scheduler to assume the role", service="scheduler.amazonaws.com"),
    Wording("is invalid or cannot be assumed", service="cloudformation.amazonaws.com"),
    Wording("The defined assume role is unable to be assumed", service="ssm.amazonaws.com"),
    Wording("trust relationship allowing Cognito to assume the role", service="cognito-idp.amazonaws.com"),
    Wording(
        "does not include the required permissions for: ENHANCED_MONITORING", service="monitoring.rds.amazonaws.com"
    ),
    # These two name the principal.
    Wording("allows principal"),
    Wording("is authorized to assume the provided role"),
)

SUBJECTS = {"CodeBuild": "codebuild.amazonaws.com", "CodePipeline": "codepipeline.amazonaws.com"}
"""Services that write AWS's sentence with their own name where a caller would stand."""

PRINCIPAL = re.compile(r"\bprincipal '?([a-z0-9-]+(?:\.[a-z0-9-]+){0,3}\.amazonaws\.com(?:\.cn)?)")
"""A service principal that a text prints."""


def kind_of(text: str, code: str) -> ErrorKind:
    """Say what an error is about whose words are not known."""
    otherwise = ErrorKind.BAD_PARAMETER if text.endswith("is invalid") else ErrorKind.OTHER
    return _CODES.get(code.removesuffix("Exception"), otherwise)


_CODES = {
    "AccessDenied": ErrorKind.NOT_AUTHORIZED,
    "AssumeRoleUnauthorizedAccess": ErrorKind.SERVICE_NOT_TRUSTED,
    "ExpiredToken": ErrorKind.TOKEN_EXPIRED,
    "IncompleteSignature": ErrorKind.SIGNATURE,
    "IDPCommunicationError": ErrorKind.ISSUER_UNREACHABLE,
    "IDPRejectedClaim": ErrorKind.IDENTITY_REFUSED,
    "InvalidClientTokenId": ErrorKind.TOKEN_INVALID,
    "InvalidIdentityToken": ErrorKind.IDENTITY_REFUSED,
    "MalformedPolicyDocument": ErrorKind.POLICY_MALFORMED,
    "MissingAuthenticationToken": ErrorKind.SIGNATURE,
    "PackedPolicyTooLarge": ErrorKind.PACKED_SIZE,
    "RegionDisabled": ErrorKind.REGION_DISABLED,
    "SignatureDoesNotMatch": ErrorKind.SIGNATURE,
    "Throttling": ErrorKind.THROTTLED,
    "ValidationError": ErrorKind.BAD_PARAMETER,
}
