"""What to do about an error that no policy decides: the way in which the call is made, signed or addressed is wrong."""

from collections.abc import Iterator

from diagnose.evaluate.pattern import has_wildcard
from diagnose.evaluate.reported_error import (
    aws_answer,
    errors_besides,
    is_about_other_call,
    is_about_other_role,
    is_by_other_service,
    probe_error,
)
from diagnose.model.arn import RESERVED_NAME, account_of
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner
from diagnose.model.evidence import Known
from diagnose.model.federation import WebIdentity
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.masked_arn import is_account
from diagnose.model.operation import Operation
from diagnose.model.trace import Decision, Subject
from diagnose.model.tri import YES
from diagnose.remedy.change import Draft
from diagnose.remedy.document import as_list, document_of, statements
from diagnose.remedy.fixes.advice import an_allow_helps
from diagnose.remedy.fixes.refused_parameter import right_parameter


def follow_error(_subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Say what the error asks for, of which nothing in a case can be decided again: the first one that asks for any."""
    errors = [error for error in (aws_answer(case) or probe_error(case), *errors_besides(case)) if error is not None]
    steps = (drafts for error in errors if (drafts := tuple(_of(error, case, decision))))
    yield from next(steps, ())


def _of(error: AwsError, case: Case, decision: Decision) -> Iterator[Draft]:
    if error.kind is ErrorKind.SERVICE_NOT_TRUSTED:
        yield from _of_service(error, case, decision)
    elif error.action.lower() == "sts:tagsession":
        yield from _fewer_tags(case)
    elif error.kind is ErrorKind.PRINCIPAL_REFUSED:
        yield Draft(Owner.DESTINATION, _right_principal(error))
    elif error.kind is ErrorKind.BAD_PARAMETER:
        yield Draft(Owner.CALLER, right_parameter(error, case.request.operation))
    elif error.kind is ErrorKind.AUDIENCE_REFUSED and (audiences := _audiences(case)):
        account = account_of(case.destination_arn)
        text = (
            f"Add {audiences} to the client IDs of the identity provider in account `{account}`, or request the token "
            "for an audience that is among them"
        )
        yield Draft(Owner.DESTINATION, text)
    elif error.kind in STEPS:
        owner, text = STEPS[error.kind]
        account = f"`{account_of(case.destination_arn)}`"
        yield Draft(owner, text.format(account=account))
    elif error.operation in _CONDITIONS:
        yield Draft(Owner.CALLER, _CONDITIONS[error.operation].format(role=case.destination_arn))
    elif is_about_other_role(error, case) and not is_about_other_call(error, case):
        yield Draft(Owner.CALLER, _other_role(error, case))
    elif error.action and (is_about_other_call(error, case) or case.request.operation is Operation.PASS_ROLE):
        yield Draft(Owner.SOURCE, _other_action(error, case))


def _audiences(case: Case) -> str:
    """Write whom the token is for, and who asked for it, as far as it is known."""
    token = case.snapshot.source.identity
    named = [] if not isinstance(token, WebIdentity) else [token.claims.get(name) for name in ("aud", "azp")]
    texts = [text for value in named for text in as_list(value) if isinstance(text, str) and text]
    return " and ".join(f"`{text}`" for text in dict.fromkeys(texts))


_CONDITIONS = {
    "AssumeRoleWithWebIdentity": "Run `xdiag check {role} --token-file FILE`: it compares the provider, `aud` and "
    "`sub` of the token with the trust policy; then have the one that differs corrected",
    "AssumeRoleWithSAML": "Run `xdiag check {role} --assertion FILE`: it compares the provider, `SAML:aud` and the "
    "role attribute of the assertion with the trust policy; then have the one that differs corrected",
}
STEPS = {
    ErrorKind.UNSIGNED: (
        Owner.CALLER,
        "Sign the request: give the program credentials, and see with `aws sts get-caller-identity`, run in the same "
        "way, that it finds them",
    ),
    ErrorKind.CLOCK: (
        Owner.CALLER,
        "Set the clock of the machine that makes the call (`sudo chronyc makestep`, or on Windows `w32tm /resync`), "
        "and try again",
    ),
    ErrorKind.SIGNED_FOR_OTHER_REGION: (
        Owner.CALLER,
        "Let the Region for which the request is signed and the STS endpoint to which it goes be the same: set "
        "`AWS_REGION` to the endpoint's Region, or remove the endpoint that is set by hand",
    ),
    ErrorKind.SESSION_REFUSED: (
        Owner.CALLER,
        "Leave out the call that the error names (`--no-session` of aws-vault does so): the credentials are temporary "
        "already, and can assume the role by themselves",
    ),
    ErrorKind.PROVIDER_MISSING: (
        Owner.DESTINATION,
        "Create the identity provider that the error names in account {account}, with exactly that URL",
    ),
    ErrorKind.AUDIENCE_REFUSED: (
        Owner.DESTINATION,
        "Add the `aud` of the token to the client IDs of the identity provider in account {account}, or request the "
        "token for an audience that is among them",
    ),
    ErrorKind.IDENTITY_TOKEN_EXPIRED: (
        Owner.CALLER,
        "Present a new token: read its file again, which Kubernetes renews in a pod, or request one, before each call",
    ),
    ErrorKind.ISSUER_KEYS_MISSING: (
        Owner.DESTINATION,
        "Let the issuer's `/.well-known/openid-configuration`, and the keys to which its `jwks_uri` points, be read "
        "from the internet without signing in, and see that the token was signed with one of these keys",
    ),
    ErrorKind.THUMBPRINT_DIFFERS: (
        Owner.DESTINATION,
        "Update the thumbprint of the identity provider in account {account} to that of the certificate authority that "
        "now signs the issuer's certificate (`aws iam update-open-id-connect-provider-thumbprint`)",
    ),
    ErrorKind.ASSERTION_REFUSED: (
        Owner.CALLER,
        "Correct what the identity provider sends: a signed response for AWS with the attributes `Role` (role and "
        "provider) and `RoleSessionName`, checked with the metadata that the provider in account {account} holds",
    ),
    ErrorKind.ASSERTION_SESSION_NAME: (
        Owner.CALLER,
        "In the identity provider's application for AWS, send the attribute "
        "`https://aws.amazon.com/SAML/Attributes/RoleSessionName` with one value of 2 to 64 letters, digits and "
        "`_=,.@-`, such as the user's name or email address; a user for whom it is empty needs that field filled in",
    ),
    ErrorKind.ASSERTION_ISSUER: (
        Owner.DESTINATION,
        "Update the SAML provider in account {account} with the metadata of the identity provider that signs in "
        "(`aws iam update-saml-provider`): its `entityID` must be the `Issuer` of the assertion, letter by letter; or "
        "let the attribute `Role` name the provider that has this issuer",
    ),
    ErrorKind.ASSERTION_SIGNATURE: (
        Owner.DESTINATION,
        "Download the metadata of the identity provider anew, with the certificate that it signs with now, and update "
        "the SAML provider in account {account} with it (`aws iam update-saml-provider`)",
    ),
    ErrorKind.IDENTITY_TOKEN_MALFORMED: (
        Owner.CALLER,
        "Send the ID token, and not an access token, as it was issued: three parts with dots between them, signed with "
        "RS256, RS384, RS512, ES256, ES384 or ES512",
    ),
    ErrorKind.IDENTITY_CLAIM_MISSING: (
        Owner.CALLER,
        "Request a token that has the claim: an ID token with an audience for AWS. In Kubernetes that is a projected "
        "token with `audience: sts.amazonaws.com`, in GitLab one of `id_tokens` with `aud`",
    ),
    ErrorKind.IDENTITY_REFUSED: (
        Owner.CALLER,
        "Get a token from the issuer that the identity provider in account {account} names, with the claims `iss`, "
        "`sub`, `aud`, `exp` and `iat`, and signed with RS256, RS384, RS512, ES256, ES384 or ES512",
    ),
    ErrorKind.ROLE_NOT_CLAIMED: (
        Owner.CALLER,
        "Let the identity provider put the role's ARN into the token's claim `https://aws.amazon.com/roles`, or ask "
        "for a role that is in it",
    ),
    ErrorKind.NO_CREDENTIALS: (
        Owner.CALLER,
        "Give the program credentials (a profile, environment variables, or the role of the machine), and see with "
        "`aws sts get-caller-identity`, run in the same way, that it finds them",
    ),
    ErrorKind.SIGN_IN_EXPIRED: (
        Owner.CALLER,
        "Sign in again: `aws sso login --profile NAME`, or `aws login --profile NAME` where that is how you signed in",
    ),
    ErrorKind.PROFILE_BROKEN: (
        Owner.CALLER,
        "Correct the profile in `~/.aws/config`: beside `role_arn` it needs a `source_profile` that exists and has "
        "credentials, or a `credential_source`; without `role_arn` it may have neither",
    ),
    ErrorKind.MFA_CODE_NOT_ASKED: (
        Owner.CALLER,
        "Get a session with a code first (`aws sts get-session-token --serial-number ... --token-code ...`), and let "
        "the program use it; or use a profile without `mfa_serial`, where no policy asks for MFA",
    ),
    ErrorKind.UNREACHABLE: (
        Owner.NETWORK,
        "Let the machine reach the STS endpoint that the error names: name resolution, proxy, routes and the VPC "
        "endpoint's security group",
    ),
    ErrorKind.KUBERNETES_REFUSED: (
        Owner.DESTINATION,
        "Give the identity that `aws sts get-caller-identity` prints access to the cluster: an access entry, or a "
        "mapping in the ConfigMap `aws-auth`, which takes a role's ARN without its path",
    ),
    ErrorKind.ANSWER_HIDDEN: (
        Owner.CALLER,
        "Make AWS's own answer visible, and check it: run `aws sts assume-role --role-arn ROLE --role-session-name "
        "test` with the same credentials, or the tool with its debug log (`TF_LOG=debug` for Terraform)",
    ),
    ErrorKind.VENDOR_REFUSED: (
        Owner.DESTINATION,
        "Name the principal that the vendor's product shows for this integration in the trust policy, with the "
        "external ID that it shows; an integration that is made again gets another one",
    ),
    ErrorKind.STACK_SET_ROLE: (
        Owner.DESTINATION,
        "Create the execution role that the error names in the target account, with exactly this name, and let its "
        "trust policy allow the administration role's ARN sts:AssumeRole",
    ),
    ErrorKind.SERVICE_LINKED_ROLE: (
        Owner.DESTINATION,
        "Create the service's role once in its account (for Amazon ECS `aws iam create-service-linked-role "
        "--aws-service-name ecs.amazonaws.com`) and try again; if it is there, wait half a minute first",
    ),
    ErrorKind.POLICY_NOT_SAVED: (
        Owner.CALLER,
        "Correct the document that is to be saved, and save it again. `aws accessanalyzer validate-policy "
        "--policy-document file://FILE --policy-type IDENTITY_POLICY` names what is wrong in it; of a trust policy "
        "with `--policy-type RESOURCE_POLICY --validate-policy-resource-type AWS::IAM::AssumeRolePolicyDocument`",
    ),
}


def _of_service(error: AwsError, case: Case, decision: Decision) -> Iterator[Draft]:
    """Let the service have the role; the trust policy is left alone where it is seen to let the service in."""
    if error.service == "redshift.amazonaws.com":
        cluster = _CLUSTER.search(error.text)
        named = cluster["name"] if cluster else "CLUSTER"
        role = case.destination_arn
        yield Draft(
            Owner.CALLER,
            f"Attach the role to the cluster (`aws redshift modify-cluster-iam-roles --cluster-identifier {named} "
            f"--add-iam-roles {role}`), and wait until the cluster shows it as in sync",
        )
    if is_by_other_service(error, case) or decision.verdict is not YES:
        also = " and sts:TagSession" if error.service == "pods.eks.amazonaws.com" else ""
        yield Draft(
            Owner.DESTINATION,
            "Let the trust policy of the role that the service was given allow its principal, "
            f"`{error.service}`, sts:AssumeRole{also}",
        )


def _other_action(error: AwsError, case: Case) -> str:
    """Say what another call needs. It is never an edit for the call of the case."""
    if error is not aws_answer(case):
        return f"If that call is needed as well, allow `{error.action}` on the resource of the error"
    if not an_allow_helps(case):
        return (
            "Have the policy that the error names changed by whoever owns it: AWS says that it denies the action, "
            "which no further Allow overrides"
        )
    if error.action.lower() != "iam:passrole":
        return f"Allow the action that the error names, `{error.action}`, on the one resource that it names"
    role, caller = error.resource or case.destination_arn, error.caller or case.source_arn
    if account_of(caller) not in ("", account_of(role)):
        return (
            f"Hand the service a role of account `{account_of(caller)}`, the caller's own: no permission lets it pass "
            f"`{role}`, which is in another; a role of its own can then assume that one"
        )
    services = [asked] if (asked := case.request.parameters.passed_to) else _services(case)
    where = f", with the condition `iam:PassedToService` `{services[0]}`" if len(services) == 1 else ""
    return (
        f"Allow `iam:PassRole` on `{role}` to {_who(error)}{where}; a service that "
        "is handed two roles, such as those of an ECS task, needs it on both"
    )


def _who(error: AwsError) -> str:
    return f"`{error.caller}`" if error.caller else "whoever hands the role to the service"


def _services(case: Case) -> list[str]:
    """Name the services that the trust policy allows."""
    trust = case.snapshot.destination.trust_policy
    document = document_of(trust.value) if isinstance(trust, Known) else None
    principals = [each.get("Principal") for each in statements(document)] if document is not None else []
    named = [as_list(one.get("Service", [])) for one in principals if isinstance(one, dict)]
    return sorted({name for names in named for name in names if isinstance(name, str)})


def _fewer_tags(case: Case) -> Iterator[Draft]:
    """Let a tool send no session tags that nobody asked it for.

    Source: https://github.com/aws-actions/configure-aws-credentials#session-tagging
    """
    if not case.request.parameters.tags:
        yield Draft(
            Owner.CALLER,
            "If the tool adds session tags by itself and no policy needs them, let it send none "
            "(`role-skip-session-tagging: true` of the GitHub action for AWS credentials)",
        )


def _right_principal(error: AwsError) -> str:
    """Say what is wrong with the principal that IAM does not save, as far as its text shows it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    named = _REFUSED_PRINCIPAL.search(error.text)
    if named is None:
        return "Correct the principal that the error names: it must exist, with exactly this path and name"
    principal = named[1]
    account, name = account_of(principal) or principal, principal.rpartition("/")[2]
    if account.isdecimal() and not is_account(account):
        return f"Correct the account in `{principal}`: an account ID has 12 digits, and `{account}` has {len(account)}"
    if RESERVED_NAME in name:
        return (
            f"Write the ARN as IAM has it (`aws iam get-role --role-name {name} --query Role.Arn`): the path of a "
            "permission set's role names the Region of IAM Identity Center, unless that is us-east-1"
        )
    if has_wildcard(principal):
        return (
            f"Trust the account alone instead of `{principal}`, with a condition `ArnLike` on `aws:PrincipalArn`: a "
            "principal has no wildcards"
        )
    if any(kind in principal for kind in _NEVER_PRINCIPALS):
        return f"Name users or roles instead of `{principal}`, which is never a principal"
    return (
        f"See that `{principal}` exists, with exactly this path and name, and correct it if not; one that was created "
        "seconds ago is taken a little later"
    )


_REFUSED_PRINCIPAL = lazy_pattern(r'Invalid principal in policy: *\\?"AWS\\?" *: *\\?"([^"\\]+)')
_NEVER_PRINCIPALS = (":group/", ":instance-profile/", ":policy/", ":mfa/")
_CLUSTER = lazy_pattern(r":dbuser:(?P<name>[a-z][a-z0-9-]{0,62})/")
"""Amazon Redshift takes letters, digits and dashes for the name of a cluster."""


def _other_role(error: AwsError, case: Case) -> str:
    return (
        f"Check the role of which the error speaks, `{error.resource}`; or make the call with "
        f"`{case.request.role_arn}`, if that is the one you mean"
    )
