"""The policies in which AWS recorded a Deny, as they were then: for layers that the caller may not read itself.

Whoever may read a record may read its policies, those of the organization among them, which else only its management
account and its delegated administrators may read.

Source: https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/API_GetRequestAuthorizationPolicy.html
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from diagnose.aws.calls import Answer, call
from diagnose.aws.patience import at_once
from diagnose.aws.session import Credentials
from diagnose.collect.authorization import by_account, records_of_request
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.authorization_record import AuthorizationRecord, CheckEffect, RecordedCheck, RecordedPolicy
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Case, Snapshot
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer


def with_recorded_policies(
    case: Case, errors: Sequence[AwsError], sides: Sequence[Credentials], progress: Callable[[str], None]
) -> Case:
    """Add the policies that AWS recorded to deny this very request, to layers of which they were not read.

    What else such a layer holds stays unread, and a policy that may not be read leaves the gap as it is, and one in the
    record.
    """
    wanted = list(_wanted(case, errors))[:_MOST_READ]
    if not wanted:
        return case
    progress("reading the policies that AWS recorded to deny the request")
    read = at_once(partial(_read, each, case, tuple(dict.fromkeys(sides))) for each in wanted)
    snapshot, unread = case.snapshot, dict[str, list[Unread]]()
    for each, answer in zip(wanted, read, strict=True):
        if isinstance(answer, Known):
            snapshot = _with(snapshot, each.check, _policy(each, answer.value, case))
        else:
            unread.setdefault(each.record.id, []).append(answer)
    records = (replace(record, unread=tuple(unread.get(record.id, ()))) for record in case.authorizations)
    return replace(case, snapshot=snapshot, authorizations=tuple(records))


_ACTION = "iam:GetRequestAuthorizationPolicy"
_MOST_READ = 8
_KINDS = {
    Layer.SCP: PolicyKind.SCP,
    Layer.RCP: PolicyKind.RCP,
    Layer.TRUST: PolicyKind.TRUST,
    Layer.IDENTITY: PolicyKind.MANAGED,
    Layer.BOUNDARY: PolicyKind.MANAGED,
}
"""The layers that a policy of a record is added to. A VPC endpoint is more than its policy, and a session policy has no
name that anybody knows."""


class _Wanted(Struct, frozen=True):
    record: AuthorizationRecord
    check: RecordedCheck
    policy: RecordedPolicy


def _wanted(case: Case, errors: Sequence[AwsError]) -> Iterable[_Wanted]:
    """Give the policies to read. AWS tells no name of an inline policy: it is read where IAM lists it, or not."""
    seen = set()
    for record, evaluation in records_of_request(case, errors):
        for check in evaluation.refusing:
            for policy in check.denying if check.effect is CheckEffect.EXPLICIT_DENY else ():
                place = (check.layer, check.target, policy.uri)
                named = bool(policy.arn) or check.layer is Layer.TRUST
                if named and place not in seen and _is_missing(case.snapshot, check, policy.arn):
                    seen.add(place)
                    yield _Wanted(record, check, policy)


def _is_missing(snapshot: Snapshot, check: RecordedCheck, arn: str) -> bool:
    """Say whether a layer was not read whole, and the policy is not among what was."""
    source, destination = snapshot.source, snapshot.destination
    match check.layer:
        case Layer.SCP | Layer.RCP:
            levels = source.scps if check.layer is Layer.SCP else destination.rcps
            return isinstance(levels, Unread) or any(_may_hold(level.policies, arn) for level in _at(levels, check))
        case Layer.IDENTITY:
            return _may_hold(source.identity_policies, arn)
        case Layer.BOUNDARY:
            return isinstance(source.boundary, Unread)
        case Layer.TRUST:
            return isinstance(destination.trust_policy, Unread)
        case Layer.ENDPOINT | Layer.SESSION:
            return False


def _may_hold(policies: PolicySet, arn: str) -> bool:
    return bool(policies.unread) and arn not in [policy.arn for policy in policies.policies]


def _at(levels: Known[tuple[Level, ...]], check: RecordedCheck) -> list[Level]:
    return [level for level in levels.value if level.target == _target(check)]


def _target(check: RecordedCheck) -> str:
    """Give the id of the root, OU or account."""
    return check.target.rpartition("/")[2]


def _read(wanted: _Wanted, case: Case, sides: Sequence[Credentials]) -> Evidence[Answer]:
    region, subject = wanted.record.region or None, f"policy {wanted.policy.uri}"
    named = {"authorizationId": wanted.record.id, "policyUri": wanted.policy.uri}
    gaps = []
    for side in by_account(sides, parse_caller(case.source_arn).account):
        answer = call(side.in_region(region), _ACTION, subject, **named)
        if isinstance(answer, Known):
            return answer
        gaps.append(answer)
    return gaps[0]


def _policy(wanted: _Wanted, answer: Answer, case: Case) -> Policy:
    arn = wanted.policy.arn
    name = arn.rpartition("/")[2] or parse_role(case.request.role_arn).name
    return Policy(name, raw_document(answer["policyDocument"]), _KINDS[wanted.check.layer], arn)


def _with(snapshot: Snapshot, check: RecordedCheck, policy: Policy) -> Snapshot:
    source, destination = snapshot.source, snapshot.destination
    match check.layer:
        case Layer.SCP:
            return replace(snapshot, source=replace(source, scps=_with_level(source.scps, check, policy)))
        case Layer.RCP:
            rcps = _with_level(destination.rcps, check, policy)
            return replace(snapshot, destination=replace(destination, rcps=rcps))
        case Layer.IDENTITY:
            return replace(
                snapshot, source=replace(source, identity_policies=_with_one(source.identity_policies, policy))
            )
        case Layer.BOUNDARY:
            return replace(snapshot, source=replace(source, boundary=Known(policy, _ACTION)))
        case Layer.TRUST:
            return replace(snapshot, destination=replace(destination, trust_policy=Known(policy, _ACTION)))
        case Layer.ENDPOINT | Layer.SESSION:
            return snapshot


def _with_level(
    levels: Evidence[tuple[Level, ...]], check: RecordedCheck, policy: Policy
) -> Evidence[tuple[Level, ...]]:
    """Add a policy to its level. Of levels that were not read, the gap stays in the one that is known now.

    INVARIANT: a level with a gap never lets a request pass for certain, and so neither does the layer.
    """
    target = _target(check)
    if isinstance(levels, Unread):
        return Known((Level(target, policies=PolicySet((policy,), (levels,))),), _ACTION)
    return Known(
        tuple(
            replace(level, policies=_with_one(level.policies, policy)) if level.target == target else level
            for level in levels.value
        ),
        levels.source,
    )


def _with_one(policies: PolicySet, policy: Policy) -> PolicySet:
    return replace(policies, policies=(*policies.policies, policy))
