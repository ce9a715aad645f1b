"""Each rule has a page, which shows what the rule says; an id that it had before leads there."""

from pathlib import Path

import pytest

from diagnose.authoring.cause_pages import INDEX, cause_pages, page, write_pages
from diagnose.causes.rule import Rule
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.loading import load_rules

RULES = load_rules()
EXAMPLES = load_examples(rule_folders())


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Every page by its name."""
    return dict(cause_pages(RULES, EXAMPLES))


def of_rule(name: str) -> str:
    rule = next(rule for rule in RULES if rule.id == name)
    return page(rule, RULES, EXAMPLES[name])


def test_every_rule_has_a_page_that_the_list_leads_to(pages: dict[str, str]) -> None:
    assert [rule.id for rule in RULES if f"]({rule.id}.md)" not in pages[INDEX]] == []
    assert [rule.id for rule in RULES if not pages[rule.id].startswith("# ")] == []
    assert [name for name, text in pages.items() if "{layer}" in text] == []


def test_an_id_of_before_has_a_page_that_leads_to_the_rule(pages: dict[str, str]) -> None:
    former = {old: rule.id for rule in RULES for old in rule.formerly}
    assert len(former) > 100
    assert [old for old, now in former.items() if f"]({now}.md)" not in pages[old]] == []


@pytest.mark.parametrize("rule", RULES[::10], ids=lambda rule: rule.id)
def test_a_page_says_what_the_rule_says_of_its_first_example(rule: Rule) -> None:
    written = page(rule, RULES, EXAMPLES[rule.id])
    assert "\n> " in written
    assert all(example.name in written for example in EXAMPLES[rule.id])
    assert all(source in written for source in rule.sources)
    assert all(f"`{former}`" in written for former in rule.formerly)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        pytest.param("mfa-code-refused", ["failed with invalid MFA one time pass code"], id="an answer of STS"),
        pytest.param("credentials-not-found", ["Unable to locate credentials", "NoCredentialProviders"], id="of tools"),
        pytest.param(
            "external-id-differs",
            [
                "because no role trust policy allows the sts:AssumeRole action",
                "`User: ... is not authorized to perform: sts:AssumeRole on resource: ...`",
            ],
            id="a denial, which need not name the layer",
        ),
    ],
)
def test_a_page_lists_the_error_texts_that_the_cause_is_seen_with(name: str, texts: list[str]) -> None:
    seen = of_rule(name).partition("## Seen with")[2].partition("\n## ")[0]
    assert [text for text in texts if text not in seen] == []


def test_a_deny_is_seen_as_an_explicit_deny_and_a_gap_with_no_text_at_all() -> None:
    denying = [rule for rule in RULES if any(("effect", ("deny",)) in pattern.fields for pattern in rule.when)]
    seen = [of_rule(rule.id).partition("## Seen with")[2].partition("\n## ")[0] for rule in denying[:8]]
    assert any("with an explicit deny in a" in text for text in seen)
    assert [text for text in seen if "because no" in text] == []
    assert "## Seen with" not in of_rule("trust-policy-unread")


def test_a_page_names_the_general_rule_and_the_special_ones() -> None:
    related = of_rule("external-id-differs").partition("## Related")[2]
    assert "Reported instead of `condition-key-missing`" in related
    assert "More specific: `external-id-spelling`" in related


def test_writing_leaves_no_page_of_a_rule_that_is_gone(tmp_path: Path) -> None:
    write_pages(tmp_path / "causes", {"one": "# One\n", "other": "# Other\n"})
    write_pages(tmp_path / "causes", {"one": "# Another\n"})
    assert {file.name: file.read_text() for file in (tmp_path / "causes").iterdir()} == {"one.md": "# Another\n"}
