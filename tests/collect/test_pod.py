"""The cluster of a pod, read live: its issuer, its associations, and what may not be read of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from tests.aws.faults import FAULTS
from tests.aws.imitation import Exchange, Imitation
from tests.cases import case
from tests.fuzz.fuzz_answers import home

from diagnose.aws.identity import Identity
from diagnose.aws.promises import PROMISES
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.iam import Reader
from diagnose.collect.permissions import PERMISSIONS
from diagnose.collect.pod import issuer_of_cluster, read_pod
from diagnose.model.case import Case
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Gap, Known, Unread
from diagnose.model.pod import Association, Cluster, Pod

READER = "arn:aws:iam::222222222222:user/reader"
ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
OTHER_ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/99887766554433221100FFEEDDCCBBAA"
HEAD = "arn:aws:eks:eu-west-1:222222222222:cluster/"
CART, OLD = "arn:aws:iam::222222222222:role/Cart", "arn:aws:iam::222222222222:role/CartOld"
EKS_ACTIONS = sorted(action for action in PROMISES if action.startswith("eks:"))


def known(value: Any) -> Any:
    return {"evidence": "known", "value": value}


def association(namespace: str, account: str, role: str, number: int, target: str | None = None) -> Any:
    return {
        "namespace": namespace,
        "service_account": account,
        "id": f"a-000000000000000{number}",
        "role_arn": known(role),
        "target_role_arn": known(target),
    }


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Iterator[Credentials]:
    with home():
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        yield open_credentials("there", None, None)


@pytest.fixture
def account() -> Case:
    own = [
        association("shop", "cart", CART, 1),
        association("shop", "web", OLD, 2, CART),
        association("billing", "invoice", OLD, 3),
    ]
    clusters = [
        {"arn": f"{HEAD}main", "issuer": known(ISSUER), "associations": known(own)},
        {"arn": f"{HEAD}staging", "issuer": known(OTHER_ISSUER), "associations": known([])},
    ]
    return case("pod", {"snapshot": {"source": {"pod": {"clusters": known(clusters)}}}})


def read(
    whole: Case, side: Credentials, pod: Pod, issuer: str | None, action: str = "", fault: Any = None
) -> tuple[Pod, list[str]]:
    aws = Imitation(whole)
    aws.action, aws.fault = action, fault
    aws.serve(side, READER)
    reader = Reader(side, Identity(READER, "222222222222"))
    return read_pod(pod, issuer, reader, "eu-west-1", lambda _: None), aws.called


def refused(_: object, __: Exchange) -> tuple[int, bytes]:
    return 403, b'{"__type": "AccessDeniedException", "message": "no"}'


def clusters_of(pod: Pod) -> tuple[Cluster, ...]:
    assert isinstance(pod.clusters, Known)
    return pod.clusters.value


def associations_of(pod: Pod) -> tuple[Association, ...]:
    associations = clusters_of(pod)[0].associations
    assert isinstance(associations, Known)
    return associations.value


def test_for_a_token_all_clusters_of_the_region_are_read_with_their_issuers(side: Credentials, account: Case) -> None:
    pod, called = read(account, side, Pod("shop", "cart"), ISSUER)
    assert [(each.arn, each.issuer) for each in clusters_of(pod)] == [
        (f"{HEAD}main", Known(ISSUER, "eks:DescribeCluster")),
        (f"{HEAD}staging", Known(OTHER_ISSUER, "eks:DescribeCluster")),
    ]
    assert called.count("eks:ListClusters") == 2  # a page for each
    assert "eks:ListPodIdentityAssociations" not in called


def test_a_cluster_that_is_named_is_read_alone(side: Credentials, account: Case) -> None:
    for name in ("main", f"{HEAD}main"):
        pod, called = read(account, side, Pod("shop", "cart", name), ISSUER)
        assert [each.name for each in clusters_of(pod)] == ["main"]
        assert called == ["eks:DescribeCluster"]


def test_a_cluster_that_is_not_there_is_known_not_to_be(side: Credentials, account: Case) -> None:
    assert clusters_of(read(account, side, Pod("shop", "cart", "mian"), None)[0]) == ()


def test_an_account_without_clusters_is_known_to_have_none(side: Credentials) -> None:
    assert clusters_of(read(case("service"), side, Pod("shop", "cart"), ISSUER)[0]) == ()


def test_associations_are_read_by_service_account_and_those_that_may_be_meant_with_their_roles(
    side: Credentials, account: Case
) -> None:
    pod, called = read(account, side, Pod("shop", "cart", "main"), None)
    got = [(each.namespace, each.service_account, each.role_arn, each.target_role_arn) for each in associations_of(pod)]
    source = "eks:DescribePodIdentityAssociation"
    assert got == [
        ("shop", "cart", Known(CART, source), Known(None, source)),
        ("shop", "web", Known(OLD, source), Known(CART, source)),
        ("billing", "invoice", NOT_SUPPLIED, NOT_SUPPLIED),
    ]
    assert called.count(source) == 2


def test_the_annotation_of_a_service_account_is_a_gap_that_no_api_closes(side: Credentials, account: Case) -> None:
    pod, _ = read(account, side, Pod("shop", "cart"), ISSUER)
    assert isinstance(pod.annotation, Unread)
    assert pod.annotation.gap is Gap.NO_API
    assert read(account, side, Pod("shop", "cart", "main"), None)[0].annotation == NOT_SUPPLIED


def gaps(pod: Pod) -> set[tuple[Gap, str]]:
    """Give what of a pod was not read, wherever it stands."""
    evidence: list[Evidence[Any]] = [pod.clusters]
    for cluster in pod.clusters.value if isinstance(pod.clusters, Known) else ():
        evidence += [cluster.issuer, cluster.associations]
        for each in cluster.associations.value if isinstance(cluster.associations, Known) else ():
            evidence += [each.role_arn, each.target_role_arn]
    return {(each.gap, each.permission) for each in evidence if isinstance(each, Unread) and each != NOT_SUPPLIED}


@pytest.mark.parametrize("action", EKS_ACTIONS)
def test_what_may_not_be_read_is_a_gap_with_its_permission(side: Credentials, account: Case, action: str) -> None:
    named = action != "eks:ListClusters"
    pod, _ = read(account, side, Pod("shop", "cart", "main" if named else ""), None, action, refused)
    assert gaps(pod) == {(Gap.ACCESS_DENIED, action)}


def test_each_api_is_among_the_permissions() -> None:
    assert sorted(each.action for each in PERMISSIONS if each.action.startswith("eks:")) == EKS_ACTIONS
    assert len(EKS_ACTIONS) == 4


def test_without_credentials_the_permission_is_named(account: Case) -> None:
    gap = Unread(Gap.NO_CREDENTIALS, detail="none were given")
    for cluster, permission in (("main", "eks:DescribeCluster"), ("", "eks:ListClusters")):
        pod = read_pod(Pod("shop", "cart", cluster), None, gap, "eu-west-1", lambda _: None)
        assert gaps(pod) == {(Gap.NO_CREDENTIALS, permission)}


def test_without_a_region_nothing_is_called(side: Credentials, account: Case) -> None:
    aws = Imitation(account)
    aws.serve(side, READER)
    reader = Reader(side, Identity(READER, "222222222222"))
    for region in ("", "aws-global"):
        pod = read_pod(Pod("shop", "cart", "main"), None, reader, region, lambda _: None)
        assert isinstance(pod.clusters, Unread)
        assert "--region" in pod.clusters.detail
    assert aws.called == []


def _without(*path: str) -> Any:
    def fault(_: object, exchange: Exchange) -> None:
        place = exchange.answer
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return fault


def _with(value: Any, *path: str) -> Any:
    def fault(_: object, exchange: Exchange) -> None:
        place = exchange.answer
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return fault


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        pytest.param("eks:ListClusters", _without("clusters"), id="no list of clusters"),
        pytest.param("eks:ListClusters", _with("main", "clusters"), id="clusters that are not a list"),
        pytest.param("eks:ListClusters", _with(["../x"], "clusters"), id="a name that is none"),
        pytest.param("eks:DescribeCluster", _without("cluster"), id="no cluster"),
        pytest.param("eks:DescribeCluster", _without("cluster", "arn"), id="no ARN"),
        pytest.param("eks:DescribeCluster", _with("other", "cluster", "name"), id="another cluster"),
        pytest.param("eks:DescribeCluster", _with("x", "cluster", "identity", "oidc", "issuer"), id="no URL"),
        pytest.param("eks:DescribeCluster", _without("cluster", "identity", "oidc", "issuer"), id="no issuer"),
        pytest.param("eks:DescribeCluster", _with(["team"], "cluster", "tags"), id="tags that are not a map"),
        pytest.param("eks:DescribeCluster", _with({"team": 1}, "cluster", "tags"), id="a tag that is not text"),
        pytest.param("eks:ListPodIdentityAssociations", _without("associations"), id="no list of associations"),
        pytest.param("eks:DescribePodIdentityAssociation", _without("association", "roleArn"), id="no role"),
        pytest.param(
            "eks:DescribePodIdentityAssociation", _with("x", "association", "roleArn"), id="a role that is none"
        ),
        pytest.param(
            "eks:DescribePodIdentityAssociation", _with("a-9", "association", "associationId"), id="another association"
        ),
        pytest.param("eks:DescribePodIdentityAssociation", lambda *_: b"<html>", id="a page of somebody else"),
        pytest.param("eks:ListPodIdentityAssociations", lambda *_: b'{"associations": {}}', id="a map for a list"),
    ],
)
def test_an_answer_that_aws_does_not_give_is_never_taken_for_none(
    side: Credentials, account: Case, action: str, fault: Any
) -> None:
    named = action != "eks:ListClusters"
    pod, _ = read(account, side, Pod("shop", "cart", "main" if named else ""), None, action, fault)
    assert gaps(pod)


def test_every_general_fault_leaves_a_gap_or_the_truth(side: Credentials, account: Case) -> None:
    from random import Random

    whole = {action: read(account, side, Pod("shop", "cart"), None)[0] for action in EKS_ACTIONS}
    for action in EKS_ACTIONS:
        for name, change in FAULTS.items():

            def fault(_: object, exchange: Exchange, change: Any = change) -> Any:
                outcome = change(Random(7), exchange)
                return None if isinstance(outcome, bool) else outcome

            pod, _ = read(account, side, Pod("shop", "cart"), None, action, fault)
            if not gaps(pod):
                read_roles = [one.role_arn for one in associations_of(pod)[:2]]
                assert read_roles == [one.role_arn for one in associations_of(whole[action])[:2]], (action, name)
                assert len(clusters_of(pod)) == 2, (action, name)


def test_the_issuer_of_a_cluster_is_read_by_name_or_arn(side: Credentials, account: Case) -> None:
    Imitation(account).serve(side, READER)
    for name in ("main", f"{HEAD}main"):
        found = issuer_of_cluster(name, side)
        assert isinstance(found, Known)
        assert found.value == ISSUER
    absent = issuer_of_cluster("mian", side)
    assert isinstance(absent, Known)
    assert absent.value is None


def test_a_pod_keeps_what_was_said_of_it(side: Credentials, account: Case) -> None:
    said = Pod("shop", "cart", "main")
    pod, _ = read(account, side, said, None)
    assert replace(pod, clusters=said.clusters, annotation=said.annotation) == said


def snapshot_of(whole: Case, here: Credentials, pod: Pod) -> Case:
    """Read both sides live, with the credentials of the role's account alone."""
    from diagnose.collect.live import read_snapshot

    Imitation(whole).serve(here, READER)
    source = whole.snapshot.source
    snapshot = read_snapshot(whole.request, source.arn, here, here, pod=pod, progress=lambda _: None, now="")
    return replace(whole, snapshot=replace(snapshot, source=replace(snapshot.source, identity=source.identity)))


