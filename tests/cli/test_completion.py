"""What the shell completes, asked as bash asks."""

from pathlib import Path

import pytest
from tests.cases import DEMOS
from tests.cli.program import Program


def _completed(xdiag: Program, words: str, **environment: str) -> list[str]:
    """Give what bash would offer for the last word."""
    at = words.count(" ")
    asked = {"_XDIAG_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    run = xdiag.process(env={**asked, **environment})
    assert run.err == ""
    return run.out.split()


def test_the_names_of_demos(xdiag: Program) -> None:
    assert _completed(xdiag, "xdiag demo ") == sorted(path.stem for path in DEMOS.glob("*.json"))
    assert _completed(xdiag, "xdiag demo external") == ["external-id"]


@pytest.mark.parametrize("command", ["explain", "rules show"])
def test_the_ids_of_rules(command: str, xdiag: Program) -> None:
    offered = _completed(xdiag, f"xdiag {command} external-id-d")
    assert "external-id-differs" in offered
    assert all(each.startswith("external-id-d") for each in offered)


def test_the_ids_of_ones_own_rules_that_are_typed_or_set(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "our-cause.yaml").touch()
    assert _completed(xdiag, "xdiag explain our-") == []
    assert _completed(xdiag, f"xdiag explain --rules {tmp_path} our-") == ["our-cause"]
    assert _completed(xdiag, "xdiag explain our-", XDIAG_RULES=str(tmp_path)) == ["our-cause"]


def test_nothing_is_offered_and_nothing_is_said_where_the_folder_of_rules_is_not_there(xdiag: Program) -> None:
    assert _completed(xdiag, "xdiag explain external", XDIAG_RULES="/nowhere") == []
    assert _completed(xdiag, "xdiag explain external", XDIAG_TIMEOUT="soon") == []


@pytest.mark.parametrize("option", ["--source-profile", "--dest-profile", "--org-profile"])
@pytest.mark.parametrize("command", ["check", "collect", "doctor"])
def test_aws_profiles(command: str, option: str, xdiag: Program, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile ours]\nregion = eu-west-1\n[profile other]\n[profile theirs]\n")
    environment = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    assert _completed(xdiag, f"xdiag {command} {option} o", **environment) == ["other", "ours"]
    if command == "check":
        assert _completed(xdiag, "xdiag check --profile o", **environment) == ["other", "ours"]
    config.write_text("[profile\n")
    assert _completed(xdiag, f"xdiag {command} {option} o", **environment) == []
