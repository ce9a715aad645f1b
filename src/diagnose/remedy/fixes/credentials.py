"""The credentials that the call is signed with: newer ones, valid ones, or a workload's own."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from diagnose.evaluate.reported_error import aws_answer
from diagnose.model.arn import CallerKind
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case, Origin
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import Decision, Layer, Subject
from diagnose.remedy.case_edit import policies_in, with_source
from diagnose.remedy.change import Draft
from diagnose.remedy.document import as_list, document_of, statements
from diagnose.remedy.fixes.parameters import wanted_values, without_overrides
from diagnose.remedy.names import caller_of, permission_set, source_phrase

_UNSET = "`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`"


def renew_session(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Begin the caller's session again, after the time since which sessions are spared.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """
    if subject.element is None or subject.element.key.lower() != "aws:tokenissuetime" or not caller_of(case).has_role:
        return
    source = case.snapshot.source
    for spared_since in wanted_values(subject):
        for issued in (case.snapshot.taken_at, spared_since):
            if not issued:
                continue
            renewed = with_source(case, replace(source, session=replace(source.session, issued_at=issued)))
            text = f"Get new credentials, issued after `{spared_since}`: {_again(case)}"
            yield Draft(Owner.CALLER, text, without_overrides(renewed, ("aws:TokenIssueTime",)))


def renew_credentials(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Say how to get credentials that AWS takes, where it refused those of the call.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    """
    error = aws_answer(case)
    if error is None:
        return
    match error.kind:
        case ErrorKind.TOKEN_EXPIRED:
            text = f"Get new credentials and try again: {_again(case)}"
        case ErrorKind.TOKEN_INVALID:
            text = f"Replace the credentials that AWS does not know: {_valid(case)}"
        case ErrorKind.SIGNATURE:
            text = f"Replace the secret access key, which does not belong to the access key: {_valid(case)}"
        case _:
            return
    yield Draft(Owner.CALLER, text)


def use_own_credentials(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Let a workload sign in as itself, where the role was made for it and the machine under it makes the call.

    Sources:
    https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    caller = caller_of(case)
    if caller.origin not in _OF_MACHINES and not (caller.session_name or "").startswith("i-"):
        return
    role = case.destination_arn
    for statement in _allowing(case):
        principal = statement.get("Principal")
        if not isinstance(principal, dict):
            continue
        if any(isinstance(text, str) and ":oidc-provider/" in text for text in as_list(principal.get("Federated", []))):
            text = (
                f"Sign in with the workload's own token, not with the credentials of {source_phrase(case)}: "
                f"{_with_token(statement.get('Condition'), role)}, and let its SDK call sts:AssumeRoleWithWebIdentity"
            )
            yield Draft(Owner.CALLER, text)
        for service in as_list(principal.get("Service", [])):
            if isinstance(service, str) and service in _GIVEN_BY:
                text = f"Do not assume the role `{role}`; {_GIVEN_BY[service]}, whose credentials are then the role's"
                yield Draft(Owner.CALLER, text)


_OF_MACHINES = (Origin.EC2, Origin.SERVICE)

_GIVEN_BY: Mapping[str, str] = {
    "ec2.amazonaws.com": "put it into the instance profile of the instance",
    "ecs-tasks.amazonaws.com": "make it the task role (`taskRoleArn`) of the ECS task",
    "pods.eks.amazonaws.com": "associate it with the service account of the pod (EKS Pod Identity)",
    "lambda.amazonaws.com": "make it the execution role of the function",
    "codebuild.amazonaws.com": "make it the service role of the build project",
}
"""How a role gets to the workload that it was made for, by the service that hands out its credentials."""


def _again(case: Case) -> str:
    """Say what to type for credentials of the same kind."""
    caller = caller_of(case)
    if caller.kind is CallerKind.USER:
        return f"call `aws sts get-session-token` again, or {_UNSET} where an old session token hides an access key"
    if permission_set(case) or caller.origin is Origin.IDENTITY_CENTER:
        return "run `aws sso login` with the `--profile` of the call"
    match caller.origin:
        case Origin.EC2 | Origin.SERVICE:
            return f"the machine renews its own; {_UNSET} where copies of old ones hide them"
        case Origin.WEB_IDENTITY:
            return "get a new token from the identity provider, and assume the role with it"
        case Origin.SAML | Origin.CONSOLE:
            return "sign in at the identity provider or the console again"
    return f"sign in or assume {source_phrase(case)} again; {_UNSET} where old ones hide those of a profile"


def _valid(case: Case) -> str:
    """Say where valid credentials of the same kind come from."""
    caller = caller_of(case)
    if caller.kind is not CallerKind.USER:
        return f"{_again(case)}; of copied ones, the session token is needed, too"
    return (
        f"run `aws configure` with an active access key of {source_phrase(case)} "
        f"(`aws iam list-access-keys --user-name {caller.name}` shows them)"
    )


def _allowing(case: Case) -> Iterator[dict[str, object]]:
    for policy in policies_in(case, Layer.TRUST):
        document = document_of(policy)
        for statement in statements(document) if document else ():
            if statement.get("Effect") == "Allow":
                yield dict(statement)


def _with_token(condition: object, role: str) -> str:
    """Name the service account that a condition wants."""
    for block in condition.values() if isinstance(condition, dict) else ():
        for key, value in block.items() if isinstance(block, dict) else ():
            if (
                key.lower().endswith(":sub")
                and isinstance(value, str)
                and value.startswith(_OF_POD)
                and "*" not in value
            ):
                account = value.removeprefix(_OF_POD).replace(":", "/")
                return (
                    f"run it under the service account `{account}`, annotated with `eks.amazonaws.com/role-arn: {role}`"
                )
    return "give it a token of the provider that the trust policy names"


_OF_POD = "system:serviceaccount:"
