"""The work that a case takes grows no faster than the case: counted in calls of functions, never in seconds."""

import random
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

from diagnose.causes.findings import explain
from diagnose.collect.evidence.file_places import FilePlaces, PolicyFileText
from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.decision import decide
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.explore import explore
from diagnose.evaluate.language import Language, example_texts
from diagnose.evaluate.memo import coming_again
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.trace import Layer
from diagnose.pipeline import diagnose
from diagnose.remedy.proposal import in_a_row, needed_in_a_row
from diagnose.report import Format, render
from diagnose.report.sections.needed import needs
from tests.cases import allow, case, deny, document, identity, on, trust
from tests.fuzz import large_cases, large_twists, large_worlds

RULES = load_rules()


def told(one: Case) -> None:
    diagnosis = diagnose(one, RULES)
    for form in Format:
        render(diagnosis, form)


def calls(one: Case, work: Callable[[Case], object] = told, events: Collection[str] = ("call",)) -> int:
    """Count the calls of functions that it takes to diagnose a case and, unless told otherwise, to tell it."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in events

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work(one)
    finally:
        sys.setprofile(before)
    return count


def own_tags(size: int) -> Case:
    return case(
        "cross-account",
        identity_policies=identity(
            *(on("*", Condition={"StringLike": {f"aws:PrincipalTag/t{n}": [f"v{n}*", f"*w{n}"]}}) for n in range(size))
        ),
    )


def denies_without_conditions(size: int) -> Case:
    return case(
        "cross-account",
        identity_policies=identity(on("*"), *(deny(Resource="*", Sid=f"No{n}") for n in range(size))),
    )


def tags_with_wrong_signs(size: int) -> Case:
    return case("cross-account", request={"parameters": {"tags": {f"k{n}": "a!b" for n in range(size)}}})


def empty_statements(size: int) -> Case:
    return case("cross-account", identity_policies=identity(*({} for _ in range(size))))


def of_shape(shape: large_cases.Shape) -> Callable[[int], Case]:
    return lambda size: shape(random.Random(11), size)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(own_tags, id="each statement tests a tag of its own"),
        pytest.param(denies_without_conditions, id="each statement denies"),
        pytest.param(empty_statements, id="each statement is empty"),
        pytest.param(of_shape(large_cases.several_values), id="each statement asks for several values of few keys"),
        pytest.param(of_shape(large_cases.denies_on_keys), id="each statement denies on unknown keys"),
        pytest.param(of_shape(large_cases.one_long_condition), id="one statement tests many keys"),
        pytest.param(of_shape(large_cases.identity_denies), id="each statement of the source's denies on unknown keys"),
        pytest.param(of_shape(large_cases.flaws), id="each statement has a mistake"),
        pytest.param(of_shape(large_cases.groups), id="each policy is of a group"),
        pytest.param(of_shape(large_worlds.levels_that_allow_nothing), id="each level allows nothing"),
        pytest.param(of_shape(large_worlds.levels_unread), id="a policy of each level was not read"),
        pytest.param(of_shape(large_worlds.misspelt_keys), id="each key is misspelt"),
        pytest.param(of_shape(large_worlds.networks_in_each), id="each statement has networks of its own"),
        pytest.param(of_shape(large_worlds.present_or_not), id="each statement asks whether keys are there"),
        pytest.param(of_shape(large_worlds.broken_conditions), id="each condition is broken"),
        pytest.param(of_shape(large_worlds.no_documents), id="no policy is a policy"),
    ],
)
def test_the_work_grows_no_faster_than_the_case(made: Callable[[int], Case]) -> None:
    told(made(10))  # what is only done once is done
    small, large = calls(made(100)), calls(made(400))
    assert large < 6 * small


def test_finding_the_places_of_policies_that_say_the_same_grows_no_faster_than_the_policies() -> None:
    def placed(one: Case) -> None:
        held = one.snapshot.source.identity_policies.policies
        file = FilePlaces([PolicyFileText(Path("case.json"), msgspec.json.encode(one).decode())])
        columns = {place.column for policy in held if (place := file.find(Layer.IDENTITY, policy, ""))}
        assert len(columns) == len(held)

    def alike(size: int) -> Case:
        policies = [{"name": f"p{n}", "document": document(on("*"))} for n in range(size)]
        return case("cross-account", identity_policies={"policies": policies})

    small, large = (calls(alike(size), placed) for size in (100, 400))
    assert large < 6 * small


def test_naming_what_is_needed_grows_no_faster_than_what_is_open() -> None:
    def lines(size: int) -> int:
        diagnosis = diagnose(large_twists.a_chain_of_keys(random.Random(11), size), RULES)
        count = 0

        def counted(_frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal count
            count += event == "line"
            return counted

        before = sys.gettrace()
        sys.settrace(counted)
        try:
            assert len(needs(diagnosis)) > size
        finally:
            sys.settrace(before)
        return count

    small, large = lines(100), lines(400)
    assert large < 6 * small


def test_the_work_grows_no_faster_than_the_tags_that_are_refused() -> None:
    def diagnosed(one: Case) -> None:
        diagnose(one, RULES)

    diagnosed(tags_with_wrong_signs(10))
    small, large = (calls(tags_with_wrong_signs(size), diagnosed) for size in (400, 1600))
    assert large < 6 * small


def test_not_much_more_is_spent_on_leaving_steps_out_of_a_long_plan_than_on_finding_it() -> None:
    denies = [deny(Principal="*", Sid=f"No{n}") for n in range(12)]
    let_in = allow({"AWS": "arn:aws:iam::111111111111:root"})
    one = case("cross-account", trust_policy=trust(let_in, *denies))
    decision = decide(one)
    steps = [(kind, cause.subject) for cause in explain(RULES, one, decision) for kind in cause.remedies]
    assert len(in_a_row(steps, one, decision)) > 10
    found = calls(one, lambda _: in_a_row(steps, one, decision))
    needed = calls(one, lambda _: needed_in_a_row(steps, one, decision))
    assert needed < 5 * found


def operations(one: Case, work: Callable[[Case], object]) -> int:
    """Count calls as `calls` does, and besides those of what is built into Python, such as looking up in a dict."""
    return calls(one, work, ("call", "c_call"))


def explored(one: Case) -> None:
    explore(Authorization(one))


def a_key_in_common(size: int) -> Case:
    keys = large_cases.tags_named(size)
    tests = ({"aws:PrincipalTag/all": "true", key: "true"} for key in keys)
    denies = (deny(Resource="*", Condition={"Bool": each}) for each in tests)
    return large_cases.with_unknown(["aws:PrincipalTag/all", *keys], identity_policies=identity(on("*"), *denies))


def test_trying_values_grows_no_faster_than_the_statements_whose_keys_lie_far_apart() -> None:
    explored(a_key_in_common(10))
    small, large = (operations(a_key_in_common(size), explored) for size in (100, 400))
    assert large < 4.5 * small


def test_values_that_were_found_of_the_same_tests_are_not_looked_for_again() -> None:
    one = large_cases.denies_on_keys(random.Random(12), 100)
    with coming_again():
        first, again = calls(one, explored), calls(one, explored)
    assert again < 0.5 * first


def test_finding_a_text_reads_no_letter_that_nothing_wants_there() -> None:
    def found(letters: str) -> Callable[[Case], object]:
        return lambda _: example_texts([[(False, [Language([(letters, False)])])]], [], Effort(10**6))

    letters = "".join(chr(0x4E00 + number) for number in range(200))
    small, large = (calls(case("cross-account"), found(letters[:size])) for size in (50, 200))
    assert large < 5 * small
