"""The page of causes has a section for every rule, which shows what the rule says."""

import pytest

from diagnose.authoring.pages import causes_page, section
from diagnose.causes.rule import Rule
from diagnose.causes.rule_cache import rule_folders
from diagnose.causes.rule_file import load_examples
from diagnose.loading import load_rules

RULES = load_rules()
EXAMPLES = load_examples(rule_folders())


def test_the_page_has_a_section_for_every_rule() -> None:
    written = causes_page(RULES, EXAMPLES)
    assert [rule.id for rule in RULES if f"\n`{rule.id}`, to be fixed by " not in written] == []
    assert "{" + "layer}" not in written


@pytest.mark.parametrize("rule", RULES[::10], ids=lambda rule: rule.id)
def test_a_section_says_what_the_rule_says_of_its_first_example(rule: Rule) -> None:
    written = section(rule, RULES, EXAMPLES[rule.id])
    assert "\n> " in written
    assert all(example.name in written for example in EXAMPLES[rule.id])
    assert all(source in written for source in rule.sources)


def test_a_section_names_the_ids_that_a_rule_had_before() -> None:
    rule = next(rule for rule in RULES if rule.formerly)
    written = section(rule, RULES, EXAMPLES[rule.id])
    assert "Known earlier as `" in written
    assert all(f"`{former}`" in written for former in rule.formerly)
