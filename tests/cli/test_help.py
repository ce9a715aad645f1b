"""What a newcomer reads first."""

import re
import subprocess
import sys
from importlib.util import resolve_name

import pytest
from tests.cli.program import BAD_INPUT, Program, Run

from diagnose.cli.app import COMMANDS as COMMANDS_LISTED

COMMANDS = (
    "",
    "audience",
    "batch",
    "check",
    "collect",
    "compare",
    "config",
    "config show",
    "demo",
    "doctor",
    "explain",
    "explain-error",
    "facts",
    "matrix",
    "paths",
    "permissions",
    "rules",
    "rules check",
    "rules list",
    "rules new",
    "rules show",
    "schema",
    "serve",
)


@pytest.fixture(scope="module")
def helps(xdiag: Program) -> dict[str, Run]:
    return {command: xdiag(*command.split(), "--help") for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_exit_codes_and_gives_examples(command: str, helps: dict[str, Run]) -> None:
    run = helps[command]
    assert (run.code, run.err) == (0, "")
    assert "Exit codes: 0 " in run.out
    assert re.search(rf"^      (.* \| )?xdiag {command}", run.out, re.MULTILINE)
    assert "\x1b" not in run.out
    assert max(map(len, run.out.splitlines())) <= 80


def test_the_help_of_every_command_is_tested(helps: dict[str, Run]) -> None:
    listed = {
        f"{group} {name}".strip()
        for group in ("", "config", "rules")
        for name in re.findall(r"^  ([\w-]+)", helps[group].out.partition("Commands:\n")[2], re.MULTILINE)
    }
    assert {"", *listed} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS_LISTED)
def test_a_command_is_listed_with_the_first_sentence_of_its_help(name: str, helps: dict[str, Run]) -> None:
    purpose = " ".join(helps[name].out.partition("\n\n")[2].partition("\n\n")[0].split())
    assert f"{purpose} ".startswith(f"{COMMANDS_LISTED[name].purpose} ")


def test_listing_the_commands_imports_none_of_them() -> None:
    code = "import sys; from diagnose.cli.app import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {resolve_name(f".{listed.module}", "diagnose.cli") for listed in COMMANDS_LISTED.values()}
    assert not (modules | {"msgspec"}) & set(ran.stdout.split())


def test_the_examples_keep_their_lines(helps: dict[str, Run]) -> None:
    assert "      xdiag check arn:aws:iam::111111111111:user/ci \\\n" in helps["check"].out
    assert "--external-id acme-42\n\n      xdiag check --case ticket.json --output markdown\n" in helps["check"].out


def test_check_lists_its_options_by_what_they_are_about(helps: dict[str, Run]) -> None:
    out = helps["check"].out
    headings = re.findall(r"^([A-Z].*):$", out, re.MULTILINE)
    assert headings == [
        "Arguments",
        "The question",
        "Evidence",
        "The request",
        "A token or an assertion",
        "What if",
        "Output",
        "Options",
    ]
    request = out.partition("\nThe request:\n")[2].partition("\n\n")[0]
    assert "--external-id ID" in request
    assert "--source-profile" not in request
    assert [line.split()[0] for line in out.partition("\nOptions:\n")[2].splitlines()] == ["--help"]


@pytest.mark.parametrize("code", ["0 allowed", "1 denied", "2 bad usage", "3 undetermined", "4 no", "130 interrupted"])
def test_check_names_every_exit_code(code: str, helps: dict[str, Run]) -> None:
    assert code in " ".join(helps["check"].out.split())
    assert code in " ".join(helps[""].out.split())


def test_the_version_is_one_line(xdiag: Program) -> None:
    run = xdiag("--version")
    assert (run.code, run.err) == (0, "")
    assert re.fullmatch(r"xdiag \d+\.\d+\.\d+\S*\n", run.out)


def test_without_a_command_the_help_is_shown(xdiag: Program) -> None:
    run = xdiag()
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert run.err.startswith("Usage: xdiag ")
    assert "Traceback" not in run.err
