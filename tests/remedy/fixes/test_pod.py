"""The association of a role with a pod's service account: which is made, and which others stay."""

from typing import Any

import pytest
from tests.remedy.broken import broken, refusal
from tests.remedy.federated_examples import OLD_ROLE, pod, pod_with

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.evidence import Known
from diagnose.model.pod import Association
from diagnose.model.trace import Subject
from diagnose.remedy.change import Draft, NewAssociation
from diagnose.remedy.fixes.pod import associate_role

UNREAD: Any = {"evidence": "unread"}
ROLE = "arn:aws:iam::222222222222:role/Cart"
ARN = "arn:aws:eks:eu-west-1:222222222222:cluster/main"
OTHER_ACCOUNT = {**OLD_ROLE, "service_account": "till", "id": "a-0123456789abcdef2"}
OTHER_NAMESPACE = {**OLD_ROLE, "namespace": "test", "id": "a-0123456789abcdef3"}


def drafted(case: Case) -> Draft:
    (draft,) = associate_role(Subject(), case, decide(case))
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize(
    ("listed", "replaced"),
    [
        pytest.param([], "", id="there is none"),
        pytest.param([OTHER_ACCOUNT], "", id="there is one of another service account"),
        pytest.param([OTHER_NAMESPACE], "", id="there is one of another namespace"),
        pytest.param([OTHER_NAMESPACE, OLD_ROLE, OTHER_ACCOUNT], OLD_ROLE["id"], id="there is one of this account"),
    ],
)
def test_the_role_is_associated_and_associations_of_other_service_accounts_stay(listed: Any, replaced: str) -> None:
    draft = drafted(pod(*listed))
    assert draft.owner is Owner.DESTINATION
    assert draft.change == NewAssociation("main", "eu-west-1", "shop", "cart", ROLE, replaced)
    assert draft.case is not None
    found = draft.case.snapshot.source.pod
    assert found is not None
    assert isinstance(found.clusters, Known)
    (cluster,) = found.clusters.value
    assert isinstance(cluster.associations, Known)
    *others, new = cluster.associations.value
    assert [one.id for one in others] == [one["id"] for one in listed if one["id"] != replaced]
    assert new == Association("shop", "cart", replaced, Known(ROLE), Known(None))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"snapshot": {"source": {"pod": None}}}, id="it is not known which pod"),
        pytest.param({"snapshot": {"source": {"pod": {"clusters": UNREAD}}}}, id="it is not known which cluster"),
        pytest.param(
            {"snapshot": {"source": {"pod": {"clusters": {"value": [{"arn": ARN}, {"arn": f"{ARN}2"}]}}}}},
            id="it may be in two clusters",
        ),
        pytest.param({"snapshot": {"source": {"pod": {"clusters": {"value": []}}}}}, id="there is no cluster"),
        pytest.param(
            {"snapshot": {"source": {"pod": {"clusters": {"value": [{"arn": ARN}]}}}}},
            id="the cluster's associations were not read",
        ),
        pytest.param(pod_with({**OLD_ROLE, "role_arn": UNREAD}), id="the role of the association was not read"),
    ],
)
def test_nothing_is_associated_where_not_all_was_read(change: Any) -> None:
    assert refusal("associate-role", Subject(), broken("pod", change)) is NotProved.NOT_READ


def test_a_cluster_whose_arn_cannot_be_read_has_no_region_that_is_known() -> None:
    clusters = [{"arn": "x:cluster/main", "associations": {"evidence": "known", "value": []}}]
    draft = drafted(broken("pod", {"snapshot": {"source": {"pod": {"clusters": {"value": clusters}}}}}))
    assert draft.change == NewAssociation("main", "", "shop", "cart", ROLE, "")
