"""How the layers come together: every row of the reference's tables for one account and for two.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from itertools import product
from typing import Any

import pytest
from tests.evaluate.cases import (
    DESTINATION,
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
    trusts,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Origin
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Blocker, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

USER_SESSION = "a user's session"
CALLERS: dict[str, dict[str, Any]] = {
    "a user": {"source": USER},
    USER_SESSION: {"source": USER, "origin": Origin.GET_SESSION_TOKEN},
    "a role's session": {"source": SESSION},
}
PRINCIPALS: dict[str, object] = {
    "nobody": {"AWS": "333333333333"},
    "the account": {"AWS": HOME},
    "everyone": "*",
    "the user": {"AWS": USER},
    "the role": {"AWS": ROLE},
    "the session": {"AWS": SESSION},
}
NEEDED: dict[tuple[str, str], frozenset[Layer]] = {
    ("a user", "the user"): frozenset(),
    ("a user", "the account"): frozenset({Layer.IDENTITY, Layer.BOUNDARY}),
    ("a user", "everyone"): frozenset(),
    (USER_SESSION, "the user"): frozenset(),
    (USER_SESSION, "the account"): frozenset({Layer.IDENTITY, Layer.BOUNDARY}),
    (USER_SESSION, "everyone"): frozenset(),
    ("a role's session", "the role"): frozenset({Layer.BOUNDARY, Layer.SESSION}),
    ("a role's session", "the session"): frozenset(),
    ("a role's session", "the account"): frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION}),
    ("a role's session", "everyone"): frozenset(),
}
"""What must allow, beside the trust policy, when caller and role are in one account."""

LIMITS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
ALL_SUBSETS = [
    frozenset(one for one, kept in zip(LIMITS, bits, strict=True) if kept) for bits in product([0, 1], repeat=3)
]
WORDS = {
    frozenset(silent): " and ".join(sorted(silent)) + " silent" if silent else "all allow" for silent in ALL_SUBSETS
}


def authorization(caller: str, role: str, principal: object, silent: frozenset[Layer], **more: Any) -> Case:
    given: dict[str, Any] = {
        "identity": [NOTHING if Layer.IDENTITY in silent else STS],
        "boundary": [NOTHING if Layer.BOUNDARY in silent else STS],
        "trust": [trusts(principal)],
    }
    if caller == "a role's session":
        given["session_policy"] = [NOTHING if Layer.SESSION in silent else STS]
    return case(role=role, **(CALLERS[caller] | given | more))


@pytest.mark.parametrize("silent", ALL_SUBSETS, ids=lambda silent: WORDS[silent])
@pytest.mark.parametrize(("caller", "named"), NEEDED, ids=[f"{caller} named as {named}" for caller, named in NEEDED])
def test_within_one_account_the_match_says_what_else_must_allow(
    caller: str, named: str, silent: frozenset[Layer]
) -> None:
    needed = NEEDED[caller, named]
    decision = decide(authorization(caller, LOCAL, PRINCIPALS[named], silent))
    held_up = {one for one in silent & needed if caller == "a role's session" or one is not Layer.SESSION}
    assert decision.same_account
    assert decision.verdict is (NO if held_up else YES)
    assert {blocker.layer for blocker in decision.blockers} == held_up
    for trace in decision.actions[0].layers:
        if trace.layer in LIMITS and trace.applies:
            assert trace.needed is (YES if trace.layer in needed else NO), trace.layer


@pytest.mark.parametrize("silent", ALL_SUBSETS, ids=lambda silent: WORDS[silent])
@pytest.mark.parametrize("caller", CALLERS)
def test_within_one_account_an_identity_alone_never_suffices(caller: str, silent: frozenset[Layer]) -> None:
    decision = decide(authorization(caller, LOCAL, PRINCIPALS["nobody"], silent))
    assert decision.verdict is NO
    assert [blocker.layer for blocker in decision.blockers] == [Layer.TRUST]
    limits = [trace for trace in decision.actions[0].layers if trace.layer in LIMITS and trace.applies]
    assert {trace.needed for trace in limits} == {UNKNOWN}, "it depends on how the trust policy is mended"


@pytest.mark.parametrize("silent", ALL_SUBSETS, ids=lambda silent: WORDS[silent])
@pytest.mark.parametrize(
    ("caller", "named"),
    [
        (caller, named)
        for caller, named in product(CALLERS, PRINCIPALS)
        if (caller, named) in NEEDED or named == "nobody"
    ],
    ids=lambda name: name,
)
def test_across_accounts_both_sides_must_allow_however_the_caller_is_named(
    caller: str, named: str, silent: frozenset[Layer]
) -> None:
    decision = decide(authorization(caller, DESTINATION, PRINCIPALS[named], silent))
    held_up = {one for one in silent if caller == "a role's session" or one is not Layer.SESSION}
    if named == "nobody":
        held_up |= {Layer.TRUST}
    assert not decision.same_account
    assert decision.verdict is (NO if held_up else YES)
    assert {blocker.layer for blocker in decision.blockers} == held_up


@pytest.mark.parametrize("missing", [None, Layer.BOUNDARY, Layer.SESSION])
def test_a_boundary_and_a_session_policy_limit_only_where_they_exist(missing: Layer | None) -> None:
    one = authorization("a role's session", LOCAL, {"AWS": HOME}, frozenset())
    if missing is Layer.BOUNDARY:
        one = authorization("a role's session", LOCAL, {"AWS": HOME}, frozenset(), boundary=None)
    if missing is Layer.SESSION:
        one = authorization("a role's session", LOCAL, {"AWS": HOME}, frozenset(), session_policy=PolicySet())
    assert decide(one).verdict is YES


def test_the_account_match_narrowed_by_a_condition_is_still_delegated() -> None:
    narrowed = trusts({"AWS": HOME}, Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})
    for identity, verdict in ((STS, YES), (NOTHING, NO)):
        one = case(SESSION, LOCAL, trust=[narrowed], identity=[identity])
        assert decide(one).verdict is verdict


def test_everyone_narrowed_to_the_role_stands_above_boundary_and_session_policy() -> None:
    narrowed = trusts("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})
    one = case(SESSION, LOCAL, trust=[narrowed], identity=[NOTHING], boundary=[NOTHING], session_policy=[NOTHING])
    assert decide(one).verdict is YES


def test_of_several_matches_one_that_suffices_is_enough() -> None:
    one = case(USER, LOCAL, trust=[trusts({"AWS": HOME}), trusts({"AWS": USER})], identity=[NOTHING])
    assert decide(one).verdict is YES
    assert answered(one).match is not None
    session = case(SESSION, LOCAL, trust=[trusts({"AWS": ROLE}), trusts({"AWS": HOME})], boundary=[NOTHING])
    assert decide(session).verdict is NO


def test_one_match_may_lack_what_another_has() -> None:
    # The role's match needs the boundary, the session's nothing else.
    trust = [trusts({"AWS": [ROLE, SESSION, HOME]})]
    one = case(SESSION, LOCAL, trust=trust, identity=[NOTHING], boundary=[NOTHING], session_policy=[NOTHING])
    assert decide(one).verdict is YES


@pytest.mark.parametrize("role", [LOCAL, DESTINATION])
def test_a_service_needs_only_the_trust_policy(role: str) -> None:
    one = case(SERVICE, role, identity=[NOTHING], boundary=[NOTHING])
    assert decide(one).verdict is YES
    assert decide(case(SERVICE, role, trust=[trusts({"AWS": HOME})])).verdict is NO
    traces = answered(one).layers
    assert [trace.needed for trace in traces if trace.layer in LIMITS] == [NO, NO, NO]


@pytest.mark.parametrize(
    ("role", "more", "verdict"),
    [
        pytest.param(LOCAL, {"trust": [trusts({"AWS": SESSION})], "identity": [NOTHING]}, UNKNOWN, id="its session"),
        pytest.param(LOCAL, {"trust": [trusts({"AWS": SESSION})], "identity": [STS]}, UNKNOWN, id="its session, only"),
        pytest.param(LOCAL, {"trust": [trusts({"AWS": [SESSION, ROLE]})]}, YES, id="its session and the role"),
        pytest.param(LOCAL, {"trust": [trusts({"AWS": [SESSION, HOME]})]}, YES, id="its session and the account"),
        pytest.param(
            LOCAL,
            {"trust": [trusts({"AWS": [SESSION, HOME]})], "identity": [NOTHING]},
            UNKNOWN,
            id="its session and the account, which the identity does not use",
        ),
        pytest.param(
            DESTINATION, {"trust": [trusts({"AWS": SESSION})], "identity": [NOTHING]}, NO, id="across accounts"
        ),
    ],
)
def test_a_role_whose_session_is_not_known(role: str, more: dict[str, Any], verdict: Tri) -> None:
    assert decide(case(ROLE, role, **more)).verdict is verdict


@pytest.mark.parametrize(
    ("named", "boundary", "verdict"),
    [
        pytest.param("the user", GAP, UNKNOWN, id="an unread boundary may deny even who is named"),
        pytest.param("the account", GAP, UNKNOWN, id="an unread boundary may withhold"),
        pytest.param("nobody", GAP, NO, id="nobody is trusted, so the boundary is moot"),
    ],
)
def test_an_unread_boundary_matters_only_as_far_as_it_may(named: str, boundary: Any, verdict: Tri) -> None:
    assert decide(case(USER, LOCAL, trust=[trusts(PRINCIPALS[named])], boundary=boundary)).verdict is verdict


def test_an_unread_trust_policy_settles_nothing_but_across_accounts_the_identity_may_deny() -> None:
    assert decide(case(USER, LOCAL, trust=GAP)).verdict is UNKNOWN
    assert decide(case(USER, LOCAL, trust=GAP, identity=[NOTHING])).verdict is UNKNOWN
    denied = decide(case(USER, DESTINATION, trust=GAP, identity=[NOTHING]))
    assert denied.verdict is NO
    assert [blocker.layer for blocker in denied.blockers] == [Layer.IDENTITY]


def test_every_failing_layer_is_a_blocker_not_only_the_first() -> None:
    one = case(
        SESSION,
        trust=[trusts({"AWS": "333333333333"})],
        identity=[NOTHING],
        boundary=[NOTHING],
        session_policy=[NOTHING],
    )
    found = [(blocker.layer, blocker.explicit) for blocker in decide(one).blockers]
    assert found == [(one, False) for one in (Layer.TRUST, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)]


def test_a_blocker_says_whether_it_is_a_deny() -> None:
    one = case(SESSION, identity=[STS, STS | {"Effect": "Deny"}], boundary=[NOTHING])
    blockers = decide(one).blockers
    assert [type(blocker) for blocker in blockers] == [Blocker, Blocker]
    assert {blocker.layer: blocker.explicit for blocker in blockers} == {Layer.IDENTITY: True, Layer.BOUNDARY: False}


def test_a_role_that_assumes_itself_must_be_trusted_and_the_legacy_is_noted() -> None:
    trusted = decide(case(SESSION, ROLE, trust=[trusts({"AWS": ROLE})]))
    assert (trusted.verdict, trusted.notes) == (YES, ())
    refused = decide(case(SESSION, ROLE, trust=[trusts({"AWS": USER})]))
    assert refused.verdict is NO
    assert [note.layer for note in refused.notes] == [Layer.TRUST]
    assert [note.source.startswith("https://aws.amazon.com/") for note in refused.notes] == [True]


def test_an_answer_that_rests_on_everyone_standing_above_the_limits_is_noted() -> None:
    limited = case(SESSION, LOCAL, trust=[trusts("*")], boundary=[NOTHING])
    assert [note.layer for note in decide(limited).notes] == [Layer.TRUST]
    assert decide(case(SESSION, LOCAL, trust=[trusts("*")])).notes == ()
    assert decide(case(SESSION, DESTINATION, trust=[trusts("*")], boundary=[NOTHING])).notes == ()


def test_a_service_linked_caller_is_like_any_role_but_for_the_organization() -> None:
    linked = f"arn:aws:iam::{HOME}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert layer(case(linked), Layer.SCP).applies is False
