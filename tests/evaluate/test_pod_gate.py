"""Whether EKS Pod Identity assumes a role for a pod, by the associations of its cluster."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.cases import case

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.trace import Action, Gate, Layer, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CART = "arn:aws:iam::222222222222:role/Cart"
OTHER = "arn:aws:iam::222222222222:role/Other"
UNREAD = {"evidence": "unread", "gap": "access_denied", "permission": "eks:ListPodIdentityAssociations"}


def known(value: Any) -> Any:
    return {"evidence": "known", "value": value}


def one(namespace: str, account: str, role: Any, target: str | None = None) -> Any:
    role = known(role) if isinstance(role, str) else role
    return {"namespace": namespace, "service_account": account, "role_arn": role, "target_role_arn": known(target)}


def pods(*clusters: Any, named: str = "main") -> Case:
    """Give the world of a pod, whose clusters have these associations."""
    read = [
        {"arn": f"arn:aws:eks:eu-west-1:222222222222:cluster/c{number}", "associations": each}
        for number, each in enumerate(clusters)
    ]
    return case("pod", {"snapshot": {"source": {"pod": {"cluster": named, "clusters": known(read)}}}})


OWN = one("shop", "cart", CART)


@pytest.mark.parametrize(
    ("asked", "verdict", "reason"),
    [
        pytest.param(pods(known([OWN])), YES, None, id="it has the role"),
        pytest.param(pods(known([]), known([OWN]), named=""), YES, None, id="it has the role in one of the clusters"),
        pytest.param(pods(known([])), NO, Reason.NOT_ASSOCIATED, id="no association"),
        pytest.param(pods(known([one("shop", "web", OTHER)])), NO, Reason.NOT_ASSOCIATED, id="others have other roles"),
        pytest.param(
            pods(known([one("shop", "cart", OTHER)])), NO, Reason.OTHER_ROLE_ASSOCIATED, id="it has another role"
        ),
        pytest.param(
            pods(known([one("shop", "cart", OTHER, CART)])),
            NO,
            Reason.TARGET_OF_ASSOCIATION,
            id="the role is the target",
        ),
        pytest.param(
            pods(known([one("shop", "cart", OTHER, "arn:aws:iam::222222222222:role/team/Cart")])),
            NO,
            Reason.TARGET_OF_ASSOCIATION,
            id="the role is the target, below a path",
        ),
        pytest.param(
            pods(known([one("prod", "cart", CART), one("shop", "web", CART)])),
            NO,
            Reason.OTHER_NAMESPACE,
            id="its name in another namespace has the role",
        ),
        pytest.param(
            pods(known([one("shop", "web", CART)])), NO, Reason.OTHER_SERVICE_ACCOUNT, id="another one has the role"
        ),
        pytest.param(pods(), NO, Reason.NO_SUCH_CLUSTER, id="no such cluster"),
        pytest.param(pods(named=""), UNKNOWN, Reason.NO_SUCH_CLUSTER, id="no cluster, and none was named"),
        pytest.param(pods(known([]), named=""), UNKNOWN, Reason.NOT_ASSOCIATED, id="it may be of another account's"),
        pytest.param(pods(UNREAD), UNKNOWN, Reason.NOT_ASSOCIATED, id="the associations were not read"),
        pytest.param(pods(UNREAD, known([OWN]), named=""), YES, None, id="it has the role, whatever was not read"),
        pytest.param(
            pods(known([one("shop", "cart", UNREAD)])), UNKNOWN, Reason.NOT_ASSOCIATED, id="its role was not read"
        ),
    ],
)
def test_a_pod_gets_the_role_that_is_associated_with_its_service_account(
    asked: Case, verdict: Tri, reason: Reason | None
) -> None:
    decision = decide(asked)
    traces = [trace for trace in decision.gates if trace.gate is Gate.ASSOCIATION]
    assert decision.verdict is verdict
    assert [trace.reason for trace in traces] == ([] if reason is None else [reason])


def test_what_was_not_read_is_told_with_its_permission() -> None:
    doubts = [doubt for doubt in decide(pods(UNREAD)).doubts if doubt.about is Gate.ASSOCIATION]
    assert [gap.permission for doubt in doubts for gap in doubt.gaps] == ["eks:ListPodIdentityAssociations"]


def test_nothing_of_associations_is_asked_where_no_pod_is_named_or_somebody_else_asks() -> None:
    assert decide(case("pod", {"snapshot": {"source": {"pod": None}}})).verdict is YES
    other = case("service", {"snapshot": {"source": {"pod": {"namespace": "a", "service_account": "b"}}}})
    assert decide(other).verdict is YES


def test_an_association_by_the_roles_name_is_one_whatever_path_was_asked_for() -> None:
    with_path = one("shop", "cart", "arn:aws:iam::222222222222:role/team/Cart")
    gates = decide(pods(known([with_path]))).gates
    assert [trace for trace in gates if trace.gate is Gate.ASSOCIATION] == []


CLUSTERS = "arn:aws:eks:eu-west-1:222222222222:cluster"


@pytest.mark.parametrize(
    ("asked", "cluster", "answer"),
    [
        pytest.param(pods(known([OWN])), "c0", YES, id="its own cluster"),
        pytest.param(pods(known([OWN])), "other", NO, id="another one"),
        pytest.param(pods(known([OWN]), named=""), "c0", UNKNOWN, id="nobody names its cluster"),
        pytest.param(pods(known([OWN]), named=""), "other", UNKNOWN, id="it may be the one that is named"),
    ],
)
def test_eks_calls_for_the_cluster_of_the_pod(asked: Case, cluster: str, answer: Tri) -> None:
    conditions = (
        {"ArnEquals": {"aws:SourceArn": f"{CLUSTERS}/{cluster}"}},
        {"StringEquals": {"aws:RequestTag/eks-cluster-arn": f"{CLUSTERS}/{cluster}"}},
        {"StringEquals": {"aws:RequestTag/eks-cluster-name": cluster}},
    )
    for condition in conditions:
        assert decide(trusting(asked, condition)).verdict is answer


def test_a_cluster_that_is_named_by_its_arn_need_not_be_read() -> None:
    unread = {"cluster": f"{CLUSTERS}/main", "clusters": {"evidence": "unread"}}
    asked = case("pod", {"snapshot": {"source": {"pod": unread}}})
    [trust] = [
        trace
        for action in decide(trusting(asked, {"ArnEquals": {"aws:SourceArn": f"{CLUSTERS}/main"}})).actions
        for trace in action.layers
        if trace.layer is Layer.TRUST and action.action is Action.ASSUME_ROLE
    ]
    assert trust.verdict is YES


def trusting(asked: Case, condition: Any) -> Case:
    """Put a condition on what the trust policy of the pod's role allows."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }
    policy = Policy("Cart", raw_document({"Version": "2012-10-17", "Statement": statement}), PolicyKind.TRUST)
    destination = replace(asked.snapshot.destination, trust_policy=Known(policy))
    return replace(asked, snapshot=replace(asked.snapshot, destination=destination))
