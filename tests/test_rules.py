"""Every example of every rule: a world with one thing changed, decided for real, and what the rule then says."""

from collections import Counter
from functools import cache
from typing import Any

import msgspec
import pytest

from diagnose.causes.findings import explain
from diagnose.causes.rule import Example, Rule
from diagnose.causes.rule_file import load_examples, read_rules
from diagnose.causes.rule_folders import PLACES, rule_folders
from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.model.tri import YES
from diagnose.pipeline import diagnose
from diagnose.remedy.kinds import REMEDIES, RemedyKind
from diagnose.remedy.table import KINDS, Edited
from tests.cases import WORLDS, case

FOLDERS = rule_folders()
RULES = read_rules(FOLDERS, REMEDIES)


def _then(param: Any) -> str:
    (_, example) = param.values
    return str(example.then)


EXAMPLES = [
    pytest.param(rule, example, id=f"{rule}: {example.name}")
    for rule, examples in load_examples(FOLDERS).items()
    for example in examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_it_says(rule: str, example: Example) -> None:
    told = {finding.rule: finding for finding in _findings(example)}
    assert (told[rule].certainty.value if rule in told else "silent") == example.then, sorted(told)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_no_cause_is_told_twice(rule: str, example: Example) -> None:
    told = [(finding.rule, finding.explanation) for finding in _findings(example)]
    assert sorted(set(told)) == sorted(told)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_no_other_finding_is_certain_unless_the_example_lists_it(rule: str, example: Example) -> None:
    certain = {finding.rule for finding in _findings(example) if finding.certainty is Certainty.CERTAIN}
    assert certain - {rule} == set(example.also)


@pytest.mark.parametrize(("rule", "example"), [each for each in EXAMPLES if _then(each) == "certain"])
def test_of_what_is_certain_it_is_said_what_to_do(rule: str, example: Example) -> None:
    told = [
        finding for finding in diagnose(case(example.world, example.change), RULES).findings if finding.rule == rule
    ]
    assert told
    assert all(finding.remedies for finding in told)


@pytest.mark.parametrize("rule", ["scp-allows-nothing", "scp-level-empty"])
def test_where_no_policy_of_a_level_allows_the_one_that_aws_attaches_is_missed_first(rule: str) -> None:
    (told,) = (finding for finding in _findings(load_examples(FOLDERS)[rule][0]) if finding.rule == rule)
    level = "workloads" if rule == "scp-allows-nothing" else "build"
    wanted = "`FullAWSAccess`, which AWS attaches by default and which allows everything, was probably detached from"
    assert told.explanation.startswith(f"{wanted} `{level}`: ")


@pytest.mark.parametrize("world", sorted(path.stem for path in WORLDS.glob("*.json")))
def test_every_world_is_silent(world: str) -> None:
    one = case(world)
    decision = decide(one)
    assert decision.verdict is YES
    assert explain(RULES, one, decision) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_line_that_asks_for_nothing_is_there_for_its_words(rule: Rule) -> None:
    met = Counter[str]()
    for line in rule.when:
        met[line.fact] += 1
        name = line.fact if met[line.fact] == 1 else f"{line.fact}{met[line.fact]}"
        assert line.fields or len(rule.when) == 1 or f"{{{name}." in rule.title + rule.explain, line.fact


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_in_its_place(rule: Rule) -> None:
    assert rule.folder in PLACES
    assert not rule.title.endswith(".")
    assert rule.explain.endswith((".", "?", "{scope}"))


def _findings(example: Example) -> tuple[Finding, ...]:
    return _findings_of(example.world, msgspec.json.encode(example.change))


@cache
def _findings_of(world: str, change: bytes) -> tuple[Finding, ...]:
    """Decide the case of an example once, for all that is asked of it."""
    one = case(world, msgspec.json.decode(change))
    return tuple(cause.finding for cause in explain(RULES, one, decide(one)))


GIVES_UP = {RemedyKind.DROP_TAGS, RemedyKind.DROP_SOURCE_IDENTITY}
"""What the caller sends is sent for a reason, so that to leave it out comes last."""
OF_OWNERS = {Edited.SOURCE, Edited.TRUST, Edited.POLICY, Edited.LIMIT, Edited.SETTING}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_the_caller_can_do_comes_before_what_an_owner_must(rule: Rule) -> None:
    kinds = [kind for kind in map(RemedyKind, rule.remedies) if kind not in GIVES_UP]
    owners = [place for place, kind in enumerate(kinds) if KINDS[kind].edits in OF_OWNERS]
    callers = [place for place, kind in enumerate(kinds) if KINDS[kind].edits is Edited.REQUEST]
    assert not owners or not callers or max(callers) < min(owners)
