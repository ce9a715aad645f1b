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
