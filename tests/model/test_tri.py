"""Kleene's strong logic of indeterminacy: NO < UNKNOWN < YES."""

from itertools import permutations, product

import pytest

from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri

AND = {
    (YES, YES): YES,
    (YES, UNKNOWN): UNKNOWN,
    (YES, NO): NO,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, NO): NO,
    (NO, NO): NO,
}
OR = {
    (YES, YES): YES,
    (YES, UNKNOWN): YES,
    (YES, NO): YES,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, NO): UNKNOWN,
    (NO, NO): NO,
}
pairs = pytest.mark.parametrize("pair", AND, ids=lambda pair: f"{pair[0].word} with {pair[1].word}")


@pairs
def test_all_of_is_the_least_answer(pair: tuple[Tri, Tri]) -> None:
    for ordered in permutations(pair):
        assert all_of(ordered) is AND[pair]


@pairs
def test_any_of_is_the_greatest_answer(pair: tuple[Tri, Tri]) -> None:
    for ordered in permutations(pair):
        assert any_of(ordered) is OR[pair]


def test_all_of_nothing_is_yes_and_any_of_nothing_is_no() -> None:
    assert all_of([]) is YES
    assert any_of([]) is NO


@pytest.mark.parametrize(("answer", "mirrored"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_not_mirrors_an_answer_and_leaves_the_unknown(answer: Tri, mirrored: Tri) -> None:
    assert ~answer is mirrored


def test_de_morgan_holds_for_every_three_answers() -> None:
    for answers in product(Tri, repeat=3):
        assert ~all_of(answers) is any_of(~answer for answer in answers)
        assert all_of(answers) is min(answers)
        assert any_of(answers) is max(answers)


def test_answers_are_ordered_and_written_in_lower_case() -> None:
    assert sorted([YES, NO, UNKNOWN]) == [NO, UNKNOWN, YES]
    assert [answer.word for answer in Tri] == ["no", "unknown", "yes"]


def test_a_certain_answer_is_lifted() -> None:
    assert tri(True) is YES
    assert tri(False) is NO


def test_an_endless_question_ends_at_the_answer_that_settles_it() -> None:
    def endless(answer: Tri) -> object:
        while True:
            yield answer

    assert all_of(endless(NO)) is NO  # type: ignore[arg-type]  # a generator typed loosely to stay endless
    assert any_of(endless(YES)) is YES  # type: ignore[arg-type]  # as above
