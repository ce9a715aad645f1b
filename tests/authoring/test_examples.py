"""Rules on trial: an example that does not come out as it says is told."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.authoring.draft import drafted
from diagnose.authoring.examples import Fault, case_of, try_rules, worlds
from diagnose.causes.rule import Example
from diagnose.causes.rule_file import load_examples, read_rules
from diagnose.causes.rule_folders import rule_folders
from diagnose.remedy import REMEDIES

RULES = read_rules(rule_folders(), REMEDIES)
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


CHANGES = [
    pytest.param("cross-account", {"request": {"parameters": {"external_id": "acme-41"}}}, id="a parameter"),
    pytest.param(
        "guarded",
        {"snapshot": {"source": {"boundary": {"value": {"document": {"Statement": {"0": {"Action": "s3:*"}}}}}}}},
        id="a statement of the boundary",
    ),
    pytest.param(
        "organization",
        {"snapshot": {"source": {"scps": {"value": {"2": {"policies": {"policies": []}}}}}}},
        id="an SCP detached",
    ),
    pytest.param("mfa", {"snapshot": {"source": {"session": {"mfa": {"value": False}}}}}, id="no MFA"),
]


@pytest.mark.parametrize(("world", "change"), CHANGES)
def test_the_first_example_of_a_draft_is_the_case_it_was_made_from(
    tmp_path: Path, world: str, change: dict[str, Any]
) -> None:
    case = case_of(Example("the case", world, change, "certain"))
    path = tmp_path / "trust-my-own.yaml"
    path.write_text(drafted("trust-my-own", case), encoding="utf-8")
    assert "owner: layer" in path.read_text(encoding="utf-8")
    first, silent = load_examples([tmp_path])["trust-my-own"]
    assert (first.world, silent.world, silent.change) == (world, world, {})
    assert msgspec.json.decode(msgspec.json.encode(case_of(first))) == msgspec.json.decode(msgspec.json.encode(case))
    [rule] = read_rules([tmp_path], REMEDIES)
    assert len(rule.when) > 1


def test_a_draft_is_finished_by_deleting_lines(tmp_path: Path) -> None:
    case = case_of(
        Example("the case", "mfa", {"snapshot": {"source": {"session": {"mfa": {"value": False}}}}}, "certain")
    )
    text = drafted("trust-my-own", case)
    [line] = [line for line in text.splitlines() if line.startswith("  - condition: {")]
    before, _, rest = text.partition("when:\n")
    path = tmp_path / "trust-my-own.yaml"
    path.write_text(
        f"{before}when:\n{line}\ninstead_of: mfa-missing\n" + rest[rest.index("explain:") :], encoding="utf-8"
    )
    rules = read_rules([*rule_folders(), tmp_path], REMEDIES)
    assert list(try_rules(rules, load_examples([tmp_path]))) == []


def test_a_draft_without_a_case_is_a_whole_rule(tmp_path: Path) -> None:
    (tmp_path / "trust-my-own.yaml").write_text(drafted("trust-my-own", None), encoding="utf-8")
    rules = read_rules(rule_folders([tmp_path]), REMEDIES)
    examples = load_examples([tmp_path])
    assert [rule.title for rule in rules if rule.id == "trust-my-own"] == ["Trust my own"]
    assert [example.then for example in examples["trust-my-own"]] == ["certain", "silent"]
    assert list(try_rules(rules, examples)) == []
