"""What AWS recorded of a request that it denied, followed up by the authorization ID in its error.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from diagnose.aws.calls import Answer, Refusal, list_pages
from diagnose.aws.identity import identify
from diagnose.aws.patience import at_once
from diagnose.aws.session import Credentials
from diagnose.collect.request.asked import KEYS_OF_PARAMETERS
from diagnose.model.arn import parse_caller
from diagnose.model.authorization_record import (
    AuthorizationDetails,
    AuthorizationRecord,
    CheckEffect,
    RecordedCheck,
    RecordedEvaluation,
    RecordedPolicy,
    RecordedStatement,
)
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Case, Request
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.masked_arn import may_be_same, may_be_same_identity
from diagnose.model.trace import Effect, Layer


def read_authorizations(
    errors: Iterable[AwsError], case: Case, sides: Sequence[Credentials], progress: Callable[[str], None]
) -> tuple[AuthorizationRecord, ...]:
    """Read what is kept under the authorization IDs of errors: of many, the last ones.

    AWS keeps it in the Region of the denial, and shows it to the account of whoever was denied, and to its
    organization. So the credentials of that account are asked first.
    """
    latest = {error.authorization_id: error for error in errors if error.authorization_id}
    asked = list(latest.values())[-_MOST_READ:]
    return tuple(at_once(partial(_record, error, case, tuple(dict.fromkeys(sides)), progress) for error in asked))


def with_authorizations(case: Case, records: tuple[AuthorizationRecord, ...], errors: Sequence[AwsError]) -> Case:
    """Add the records to a case; where one is of this very request, its condition keys, too.

    What flags say of a parameter, or of a key, counts for more: they may ask about another request.
    """
    case = replace(case, authorizations=records)
    first = next(records_of_request(case, errors), None)
    if first is None:
        return case
    record, evaluation = first
    shared = record.details.value.context if isinstance(record.details, Known) else {}
    return _with_context(case, {**shared, **evaluation.context})


def records_of_request(
    case: Case, errors: Sequence[AwsError]
) -> Iterator[tuple[AuthorizationRecord, RecordedEvaluation]]:
    """Give what was denied of the very request of a case, with its record. `errors` are what the records are of."""
    for record in case.authorizations:
        about = next((error for error in errors if error.authorization_id == record.id), None)
        if about is not None and isinstance(record.details, Known) and _is_by(about, case):
            for evaluation in record.details.value.denied:
                if may_be_same(evaluation.resource, case.request.role_arn):
                    yield record, evaluation


def by_account(sides: Iterable[Credentials], account: str) -> list[Credentials]:
    """Give credentials of an account before all others."""
    return sorted(sides, key=lambda side: _account(side) != account)


_ACTION = "iam:GetRequestAuthorizationDetails"
_MOST_READ = 4

_LAYERS: Mapping[str, Layer] = {
    "SERVICE_CONTROL_POLICY": Layer.SCP,
    "RESOURCE_CONTROL_POLICY": Layer.RCP,
    "VPC_ENDPOINT": Layer.ENDPOINT,
    "RESOURCE": Layer.TRUST,
    "PRINCIPAL": Layer.IDENTITY,
    "PERMISSIONS_BOUNDARY": Layer.BOUNDARY,
    "SESSION": Layer.SESSION,
    # Types of policies, where there are no checks.
    "VPC_ENDPOINT_POLICY": Layer.ENDPOINT,
    "RESOURCE_BASED_POLICY": Layer.TRUST,
    "IDENTITY_BASED_POLICY": Layer.IDENTITY,
    "SESSION_POLICY": Layer.SESSION,
}
"""AWS's names of the checks, and of the types of policies."""


def _record(
    error: AwsError, case: Case, sides: Sequence[Credentials], progress: Callable[[str], None]
) -> AuthorizationRecord:
    region = error.authorization_region or case.request.region
    gaps: list[Unread] = []
    subject = f"authorization details {error.authorization_id}"
    for side in by_account(sides, parse_caller(case.source_arn).account):
        progress(f"reading what AWS recorded of the denial with {side.label}")
        pages = list_pages(side.in_region(region), _ACTION, subject, authorizationId=error.authorization_id)
        if isinstance(pages, Known):
            details: Evidence[AuthorizationDetails] = Known(_details(pages.value), pages.source)
            return AuthorizationRecord(error.authorization_id, region or "", details)
        gaps.append(pages)
    return AuthorizationRecord(error.authorization_id, region or "", gaps[0])


