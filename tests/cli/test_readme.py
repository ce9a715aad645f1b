"""The README names commands, flags and exit codes as they are."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.cli import program

from diagnose.cli.app import COMMANDS, app, command_named

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODES = {
    "allowed": program.ALLOWED,
    "denied": program.DENIED,
    "bad usage or input": program.BAD_INPUT,
    "undetermined": program.UNDETERMINED,
    "no evidence could be gathered": program.NOTHING_GATHERED,
    "a bug": 70,
    "interrupted": program.INTERRUPTED,
}


def commands() -> dict[str, Any]:
    """Every command by its words, `rules new`; that of a group is the group itself."""
    found = {}
    for name in COMMANDS:
        command = command_named(name)
        found[name] = command
        found.update({f"{name} {below}": each for below, each in getattr(command, "commands", {}).items()})
    return found


def flags_of(command: Any) -> set[str]:
    return {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
CALLS = sorted({span[span.index("xdiag ") :] for span in SPANS if re.search(r"(?:^|\| )xdiag [a-z]", span)})


@pytest.mark.parametrize("call", CALLS)
def test_a_command_of_the_readme_is_there_with_its_flags(call: str) -> None:
    words = call.split("|")[0].split()[1:]
    known = commands()
    name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
    assert name in known
    flags = set(re.findall(r"(?<!\S)--[a-z-]+", call))
    assert flags - flags_of(known[name]) == set()


def test_every_flag_of_the_readme_is_one_of_some_command() -> None:
    named = {flag for span in SPANS for flag in re.findall(r"(?<!\S)--[a-z-]+", span)} - {"--role-name"}
    known = set().union(*map(flags_of, commands().values()))
    assert len(named) > 40
    assert named - known == set()


def test_the_exit_codes_are_those_of_the_program() -> None:
    said = " ".join(README.partition("\nExit codes: ")[2].partition(".")[0].split())
    said = re.sub(r" \([^)]*\)| at all", "", said)
    assert said == ", ".join(f"{code} {meaning}" for meaning, code in CODES.items())
    helped = " ".join((app.info.help or "").partition("Exit codes: ")[2].split())
    assert helped.startswith(said)
