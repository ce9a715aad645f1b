"""A change as commands that are ready to paste: the AWS CLI, Terraform, CloudFormation.

Names come from whoever may write policies. What does not have the form that AWS gives to such a name is not
put into a command at all; all else is quoted.
"""

import json
import re
import shlex
from collections.abc import Mapping
from typing import assert_never

from diagnose.model.case import GLOBAL_REGION, Case, Request
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.operation import Operation
from diagnose.model.policy import Policy, PolicyKind
from diagnose.remedy.change import (
    Change,
    Draft,
    MaximumChange,
    NewAssociation,
    NewAttachment,
    NewAudience,
    NewMembership,
    NewProvider,
    NewRole,
    PolicyChange,
    PolicyHolder,
    Removal,
    RequestChange,
    TagChange,
    Unseen,
    VersionChange,
    holder_of,
)
from diagnose.remedy.document import Json, dumped
from diagnose.remedy.names import principal_arn
from diagnose.remedy.render.cloudformation import cloudformation
from diagnose.remedy.render.terraform import terraform

_NAME = lazy_pattern(r"[\w+=,.@-]{1,128}", re.ASCII)
_PATH = lazy_pattern(r"/([\w+=,.@-]+/)*", re.ASCII)
_ARN = lazy_pattern(r"arn:[a-z-]+:[a-z-]+:[a-z0-9-]*:(\d{12}|aws)?:[\w+=,.@/-]+", re.ASCII)
_ID = lazy_pattern(r"[a-z]+-[a-z0-9-]+", re.ASCII)
_REGION = lazy_pattern(r"[a-z]{2}(-[a-z]+)+-\d")
_URL = lazy_pattern(r"https://[\w.~/-]{1,247}", re.ASCII)
_PROVIDER = lazy_pattern(r"arn:[a-z-]+:iam::\d{12}:oidc-provider/[\w.~/-]+", re.ASCII)
_READS_A_FILE = ("file:", "fileb:", "http:", "https:")


class _UnfitError(ValueError):
    """A name without the form that AWS gives to it."""


def commands(draft: Draft, case: Case) -> tuple[tuple[str, str], ...]:
    """Render a draft's change in every way it can be: pairs of what for, and the text."""
    if draft.change is None:
        return ()
    rendered = (
        ("aws-cli", aws_cli(draft.change, case)),
        ("terraform", terraform(draft.change, case)),
        ("cloudformation", cloudformation(draft.change, case)),
    )
    return tuple((what, text) for what, text in rendered if text)


def aws_cli(change: Change, case: Case) -> str:
    """Write the AWS CLI command; empty where there is none, or a name in it is not what AWS would have."""
    try:
        return _command(change, case)
    except _UnfitError:
        return ""


def asked_again(request: Request, source: str) -> str:
    """Write the call itself. What is secret stands as a variable: a token, an assertion, the code of an MFA device.

    Empty for iam:PassRole, which is no call: it is checked when a service is given the role.

    Sources:
    https://docs.aws.amazon.com/cli/latest/reference/sts/assume-role-with-web-identity.html
    https://docs.aws.amazon.com/cli/latest/reference/sts/assume-role-with-saml.html
    Raises _UnfitError where a value cannot be pasted safely.
    """
    sent = request.parameters
    role = {"--role-arn": _fit(_ARN, request.role_arn)}
    named = {**role, "--role-session-name": _text(sent.session_name or "session")}
    duration = {"--duration-seconds": str(sent.duration_seconds)} if sent.duration_seconds else {}
    match request.operation:
        case Operation.ASSUME_ROLE:
            return _assume_role(request, named, duration)
        case Operation.WITH_WEB_IDENTITY:
            provider = {"--provider-id": _text(sent.provider_id)} if sent.provider_id else {}
            options = {**named, **provider, **duration, **_endpoint(request.region)}
            return _aws("sts assume-role-with-web-identity", options, '--web-identity-token "$WEB_IDENTITY_TOKEN"')
        case Operation.WITH_SAML:
            options = {**role, "--principal-arn": _fit(_ARN, source), **duration, **_endpoint(request.region)}
            return _aws("sts assume-role-with-saml", options, '--saml-assertion "$SAML_ASSERTION"')
        case Operation.PASS_ROLE:
            return ""
    assert_never(request.operation)


