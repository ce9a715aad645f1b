"""`--query` and `--template`: a report in the form that one's own tools take."""

import json
from pathlib import Path

import pytest
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, DENIED, Program

CASE = ("check", "--case", DEMOS / "wrong-principal.json")


@pytest.mark.parametrize("more", [(), ("--output", "json")], ids=["alone", "of the JSON report"])
def test_a_query_prints_what_it_selects(xdiag: Program, more: tuple[str, ...]) -> None:
    run = xdiag(*CASE, "--query", "[verdict, causes[0].owner]", *more)
    assert (run.code, json.loads(run.out), run.err) == (DENIED, ["denied", "destination"], "")


def test_a_query_of_the_findings_prints_a_line_for_each_that_it_selects(xdiag: Program) -> None:
    run = xdiag(*CASE, "--output", "findings", "--query", "[].{rule: rule, fix: fix_proof}")
    assert (run.code, run.err) == (DENIED, "")
    assert [json.loads(line) for line in run.out.splitlines()] == [
        {"rule": "trust-principal-account-typo", "fix": "allowed"}
    ]


def test_a_query_that_selects_nothing_says_so(xdiag: Program) -> None:
    run = xdiag(*CASE, "--query", "cuases")
    assert (run.code, run.out) == (DENIED, "null\n")
    assert "`--query` selects nothing of this report" in run.err


def test_a_query_is_of_the_redacted_report(xdiag: Program) -> None:
    arns = [json.loads(xdiag(*CASE, "--query", "source_arn", *more).out) for more in ((), ("--redact",))]
    assert "builder" in arns[0]
    assert "builder" not in arns[1]


def test_a_template_is_filled(xdiag: Program, tmp_path: Path) -> None:
    template = tmp_path / "ticket.txt"
    template.write_text("{{ verdict }}: {{ primary_cause }}\n")
    run = xdiag(*CASE, "--template", template)
    expected = json.loads(xdiag(*CASE, "--output", "json").out)["primary_cause"]
    assert (run.code, run.out, run.err) == (DENIED, f"denied: {expected}\n", "")


def test_a_template_in_html_is_escaped(xdiag: Program, tmp_path: Path) -> None:
    template = tmp_path / "ticket.html.j2"
    template.write_text("{{ '<b>' ~ verdict }}")
    assert xdiag(*CASE, "--template", template).out == "&lt;b&gt;denied\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(("--query", "causes["), "`--query` cannot be used: it ends too early", id="an expression"),
        pytest.param(("--template", "bad.txt"), "`bad.txt` cannot be used, line 2: there is no `x`", id="a template"),
        pytest.param(("--template", "none.txt"), "there is no file `none.txt`", id="no template"),
        pytest.param(("--template", "bytes.txt"), "`bytes.txt` is not text in UTF-8", id="no text"),
        pytest.param(("--query", "x", "--template", "bad.txt"), "contradict each other", id="both"),
        pytest.param(("--query", "x", "--output", "slack"), "does not go with `--output slack`", id="another format"),
        pytest.param(
            ("--template", "bad.txt", "--output", "json"), "does not go with `--output json`", id="not of JSON"
        ),
        pytest.param(("--query", "x", "--brief"), "`--brief` does not go with `--query`", id="how much"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_printed(
    xdiag: Program, tmp_path: Path, flags: tuple[str, ...], message: str
) -> None:
    (tmp_path / "bad.txt").write_text("\n{{ x }}")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    run = xdiag(*CASE, *(str(tmp_path / flag) if flag.endswith(".txt") else flag for flag in flags))
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert message in run.err.replace(f"{tmp_path}/", "")
