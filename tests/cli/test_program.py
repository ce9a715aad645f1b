"""A run in a fork of the loaded program is a run of the installed one, and leaves nothing behind for the next."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.cases import DEMOS, written
from tests.cli.cases import write
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, Program

CASE = DEMOS / "wrong-principal.json"
SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        pytest.param((), b"", id="no command"),
        pytest.param(("--version",), b"", id="the version"),
        pytest.param(("check", "--help"), b"", id="help"),
        pytest.param(("check", "--case", "-"), CASE.read_bytes(), id="check"),
        pytest.param(("check", "--case", CASE, "--output", "markdown", "--redact"), b"", id="check in other words"),
        pytest.param(("check", "--case", CASE, "--color", "always"), b"", id="colour"),
        pytest.param(("check", SOURCE, "no role"), b"", id="a mistake"),
        pytest.param(("check", SOURCE, os.fsdecode(b"\xff")), b"", id="an argument that is not Unicode"),
        pytest.param(("collect", SOURCE, ROLE), b"", id="collect without credentials"),
        pytest.param(("batch", "-"), b"\xff\n{}\n", id="batch"),
        pytest.param(("audience", CASE), b"", id="audience"),
        pytest.param(("demo", "--list"), b"", id="demo"),
        pytest.param(("explain", "trust-external-id-differs"), b"", id="explain"),
        pytest.param(("facts", CASE), b"", id="facts"),
        pytest.param(("rules", "list"), b"", id="rules"),
        pytest.param(("schema", "case"), b"", id="schema"),
    ],
)
def test_a_run_in_a_fork_answers_as_one_from_the_start(
    xdiag: Program, arguments: tuple[str | Path, ...], stdin: bytes
) -> None:
    assert xdiag(*arguments, stdin=stdin) == xdiag.process(*arguments, stdin=stdin)


def test_what_a_run_was_given_is_gone_with_it(xdiag: Program, tmp_path: Path) -> None:
    before = xdiag("demo")
    assert "\x1b[" in xdiag("demo", env={"FORCE_COLOR": "1"}, cwd=tmp_path).out
    assert xdiag("check", "--case", "case.json", cwd=tmp_path).code == BAD_INPUT
    write(tmp_path, written("allowed"))
    assert xdiag("check", "--case", "case.json", cwd=tmp_path).code == ALLOWED
    assert xdiag("check", "--case", "case.json").code == BAD_INPUT, "it is not in the folder of that run any more"
    assert xdiag("demo") == before


def test_rules_are_read_anew_for_every_run(xdiag: Program, tmp_path: Path) -> None:
    """A run remembers what it has read of rules and policies; the next one must not."""
    rule = tmp_path / "trust-of-ours.yaml"
    own = """
title: {title}
owner: destination
when:
  - principal: {{layer: trust, effect: allow, nearest: true, reason: [other_account, account_typo]}}
instead_of: [trust-principal-other-account]
explain: it is so
remedy: name-principal-in-trust
sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction.html"]
examples:
  - {{name: so, world: cross-account, then: silent}}
"""
    for title in ("The first words", "The other words"):
        rule.write_text(own.format(title=title))
        run = xdiag("check", "--case", CASE, "--rules", tmp_path)
        assert (run.code, title in run.out) == (DENIED, True), run.err


def test_runs_at_the_same_time_do_not_meet(xdiag: Program) -> None:
    names = ["allowed", "wrong-principal", "external-id"] * 2
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda name: xdiag("demo", name), names))
    assert together == [xdiag("demo", name) for name in names]


def test_what_takes_effect_at_the_start_needs_a_start(xdiag: Program) -> None:
    with pytest.raises(AssertionError, match="PYTHONIOENCODING"):
        xdiag("demo", env={"PYTHONIOENCODING": "ascii"})
    with pytest.raises(AssertionError, match="workers"):
        xdiag("batch", "-", "--jobs", "2")
