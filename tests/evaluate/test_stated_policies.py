"""Policies of an organization that are said to apply to an account, of which nobody knows whether it is a member."""

from typing import Any

import pytest
from tests.evaluate.cases import FAR, GAP, HOME, SERVICE, STS, case, layer, policies

from diagnose.model.case import Organization
from diagnose.model.evidence import Known
from diagnose.model.policy import Level
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, Tri

MEMBER = Known(Organization("o-1", management_account="999999999999"))
SLR = f"arn:aws:iam::{HOME}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
DENY = {Layer.SCP: STS | {"Effect": "Deny"}, Layer.RCP: STS | {"Effect": "Deny", "Principal": "*"}}
NAMES = {Layer.SCP: ("scps", "organization"), Layer.RCP: ("rcps", "far_organization")}


@pytest.mark.parametrize("kind", [Layer.SCP, Layer.RCP])
@pytest.mark.parametrize(
    ("organization", "stated", "verdict"),
    [
        pytest.param(GAP, False, UNKNOWN, id="nobody knows whether the account manages its organization"),
        pytest.param(GAP, True, NO, id="it is said that they apply"),
        pytest.param(MEMBER, False, NO, id="AWS says that it does not"),
        pytest.param(MEMBER, True, NO, id="both say so"),
    ],
)
def test_a_deny_counts_where_the_account_is_known_to_be_a_member(
    kind: Layer, organization: Any, stated: bool, verdict: Tri
) -> None:
    level = Level("a", "the account", policies(DENY[kind]), stated)
    levels, of = NAMES[kind]
    made: dict[str, Any] = {levels: Known((Level("r-1"), level)), of: organization}
    assert layer(case(**made), kind).verdict is verdict


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        pytest.param(
            Layer.SCP,
            {"organization": Known(Organization("o-1", management_account=HOME))},
            id="AWS says that the caller's account manages it",
        ),
        pytest.param(
            Layer.RCP,
            {"far_organization": Known(Organization("o-1", management_account=FAR))},
            id="AWS says that the role's account manages it",
        ),
        pytest.param(Layer.SCP, {"source": SLR}, id="the caller is service-linked"),
        pytest.param(Layer.RCP, {"source": SLR}, id="the caller is service-linked, and does not heed RCPs either"),
        pytest.param(Layer.RCP, {"source": SERVICE, "role": SLR.replace(HOME, FAR)}, id="the role is service-linked"),
    ],
)
def test_saying_so_binds_nobody_whom_no_such_policy_binds(kind: Layer, more: dict[str, Any]) -> None:
    level = Level("a", "the account", policies(DENY[kind]), stated=True)
    made: dict[str, Any] = {NAMES[kind][0]: Known((level,)), **more}
    assert not layer(case(**made), kind).applies
