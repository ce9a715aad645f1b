"""What is known of the cluster whose identity provider a trust policy names, where the pod's own cluster was read."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from diagnose.causes.facts import Fact, NamedCluster, PrincipalFact
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.pod import Pod, region_of_issuer
from diagnose.model.reason import Reason


def with_clusters(facts: Iterable[Fact], case: Case) -> Iterator[Fact]:
    """Say of each principal that is another provider than the pod's whether there is such a cluster.

    Only where the pod's cluster is among those that were read: else they may be of the wrong account.
    """
    pod = case.snapshot.source.pod
    issuers = _issuers(pod) if pod is not None else frozenset()
    own = case.snapshot.source.arn
    for fact in facts:
        if isinstance(fact, PrincipalFact) and fact.reason is Reason.OTHER_PROVIDER and own in issuers:
            assert pod is not None
            yield replace(fact, cluster=_named(fact.wanted, issuers, own, pod))
        else:
            yield fact


def _issuers(pod: Pod) -> frozenset[str]:
    clusters = pod.clusters.value if isinstance(pod.clusters, Known) else ()
    return frozenset(each.issuer.value for each in clusters if isinstance(each.issuer, Known))


def _named(wanted: tuple[str, ...], issuers: frozenset[str], own: str, pod: Pod) -> NamedCluster:
    """Judge by the one provider that is named; that of another Region was not looked for."""
    names = {arn.partition(":oidc-provider/")[2] for arn in wanted}
    if len(names) != 1:
        return NamedCluster.UNREAD
    name = names.pop()
    if f"https://{name}" in issuers:
        return NamedCluster.THERE
    clusters = pod.clusters.value if isinstance(pod.clusters, Known) and not pod.cluster else ()
    all_read = bool(clusters) and all(isinstance(each.issuer, Known) for each in clusters)
    same_region = bool(region_of_issuer(name)) and region_of_issuer(name) == region_of_issuer(own)
    return NamedCluster.GONE if all_read and same_region else NamedCluster.UNREAD
