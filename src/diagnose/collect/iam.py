"""IAM, read with credentials of the account it belongs to: the policies of a user, a role or a group."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.calls import Answer, Clients, Refusal, call, gap_left_by, list_all
from diagnose.aws.identity import Identity
from diagnose.aws.patience import Later, at_once
from diagnose.aws.session import Credentials
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, PolicyVersion, merge_policy_sets, raw_document


class EntityKind(StrEnum):
    """What policies are attached to, as the names of IAM's operations and parameters write it."""

    USER = "User"
    ROLE = "Role"
    GROUP = "Group"


def policies_of(clients: Clients, entity: EntityKind, name: str, arn: str, *, attached_to: str = "") -> PolicySet:
    """Read every policy of a entity. One that cannot be read does not keep the others from being read."""
    return merge_policy_sets(
        at_once(partial(read, clients, entity, name, arn, attached_to) for read in (_inline, _attached))
    )


def managed_policy(clients: Clients, arn: str, *, attached_to: str = "") -> Evidence[Policy]:
    """Read the default version of a managed policy, and of a customer's own some other versions if they may be read."""
    others = Later(lambda: () if ":iam::aws:policy/" in arn else _other_versions(clients, arn))
    described = call(clients, "iam:GetPolicy", arn, PolicyArn=arn)
    if isinstance(described, Unread):
        return described
    default = described.value["Policy"]["DefaultVersionId"]
    read_default = _version(clients, arn, default)
    if isinstance(read_default, Unread):
        return read_default
    return Known(
        Policy(
            name=described.value["Policy"]["PolicyName"],
            document=raw_document(read_default.value["Document"]),
            kind=PolicyKind.MANAGED,
            arn=arn,
            attached_to=attached_to,
            version=default,
            other_versions=others.get(),
        ),
        read_default.source,
    )


def tags_of(described: Mapping[str, Any]) -> dict[str, str]:
    """Give the tags, which IAM leaves out where there are none."""
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", ())}


def created_at(described: Mapping[str, Any]) -> str:
    """Say when it was created, in UTC."""
    created: datetime = described["CreateDate"]
    return created.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Reader(Struct, frozen=True):
    """Credentials that belong to the account they read."""

    credentials: Credentials
    identity: Identity


class IdentifiedCredentials(Struct, frozen=True):
    """The credentials given for one side, and whose they are as AWS says."""

    credentials: Credentials
    identity: Identity | Refusal


def reader_of(account: str, own: IdentifiedCredentials | None, other: IdentifiedCredentials | None) -> Reader | Unread:
    """Choose the credentials that belong to an account: those given for it, else those given for the other side.

    IAM knows the users and roles of one's own account only: to other credentials a role that exists seems not to.
    """
    for candidate in (own, other):
        if candidate is None or isinstance(candidate.identity, Refusal):
            continue
        if candidate.identity.account == account:
            return Reader(candidate.credentials, candidate.identity)
    if own is None:
        return Unread(Gap.NO_CREDENTIALS, detail=f"no credentials were given for account {account}")
    if isinstance(own.identity, Refusal):
        gap = gap_left_by(own.identity, "", "")
        return replace(gap, detail=f"with {own.credentials.label}: {gap.detail}")
    who = f"with {own.credentials.label}, xdiag is {own.identity.arn}, in account {own.identity.account}"
    return Unread(Gap.NO_CREDENTIALS, detail=f"{who}, not {account}")


def gap_about(gap: Unread, subject: str, permission: str) -> Unread:
    """Say of one thing that it was not read because there is no reader for its account."""
    return replace(gap, subject=subject, permission=permission if gap.gap is Gap.NO_CREDENTIALS else "")


# IAM keeps five versions of a policy; the newest of those without effect are the ones somebody may have meant to set.
_OTHER_VERSIONS = 3


def _inline(clients: Clients, entity: EntityKind, name: str, arn: str, attached_to: str) -> PolicySet:
    by_name = {f"{entity}Name": name}
    names = list_all(clients, f"iam:List{entity}Policies", f"inline policies of {arn}", "PolicyNames", **by_name)
    if isinstance(names, Unread):
        return PolicySet(unread=(names,))
    get = f"iam:Get{entity}Policy"
    answers = at_once(
        partial(call, clients, get, f"inline policy {policy} of {arn}", PolicyName=policy, **by_name)
        for policy in names.value
    )
    return PolicySet(
        tuple(
            Policy(policy, raw_document(answer.value["PolicyDocument"]), attached_to=attached_to)
            for policy, answer in zip(names.value, answers, strict=True)
            if isinstance(answer, Known)
        ),
        tuple(answer for answer in answers if isinstance(answer, Unread)),
    )


def _attached(clients: Clients, entity: EntityKind, name: str, arn: str, attached_to: str) -> PolicySet:
    attachments = list_all(
        clients,
        f"iam:ListAttached{entity}Policies",
        f"attached policies of {arn}",
        "AttachedPolicies",
        **{f"{entity}Name": name},
    )
    if isinstance(attachments, Unread):
        return PolicySet(unread=(attachments,))
    answers = at_once(
        partial(managed_policy, clients, attachment["PolicyArn"], attached_to=attached_to)
        for attachment in attachments.value
    )
    return PolicySet(
        tuple(answer.value for answer in answers if isinstance(answer, Known)),
        tuple(answer for answer in answers if isinstance(answer, Unread)),
    )


def _version(clients: Clients, arn: str, version: str) -> Evidence[Answer]:
    answer = call(clients, "iam:GetPolicyVersion", arn, PolicyArn=arn, VersionId=version)
    return answer if isinstance(answer, Unread) else Known(answer.value["PolicyVersion"], answer.source)


def _other_versions(clients: Clients, arn: str) -> tuple[PolicyVersion, ...]:
    """Read some versions without effect. They decide nothing, so that not being able to is not a gap."""
    versions = list_all(clients, "iam:ListPolicyVersions", arn, "Versions", PolicyArn=arn)
    if isinstance(versions, Unread):
        return ()
    others = [version["VersionId"] for version in versions.value if not version["IsDefaultVersion"]]
    others = others[:_OTHER_VERSIONS]
    answers = at_once(partial(_version, clients, arn, version) for version in others)
    return tuple(
        PolicyVersion(version, raw_document(answer.value["Document"]))
        for version, answer in zip(others, answers, strict=True)
        if isinstance(answer, Known)
    )
