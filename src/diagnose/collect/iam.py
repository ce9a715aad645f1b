"""The inline and attached policies of a user, a role or a group."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.calls import Answer, Clients, Refusal, call, gap_left_by, list_all
from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, PolicyVersion, raw_document


class PolicyHolder(StrEnum):
    """What carries policies, as the names of IAM's operations and parameters write it."""

    USER = "User"
    ROLE = "Role"
    GROUP = "Group"


def policies_of(clients: Clients, carrier: PolicyHolder, name: str, arn: str, *, attached_to: str = "") -> PolicySet:
    """Read every policy of a carrier. One that cannot be read does not take the others with it."""
    return merged(
        [_inline(clients, carrier, name, arn, attached_to), _attached(clients, carrier, name, arn, attached_to)]
    )


def managed_policy(clients: Clients, arn: str, *, attached_to: str = "") -> Evidence[Policy]:
    """Read the default version of a managed policy, and of a customer's own some of the others, if they may be read."""
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
            other_versions=() if ":iam::aws:policy/" in arn else tuple(_other_versions(clients, arn)),
        ),
        read_default.source,
    )


def merged(sets: Iterable[PolicySet]) -> PolicySet:
    """Put sets that count together into one."""
    together = tuple(sets)
    return PolicySet(
        tuple(policy for each in together for policy in each.policies),
        tuple(gap for each in together for gap in each.unread),
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

    side: Credentials
    identity: Identity


class IdentifiedCredentials(Struct, frozen=True):
    """The credentials given for one side, and whose AWS says they are."""

    side: Credentials
    identity: Identity | Refusal


def reader_of(account: str, own: IdentifiedCredentials | None, other: IdentifiedCredentials | None) -> Reader | Unread:
    """Choose the credentials that belong to an account: those given for it, else those given for the other side.

    IAM knows the users and roles of one's own account only: to other credentials a role that exists seems not to.
    """
    for held in (own, other):
        if held is not None and isinstance(held.identity, Identity) and held.identity.account == account:
            return Reader(held.side, held.identity)
    if own is None:
        return Unread(Gap.NO_CREDENTIALS, detail=f"no credentials were given for account {account}")
    if isinstance(own.identity, Refusal):
        gap = gap_left_by(own.identity, "", "")
        return replace(gap, detail=f"with {own.side.label}: {gap.detail}")
    who = f"with {own.side.label}, xdiag is {own.identity.arn}, in account {own.identity.account}"
    return Unread(Gap.NO_CREDENTIALS, detail=f"{who}, not {account}")


def about(gap: Unread, subject: str, permission: str) -> Unread:
    """Say of one thing that it was not read because there is no reader for its account."""
    return replace(gap, subject=subject, permission=permission if gap.gap is Gap.NO_CREDENTIALS else "")


# IAM keeps five versions of a policy; the newest of those without effect are the ones somebody may have meant to set.
_OTHER_VERSIONS = 3


def _inline(clients: Clients, carrier: PolicyHolder, name: str, arn: str, attached_to: str) -> PolicySet:
    by_name = {f"{carrier}Name": name}
    names = list_all(clients, f"iam:List{carrier}Policies", f"inline policies of {arn}", "PolicyNames", **by_name)
    if isinstance(names, Unread):
        return PolicySet(unread=(names,))
    answers = [
        (
            policy,
            call(clients, f"iam:Get{carrier}Policy", f"inline policy {policy} of {arn}", PolicyName=policy, **by_name),
        )
        for policy in names.value
    ]
    return PolicySet(
        tuple(
            Policy(policy, raw_document(answer.value["PolicyDocument"]), attached_to=attached_to)
            for policy, answer in answers
            if isinstance(answer, Known)
        ),
        tuple(answer for _, answer in answers if isinstance(answer, Unread)),
    )


def _attached(clients: Clients, carrier: PolicyHolder, name: str, arn: str, attached_to: str) -> PolicySet:
    attachments = list_all(
        clients,
        f"iam:ListAttached{carrier}Policies",
        f"attached policies of {arn}",
        "AttachedPolicies",
        **{f"{carrier}Name": name},
    )
    if isinstance(attachments, Unread):
        return PolicySet(unread=(attachments,))
    answers = [managed_policy(clients, each["PolicyArn"], attached_to=attached_to) for each in attachments.value]
    return PolicySet(
        tuple(answer.value for answer in answers if isinstance(answer, Known)),
        tuple(answer for answer in answers if isinstance(answer, Unread)),
    )


def _version(clients: Clients, arn: str, version: str) -> Evidence[Answer]:
    answer = call(clients, "iam:GetPolicyVersion", arn, PolicyArn=arn, VersionId=version)
    return answer if isinstance(answer, Unread) else Known(answer.value["PolicyVersion"], answer.source)


def _other_versions(clients: Clients, arn: str) -> Iterable[PolicyVersion]:
    """Read some versions without effect. Not being able to is no gap: they decide nothing."""
    versions = list_all(clients, "iam:ListPolicyVersions", arn, "Versions", PolicyArn=arn)
    if isinstance(versions, Unread):
        return
    idle = [each["VersionId"] for each in versions.value if not each["IsDefaultVersion"]]
    for version in idle[:_OTHER_VERSIONS]:
        answer = _version(clients, arn, version)
        if isinstance(answer, Known):
            yield PolicyVersion(version, raw_document(answer.value["Document"]))