def _assume_role(request: Request, named: Mapping[str, str], duration: Mapping[str, str]) -> str:
    sent = request.parameters
    external = {"--external-id": _text(sent.external_id)} if sent.external_id is not None else {}
    options = {**named, **external, **duration}
    for option, value in (("--source-identity", sent.source_identity), ("--serial-number", sent.mfa_serial)):
        if value is not None:
            options[option] = _text(value)
    if sent.tags:
        tags = [{"Key": key, "Value": value} for key, value in sent.tags.items()]
        options["--tags"] = _printable(json.dumps(tags))
    options |= _endpoint(request.region)
    if sent.transitive_tag_keys:
        # As JSON: of several words, one that begins with a dash cannot be bound to the option.
        options["--transitive-tag-keys"] = _printable(json.dumps(sent.transitive_tag_keys))
    return _aws("sts assume-role", options, *(['--token-code "$MFA_CODE"'] if sent.mfa_code_sent else []))


def _endpoint(region: str | None) -> Mapping[str, str]:
    """Name the endpoint. The global one is named, and signed for, as it wants: in us-east-1.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
    """
    if region == GLOBAL_REGION:
        # The CLI calls the regional endpoint of whatever Region it is given, us-east-1 too.
        return {"--region": "us-east-1", "--endpoint-url": "https://sts.amazonaws.com"}
    return {"--region": _fit(_ID, region)} if region else {}


def _command(change: Change, case: Case) -> str:
    match change:
        case PolicyChange():
            return _policy(change, holder_of(change.after, case))
        case VersionChange(policy=policy):
            version = {"--policy-arn": _fit(_ARN, policy.arn), "--version-id": _fit(_NAME, policy.version)}
            return _aws("iam set-default-policy-version", version)
        case NewMembership(user=user, group=group):
            return _aws("iam add-user-to-group", {"--group-name": _fit(_NAME, group), "--user-name": _fit(_NAME, user)})
        case NewAttachment(policy=policy, to=to):
            kind, name = _entity(to)
            arn = _fit(_ARN, policy.arn)
            return _aws(f"iam attach-{kind}-policy", {f"--{kind}-name": name, "--policy-arn": arn})
        case Removal(policy=policy):
            return _removal(policy, holder_of(policy, case), case)
        case TagChange(arn=arn, key=key, value=value):
            kind, name = _entity(arn)
            tags = [{"Key": key, "Value": value}]
            return _aws(f"iam tag-{kind}", {f"--{kind}-name": name, "--tags": _printable(json.dumps(tags))})
        case MaximumChange(role=role, seconds=seconds):
            _, name = _entity(role)
            return _aws("iam update-role", {"--role-name": name, "--max-session-duration": str(seconds)})
        case NewRole(arn=arn, document=document):
            _, name = _entity(arn)
            path = _fit(_PATH, arn.partition(":role")[2].removesuffix(name))
            options = {"--role-name": name, "--path": path}
            return _with_document("iam create-role", options, "--assume-role-policy-document", document)
        case NewProvider(url=url, client_ids=client_ids):
            ids = {"--client-id-list": _printable(json.dumps(client_ids))} if client_ids else {}
            return _aws("iam create-open-id-connect-provider", {"--url": _fit(_URL, url), **ids})
        case NewAudience(arn=arn, client_id=client_id):
            options = {"--open-id-connect-provider-arn": _fit(_PROVIDER, arn), "--client-id": _text(client_id)}
            return _aws("iam add-client-id-to-open-id-connect-provider", options)
        case NewAssociation():
            return _association(change)
        case Unseen():
            return ""
        case RequestChange(after=after):
            return asked_again(after, case.source_arn)


def _association(change: NewAssociation) -> str:
    region = {"--region": _fit(_REGION, change.region)} if change.region else {}
    cluster = {"--cluster-name": _fit(_NAME, change.cluster)}
    role = {"--role-arn": _fit(_ARN, change.role)}
    if change.id:
        id_ = {"--association-id": _fit(_ID, change.id)}
        return _aws("eks update-pod-identity-association", {**cluster, **id_, **role, **region})
    account = {"--namespace": _fit(_NAME, change.namespace), "--service-account": _fit(_NAME, change.service_account)}
    return _aws("eks create-pod-identity-association", {**cluster, **account, **role, **region})


