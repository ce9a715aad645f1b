"""The endpoint's policy: it counts only for what travels through it."""

from typing import Any

import pytest
from tests.evaluate.cases import (
    GAP,
    HOME,
    STS,
    answered,
    case,
    layer,
)

from diagnose.model.case import Endpoint, Parameters
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

DENY = STS | {"Effect": "Deny"}
MAYBE_DENY = DENY | {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
ENDPOINT_ALLOW = STS | {"Principal": "*"}
ENDPOINT_DENY = DENY | {"Principal": "*"}


@pytest.mark.parametrize(
    ("statements", "passes"),
    [
        pytest.param([ENDPOINT_ALLOW], YES, id="an Allow"),
        pytest.param([], NO, id="nothing"),
        pytest.param([ENDPOINT_ALLOW | {"Principal": {"AWS": "333333333333"}}], NO, id="an Allow for others"),
        pytest.param([ENDPOINT_ALLOW | {"Resource": f"arn:aws:iam::{HOME}:role/*"}], NO, id="an Allow for own roles"),
        pytest.param([ENDPOINT_ALLOW, ENDPOINT_DENY], NO, id="a Deny"),
    ],
)
def test_an_endpoint_policy_must_allow_what_travels_through_it(statements: list[Any], passes: Tri) -> None:
    one = case(endpoint_policy=statements)
    assert layer(one, Layer.ENDPOINT).verdict is passes
    assert answered(one).verdict is passes


def test_an_endpoint_policy_that_lists_only_assume_role_breaks_tagged_calls() -> None:
    narrow = [ENDPOINT_ALLOW | {"Action": "sts:AssumeRole"}]
    one = case(endpoint_policy=narrow, parameters=Parameters("nightly", tags={"a": "b"}))
    assert answered(one).verdict is YES
    assert layer(one, Layer.ENDPOINT, Action.TAG_SESSION).verdict is NO


def test_the_endpoint_counts_only_where_one_is_used() -> None:
    trace = layer(case(), Layer.ENDPOINT)
    assert (trace.applies, trace.why, trace.verdict) == (False, "no VPC endpoint is used", YES)
    assert layer(case(endpoint=GAP), Layer.ENDPOINT).verdict is UNKNOWN
    assert layer(case(endpoint=Known(Endpoint("vpce-1"))), Layer.ENDPOINT).verdict is UNKNOWN
