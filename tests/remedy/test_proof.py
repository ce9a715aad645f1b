from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, document, gate, on, trust
from tests.remedy.handmade import added, amended, proof_of

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner, Proof, RemainingBlocker, StatementPlace
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import Action, Blocker, Comparison, Decision, Doubt, Effect, Element, Gate, Layer, Subject
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.remedy.change import Draft, RequestChange
from diagnose.remedy.document import PatchOperation
from diagnose.remedy.proof import Proven, cleared, prove, remaining

EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
WHOLE_ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}

TOOL: Any = {"StringEquals": {"aws:UserAgent": "tool/1"}}


STRANGER: Any = broken("cross-account", trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)))


def test_what_an_edit_does_not_touch_is_not_cleared() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": f"{BUILDER}2"})))
    assert proof_of(case, Layer.TRUST, PatchOperation("add", "/Id", "nothing changed")) is NotProved.CHANGES_NOTHING


def test_nothing_is_proposed_for_a_request_that_is_allowed() -> None:
    allowed = broken("cross-account")
    edit = amended(allowed, Layer.TRUST, PatchOperation("add", "/Id", "nothing changed"))
    subject = about(STRANGER, Layer.TRUST)
    assert prove(edit, subject, allowed, decide(allowed)) is NotProved.ALLOWED_ALREADY


def test_what_was_not_read_is_not_ruled_out_and_does_not_block() -> None:
    case = broken(
        "cross-account",
        identity_policies={"policies": []},
        scps={"evidence": "unread", "gap": "access_denied"},
        organization={"evidence": "unread"},
    )
    draft = Draft(Owner.SOURCE, "", _as_in("cross-account", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert isinstance(proven, Proven)
    assert proven.proof is Proof.CLEARS
    assert [one.about for one in proven.remaining if isinstance(one, Doubt)] == [Layer.SCP]
    assert len(proven.remaining) == 1
    assert proven.decision is not None
    assert proven.decision.verdict is UNKNOWN


def test_what_still_blocks_is_listed_with_what_shows_why() -> None:
    case = broken(
        "tagged",
        identity_policies={"policies": []},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition={"StringEquals": {"sts:ExternalId": "x-1"}})),
        boundary={
            "value": {"name": "B", "kind": "managed", "document": document(on("*"), deny(Resource=DEPLOY, Sid="No"))}
        },
    )
    draft = Draft(Owner.SOURCE, "", _as_in("tagged", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert isinstance(proven, Proven)
    external_id, explicit, *others = blockers(proven)
    assert external_id.blocker == Blocker(Action.ASSUME_ROLE, Layer.TRUST)
    assert external_id.statements == (StatementPlace("Deploy", 0),)
    assert [(one.key, one.wanted) for one in external_id.conditions] == [("sts:ExternalId", ("x-1",))]
    assert explicit == RemainingBlocker(
        Blocker(Action.ASSUME_ROLE, Layer.BOUNDARY, explicit=True), statements=(StatementPlace("B", 1, "No"),)
    )
    assert others == [
        RemainingBlocker(Blocker(action, layer))
        for action in (Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY)
        for layer in (Layer.TRUST, Layer.BOUNDARY)
    ]


def test_conditions_of_one_statement_are_mended_one_by_one() -> None:
    condition = {**EXTERNAL, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    case = broken(
        "cross-account",
        request={"parameters": {"external_id": None}},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition=condition)),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId")
    proven = prove(_passing(case, external_id="acme-42"), subject, case, decide(case))
    assert isinstance(proven, Proven)
    assert proven.proof is Proof.CLEARS
    assert [one.key for one in blockers(proven)[0].conditions] == ["aws:MultiFactorAuthPresent"]
    assert prove(_passing(case, external_id="acme-43"), subject, case, decide(case)) is NotProved.CHANGES_NOTHING


def test_a_statement_that_names_somebody_else_is_not_mended_by_its_conditions() -> None:
    case = broken(
        "cross-account",
        request={"parameters": {"external_id": None}},
        trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId")
    assert prove(_passing(case, external_id="acme-42"), subject, case, decide(case)) is NotProved.CHANGES_NOTHING


def test_a_change_of_the_request_may_not_break_what_was_right() -> None:
    case = broken("cross-account", request={"parameters": {"duration_seconds": 7200}})
    change = _passing(case, duration_seconds=3600, session_name="not a name")
    assert prove(change, gate(case, Gate.DURATION), case, decide(case)) is NotProved.BREAKS_SOMETHING_ELSE


def test_an_action_that_is_no_longer_asked_for_is_cleared() -> None:
    case = broken("tagged", trust_policy=trust(allow({"AWS": BUILDER}, ["sts:AssumeRole", "sts:SetSourceIdentity"])))
    subject = about(case, Layer.TRUST, action=Action.TAG_SESSION)
    proven = prove(_passing(case, tags={}, transitive_tag_keys=()), subject, case, decide(case))
    assert isinstance(proven, Proven)
    assert proven.proof is Proof.ALLOWED


def test_a_deny_that_only_moves_is_not_lifted() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}), deny(Principal="*")))
    subject = about(case, Layer.TRUST, effect=Effect.DENY)
    moved = (
        PatchOperation("replace", "/Statement/1/Action", "sts:TagSession"),
        PatchOperation("add", "/Statement/-", deny(Principal="*")),
    )
    draft = amended(case, Layer.TRUST, *moved)
    assert prove(draft, subject, case, decide(case)) is NotProved.CHANGES_NOTHING


