"""Colour: where a terminal is, and where it is asked for."""

import os
import pty
import re
import subprocess

import pytest
from tests.cli.program import DENIED, Program

_SGR = re.compile(r"\x1b\[[0-9;]*m")
_COMMAND = ("demo", "wrong-principal")


@pytest.fixture(scope="module")
def plain(xdiag: Program) -> str:
    return xdiag(*_COMMAND).out


@pytest.mark.parametrize(
    ("environment", "arguments", "colored"),
    [
        pytest.param({}, (), False, id="a pipe"),
        pytest.param({"FORCE_COLOR": "1"}, (), True, id="FORCE_COLOR"),
        pytest.param({"CLICOLOR_FORCE": "1"}, (), True, id="CLICOLOR_FORCE"),
        pytest.param({"FORCE_COLOR": ""}, (), False, id="an empty FORCE_COLOR"),
        pytest.param({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False, id="NO_COLOR against FORCE_COLOR"),
        pytest.param({"NO_COLOR": "1"}, ("--color", "always"), True, id="--color always against NO_COLOR"),
        pytest.param({"FORCE_COLOR": "1"}, ("--color", "never"), False, id="--color never against FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "1"}, ("--output", "json"), False, id="FORCE_COLOR and JSON"),
        pytest.param({"FORCE_COLOR": "1"}, ("--output", "markdown"), False, id="FORCE_COLOR and Markdown"),
    ],
)
def test_a_pipe_is_coloured_only_where_it_is_asked_for(
    xdiag: Program, environment: dict[str, str], arguments: tuple[str, ...], colored: bool
) -> None:
    run = xdiag(*_COMMAND, *arguments, env=environment)
    assert ("\x1b" in run.out) is colored


def test_colour_changes_nothing_but_the_colour(xdiag: Program, plain: str) -> None:
    assert _SGR.sub("", xdiag(*_COMMAND, "--color", "always").out) == plain


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        pytest.param({"TERM": "xterm-256color"}, True, id="a terminal"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param({"TERM": "xterm-256color", "NO_COLOR": "1"}, False, id="NO_COLOR"),
    ],
)
def test_a_terminal_is_coloured(xdiag: Program, environment: dict[str, str], colored: bool, plain: str) -> None:
    code, shown = _on_terminal(xdiag, environment, "check", "--case", "-")
    assert code == DENIED
    assert ("\x1b[" in shown) is colored
    assert _SGR.sub("", shown).replace("\r\n", "\n") == plain


def _on_terminal(xdiag: Program, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run xdiag on a pseudo-terminal of eighty columns, with the wrong principal on standard input."""
    from tests.cases import DEMOS

    master, slave = pty.openpty()
    with (DEMOS / "wrong-principal.json").open("rb") as case:
        process = subprocess.Popen(
            xdiag.command(*arguments),
            stdin=case,
            stdout=slave,
            stderr=slave,
            env={**xdiag.environment, **environment, "COLUMNS": "80", "LINES": "24"},
        )
        os.close(slave)
        written = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                # Linux says so where the other end is closed.
                break
            if not piece:
                break
            written += piece
    os.close(master)
    return process.wait(timeout=30), written.decode()
