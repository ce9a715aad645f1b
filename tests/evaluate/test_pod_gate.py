"""Whether EKS Pod Identity assumes a role for a pod, by the associations of its cluster."""

from typing import Any

import pytest
from tests.cases import case

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.trace import Gate, Reason
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
