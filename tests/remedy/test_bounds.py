"""What may be proved for one case ends, is counted in steps, and is more for a larger case."""

import pytest
from tests.remedy.broken import about, broken, deny, document, identity, on
from tests.remedy.handmade import amended

from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.effort import Effort
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Refused
from diagnose.model.trace import Effect, Layer
from diagnose.model.tri import UNKNOWN
from diagnose.pipeline import diagnose
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.decided import ENOUGH, DecidedCases
from diagnose.remedy.document import PatchOperation
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.outsiders import opens_no_other_role
from diagnose.remedy.proof import prove
from diagnose.remedy.proposal import remedies_of

SMALL = broken("cross-account")


def large(statements: int) -> Case:
    denies = [deny(Resource="*", Sid=f"Deny{number}") for number in range(statements)]
    return broken("cross-account", identity_policies=identity(on("*"), *denies))


def decisions(case: Case, *, tried: int = 0, traces: bool = False) -> int:
    """Count how many decisions the bounds of a case have room for."""
    bounds = Bounds(case)
    while not bounds.reached:
        bounds.decided(Effort(ENOUGH - tried), traces=traces)
    return bounds.decisions


def test_a_small_case_has_room_for_thousands_of_decisions() -> None:
    assert decisions(SMALL) >= 1000
    assert decisions(SMALL, traces=True) >= 100


def test_a_decision_for_which_values_are_tried_takes_more() -> None:
    assert decisions(SMALL) > decisions(SMALL, tried=1_000) > decisions(SMALL, tried=20_000) > 1


def test_a_decision_with_traces_takes_more() -> None:
    assert decisions(large(400)) > decisions(large(400), traces=True) > 1


def test_there_is_room_for_fewer_decisions_of_a_larger_case() -> None:
    assert decisions(large(100), traces=True) > decisions(large(400), traces=True) > 1


@pytest.mark.parametrize("traces", [False, True])
def test_the_work_grows_no_faster_than_the_case(*, traces: bool) -> None:
    # A decision takes as long as the case is large.
    work = [decisions(large(size), traces=traces) * size for size in (400, 1600)]
    assert work[1] < 4 * work[0]


def test_what_is_written_is_bounded_however_few_decisions_it_takes() -> None:
    bounds = Bounds(SMALL)
    bounds.written("x" * 10_000)
    assert not bounds.reached
    for _ in range(5):
        bounds.written("x" * 10_000)
    assert bounds.reached
    assert bounds.decisions == 0


def test_the_bounds_of_two_cases_have_nothing_to_do_with_each_other() -> None:
    spent, fresh = Bounds(SMALL), Bounds(SMALL)
    while not spent.reached:
        spent.decided(Effort(ENOUGH))
    assert not fresh.reached


def test_nothing_is_proved_beyond_the_bounds_and_it_says_so() -> None:
    case = large(1)
    subject, decision = about(case, Layer.IDENTITY, effect=Effect.DENY), decide(case)
    bounds = Bounds(case)
    assert not isinstance(remedies_of(RemedyKind.EXEMPT_FROM_DENY, subject, case, decision, bounds), Refused)
    bounds.written("x" * 100_000)
    made = bounds.decisions
    refused = Refused(RemedyKind.EXEMPT_FROM_DENY.value, NotProved.TOO_MANY)
    assert remedies_of(RemedyKind.EXEMPT_FROM_DENY, subject, case, decision, bounds) == refused
    assert bounds.decisions == made


def test_a_statement_counts_however_short_it_is() -> None:
    empty = broken("cross-account", identity_policies=identity(*({} for _ in range(4000))))
    written = broken("cross-account", identity_policies=identity(on("*", Sid="x" * 12_000)))
    assert decisions(empty, traces=True) < decisions(written, traces=True)


def test_no_traces_are_compared_beyond_the_bounds() -> None:
    keys = ["aws:PrincipalTag/a", "aws:PrincipalTag/b"]
    denies = [deny(Resource="*", Condition={"StringLike": {key: "x*"}}) for key in keys]
    before = broken("cross-account", request={"unknown": keys}, identity_policies=identity(on("*"), *denies))
    after = broken("cross-account", request={"unknown": keys}, identity_policies=identity(on("*"), denies[0]))
    free, spent = Bounds(before), Bounds(before)
    assert opens_no_other_role(before, after, Layer.IDENTITY, free) is not None
    while not spent.reached:
        last = Bounds(before)
        for _ in range(spent.decisions):
            last.decided(Effort(ENOUGH))
        spent.decided(Effort(ENOUGH))
    # One decision is left, but telling two that are unknown apart takes four.
    assert opens_no_other_role(before, after, Layer.IDENTITY, last) is None
    assert last.decisions == spent.decisions + 1


