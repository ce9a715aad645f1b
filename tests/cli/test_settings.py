"""What is set once: a flag outranks a variable, a variable the project's file, and that the user's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import BAD_INPUT, Program, Run
from tests.cli.server import Sts, served

from diagnose.cli.app import command_named
from diagnose.cli.settings import SETTINGS

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"ours": "AKIAEXAMPLE000000001", "theirs": "AKIAEXAMPLE000000002"}


class Place:
    """A home with a user's file, and below it a repository with a project's file and a folder to work in."""

    def __init__(self, xdiag: Program, home: Path) -> None:
        self._xdiag, self.home = xdiag, home
        self.repository = home / "repository"
        self.work = self.repository / "deep" / "below"
        self.work.mkdir(parents=True)
        (self.repository / ".git").mkdir()
        self.user_file = home / ".config" / "xdiag" / "xdiag.toml"
        self.user_file.parent.mkdir(parents=True)
        self.project_file = self.repository / "xdiag.toml"

    def run(self, *arguments: str, **environment: str) -> Run:
        return self._xdiag(*arguments, env={"HOME": str(self.home), **environment}, cwd=self.work)

    def shown(self, name: str, **environment: str) -> str:
        """The line of `xdiag config show` about a setting."""
        run = self.run("config", "show", **environment)
        assert (run.code, run.err) == (0, "")
        return next(line for line in run.out.splitlines() if line.split("  ")[0] == name)


@pytest.fixture
def place(xdiag: Program, tmp_path: Path) -> Place:
    return Place(xdiag, tmp_path)


def test_nothing_is_set_where_there_is_no_file(place: Place) -> None:
    assert "not set" in place.shown("output")
    assert "not there" in place.shown("user file")
    assert str(place.user_file) in place.shown("user file")


def test_the_nearer_origin_outranks_the_farther_and_is_named(place: Place) -> None:
    place.user_file.write_text('output = "json"\nredact = true\n')
    assert "json" in place.shown("output")
    assert str(place.user_file) in place.shown("output")
    place.project_file.write_text('output = "markdown"\n')
    assert "markdown" in place.shown("output")
    assert str(place.project_file) in place.shown("output")
    assert "true" in place.shown("redact"), "what the project does not say stays the user's"
    assert "text  " in place.shown("output", XDIAG_OUTPUT="text")
    assert "XDIAG_OUTPUT" in place.shown("output", XDIAG_OUTPUT="text")


def test_every_setting_is_the_default_of_parameters_that_there_are() -> None:
    for setting in SETTINGS:
        for command, parameters in setting.parameters.items():
            name, *parts = command.split()
            found: Any = command_named(name)
            for part in parts:
                found = found.commands[part]
            assert set(parameters) <= {parameter.name for parameter in found.params}, f"{setting.name}: {command}"


def test_a_default_is_used_and_a_flag_outranks_it(place: Place) -> None:
    place.user_file.write_text('output = "json"\nredact = true\n')
    assert place.run("demo", "external-id").out.startswith("{")
    assert "111111111111" not in place.run("demo", "external-id").out
    assert place.run("demo", "external-id", "--output", "text").out.startswith("DENIED")
    assert "111111111111" in place.run("demo", "external-id", "--no-redact").out
    assert "111111111111" in place.run("demo", "external-id", XDIAG_REDACT="no").out


def test_rules_are_meant_from_the_folder_of_the_file(place: Place) -> None:
    place.project_file.write_text('rules = ["our-rules"]\n')
    folder = place.repository / "our-rules"
    folder.mkdir()
    shown = place.run("rules", "show", "external-id-differs").out
    kept = [line for line in shown.splitlines(keepends=True) if not line.startswith("formerly:")]
    (folder / "our-external-id.yaml").write_text("".join(kept))
    assert "our-external-id" in place.run("rules", "list").out
    assert place.run("explain", "our-external-id").code == 0
    assert str(folder) in place.shown("rules")


def test_a_file_above_counts_only_within_the_repository(place: Place) -> None:
    (place.home / "xdiag.toml").write_text('output = "json"\n')
    assert "not set" in place.shown("output")
    (place.repository / ".git").rmdir()
    place.project_file.write_text('output = "json"\n')
    assert "not set" in place.shown("output"), "outside of a repository, a folder above may be anybody's"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('outputt = "json"\n', "did you mean `output`"),
        ('output = "jsn"\n', "expected one of text"),
        ("redact = 3\n", "expected true or false"),
        ('timeout = "soon"\n', "expected a number of seconds"),
        ("timeout = 0\n", "expected a number of seconds"),
        ("timeout = inf\n", "expected a number of seconds"),
        (f"timeout = 1{400 * '0'}\n", "expected a number of seconds"),
        ("timeout = true\n", "expected a number of seconds"),
        ("rules = [1]\n", "expected a list of folders"),
        ("org-profile = []\n", "expected a text"),
        ("output = \n", "line 1"),
        ('accounts = "x"\n', "111111111111"),
        ('[accounts]\n1 = "x"\n', "`1` = `x` is not an account"),
        ("[accounts]\n111111111111 = 2\n", "`111111111111` = `2` is not an account"),
    ],
)
def test_what_cannot_be_a_setting_is_told_with_its_place(text: str, said: str, place: Place) -> None:
    place.user_file.write_text(text)
    run = place.run("config", "show")
    assert run.code == BAD_INPUT
    assert said in run.err
    assert str(place.user_file) in run.err


@pytest.mark.parametrize("variable", ["XDIAG_OUTPUT", "XDIAG_REDACT", "XDIAG_TIMEOUT", "XDIAG_ACCOUNTS"])
def test_a_variable_that_cannot_be_is_named_and_an_empty_one_is_not_set(variable: str, place: Place) -> None:
    run = place.run("config", "show", **{variable: "what"})
    assert run.code == BAD_INPUT
    assert variable in run.err
    assert place.run("config", "show", **{variable: ""}).code == 0


def test_a_file_that_is_not_text_is_told(place: Place) -> None:
    place.user_file.write_bytes(b"\xff\xfe")
    assert "is not text in UTF-8" in place.run("config", "show").err


def test_a_case_file_is_read_whatever_is_set_for_reading_live(place: Place) -> None:
    place.user_file.write_text('timeout = 5\norg-profile = "management"\n[accounts]\n111111111111 = "ours"\n')
    assert place.run("demo").code == 0
    case = place.home / "case.json"
    place.run("demo", "external-id", "--save-case", str(case))
    assert place.run("check", "--case", str(case)).code == 1


@pytest.fixture
def sts() -> Iterator[Sts]:
    reader = "arn:aws:iam::222222222222:user/reader"
    with served(Sts({KEYS["ours"]: USER, KEYS["theirs"]: reader})) as sts:
        yield sts


@pytest.mark.parametrize("command", ["collect", "doctor"])
def test_an_account_is_read_with_its_profile(command: str, place: Place, sts: Sts) -> None:
    config = place.home / "config"
    config.write_text(
        "".join(
            f"[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n"
            for name, key in KEYS.items()
        )
    )
    aws = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_ENDPOINT_URL": sts.url}
    place.user_file.write_text('[accounts]\n111111111111 = "ours"\n222222222222 = "nobody"\n')
    run = place.run(command, USER, ROLE, XDIAG_ACCOUNTS="222222222222=theirs", **aws)
    assert len(sts.sent("GetCallerIdentity")) == 2
    assert sts.sent("GetUser")
    assert sts.sent("GetRole")
    assert "no credentials" not in run.out.lower()
    named = place.run(command, USER, ROLE, "--dest-profile", "ours", XDIAG_ACCOUNTS="222222222222=theirs", **aws)
    assert "222222222222" in named.out
    assert "profile `theirs`" not in named.out


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("check", "--help"),
        ("demo",),
        ("explain", "trust-nothing-fits"),
        ("rules", "list"),
        ("permissions",),
        ("schema", "case"),
    ],
    ids=" ".join,
)
def test_a_mistake_in_the_file_ends_no_command_that_answers_without_it(command: tuple[str, ...], place: Place) -> None:
    right = place.run(*command)
    place.user_file.write_text("output = \n")
    run = place.run(*command)
    assert (run.code, run.out) == (right.code, right.out)
    assert run.err.count("is not TOML") <= 1
    assert ("is not TOML" in run.err) is (command != ("--help",))


def test_a_mistake_in_the_file_ends_a_command_whose_answer_depends_on_it(place: Place) -> None:
    place.user_file.write_text("output = \n")
    run = place.run("check", USER, ROLE)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "is not TOML" in run.err


def test_what_is_set_beside_a_mistake_is_shown(place: Place) -> None:
    place.user_file.write_text('timeout = "soon"\norg-profile = "management"\n')
    run = place.run("config", "show")
    assert run.code == BAD_INPUT
    assert "management" in run.out
    assert run.err.count("cannot be `soon`") == 1


def _profiles(place: Place, sts: Sts, extra: str) -> dict[str, str]:
    keys = "".join(
        f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n" for name, key in KEYS.items()
    )
    (place.home / "credentials").write_text(keys)
    (place.home / "config").write_text(extra)
    return {
        "AWS_CONFIG_FILE": str(place.home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(place.home / "credentials"),
        "AWS_ENDPOINT_URL": sts.url,
    }


def test_the_role_of_a_profile_is_read_with_the_profile_that_is_set_for_its_account(place: Place, sts: Sts) -> None:
    aws = _profiles(place, sts, f"[profile p]\nrole_arn = {ROLE}\nsource_profile = ours\n")
    before = place.run("check", "--profile", "p", "--no-probe", "--output", "json", **aws)
    assert not sts.sent("GetRole"), "nobody in the role's account reads"
    place.user_file.write_text('[accounts]\n222222222222 = "theirs"\n')
    run = place.run("check", "--profile", "p", "--no-probe", "--output", "json", **aws)
    assert sts.sent("GetRole")
    assert run.report["source_arn"] == before.report["source_arn"] == USER


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param(
            f"[profile ours]\nrole_arn = {ROLE}\nsource_profile = ours\n[profile p]\nrole_arn = {ROLE}\n"
            "source_profile = ours\n",
            id="the source asks for a role itself",
        ),
        pytest.param(
            f"[profile p]\nrole_arn = {ROLE}\nsource_profile = p\naws_access_key_id = {KEYS['ours']}\n"
            "aws_secret_access_key = wJalrXUtnFEMI\n",
            id="a profile that is its own source",
        ),
    ],
)
def test_keys_beside_a_role_sign_for_it(sections: str, place: Place, sts: Sts) -> None:
    aws = _profiles(place, sts, sections)
    run = place.run("check", "--profile", "p", "--output", "json", **aws)
    assert run.report["source_arn"] == USER
    assert run.report["probe"] == "assumed"
    assert len(sts.sent("AssumeRole")) == 1, "no role on the way to the signer"
