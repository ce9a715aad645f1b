"""The layers: which policies count, for whom, and what the levels of an organization come to."""

from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import (
    DESTINATION,
    FAR,
    GAP,
    HOME,
    LOCAL,
    NOTHING,
    ROLE,
    SERVICE,
    SESSION,
    STS,
    USER,
    answered,
    case,
    layer,
    levels,
    policies,
    policy,
    trusts,
)

from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.layers import LAYERS, OF_DESTINATION, OF_SOURCE
from diagnose.model.case import Endpoint, Organization, Parameters
from diagnose.model.evidence import Known
from diagnose.model.policy import Level, PolicySet
from diagnose.model.trace import Action, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

DENY = STS | {"Effect": "Deny"}
MAYBE = STS | {"Condition": {"StringEquals": {"aws:UserAgent": "x"}}}
MAYBE_DENY = DENY | {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
DENY_ALL = DENY | {"Principal": "*"}
ENDPOINT_ALLOW = STS | {"Principal": "*"}
MEMBER = Known(Organization("o-1", management_account="999999999999"))
MANAGEMENT = Known(Organization("o-1", management_account=HOME))
SLR = f"arn:aws:iam::{HOME}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


@pytest.mark.parametrize(
    ("statements", "complete", "allows", "denies", "passes"),
    [
        pytest.param([], True, NO, NO, NO, id="nothing"),
        pytest.param([STS], True, YES, NO, YES, id="an Allow"),
        pytest.param([NOTHING], True, NO, NO, NO, id="an Allow of something else"),
        pytest.param([STS, DENY], True, YES, YES, NO, id="a Deny wins over an Allow"),
        pytest.param([DENY, STS], True, YES, YES, NO, id="in whatever order"),
        pytest.param([STS, DENY, MAYBE_DENY], True, YES, YES, NO, id="whatever else may deny"),
        pytest.param([STS, MAYBE], True, YES, NO, YES, id="an Allow beside one that may apply"),
        pytest.param([MAYBE], True, UNKNOWN, NO, UNKNOWN, id="an Allow that may apply"),
        pytest.param([STS, MAYBE_DENY], True, YES, UNKNOWN, UNKNOWN, id="a Deny that may apply settles nothing"),
        pytest.param([MAYBE_DENY], True, NO, UNKNOWN, NO, id="nothing allows, so the doubtful Deny is moot"),
        pytest.param([STS], False, YES, UNKNOWN, UNKNOWN, id="an Allow beside what was not read"),
        pytest.param([], False, UNKNOWN, UNKNOWN, UNKNOWN, id="nothing was read"),
        pytest.param([STS, DENY], False, YES, YES, NO, id="a Deny is final however much is unread"),
    ],
)
@pytest.mark.parametrize("which", [Layer.IDENTITY, Layer.SESSION])
def test_a_layer_is_its_allows_minus_its_denies(
    which: Layer, statements: list[Any], complete: bool, allows: Tri, denies: Tri, passes: Tri
) -> None:
    given = PolicySet((policy(*statements),), () if complete else (GAP,))
    one = case(SESSION, identity=given) if which is Layer.IDENTITY else case(SESSION, session_policy=given)
    trace = layer(one, which)
    assert (trace.levels[0].some_allow, trace.levels[0].some_deny) == (allows, denies)
    assert (trace.verdict, trace.explicit) == (passes, denies)


def test_statements_of_all_policies_of_a_set_count_together() -> None:
    both = PolicySet((policy(NOTHING), policy(STS)))
    assert layer(case(identity=both), Layer.IDENTITY).verdict is YES
    assert layer(case(SESSION, session_policy=both), Layer.SESSION).verdict is YES


LEVELS: dict[str, tuple[list[Any], Tri, Tri]] = {
    "allows": ([STS], YES, NO),
    "says nothing": ([NOTHING], NO, NO),
    "denies": ([STS, DENY], YES, YES),
    "may allow": ([MAYBE], UNKNOWN, NO),
    "may deny": ([STS, MAYBE_DENY], YES, UNKNOWN),
}


@pytest.mark.parametrize("names", list(product(LEVELS, repeat=2)), ids=" then ".join)
def test_every_level_of_scps_must_allow_and_none_deny(names: tuple[str, ...]) -> None:
    given = [LEVELS[name] for name in names]
    one = case(scps=levels(*(statements for statements, _, _ in given)), organization=MEMBER)
    trace = layer(one, Layer.SCP)
    allow = min(allows for _, allows, _ in given)
    deny = max(denies for _, _, denies in given)
    assert (trace.verdict, trace.explicit) == (min(allow, ~deny), deny)
    assert [level.name for level in trace.levels] == ["level-0", "level-1"]


def test_a_level_without_any_policy_allows_nothing() -> None:
    scps = Known((Level("r-1", "Root", policies(STS)), Level("ou-1", "", PolicySet())))
    trace = layer(case(scps=scps, organization=MEMBER), Layer.SCP)
    assert (trace.verdict, [level.name for level in trace.levels]) == (NO, ["Root", "ou-1"])


def test_a_level_that_was_not_read_may_hold_anything() -> None:
    read = Level("r-1", policies=policies(STS))
    assert layer(case(scps=Known((read, Level("ou-1"))), organization=MEMBER), Layer.SCP).verdict is UNKNOWN
    denied = Level("r-1", policies=policies(DENY))
    assert layer(case(scps=Known((denied, Level("ou-1"))), organization=MEMBER), Layer.SCP).verdict is NO


def test_an_scp_may_allow_one_role_only_since_it_takes_the_full_language() -> None:
    other = STS | {"Resource": f"arn:aws:iam::{FAR}:role/ops/Audit"}
    assert layer(case(scps=levels([other]), organization=MEMBER), Layer.SCP).verdict is NO
    by_not_action = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": f"arn:aws:iam::{FAR}:role/ops/Audit"}
    assert layer(case(scps=levels([by_not_action]), organization=MEMBER), Layer.SCP).verdict is YES


@pytest.mark.parametrize(
    ("more", "why"),
    [
        pytest.param(
            {"organization": Known(None), "scps": GAP}, "the account is not in an organization", id="no organization"
        ),
        pytest.param(
            {"organization": MANAGEMENT},
            "the account is the organization's management account",
            id="the management account",
        ),
        pytest.param({"source": SERVICE}, "the caller is an AWS service", id="an AWS service"),
        pytest.param(
            {"source": SLR, "organization": MEMBER}, "the caller is a service-linked role", id="a linked role"
        ),
        pytest.param({"scps": Known(()), "organization": MEMBER}, "none apply", id="none apply"),
    ],
)
def test_scps_do_not_bind(more: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"scps": levels([DENY])}
    trace = layer(case(**(given | more)), Layer.SCP)
    assert (trace.applies, trace.why, trace.verdict) == (False, why, YES)


def test_scps_bind_the_account_of_the_caller() -> None:
    one = case(scps=levels([STS, DENY]), organization=MEMBER)
    assert (layer(one, Layer.SCP).applies, layer(one, Layer.SCP).verdict) == (True, NO)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([STS], YES, id="all is allowed, whether it counts or not"),
        pytest.param([STS, DENY], UNKNOWN, id="a Deny"),
        pytest.param([NOTHING], UNKNOWN, id="no Allow"),
    ],
)
def test_scps_may_not_count_where_the_organization_was_not_read(statements: list[Any], expected: Tri) -> None:
    one = case(scps=levels([STS], statements), organization=GAP)
    decision = decide(one)
    assert layer(one, Layer.SCP).verdict is decision.verdict is verdict(one) is expected
    open_point = expected is UNKNOWN
    assert [doubt.about for doubt in decision.doubts] == [Layer.SCP] * open_point
    assert [note.layer for note in decision.notes] == [Layer.SCP] * open_point


