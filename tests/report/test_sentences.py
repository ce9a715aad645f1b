"""Sentences of reports that nothing else holds word for word, below the example that each was read in."""

from pathlib import Path

import pytest
from tests.cases import case

from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.loading import load_rules
from diagnose.pipeline import diagnose
from diagnose.report import Detail, Format, render

SENTENCES = (Path(__file__).with_name("sentences.txt")).read_text(encoding="utf-8")
OF_EXAMPLES = {
    heading: sentences.splitlines()
    for heading, _, sentences in (part.partition("\n") for part in SENTENCES.removeprefix("# ").split("\n# "))
}
EXAMPLES = {f"{rule}: {each.name}": each for rule, every in load_examples(rule_folders()).items() for each in every}
RULES = load_rules()


@pytest.mark.parametrize("name", OF_EXAMPLES)
def test_the_report_of_an_example_says_what_was_read_in_it(name: str) -> None:
    example = EXAMPLES[name]
    diagnosis = diagnose(case(example.world, example.change), RULES)
    told = render(diagnosis, Format.TEXT, width=100_000, color=False, detail=Detail.FULL)
    assert [line for line in OF_EXAMPLES[name] if line not in map(str.strip, told.splitlines())] == []
