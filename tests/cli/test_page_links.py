"""Where a report leads to the page of a cause: on the site that the user names."""

import json

import pytest
from markdown_it import MarkdownIt
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, DENIED, Program

CASE = str(DEMOS / "wrong-principal.json")
SITE = "https://docs.example.com/xdiag/"
PAGE = "https://docs.example.com/xdiag/causes/trust-principal-account-typo/"
RULE = "trust-principal-account-typo"


def test_a_terminal_opens_the_page_when_the_rule_is_clicked(xdiag: Program) -> None:
    run = xdiag("check", "--case", CASE, "--pages", SITE, "--color", "always")
    assert run.code == DENIED
    [line] = [line for line in run.out.splitlines() if "xdiag explain" in line]
    assert f";{PAGE}\x1b\\" in line
    without = xdiag("check", "--case", CASE, "--color", "always").out
    assert "\x1b]8;" not in without


def test_piped_text_says_the_same_with_pages_and_without(xdiag: Program) -> None:
    assert xdiag("check", "--case", CASE, "--pages", SITE).out == xdiag("check", "--case", CASE).out


@pytest.mark.parametrize(("arguments", "address"), [((), ""), (("--pages", SITE), PAGE)])
def test_json_has_the_address_of_each_cause(xdiag: Program, arguments: tuple[str, ...], address: str) -> None:
    causes = json.loads(xdiag("check", "--case", CASE, "--output", "json", *arguments).out)["causes"]
    assert [(cause["rule"], cause["rule_url"]) for cause in causes if cause["rule"] == RULE] == [(RULE, address)]
    queried = xdiag("check", "--case", CASE, "--query", "causes[0].rule_url", *arguments).out
    assert json.loads(queried) == causes[0]["rule_url"]


def test_sarif_leads_to_the_page_instead_of_aws(xdiag: Program) -> None:
    for arguments, expected in ((("--pages", SITE), PAGE), ((), "https://docs.aws.amazon.com/")):
        run = xdiag("check", "--case", CASE, "--output", "sarif", *arguments)
        rules = json.loads(run.out)["runs"][0]["tool"]["driver"]["rules"]
        assert next(rule for rule in rules if rule["id"] == RULE)["helpUri"].startswith(expected)


def test_a_rule_of_ones_own_has_no_page(xdiag: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("our-rules")
    shipped = xdiag("rules", "show", RULE).out
    (folder / "our-cause.yaml").write_text(
        "\n".join(line for line in shipped.splitlines() if not line.startswith(("formerly:", "instead_of:")))
        + f"\ninstead_of: [{RULE}]\n"
    )
    run = xdiag("check", "--case", CASE, "--rules", str(folder), "--pages", SITE, "--output", "json")
    causes = json.loads(run.out)["causes"]
    assert [cause["rule_url"] for cause in causes if cause["rule"] == "our-cause"] == [""]


@pytest.mark.parametrize(
    "address", ["docs.example.com", "javascript:alert(1)", "https://a\x1b]8;;https://b", "https://"]
)
def test_what_is_no_address_is_a_mistake(xdiag: Program, address: str) -> None:
    run = xdiag("check", "--case", CASE, "--pages", address)
    assert run.code == BAD_INPUT
    assert "is not an address" in run.err


def test_the_site_is_a_setting(xdiag: Program) -> None:
    run = xdiag("check", "--case", CASE, "--query", "causes[0].rule_url", env={"XDIAG_PAGES": SITE})
    assert json.loads(run.out).startswith(SITE)
    wrong = xdiag("check", "--case", CASE, env={"XDIAG_PAGES": "nowhere"})
    assert wrong.code == BAD_INPUT
    assert "the address of a site" in wrong.err


@pytest.mark.parametrize("form", ["markdown", "jira", "adf", "slack", "servicenow", "html", "findings"])
def test_what_is_pasted_or_sent_leads_to_the_page(xdiag: Program, form: str) -> None:
    assert PAGE in xdiag("check", "--case", CASE, "--output", form, "--pages", SITE).out
    assert "docs.example.com" not in xdiag("check", "--case", CASE, "--output", form).out


@pytest.mark.parametrize("form", ["markdown", "html", "slack"])
def test_an_address_is_no_markup(xdiag: Program, form: str) -> None:
    out = xdiag("check", "--case", CASE, "--output", form, "--pages", "https://docs.example.com/<i>|x").out
    every = [one for token in MarkdownIt("commonmark").parse(out) for one in (token, *(token.children or []))]
    assert "docs.example.com" in out
    if form == "markdown":
        assert not [one for one in every if one.type.startswith("html") and "<i>" in one.content]
    else:
        assert "<i>" not in out
