"""Rules on trial: an example that does not come out as it says is told."""

from msgspec.structs import replace

from diagnose.authoring.draft import drafted
from diagnose.authoring.trial import Fault, try_rules
from diagnose.authoring.worlds import case_of, worlds
from diagnose.causes.folder import rule_folders
from diagnose.causes.load import load_examples, load_rules
from diagnose.causes.rule import Example
from diagnose.remedy import REMEDIES

RULES = load_rules(rule_folders(), REMEDIES)
EXAMPLES = load_examples(rule_folders())
ONE = "external-id-differs"


def _faults(*examples: Example) -> list[Fault]:
    return list(try_rules(RULES, {ONE: examples}))


def test_the_rules_that_come_with_xdiag_stand_their_trial() -> None:
    assert list(try_rules(RULES, EXAMPLES)) == []


def test_every_world_is_tried_as_it_is() -> None:
    assert len(worlds()) >= 14
    assert _faults() == []


def test_an_example_that_fires_otherwise_is_told() -> None:
    fires = next(example for example in EXAMPLES[ONE] if example.then == "certain")
    [fault] = _faults(replace(fires, then="possible"))
    assert (fault.rule, fault.example) == (ONE, fires.name)
    assert "expected `possible`, found `certain`" in fault.message


def test_a_finding_that_no_example_lists_is_told() -> None:
    silent = Example(
        "it is the session name",
        "cross-account",
        {"snapshot": {"source": {"identity_policies": {"policies": []}}}},
        "silent",
    )
    [fault] = _faults(silent)
    assert "not listed under `also`" in fault.message


def test_a_draft_can_be_finished_by_deleting_lines() -> None:
    fires = next(example for example in EXAMPLES[ONE] if example.then == "certain")
    text = drafted("trust-my-own", case_of(fires))
    assert "  - condition: {" in text
    assert "title: Trust my own" in text
