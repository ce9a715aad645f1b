from typing import Any

import pytest
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, edited, gate, identity, on, trust

from diagnose import remedy
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Proof, RemainingBlocker, Remedy
from diagnose.model.trace import Action, Blocker, Doubt, Effect, Element, Gate, Layer, Subject
from diagnose.pipeline import diagnose
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.proposal import in_a_row, needed_in_a_row

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


GITHUB = "token.actions.githubusercontent.com"
WEB_IDENTITY = Action.WITH_WEB_IDENTITY
AUD, SUB = f"{GITHUB}:aud", f"{GITHUB}:sub"
OF_OWNER, FOR_AWS = "https://github.com/octo", "sts.amazonaws.com"
RELEASE, MAIN = "repo:octo/app:ref:refs/heads/release", "repo:octo/app:ref:refs/heads/main"
PROVIDER = f"arn:aws:iam::222222222222:oidc-provider/{GITHUB}"


def trusted(**values: Any) -> Any:
    condition = {"StringEquals": {f"{GITHUB}:{claim}": value for claim, value in values.items()}}
    return allow({"Federated": PROVIDER}, "sts:AssumeRoleWithWebIdentity", Condition=condition)


def planned(**parts: Any) -> tuple[Remedy, ...]:
    """Give the plan of a whole diagnosis of a job of GitHub, whose token is for AWS and of the main branch."""
    return diagnose(broken("github", **parts), load_rules()).plan


def test_two_conditions_of_one_statement_are_two_steps_of_which_the_last_ends_in_yes() -> None:
    plan = planned(trust_policy=trust(trusted(aud=OF_OWNER, sub=RELEASE)))
    assert [(one.kind, one.proof) for one in plan] == [
        ("correct-condition-value", Proof.CLEARS),
        ("correct-condition-value", Proof.ALLOWED),
    ]
    assert edited(plan[0])["Statement"] == [trusted(aud=[OF_OWNER, FOR_AWS], sub=RELEASE)]
    assert edited(plan[1])["Statement"] == [trusted(aud=[OF_OWNER, FOR_AWS], sub=[RELEASE, MAIN])]


def test_one_condition_of_two_is_no_plan() -> None:
    assert planned(trust_policy=trust(trusted(aud=FOR_AWS, sub=RELEASE))) == ()


def test_provider_audience_and_subject_are_three_steps() -> None:
    plan = planned(oidc_providers={"value": []}, trust_policy=trust(trusted(aud=OF_OWNER, sub=RELEASE)))
    assert [one.kind for one in plan] == ["create-provider", "correct-condition-value", "correct-condition-value"]
    assert [one.proof for one in plan] == [Proof.CLEARS, Proof.CLEARS, Proof.ALLOWED]
    assert [len(one.remaining) for one in plan] == [1, 1, 0]
    assert edited(plan[-1])["Statement"] == [trusted(aud=[OF_OWNER, FOR_AWS], sub=[RELEASE, MAIN])]


def test_an_audience_that_is_registered_by_a_step_is_not_requested_by_the_next() -> None:
    accepts = {"value": {"0": {"client_ids": {"value": [OF_OWNER]}}}}
    plan = planned(oidc_providers=accepts, trust_policy=trust(trusted(aud=OF_OWNER, sub=RELEASE)))
    assert [one.kind for one in plan] == ["register-audience", "correct-condition-value", "correct-condition-value"]
    assert plan[-1].proof is Proof.ALLOWED


def test_a_statement_that_would_do_as_well_is_left_alone() -> None:
    other = trusted(aud="sts.amazonaws.com.cn", sub="repo:octo/app:environment:prod")
    plan = planned(trust_policy=trust(trusted(aud=OF_OWNER, sub=RELEASE), other))
    assert [one.kind for one in plan] == ["correct-condition-value"] * 2
    assert edited(plan[-1])["Statement"] in (
        [trusted(aud=[OF_OWNER, FOR_AWS], sub=[RELEASE, MAIN]), other],
        [
            trusted(aud=OF_OWNER, sub=RELEASE),
            trusted(aud=["sts.amazonaws.com.cn", FOR_AWS], sub=["repo:octo/app:environment:prod", MAIN]),
        ],
    )


def test_a_step_without_which_the_others_lead_there_is_left_out() -> None:
    first = trusted(aud=OF_OWNER, sub=MAIN)
    second = trusted(aud=FOR_AWS, sub=RELEASE)
    case = broken("github", trust_policy=trust(first, second), request={"parameters": {"duration_seconds": 7200}})
    steps = [
        ("shorten-duration", gate(case, Gate.DURATION)),
        ("correct-condition-value", about(case, Layer.TRUST, Element.CONDITION, key=AUD, action=WEB_IDENTITY)),
        ("correct-condition-value", about(case, Layer.TRUST, Element.CONDITION, key=SUB, action=WEB_IDENTITY)),
    ]
    both = in_a_row([steps[1], steps[2], steps[0]], case, decide(case))
    assert len(both) == 2, "a step is not taken once its layer lets the request pass"
    needed = needed_in_a_row(steps, case, decide(case))
    assert len(needed) == 2
    fixed = Bounds(case)
    remedy.propose([kind for kind, _ in steps], steps[1][1], case, decide(case), fixed)
    while not fixed.reached:
        fixed.searched()
    assert needed_in_a_row(steps, case, decide(case), fixed) == needed, "a plan has room of its own"


def test_one_step_that_leads_there_is_no_plan_but_a_fix() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)))
    steps = [
        ("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL)),
        ("allow-role-in-identity", Subject(layer=Layer.IDENTITY)),
    ]
    assert len(propose_plan(case, *steps)) == 1
    assert remedy.propose_plan(steps, [], case, decide(case)) == ()
