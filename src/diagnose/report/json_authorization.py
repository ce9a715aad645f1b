"""What AWS recorded of a denial, in published JSON. What holds for the types, `json_v1` says."""

from typing import Annotated

from msgspec import Meta, Struct

from diagnose.model.authorization_record import AuthorizationRecord, CheckEffect, RecordedCheck, RecordedEvaluation
from diagnose.model.case import Case
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.trace import Effect, Layer
from diagnose.report.json_words import listed
from diagnose.report.sections.recorded import PERMISSION, records_of


class PublishedStatement(Struct, frozen=True, kw_only=True):
    """A statement that matched."""

    sid: Annotated[str, Meta(description="Its Sid; AWS makes one up where it has none.")]
    effect: Annotated[str, listed(Effect, "What it does.", "")]


class PublishedRecordedPolicy(Struct, frozen=True, kw_only=True):
    """A policy with statements that matched."""

    uri: Annotated[str, Meta(description="Its ARN, or AWS's own name of an inline policy.")]
    attached_to: Annotated[list[str], Meta(description="ARNs of what it is attached to.")]
    statements: Annotated[list[PublishedStatement], Meta(description="The statements that matched.")]


class PublishedCheck(Struct, frozen=True, kw_only=True):
    """What one layer said; of SCPs and RCPs, at one level of the organization."""

    layer: Annotated[str, listed(Layer, "The layer.")]
    effect: Annotated[str, listed(CheckEffect, "What came of it.")]
    target: Annotated[str, Meta(description="The ARN of the root, OU or account; empty for other layers.")]
    policies: Annotated[list[PublishedRecordedPolicy], Meta(description="Policies with statements that matched.")]


class PublishedEvaluation(Struct, frozen=True, kw_only=True):
    """One action of the request."""

    action: Annotated[str, Meta(description="The action.")]
    resource: Annotated[str, Meta(description="What it was requested on.")]
    effect: Annotated[str, listed(CheckEffect, "What came of it; empty where AWS does not say.", "")]
    checks: Annotated[list[PublishedCheck], Meta(description="What each layer said; empty where AWS does not say.")]


class PublishedUnreadPolicy(Struct, frozen=True, kw_only=True):
    """A policy that denies, which was not read."""

    subject: Annotated[str, Meta(description="The policy.")]
    gap: Annotated[str, listed(Gap, "Why it was not read.")]
    permission: Annotated[str, Meta(description="The IAM permission that reading it needs, if one is known.")]
    detail: Annotated[str, Meta(description="More about why, for people.")]


class PublishedAuthorization(Struct, frozen=True, kw_only=True):
    """What AWS recorded under an authorization ID."""

    id: Annotated[str, Meta(description="The authorization ID in AWS's error.")]
    region: Annotated[str, Meta(description="The Region where AWS keeps it; empty where unknown.")]
    read: Annotated[bool, Meta(description="Whether it was read.")]
    gap: Annotated[str, listed(Gap, "Why it was not read; empty where it was.", "")]
    permission: Annotated[str, Meta(description="The IAM permission that reading it needs; empty where it was read.")]
    detail: Annotated[str, Meta(description="More about why it was not read, for people.")]
    evaluations: Annotated[list[PublishedEvaluation], Meta(description="What AWS evaluated, an action each.")]
    unread_policies: Annotated[
        list[PublishedUnreadPolicy], Meta(description="Policies that deny, and were wanted and not read.")
    ]


def published_authorizations(case: Case) -> list[PublishedAuthorization]:
    """Give what is recorded of the denials of a case."""
    return [_authorization(record) for record in records_of(case)]


def _authorization(record: AuthorizationRecord) -> PublishedAuthorization:
    details = record.details
    unread = details if isinstance(details, Unread) else None
    return PublishedAuthorization(
        id=record.id,
        region=record.region,
        read=unread is None,
        gap=unread.gap.value if unread else "",
        permission=PERMISSION if unread else "",
        detail=unread.detail if unread else "",
        evaluations=list(map(_evaluation, details.value.evaluations)) if isinstance(details, Known) else [],
        unread_policies=[
            PublishedUnreadPolicy(
                subject=each.subject, gap=each.gap.value, permission=each.permission, detail=each.detail
            )
            for each in record.unread
        ],
    )


def _evaluation(evaluation: RecordedEvaluation) -> PublishedEvaluation:
    return PublishedEvaluation(
        action=evaluation.action,
        resource=evaluation.resource,
        effect=evaluation.effect.value if evaluation.effect else "",
        checks=list(map(_check, evaluation.checks)),
    )


def _check(check: RecordedCheck) -> PublishedCheck:
    return PublishedCheck(
        layer=check.layer.value,
        effect=check.effect.value,
        target=check.target,
        policies=[
            PublishedRecordedPolicy(
                uri=policy.uri,
                attached_to=list(policy.attached_to),
                statements=[
                    PublishedStatement(sid=one.sid, effect=one.effect.value if one.effect else "")
                    for one in policy.statements
                ],
            )
            for policy in check.policies
        ],
    )