def test_the_same_case_is_answered_the_same_however_often_it_was_asked() -> None:
    from diagnose.loading import load_rules

    rules, case = load_rules(), large(60)
    first = diagnose(case, rules)
    assert all(diagnose(case, rules).findings == first.findings for _ in range(2))


def test_what_was_decided_is_counted_again_and_not_decided_again() -> None:
    bounds = Bounds(SMALL)
    first, again = bounds.decision(SMALL), bounds.anew()
    assert again.decisions == 0
    assert again.decision(broken("cross-account")) is first, "an equal case is the same case"
    assert again.decision(large(1)) is not first
    assert again.decisions == 2


def test_an_answer_that_is_remembered_leaves_as_much_room_as_one_that_is_found() -> None:
    key = "aws:PrincipalTag/a"
    denies = [deny(Resource="*", Condition={"StringLike": {key: f"x{number}*"}}) for number in range(5)]
    case = broken("cross-account", request={"unknown": [key]}, identity_policies=identity(on("*"), *denies))

    def asked_until_reached(bounds: Bounds) -> int:
        while not bounds.reached:
            bounds.verdict(case)
        return bounds.decisions

    fresh = Bounds(case)
    made = asked_until_reached(fresh)
    assert made == asked_until_reached(fresh.anew())
    trying = Effort(ENOUGH)
    verdict(case, trying)
    assert made == decisions(case, tried=ENOUGH - trying.left)


@pytest.mark.parametrize(
    "world", ["cross-account", "organization", "tagged", "cross-account-role", "endpoint", "github"]
)
def test_the_traces_of_a_layer_are_those_of_the_decision_and_leave_as_much_room(world: str) -> None:
    keys = ["aws:PrincipalTag/a", "aws:RequestTag/b"]
    denies = [deny(Resource="*", Condition={"StringLike": {key: f"{key[-1]}*"}}) for key in keys]
    policy = {"name": "own", "document": document(on("*", action="sts:*"), *denies)}
    case = broken(world, request={"unknown": keys}, identity_policies={"policies": [policy]})
    decision = decide(case, spent := Effort(ENOUGH))
    _, trying = DecidedCases().verdict(case)
    assert decision.verdict is not UNKNOWN or trying.left == spent.left < ENOUGH
    for layer in Layer:
        assert list(DecidedCases().traces(case, layer)) == [
            (decided.action, statement)
            for decided in decision.actions
            for trace in decided.layers
            if trace.layer is layer
            for level in trace.levels
            for statement in level.statements
        ]
    if decision.verdict is UNKNOWN:
        traced, decided_again = Bounds(case), Bounds(case)
        traced.traces(case, Layer.IDENTITY)
        decided_again.decision(case)
        assert decisions_left(traced) == decisions_left(decided_again)


def decisions_left(bounds: Bounds) -> int:
    """Count how many decisions without traces there is still room for."""
    before = bounds.decisions
    while not bounds.reached:
        bounds.decided(Effort(ENOUGH))
    return bounds.decisions - before


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        pytest.param(
            PatchOperation("replace", "/Statement/1/Resource", "arn:aws:iam::222222222222:role/Other"),
            NotProved.TOO_MANY,
            id="it lifts the Deny",
        ),
        pytest.param(
            PatchOperation("replace", "/Statement/1/Sid", "Other"), NotProved.CHANGES_NOTHING, id="it lifts nothing"
        ),
    ],
)
def test_where_one_decision_is_left_the_edit_of_a_deny_is_judged_by_its_layer(
    operation: PatchOperation, expected: NotProved
) -> None:
    case = large(3)
    draft, subject = amended(case, Layer.IDENTITY, operation), about(case, Layer.IDENTITY, effect=Effect.DENY, index=1)
    bounds = Bounds(case)
    while not bounds.ends_with_decision:
        assert not bounds.reached
        bounds.decided(Effort(ENOUGH))
    before = bounds.decisions
    assert prove(draft, subject, case, decide(case), bounds) is expected
    assert (bounds.decisions, bounds.reached) == (before + 1, True)