def test_rcps_may_not_count_where_the_organization_was_not_read() -> None:
    for organization, expected in ((GAP, UNKNOWN), (MEMBER, NO)):
        one = case(rcps=levels([DENY_ALL]), far_organization=organization)
        assert layer(one, Layer.RCP).verdict is decide(one).verdict is verdict(one) is expected
    assert decide(case(rcps=levels([DENY_ALL]), far_organization=GAP, identity=[NOTHING])).verdict is NO


def test_scps_that_were_not_read_settle_nothing() -> None:
    assert layer(case(scps=GAP, organization=MEMBER), Layer.SCP).verdict is UNKNOWN
    assert layer(case(scps=GAP, organization=GAP), Layer.SCP).verdict is UNKNOWN
    assert layer(case(scps=GAP, organization=Known(None)), Layer.SCP).verdict is YES


@pytest.mark.parametrize(
    ("statements", "passes"),
    [
        pytest.param([], YES, id="nothing, since the full-access policy is always attached"),
        pytest.param([DENY_ALL], NO, id="a Deny"),
        pytest.param([DENY_ALL | {"Principal": {"AWS": "333333333333"}}], YES, id="a Deny for others"),
        pytest.param([DENY_ALL | {"Resource": "arn:aws:s3:::x"}], YES, id="a Deny for another resource"),
        pytest.param([MAYBE_DENY | {"Principal": "*"}], UNKNOWN, id="a Deny that may apply"),
    ],
)
def test_an_rcp_only_denies(statements: list[Any], passes: Tri) -> None:
    one = case(rcps=levels(statements), far_organization=MEMBER)
    assert layer(one, Layer.RCP).verdict is passes


