"""`xdiag rules` and `xdiag explain`: old ids, folders of one's own, and the command that a draft tells one to run."""

from pathlib import Path

import pytest
from tests.cli.program import Program

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", [("explain",), ("rules", "show")], ids=" ".join)
def test_a_rule_is_found_by_the_id_that_it_had_before(xdiag: Program, command: tuple[str, ...]) -> None:
    old, new = (xdiag(*command, name) for name in ("scp-denies-region", "region-denied"))
    assert (old.code, old.out) == (0, new.out)
    assert "scp-denies-region" in old.out
    assert (old.err, new.err) == ("the rule `scp-denies-region` is now called `region-denied`\n", "")


def test_the_rules_of_one_of_our_own_folders_are_checked_alone(xdiag: Program) -> None:
    run = xdiag("rules", "check", str(ROOT / "rules" / "trust"))
    assert run.code == 0
    ours = len(list((ROOT / "rules" / "trust").glob("*.yaml")))
    assert run.out.startswith(f"{ours} of ")
    assert run.out.endswith(" 0 faults\n")


def test_a_rule_of_one_s_own_may_replace_one_by_its_former_id(xdiag: Program, tmp_path: Path) -> None:
    demo = ROOT / "fixtures" / "demo" / "external-id.json"
    drafted = xdiag("rules", "new", "trust-our-own", "--case", str(demo), "--to", str(tmp_path))
    assert (drafted.code, f"xdiag rules check {tmp_path}" in drafted.err) == (0, True)
    path = tmp_path / "trust-our-own.yaml"
    before, _, rest = path.read_text(encoding="utf-8").partition("when:\n")
    [line] = [line for line in rest.splitlines() if line.startswith("  - condition: {")]
    rest = rest[rest.index("explain:") :]
    path.write_text(f"{before}when:\n{line}\ninstead_of: [trust-external-id-spelling]\n{rest}", encoding="utf-8")
    checked = xdiag("rules", "check", str(tmp_path))
    assert (checked.code, checked.out.split(" of ")[0]) == (0, "1")


def test_a_draft_is_written_where_the_command_that_follows_finds_it_alone(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "other-notes.yaml").write_text("not a rule")
    drafted = xdiag("rules", "new", "trust-our-own", cwd=tmp_path)
    assert (drafted.code, drafted.err.splitlines()[0].rpartition("run ")[2]) == (0, "`xdiag rules check our-rules`")
    checked = xdiag("rules", "check", "our-rules", cwd=tmp_path)
    assert (checked.code, checked.out.split(" of ")[0]) == (0, "1")
    assert checked.out.endswith(" 0 faults\n")
    again = xdiag("rules", "new", "trust-our-own", cwd=tmp_path)
    assert (again.code, "already exists" in again.err) == (2, True)


def test_a_draft_is_not_written_into_a_file(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("a file")
    run = xdiag("rules", "new", "trust-our-own", "--to", "rules", cwd=tmp_path)
    assert (run.code, "`rules/trust-our-own.yaml` cannot be written" in run.err) == (2, True)


def test_one_fault_is_counted_in_the_singular(xdiag: Program, tmp_path: Path) -> None:
    xdiag("rules", "new", "trust-our-own", "--to", str(tmp_path))
    path = tmp_path / "trust-our-own.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("then: certain", "then: possible"), encoding="utf-8")
    checked = xdiag("rules", "check", str(tmp_path))
    assert (checked.code, checked.out.endswith(" 1 fault\n")) == (1, True)


def test_a_reason_of_before_is_still_understood_and_noted(xdiag: Program, tmp_path: Path) -> None:
    xdiag("rules", "new", "trust-our-own", "--to", str(tmp_path))
    path = tmp_path / "trust-our-own.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "reason: [value_differs,", "reason: [service_caller, value_differs,"
    )
    path.write_text(text, encoding="utf-8")
    checked = xdiag("rules", "check", str(tmp_path))
    assert checked.code == 0
    assert "trust-our-own: note: `service_caller` is a reason of before" in checked.out
