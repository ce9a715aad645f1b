"""What a person sees in a terminal: the prompt for an MFA code, and an end when Ctrl-C is pressed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.program import ALLOWED, INTERRUPTED, Program
from tests.cli.server import Sts, served
from tests.cli.terminal import Terminal

USER = "arn:aws:iam::111111111111:user/ci"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
DEVICE = "arn:aws:iam::111111111111:mfa/ci"
_CONFIG = f"""
[profile base]
region = eu-west-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI
[profile ours]
region = eu-west-1
role_arn = arn:aws:iam::111111111111:role/Reader
source_profile = base
mfa_serial = {DEVICE}
[profile also-ours]
region = eu-west-1
role_arn = arn:aws:iam::111111111111:role/Reader
source_profile = base
mfa_serial = {DEVICE}
[profile theirs]
region = eu-west-1
role_arn = arn:aws:iam::222222222222:role/Reader
source_profile = base
mfa_serial = {DEVICE}
"""


@pytest.fixture
def sts() -> Iterator[Sts]:
    with served(Sts({"AKIAIOSFODNN7EXAMPLE": USER})) as sts:
        yield sts


@pytest.fixture
def environment(xdiag: Program, sts: Sts, tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config"
    config.write_text(_CONFIG)
    own = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ENDPOINT_URL": sts.url,
        "HOME": str(tmp_path),
    }
    return {**xdiag.environment, **own}


def check(xdiag: Program, environment: dict[str, str], source: str, destination: str, *more: str) -> Terminal:
    sides = ("--source-profile", source, "--dest-profile", destination)
    return Terminal(xdiag.command("check", USER, ROLE, *sides, *more), environment, Path(environment["HOME"]))


def test_the_prompt_for_a_code_says_for_what_and_does_not_show_it(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    with check(xdiag, environment, "ours", "base") as terminal:
        terminal.wait_for(f"profile `ours`: Enter MFA code for {DEVICE}: ")
        time.sleep(0.5)
        assert terminal.shown == "", "something is written over the prompt"
        assert not terminal.echoes()
        terminal.type("123456\n")
        terminal.end()
        assert "123456" not in terminal.shown
    assert sts.sent("AssumeRole")[0]["TokenCode"] == "123456"


def test_the_time_that_a_person_takes_does_not_count(xdiag: Program, environment: dict[str, str]) -> None:
    with check(xdiag, environment, "ours", "base", "--timeout", "12") as terminal:
        terminal.wait_for("Enter MFA code")
        time.sleep(12.5)
        terminal.type("123456\n")
        terminal.end()
        assert "--timeout" not in terminal.shown


def test_a_role_that_two_profiles_name_costs_one_code(xdiag: Program, environment: dict[str, str], sts: Sts) -> None:
    with check(xdiag, environment, "ours", "also-ours", "--no-probe") as terminal:
        terminal.wait_for("Enter MFA code")
        terminal.type("123456\n")
        terminal.end()
        assert "Enter MFA code" not in terminal.shown
    assert len(sts.sent("AssumeRole")) == 1


def test_a_profile_that_is_asked_whose_it_is_costs_one_code(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    command = xdiag.command("check", ROLE, "--source-profile", "ours", "--dest-profile", "base", "--no-probe")
    with Terminal(command, environment, Path(environment["HOME"])) as terminal:
        terminal.wait_for("Enter MFA code")
        terminal.type("123456\n")
        terminal.end()
        assert "Enter MFA code" not in terminal.shown
    assert len(sts.sent("AssumeRole")) == 1


def test_a_second_role_costs_a_second_code_and_the_prompt_says_why(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    with check(xdiag, environment, "ours", "theirs", "--no-probe") as terminal:
        terminal.wait_for("Enter MFA code")
        terminal.type("123456\n")
        terminal.wait_for("AWS accepts each MFA code once: wait for the next one for profile `theirs`.")
        terminal.wait_for("Enter MFA code")
        terminal.type("123456\n")
        terminal.wait_for("That code is spent")
        terminal.type("654321\n")
        terminal.end()
    assert [each["TokenCode"] for each in sts.sent("AssumeRole")] == ["123456", "654321"]


def test_the_code_for_the_attempt_is_not_spent_on_a_profile(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    with check(xdiag, environment, "ours", "base", "--mfa-serial", DEVICE, "--mfa-code", "123456") as terminal:
        terminal.wait_for("AWS accepts each MFA code once")
        terminal.type("123456\n")
        terminal.wait_for("That code is spent")
        terminal.type("654321\n")
        terminal.end()
    assert sts.sent("AssumeRole")[0]["TokenCode"] == "654321"


def test_ctrl_c_at_the_prompt_gives_the_terminal_back(xdiag: Program, environment: dict[str, str]) -> None:
    with check(xdiag, environment, "ours", "base") as terminal:
        terminal.wait_for("Enter MFA code")
        assert not terminal.echoes()
        terminal.interrupt()
        assert terminal.end(5) == INTERRUPTED
        assert terminal.echoes()
        assert "Traceback" not in terminal.shown


@pytest.mark.parametrize("moment", [0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.6, 2.0, 2.5, 3.0])
def test_ctrl_c_ends_it_within_a_second_and_leaves_nothing_half_written(
    xdiag: Program, environment: dict[str, str], tmp_path: Path, moment: float
) -> None:
    saved = tmp_path / "cases" / "case.json"
    saved.parent.mkdir()
    with (
        served(Sts({"AKIAIOSFODNN7EXAMPLE": USER}, delay=0.3)) as slow,
        check(
            xdiag, {**environment, "AWS_ENDPOINT_URL": slow.url}, "base", "base", "--save-case", str(saved)
        ) as terminal,
    ):
        time.sleep(moment)
        terminal.interrupt()
        start = time.monotonic()
        code = terminal.end(10)
        took = time.monotonic() - start
    # A fraction of a second; a busy machine takes its time to end a program, and a call that is waited for takes 20 s.
    assert took < 5
    assert code in (INTERRUPTED, -2, ALLOWED), "interrupted, before Python listened, or over by then"
    assert "Traceback" not in terminal.shown or code == -2
    assert [each.name for each in saved.parent.iterdir()] in ([], ["case.json"])
    if saved.exists():
        assert xdiag("check", "--case", saved).code == ALLOWED