def test_what_is_not_needed_is_not_mended() -> None:
    case = broken("same-account-named", request={"parameters": {"duration_seconds": 7200}})
    draft = amended(case, Layer.IDENTITY, added(Resource=case.request.role_arn))
    assert prove(draft, Subject(layer=Layer.IDENTITY), case, decide(case)) is NotProved.CHANGES_NOTHING


def test_no_gate_is_closed_where_the_request_is_allowed() -> None:
    case = broken("cross-account")
    subject = gate(broken("cross-account", request={"parameters": {"duration_seconds": 7200}}), Gate.DURATION)
    assert prove(_passing(case, duration_seconds=3600), subject, case, decide(case)) is NotProved.ALLOWED_ALREADY


def test_what_nothing_decides_is_not_tried() -> None:
    draft = Draft(Owner.DESTINATION, "Ask")
    assert prove(draft, about(STRANGER, Layer.TRUST), STRANGER, decide(STRANGER)) == Proven(Proof.NOT_TRIED)


def _as_in(world: str, case: Case) -> Case:
    """Give the case the identity policies of the world that it was made from."""
    policies = broken(world).snapshot.source.identity_policies
    return replace(
        case,
        snapshot=replace(case.snapshot, source=replace(case.snapshot.source, identity_policies=policies)),
    )


def _passing(case: Case, **parameters: Any) -> Draft:
    request = replace(case.request, parameters=replace(case.request.parameters, **parameters))
    return Draft(
        Owner.CALLER,
        "",
        replace(case, request=request),
        RequestChange(case.request, request),
    )


def test_a_gate_that_stays_closed_comes_with_both_sides() -> None:
    case = broken(
        "cross-account", identity_policies={"policies": []}, request={"parameters": {"duration_seconds": 7200}}
    )
    draft = Draft(Owner.SOURCE, "", _as_in("cross-account", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert isinstance(proven, Proven)
    (closed,) = blockers(proven)
    assert closed.gate is not None
    assert (closed.gate.gate, closed.gate.limit, closed.gate.got) == (Gate.DURATION, 3600, ("7200",))


def test_the_levels_that_allow_nothing_are_named() -> None:
    case = broken(
        "organization",
        identity_policies={"policies": []},
        scps={"value": {"1": {"policies": {"policies": []}}}},
    )
    draft = Draft(Owner.SOURCE, "", _as_in("organization", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert isinstance(proven, Proven)
    assert [one.levels for one in blockers(proven)] == [("workloads",)]


@pytest.mark.parametrize(
    ("change", "about_what"),
    [
        pytest.param(
            {"role": {"value": {"max_session_seconds": {"evidence": "unread"}}}},
            Gate.DURATION,
            id="a gate",
        ),
        pytest.param(
            {"trust_policy": trust(allow({"AWS": "AROADBQP57FF2AEXAMPLE"})), "principal": {"value": {"unique_id": ""}}},
            Comparison(Element.PRINCIPAL, ("AROADBQP57FF2AEXAMPLE",)),
            id="a comparison",
        ),
        pytest.param(
            {"session": {"source_identity": {"evidence": "unread"}}},
            Action.SET_SOURCE_IDENTITY,
            id="an action",
        ),
    ],
)
def test_what_is_not_ruled_out_is_a_doubt(change: Any, about_what: Gate | Comparison | Action) -> None:
    world, seconds = ("cross-account", 7200) if "role" in change else ("cross-account-role", 3600)
    asked = {"parameters": {"duration_seconds": seconds}}
    case = broken(world, identity_policies={"policies": []}, request=asked, **change)
    draft = Draft(Owner.SOURCE, "", _as_in(world, case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert isinstance(proven, Proven)
    assert about_what in [one.about for one in proven.remaining if isinstance(one, Doubt)]


def test_a_doubt_that_does_not_matter_does_not_remain() -> None:
    doubts = tuple(Doubt(ConditionKey(str(matters)), matters) for matters in (YES, UNKNOWN, NO))
    left = remaining(Decision(UNKNOWN, False, (), doubts=doubts))
    assert left == doubts[:2]


def blockers(proven: Proven) -> list[RemainingBlocker]:
    """Give what remains, of which nothing is a doubt."""
    assert all(isinstance(one, RemainingBlocker) for one in proven.remaining)
    return [one for one in proven.remaining if isinstance(one, RemainingBlocker)]


@pytest.mark.parametrize(
    ("then", "clears"),
    [
        pytest.param(("0", "1"), False, id="neither of two levels"),
        pytest.param(("1",), True, id="the first"),
        pytest.param(("0",), True, id="the second"),
        pytest.param((), True, id="both"),
    ],
)
def test_a_layer_that_depends_on_two_levels_is_nearer_where_one_of_them_allows(then: Any, clears: bool) -> None:
    depends = {"document": document(on("*", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "web"}}))}

    def decided(levels: tuple[str, ...]) -> Decision:
        changed = {level: {"policies": {"policies": {"0": depends}}} for level in levels}
        scps = {"scps": {"value": changed}} if levels else {}
        return decide(broken("organization", request={"unknown": ["aws:PrincipalTag/team"]}, **scps))

    before = decided(("0", "1"))
    assert before.verdict is UNKNOWN
    assert cleared(Subject(Action.ASSUME_ROLE, Layer.SCP), before, decided(then)) is clears
