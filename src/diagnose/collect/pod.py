"""The cluster of a pod, read live: who issues its tokens, and which roles EKS Pod Identity assumes for its pods.

Sources:
https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from diagnose.aws.calls import Answer, Clients, call, call_or_absent, list_all, list_all_or_absent
from diagnose.aws.patience import at_once
from diagnose.aws.session import Credentials
from diagnose.collect.iam import Reader, gap_about
from diagnose.model.arn import split_arn
from diagnose.model.case import GLOBAL_REGION
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.pod import Association, Cluster, Pod, region_of_issuer


def read_pod(
    pod: Pod, issuer: str | None, reader: Reader | Unread, region: str, progress: Callable[[str], None]
) -> Pod:
    """Read the cluster that is named, else all in the Region. `issuer` is the token's, None for EKS Pod Identity.

    What Kubernetes alone knows is a gap.
    """
    annotation = _NO_API if issuer is not None else NOT_SUPPLIED
    named = split_arn(pod.cluster)
    region = region_of_issuer(issuer or "") or (named.region if named else region)
    subject = f"EKS cluster {pod.cluster}" if pod.cluster else f"EKS clusters in {region}"
    action = "eks:DescribeCluster" if pod.cluster else "eks:ListClusters"
    if isinstance(reader, Unread):
        return replace(pod, clusters=gap_about(reader, subject, action), annotation=annotation)
    if not region or region == GLOBAL_REGION:
        return replace(pod, clusters=Unread(Gap.NOT_SUPPLIED, subject, detail=_NO_REGION), annotation=annotation)
    progress(f"reading {subject}")
    clients = reader.credentials.in_region(region)
    if pod.cluster:
        clusters = _the_cluster(clients, cluster_name(pod.cluster), subject)
    else:
        clusters = _all_clusters(clients, reader, region, subject)
    if issuer is None and isinstance(clusters, Known):
        read = at_once(partial(_with_associations, clients, each, pod) for each in clusters.value)
        clusters = replace(clusters, value=tuple(read))
    return replace(pod, clusters=clusters, annotation=annotation)


def issuer_of_cluster(cluster: str, credentials: Credentials, region: str | None = None) -> Evidence[str | None]:
    """Read who issues the tokens of a cluster, by its name or ARN; None where there is no such cluster."""
    named = split_arn(cluster)
    where = credentials.in_region(named.region if named else region)
    found = _the_cluster(where, cluster_name(cluster), f"EKS cluster {cluster}")
    if isinstance(found, Unread):
        return found
    return found.value[0].issuer if found.value else Known(None, found.source)


def cluster_name(cluster: str) -> str:
    """Give the name of a cluster that is given by its name or its ARN."""
    return cluster.rpartition(":cluster/")[2]


_NO_REGION = "its Region is not known: name the cluster by its ARN, or the Region with --region"
_NO_API = Unread(
    Gap.NO_API,
    "annotation of the service account",
    detail="it is in Kubernetes, and AWS has no API that shows it",
)
_ABSENT = "ResourceNotFoundException"


def _the_cluster(clients: Clients, name: str, subject: str) -> Evidence[tuple[Cluster, ...]]:
    answer = call_or_absent(clients, "eks:DescribeCluster", subject, absent=_ABSENT, name=name)
    if isinstance(answer, Unread):
        return answer
    return Known(() if answer.value is None else (_cluster(answer.value["cluster"], answer.source),), answer.source)


def _all_clusters(clients: Clients, reader: Reader, region: str, subject: str) -> Evidence[tuple[Cluster, ...]]:
    names = list_all(clients, "eks:ListClusters", subject, "clusters")
    if isinstance(names, Unread):
        return names
    partition = reader.identity.arn.split(":")[1]
    head = f"arn:{partition}:eks:{region}:{reader.identity.account}:cluster/"

    def described(name: str) -> Cluster:
        subject = f"EKS cluster {name}"
        answer = call(clients, "eks:DescribeCluster", subject, name=name)
        if isinstance(answer, Unread):
            return Cluster(f"{head}{name}", issuer=answer)
        return _cluster(answer.value["cluster"], answer.source)

    return Known(tuple(at_once(partial(described, name) for name in names.value)), names.source)


def _cluster(described: Mapping[str, Any], source: str) -> Cluster:
    issuer = described.get("identity", {}).get("oidc", {}).get("issuer")
    gap = Unread(Gap.NOT_SUPPLIED, f"issuer of {described['arn']}", detail="AWS's answer does not contain it")
    return Cluster(described["arn"], gap if issuer is None else Known(issuer, source))


def _with_associations(clients: Clients, cluster: Cluster, pod: Pod) -> Cluster:
    """Read the associations of a cluster: all by their service accounts, with the role of those that may be meant."""
    listed = list_all_or_absent(
        clients,
        "eks:ListPodIdentityAssociations",
        f"Pod Identity associations of {cluster.arn}",
        "associations",
        absent=_ABSENT,
        clusterName=cluster.name,
    )
    if isinstance(listed, Unread):
        return replace(cluster, associations=listed)
    found = [
        Association(each["namespace"], each["serviceAccount"], each["associationId"]) for each in listed.value or ()
    ]
    told = at_once(
        partial(_told, clients, cluster, each)
        if pod.namespace == each.namespace or pod.service_account == each.service_account
        else partial(_as_listed, each)
        for each in found
    )
    return replace(cluster, associations=Known(tuple(told), listed.source))


def _as_listed(association: Association) -> Association:
    return association


def _told(clients: Clients, cluster: Cluster, association: Association) -> Association:
    subject = f"Pod Identity association {association.id}"
    answer = call(
        clients,
        "eks:DescribePodIdentityAssociation",
        subject,
        clusterName=cluster.name,
        associationId=association.id,
    )
    if isinstance(answer, Unread):
        return replace(association, role_arn=answer, target_role_arn=answer, session_tags=answer)
    told: Answer = answer.value["association"]
    return replace(
        association,
        role_arn=Known(told["roleArn"], answer.source),
        target_role_arn=Known(told.get("targetRoleArn"), answer.source),
        # What is not switched off is not in the answer of a Region that does not know the switch yet.
        session_tags=Known(not told.get("disableSessionTags", False), answer.source),
    )
