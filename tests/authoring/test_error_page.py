"""The page of errors is not out of date, and what it leads to is what xdiag answers."""

import re
from pathlib import Path

import pytest

from diagnose.authoring.error_page import ALL_TEXTS, denial, speaking_of
from diagnose.authoring.examples import case_of
from diagnose.authoring.pages import BEGIN_ERRORS, END_ERRORS, with_errors
from diagnose.causes.rule import Example
from diagnose.loading import load_rules
from diagnose.model.aws_error import ErrorKind
from diagnose.model.error_text.denial import BLAMED
from diagnose.model.error_text.parser import parse_errors
from diagnose.pipeline import diagnose

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
GENERATED = PAGE.partition(BEGIN_ERRORS)[2].partition(END_ERRORS)[0]
SAMPLES = re.findall(r"^### ([^\n]+)\n\n```text\n(.+?)```", PAGE, flags=re.DOTALL | re.MULTILINE)
RULES = load_rules()


def test_the_page_is_the_one_of_the_code() -> None:
    assert with_errors(PAGE, RULES) == PAGE, "out of date: run `python -m diagnose.authoring.pages`"


def test_every_text_is_a_heading() -> None:
    headings = re.findall(r"^### `(.+)`$", GENERATED, flags=re.MULTILINE)
    assert len(headings) == len(set(headings)) > 100
    expected = {
        *ALL_TEXTS,
        *(denial("sts:AssumeRole", name, explicit=deny) for name in BLAMED for deny in (True, False)),
    }
    assert expected - set(headings) == set()


@pytest.mark.parametrize("text", ALL_TEXTS)
def test_a_text_leads_to_what_is_answered(text: str) -> None:
    case = case_of(Example(text, "cross-account", {"message": text}, "certain"))
    answered = {finding.rule for finding in diagnose(case, RULES).findings}
    leads = {rule.id for rule in speaking_of(text, RULES)}
    assert leads & answered


@pytest.mark.parametrize(
    ("text", "rules", "silent"),
    [
        pytest.param(
            denial("sts:AssumeRole", "service control policy", explicit=True),
            {"scp-named-by-aws"},
            {"identity-named-by-aws", "role-new", "error-about-other-action"},
            id="a Deny of one layer",
        ),
        pytest.param(denial("sts:AssumeRole"), {"role-new"}, {"error-about-other-action"}, id="no layer named"),
        pytest.param(denial("sts:TagSession"), {"tags-sent-by-tool"}, {"error-about-pass-role"}, id="session tags"),
        pytest.param(denial("iam:PassRole"), {"error-about-pass-role"}, {"tags-sent-by-tool"}, id="iam:PassRole"),
    ],
)
def test_a_denial_leads_to_the_rules_of_its_action_and_layer(text: str, rules: set[str], silent: set[str]) -> None:
    leads = {rule.id for rule in speaking_of(text, RULES)}
    assert rules <= leads
    assert leads.isdisjoint(silent)


@pytest.mark.parametrize("sample", [text for _, text in SAMPLES], ids=[name for name, _ in SAMPLES])
def test_the_denial_in_the_words_of_a_tool_is_understood(sample: str) -> None:
    (error,) = parse_errors(sample)
    assert error.kind is ErrorKind.NOT_AUTHORIZED
    assert error.caller == "arn:aws:iam::111111111111:user/builder"
    assert (error.action, error.resource) == ("sts:AssumeRole", "arn:aws:iam::222222222222:role/Deploy")


def test_many_tools_have_a_sample() -> None:
    assert len(SAMPLES) >= 15
