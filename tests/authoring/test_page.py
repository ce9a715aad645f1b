"""The page of causes is what the rules and their examples say today."""

from pathlib import Path

from diagnose.authoring.page import causes_page
from diagnose.causes.folder import rule_folders
from diagnose.causes.load import load_examples
from diagnose.loading import load_rules

ROOT = Path(__file__).parent.parent.parent


def test_the_page_of_causes_is_up_to_date() -> None:
    rules = load_rules()
    written = (ROOT / "docs" / "causes.md").read_text(encoding="utf-8")
    assert written == causes_page(rules, load_examples(rule_folders())), "run `make docs`"
    assert all(f"`{rule.id}`" in written for rule in rules)
