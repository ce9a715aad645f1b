"""No rule loses a remedy to a smaller edit that it does not name itself."""

import pytest

from diagnose.authoring.examples import case_of
from diagnose.causes.findings import explain
from diagnose.causes.rule import Example
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.proposal import smaller_kind
from diagnose.remedy.table import KINDS

RULES = load_rules()
REPEATING = {kind for kind, traits in KINDS.items() if traits.repeats}
NAMED = {rule.id for rule in RULES if REPEATING & {RemedyKind(kind) for kind in rule.remedies}}
FIRING = [
    (rule, example)
    for rule, examples in load_examples(rule_folders()).items()
    for example in examples
    if rule in NAMED and example.then != "silent"
]


@pytest.mark.parametrize(("rule", "example"), FIRING, ids=[f"{rule}: {example.name}" for rule, example in FIRING])
def test_what_a_kind_repeats_is_named_before_it(rule: str, example: Example) -> None:
    case = case_of(example)
    cause = next(one for one in explain(RULES, case, decide(case)) if one.finding.rule == rule)
    for place, kind in enumerate(cause.remedies):
        smaller = smaller_kind(RemedyKind(kind), cause.subject)
        assert smaller is None or smaller in cause.remedies[:place]
