"""Whether EKS Pod Identity assumes a role for a pod: it does so only for the service accounts associated with the role.

Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from diagnose.evaluate.caller import Caller
from diagnose.model.arn import RoleArn, same_entity
from diagnose.model.evidence import Known, Unread
from diagnose.model.pod import POD_IDENTITY, Association, Pod
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, Tri


def association(pod: Pod | None, caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """Ask the associations of the pod's cluster; of all clusters that were read, where none was named.

    Nothing is asked where no service account was named: the question is then about the service and the role alone.
    """
    if pod is None or caller.name != POD_IDENTITY:
        return
    wanted = f"{pod.namespace}/{pod.service_account}"
    if not isinstance(pod.clusters, Known):
        yield replace(_trace(UNKNOWN, Reason.NOT_ASSOCIATED, wanted), gaps=(pod.clusters,))
        return
    if not pod.clusters.value:
        yield _trace(NO if pod.cluster else UNKNOWN, Reason.NO_SUCH_CLUSTER, pod.cluster)
        return
    read = [cluster.associations for cluster in pod.clusters.value]
    there = [one for each in read if isinstance(each, Known) for one in each.value]
    own = [one for one in there if (one.namespace, one.service_account) == (pod.namespace, pod.service_account)]
    if any(_assumes(one, role.arn) for one in own):
        return
    gaps = [each for each in (*read, *(one.role_arn for one in own)) if isinstance(each, Unread)]
    if gaps:
        yield replace(_trace(UNKNOWN, Reason.NOT_ASSOCIATED, wanted), gaps=tuple(dict.fromkeys(gaps)))
    elif own:
        # Whether the pod is one of another account's cluster is not known where its cluster was not named.
        yield _of_other_role(own, role.arn, NO if pod.cluster else UNKNOWN)
    else:
        yield _of_nobody(there, pod, role.arn, wanted)


def _of_other_role(own: Sequence[Association], role: str, verdict: Tri) -> GateTrace:
    for one in own:
        target = one.target_role_arn.value if isinstance(one.target_role_arn, Known) else None
        if target is not None and (target == role or same_entity(target, role)):
            return _trace(verdict, Reason.TARGET_OF_ASSOCIATION, role, *_role_of(one))
    return _trace(verdict, Reason.OTHER_ROLE_ASSOCIATED, role, *(arn for one in own for arn in _role_of(one)))


def _of_nobody(there: Sequence[Association], pod: Pod, role: str, wanted: str) -> GateTrace:
    """Name the service account that has the role instead: one of this name first."""
    verdict = NO if pod.cluster else UNKNOWN
    with_role = [one for one in there if _assumes(one, role)]
    for reason, near in (
        (Reason.OTHER_NAMESPACE, [one for one in with_role if one.service_account == pod.service_account]),
        (Reason.OTHER_SERVICE_ACCOUNT, with_role),
    ):
        if near:
            return _trace(verdict, reason, wanted, *(f"{one.namespace}/{one.service_account}" for one in near))
    return _trace(verdict, Reason.NOT_ASSOCIATED, wanted)


def _assumes(one: Association, role: str) -> bool:
    return isinstance(one.role_arn, Known) and (one.role_arn.value == role or same_entity(one.role_arn.value, role))


def _role_of(one: Association) -> tuple[str, ...]:
    return (one.role_arn.value,) if isinstance(one.role_arn, Known) else ()


def _trace(verdict: Tri, reason: Reason, wanted: str, *got: str) -> GateTrace:
    return GateTrace(Gate.ASSOCIATION, verdict, reason, wanted=wanted, got=tuple(dict.fromkeys(got)))
