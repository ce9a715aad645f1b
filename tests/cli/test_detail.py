"""How much is told, in which characters, and the fix as files."""

import os
from pathlib import Path

import pytest
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, DENIED, Program

CASE = ("check", "--case", DEMOS / "wrong-principal.json")


def test_more_flags_tell_more(xdiag: Program) -> None:
    lengths = [len(xdiag(*CASE, *flags).out) for flags in (("-q",), ("--brief",), (), ("--full",))]
    assert lengths == sorted(set(lengths))


def test_quiet_is_one_line_with_the_verdict_the_cause_and_the_fix(xdiag: Program) -> None:
    run = xdiag(*CASE, "--quiet")
    assert run.code == DENIED
    assert run.out.count("\n") == 1
    assert run.out.startswith("DENIED: user builder")
    assert "Cause: " in run.out
    assert "Fix: " in run.out


def test_ascii_needs_no_other_sign(xdiag: Program) -> None:
    assert not xdiag(*CASE).out.isascii()
    written = xdiag(*CASE, "--ascii").out
    assert written.isascii()
    assert "x trust policy" in written


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(("--full", "--brief"), "`--full` and `--brief` contradict each other", id="two of one kind"),
        pytest.param(("--brief", "--output", "json"), "`--brief` does not go with `--output json`", id="no text"),
        pytest.param(("--ascii", "--output", "markdown"), "`--ascii` does not go with", id="signs of another format"),
        pytest.param(("--write-fix", "x", "--redact"), "`--write-fix` does not go with `--redact`", id="pseudonyms"),
    ],
)
def test_flags_that_contradict_each_other_are_a_mistake(xdiag: Program, flags: tuple[str, ...], message: str) -> None:
    run = xdiag(*CASE, *flags)
    assert run.code == BAD_INPUT
    assert message in run.err
    assert run.out == ""


def test_the_fix_is_written_as_files_of_its_owner_alone(xdiag: Program, tmp_path: Path) -> None:
    folder = tmp_path / "fix"
    run = xdiag(*CASE, "--write-fix", folder)
    assert run.code == DENIED
    assert "wrote fix-1.sh" in run.err
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes["fix-1.sh"] == 0o700
    assert set(modes.values()) == {0o600, 0o700}
    assert os.listdir(tmp_path) == ["fix"]


@pytest.mark.parametrize("kind", ["folder with a file", "file", "link"])
def test_nothing_that_exists_is_written_over(xdiag: Program, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "fix"
    match kind:
        case "file":
            folder.write_text("mine")
        case "link":
            folder.symlink_to(tmp_path)
        case _:
            folder.mkdir()
            (folder / "fix-2.sh").write_text("mine")
    run = xdiag(*CASE, "--write-fix", folder)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "exists already" in run.err


def test_where_it_cannot_be_written_nothing_is_left(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag(*CASE, "--write-fix", tmp_path / "missing" / "fix")
    assert run.code == BAD_INPUT
    assert "cannot be written" in run.err
    assert os.listdir(tmp_path) == []


def test_where_nothing_was_checked_nothing_is_written(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("check", "--case", DEMOS / "allowed.json", "--write-fix", tmp_path / "fix")
    assert "no checked fix" in run.err
    assert os.listdir(tmp_path) == []


def test_what_is_said_of_a_fix_is_said_in_whole(xdiag: Program, tmp_path: Path) -> None:
    folder = tmp_path / "fix"
    wrote = xdiag(*CASE, "--write-fix", folder).err
    assert wrote.startswith("xdiag: wrote fix-1.sh")
    assert wrote.endswith(f" to `{folder}`; read them before you run anything\n")
    assert xdiag(*CASE, "--write-fix", folder).err == (
        f"xdiag: `{folder}` exists already\n  expected the name of a new folder for the fix\n"
    )
    nowhere = tmp_path / "missing" / "fix"
    assert xdiag(*CASE, "--write-fix", nowhere).err == (
        f"xdiag: `{nowhere}` cannot be written: no such file or directory\n"
        "  expected a new folder in one that you may write to\n"
    )
    allowed = xdiag("check", "--case", DEMOS / "allowed.json", "--write-fix", tmp_path / "none")
    assert allowed.err == "xdiag: there is no checked fix to write; see the report\n"
    assert xdiag(*CASE, "--query", "nothing").err == (
        "xdiag: `--query` selects nothing of this report; `xdiag schema diagnosis` lists the fields\n"
    )


def test_an_empty_folder_takes_a_fix(xdiag: Program, tmp_path: Path) -> None:
    folder = tmp_path / "fix"
    folder.mkdir()
    assert xdiag(*CASE, "--write-fix", folder).code == DENIED
    assert (folder / "fix-1.sh").exists()
    assert folder.stat().st_mode & 0o777 == 0o700
