"""Decisions: the actions a call is authorised for, what blocks, what is in doubt, and the same answer both ways."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import (
    DESTINATION,
    FAR,
    GAP,
    HOME,
    NOTHING,
    ROLE,
    SESSION,
    STS,
    USER,
    answered,
    case,
    layer,
    trusts,
)

from diagnose.errors import XdiagError
from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.operations import ASSUME_ROLE
from diagnose.model.case import Case, Parameters, ProvidedContext
from diagnose.model.evidence import Known
from diagnose.model.key_state import Alternative, ConditionKey, Fit
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Action, Blocker, Doubt, Gate, Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ASSUME, TAG, IDENTITY, CONTEXT = SIGNED = ASSUME_ROLE.actions
PROVIDED = (ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),)


def needs(one: Case) -> dict[Action, Tri]:
    return {decided.action: decided.needed for decided in decide(one).actions}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, {ASSUME: YES}, id="nothing but the role"),
        pytest.param({"parameters": Parameters("s1", tags={"a": "b"})}, {ASSUME: YES, TAG: YES}, id="tags"),
        pytest.param(
            {"parameters": Parameters("s1", source_identity="alice")},
            {ASSUME: YES, IDENTITY: YES},
            id="a source identity",
        ),
        pytest.param(
            {"parameters": Parameters("s1", provided_contexts=PROVIDED)}, {ASSUME: YES, CONTEXT: YES}, id="a context"
        ),
        pytest.param(
            {"source": SESSION, "transitive": Known(("a",)), "session_tags": Known({"a": "b"})},
            {ASSUME: YES, TAG: YES},
            id="tags that the session hands on",
        ),
        pytest.param({"source": SESSION, "session_tags": Known({"a": "b"})}, {ASSUME: YES}, id="tags that stay behind"),
        pytest.param(
            {"source": SESSION, "source_identity": Known("alice")},
            {ASSUME: YES, IDENTITY: YES},
            id="a source identity that the session hands on",
        ),
        pytest.param({"source": SESSION, "transitive": GAP}, {ASSUME: YES, TAG: UNKNOWN}, id="tags not read"),
        pytest.param(
            {"source": SESSION, "source_identity": GAP},
            {ASSUME: YES, IDENTITY: UNKNOWN},
            id="a source identity not read",
        ),
        pytest.param(
            {"source": SESSION, "source_identity": GAP, "parameters": Parameters("s1", source_identity="alice")},
            {ASSUME: YES, IDENTITY: YES},
            id="a source identity passed in any case",
        ),
        pytest.param({"source": USER, "transitive": GAP, "source_identity": GAP}, {ASSUME: YES}, id="a user has none"),
    ],
)
def test_a_call_is_authorised_for_what_it_carries_or_hands_on(
    more: dict[str, Any], expected: dict[Action, Tri]
) -> None:
    assert needs(case(**more)) == expected


ALL = Parameters("s1", source_identity="alice", tags={"a": "b"}, provided_contexts=PROVIDED)


@pytest.mark.parametrize("missing", SIGNED, ids=str)
@pytest.mark.parametrize("where", ["trust", "identity"])
def test_every_action_must_pass_every_layer(where: str, missing: Action) -> None:
    rest = [str(action) for action in SIGNED if action is not missing]
    given: dict[str, Any] = (
        {"trust": [trusts({"AWS": HOME}, rest)]} if where == "trust" else {"identity": [STS | {"Action": rest}]}
    )
    decision = decide(case(parameters=ALL, **given))
    assert decision.verdict is NO
    assert decision.blockers == (Blocker(missing, Layer.TRUST if where == "trust" else Layer.IDENTITY),)
    assert {decided.action: decided.verdict for decided in decision.actions} == {
        action: NO if action is missing else YES for action in SIGNED
    }


def test_an_action_that_may_be_needed_and_fails_leaves_the_answer_open() -> None:
    one = case(SESSION, transitive=GAP, identity=[STS | {"Action": "sts:AssumeRole"}])
    decision = decide(one)
    assert (decision.verdict, decision.blockers) == (UNKNOWN, ())
    assert [doubt.about for doubt in decision.doubts] == [Action.TAG_SESSION]


def test_an_action_that_may_be_needed_and_passes_changes_nothing() -> None:
    assert decide(case(SESSION, transitive=GAP)).verdict is YES


def test_a_condition_on_the_external_id_breaks_a_tagged_call_in_the_same_statement() -> None:
    together = trusts(
        {"AWS": HOME}, ["sts:AssumeRole", "sts:TagSession"], Condition={"StringEquals": {"sts:ExternalId": "acme"}}
    )
    apart = [
        trusts({"AWS": HOME}, "sts:AssumeRole", Condition=together["Condition"]),
        trusts({"AWS": HOME}, "sts:TagSession"),
    ]
    sent = Parameters("s1", external_id="acme", tags={"a": "b"})
    assert decide(case(parameters=sent, trust=[together])).blockers == (Blocker(TAG, Layer.TRUST),)
    assert decide(case(parameters=sent, trust=apart)).verdict is YES


def test_a_user_session_and_a_chain_lose_what_a_hop_loses() -> None:
    asks = trusts({"AWS": HOME}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    assert decide(case(SESSION, trust=[asks], mfa=Known(True))).verdict is NO


@pytest.mark.parametrize(
    ("source", "role", "same"),
    [
        (USER, DESTINATION, False),
        (USER, DESTINATION.replace(FAR, HOME), True),
        ("ec2.amazonaws.com", DESTINATION, False),
    ],
)
def test_a_decision_says_whether_it_is_within_one_account(source: str, role: str, same: bool) -> None:
    assert decide(case(source, role)).same_account is same


@pytest.mark.parametrize("source", ["alice", "arn:aws:iam::1:user/x", ""])
def test_a_source_that_is_no_arn_is_a_mistake(source: str) -> None:

    one = case()
    broken = replace(one, snapshot=replace(one.snapshot, source=replace(one.snapshot.source, arn=source)))
    for ask in (decide, verdict):
        with pytest.raises(XdiagError):
            ask(broken)


@pytest.mark.parametrize("role", ["Deploy", "arn:aws:iam::222222222222:user/x"])
def test_a_role_that_is_no_arn_is_a_mistake(role: str) -> None:
    for ask in (decide, verdict):
        with pytest.raises(XdiagError):
            ask(case(role=role))


KEY = "aws:UserAgent"
ON_KEY = {"StringEquals": {KEY: "acme"}}
ACME, THE_REST = Alternative(((Fit("StringEquals", "acme"),),)), Alternative(((),))


@pytest.mark.parametrize(
    ("trust", "allows", "denies"),
    [
        pytest.param([trusts({"AWS": HOME}, Condition=ON_KEY)], ACME, THE_REST, id="an Allow"),
        pytest.param(
            [trusts({"AWS": HOME}), trusts("*", effect="Deny", Condition=ON_KEY)],
            THE_REST,
            ACME,
            id="a Deny",
        ),
    ],
)
def test_a_doubt_about_a_key_says_what_hangs_on_it(trust: list[Any], allows: Alternative, denies: Alternative) -> None:
    decision = decide(case(trust=trust))
    assert decision.verdict is UNKNOWN
    assert decision.doubts == (Doubt(ConditionKey(KEY), YES, (allows,), (denies,)),)


def test_a_doubt_that_cannot_change_the_answer_does_not_matter() -> None:
    maybe = trusts({"AWS": HOME}, Condition=ON_KEY)
    denied = decide(case(trust=[maybe], identity=[NOTHING]))
    assert denied.verdict is NO
    assert [doubt.matters for doubt in denied.doubts] == [NO]
    allowed = decide(case(trust=[maybe, trusts({"AWS": HOME})]))
    assert allowed.verdict is YES
    assert {doubt.matters for doubt in allowed.doubts} <= {NO}


@pytest.mark.parametrize(
    ("more", "about"),
    [
        pytest.param({"boundary": GAP}, Layer.BOUNDARY, id="the boundary"),
        pytest.param({"trust": GAP}, Layer.TRUST, id="the trust policy"),
        pytest.param({"identity": PolicySet(unread=(GAP,))}, Layer.IDENTITY, id="the identity"),
        pytest.param({"endpoint": GAP}, Layer.ENDPOINT, id="the endpoint"),
    ],
)
def test_a_layer_that_was_not_read_is_a_doubt_with_its_gap(more: dict[str, Any], about: Layer) -> None:
    assert decide(case(**more)).doubts == (Doubt(about, YES, gaps=(GAP,)),)


def test_a_doubtful_gate_is_a_doubt() -> None:
    one = case(max_session=GAP, parameters=Parameters("s1", duration_seconds=7200))
    assert [doubt.about for doubt in decide(one).doubts] == [Gate.DURATION]


def test_traces_hold_every_statement_of_every_layer_with_its_elements() -> None:
    one = case(identity=[NOTHING, STS | {"Condition": ON_KEY}])
    elements = [
        [element.element for element in each.elements] for each in layer(one, Layer.IDENTITY).levels[0].statements
    ]
    assert elements == [["action", "resource"], ["action", "resource", "condition"]]
    assert [element.element for element in layer(one, Layer.TRUST).levels[0].statements[0].elements] == [
        "action",
        "principal",
    ]


def test_the_strongest_match_is_told() -> None:
    one = case(SESSION, trust=[trusts({"AWS": HOME}), trusts({"AWS": ROLE}), trusts({"AWS": SESSION})])
    assert answered(one).match == "session"
    assert answered(case(trust=[trusts({"AWS": "333333333333"})])).match is None


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"source": ROLE, "trust": [trusts({"AWS": SESSION})]}, id="the name of a session"),
        pytest.param({"principal": GAP, "trust": [trusts({"AWS": "AIDAXXXXXXXXXXXXXXXXX"})]}, id="a unique id"),
        pytest.param(
            {
                "boundary": GAP,
                "trust": [
                    trusts({"AWS": HOME}),
                    {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, HOME]}, "Action": "*"},
                ],
            },
            id="whether there is a boundary",
        ),
        pytest.param({"identity": [STS | {"Foo": 1}]}, id="a statement that cannot be told"),
        pytest.param({"source": "ec2.amazonaws.com", "trust": [trusts("*")]}, id="whether everyone takes in a service"),
    ],
)
def test_an_open_answer_always_has_a_doubt_that_may_matter(more: dict[str, Any]) -> None:
    decision = decide(case(**more))
    assert decision.verdict is UNKNOWN
    assert any(doubt.matters is not NO for doubt in decision.doubts)
