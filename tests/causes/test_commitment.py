"""Which of the rules that tell apart what is unknown may speak is said of each fact as if it were the only one."""

from pathlib import Path

import pytest
from tests.causes.given import BUILDER, allow, case, names, rules, trust

from diagnose.causes.findings import explain
from diagnose.evaluate.decision import decide

TEAM, COST = "aws:PrincipalTag/team", "aws:PrincipalTag/cost"
RULES = {
    "is_other": f"when: [{{condition: {{key: {TEAM}, reason: value_differs}}}}]",
    "is_near": f"when: [{{condition: {{key: {COST}, reason: [case_differs, space_differs]}}}}]",
    "is_any": f"when: [{{condition: {{key: {COST}, reason: [value_differs, case_differs, space_differs]}}}}]",
}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        pytest.param([TEAM], ["possible is-other"], id="the one rule about its key"),
        pytest.param([COST], ["possible is-any"], id="of two the one that allows more"),
        pytest.param([TEAM, COST], ["possible is-any", "possible is-other"], id="each of its own"),
        pytest.param([COST, TEAM], ["possible is-any", "possible is-other"], id="in whichever order"),
    ],
)
def test_the_least_committed_rule_about_each_fact_speaks(tmp_path: Path, keys: list[str], told: list[str]) -> None:
    condition = {"StringEquals": dict.fromkeys(keys, "a")}
    one = case("cross-account", trust(allow(BUILDER, Condition=condition)), request={"unknown": keys})
    assert sorted(names(explain(rules(tmp_path, **RULES), one, decide(one)))) == told
