"""`xdiag rules` and `xdiag explain`: what they print, old ids, folders of one's own, and drafts."""

from pathlib import Path

import pytest
import yaml
from tests.cli.program import Program

ROOT = Path(__file__).parents[2]
FILES = {path.stem: path for path in (ROOT / "rules").rglob("*.yaml")}


def test_every_rule_is_listed_with_its_title_in_the_order_of_ids(xdiag: Program) -> None:
    run = xdiag("rules", "list")
    assert (run.code, run.err) == (0, "")
    lines = [line.split(maxsplit=1) for line in run.out.splitlines()]
    assert [rule for rule, _ in lines] == sorted(FILES)
    titles = dict(lines)
    assert titles["external-id-differs"] == "The policy requires a different external ID"
    for rule, title in titles.items():
        [line] = [line for line in FILES[rule].read_text(encoding="utf-8").splitlines() if line.startswith("title: ")]
        assert title == yaml.safe_load(line)["title"].replace("{layer}", "policy").replace(
            "{region}", "the called Region"
        )
    assert len({line.index(title) for line, title in zip(run.out.splitlines(), titles.values(), strict=True)}) == 1


@pytest.mark.parametrize("name", ["external-id-differs", "region-denied"])
def test_a_rule_is_shown_as_its_file_is_written(xdiag: Program, name: str) -> None:
    run = xdiag("rules", "show", name)
    assert (run.code, run.out.rstrip("\n"), run.err) == (0, FILES[name].read_text(encoding="utf-8").rstrip("\n"), "")


def test_a_cause_is_explained_with_all_that_its_rule_says(xdiag: Program) -> None:
    run = xdiag("explain", "external-id-differs")
    rule = yaml.safe_load(FILES["external-id-differs"].read_text(encoding="utf-8"))
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("# The policy requires a different external ID\n\n`external-id-differs`; the caller can")
    for said in (*rule["sources"], *rule["instead_of"], *rule["formerly"]):
        assert said in run.out
    words = {"certain": "certain", "possible": "possible", "silent": "not reported"}
    for example in rule["examples"]:
        assert f"\n- {example['name']}: {words[example['then']]}\n" in run.out
    for said in ("carried `acme-41`", '"sts:ExternalId": "acme-42"', "Fix: Pass the external ID `acme-42`"):
        assert said in run.out


@pytest.mark.parametrize("command", [("explain",), ("rules", "show")], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("external-id-difers", "did you mean `external-id-differs`", id="nearly"),
        pytest.param("zzz", "see `xdiag rules list`", id="not nearly"),
    ],
)
def test_a_rule_that_is_not_there_is_a_mistake(xdiag: Program, command: tuple[str, ...], name: str, hint: str) -> None:
    run = xdiag(*command, name)
    assert (run.code, run.out) == (2, "")
    assert run.err == f"xdiag: there is no rule `{name}`\n  {hint}\n"


@pytest.mark.parametrize(
    "command",
    [("rules", "list", "--rules"), ("rules", "show", "our-own", "--rules"), ("explain", "our-own", "--rules")],
)
def test_a_rule_of_somebody_else_shows_what_does_not_show(
    xdiag: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    demo = ROOT / "fixtures" / "demo" / "external-id.json"
    xdiag("rules", "new", "our-own", "--case", str(demo), "--to", str(tmp_path))
    path = tmp_path / "our-own.yaml"
    rule = yaml.safe_load(path.read_text(encoding="utf-8"))
    rule["when"] = [line for line in rule["when"] if "condition" in line]
    rule |= {"title": "\x1b[2J title \u202e", "explain": "\x1b]0;x\x07 {source}"}
    rule["examples"][0]["name"] = "\x1b[31m red"
    path.write_text(yaml.safe_dump(rule), encoding="utf-8")
    run = xdiag(*command, tmp_path)
    assert run.code == 0
    assert all(line.isprintable() for line in run.out.splitlines())
    assert r"\u001b[2J title \u202e" in run.out or r"\e[2J title \u202E" in run.out


@pytest.mark.parametrize("command", [("list",), ("show", "external-id-differs"), ("check",)], ids=" ".join)
def test_a_broken_rule_of_one_s_own_is_a_mistake_with_its_place(
    xdiag: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "our-own.yaml").write_text("title: [")
    run = xdiag("rules", *command, *(() if command == ("check",) else ("--rules",)), tmp_path)
    assert (run.code, run.out) == (2, "")
    assert "our-own.yaml" in run.err


def test_a_draft_has_the_facts_of_the_case_and_the_case_as_an_example(xdiag: Program, tmp_path: Path) -> None:
    demo = ROOT / "fixtures" / "demo" / "external-id.json"
    run = xdiag("rules", "new", "trust-our-own", "--case", demo, "--to", tmp_path / "ours")
    path = tmp_path / "ours" / "trust-our-own.yaml"
    assert (run.code, run.out) == (0, "")
    assert run.err == f"wrote {path}; finish it, then run `xdiag rules check {path.parent}`\n"
    drafted = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert drafted["title"] == "Trust our own"
    facts = yaml.safe_load(xdiag("facts", demo).out)
    assert drafted["when"] == facts
    assert {"sts:ExternalId"} == {line["condition"]["key"] for line in facts if "condition" in line}
    assert [example["then"] for example in drafted["examples"]] == ["certain", "silent"]
    assert drafted["examples"][0]["change"]["request"] == {"parameters": {"external_id": "ACME-42"}}


@pytest.mark.parametrize("name", ["ours", "Our-own", "our_own-rule", "our-own.yaml", "../our-own", "our-", "our--own"])
def test_a_draft_needs_an_id_that_a_rule_may_have(xdiag: Program, tmp_path: Path, name: str) -> None:
    run = xdiag("rules", "new", name, cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert f"`{name}` is not a rule id" in run.err
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_nothing_to_explain_no_fact_is_listed(xdiag: Program) -> None:
    run = xdiag("facts", ROOT / "fixtures" / "demo" / "allowed.json")
    assert (run.code, run.out.rstrip("\n"), run.err) == (0, "# allowed: there is nothing to explain", "")


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
