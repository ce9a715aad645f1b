"""What rules may say of a fact."""

import pytest

from diagnose.causes.all_facts import FACTS
from diagnose.causes.vocabulary import fields_of, near


@pytest.mark.parametrize("fact", sorted(FACTS))
def test_no_rule_sees_where_a_fact_stands_and_what_tells_it_apart(fact: str) -> None:
    assert not {"subject", "settled", "about"} & set(fields_of(fact))


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("verdct", "did you mean `verdict`", id="a slip"),
        pytest.param("verdictlayer", "did you mean `verdict`", id="much of it"),
        pytest.param("zzz", "expected one of layer, verdict", id="nothing like it"),
    ],
)
def test_a_word_that_is_none_is_told_the_one_that_it_looks_like(word: str, hint: str) -> None:
    assert near(word, ["layer", "verdict"]) == hint


@pytest.mark.parametrize(
    ("count", "last", "rest"),
    [
        pytest.param(20, 20, "", id="as many as are listed"),
        pytest.param(21, 21, "", id="one more, which is listed, too"),
        pytest.param(22, 20, " and 2 more: see rules/README.md", id="many"),
        pytest.param(90, 20, " and 70 more: see rules/README.md", id="as many as there are reasons"),
    ],
)
def test_of_many_words_the_first_are_listed(count: int, last: int, rest: str) -> None:
    words = [f"w{number}" for number in range(1, count + 1)]
    assert near("zzz", words) == f"expected one of {', '.join(words[:last])}{rest}"


@pytest.mark.parametrize("fact", sorted(FACTS))
def test_no_hint_is_longer_than_anybody_reads(fact: str) -> None:
    lists = [list(fields_of(fact)), *(list(field.values) for field in fields_of(fact).values())]
    assert max(len(near("zzz", words)) for words in lists) < 700