def _policy(change: PolicyChange, holder: PolicyHolder) -> str:
    """Write the command that saves a policy where it is kept."""
    policy = change.after
    if not change.is_in_account:
        return ""
    match policy.kind:
        case PolicyKind.TRUST:
            options = {"--role-name": _fit(_NAME, holder.name)}
            return _with_document("iam update-assume-role-policy", options, "--policy-document", change.document)
        case PolicyKind.INLINE:
            options = {f"--{holder.kind}-name": _fit(_NAME, holder.name), "--policy-name": _fit(_NAME, policy.name)}
            return _with_document(f"iam put-{holder.kind}-policy", options, "--policy-document", change.document)
        case PolicyKind.MANAGED:
            return _with_document(
                "iam create-policy-version --set-as-default",
                {"--policy-arn": _fit(_ARN, policy.arn)},
                "--policy-document",
                change.document,
            )
        case PolicyKind.ENDPOINT:
            options = {"--vpc-endpoint-id": _fit(_ID, holder.name)}
            return _with_document("ec2 modify-vpc-endpoint", options, "--policy-document", change.document)
        case PolicyKind.SCP | PolicyKind.RCP:
            return _create_and_attach(change) if change.before is None else _update_policy(policy, change.document)
        case PolicyKind.SESSION:
            return ""


def _removal(policy: Policy, holder: PolicyHolder, case: Case) -> str:
    """Write the command that takes a policy away from the user, role or group that it is attached to."""
    if policy.kind is PolicyKind.INLINE:
        options = {f"--{holder.kind}-name": _fit(_NAME, holder.name), "--policy-name": _fit(_NAME, policy.name)}
        return _aws(f"iam delete-{holder.kind}-policy", options)
    if policy.group:
        kind, name = "group", _fit(_NAME, policy.group)
    else:
        kind, name = _entity(principal_arn(case) or "")
    return _aws(f"iam detach-{kind}-policy", {f"--{kind}-name": name, "--policy-arn": _fit(_ARN, policy.arn)})


def _update_policy(policy: Policy, document: Json) -> str:
    options = {"--policy-id": _fit(_ID, policy.arn.rpartition("/")[2])}
    return _with_document("organizations update-policy", options, "--content", document)


def _create_and_attach(change: PolicyChange) -> str:
    """Create an SCP and attach it. The document is in a file: it does not fit into a command substitution."""
    target = _fit(lazy_pattern(r"[\w-]+", re.ASCII), change.target)
    create = _aws(
        "organizations create-policy",
        {
            "--type": "SERVICE_CONTROL_POLICY",
            "--name": _fit(_NAME, change.after.name),
            "--description": "",
            "--content": "file://scp.json",
            "--query": "Policy.PolicySummary.Id",
            "--output": "text",
        },
    )
    return (
        f"cat > scp.json <<'POLICY'\n{dumped(change.document)}\nPOLICY\n"
        f"policy_id=$({create})\n"
        f'aws organizations attach-policy --policy-id "$policy_id" --target-id={shlex.quote(target)}'
    )


def _with_document(what: str, options: dict[str, str], option: str, document: Json) -> str:
    """Pass a document by a here-doc, in which the shell expands nothing.

    Every line of the document begins with a bracket, a brace or a space, so none can end the here-doc.
    """
    return f"{_aws(what, {**options, option: 'file:///dev/stdin'})} <<'POLICY'\n{dumped(document)}\nPOLICY"


def _aws(what: str, options: Mapping[str, str], *secrets: str) -> str:
    """Write a command, one option to a line; a value that looks like an option is bound to its own.

    `secrets` are options that have variables of the shell for values.
    """
    lines = [f"aws {what}"]
    for option, value in options.items():
        between = "=" if value.startswith("-") else " "
        lines.append(f"{option}{between}{shlex.quote(value)}")
    return " \\\n  ".join((*lines, *secrets))


def _entity(arn: str) -> tuple[str, str]:
    """Give `user` or `role`, and the name, of an IAM ARN."""
    resource = _fit(_ARN, arn).split(":", 5)[5]
    kind = resource.partition("/")[0]
    if kind not in ("user", "role"):
        raise _UnfitError(arn)
    return kind, _fit(_NAME, resource.rpartition("/")[2])


def _fit(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise _UnfitError(text)
    return text


def _text(value: str) -> str:
    """Pass a free text on, unless the AWS CLI would read a file or a page of that name instead."""
    if value.startswith(_READS_A_FILE):
        raise _UnfitError(value)
    return _printable(value)


def _printable(value: str) -> str:
    if not all(character.isprintable() or character == "\n" for character in value):
        raise _UnfitError(value)
    return value
