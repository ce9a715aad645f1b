"""What rules may see of a fact."""

import pytest
from tests.causes.given import case, trust

from diagnose.causes.all_facts import FACTS, seen
from diagnose.causes.facts import Fact
from diagnose.causes.gather import gather_facts
from diagnose.evaluate.decision import decide


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    given = case("cross-account", trust() | {"message": "AccessDenied: no"})
    return list(gather_facts(given, decide(given)))


def test_a_rule_sees_all_of_a_fact_but_where_it_stands_and_how_sure_it_is(facts: list[Fact]) -> None:
    assert facts
    for fact in facts:
        fields = dict.fromkeys(fact.__struct_fields__)
        hidden = [name for name in fields if name not in seen(fact)]
        assert set(hidden) == {"subject", "settled", "about"} & set(fields)
        assert list(seen(fact).items()) == [(name, getattr(fact, name)) for name in fields if name not in hidden]


def test_a_fact_is_known_by_its_name(facts: list[Fact]) -> None:
    assert {FACTS[fact.name] is type(fact) for fact in facts} == {True}