@pytest.mark.parametrize(
    ("there", "rule"),
    [
        pytest.param([("main", ISSUER)], "federation-cluster-gone", id="the cluster was built anew"),
        pytest.param([("main", ISSUER), ("old", OTHER_ISSUER)], "federation-cluster-other", id="another cluster"),
        pytest.param([("old", OTHER_ISSUER)], "federation-provider-differs", id="the pod's cluster is elsewhere"),
        pytest.param([], "federation-provider-differs", id="the account has no clusters"),
    ],
)
def test_whose_provider_the_trust_policy_names_is_told(
    side: Credentials, there: list[tuple[str, str]], rule: str
) -> None:
    assert first_cause_of(side, there, OTHER_ISSUER) == rule


@pytest.mark.parametrize(
    "trusted",
    [
        pytest.param(OTHER_ISSUER.replace("eu-west-1", "eu-north-1"), id="a cluster of another Region"),
        pytest.param("https://login.example.com", id="somebody else"),
    ],
)
def test_a_provider_that_was_not_looked_for_is_not_called_gone(side: Credentials, trusted: str) -> None:
    assert first_cause_of(side, [("main", ISSUER)], trusted) == "federation-provider-differs"


def first_cause_of(side: Credentials, there: list[tuple[str, str]], trusted: str) -> str:
    """Read a role that trusts this issuer, and the clusters of its account, and name the first cause."""
    from diagnose.loading import load_rules
    from diagnose.pipeline import diagnose

    provider = f"arn:aws:iam::222222222222:oidc-provider/{trusted.removeprefix('https://')}"
    clusters = [{"arn": f"{HEAD}{name}", "issuer": known(issuer)} for name, issuer in there]
    whole = case(
        "eks",
        {
            "snapshot": {
                "source": {"pod": {"namespace": "shop", "service_account": "cart", "clusters": known(clusters)}},
                "destination": {
                    "trust_policy": {
                        "value": {"document": {"Statement": {"0": {"Principal": {"Federated": provider}}}}}
                    }
                },
            }
        },
    )
    read = snapshot_of(whole, side, Pod("shop", "cart"))
    assert isinstance(read.snapshot.source.pod, Pod)
    return diagnose(read, load_rules()).findings[0].rule