def _account(side: Credentials) -> str:
    identity = identify(side)
    return "" if isinstance(identity, Refusal) else identity.account


def _details(pages: Sequence[Answer]) -> AuthorizationDetails:
    policies = {policy.get("uri", ""): policy for page in pages for policy in page["policies"]}
    evaluations = (_evaluation(each, policies) for page in pages for each in page["evaluations"])
    context = {key: value for page in pages for key, value in page["requestContext"].items()}
    return AuthorizationDetails(tuple(evaluations), _context(context))


def _evaluation(told: Mapping[str, Any], policies: Mapping[str, Any]) -> RecordedEvaluation:
    checks = tuple(check for check in (_check(each, policies) for each in told.get("checks", ())) if check)
    return RecordedEvaluation(
        told["action"],
        told["resource"],
        _effect(told.get("evaluatedEffect")),
        checks or _denying(told.get("matchedPolicies", ()), policies),
        _context(told.get("context", {})),
    )


def _check(told: Mapping[str, Any], policies: Mapping[str, Any]) -> RecordedCheck | None:
    """Read a check. AWS may come to know others: they are left out."""
    layer, effect = _LAYERS.get(told["checkType"]), _effect(told["evaluatedEffect"])
    if layer is None or effect is None:
        return None
    matched = tuple(_policy(each, policies) for each in told.get("matchedPolicies", ()))
    return RecordedCheck(layer, effect, told.get("targetArn", ""), matched)


def _denying(matched: Iterable[Mapping[str, Any]], policies: Mapping[str, Any]) -> tuple[RecordedCheck, ...]:
    """Make checks of the policies in which a Deny matched: answers before November 2026 have no others."""
    read = [(_LAYERS.get(policies.get(each["uri"], {}).get("type", "")), _policy(each, policies)) for each in matched]
    return tuple(
        RecordedCheck(layer, CheckEffect.EXPLICIT_DENY, policies=(policy,))
        for layer, policy in read
        if layer is not None and any(one.effect is Effect.DENY for one in policy.statements)
    )


def _policy(told: Mapping[str, Any], policies: Mapping[str, Any]) -> RecordedPolicy:
    attached = policies.get(told["uri"], {}).get("attachedTo", ())
    return RecordedPolicy(
        told["uri"],
        tuple(each["arn"] for each in attached if "arn" in each),
        tuple(
            RecordedStatement(one.get("sid", ""), _EFFECTS.get(one.get("evaluatedEffect", "")))
            for one in told.get("matchedStatements", ())
        ),
    )


_EFFECTS = {"ALLOW": Effect.ALLOW, "DENY": Effect.DENY}


def _effect(told: object) -> CheckEffect | None:
    return next((effect for effect in CheckEffect if effect.name == told), None)


def _context(told: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Give the keys whose values are such as condition keys have."""
    read = {key: _values(value) for key, value in told.items()}
    return {key: values for key, values in read.items() if values is not None}


def _values(told: object) -> tuple[str, ...] | None:
    match told:
        case str():
            return (told,)
        case bool():
            return (str(told).lower(),)
        case int() | float():
            return (str(told),)
        case list():
            each = [_values(one) for one in told]
            return None if None in each else tuple(text for values in each if values is not None for text in values)
    return None


def _is_by(error: AwsError, case: Case) -> bool:
    return bool(error.caller) and may_be_same_identity(error.caller, case.source_arn)


def _with_context(case: Case, recorded: Mapping[str, tuple[str, ...]]) -> Case:
    request = case.request
    said = {key.lower() for key in (*request.context, *_sent(request))}
    families = tuple(key for key in said if key.endswith("/"))
    new = {
        key: values
        for key, values in recorded.items()
        if key.lower() not in said and not key.lower().startswith(families)
    }
    if not new:
        return case
    names = {key.lower() for key in new}
    unknown = tuple(key for key in request.unknown if key.lower() not in names)
    request = replace(request, context={**request.context, **new}, unknown=unknown)
    note = f"{len(new)} condition key{' is' if len(new) == 1 else 's are'} as AWS recorded the request."
    return replace(case, request=request, note=" ".join(filter(None, (case.note, note))))


def _sent(request: Request) -> tuple[str, ...]:
    """Name the keys of the parameters that are known to be sent."""
    sent = (name for name in KEYS_OF_PARAMETERS if getattr(request.parameters, name))
    return tuple(key for name in sent for key in KEYS_OF_PARAMETERS[name])
