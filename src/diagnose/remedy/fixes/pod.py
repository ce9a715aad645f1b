"""What is changed in EKS: which role is assumed for the pods of a service account."""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.model.arn import split_arn
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.evidence import Known
from diagnose.model.pod import Association, Cluster, Pod
from diagnose.model.trace import Decision, Subject
from diagnose.remedy.case_edit import with_source
from diagnose.remedy.change import Attempt, Draft, NewAssociation


def associate_role(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Associate the role with the pod's service account, in place of another role where it has one.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
    """
    pod = case.snapshot.source.pod
    if pod is None or not isinstance(pod.clusters, Known) or len(pod.clusters.value) != 1:
        yield NotProved.NOT_READ
        return
    (cluster,) = pod.clusters.value
    if not isinstance(cluster.associations, Known):
        yield NotProved.NOT_READ
        return
    associations = cluster.associations.value
    own = next((one for one in associations if _is_of(one, pod)), None)
    who = f"service account `{pod.service_account}` in namespace `{pod.namespace}` of cluster `{cluster.name}`"
    role = case.destination_arn
    if own is None:
        text = f"Associate the role with {who}"
    elif isinstance(own.role_arn, Known):
        text = f"Associate the role with {who} in place of `{own.role_arn.value}`, which its pods then lose"
    else:
        yield NotProved.NOT_READ
        return
    new = Association(pod.namespace, pod.service_account, own.id if own else "", Known(role), Known(None))
    edited = (*(one for one in associations if one is not own), new)
    arn = split_arn(cluster.arn)
    change = NewAssociation(
        cluster.name, arn.region if arn else "", pod.namespace, pod.service_account, role, own.id if own else ""
    )
    yield Draft(Owner.DESTINATION, text, _with(case, pod, cluster, edited), change)


def _is_of(one: Association, pod: Pod) -> bool:
    return (one.namespace, one.service_account) == (pod.namespace, pod.service_account)


def _with(case: Case, pod: Pod, cluster: Cluster, associations: tuple[Association, ...]) -> Case:
    known = Known((replace(cluster, associations=Known(associations)),))
    return with_source(case, replace(case.snapshot.source, pod=replace(pod, clusters=known)))
