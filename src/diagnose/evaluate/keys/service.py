"""What an AWS service tells of the resource that it calls for: a row a service of which AWS says what that is.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import re

from msgspec import Struct

from diagnose.evaluate.call import Call
from diagnose.evaluate.caller import Caller
from diagnose.model.arn import CallerKind, split_arn
from diagnose.model.case import SourceSide
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.pod import POD_IDENTITY, Cluster

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_SERVICE = CallerKind.SERVICE


class SourceArn(Struct, frozen=True):
    """The `aws:SourceArn` that a service always sends, for a resource in the role's own account.

    `sent` is a pattern of it. `mistaken`, if there is one, matches ARNs of what people take for that resource, and
    `meant` is written in their place; `documented` says what AWS writes about it, and where.
    """

    sent: str
    mistaken: re.Pattern[str] | None = None
    meant: str = ""
    documented: str = ""


SOURCE_ARNS = {
    # The schedule group, and never one schedule in it:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    "scheduler.amazonaws.com": SourceArn(
        "arn:{partition}:scheduler:*:{account}:schedule-group/*",
        lazy_pattern(r"(arn:[^:]+:scheduler:[^:]*:[^:]*:)schedule/([^/]+)(?:/.*)?"),
        r"\1schedule-group/\2",
        "the service sends the schedule's group (EventBridge Scheduler User Guide, confused deputy prevention)",
    ),
    # Of which resource it is, AWS does not say, but that no cluster can be named:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    "ecs-tasks.amazonaws.com": SourceArn(
        "arn:{partition}:ecs:*:{account}:*",
        lazy_pattern(r"(arn:[^:]+:ecs:[^:]*:[^:]*:)(?:cluster|service|task|task-definition)/.*"),
        r"\1*",
    ),
    # The state machine, and never one of its executions:
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    "states.amazonaws.com": SourceArn(
        "arn:{partition}:states:*:{account}:stateMachine:*",
        lazy_pattern(r"(arn:[^:]+:states:[^:]*:[^:]*:)(?:execution|express):([^:]+)(?::.*)?"),
        r"\1stateMachine:\2",
    ),
    # The cluster: https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
    "pods.eks.amazonaws.com": SourceArn(
        "arn:{partition}:eks:*:{account}:cluster/*",
        lazy_pattern(r"(arn:[^:]+:eks:[^:]*:[^:]*:)podidentityassociation/([^/]+)(?:/.*)?"),
        r"\1cluster/\2",
    ),
    # The trust anchor, and never the profile: https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    "rolesanywhere.amazonaws.com": SourceArn(
        "arn:{partition}:rolesanywhere:*:{account}:trust-anchor/*",
        lazy_pattern(r"(arn:[^:]+:rolesanywhere:[^:]*:[^:]*:)profile/.*"),
        r"\1trust-anchor/*",
    ),
    # A job, an agent, a flow or a knowledge base: https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam-sr.html
    "bedrock.amazonaws.com": SourceArn("arn:{partition}:bedrock:*:{account}:*"),
    # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
    "personalize.amazonaws.com": SourceArn("arn:{partition}:personalize:*:{account}:*"),
    # https://docs.aws.amazon.com/appstream2/latest/developerguide/example-fleet-machine.html
    "appstream.amazonaws.com": SourceArn("arn:{partition}:appstream:*:{account}:*"),
}
"""A service that is not here may send the key or not: of AWS Lambda, CodeBuild and most others no page says so."""


class Passed(Struct, frozen=True):
    """What a service passes whenever it assumes a role: tags with such keys, in lower case, and a source identity."""

    tags: re.Pattern[str]
    source_identity: bool = False


PASSED = {
    # Unless the association switches them off: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    POD_IDENTITY: Passed(
        lazy_pattern("eks-cluster-(?:arn|name)|kubernetes-(?:namespace|service-account|pod-name|pod-uid)")
    ),
    # What the certificate says: https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    "rolesanywhere.amazonaws.com": Passed(lazy_pattern("x509(?:subject|issuer|san)/.+"), source_identity=True),
}
"""All other services pass neither, unless the case says so."""


def passed_by_service(source: SourceSide, caller: Caller) -> Passed | None:
    """Say what the service that calls passes with the role; None where it is none of these, or passes nothing."""
    if caller.kind is not _SERVICE or (passed := PASSED.get(caller.name)) is None:
        return None
    own = source.pod.own_associations if source.pod is not None else ()
    off = bool(own) and all(isinstance(each.session_tags, Known) and not each.session_tags.value for each in own)
    return None if off else passed


def is_passed(tag: str) -> bool:
    """Say whether a tag, in lower case, is one that some service passes: so AWS has named it."""
    return any(row.tags.fullmatch(tag) for row in PASSED.values())


def services_tag(call: Call, tag: str) -> State:
    """A tag, in lower case, that a service passes: of a pod what was read of it."""
    source = call.case.snapshot.source
    passed = passed_by_service(source, call.caller)
    if passed is None or not passed.tags.fullmatch(tag):
        return ABSENT
    pod = source.pod if call.caller.name == POD_IDENTITY else None
    if pod is None:
        return PRESENT if call.caller.name == POD_IDENTITY else UNKNOWN_STATE
    cluster = _cluster_of_pod(call)
    told = {
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.service_account,
        "eks-cluster-arn": cluster.arn if cluster else "",
        "eks-cluster-name": cluster.name if cluster else "",
    }.get(tag)
    return (told,) if told else PRESENT


def meant_source_arn(service: str, wanted: str) -> str | None:
    """Give the ARN that a service sends where a policy wants that of another resource; None where none can be told."""
    row = SOURCE_ARNS.get(service)
    if row is None or row.mistaken is None:
        return None
    mistaken = row.mistaken.fullmatch(wanted)
    return mistaken.expand(row.meant) if mistaken is not None else None


def documented_source_arn(service: str, wanted: str) -> str:
    """Say what AWS documents of the ARN that a service sends in place of the wanted one, if anything."""
    return SOURCE_ARNS[service].documented if meant_source_arn(service, wanted) is not None else ""


def services_arn(call: Call) -> State:
    """The resource for which a service calls; some services tell it, some do not."""
    row = SOURCE_ARNS.get(call.caller.name)
    if call.caller.kind is not _SERVICE or row is None:
        return of_service(call)
    if (cluster := _cluster_of_pod(call)) is not None:
        return (cluster.arn,)
    return UnknownState(like=row.sent.format(partition=call.role.partition, account=call.role.account))


def services_account(call: Call) -> State:
    """The account of that resource."""
    is_told = call.caller.kind is _SERVICE and call.caller.name in SOURCE_ARNS
    return (call.role.account,) if is_told else of_service(call)


def _cluster_of_pod(call: Call) -> Cluster | None:
    """Give the cluster for whose pod EKS assumes a role. One that was not named may be in any Region."""
    pod = call.case.snapshot.source.pod
    if call.caller.name != POD_IDENTITY or pod is None or not pod.cluster:
        return None
    if isinstance(pod.clusters, Known):
        return next(iter(pod.clusters.value), None)
    return Cluster(pod.cluster) if split_arn(pod.cluster) is not None else None


def of_service(call: Call) -> State:
    """Whatever else of the resource a service tells, and nobody but a service."""
    return UNKNOWN_STATE if call.caller.kind is _SERVICE else ABSENT
