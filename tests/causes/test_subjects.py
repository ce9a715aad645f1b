"""A fact is about what it names: whoever shows it, or looks for a fix of it, takes the place from its subject."""

from collections.abc import Iterator

import pytest

from diagnose.authoring.examples import case_of
from diagnose.causes.facts import Compared, Fact, GateFact, StatementFact
from diagnose.causes.gather import gather_facts
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.decision import decide


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    """The facts of one example of every rule: the first, in which the rule speaks."""
    return list(_facts())


def _facts() -> Iterator[Fact]:
    for first, *_ in load_examples(rule_folders()).values():
        case = case_of(first)
        yield from gather_facts(case, decide(case))


@pytest.mark.parametrize("part", ["action", "layer", "level"])
def test_what_a_fact_names_is_what_it_is_about(facts: list[Fact], part: str) -> None:
    naming = [fact for fact in facts if part in fact.__struct_fields__]
    assert len({fact.name for fact in naming}) > 5
    wrong = [fact for fact in naming if getattr(fact, part) != (getattr(fact.subject, part) or "")]
    assert {fact.name for fact in wrong} == set()


def test_what_is_said_of_a_statement_points_at_it(facts: list[Fact]) -> None:
    of_statements = [fact for fact in facts if isinstance(fact, StatementFact | Compared)]
    assert {fact.name for fact in of_statements if fact.subject.statement is None} == set()
    assert {fact.name for fact in of_statements if isinstance(fact, Compared) and fact.subject.element is None} == set()


def test_what_stands_in_the_way_outside_of_policies_points_at_its_gate(facts: list[Fact]) -> None:
    gates = [fact for fact in facts if isinstance(fact, GateFact)]
    assert len({fact.gate for fact in gates}) > 5
    assert [fact for fact in gates if fact.subject.gate is None or fact.subject.gate.gate is not fact.gate] == []
