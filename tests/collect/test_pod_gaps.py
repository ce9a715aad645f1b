"""What is said of a pod's cluster that is looked for, part by part, and where a Region comes from."""

import pytest
from tests.aws.imitation import Imitation
from tests.collect import test_pod as pods
from tests.collect.test_pod import HEAD, ISSUER, READER, _with, _without, associations_of, clusters_of, read, refused

from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials
from diagnose.collect.iam import Reader
from diagnose.collect.pod import issuer_of_cluster, read_pod
from diagnose.model.case import Case
from diagnose.model.evidence import NOT_SUPPLIED, Gap, Known, Unread
from diagnose.model.pod import Association, Cluster, Pod

side, account = pods.side, pods.account

OTHER_REGION = ISSUER.replace("eu-west-1", "eu-north-1")


@pytest.mark.parametrize(
    ("cluster", "issuer", "subject"),
    [
        pytest.param("", None, "EKS clusters in eu-west-1", id="all in the Region of the side"),
        pytest.param("", OTHER_REGION, "EKS clusters in eu-north-1", id="all in the Region of the issuer"),
        pytest.param("", "https://login.example.com", "EKS clusters in eu-west-1", id="an issuer in no Region"),
        pytest.param("main", None, "EKS cluster main", id="the one that is named"),
        pytest.param(f"{HEAD}main", OTHER_REGION, f"EKS cluster {HEAD}main", id="the one of an ARN"),
    ],
)
def test_what_is_looked_for_is_named(side: Credentials, cluster: str, issuer: str | None, subject: str) -> None:
    nobody = Unread(Gap.NO_CREDENTIALS, detail="none were given")
    pod = read_pod(Pod("shop", "cart", cluster), issuer, nobody, "eu-west-1", lambda _: None)
    action = "eks:DescribeCluster" if cluster else "eks:ListClusters"
    assert pod.clusters == Unread(Gap.NO_CREDENTIALS, subject, action, "none were given")
    assert isinstance(pod.annotation, Unread)
    assert (pod.annotation == NOT_SUPPLIED) is (issuer is None)


def test_what_kubernetes_alone_knows_is_said_also_where_no_region_is_known(side: Credentials) -> None:
    reader = Reader(side, Identity(READER, "222222222222"))
    pod = read_pod(Pod("shop", "cart"), "https://login.example.com", reader, "", lambda _: None)
    assert pod.annotation == Unread(
        Gap.NO_API, "annotation of the service account", detail="it is in Kubernetes, and AWS has no API that shows it"
    )
    assert pod.clusters == Unread(
        Gap.NOT_SUPPLIED,
        "EKS clusters in ",
        detail="its Region is not known: name the cluster by its ARN, or the Region with --region",
    )


@pytest.mark.parametrize(
    ("cluster", "region", "told"),
    [
        ("", "eu-west-1", "reading EKS clusters in eu-west-1"),
        ("main", "eu-west-1", "reading EKS cluster main"),
        (f"{HEAD}main", "", f"reading EKS cluster {HEAD}main"),
        (f"{HEAD}main", "eu-north-1", f"reading EKS cluster {HEAD}main"),
    ],
)
def test_the_region_of_an_arn_counts_and_the_step_is_told(
    side: Credentials, account: Case, cluster: str, region: str, told: str
) -> None:
    Imitation(account).serve(side, READER)
    steps: list[str] = []
    reader = Reader(side, Identity(READER, "222222222222"))
    pod = read_pod(Pod("shop", "cart", cluster), None, reader, region, steps.append)
    assert steps == [told]
    assert clusters_of(pod)[0].arn == f"{HEAD}main"


def test_the_issuer_of_a_cluster_is_read_in_the_region_of_its_arn(side: Credentials, account: Case) -> None:
    Imitation(account).serve(side, READER)
    found = Known(ISSUER, "eks:DescribeCluster")
    assert issuer_of_cluster(f"{HEAD}main", side, "eu-north-1") == found
    assert issuer_of_cluster("main", side, "eu-west-1") == found


def test_a_cluster_that_may_not_be_described_has_its_arn_and_a_gap(side: Credentials, account: Case) -> None:
    pod, _ = read(account, side, Pod("shop", "cart"), ISSUER, "eks:DescribeCluster", refused)
    gap = Unread(Gap.ACCESS_DENIED, "EKS cluster main", "eks:DescribeCluster", "AccessDeniedException: no")
    assert clusters_of(pod)[0] == Cluster(f"{HEAD}main", gap)


def test_an_answer_without_an_issuer_leaves_a_gap(side: Credentials, account: Case) -> None:
    fault = _without("cluster", "identity", "oidc", "issuer")
    pod, _ = read(account, side, Pod("shop", "cart", "main"), ISSUER, "eks:DescribeCluster", fault)
    gap = Unread(Gap.NOT_SUPPLIED, f"issuer of {HEAD}main", detail="AWS's answer does not contain it")
    assert clusters_of(pod) == (Cluster(f"{HEAD}main", gap),)


def test_a_cluster_that_is_deleted_meanwhile_has_no_associations(side: Credentials, account: Case) -> None:
    gone = (404, b'{"__type": "ResourceNotFoundException", "message": "no"}')
    pod, _ = read(account, side, Pod("shop", "cart", "main"), None, "eks:ListPodIdentityAssociations", lambda *_: gone)
    assert associations_of(pod) == ()


def test_an_association_that_may_not_be_described_is_a_gap_in_each_part(side: Credentials, account: Case) -> None:
    action = "eks:DescribePodIdentityAssociation"
    pod, _ = read(account, side, Pod("shop", "cart", "main"), None, action, refused)
    number = "a-0000000000000001"
    gap = Unread(Gap.ACCESS_DENIED, f"Pod Identity association {number}", action, "AccessDeniedException: no")
    assert associations_of(pod)[0] == Association("shop", "cart", number, gap, gap, gap)


def test_the_roles_of_a_service_account_of_the_name_are_read_in_any_namespace(side: Credentials, account: Case) -> None:
    pod, _ = read(account, side, Pod("elsewhere", "invoice", "main"), None)
    known_roles = [isinstance(each.role_arn, Known) for each in associations_of(pod)]
    assert known_roles == [False, False, True]


@pytest.mark.parametrize(("switch", "passed"), [(None, True), (False, True), (True, False)])
def test_session_tags_are_passed_unless_they_are_switched_off(
    side: Credentials, account: Case, switch: bool | None, passed: bool
) -> None:
    action = "eks:DescribePodIdentityAssociation"
    fault = None if switch is None else _with(switch, "association", "disableSessionTags")
    pod, _ = read(account, side, Pod("shop", "cart", "main"), None, action, fault)
    assert associations_of(pod)[0].session_tags == Known(passed, action)