@pytest.mark.parametrize(
    ("more", "why"),
    [
        pytest.param(
            {"far_organization": Known(None), "rcps": GAP},
            "the account is not in an organization",
            id="no organization",
        ),
        pytest.param(
            {"far_organization": Known(Organization("o-1", management_account=FAR))},
            "the account is the organization's management account",
            id="the management account",
        ),
        pytest.param({"source": SLR}, "the caller is a service-linked role", id="a linked caller"),
        pytest.param(
            {"source": SERVICE, "role": SLR.replace(HOME, FAR)}, "the role is service-linked", id="a linked destination"
        ),
        pytest.param({"rcps": Known(())}, "none apply", id="none apply"),
    ],
)
def test_rcps_do_not_bind(more: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"rcps": levels([DENY_ALL]), "far_organization": MEMBER}
    trace = layer(case(**(given | more)), Layer.RCP)
    assert (trace.applies, trace.why, trace.verdict) == (False, why, YES)


def test_an_ordinary_service_role_is_subject_to_rcps() -> None:
    one = case(SERVICE, rcps=levels([DENY_ALL]), far_organization=MEMBER)
    assert layer(one, Layer.RCP).verdict is NO


def test_rcps_are_those_of_the_role_and_scps_those_of_the_caller() -> None:
    one = case(scps=levels([STS]), rcps=GAP, organization=MEMBER, far_organization=Known(None))
    assert (layer(one, Layer.SCP).applies, layer(one, Layer.RCP).applies) == (True, False)


def test_scps_and_rcps_that_were_read_count_whatever_is_said_of_the_organization() -> None:
    one = case(scps=levels([STS, DENY]), rcps=levels([DENY_ALL]))
    assert (layer(one, Layer.SCP).verdict, layer(one, Layer.RCP).verdict) == (NO, NO)


def test_an_rcp_that_asks_for_the_organization_denies_who_is_in_none() -> None:
    asks = DENY_ALL | {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}
    assert layer(case(rcps=levels([asks]), far_organization=MEMBER), Layer.RCP).verdict is NO
    inside = case(rcps=levels([asks]), far_organization=MEMBER, organization=Known(Organization("o-1")))
    assert layer(inside, Layer.RCP).verdict is YES


ENDPOINT_ALLOW = STS | {"Principal": "*"}


@pytest.mark.parametrize(
    ("which", "source", "why"),
    [
        pytest.param(Layer.IDENTITY, SERVICE, "AWS services have no identity-based policies", id="a service's"),
        pytest.param(Layer.BOUNDARY, SERVICE, "AWS services have no permissions boundary", id="its boundary"),
        pytest.param(Layer.BOUNDARY, USER, "no permissions boundary is set", id="no boundary"),
        pytest.param(Layer.SESSION, USER, "only role sessions have session policies", id="a user's session policy"),
        pytest.param(
            Layer.SESSION, SERVICE, "only role sessions have session policies", id="a service's session policy"
        ),
        pytest.param(Layer.SESSION, SESSION, "no session policy was passed", id="no session policy"),
    ],
)
def test_a_layer_that_does_not_apply_says_why(which: Layer, source: str, why: str) -> None:
    trace = layer(case(source), which)
    assert (trace.applies, trace.why, trace.verdict) == (False, why, YES)


def test_a_user_has_no_session_policy_though_the_case_holds_one() -> None:
    assert not layer(case(USER, session_policy=[DENY]), Layer.SESSION).applies


