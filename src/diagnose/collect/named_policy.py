"""The policy that AWS itself blames, read by its ARN where the listing that would have led to it could not be read."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from diagnose.aws.calls import Refusal
from diagnose.aws.identity import identify
from diagnose.aws.session import Credentials
from diagnose.collect.iam import managed_policy
from diagnose.model.arn import CallerArn, CallerKind, parse_caller, same_entity, split_arn
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Snapshot, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import Policy
from diagnose.model.trace import Layer


def with_named_policies(snapshot: Snapshot, said: Iterable[AwsError], sides: Sequence[Credentials]) -> Snapshot:
    """Read the policies that AWS names in what it said of this very caller, and that are not read yet.

    Only managed policies have an ARN. One that may not be read leaves the gap as it is.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    source = snapshot.source
    caller = parse_caller(source.arn)
    for error in said:
        if _is_missing(error, source) and _is(caller, error.caller):
            policy = _read(error.policy_arn, caller.account, sides)
            if policy is not None:
                source = _with(source, error.layer, policy)
    return snapshot if source is snapshot.source else replace(snapshot, source=source)


def _is_missing(error: AwsError, source: SourceSide) -> bool:
    """Say whether the policy is one of IAM's of a layer that was not read whole, and is not among those that were."""
    arn = split_arn(error.policy_arn)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("policy/"):
        return False
    match error.layer:
        case Layer.IDENTITY:
            policies = source.identity_policies
            return bool(policies.unread) and error.policy_arn not in [policy.arn for policy in policies.policies]
        case Layer.BOUNDARY:
            return isinstance(source.boundary, Unread)
    return False


def _is(caller: CallerArn, arn: str) -> bool:
    """Say whether an ARN in AWS's words is surely the caller's. Any session stands for a role given by its own ARN."""
    if caller.kind is CallerKind.ROLE:
        return arn.startswith(f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/")
    return arn == caller.arn or same_entity(arn, caller.arn)


def _read(arn: str, account: str, sides: Sequence[Credentials]) -> Policy | None:
    """Read it with credentials of the caller's account, in which its policies are; AWS's own may be read with any."""
    for side in dict.fromkeys(sides):
        identity = identify(side)
        if not isinstance(identity, Refusal) and (identity.account == account or ":iam::aws:policy/" in arn):
            policy = managed_policy(side, arn)
            if isinstance(policy, Known):
                return policy.value
    return None


def _with(source: SourceSide, layer: Layer | None, policy: Policy) -> SourceSide:
    if layer is Layer.BOUNDARY:
        return replace(source, boundary=Known(policy, "iam:GetPolicyVersion"))
    policies = source.identity_policies
    return replace(source, identity_policies=replace(policies, policies=(*policies.policies, policy)))
