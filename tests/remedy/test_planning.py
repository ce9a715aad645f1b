from typing import Any

import pytest
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, edited, gate, identity, on, trust

from diagnose import remedy
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Proof, RemainingBlocker, Remedy
from diagnose.model.trace import Action, Blocker, Doubt, Effect, Element, Gate, Layer, Subject
from diagnose.remedy.proposal import in_a_row

SCP_UNREAD = Doubt(Layer.SCP)
TRUST_BLOCKS = RemainingBlocker(Blocker(Action.ASSUME_ROLE, Layer.TRUST))
EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}


def propose_plan(case: Case, *steps: tuple[str, Subject]) -> tuple[Remedy, ...]:
    return in_a_row(steps, case, decide(case))


def test_several_remedies_lead_to_an_allowed_request_together() -> None:
    case = broken(
        "cross-account",
        request={"parameters": {"duration_seconds": 7200}},
        identity_policies={"policies": []},
        trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)),
    )
    found = propose_plan(
        case,
        ("shorten-duration", gate(case, Gate.DURATION)),
        ("allow-role-in-identity", about(case, Layer.IDENTITY)),
        ("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL)),
    )
    assert [one.kind for one in found] == ["shorten-duration", "allow-role-in-identity", "name-principal-in-trust"]
    assert [one.proof for one in found] == [Proof.CLEARS, Proof.CLEARS, Proof.ALLOWED]
    assert [len(one.remaining) for one in found] == [2, 1, 0]


@pytest.mark.parametrize(
    ("proof", "remaining", "enough"),
    [
        pytest.param(Proof.ALLOWED, (), True, id="it is allowed"),
        pytest.param(Proof.NOT_TRIED, (), False, id="it was not tried"),
        pytest.param(Proof.CLEARS, (SCP_UNREAD,), True, id="what was not read may yet block"),
        pytest.param(Proof.CLEARS, (SCP_UNREAD, TRUST_BLOCKS), False, id="something blocks"),
    ],
)
def test_a_remedy_is_enough_where_nothing_that_is_known_blocks_after_it(
    proof: Proof, remaining: Any, enough: bool
) -> None:
    assert Remedy("pass-mfa", Owner.CALLER, "", proof, remaining=remaining).enough is enough


@pytest.mark.parametrize(
    ("change", "enough", "planned"),
    [
        pytest.param({"identity_policies": {"policies": []}}, False, True, id="two things are in the way"),
        pytest.param({"identity_policies": {"policies": []}}, True, False, id="one remedy clears them all"),
        pytest.param({}, False, False, id="one thing is in the way"),
    ],
)
def test_a_plan_is_for_several_things_that_no_one_remedy_clears(change: Any, enough: bool, planned: bool) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)), **change)
    steps = [("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL))]
    if change:
        steps.append(("allow-role-in-identity", about(case, Layer.IDENTITY)))
    alone = Remedy("ask-owner", Owner.CALLER, "", Proof.ALLOWED if enough else Proof.NOT_TRIED)
    assert bool(remedy.propose_plan(steps, [alone], case, decide(case))) is planned


def test_no_plan_is_needed_where_any_remedy_clears_everything() -> None:
    trusted = trust(allow({"AWS": APP}, Condition=EXTERNAL))
    case = broken("cross-account", trust_policy=trusted, identity_policies={"policies": []})
    steps = [
        ("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL)),
        ("allow-role-in-identity", about(case, Layer.IDENTITY)),
    ]
    enough, not_enough = (Remedy("ask-owner", Owner.CALLER, "", proof) for proof in (Proof.ALLOWED, Proof.NOT_TRIED))
    for remedies in ([enough, not_enough], [not_enough, enough]):
        assert remedy.propose_plan(steps, remedies, case, decide(case)) == ()
    assert len(remedy.propose_plan(steps, [not_enough, not_enough], case, decide(case))) == 2
    assert len(remedy.propose_plan(steps, [], case, decide(case))) == 2


def test_remedies_that_do_not_lead_there_are_no_plan() -> None:
    case = broken("cross-account", identity_policies={"policies": []}, trust_policy=trust(allow({"AWS": APP})))
    assert propose_plan(case, ("allow-role-in-identity", about(case, Layer.IDENTITY))) == ()


def test_two_edits_of_one_policy_add_up() -> None:
    condition = {**EXTERNAL, "StringLike": {"sts:RoleSessionNam": "release-*"}}
    statement = allow({"AWS": "arn:aws:iam::111111111111:user/Builder"}, Condition=condition)
    case = broken("cross-account", trust_policy=trust(statement))
    found = propose_plan(
        case,
        ("correct-condition-key", about(case, Layer.TRUST, Element.CONDITION, key="sts:RoleSessionNam")),
        ("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL)),
        ("correct-condition-key", about(case, Layer.TRUST, Element.CONDITION, key="sts:RoleSessionNam")),
    )
    assert [one.kind for one in found] == ["name-principal-in-trust", "correct-condition-key"]
    assert edited(found[-1])["Statement"] == [
        allow({"AWS": BUILDER}, Condition={**EXTERNAL, "StringLike": {"sts:RoleSessionName": "release-*"}})
    ]


def test_a_step_whose_cause_is_gone_by_then_is_left_out() -> None:
    case = broken("tagged", trust_policy=trust(allow({"AWS": BUILDER}, ["sts:AssumeRole", "sts:SetSourceIdentity"])))
    tags = about(case, Layer.TRUST, action=Action.TAG_SESSION)
    found = propose_plan(case, ("drop-tags", tags), ("add-companion-to-trust", tags))
    assert [one.kind for one in found] == ["drop-tags"]


def test_two_denies_are_lifted_one_after_the_other() -> None:
    case = broken(
        "cross-account", identity_policies=identity(on(DEPLOY), deny(Resource="*"), deny("sts:*", Resource="*"))
    )
    found = propose_plan(
        case,
        *(("exempt-from-deny", about(case, Layer.IDENTITY, effect=Effect.DENY, index=index)) for index in (1, 2)),
    )
    assert [one.proof for one in found] == [Proof.CLEARS, Proof.ALLOWED]
    assert all(one["NotResource"] == DEPLOY for one in edited(found[-1])["Statement"][1:])


def test_what_is_only_said_is_no_step() -> None:
    case = broken("cross-account", identity_policies={"policies": []})
    subject = about(case, Layer.IDENTITY)
    found = propose_plan(case, ("ask-owner", subject), ("allow-role-in-identity", subject))
    assert [one.kind for one in found] == ["allow-role-in-identity"]


def test_an_allowed_request_needs_no_plan() -> None:
    case = broken("cross-account")
    assert propose_plan(case, ("allow-role-in-identity", Subject(layer=Layer.IDENTITY))) == ()