@pytest.mark.parametrize(
    ("which", "more"),
    [
        pytest.param(Layer.BOUNDARY, {"boundary": GAP}, id="the boundary"),
        pytest.param(Layer.SESSION, {"source": SESSION, "session_policy": PolicySet(unread=(GAP,))}, id="the session"),
        pytest.param(Layer.IDENTITY, {"identity": PolicySet(unread=(GAP,))}, id="the identity"),
        pytest.param(Layer.TRUST, {"trust": GAP}, id="the trust policy"),
    ],
)
def test_what_was_not_read_is_never_taken_for_absent(which: Layer, more: dict[str, Any]) -> None:
    one = case(**more)
    trace = layer(one, which)
    assert (trace.verdict, trace.explicit, trace.applies) == (UNKNOWN, UNKNOWN, True)
    assert trace.levels[0].unread == (GAP,)
    assert decide(one).verdict is UNKNOWN


def test_layers_come_in_the_order_in_which_aws_enforces_them() -> None:
    one = case(SESSION, LOCAL, trust=[trusts({"AWS": ROLE})])
    assert [trace.layer for trace in answered(one).layers] == list(Layer)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"rcps": levels([DENY_ALL]), "far_organization": MEMBER}, id="an RCP"),
        pytest.param({"scps": levels([STS, DENY]), "organization": MEMBER}, id="an SCP"),
        pytest.param({"endpoint_policy": [ENDPOINT_ALLOW, DENY_ALL]}, id="an endpoint policy"),
        pytest.param({"trust": [trusts({"AWS": HOME}), trusts("*", effect="Deny")]}, id="the trust policy"),
        pytest.param({"identity": [STS, DENY]}, id="the identity"),
        pytest.param({"boundary": [STS, DENY]}, id="the boundary"),
        pytest.param({"session_policy": [STS, DENY]}, id="the session policy"),
    ],
)
@pytest.mark.parametrize(
    "role", [LOCAL, f"arn:aws:iam::{FAR}:role/ops/Deploy"], ids=["in the account", "across accounts"]
)
def test_an_explicit_deny_in_any_layer_denies(role: str, more: dict[str, Any]) -> None:
    decision = decide(case(SESSION, role, **more))
    assert decision.verdict is NO
    assert [blocker.explicit for blocker in decision.blockers] == [True]


@pytest.mark.parametrize(
    ("statements", "passes"),
    [
        pytest.param([ENDPOINT_ALLOW], YES, id="an Allow"),
        pytest.param([], NO, id="nothing"),
        pytest.param([ENDPOINT_ALLOW | {"Principal": {"AWS": "333333333333"}}], NO, id="an Allow for others"),
        pytest.param([ENDPOINT_ALLOW | {"Resource": f"arn:aws:iam::{HOME}:role/*"}], NO, id="an Allow for own roles"),
        pytest.param([ENDPOINT_ALLOW, DENY_ALL], NO, id="a Deny"),
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


def test_every_layer_is_of_one_side_or_of_the_endpoint() -> None:
    assert sorted([*OF_SOURCE, *OF_DESTINATION, Layer.ENDPOINT]) == sorted(Layer)
    assert [traits.layer for traits in LAYERS] == list(Layer)


def test_no_value_of_an_unknown_key_makes_scps_count_that_may_not() -> None:
    """Both Denies together hit every address, if SCPs count at all."""
    near_and_far = [
        {**DENY, "Condition": {operator: {"aws:SourceIp": "203.0.113.0/24"}}}
        for operator in ("IpAddress", "NotIpAddress")
    ]
    for organization, expected in ((GAP, UNKNOWN), (MEMBER, NO)):
        one = case(scps=levels([STS, *near_and_far]), organization=organization)
        assert decide(one).verdict is verdict(one) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("with an explicit deny in a service control policy", NO, id="a service control policy"),
        pytest.param("because no identity-based policy allows the sts:AssumeRole action", UNKNOWN, id="another layer"),
    ],
)
def test_scps_count_where_aws_names_one(message: str, expected: Tri) -> None:
    text = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {DESTINATION} {message}"
    one = replace(case(scps=levels([STS, DENY]), organization=GAP), message=text)
    assert decide(one).verdict is verdict(one) is expected
